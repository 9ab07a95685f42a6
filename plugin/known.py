"""What is known of a shopper and why: each fact with the orders and words that it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from plugin.catalog import Catalogue
from plugin.ownership import Owned
from plugin.shopper import Profile
from plugin.wishes.preferences import ANSWER, SIZE

MOST = 200


@dataclass(frozen=True, slots=True)
class Ground:
    """What a fact rests on: `what` kind of thing, which one by the shop's own id, and when."""

    what: str
    at: float | None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known, in a sentence, and what it rests on."""

    what: str
    because: tuple[Ground, ...] = field(default=())


def known(profile: Profile, owned: dict[str, Owned], catalogue: Catalogue) -> list[Fact]:
    """Return what is known of a shopper, ownership first, with what each fact rests on; bounded in number."""
    facts = (*_owned(profile, owned, catalogue), *_said(profile), *_claimed(profile))
    return list(islice(facts, MOST))


def _owned(profile: Profile, owned: dict[str, Owned], catalogue: Catalogue) -> Iterator[Fact]:
    orders: dict[str, list[Ground]] = {}
    for order_id, order in sorted(profile.orders.items(), key=lambda item: (item[1].at or 0.0, item[0])):
        if order.at is not None:
            for product_id in order.kept():
                orders.setdefault(product_id, []).append(Ground("order", order.at, order_id))
    for held in sorted(owned.values(), key=lambda held: (-held.last_at, held.product_id)):
        because = list(orders.get(held.product_id, ()))
        if (past := profile.past.products.get(held.product_id)) is not None:
            older = int(past[1])
            because.insert(0, Ground(f"{older} older order{'' if older == 1 else 's'}", past[3]))
        if (used := profile.used.get(held.product_id)) is not None and used[0]:
            because.append(Ground(f"{used[0]:g} used", used[-1]))
        if (word := profile.corrected.get(held.product_id)) is not None:
            because.append(Ground(f"said: {word[0]}", word[1]))
        if held.estimated:
            product = catalogue.get(held.product_id)
            days = product.lifetime_days if product else None
            because.append(Ground(f"an estimate: one lasts {days} days", held.since))
        yield Fact(_has(held, catalogue), tuple(because))


def _has(held: Owned, catalogue: Catalogue) -> str:
    product = catalogue.get(held.product_id)
    name = f"{product.name} ({held.product_id})" if product and product.name else held.product_id
    if held.there:
        return f"has {held.quantity:g} × {name}" + (", plenty" if held.state == "plenty" else "")
    return f"no longer has {name}" if held.state == "no_longer" else f"has used up {name}"


def _said(profile: Profile) -> Iterator[Fact]:
    for name, (value, at) in sorted(profile.preferences.items()):
        if value is None or (isinstance(value, list) and not value):
            continue
        what = name.removeprefix(SIZE).removeprefix(ANSWER)
        kind = "size" if name.startswith(SIZE) else "answer" if name.startswith(ANSWER) else "preference"
        yield Fact(f"{kind} {what.replace('_', ' ')}: {_shown(value)}", (Ground("said", at),))
    for name, (value, at) in sorted(profile.traits.items()):
        yield Fact(f"trait {name}: {_shown(value)}", (Ground("said", at),))
    for by, words in sorted(profile.consent.items()):
        for name, (word, at) in sorted(words.items()):
            yield Fact(f"consent to {name}: {word}", (Ground(f"said by the {by}", at),))


def _claimed(profile: Profile) -> Iterator[Fact]:
    for order_id, order in sorted(profile.claims.items()):
        yield Fact(
            f"claims to have bought {', '.join(order.lines)}", (Ground("browser", order.at, order_id),)
        )


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
