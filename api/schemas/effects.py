"""What is answered about an offer's effect."""

from __future__ import annotations

from typing import Any

from api.schemas.answered import MOMENT, TEXT, TEXT_OR_NULL, Json, named, or_null, thing

COUNT: Json = {"type": "integer", "minimum": 0}
COUNT_OR_NULL: Json = {"type": ["integer", "null"], "minimum": 0}
NUMBER: Json = {"type": "number"}
LIKELY: Json = {
    "type": "number",
    "minimum": 0,
    "maximum": 1,
    "description": "how probable it is that there is any gain",
}
INTERVAL = "`more` is `offered` less `held_out`; `low` to `high` holds the truth 95 times in 100"
PARTS = ("offered", "held_out", "more", "low", "high")
SHAPES: dict[str, Json] = {
    "ShareEffect": {**thing({**dict.fromkeys(PARTS, NUMBER), "likely": LIKELY}), "description": INTERVAL},
    "MoneyEffect": {
        **thing({**dict.fromkeys(PARTS, named("Money")), "likely": LIKELY}),
        "description": f"a shopper, after what the offer takes off; {INTERVAL}",
    },
    "OfferEffect": thing(
        {
            "offer_id": TEXT,
            "state": {"type": "string", "enum": ["measured", "too_few", "not_yet", "not_possible"]},
            "why": {
                "type": ["string", "null"],
                "enum": ["code", "nobody_held_out", "never_live", None],
                "description": "only where it is not possible to measure it",
            },
            "sentence": TEXT,
            "as_of": MOMENT,
            "since": {**MOMENT, "description": "since when the rule stands as it was measured"},
            "until": MOMENT,
            "version": {"type": ["integer", "null"], "minimum": 1},
            "days": {**COUNT, "description": "within how many days of coming in a shopper's orders count"},
            "counted_by": {
                **TEXT_OR_NULL,
                "enum": ["visits", "buyers", None],
                "description": "shoppers came in by their first visit, or bought before the rule began",
            },
            "offered": COUNT,
            "held_out": COUNT,
            "shoppers_needed": {
                **COUNT_OR_NULL,
                "description": "how many more it takes to see an effect of a fifth",
            },
            "ordered": or_null("ShareEffect"),
            "paid": or_null("MoneyEffect"),
            "left_above_cost": or_null("MoneyEffect"),
            "gained_in_all": {
                "oneOf": [thing({"low": named("Money"), "high": named("Money")}), {"type": "null"}],
                "description": "over all who were offered it: above cost, or as paid where no cost is known",
            },
            "differs_between_shoppers": {"type": ["boolean", "null"]},
            "evidence": {
                "type": ["number", "null"],
                "description": "of that it differs, in standard errors",
            },
        }
    ),
}
ANSWERS: dict[tuple[str, str], dict[str, Any]] = {
    ("get", "/v1/offer-rules/{offer_id}/effect"): {"200": "OfferEffect"},
}
