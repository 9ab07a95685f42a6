"""What the doors answer, as JSON Schema for the published description: one name for one shape."""

from __future__ import annotations

from typing import Any

from plugin.rights.consent import THINGS

Json = dict[str, Any]

TEXT: Json = {"type": "string"}
TEXT_OR_NULL: Json = {"type": ["string", "null"]}
MOMENT: Json = {"type": ["string", "null"], "format": "date-time"}


def named(name: str) -> Json:
    """Return a reference to one of the shapes."""
    return {"$ref": f"#/components/schemas/{name}"}


def or_null(name: str) -> Json:
    """Return a reference that may be null."""
    return {"oneOf": [named(name), {"type": "null"}]}


def thing(fields: Json, further: Json | None = None) -> Json:
    """Return an object whose `fields` are always there; `further` ones may be."""
    return {"type": "object", "required": list(fields), "properties": {**fields, **(further or {})}}


def list_of(shape: Json) -> Json:
    """Return a list of one shape."""
    return {"type": "array", "items": shape}


def listing(shape: Json) -> Json:
    """Return one part of a long list."""
    return thing({"items": list_of(shape), "next": TEXT_OR_NULL})


WARNINGS: Json = {
    **list_of(thing({"pointer": TEXT, "detail": TEXT})),
    "description": "only where something that was written looks like a slip: it is kept as it is",
}
WHOSE_WORD = ["gpc", "shopper", "shop", "default"]
WITHHELD: Json = {
    "type": "integer",
    "minimum": 1,
    "description": "how many of the accepted are kept nowhere, as `Sec-GPC`, `context.gpc` or consent ask",
}
WORDS: Json = {"type": ["string", "object", "null"], "description": "a text, or one for each language"}
REASON = thing(
    {"code": TEXT, "text": TEXT, "evidence": {"type": ["object", "null"], "properties": {"product_id": TEXT}}}
)
CARD = thing(
    {
        "product_id": TEXT,
        "name": TEXT_OR_NULL,
        "url": TEXT_OR_NULL,
        "image_url": TEXT_OR_NULL,
        "price": or_null("Money"),
        "was": {
            **or_null("Money"),
            "description": "its lowest price in the 30 days before the reduction, if that is higher",
        },
        "rung": TEXT,
        "reason": REASON,
        "offer": {"type": ["object", "null"]},
    },
    {
        "availability": TEXT,
        "percent_saved": {
            "type": "integer",
            "minimum": 0,
            "description": "of `was`, rounded down; only beside it",
        },
        "due_at": {**MOMENT, "description": "when it is expected to be needed; `buy-again` knows"},
        "due_from": MOMENT,
        "due_until": {**MOMENT, "description": "in 80 of 100 cases it is needed between the two"},
        "score": {"type": "number", "minimum": 0, "maximum": 1, "description": "with the secret key"},
    },
)
TIER_TOLD = thing(
    {
        "tier": TEXT_OR_NULL,
        "title": TEXT_OR_NULL,
        "since": MOMENT,
        "progress": {"type": ["object", "null"], "description": "what leads to the next tier"},
        "falls_on": {**MOMENT, "description": "when it ends if nothing more happens"},
        "falls_to": TEXT_OR_NULL,
        "services": {**list_of(TEXT_OR_NULL), "description": "what everybody is served, and each tier adds"},
    },
    {
        "quantile": {"type": ["number", "null"]},
        "why": {"type": "object", "description": "with the secret key: the figures it rests on"},
        "stays": {**TEXT_OR_NULL, "description": "why there is no day on which it ends"},
    },
)
THING = {"product_id": TEXT, "name": TEXT_OR_NULL, "url": TEXT_OR_NULL, "image_url": TEXT_OR_NULL}
USE = thing(
    {
        "use_id": TEXT,
        "title": TEXT,
        "summary": TEXT_OR_NULL,
        "url": TEXT_OR_NULL,
        "image_url": TEXT_OR_NULL,
        "minutes": {"type": ["integer", "null"]},
        "level": TEXT_OR_NULL,
        "owned": list_of(thing({**THING, "since": MOMENT})),
        "missing": list_of(
            thing(
                {**THING, "price": or_null("Money"), "was": or_null("Money"), "availability": TEXT},
                {"offer": {"type": ["object", "null"]}},
            )
        ),
        "reason": REASON,
    },
    {"score": {"type": "number", "minimum": 0, "maximum": 1, "description": "with the secret key"}},
)
STANDING = thing(
    {
        "rung": TEXT,
        "score": {"type": "number", "minimum": 0, "maximum": 1},
        "last_shown": {"type": ["number", "null"], "description": "the score of the last one shown"},
        "gap": {"type": ["number", "null"], "description": "how many times its odds the last one shown has"},
        "certainty": {"type": "number", "minimum": 0, "maximum": 1},
        "terms": list_of(
            thing({"term": TEXT, "reason": TEXT, "adds": {"type": "number"}, "product_id": TEXT_OR_NULL})
        ),
        "moved": list_of(thing({"by": TEXT, "factor": {"type": "number"}})),
    }
)
TOLD = thing(
    {
        "offer_id": TEXT,
        "title": TEXT_OR_NULL,
        "sentence": TEXT,
        "verdict": {"type": "string", "enum": ["granted", "almost", "refused"]},
        "reason": TEXT,
        "benefit": {"type": ["object", "null"]},
        "code": TEXT_OR_NULL,
        "ends_at": MOMENT,
        "unlock": {"type": ["object", "null"]},
    },
    {
        "held_out": {"type": "boolean", "description": "with the secret key"},
        "opens_at": {**MOMENT, "description": "when something refused opens by itself, where it is known"},
    },
)
LETTER = thing(
    {
        "id": TEXT,
        "at": MOMENT,
        "where": {"type": "string", "enum": ["door", "webhook", "fold", "log", "write"]},
        "trust": {"type": "string", "enum": ["shop", "browser"]},
        "code": TEXT,
        "detail": TEXT,
        "document": {"description": "what came in; null where it was too large to keep"},
    }
)
COUNT: Json = {"type": "integer", "minimum": 0}
SHARE: Json = {"type": "number", "minimum": 0, "maximum": 1}
MODEL = thing(
    {
        "version": TEXT,
        "serving": {"type": "boolean", "description": "it really answers now"},
        "published": {
            "type": "boolean",
            "description": "it is the one to serve; where it is damaged, another one is serving",
        },
        "fit": {"type": "boolean", "description": "false: it was kept back, for the reason given"},
        "reason": TEXT_OR_NULL,
        "trained_at": MOMENT,
        "as_of": {**MOMENT, "description": "it has seen everything before this moment"},
        "marked_as_of": {**MOMENT, "description": "a moment in the past that was asked for"},
        "counts": {"type": ["object", "null"], "description": "how much it was learned from"},
        "judged": {"type": ["object", "null"], "description": "by kind: ours, in service, plain lists"},
        "damaged": TEXT_OR_NULL,
    },
    {"settings": {"type": ["object", "null"]}, "seconds": {"type": ["object", "null"]}},
)
OWNED = thing(
    {
        "product_id": TEXT,
        "quantity": {"type": "number", "minimum": 0},
        "since": MOMENT,
        "state": {"type": "string", "enum": ["have", "no_longer", "plenty", "out"]},
        "age_days": {"type": "number", "minimum": 0},
        "last_bought": MOMENT,
        "durable": {"type": ["boolean", "null"]},
        "estimated": {"type": "boolean", "description": "counted down by lifetime, nobody said so"},
        "runs_out_at": MOMENT,
    }
)
PREFERENCES = thing(
    {
        "likes": list_of(TEXT),
        "avoids": list_of(TEXT),
        "sizes": {"type": "object", "additionalProperties": TEXT},
        "for": list_of(TEXT),
        "aims": list_of(TEXT),
        "channels": list_of(TEXT),
        "how_often": TEXT_OR_NULL,
        "plain_feed": {"type": "boolean"},
    }
)
ASKED = list_of(thing({"question_id": TEXT, "kind": TEXT, "choices": list_of({"type": "object"})}))
ENTRY = thing(
    {
        "at": MOMENT,
        "received_at": MOMENT,
        "kind": TEXT,
        "event": TEXT,
        "trust": {"type": "string", "enum": ["browser", "shop"]},
        "message_id": TEXT,
        "products": list_of(thing({"product_id": TEXT, "quantity": {"type": ["number", "null"]}})),
        "order_id": TEXT_OR_NULL,
        "under": {"type": ["object", "null"], "description": "the identity it came under"},
        "why": {"type": "string", "description": "what it did to what is known"},
    }
)
PART: Json = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
VALUE = thing(
    {
        "recency_days": {"type": ["number", "null"], "description": "since the last order"},
        "frequency": {"type": "integer", "minimum": 0, "description": "orders so far"},
        "monetary": named("Money"),
        "expected_orders": {
            "type": ["number", "null"],
            "minimum": 0,
            "description": "days with an order in the `ahead_days` to come; null where too little is known",
        },
        "expected_spend": or_null("Money"),
        "expected_profit": {**or_null("Money"), "description": "above cost, where the shop tells its costs"},
        "still_customer": {**PART, "description": "how likely this still is a customer"},
        "above": {**PART, "description": "the share of the shop's buyers of whom less is expected"},
        "ahead_days": {"type": ["integer", "null"]},
        "as_of": {**MOMENT, "description": "when what is expected was learned"},
        "from_buyers": {"type": ["integer", "null"], "description": "from how many buyers"},
    }
)
KNOWN = list_of(
    thing({"what": TEXT, "because": list_of(thing({"what": TEXT, "id": TEXT_OR_NULL, "at": MOMENT}))})
)

