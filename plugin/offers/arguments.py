"""The kinds of arguments that conditions and benefits take, each said once.

A condition or benefit is a frozen dataclass whose fields are made by `argument(kind)`. From that one
declaration come the reading of a document, the schema at the door, and the form in the console.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar, TypeVar

from plugin.errors import Invalid
from plugin.money import digits, minor_units
from plugin.offers.goods import Matching

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass
class Reader:
    """How a document is read: amounts in this currency, stable shares salted with this name.

    `saw_amount` tells afterwards whether any amount was in it.
    """

    currency: str
    salt: str = ""
    saw_amount: bool = False


@dataclass(frozen=True)
class Amount:
    """Money as a plain decimal string in the shop's currency; read to minor units."""

    lowest: int = 0

    def read(self, value: Any, reader: Reader, pointer: str) -> int:
        reader.saw_amount = True
        try:
            minor = minor_units(value, reader.currency)
        except ValueError as wrong:
            raise invalid(pointer, f"{wrong}.") from None
        if Decimal(minor) != Decimal(str(value).strip()).scaleb(digits(reader.currency)):
            raise invalid(pointer, f"{value} is finer than {reader.currency} can be paid.")
        if minor < self.lowest:
            raise invalid(pointer, "The amount must be above zero.")
        return minor


@dataclass(frozen=True)
class Whole:
    """A whole number within bounds."""

    low: int
    high: int

    def read(self, value: Any, reader: Reader, pointer: str) -> int:
        return int(value)


@dataclass(frozen=True)
class Percent:
    """A percentage, 0 to 100, decimals allowed; read to an exact fraction of one."""

    above_zero: bool = True

    def read(self, value: Any, reader: Reader, pointer: str) -> Fraction:
        return Fraction(str(value)) / 100


@dataclass(frozen=True)
class Share:
    """A number from 0 to 1."""

    def read(self, value: Any, reader: Reader, pointer: str) -> float:
        return float(value)


@dataclass(frozen=True)
class Text:
    """Words or an id."""

    longest: int = 128

    def read(self, value: Any, reader: Reader, pointer: str) -> str:
        return str(value)


@dataclass(frozen=True)
class Texts:
    """One text or a list of them, from `choices` where given; read to a tuple."""

    choices: tuple[str, ...] = ()
    most: int = 500
    only_list: bool = False

    def read(self, value: Any, reader: Reader, pointer: str) -> tuple[str, ...]:
        return (value,) if isinstance(value, str) else tuple(value)


@dataclass(frozen=True)
class ByName:
    """Texts under names of the shop's own, one or several each; read to pairs of a name and its texts."""

    most: int = 30
    longest: int = 60

    def read(self, value: Any, reader: Reader, pointer: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        return tuple(
            (str(name), (texts,) if isinstance(texts, str) else tuple(texts)) for name, texts in value.items()
        )


@dataclass(frozen=True)
class Scalar:
    """A text, number, true or false, or a list of such; read to a tuple."""

    def read(self, value: Any, reader: Reader, pointer: str) -> tuple[Any, ...]:
        return tuple(value) if isinstance(value, list) else (value,)


@dataclass(frozen=True)
class Clock:
    """A time of day, "18:30"; read to minutes after midnight."""

    def read(self, value: Any, reader: Reader, pointer: str) -> int:
        hours, minutes = value.split(":")
        return int(hours) * 60 + int(minutes)


@dataclass(frozen=True)
class Words:
    """A sentence for the shopper: one text, or one for each language."""

    longest: int = 500

    def read(self, value: Any, reader: Reader, pointer: str) -> dict[str, str] | str:
        return dict(value) if isinstance(value, Mapping) else value


@dataclass(frozen=True)
class Address:
    """A web address, https or within the shop."""

    longest: int = 2000

    def read(self, value: Any, reader: Reader, pointer: str) -> str:
        return str(value)


@dataclass(frozen=True)
class Nested:
    """A group of arguments of its own."""

    declared: type[Declared]
    shorthand: bool = False
    """Whether an id, or a list of ids, may stand for the group's own form."""

    def read(self, value: Any, reader: Reader, pointer: str) -> Any:
        if self.shorthand and not isinstance(value, Mapping):
            ids = [value] if isinstance(value, str) else value
            return tuple(read_declared(self.declared, {"product_id": held}, reader, pointer) for held in ids)
        read = read_declared(self.declared, value, reader, pointer)
        return (read,) if self.shorthand else read


@dataclass(frozen=True)
class Where:
    """A condition on products, in the one condition language; read with the document it was written as."""

    def read(self, value: Any, reader: Reader, pointer: str) -> Matching:
        from plugin.offers.conditions import read_where  # conditions are themselves made of arguments

        return Matching(read_where(value, reader, pointer), value)


Kind = (
    Amount
    | Whole
    | Percent
    | Share
    | Text
    | Texts
    | ByName
    | Scalar
    | Clock
    | Words
    | Address
    | Nested
    | Where
)


class Declared:
    """Whatever is declared by its arguments: a condition, a benefit, or a group inside one."""

    name: ClassVar[str] = ""
    one_of: ClassVar[tuple[str, ...]] = ()
    """Of these arguments exactly one is given."""
    not_both: ClassVar[tuple[str, ...]] = ()
    """Of these arguments at most one is given."""
    some_of: ClassVar[tuple[str, ...]] = ()
    """Of these arguments at least one is given."""


@dataclass(frozen=True)
class Argument:
    """One argument as a document names it."""

    name: str
    attribute: str
    kind: Kind
    required: bool


def argument(kind: Kind, *, required: bool = False, default: Any = None) -> Any:
    """Declare an argument as a dataclass field. A trailing underscore (`is_`) is not part of its name."""
    return dataclasses.field(default=default, metadata={"kind": kind, "required": required})


_ARGUMENTS: dict[type[Declared], tuple[Argument, ...]] = {}


def arguments(declared: type[Declared]) -> tuple[Argument, ...]:
    """Return what a condition, benefit or group takes, in the order declared."""
    if declared not in _ARGUMENTS:
        _ARGUMENTS[declared] = tuple(
            Argument(held.name.rstrip("_"), held.name, held.metadata["kind"], held.metadata["required"])
            for held in dataclasses.fields(declared)  # type: ignore[arg-type]
            if "kind" in held.metadata
        )
    return _ARGUMENTS[declared]


D = TypeVar("D", bound=Declared)


def read_declared(declared: type[D], document: Mapping[str, Any], reader: Reader, pointer: str) -> D:
    """Return the condition, benefit or group that a valid document describes.

    Raises `Invalid` with a pointer for an amount that cannot be paid in the reader's currency.
    """
    values = {
        held.attribute: held.kind.read(document[held.name], reader, f"{pointer}/{held.name}")
        for held in arguments(declared)
        if document.get(held.name) is not None
    }
    if any(field.name == "salt" for field in dataclasses.fields(declared)):  # type: ignore[arg-type]
        values["salt"] = reader.salt
    return declared(**values)


def invalid(pointer: str, detail: str) -> Invalid:
    """Return the error for one place in a document."""
    return Invalid(detail, errors=[{"pointer": pointer, "detail": detail}])
