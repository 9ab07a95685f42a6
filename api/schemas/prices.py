"""What is answered of a product's prices."""

from __future__ import annotations

from typing import Any, get_args

from api.schemas.answered import MOMENT, TEXT, list_of, or_null, thing
from plugin.prices.claims import Reason

Json = dict[str, Any]

MAYBE_MOMENT: Json = {**MOMENT, "type": ["string", "null"]}
SHAPES: dict[str, Json] = {
    "Prices": thing(
        {
            "product_id": TEXT,
            "price": {**or_null("Money"), "description": "the price in force"},
            "was": {**or_null("Money"), "description": "what may be struck beside it"},
            "percent_saved": {"type": ["integer", "null"], "minimum": 0},
            "prior_price": {
                **or_null("Money"),
                "description": "the lowest price from `looked_from` until the reduction began",
            },
            "reduced_since": MAYBE_MOMENT,
            "looked_from": MAYBE_MOMENT,
            "reason": {"type": "string", "enum": list(get_args(Reason))},
            "sentence": TEXT,
            "changes": {
                **list_of(thing({"at": MOMENT, "price": or_null("Money"), "sale_price": or_null("Money")})),
                "description": "oldest first; both prices null while it was not in the shop window",
            },
        }
    ),
}
ANSWERS: dict[tuple[str, str], dict[str, str | None]] = {
    ("get", "/v1/products/{product_id}/prices"): {"200": "Prices"},
}
