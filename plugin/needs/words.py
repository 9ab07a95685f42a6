"""Why something is needed, in the reader's language."""

from __future__ import annotations

from plugin.needs.needed import Needed

SENTENCES: dict[str, dict[str, str]] = {
    "en": {
        "said_out": "You said it is used up",
        "said_plenty": "You said there was plenty left",
        "own_rhythm": "You bought it {times} times; it usually lasts you about {days} days",
        "rhythm_of_others": "It usually lasts about {days} days",
        "replace": "It is made to last until then",
        "warranty_ends": "Its warranty ends",
        "season": "Its season begins",
    },
    "de": {
        "said_out": "Sie sagten, es ist aufgebraucht",
        "said_plenty": "Sie sagten, es ist noch genug da",
        "own_rhythm": "{times}-mal gekauft; reicht Ihnen meist etwa {days} Tage",
        "rhythm_of_others": "Reicht meist etwa {days} Tage",
        "replace": "So lange hält es in der Regel",
        "warranty_ends": "Die Garantie endet",
        "season": "Die Saison beginnt",
    },
    "nl": {
        "said_out": "U zei dat het op is",
        "said_plenty": "U zei dat er nog genoeg is",
        "own_rhythm": "{times} keer gekocht; u doet er meestal ongeveer {days} dagen mee",
        "rhythm_of_others": "Gaat meestal ongeveer {days} dagen mee",
        "replace": "Zo lang gaat het gewoonlijk mee",
        "warranty_ends": "De garantie loopt af",
        "season": "Het seizoen begint",
    },
    "nb": {
        "said_out": "Du sa at det er tomt",
        "said_plenty": "Du sa at det er nok igjen",
        "own_rhythm": "Kjøpt {times} ganger; varer vanligvis rundt {days} dager hos deg",
        "rhythm_of_others": "Varer vanligvis rundt {days} dager",
        "replace": "Så lenge varer det vanligvis",
        "warranty_ends": "Garantien utløper",
        "season": "Sesongen begynner",
    },
}


def why(needed: Needed, locale: str | None) -> str:
    """Return what a need rests on as a sentence, English where we have no other language."""
    sentences = SENTENCES.get((locale or "en").split("-")[0].lower(), SENTENCES["en"])
    code = needed.kind if needed.because == "declared" else needed.because
    return sentences[code].format(times=needed.times, days=round(needed.usual_days or 0))
