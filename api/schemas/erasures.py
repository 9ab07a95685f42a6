"""What the doors of people's rights take in their addresses, and what they answer."""

from __future__ import annotations

from api.schemas.answered import MOMENT, TEXT, TEXT_OR_NULL, Json, list_of, listing, thing

COUNT: Json = {"type": "integer", "minimum": 0}
STATE: Json = {"type": "string", "enum": ["running", "done"]}
ERASURE: Json = thing(
    {
        "erasure_id": TEXT,
        "state": STATE,
        "asked_at": MOMENT,
        "finished_at": MOMENT,
        "by": {"type": "string", "enum": ["shop", "command line", "platform", "reconciliation"]},
        "marks": list_of({"type": "string", "pattern": "^[0-9a-f]{32}$"}),
        "steps": list_of(thing({"step": TEXT, "removed": COUNT, "at": MOMENT})),
        "waiting_for": TEXT_OR_NULL,
    }
)
WISH: Json = thing({"request_id": TEXT, "state": {"const": "waiting"}, "asked_at": MOMENT, "due_by": MOMENT})

RIGHTS_SHAPES: dict[str, Json] = {
    "Erasure": ERASURE,
    "Erasures": listing(ERASURE),
    "ErasureAsked": thing({"erasure_id": TEXT, "state": STATE}),
    "ErasureWish": WISH,
    "ErasureWishes": listing({"allOf": [WISH, thing({"shopper_id": TEXT})]}),
    "ShopperExport": thing(
        {"shop_id": TEXT, "exported_at": MOMENT, "activities": list_of({"type": "object"})}
    ),
}
RIGHTS_ANSWERS: dict[tuple[str, str], dict[str, str | None]] = {
    ("get", "/v1/shoppers/{shopper_id}/export"): {"200": "ShopperExport"},
    ("delete", "/v1/shoppers/{shopper_id}"): {"202": "ErasureAsked"},
    ("post", "/v1/shoppers/me/erasure-request"): {"202": "ErasureWish"},
    ("get", "/v1/erasures"): {"200": "Erasures"},
    ("get", "/v1/erasures/{erasure_id}"): {"200": "Erasure"},
    ("get", "/v1/erasure-requests"): {"200": "ErasureWishes"},
    ("delete", "/v1/erasure-requests/{request_id}"): {"204": None},
}
