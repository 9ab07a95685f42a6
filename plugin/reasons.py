"""Reasons in the reader's language: the first true one that may be told in public."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from plugin.shop import Shop
from recommender.question import Reason

FEWEST_SHOPPERS = 5  # a public reason rests on at least so many
ANONYMOUS = frozenset(
    {
        *("like_this", "new", "new_like_this", "chosen", "on_sale"),
        *("viewed_before", "due_again", "bought_before", "taste", "you_like", "your_size"),
    }
)

SENTENCES: dict[str, dict[str, str]] = {
    "en": {
        "bought_together": "Often bought with {name}",
        "also_viewed": "Often looked at with {name}",
        "like_this": "Similar to {name}",
        "taste": "Goes with what you like, such as {name}",
        "bought_before": "You bought this before",
        "due_again": "You may be running low",
        "trending": "Popular right now",
        "new": "New in the shop",
        "on_sale": "Reduced right now",
        "viewed_before": "You looked at this",
        "new_like_this": "New, and similar to {name}",
        "chosen": "Chosen by the shop",
        "you_like": "You like {name}",
        "your_size": "In your size",
        "of_your_taste": "Goes with what you like",
        "of_your_word": "Fits what you said you like",
        "suggested": "A suggestion",
    },
    "de": {
        "bought_together": "Oft zusammen gekauft mit {name}",
        "also_viewed": "Oft zusammen angesehen mit {name}",
        "like_this": "Ähnlich wie {name}",
        "taste": "Passt zu dem, was Ihnen gefällt, etwa {name}",
        "bought_before": "Das haben Sie schon gekauft",
        "due_again": "Könnte bald zur Neige gehen",
        "trending": "Gerade beliebt",
        "new": "Neu im Sortiment",
        "on_sale": "Gerade reduziert",
        "viewed_before": "Das haben Sie angesehen",
        "new_like_this": "Neu, und ähnlich wie {name}",
        "chosen": "Vom Shop ausgewählt",
        "you_like": "Sie mögen {name}",
        "your_size": "In Ihrer Größe",
        "of_your_taste": "Passt zu dem, was Ihnen gefällt",
        "of_your_word": "Passt zu dem, was Sie nach eigenen Worten mögen",
        "suggested": "Ein Vorschlag",
    },
    "nl": {
        "bought_together": "Vaak samen gekocht met {name}",
        "also_viewed": "Vaak samen bekeken met {name}",
        "like_this": "Lijkt op {name}",
        "taste": "Past bij wat u mooi vindt, zoals {name}",
        "bought_before": "Dit kocht u eerder",
        "due_again": "Misschien bijna op",
        "trending": "Nu populair",
        "new": "Nieuw in de winkel",
        "on_sale": "Nu afgeprijsd",
        "viewed_before": "Dit bekeek u",
        "new_like_this": "Nieuw, en lijkt op {name}",
        "chosen": "Gekozen door de winkel",
        "you_like": "U houdt van {name}",
        "your_size": "In uw maat",
        "of_your_taste": "Past bij wat u mooi vindt",
        "of_your_word": "Past bij wat u zei mooi te vinden",
        "suggested": "Een suggestie",
    },
    "nb": {
        "bought_together": "Ofte kjøpt sammen med {name}",
        "also_viewed": "Ofte sett sammen med {name}",
        "like_this": "Ligner på {name}",
        "taste": "Passer til det du liker, som {name}",
        "bought_before": "Du har kjøpt dette før",
        "due_again": "Kan snart være tomt",
        "trending": "Populært akkurat nå",
        "new": "Nytt i butikken",
        "on_sale": "Satt ned akkurat nå",
        "viewed_before": "Du har sett på dette",
        "new_like_this": "Nytt, og ligner på {name}",
        "chosen": "Valgt av butikken",
        "you_like": "Du liker {name}",
        "your_size": "I din størrelse",
        "of_your_taste": "Passer til det du liker",
        "of_your_word": "Passer til det du har sagt at du liker",
        "suggested": "Et forslag",
    },
}
# What says enough without naming anything: it tells of nobody else.
OF_ONES_OWN = frozenset({"taste", "you_like"})
# What the same reason says when the product it starts from cannot be named.
NAMELESS = {
    "you_like": "of_your_word",
    "bought_together": "suggested",
    "also_viewed": "suggested",
    "like_this": "suggested",
    "taste": "of_your_taste",
    "new_like_this": "new",
}


@dataclass(frozen=True, slots=True)
class Told:
    """A reason as the answer carries it; `count` is for callers with the secret key."""

    code: str
    text: str
    product_id: str | None
    count: int | None


def tell(reasons: Sequence[Reason], shop: Shop, locale: str | None, *, trusted: bool) -> Told:
    """Return the first reason that may be told, with its sentence; the shop's own server is told the first.

    In public a reason rests on at least five shoppers and names no sensitive or unknown product. A taste that
    must not name what it starts from is told without it, where nothing else is true.
    """
    for reason in reasons:
        named = shop.catalogue.get(reason.product_id) if reason.product_id else None
        if not trusted and not _public(reason):
            continue
        if reason.product_id and (named is None or shop.is_sensitive(named)):
            continue
        name = named.text("name", locale) if named else reason.word
        return Told(reason.code, sentence(reason.code, locale, name), reason.product_id, reason.count)
    code = next((reason.code for reason in reasons if _is_enough_by_itself(reason, shop)), "suggested")
    return Told(code, sentence(code, locale, None), None, None)


def _is_enough_by_itself(reason: Reason, shop: Shop) -> bool:
    """Whether a reason may be told without what it starts from: not where that is sensitive."""
    is_sensitive = reason.product_id is not None and shop.is_sensitive_id(reason.product_id)
    return reason.code in OF_ONES_OWN and not is_sensitive


def sentence(code: str, locale: str | None, name: str | None) -> str:
    """Return a reason's sentence in the reader's language, English where we have no other."""
    sentences = SENTENCES.get((locale or "en").split("-")[0].lower(), SENTENCES["en"])
    if name is None:
        code = NAMELESS.get(code, code)
    return sentences.get(code, sentences["suggested"]).format(name=name)


def _public(reason: Reason) -> bool:
    if reason.count is None:
        return reason.code in ANONYMOUS
    return reason.count >= FEWEST_SHOPPERS or reason.code in ("due_again", "bought_before")
