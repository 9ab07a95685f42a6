"""The merchant's word on who is a person: it stands above every score, and can be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import orjson

from plugin.merchant import Merchant
from plugin.trust.behaviour import behaviours
from plugin.trust.judging import Behaviour, Judgement, judge

Word = Literal["person", "automatic"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How one visitor or shopper is taken: what browsers told of them, the score, the merchant's word."""

    ref: str
    behaviour: Behaviour | None
    judgement: Judgement | None
    word: str | None

    @property
    def teaches(self) -> bool:
        """Whether what they look at may teach models."""
        if self.word is not None:
            return self.word == "person"
        return self.judgement is None or not self.judgement.automatic


def suspects(merchant: Merchant, shop_id: str, before: float) -> list[Standing]:
    """Return whoever looks at all automatic or has a word on them, the most suspect first."""
    words = merchant.shops.view(shop_id, fresh=True).trust_words
    found = behaviours(merchant.shops.memory(shop_id).log, before)
    standings = [
        Standing(ref, found.get(ref), judge(found[ref]) if ref in found else None, words.get(ref))
        for ref in sorted({*found, *words})
    ]
    told = [each for each in standings if each.word or (each.judgement and each.judgement.score > 0)]
    return sorted(told, key=lambda each: (-(each.judgement.score if each.judgement else 0.0), each.ref))


def say(merchant: Merchant, shop_id: str, ref: str, word: Word | None) -> None:
    """Keep the merchant's word on somebody; None takes it back. It counts from the next training on."""
    body = None if word is None else orjson.dumps({"word": word, "at": merchant.clock()})
    merchant.shops.put(shop_id, {f"trust/{ref}": body})
    merchant.audit(shop_id, "trust.said" if word else "trust.taken_back", word=word)
