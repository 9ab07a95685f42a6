"""What is asked of the rules behind the offers beside writing them, and what is answered."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema

from api.schemas.answered import MOMENT, TEXT, TEXT_OR_NULL, Json, list_of, listing, thing
from api.schemas.strict import StrictSchema, whole_field, whole_in_query

MOST_VERSIONS = 10**9
EARLIER, LATER = "the earlier version", "the later version; the newest unless said"


class _ToInQuery(Schema):
    to = whole_in_query(
        1,
        MOST_VERSIONS,
        load_default=None,
        metadata={"description": "the later version; the newest unless said"},
    )


DiffInQuery = _ToInQuery.from_dict(
    {"from": whole_in_query(1, MOST_VERSIONS, required=True, metadata={"description": EARLIER})},
    name="DiffInQuery",
)
"""Between which two versions of a rule."""


class RevertSchema(StrictSchema):
    """Which version is to be written again."""

    to = whole_field(1, MOST_VERSIONS, required=True)


VERSION: Json = {
    "version": {"type": "integer", "minimum": 1},
    "at": MOMENT,
    "who": {**TEXT_OR_NULL, "description": "the key's id, the console user, or the command line"},
    "did": {"type": "string", "enum": ["written", "reverted", "deleted"]},
    "reverted_to": {"type": ["integer", "null"]},
    "sentence": TEXT_OR_NULL,
}
CHANGE = thing({"pointer": TEXT}, {"was": {}, "is": {}})
SHAPES: dict[str, Json] = {
    "RuleVersions": listing(thing(VERSION)),
    "RuleVersion": thing({**VERSION, "rule": {"type": ["object", "null"]}}),
    "RuleDiff": thing(
        {
            "offer_id": TEXT,
            "from": {"type": "integer"},
            "to": {"type": "integer"},
            "changes": {
                **list_of(CHANGE),
                "description": "by JSON pointer; what was added has no `was`, what was taken away no `is`",
            },
            "sentences": thing({"from": TEXT_OR_NULL, "to": TEXT_OR_NULL}),
        }
    ),
}
ONE = "/v1/offer-rules/{offer_id}"
ANSWERS: dict[tuple[str, str], dict[str, Any]] = {
    ("get", f"{ONE}/versions"): {"200": "RuleVersions"},
    ("get", f"{ONE}/versions/{{version}}"): {"200": "RuleVersion"},
    ("get", f"{ONE}/diff"): {"200": "RuleDiff"},
    ("post", f"{ONE}/revert"): {"200": "OfferRule"},
}
