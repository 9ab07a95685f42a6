"""Offers in words: what is given, what is missing, why not, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import orjson

from plugin.catalog import Catalogue
from plugin.money import decimal_text
from plugin.offers.applied import leaves_out_reduced
from plugin.offers.arguments import Reader
from plugin.offers.benefits import Benefit, BuyXGetY, Message, Pieces
from plugin.offers.changes import Unlock
from plugin.offers.conditions import read_where
from plugin.offers.conditions.condition import Condition, unmet
from plugin.offers.occasion import Occasion
from plugin.offers.offer import Offer
from plugin.offers.segment import Segment
from plugin.offers.verdict import ALMOST, GRANTED, Verdict
from plugin.tiers.ladder import TierLadder, in_language

if TYPE_CHECKING:
    from plugin.shop import Shop

LANGUAGES = ("en", "de", "nl", "nb")
SAME = {"no": "nb", "nn": "nb"}
FULL_STOP = frozenset(".!?…")


@cache
def words(language: str) -> Mapping[str, Any]:
    """Return every phrase of one language."""
    text = resources.files("plugin.offers").joinpath("words", f"{language}.json").read_bytes()
    return orjson.loads(text)


def language_of(locale: str | None) -> str:
    """Return the language a reader of this locale is spoken to in; English where theirs is not there."""
    own = (locale or "").replace("_", "-").split("-")[0].casefold()
    own = SAME.get(own, own)
    return own if own in LANGUAGES else "en"


@dataclass(frozen=True)
class Teller:
    """What sentences are made of: a language, a currency, and the shop's own names of things."""

    locale: str | None
    currency: str
    catalogue: Catalogue
    ladder: TierLadder
    zone: str = "UTC"
    segments: Mapping[str, Segment] = field(default_factory=dict)

    @classmethod
    def of(cls, occasion: Occasion) -> Teller:
        """The teller for whoever the occasion is about."""
        return cls(
            occasion.locale,
            occasion.currency,
            occasion.catalogue,
            occasion.ladder,
            occasion.zone,
            occasion.segments,
        )

    @classmethod
    def of_shop(cls, shop: Shop) -> Teller:
        """The teller for whoever runs the shop."""
        own = shop.settings
        return cls(own.locale, own.currency, shop.catalogue, shop.ladder, own.timezone, shop.segments)

    def word(self, key: str, **values: Any) -> str:
        """One phrase with its blanks filled."""
        return words(language_of(self.locale))[key].format(**values)

    def money(self, minor: int) -> str:
        """An amount as the reader writes it."""
        own = words(language_of(self.locale))
        number = decimal_text(minor, self.currency).replace(".", own["decimal"])
        form = own["money"].get(self.currency, own["money"][""])
        return form.format(number, self.currency).replace(" ", "\N{NO-BREAK SPACE}")

    def number(self, value: float) -> str:
        """A percentage as the reader writes it."""
        return f"{value:g}".replace(".", words(language_of(self.locale))["decimal"])

    def date(self, at: float) -> str:
        """A day on the shop's calendar."""
        try:
            day = datetime.fromtimestamp(at, ZoneInfo(self.zone))
        except (OverflowError, ValueError):  # at the very end of the calendar, where not every zone has a day
            day = datetime.fromtimestamp(at, UTC)
        month = words(language_of(self.locale))["months"][day.month - 1]
        return self.word("date", day=day.day, month=month, year=day.year)

    def product(self, product_id: str) -> str:
        """A product's name; its id where it has none."""
        product = self.catalogue.get(product_id)
        return (product.text("name", self.locale) if product else None) or product_id

    def what(self, product_id: str | None, category: str | None) -> str:
        """A product's name, or the innermost name of a category."""
        if product_id is not None:
            return self.product(product_id)
        return (category or "").split(">")[-1].strip()

    def pieces(self, pieces: Pieces) -> str:
        """The products something applies to."""
        if pieces.products is not None:
            return self.listed(map(self.product, pieces.products), "or")
        return self.word("everything") if pieces.category is None else self.what(None, pieces.category)

    def tier(self, tier: str) -> str:
        """A tier's title; its name where it has none."""
        rank = self.ladder.rank(tier)
        return (in_language(self.ladder.tiers[rank].title, self.locale) if rank is not None else None) or tier

    def listed(self, parts: Iterable[str], joint: str) -> str:
        """Several things in one breath: a, b and c."""
        *before, last = parts
        return f"{', '.join(before)} {self.word(joint)} {last}" if before else last


def benefit_phrase(benefit: Benefit, teller: Teller) -> str:
    """Return what is given, as a phrase: "10 % off coffee"."""
    key, values = benefit.says()
    if isinstance(benefit, Message):
        return in_language(values["text"], teller.locale) or ""
    if isinstance(benefit, BuyXGetY):
        return _buy_x_get_y(benefit, teller)
    filled = {"count": values.get("count")}
    if "percent" in values:
        filled["percent"] = teller.number(values["percent"])
    if "amount" in values:
        filled["amount"] = teller.money(values["amount"])
    if "product_id" in values:
        filled["product"] = teller.product(values["product_id"])
    if "pieces" in values:
        filled["what"] = teller.pieces(values["pieces"])
    phrase = teller.word(key, **filled)
    if values.get("at_most") is not None:
        phrase = teller.word("at_most", benefit=phrase, amount=teller.money(values["at_most"]))
    return phrase


