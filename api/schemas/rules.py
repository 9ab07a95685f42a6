"""What is asked of the rules behind the offers beside writing them, and what is answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, pre_load

from api.moments import EARLIEST, LATEST
from api.schemas.answered import (
    MOMENT,
    TEXT,
    TEXT_OR_NULL,
    TOLD,
    Json,
    list_of,
    listing,
    named,
    or_null,
    thing,
)
from api.schemas.offers import OfferSchema
from api.schemas.quotes import MOST_CODES, QuotedBasket
from api.schemas.strict import (
    Entries,
    Instant,
    StrictSchema,
    id_field,
    text_field,
    whole_field,
    whole_in_query,
    yes_or_no,
)
from plugin.offers.lint.finding import SEVERITIES

MOST_VERSIONS = 10**9
MOST_RULES = 50
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


class LintSchema(StrictSchema):
    """One rule to look through; without one, all live rules and drafts of the shop."""

    may_be_left_out = True

    rule = fields.Nested(OfferSchema, load_default=None, allow_none=True)

    @pre_load
    def _bare(self, data: Any, **kwargs: Any) -> Any:
        """A rule may also be given as it is."""
        return {"rule": data} if isinstance(data, Mapping) and "offer_id" in data else data


class InReach(Instant):
    """A moment that a shop can be asked about."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        read: str = super()._deserialize(value, attr, data, **kwargs)
        if not EARLIEST <= datetime.fromisoformat(read) < LATEST:
            raise ValidationError(f"Must lie between the years {EARLIEST.year} and {LATEST.year}.")
        return read


class RuleReplaySchema(StrictSchema):
    """Over which time, and how the rule is taken."""

    may_be_left_out = True

    since = InReach(load_default=None, allow_none=True)
    until = InReach(load_default=None, allow_none=True)
    as_written = yes_or_no(
        load_default=False,
        metadata={
            "description": "keep to the rule's own state and window; else it is taken as live throughout"
        },
    )
    everybody_has_codes = yes_or_no(
        load_default=False, metadata={"description": "take the rule's code as known to everybody"}
    )


class UnwrittenReplaySchema(RuleReplaySchema):
    """The same of a rule that is not written yet."""

    may_be_left_out = False

    rule = fields.Nested(OfferSchema, required=True)


class PreviewSchema(StrictSchema):
    """As whom, when and with what the shop's offers are to be seen."""

    may_be_left_out = True

    shopper = id_field(load_default=None, allow_none=True)
    tier = id_field(load_default=None, allow_none=True)
    at = InReach(load_default=None, allow_none=True)
    basket = fields.Nested(QuotedBasket, load_default=None, allow_none=True)
    locale = text_field(35, load_default=None, allow_none=True)
    channel = text_field(64, load_default=None, allow_none=True)
    codes = fields.List(text_field(64), load_default=list, validate=Entries(max=MOST_CODES))
    rules = fields.List(fields.Nested(OfferSchema), load_default=list, validate=Entries(max=MOST_RULES))
    drafts = yes_or_no(load_default=True)


def epoch(at: str | None) -> float | None:
    """Return a checked time as epoch seconds; one without an offset is UTC."""
    if at is None:
        return None
    read = datetime.fromisoformat(at)
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()


COUNT: Json = {"type": "integer", "minimum": 0}
SHARE: Json = {"type": ["number", "null"]}
FINDING = thing(
    {
        "code": TEXT,
        "severity": {"type": "string", "enum": list(SEVERITIES)},
        "offer_id": TEXT,
        "pointer": TEXT,
        "detail": TEXT,
        "fix": TEXT,
    }
)
WHY = thing({"pointer": TEXT, "condition": TEXT, "holds": {"type": "boolean"}, "sentence": TEXT})
REPLAYED: Json = {
    "offer_id": TEXT,
    "since": MOMENT,
    "until": MOMENT,
    "orders": COUNT,
    "shoppers": COUNT,
    "given": thing(
        {
            "orders": COUNT,
            "shoppers": COUNT,
            "guest_orders": COUNT,
            "share_of_orders": SHARE,
            "share_of_shoppers": SHARE,
        }
    ),
    "not_given": {"type": "object", "description": "orders whose conditions held, by why it was not given"},
    "subtotal": named("Money"),
    "discount": named("Money"),
    "discount_an_order": or_null("Money"),
    "margin": thing({"known_share": SHARE, "before": named("Money"), "after": named("Money")}),
    "by_week": list_of(thing({"week": TEXT, "orders": COUNT, "discount": named("Money")})),
    "by_tier": list_of(thing({"tier": TEXT_OR_NULL, "orders": COUNT, "discount": named("Money")})),
    "beside": list_of(
        thing({"offer_id": TEXT, "both_given": COUNT, "given_instead": COUNT, "gives_way": COUNT})
    ),
    "looked_at": {**COUNT, "description": "of how many orders `by_tier` and `beside` are told"},
    "notes": list_of(thing({"code": TEXT, "text": TEXT})),
}
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
    "RuleFindings": thing({"rules": COUNT, "errors": COUNT, "warnings": COUNT, "findings": list_of(FINDING)}),
    "RuleReplayed": thing(REPLAYED),
    "Previewed": thing(
        {
            "at": MOMENT,
            "shopper": TEXT_OR_NULL,
            "tier": TEXT_OR_NULL,
            "offers": list_of({"allOf": [TOLD, thing({"state": TEXT, "why": list_of(WHY)})]}),
        }
    ),
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
    ("post", f"{ONE}/replay"): {"200": "RuleReplayed"},
    ("post", "/v1/offer-rules/replay"): {"200": "RuleReplayed"},
    ("post", "/v1/offer-rules/lint"): {"200": "RuleFindings"},
    ("post", "/v1/offers/preview"): {"200": "Previewed"},
}
