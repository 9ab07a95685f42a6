"""A suggested use as it is answered: what is owned, what is missing, and the sentence that says why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from plugin.catalog import Product

T = TypeVar("T")

SENTENCES: dict[str, dict[str, str]] = {
    "en": {
        "all_there": "With your {owned}, yours since {since}",
        "one_missing": "With your {owned}, yours since {since}, you lack only {missing}",
    },
    "de": {
        "all_there": "Mit {owned}, seit {since} bei Ihnen",
        "one_missing": "Mit {owned}, seit {since} bei Ihnen: es fehlt nur {missing}",
    },
    "nl": {
        "all_there": "Met uw {owned}, van u sinds {since}",
        "one_missing": "Met uw {owned}, van u sinds {since}: alleen {missing} ontbreekt nog",
    },
    "nb": {
        "all_there": "Med {owned}, som du har hatt siden {since}",
        "one_missing": "Med {owned}, som du har hatt siden {since}, mangler du bare {missing}",
    },
}
MONTHS: dict[str, tuple[str, ...]] = {
    "en": tuple(
        "January February March April May June July August September October November December".split()
    ),
    "de": tuple("Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()),
    "nl": tuple(
        "januari februari maart april mei juni juli augustus september oktober november december".split()
    ),
    "nb": tuple("januar februar mars april mai juni juli august september oktober november desember".split()),
}


@dataclass(frozen=True, slots=True)
class Held:
    """A product that the shopper has, and since when (epoch seconds); None where the catalogue lacks it."""

    product_id: str
    since: float
    product: Product | None = None

    def name(self, locale: str | None) -> str:
        """What it is called in the reader's language; its id where it has no name."""
        return (self.product.text("name", locale) if self.product else None) or self.product_id


@dataclass(frozen=True, slots=True)
class UseReason:
    """Why a use is suggested: a code, its sentence, and the product it starts from with its age."""

    code: str
    text: str
    product_id: str | None = None
    since: float | None = None


@dataclass(frozen=True, slots=True)
class SuggestedUse:
    """One use in an answer, its texts in the reader's language. `score` (0 to 1) falls along one answer."""

    use_id: str
    title: str
    owned: tuple[Held, ...]
    missing: tuple[Product, ...]
    reason: UseReason
    score: float = 1.0
    summary: str | None = None
    url: str | None = None
    image_url: str | None = None
    minutes: int | None = None
    level: str | None = None


def reason_for(held: Held, missing: Product | None, locale: str | None, zone: str, now: float) -> UseReason:
    """Return why a use is suggested: what of it is owned and since when, and what alone is missing."""
    sentences = in_language(SENTENCES, locale)
    code = "all_there" if missing is None else "one_missing"
    lacked = None if missing is None else missing.text("name", locale) or missing.product_id
    when = since_when(held.since, locale, zone, now)
    text = sentences[code].format(owned=held.name(locale), since=when, missing=lacked)
    return UseReason(code, text, held.product_id, held.since)


def since_when(since: float, locale: str | None, zone: str, now: float) -> str:
    """Return a month as a sentence names it, with its year where that is not this one."""
    then, today = (datetime.fromtimestamp(moment, ZoneInfo(zone)) for moment in (since, now))
    month = in_language(MONTHS, locale)[then.month - 1]
    return month if then.year == today.year else f"{month} {then.year}"


def in_language(by_language: Mapping[str, T], locale: str | None) -> T:
    """Return what there is in the reader's language, in English where we have no other."""
    return by_language.get((locale or "en").replace("_", "-").partition("-")[0].lower(), by_language["en"])