def offer_phrase(offer: Offer, teller: Teller, without_reduced: bool | None) -> str:
    """Return what an offer gives, as a phrase, with what it leaves out."""
    phrase = benefit_phrase(offer.gives, teller)
    return teller.word("without_reduced", benefit=phrase) if without_reduced else phrase


def _buy_x_get_y(benefit: BuyXGetY, teller: Teller) -> str:
    return teller.word(
        "buy_x_get_y.free" if benefit.get.percent == 1 else "buy_x_get_y",
        buy=teller.pieces(benefit.buy),
        buy_count=benefit.buy.quantity,
        get=teller.pieces(benefit.get),
        get_count=benefit.get.quantity,
        percent=teller.number(float(benefit.get.percent * 100)),
    )


def condition_phrase(condition: Condition[Any], teller: Teller) -> str:
    """Return a condition as a phrase: "tier Gold or higher and a basket of €40.00 or more"."""
    key, values = condition.says()
    if key in ("all", "any"):
        parts = [condition_phrase(part, teller) for part in values["parts"]]
        if key == "any" and len(parts) > 1:
            return f"({teller.listed(parts, 'or')})"
        return teller.listed(parts, "and") if parts else teller.word("everything")
    if key == "not":
        return _not(values["parts"][0], teller)
    return _PHRASES.get(key, _plain)(key, values, teller)


def _not(condition: Condition[Any], teller: Teller) -> str:
    """The opposite of a condition: in its own words where there are some, else in brackets."""
    key, values = condition.says()
    own = f"not.{key}"
    if own in words("en") and values.get("count", 1) == 1:
        return _PHRASES.get(key, _plain)(own, values, teller)
    return teller.word("not", rule=condition_phrase(condition, teller))


def _plain(key: str, values: Mapping[str, Any], teller: Teller) -> str:
    filled = dict(values)
    if "percent" in filled:
        filled["percent"] = teller.number(filled["percent"])
    if "tier" in filled:
        filled["tier"] = teller.tier(filled["tier"])
    if "names" in filled:
        filled["names"] = teller.listed(filled["names"], "or")
    return teller.word(key, **filled)


def _of_products(key: str, values: Mapping[str, Any], teller: Teller) -> str:
    what = teller.what(values.get("product_id"), values.get("category"))
    phrase = teller.word(f"{key}.times" if values["count"] > 1 else key, what=what, count=values["count"])
    return teller.word("within_days", rule=phrase, days=values["days"]) if "days" in values else phrase


def _basket(key: str, values: Mapping[str, Any], teller: Teller) -> str:
    parts = []
    if values["subtotal"] is not None:
        parts.append(teller.word("basket.subtotal", amount=teller.money(values["subtotal"])))
    if values["quantity"] is not None:
        parts.append(teller.word("basket.quantity", count=values["quantity"]))
    if values["lines"] is not None:
        parts.append(teller.word("basket.lines", count=values["lines"]))
    for held in values["contains"]:
        what = _what(held.goods.named(), teller)
        parts.append(teller.word("basket.contains", count=held.quantity, what=what))
    return teller.listed(parts, "and")


def _due(key: str, values: Mapping[str, Any], teller: Teller) -> str:
    what = teller.what(values["product_id"], values["category"])
    return teller.word("due" if values["days"] else "due.now", what=what, days=values["days"])


def _spent(key: str, values: Mapping[str, Any], teller: Teller) -> str:
    phrase = teller.word("spent", amount=teller.money(values["amount"]))
    if values["days"] is None:
        return phrase
    return teller.word("within_days", rule=phrase, days=values["days"])


def _win_back(key: str, values: Mapping[str, Any], teller: Teller) -> str:
    parts = []
    if values["days"] is not None:
        parts.append(teller.word("win_back.days", days=values["days"]))
    if values["count"] is not None:
        parts.append(teller.word("win_back.gaps", count=values["count"]))
    return teller.listed(parts, "and")


def _segment(key: str, values: Mapping[str, Any], teller: Teller) -> str:
    segment = teller.segments.get(values["segment"])
    title = in_language(segment.title, teller.locale) if segment is not None else None
    return teller.word(key, segment=title or values["segment"])


def _prefers(key: str, values: Mapping[str, Any], teller: Teller) -> str:
    parts = [
        teller.word(f"prefers.{name}", names=teller.listed(values[name], "or"))
        for name in ("likes", "aims", "for", "channels")
        if values[name] is not None
    ]
    parts += [
        teller.word("prefers.size", size=size, names=teller.listed(names, "or"))
        for size, names in values["size"]
    ]
    return teller.listed(parts, "and")


