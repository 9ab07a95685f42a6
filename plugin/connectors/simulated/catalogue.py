"""The simulated shop's shelves: cards read from the tables, and the variants that belong to each."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from plugin.connectors.simulated.tables import TABLES


@dataclass(frozen=True)
class Variant:
    """One product that can be bought: a colour or a size of a card, or the card itself."""

    product_id: str
    name: str
    cents: int
    look: str
    units: float = 1.0
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Card:
    """What the shop window shows once; `variants` holds one product or several.

    `days` is the median number of days that one unit of a consumable lasts, `years` the lifetime of a
    durable thing; little things have neither. `love` is relative demand (1 is usual), `returns` the share
    of sold pieces that come back.
    """

    key: str
    name: str
    department: str
    shelf: str
    brand: str
    description: str
    variants: tuple[Variant, ...]
    days: int | None = None
    years: int | None = None
    love: float = 1.0
    returns: float = 0.02
    attributes: dict[str, str] = field(default_factory=dict)
    german: str | None = None

    @property
    def category(self) -> str:
        """The two levels as one path, `Coffee & Tea > Beans`."""
        return f"{self.department} > {self.shelf}"

    @property
    def cents(self) -> int:
        """The price of the first variant."""
        return self.variants[0].cents


@cache
def cards() -> dict[str, Card]:
    """Every card of the shop by key, in the order of the shelves."""
    found: dict[str, Card] = {}
    for table in TABLES:
        department = shelf = ""
        for block in table.strip().split("\n\n"):
            lines = block.splitlines()
            if lines[0].startswith("## "):
                shelf = lines[0][3:]
            elif lines[0].startswith("# "):
                department = lines[0][2:]
            else:
                card = _card(lines, department, shelf)
                found[card.key] = card
    return found


def _card(lines: list[str], department: str, shelf: str) -> Card:
    head, options_line, description = lines
    key, name, price, brand, look = head.split(" | ")
    options: dict[str, str] = dict(option.split(" ", 1) for option in options_line.split(" | "))
    attributes = dict(pair.split("=") for pair in [options["is"]]) if "is" in options else {}
    days = int(options["days"]) if "days" in options else None
    return Card(
        key=key,
        name=name,
        department=department,
        shelf=shelf,
        brand=brand,
        description=description,
        variants=_variants(key, name, _cents(price), look, options),
        days=days,
        years=int(options["years"]) if "years" in options else None,
        love=float(options.get("love", 1)),
        returns=float(options.get("returns", 0.004 if days else 0.02)),
        attributes=attributes,
        german=options.get("de"),
    )


def _variants(key: str, name: str, cents: int, look: str, options: dict[str, str]) -> tuple[Variant, ...]:
    if "colours" in options:
        drawing, _, *second = look.split(" ")
        return tuple(
            Variant(
                product_id=f"{key}-{colour}",
                name=f"{name}, {colour.title()}",
                cents=cents,
                look=" ".join([drawing, colour, *second]),
                attributes={"colour": colour},
            )
            for colour in options["colours"].split()
        )
    if "sizes" in options:
        return tuple(_size(key, name, look, size) for size in options["sizes"].split(", "))
    return (Variant(product_id=key, name=name, cents=cents, look=look),)


def _size(key: str, name: str, look: str, text: str) -> Variant:
    label, price, units = text.rsplit(" ", 2)
    slug = label.lower().replace(" ", "").replace("/", "-")
    return Variant(
        product_id=f"{key}-{slug}",
        name=f"{name}, {label}",
        cents=_cents(price),
        look=look,
        units=float(units),
        attributes={"size": label},
    )


def _cents(price: str) -> int:
    return round(float(price) * 100)