SHAPES: dict[str, Json] = {
    "Money": thing({"amount": {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}, "currency": TEXT}),
    "Card": CARD,
    "Use": USE,
    "Recommendation": thing(
        {
            "recommendation_id": TEXT,
            "model_version": TEXT_OR_NULL,
            "kind": TEXT,
        },
        {
            "products": {**list_of(named("Card")), "description": "not for `new-uses`, which answers `uses`"},
            "uses": list_of(named("Use")),
            "placement": TEXT,
            "because": TEXT,
        },
    ),
    "PageOrList": {
        "oneOf": [
            thing({"placements": {"type": "object", "additionalProperties": {"type": "object"}}}),
            listing(named("PlacementSet")),
        ]
    },
    "Page": thing({"placements": {"type": "object", "additionalProperties": {"type": "object"}}}),
    "Explanation": thing(
        {
            "candidate": thing({"product_id": TEXT, "name": TEXT_OR_NULL}),
            "shown": {"type": "boolean"},
            "code": TEXT,
            "why": TEXT,
            "rule": {**TEXT_OR_NULL, "description": "the merchant's rule that left it out, in words"},
            "pin": {**TEXT_OR_NULL, "description": "why a pin of it has not its place"},
            "kind": TEXT,
            "position": {"type": ["integer", "null"], "minimum": 1},
            "rank": {"type": ["integer", "null"], "minimum": 1},
            "reason": {"oneOf": [REASON, {"type": "null"}]},
            "standing": {"oneOf": [STANDING, {"type": "null"}]},
            "model_version": TEXT_OR_NULL,
        },
        {"placement": TEXT, "rung": TEXT, "instead": TEXT},
    ),
    "OffersTold": thing({"offers": list_of(TOLD)}),
    "Quoted": thing(
        {
            "subtotal": named("Money"),
            "discounts": list_of({"type": "object"}),
            "total": named("Money"),
            "verdicts": list_of({"type": "object"}),
            "codes": list_of(thing({"code": TEXT, "usable": {"type": "boolean"}})),
        },
        {
            "funding": list_of({"type": "object"}),
            "tokens": {**list_of({"type": "boolean"}), "description": "whether each opens anything"},
        },
    ),
    "OfferRule": thing({"offer_id": TEXT, "gives": {"type": "object"}, "sentence": TEXT}),
    "OfferRules": listing(named("OfferRule")),
    "Ladder": thing(
        {"basis": TEXT, "tiers": list_of(thing({"tier": TEXT}))},
        {"points_per_unit": TEXT, "services": thing({"everyone": list_of(WORDS)})},
    ),
    "LadderPreviewed": thing(
        {
            "as_of": MOMENT,
            "shoppers": COUNT,
            "looked_at": COUNT,
            "now": list_of(thing({"tier": TEXT, "shoppers": COUNT})),
            "proposed": list_of(thing({"tier": TEXT, "shoppers": COUNT})),
            "moves": list_of(thing({"from": TEXT, "to": TEXT, "shoppers": COUNT})),
            "too_few_buyers": {"type": "boolean"},
            "flips": {"type": ["object", "null"], "description": "by noise alone, within some weeks"},
            "warning": TEXT_OR_NULL,
        }
    ),
    "TierTold": TIER_TOLD,
    "TierOfShopper": thing(
        {
            **TIER_TOLD["properties"],
            "history": {**list_of({"type": "object"}), "description": "changes, newest first, with inputs"},
        }
    ),
    "PointsGiven": thing({"id": TEXT, "counted": {"type": "boolean"}, "tier": named("TierTold")}),
    "PlacementSet": thing({"placement": TEXT, "kinds": list_of(TEXT)}, {"warnings": WARNINGS}),
    "ShopSettings": thing(
        {
            "shop_id": TEXT,
            "name": TEXT,
            "currency": TEXT,
            "locale": TEXT,
            "timezone": TEXT,
            "origins": list_of(TEXT),
        },
        {"warnings": WARNINGS},
    ),
    "Product": thing(
        {
            "product_id": TEXT,
            "name": TEXT,
            "url": TEXT_OR_NULL,
            "image_url": TEXT_OR_NULL,
            "price": or_null("Money"),
            "sale_price": or_null("Money"),
            "availability": TEXT,
            "source": {"type": "string", "enum": ["merchant", "orders"]},
        }
    ),
    "Products": listing(named("Product")),
    "UseIdea": thing(
        {"use_id": TEXT, "title": WORDS, "needs": list_of({"type": "object"}), "state": TEXT},
        {
            "summary": WORDS,
            "url": TEXT_OR_NULL,
            "image_url": TEXT_OR_NULL,
            "minutes": {"type": ["integer", "null"]},
            "warnings": WARNINGS,
        },
    ),
    "UseIdeas": listing(named("UseIdea")),
    "Segment": thing({"segment": TEXT, "when": {"type": "object"}, "sentence": TEXT}),
    "Segments": listing(named("Segment")),
    "UseContext": thing(
        {
            "context_id": TEXT,
            "use_id": TEXT,
            "title": TEXT,
            "people": COUNT,
            "products": list_of(thing({"product_id": TEXT, "name": TEXT_OR_NULL, "weight": SHARE})),
            "hidden": {"type": "boolean"},
            "merged": list_of(TEXT),
            "merged_into": TEXT_OR_NULL,
            "promoted_to": TEXT_OR_NULL,
            "found": {"type": "boolean"},
            "given_title": WORDS,
        }
    ),
    "UseContexts": listing(named("UseContext")),
    "Preferences": PREFERENCES,
    "PreferencesAnswered": thing({"preferences": named("Preferences"), "questions": ASKED}),
    "Questionnaire": thing({"questions": ASKED}),
    "Timeline": listing(ENTRY),
    "Me": thing(
        {
            "shopper_id": TEXT,
            "tier": {"type": "object"},
            "progress": {"type": ["object", "null"]},
            "preferences": named("Preferences"),
            "ownership": list_of(OWNED),
            "consent": named("Consent"),
        }
    ),
    "Merge": thing({"merge_id": {"type": "string", "maxLength": 64}}),
    "ShopperKnown": thing(
        {
            "shopper_id": TEXT,
            "identities": list_of(thing({"kind": TEXT, "id": TEXT, "since": MOMENT}, {"merge_id": TEXT})),
            "tier": {"type": "object"},
            "value": VALUE,
            "ownership": list_of(OWNED),
            "preferences": named("Preferences"),
            "consent": named("Consent"),
            "known": KNOWN,
            "timeline": named("Timeline"),
            "first_seen": MOMENT,
            "last_seen": MOMENT,
        }
    ),
    "Consent": thing(
        {
            **{name: {"type": "string", "enum": ["yes", "no"]} for name in THINGS},
            "by": thing({name: {"type": "string", "enum": WHOSE_WORD} for name in THINGS}),
        }
    ),
    "Kept": thing(
        {
            "success": {"const": True},
            "accepted": {"type": "integer", "minimum": 1},
            "duplicates": {"type": "integer", "minimum": 0},
            "rejected": list_of(thing({"index": {"type": "integer"}, "code": TEXT, "detail": TEXT})),
        },
        {"withheld": WITHHELD},
    ),
    "DeadLetters": listing(LETTER),
    "Replayed": thing(
        {
            "read": {"type": "integer", "minimum": 0},
            "applied": {"type": "integer", "minimum": 0},
            "known": {"type": "integer", "minimum": 0},
            "still": list_of(thing({"id": TEXT, "code": TEXT, "detail": TEXT})),
            "next": TEXT_OR_NULL,
        }
    ),
    "Problem": thing(
        {
            "type": TEXT,
            "title": TEXT,
            "status": {"type": "integer"},
            "code": TEXT,
            "detail": TEXT,
            "message": TEXT,
        },
        {"errors": list_of({"type": "object"}), "rejected": list_of({"type": "object"})},
    ),
    "Health": thing({"status": TEXT}),
    "Readiness": thing(
        {"status": TEXT, "checks": list_of(thing({"name": TEXT, "ok": {"type": "boolean"}, "detail": TEXT}))}
    ),
    "SignedIn": thing(
        {
            "shopper_token": TEXT,
            "expires_at": MOMENT,
            "shopper": thing({"shopper_id": TEXT, "new": {"type": "boolean"}}),
            "identity": thing({"kind": {"const": "oidc"}, "iss": TEXT, "sub": TEXT}),
            "claims": {"type": "object"},
        }
    ),
    "Delivered": thing(
        {
            "success": {"const": True},
            "accepted": {"type": "integer", "minimum": 0},
            "duplicates": {"type": "integer", "minimum": 0},
            "products": {"type": "integer", "minimum": 0},
            "hidden": {"type": "integer", "minimum": 0},
            "request_id": TEXT_OR_NULL,
            "ignored": TEXT_OR_NULL,
        }
    ),
    "Settled": {"type": "object"},
    "ModelVersion": MODEL,
    "Models": listing(named("ModelVersion")),
    "ModelsCompared": thing(
        {
            "versions": list_of(TEXT),
            "as_of": list_of(MOMENT),
            "counts": {"type": "object", "additionalProperties": {"type": "array"}},
            "settings": {"type": "object", "additionalProperties": {"type": "array"}},
            "judged": {"type": "object", "additionalProperties": {"type": "array"}},
            "answers": list_of(
                thing({"kind": TEXT, "questions": COUNT, "shared": SHARE, "same_first": SHARE})
            ),
        }
    ),
    "ModelPublished": thing({"version": TEXT, "before": TEXT_OR_NULL}),
}
"""Every shape by its name in the description."""

