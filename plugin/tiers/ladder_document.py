"""A tier ladder as a merchant writes it: read into tiers that can be climbed, and written back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from plugin.errors import Invalid
from plugin.money import decimal_text, minor_units
from plugin.offers.arguments import Reader
from plugin.offers.conditions import read_when
from plugin.tiers.ladder import BASES, Tier, TierLadder

WANTED = {"rfm": "from_quantile", "rule": "when"}
THRESHOLDS = ("from_quantile", "from", "when")
NOT_IN_A_RULE = {
    "tier": "A tier's rule cannot ask for a tier: it is what gives one.",
    **dict.fromkeys(
        ("basket", "locale", "currency", "channel", "time"),
        "A tier goes by the shopper, not by the page or the moment they are met at.",
    ),
}


def wanted(basis: str) -> str:
    """Return the field by which a tier of a ladder of this basis is reached."""
    return WANTED.get(basis, "from")


def read_ladder(document: Mapping[str, Any], currency: str) -> TierLadder:
    """Return the ladder of a document; `TierLadder.from_document` says more."""
    basis = document.get("basis", "rfm")
    if basis not in BASES:
        raise _invalid("/basis", f"Tiers are measured by {' or '.join(BASES)}; {basis!r} is not one.")
    tiers = tuple(_tier(held, basis, currency, at) for at, held in enumerate(document["tiers"]))
    _climbable(tiers, basis, document["tiers"])
    return TierLadder(
        basis=basis,
        window_days=int(document.get("window_days", 365)),
        grace_days=int(document.get("grace_days", 30)),
        hysteresis=float(document.get("hysteresis", 0.05)),
        tiers=tiers,
        points_per_unit=_decimal(document.get("points_per_unit") or "1"),
        services=tuple((document.get("services") or {}).get("everyone") or ()),
        set_at=float(document.get("set_at") or 0.0),
    )


def written_ladder(ladder: TierLadder, currency: str) -> dict[str, Any]:
    """Return the document of a ladder."""
    document: dict[str, Any] = {
        "basis": ladder.basis,
        "window_days": ladder.window_days,
        "grace_days": ladder.grace_days,
        "hysteresis": ladder.hysteresis,
        "tiers": [_written(tier, ladder.basis, currency) for tier in ladder.tiers],
    }
    if ladder.basis == "points":
        document["points_per_unit"] = str(ladder.points_per_unit)
    if ladder.services:
        document["services"] = {"everyone": list(ladder.services)}
    return document


def _tier(document: Mapping[str, Any], basis: str, currency: str, at: int) -> Tier:
    amount, when = document.get("from"), document.get("when")
    try:
        from_amount = None if amount is None else _points(amount) if basis == "points" else None
        if amount is not None and basis != "points":
            from_amount = minor_units(amount, currency)
    except ValueError as wrong:
        raise _invalid(f"/tiers/{at}/from", f"{wrong}.") from None
    return Tier(
        document["tier"],
        document.get("title"),
        document.get("from_quantile"),
        from_amount,
        when=None if when is None else _condition(when, currency, at),
        written=when,
        step=at if basis == "rule" else 0,
        adds=tuple(document.get("adds") or ()),
    )


def _condition(document: Mapping[str, Any], currency: str, at: int) -> Any:
    for pointer, name in _names(document, f"/tiers/{at}/when"):
        if name in NOT_IN_A_RULE:
            raise _invalid(f"{pointer}/{name}", NOT_IN_A_RULE[name])
    try:
        return read_when(document, Reader(currency, salt=f"tier:{at}"))
    except Invalid as wrong:
        errors = [{**each, "pointer": f"/tiers/{at}{each['pointer']}"} for each in wrong.errors or []]
        raise Invalid(wrong.detail, errors=errors) from None


def _names(document: Any, pointer: str) -> Iterator[tuple[str, str]]:
    """Yield the name of every condition within one, with where it stands."""
    for name, held in document.items() if isinstance(document, Mapping) else ():
        if held is None:
            continue
        yield pointer, name
        if name in ("all", "any") and isinstance(held, list):
            for at, part in enumerate(held):
                yield from _names(part, f"{pointer}/{name}/{at}")
        elif name == "not":
            yield from _names(held, f"{pointer}/not")


def _points(text: str) -> int:
    points = _decimal(text)
    if points != points.to_integral_value():
        raise ValueError(f"{text!r} is no whole number of points")
    return int(points)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(str(text))
    except InvalidOperation:
        raise ValueError(f"{text!r} is not a plain decimal") from None


def _written(tier: Tier, basis: str, currency: str) -> dict[str, Any]:
    document: dict[str, Any] = {"tier": tier.tier}
    if tier.title is not None:
        document["title"] = tier.title
    if tier.from_quantile is not None:
        document["from_quantile"] = tier.from_quantile
    if tier.from_amount is not None:
        document["from"] = (
            str(tier.from_amount) if basis == "points" else decimal_text(tier.from_amount, currency)
        )
    if tier.written is not None:
        document["when"] = tier.written
    if tier.adds:
        document["adds"] = list(tier.adds)
    return document


def _climbable(tiers: tuple[Tier, ...], basis: str, documents: list[Mapping[str, Any]]) -> None:
    if not tiers:
        raise _invalid("/tiers", "A ladder has at least one tier.")
    seen: set[str] = set()
    own = wanted(basis)
    for at, (tier, document) in enumerate(zip(tiers, documents, strict=True)):
        if tier.tier in seen:
            raise _invalid(f"/tiers/{at}/tier", f"The tier {tier.tier!r} is there twice.")
        seen.add(tier.tier)
        if at == 0 and (tier.threshold or tier.when is not None):
            raise _invalid("/tiers/0", "The lowest tier is everybody's: it has no threshold.")
        for other in THRESHOLDS:
            if other != own and document.get(other) is not None:
                raise _invalid(f"/tiers/{at}/{other}", f"A ladder by {basis} has {own}, not {other}.")
        if at > 0 and document.get(own) is None:
            raise _invalid(f"/tiers/{at}", f"A tier above the lowest needs {own}.")
    for at, (lower, higher) in enumerate(pairwise(tiers), start=1):
        if higher.threshold <= lower.threshold:
            raise _invalid(f"/tiers/{at}", "Tiers are written lowest first, each threshold above the last.")


def _invalid(pointer: str, detail: str) -> Invalid:
    return Invalid(detail, errors=[{"pointer": pointer, "detail": detail}])
