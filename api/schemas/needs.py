"""What may be asked of needs and signals, and what is answered."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema

from api.schemas.answered import COUNT, MOMENT, SHARE, TEXT, TEXT_OR_NULL, list_of, listing, or_null, thing
from api.schemas.strict import text_field, whole_in_query

LONGEST_WINDOW = 730
USUAL_WINDOW = 30

Json = dict[str, Any]


class NeedsInQuery(Schema):
    """How far ahead, and in which language."""

    days = whole_in_query(
        1, LONGEST_WINDOW, load_default=USUAL_WINDOW, metadata={"description": "how far ahead is looked"}
    )
    locale = text_field(35, load_default=None)


class SignalsInQuery(Schema):
    """Where the list of signals goes on."""

    cursor = text_field(
        400, load_default=None, metadata={"description": "`next` of the page before, as it was"}
    )


KIND: Json = {"type": "string", "enum": ["runs_out", "replace", "warranty_ends", "season"]}
DAYS: Json = {"type": ["number", "null"], "minimum": 0}
CHANCE: Json = {
    **SHARE,
    "type": ["number", "null"],
    "description": "how likely it is bought within the window; none for what the merchant declared or "
    "the shopper said is out",
}
NEED = thing(
    {
        "product_id": TEXT,
        "name": TEXT_OR_NULL,
        "url": TEXT_OR_NULL,
        "image_url": TEXT_OR_NULL,
        "price": or_null("Money"),
        "availability": TEXT,
        "kind": KIND,
        "due_at": {**MOMENT, "description": "the middle of when it is needed"},
        "due_from": MOMENT,
        "due_until": {**MOMENT, "description": "in 80 of 100 cases it is needed between the two"},
        "overdue": {"type": "boolean"},
        "chance": CHANCE,
        "since": {**MOMENT, "description": "the newest purchase"},
        "reason": thing({"code": TEXT, "text": TEXT, "times": COUNT, "usual_days": DAYS}),
    }
)
SIGNAL = thing(
    {
        "shopper_id": TEXT,
        "category": TEXT,
        "kind": {
            "type": "string",
            "enum": ["looks_only", "silent"],
            "description": "`looks_only`: still looked at here, and no longer bought",
        },
        "chance": {**SHARE, "description": "of so long a silence in this shopper's own rhythm"},
        "evidence": thing(
            {
                "purchases": COUNT,
                "usual_days": DAYS,
                "last_bought": MOMENT,
                "was_due": MOMENT,
                "last_looked": MOMENT,
                "products": list_of(TEXT),
            }
        ),
    }
)
SHAPES: dict[str, Json] = {
    "Needs": thing({"needs": list_of(NEED), "until": MOMENT, "model_version": TEXT_OR_NULL}),
    "SignalsOfOne": thing({"signals": list_of(SIGNAL)}),
    "Signals": listing(SIGNAL),
}
ANSWERS: dict[tuple[str, str], dict[str, str | None]] = {
    ("get", "/v1/shoppers/me/needs"): {"200": "Needs"},
    ("get", "/v1/shoppers/{shopper_id}/needs"): {"200": "Needs"},
    ("get", "/v1/shoppers/{shopper_id}/signals"): {"200": "SignalsOfOne"},
    ("get", "/v1/signals"): {"200": "Signals"},
}