ANSWERS: dict[tuple[str, str], dict[str, str | None]] = {
    ("get", "/v1/recommendations"): {"200": "Recommendation"},
    ("post", "/v1/recommendations"): {"200": "Recommendation"},
    ("get", "/v1/recommendations/explain"): {"200": "Explanation"},
    ("get", "/v1/placements"): {"200": "PageOrList"},
    ("post", "/v1/placements"): {"200": "Page"},
    ("get", "/v1/placements/{name}"): {"200": "PlacementSet"},
    ("put", "/v1/placements/{name}"): {"200": "PlacementSet"},
    ("delete", "/v1/placements/{name}"): {"204": None},
    ("get", "/v1/offers"): {"200": "OffersTold"},
    ("post", "/v1/offers/quote"): {"200": "Quoted"},
    ("get", "/v1/offer-rules"): {"200": "OfferRules"},
    ("post", "/v1/offer-rules"): {"200": "OfferRule", "201": "OfferRule"},
    ("get", "/v1/offer-rules/{offer_id}"): {"200": "OfferRule"},
    ("put", "/v1/offer-rules/{offer_id}"): {"200": "OfferRule", "201": "OfferRule"},
    ("delete", "/v1/offer-rules/{offer_id}"): {"204": None},
    ("get", "/v1/segments"): {"200": "Segments"},
    ("get", "/v1/segments/{segment}"): {"200": "Segment"},
    ("put", "/v1/segments/{segment}"): {"200": "Segment", "201": "Segment"},
    ("delete", "/v1/segments/{segment}"): {"204": None},
    ("get", "/v1/tiers"): {"200": "Ladder"},
    ("put", "/v1/tiers"): {"200": "Ladder"},
    ("post", "/v1/tiers/preview"): {"200": "LadderPreviewed"},
    ("get", "/v1/shoppers/{shopper_id}/tier"): {"200": "TierOfShopper"},
    ("put", "/v1/shoppers/{shopper_id}/tier"): {"200": "TierOfShopper"},
    ("delete", "/v1/shoppers/{shopper_id}/tier"): {"204": None},
    ("post", "/v1/shoppers/{shopper_id}/points"): {"200": "PointsGiven", "201": "PointsGiven"},
    ("get", "/v1/shop"): {"200": "ShopSettings"},
    ("patch", "/v1/shop"): {"200": "ShopSettings"},
    ("get", "/v1/products"): {"200": "Products"},
    ("post", "/v1/products"): {"200": "Product", "201": "Product"},
    ("get", "/v1/products/{product_id}"): {"200": "Product"},
    ("put", "/v1/products/{product_id}"): {"200": "Product", "201": "Product"},
    ("delete", "/v1/products/{product_id}"): {"204": None},
    ("get", "/v1/use-ideas"): {"200": "UseIdeas"},
    ("post", "/v1/use-ideas"): {"200": "UseIdea", "201": "UseIdea"},
    ("get", "/v1/use-ideas/{use_id}"): {"200": "UseIdea"},
    ("put", "/v1/use-ideas/{use_id}"): {"200": "UseIdea", "201": "UseIdea"},
    ("delete", "/v1/use-ideas/{use_id}"): {"204": None},
    ("get", "/v1/use-contexts"): {"200": "UseContexts"},
    ("patch", "/v1/use-contexts/{context_id}"): {"200": "UseContext"},
    ("post", "/v1/signin/exchange"): {"200": "SignedIn"},
    ("get", "/v1/models"): {"200": "Models"},
    ("get", "/v1/models/compare"): {"200": "ModelsCompared"},
    ("get", "/v1/models/{version}"): {"200": "ModelVersion"},
    ("post", "/v1/models/{version}/publish"): {"200": "ModelPublished"},
    ("post", "/v1/models/rollback"): {"200": "ModelPublished"},
    ("get", "/v1/dead-letters"): {"200": "DeadLetters"},
    ("post", "/v1/dead-letters/replay"): {"200": "Replayed"},
    ("post", "/v1/webhooks/shopify/{shop_id}"): {"200": "Delivered"},
    ("post", "/v1/webhooks/woocommerce/{shop_id}"): {"200": "Delivered"},
    ("get", "/v1/shoppers/me"): {"200": "Me"},
    ("get", "/v1/shoppers/{shopper_id}"): {"200": "ShopperKnown"},
    ("get", "/v1/shoppers/{shopper_id}/timeline"): {"200": "Timeline"},
    ("post", "/v1/shoppers/merge"): {"200": "Merge", "201": "Merge"},
    ("post", "/v1/shoppers/unmerge"): {"200": "Merge"},
    ("patch", "/v1/shoppers/me/preferences"): {"200": "Preferences"},
    ("patch", "/v1/shoppers/{shopper_id}/preferences"): {"200": "Preferences"},
    ("post", "/v1/shoppers/me/answers"): {"200": "PreferencesAnswered"},
    ("get", "/v1/questionnaire"): {"200": "Questionnaire"},
    ("put", "/v1/questionnaire"): {"200": "Questionnaire"},
    ("get", "/v1/shoppers/me/consent"): {"200": "Consent"},
    ("put", "/v1/shoppers/me/consent"): {"200": "Consent"},
    ("get", "/v1/shoppers/{shopper_id}/consent"): {"200": "Consent"},
    ("put", "/v1/shoppers/{shopper_id}/consent"): {"200": "Consent"},
}
"""Which shape a door answers when all is well, by method and address; None has no body."""
