"""Why something came back, as shops, platforms and shoppers write it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.connectors.return_reasons import reason_of
from plugin.connectors.segment import Sender, read_document
from recommender.signs import RETURN_REASONS

WRITTEN = {
    "wrong_size": ["Too small", "Does not fit", "SIZE_TOO_LARGE", "Leider zu groß", "Die Größe", "te klein"],
    "defect": ["Faulty", "DEFECTIVE", "It doesn't work", "funktioniert nicht", "kapot", "virker ikke"],
    "damaged": ["Arrived damaged", "arrived broken", "Transportschaden", "beschadigd", "skadet i posten"],
    "not_as_described": ["Not as described", "COLOR", "Colour looks different", "nicht wie beschrieben"],
    "late": ["Came too late", "verspätet", "te laat", "for sent"],
    "not_liked": ["Changed my mind", "UNWANTED", "Gefällt mir nicht", "liker ikke", "I do not like it"],
    "other": ["", "Ordered by mistake", "WRONG_ITEM", "UNKNOWN", "translation", "Frankfurt"],
}


@pytest.mark.parametrize(
    ("text", "word"), [(text, word) for word, texts in WRITTEN.items() for text in texts]
)
def test_what_people_write_is_read_as_one_of_a_few_words(text: str, word: str) -> None:
    assert reason_of(text) == word


@given(st.text())
def test_whatever_is_written_has_a_reason(text: str) -> None:
    assert reason_of(text) in RETURN_REASONS


def test_every_product_of_a_refund_keeps_its_own_reason() -> None:
    document = {
        "type": "track",
        "event": "Order Refunded",
        "userId": "anna",
        "properties": {
            "order_id": "1",
            "reason": "Too small",
            "products": [
                {"product_id": "a"},
                {"product_id": "b", "reason": " Faulty "},
                {"product_id": "c", "reason": 7},
            ],
        },
    }
    activity = read_document(document, Sender("shop", "EUR"), 1_700_000_000.0)
    assert activity.properties == {"reason": "Too small", "reasons": [None, "Faulty", None]}
