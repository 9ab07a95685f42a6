"""Which events that cannot be used may be kept as dead letters: none of those who are erased or said no."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from plugin.activity import KINDS, ORDER_KINDS, Shopper
from plugin.shop import ShopSettings
from plugin.store.dead_letters import Letter
from plugin.store.memory import ShopMemory

LONGEST_ID = 128
NAMES = frozenset(
    "userId user_id anonymousId anonymous_id previousId previous_id shopper shopper_id "
    "customer_id distinct_id groupId".split()
)
PEOPLE = frozenset(
    {"customer", "user", "shopper", "body"}
)  # whose `id` is somebody's; `body` is a platform's


def keepable(
    letters: Sequence[Letter], memory: ShopMemory, settings: ShopSettings, erased: Callable[[str], bool]
) -> list[Letter]:
    """Return the letters that may be kept: what holds for an event that can be used holds for these too.

    `erased` says of a reference whether it is somebody's who was erased.
    """
    owners = [whose(letter) for letter in letters]
    said = memory.consents.said(sorted({ref for ref in owners if ref is not None}))
    default = settings.consent_default == "yes"
    return [
        letter
        for letter, ref in zip(letters, owners, strict=True)
        if (ref is None or said.get(ref, default) or _is_order(letter))
        and not any(map(erased, names_in(letter)))
    ]


def names_in(letter: Letter) -> Iterator[str]:
    """Yield every reference that something sent to a door names, as events and platforms name people."""
    if letter.proven:
        yield Shopper(letter.proven).ref
    level = [("", "", letter.document)]  # the name of what a value is in, its own name, the value
    while level:
        outer, name, value = level.pop()
        if isinstance(value, dict):
            level.extend((name, inner, held) for inner, held in value.items())
        elif isinstance(value, list):
            level.extend((outer, name, held) for held in value)
        elif isinstance(value, str | int) and (name in NAMES or (name == "id" and outer in PEOPLE)):
            yield Shopper(str(value)[:LONGEST_ID]).ref
            yield Shopper(str(value)[:LONGEST_ID], known=False).ref


def whose(letter: Letter) -> str | None:
    """Return whose an event is, as the door would have it; None for one that names nobody.

    Without a token a browser's word on who it is counts for nothing; the number beside it does.
    """
    document: dict[str, Any] = letter.document if isinstance(letter.document, dict) else {}
    user = document.get("userId") if letter.trust == "shop" else None
    for value, known in ((letter.proven, True), (user, True), (document.get("anonymousId"), False)):
        if isinstance(value, str | int) and value != "":
            return Shopper(str(value), known).ref
    return None


def _is_order(letter: Letter) -> bool:
    document = letter.document if isinstance(letter.document, dict) else {}
    event = document.get("event")
    kind = KINDS.get(event) if isinstance(event, str) else None
    return letter.trust == "shop" and kind in ORDER_KINDS
