"""Why something came back: one of a few words, read from what shops, platforms and shoppers write.

The words are `wrong_size not_as_described defect damaged late not_liked other`. Whatever says one of them
outright is taken at its word; Shopify's own codes are known; sentences are read by what they hold, in
English, German, Dutch and Norwegian. What is not understood is `other`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from recommender.signs import RETURN_REASONS

LONGEST_REASON = 200

# Shopify's ReturnReason. A colour that differs is the picture's fault; what was simply unwanted is a taste.
CODES = {
    "color": "not_as_described",
    "defective": "defect",
    "size_too_large": "wrong_size",
    "size_too_small": "wrong_size",
    "style": "not_liked",
    "unwanted": "not_liked",
    "wrong_item": "other",
    "unknown": "other",
}

# In this order: "arrived broken" is damage before it is a defect, "too small" a size before a description.
SENTENCES: tuple[tuple[str, str], ...] = (
    ("other", r"by mistake|wrong (item|product|article)|versehen|falscher artikel|vergissing|ved en feil"),
    (
        "wrong_size",
        r"\bsiz(e|ing)\b|too (small|big|large|tight|loose|short|long|wide|narrow)"
        r"|n.t fit|not fit|(poor|bad) fit|grösse|groesse|zu (klein|gross|eng|weit|kurz|lang)"
        r"|passt (mir )?(leider )?nicht"
        r"|\bmaat\b|te (klein|groot|strak|wijd|kort|lang)|past niet"
        r"|størrelse|for (liten|lite|stor|trang|vid|kort|lang)\b|passer ikke|passet ikke",
    ),
    (
        "damaged",
        r"damag|scratch|dent(ed)?\b|crushed|arrived broken|broken (in transit|on arrival)|leak"
        r"|beschädigt|transportschaden|zerkratzt|beschadigd|gekrast|skadet|skadd|riper",
    ),
    (
        "defect",
        r"defect|defekt|faulty|broke\b|broken|not work|n.t work|stopped working|malfunction|dead on arrival"
        r"|kaputt|funktioniert nicht|mangelhaft|kapot|werkt niet|virker ikke|ødelagt|gikk i stykker",
    ),
    ("late", r"\blate\b|delay|took too long|zu spät|verspätet|te laat|vertraag|for sent|forsink"),
    (
        "not_as_described",
        r"(not|n.t) (quite )?(as|like|what|match).*(descri|pictur|photo|expect|advert|shown)|not as described"
        r"|colou?r|looks? different|misleading|nicht wie (beschrieben|abgebildet)|anders als|farbe"
        r"|niet zoals|kleur|ikke som|farge",
    ),
    (
        "not_liked",
        r"(not|n.t) like|not liked|changed (my|her|his|their) mind|unwanted|not my (style|taste)"
        r"|disappoint|no longer (want|like)|gefällt|gefallen|überlegt|nicht mein|enttäuscht"
        r"|bevalt|niet mooi|bedacht|tegengevallen|liker ikke|likte ikke|ombestemt|skuffe",
    ),
)
_READ = tuple((word, re.compile(pattern)) for word, pattern in SENTENCES)


@lru_cache(maxsize=10_000)
def reason_of(text: str) -> str:
    """Return why something came back, from what was written; `other` if that says nothing we know."""
    plain = " ".join(text[:LONGEST_REASON].casefold().split())
    code = plain.replace(" ", "_").replace("-", "_")
    if code in RETURN_REASONS:
        return code
    if code in CODES:
        return CODES[code]
    return next((word for word, pattern in _READ if pattern.search(plain)), "other")


def reason_text(value: Any) -> str | None:
    """Return what was written as a reason, shortened to what is kept; None for nothing and for no text."""
    text = value.strip()[:LONGEST_REASON] if isinstance(value, str) else ""
    return text or None


def reasons_by_line(lines: list[Any]) -> dict[str, list[str | None]]:
    """Return `{"reasons": [...]}`, one for each product of a document; nothing where none gives a reason."""
    said = [reason_text(line.get("reason")) if isinstance(line, Mapping) else None for line in lines]
    return {"reasons": said} if any(said) else {}
