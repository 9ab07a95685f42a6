"""What a merchant does with learned contexts: rename, merge, hide, make a use idea of one; all audited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plugin.errors import Invalid, NotFound
from plugin.merchant import Merchant
from plugin.uses.context_words import ContextWords, counts_as
from plugin.uses.learned import PREFIX, LearnedContext, contexts_of
from plugin.uses.writing import put_ideas

NEEDED, OPTIONAL = 3, 5  # of its most telling products, as the needs of an idea made of a context


def context_named(merchant: Merchant, shop_id: str, context_id: str) -> LearnedContext:
    """Return one context as it stands now. Raises `NotFound` where neither model nor merchant knows it."""
    shop = merchant.shops.view(shop_id, fresh=True)
    found = contexts_of(shop, merchant.shops.model(shop))
    held = found.get(counts_as(context_id, shop.context_words))
    if held is None or context_id not in (held.context_id, *held.merged, *shop.context_words):
        raise NotFound(f"There is no context {context_id!r}; `rapport uses contexts` names those there are.")
    return held


def change_context(
    merchant: Merchant, shop_id: str, context_id: str, changes: Mapping[str, Any]
) -> LearnedContext:
    """Return a context after `title`, `hidden` or `merged_into` were changed; None takes a word back.

    Raises `NotFound` for a context that there is not, `Invalid` for one merged into itself or into nothing.
    """
    context_named(merchant, shop_id, context_id)
    words = merchant.shops.view(shop_id).context_words
    if changes.get("merged_into") is not None:
        _demand_target(merchant, shop_id, context_id, changes["merged_into"], words)
    said = words.get(context_id, ContextWords(context_id)).changed(changes)
    body = None if said.says_nothing else said.to_bytes()
    merchant.shops.put(shop_id, {f"context/{context_id}": body})
    merchant.audit(shop_id, "context.changed", context_id=context_id, **changes)
    return context_named(merchant, shop_id, context_id)


def promote_context(
    merchant: Merchant, shop_id: str, context_id: str, use_id: str | None = None, *, live: bool = False
) -> dict[str, Any]:
    """Return the use idea made of a context: its most telling products are what it needs.

    A draft unless it is to be `live`; while it is live the context itself is not shown. Raises `NotFound` for
    a context there is not, `Invalid` for one of which the shop sells nothing, or an id that is taken or a
    learned context's.
    """
    context = context_named(merchant, shop_id, context_id)
    shop = merchant.shops.view(shop_id)
    use_id = use_id or f"context-{context.context_id}"
    if use_id.startswith(PREFIX):
        raise Invalid(f"An idea's id does not begin with {PREFIX!r}: such ids are those of learned contexts.")
    telling = context.telling(shop.catalogue)
    if not telling:
        raise Invalid(f"Nothing that tells context {context_id} is in the catalogue; no idea can need it.")
    if use_id in shop.ideas and context.promoted_to != use_id:
        raise Invalid(f"There is a use idea {use_id!r} already; choose another id.")
    needs = [{"any": [{"product_id": each}]} for each in telling]
    said = context.words.title if context.words is not None else None
    document = {
        "use_id": use_id,
        "title": said or context.title(shop.catalogue, shop.settings.locale),
        "needs": needs[:NEEDED],
        "optional": needs[NEEDED : NEEDED + OPTIONAL],
        "state": "live" if live else "draft",
    }
    put_ideas(merchant, shop_id, [document])
    words = (context.words or ContextWords(context.context_id)).changed({"promoted_to": use_id})
    merchant.shops.put(shop_id, {f"context/{context.context_id}": words.to_bytes()})
    merchant.audit(shop_id, "context.promoted", context_id=context.context_id, use_id=use_id)
    return document


def _demand_target(
    merchant: Merchant, shop_id: str, context_id: str, target: str, words: Mapping[str, ContextWords]
) -> None:
    try:
        held = context_named(merchant, shop_id, target)
    except NotFound:
        raise _wrong(f"There is no context {target!r} to merge into.") from None
    if held.context_id == context_id or counts_as(target, words) == context_id:
        raise _wrong("A context is not merged into itself, nor into one that counts as it.")


def _wrong(detail: str) -> Invalid:
    return Invalid(f"/merged_into: {detail}", errors=[{"pointer": "/merged_into", "detail": detail}])
