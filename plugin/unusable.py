"""Which events that cannot be used may be kept as dead letters: none of those who are erased or said no."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from plugin.activity import KINDS, ORDER_KINDS, Shopper
from plugin.shop import ShopSettings
from plugin.store.dead_letters import Letter
from plugin.store.memory import ShopMemory

NAMES = {"userId": True, "anonymousId": False, "previousId": False}


def keepable(
    letters: Sequence[Letter], memory: ShopMemory, settings: ShopSettings, mark: Callable[[str], bytes]
) -> list[Letter]:
    """Return the letters that may be kept: what holds for an event that can be used holds for these too.

    `mark` returns the mark of a reference among the erased.
    """
    named = {letter.letter_id: names_in(letter) for letter in letters}
    whose = {letter.letter_id: _whose(letter) for letter in letters}
    refs = sorted({ref for found in named.values() for ref in found})
    gone = memory.erased.among({ref: mark(ref) for ref in refs})
    said = memory.consents.said(refs)
    default = settings.consent_default == "yes"
    return [
        letter
        for letter in letters
        if gone.isdisjoint(named[letter.letter_id])
        and (_is_order(letter) or all(said.get(ref, default) for ref in whose[letter.letter_id]))
    ]


def names_in(letter: Letter) -> list[str]:
    """Return every reference that an event at a door names."""
    document: dict[str, Any] = letter.document if isinstance(letter.document, dict) else {}
    named = [Shopper(letter.proven).ref] if letter.proven else []
    return named + [
        Shopper(str(value), known).ref
        for name, known in NAMES.items()
        if isinstance(value := document.get(name), str | int)
    ]


def _whose(letter: Letter) -> list[str]:
    """Whose an event is, as the door would have it; nobody's for one that names nobody.

    Without a token a browser's word on who it is counts for nothing; the number beside it does.
    """
    counting = [ref for ref in names_in(letter) if letter.trust == "shop" or ref[:2] == "a:"]
    return [Shopper(letter.proven).ref] if letter.proven else counting[:1]


def _is_order(letter: Letter) -> bool:
    document = letter.document if isinstance(letter.document, dict) else {}
    event = document.get("event")
    kind = KINDS.get(event) if isinstance(event, str) else None
    return letter.trust == "shop" and kind in ORDER_KINDS
