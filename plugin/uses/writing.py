"""What a merchant does with use ideas: write, replace, take away; each change is in the audit chain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from plugin.errors import NotFound, TooLarge
from plugin.merchant import Merchant
from plugin.uses.ideas import MOST_IDEAS

AT_ONCE = 500


def put_ideas(merchant: Merchant, shop_id: str, documents: Iterable[Mapping[str, Any]]) -> tuple[int, int]:
    """Add or change ideas, and return how many and how many of them are new.

    Raises `TooLarge` when the shop would have more than it may; those written before stay.
    """
    count = new = 0
    waiting: dict[str, bytes | None] = {}
    for document in documents:
        waiting[f"use/{document['use_id']}"] = orjson.dumps(document)
        if len(waiting) == AT_ONCE:
            count, new = count + len(waiting), new + _keep(merchant, shop_id, waiting)
            waiting = {}
    if waiting:
        count, new = count + len(waiting), new + _keep(merchant, shop_id, waiting)
    return count, new


def delete_idea(merchant: Merchant, shop_id: str, use_id: str) -> None:
    """Take an idea away. Raises `NotFound` when there is none of that id."""
    if use_id not in merchant.shops.view(shop_id, fresh=True).ideas:
        raise NotFound(f"There is no use idea {use_id!r}.")
    merchant.shops.put(shop_id, {f"use/{use_id}": None})
    merchant.audit(shop_id, "use.deleted", use_id=use_id)


def hide_ideas_except(merchant: Merchant, shop_id: str, kept: set[str]) -> int:
    """Hide what the merchant's newest file does not hold any more; return how many that were."""
    gone = {
        idea.use_id: {**idea.document, "state": "hidden"}
        for idea in merchant.shops.view(shop_id, fresh=True).ideas
        if idea.use_id not in kept and idea.state != "hidden"
    }
    put_ideas(merchant, shop_id, gone.values())
    return len(gone)


def _keep(merchant: Merchant, shop_id: str, bodies: dict[str, bytes | None]) -> int:
    held = merchant.shops.view(shop_id, fresh=True).ideas
    new = sum(name.removeprefix("use/") not in held for name in bodies)
    if len(held) + new > MOST_IDEAS:
        raise TooLarge(f"A shop has {MOST_IDEAS:,} use ideas at most; delete those that are not shown.")
    merchant.shops.put(shop_id, bodies)
    ids = [name.removeprefix("use/") for name in bodies]
    merchant.audit(shop_id, "uses.written", use_ids=ids[:20], count=len(ids), new=new)
    return new