def _time(key: str, values: Mapping[str, Any], teller: Teller) -> str:
    parts = []
    if values["days"]:
        days = words(language_of(teller.locale))["weekdays"]
        parts.append(
            teller.word("time.days", days=teller.listed((days[day] for day in values["days"]), "and"))
        )
    for name in ("from", "until"):
        if values[name] is not None:
            clock = f"{values[name] // 60:02d}:{values[name] % 60:02d}"
            parts.append(teller.word(f"time.{name}", time=clock))
    return " ".join(parts)


def _price(key: str, values: Mapping[str, Any], teller: Teller) -> str:
    given = [name for name in ("at_least", "at_most") if values[name] is not None]
    return teller.listed(
        (teller.word(f"where.price.{name}", amount=teller.money(values[name])) for name in given), "and"
    )


_PHRASES = {
    "due": _due,
    "spent": _spent,
    "win_back": _win_back,
    "segment": _segment,
    "bought": _of_products,
    "owned": _of_products,
    "basket": _basket,
    "time": _time,
    "prefers": _prefers,
    "where.price": _price,
}


def unlock_phrase(unlock: Unlock, teller: Teller) -> str:
    """Return what to do, as a phrase: "add €4.20 more and add 1 × Mug"."""
    return teller.listed([_step(step, teller) for step in (unlock, *unlock.also)], "and")


def _step(step: Unlock, teller: Teller) -> str:
    missing = step.missing
    count = missing.get("visits", missing.get("quantity"))
    kind = step.kind
    if kind == "visit" and not _NAMED & missing.keys():
        kind = "order"
    elif "different" in missing:
        kind, count = "different", missing["different"]
    one = kind in ("visit", "order", "quantity", "different") and count == 1
    phrase = teller.word(
        f"unlock.{kind}{'.one' if one else ''}",
        count=count,
        what=_what(missing, teller),
        amount=teller.money(missing["amount"]) if "amount" in missing else "",
        tier=teller.tier(missing["tier"]) if "tier" in missing else "",
    )
    if kind == "different" and missing["quantity"] > missing["different"]:
        rest = Unlock("quantity", {"quantity": missing["quantity"] - missing["different"]})
        return teller.listed([phrase, _step(rest, teller)], "and")
    return phrase


_NAMED = frozenset({"product_id", "category", "where"})


def _what(missing: Mapping[str, Any], teller: Teller) -> str:
    """The product, category or kind of products that a step is about."""
    if "where" in missing:
        return f"({condition_phrase(read_where(missing['where'], Reader(teller.currency)), teller)})"
    return teller.what(missing.get("product_id"), missing.get("category"))


def verdict_sentence(verdict: Verdict, occasion: Occasion) -> str:
    """Return the sentence that says a verdict to its reader."""
    teller, offer = Teller.of(occasion), verdict.offer
    benefit = offer_phrase(offer, teller, offer.gives.pays and leaves_out_reduced(offer, occasion))
    if verdict.verdict == ALMOST and verdict.unlock is not None:
        form = "almost.next_visit" if offer.gift_days else "almost"
        return _sentence(
            teller.word(form, steps=unlock_phrase(verdict.unlock, teller), benefit=_bare(benefit))
        )
    if verdict.verdict == GRANTED:
        return _granted(verdict, benefit, teller)
    if f"reason.{verdict.reason}" in words("en"):
        return teller.word(f"reason.{verdict.reason}")
    missing = condition_phrase(unmet(offer.when, occasion), teller)
    return teller.word("refused.condition", condition=missing)


def _granted(verdict: Verdict, benefit: str, teller: Teller) -> str:
    if verdict.reason == "granted_in_part":
        return teller.word("granted_in_part", amount=teller.money(sum(verdict.discounts)))
    if isinstance(verdict.offer.gives, Message):
        return benefit
    if verdict.reason == "next_visit":
        return _sentence(teller.word("next_visit", benefit=_bare(benefit)))
    if verdict.reason == "gift" and verdict.ends_at is not None:
        date = teller.date(verdict.ends_at - 1)
        return _sentence(teller.word("gift", benefit=_bare(benefit), date=date))
    if verdict.ends_at is not None:
        return _sentence(teller.word("granted.until", benefit=benefit, date=teller.date(verdict.ends_at - 1)))
    return _sentence(teller.word("granted", benefit=benefit))


def rule_sentence(offer: Offer, teller: Teller) -> str:
    """Return a whole rule as one sentence, for the merchant who wrote it."""
    benefit = _bare(offer_phrase(offer, teller, offer.exclude_reduced))
    if offer.document.get("when") is None:
        return teller.word("rule.always", benefit=benefit)
    return _sentence(teller.word("rule", condition=condition_phrase(offer.when, teller), benefit=benefit))


def segment_sentence(segment: Segment, teller: Teller) -> str:
    """Return whom a segment means, as a sentence for the merchant who wrote it."""
    return _sentence(f"{condition_phrase(segment.when, teller)}.")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _bare(text: str) -> str:
    """A merchant's own sentence without its full stop, to stand inside another."""
    return text[:-1] if text[-1:] in FULL_STOP else text
