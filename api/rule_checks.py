"""Rules before they go live: looked through, replayed over the past, seen as a shopper meets them."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from api.answers import answer
from api.auth import Caller, opens, storefront
from api.doors import Doors
from api.offers import identity
from api.quotes import priced_lines
from api.rule_preview import preview_view
from api.rule_views import findings_view
from api.schemas.rules import LintSchema, PreviewSchema, RuleReplaySchema, UnwrittenReplaySchema, epoch
from plugin.activity import Shopper
from plugin.errors import Invalid, NotFound
from plugin.offers.lint.linting import lint, rules_looked_at
from plugin.offers.offer import Offer
from plugin.offers.previewing import Previewed, preview
from plugin.offers.replay.asking import codes_open, window
from plugin.offers.replay.figures import replay_figures
from plugin.offers.replay.past_orders import order_lines_before
from plugin.offers.replay.reading import reading_of
from plugin.offers.replay.replaying import EVERY_KIND, Question, replay

doors = Doors(
    "rule checks", __name__, description="Rules looked through, replayed and seen, before they go live"
)

MOST_LINES = 100_000  # order lines that a request may look through; more takes the command line
MOST_LINES_READ_WHOLE = 25_000  # where the rule asks for more than orders tell
MOST_RULES = 500  # rules that a request may look through beside one another; the same of more


@doors.post("/v1/offer-rules/lint")
@opens("secret")
@doors.arguments(LintSchema)
def look_through(asked: dict[str, Any]) -> Response:
    """Look through one rule, or all live rules and drafts of the shop, for what is or looks wrong."""
    shop = g.caller.shop
    rules = rules_looked_at(shop) if asked["rule"] is None else [_rule(asked["rule"])]
    if len(rules) > MOST_RULES:
        raise Invalid(
            f"The shop has {len(rules):,} live rules and drafts, and a request looks through {MOST_RULES:,} "
            "at most; `rapport offers lint` on the command line looks through all of them."
        )
    return answer(findings_view(lint(rules, shop, storefront().clock()), len(rules)))


@doors.post("/v1/offer-rules/<identity:offer_id>/replay")
@opens("secret")
@doors.arguments(RuleReplaySchema)
def replay_rule(asked: dict[str, Any], offer_id: str) -> Response:
    """Answer on which past orders a rule would have been given, and what it would have taken off."""
    rule = g.caller.shop.offers.get(identity(offer_id))
    if rule is None:
        raise NotFound(f"There is no offer rule {identity(offer_id)!r}.")
    return _replayed(rule, asked)


@doors.post("/v1/offer-rules/replay")
@opens("secret")
@doors.arguments(UnwrittenReplaySchema)
def replay_document(asked: dict[str, Any]) -> Response:
    """Answer the same of a rule that is not written yet."""
    return _replayed(_rule(asked["rule"]), asked)


@doors.post("/v1/offers/preview")
@opens("secret")
@doors.arguments(PreviewSchema)
def preview_offers(asked: dict[str, Any]) -> Response:
    """Answer every rule as a shopper would meet it at any moment, drafts too; nothing is counted."""
    caller: Caller = g.caller
    found = preview(
        storefront(),
        caller.shop.shop_id,
        Previewed(
            shopper=None if asked["shopper"] is None else Shopper(asked["shopper"]),
            tier=asked["tier"],
            at=epoch(asked["at"]),
            lines=None if asked["basket"] is None else priced_lines(asked["basket"], caller),
            locale=asked["locale"],
            channel=asked["channel"],
            codes=tuple(asked["codes"]),
            rules=tuple(_rule(each, f"/rules/{at}") for at, each in enumerate(asked["rules"])),
            drafts=asked["drafts"],
        ),
    )
    return answer(preview_view(found))


def _replayed(rule: Offer, asked: dict[str, Any]) -> Response:
    shops, shop = storefront().shops, g.caller.shop
    since, until = window(epoch(asked["since"]), epoch(asked["until"]), storefront().clock())
    memory = shops.memory(shop.shop_id)
    lines, most = order_lines_before(memory.log, until), _most_lines(rule)
    if lines > most:
        detail = (
            f"The log has {lines:,} order lines until then, and a request looks through {most:,} at most "
            "for this rule; `rapport offers replay` on the command line looks through all of them."
        )
        raise Invalid(detail, errors=[{"pointer": "/until", "detail": detail}])
    found = replay(
        shop,
        memory.log,
        rule,
        Question(since, until, asked["as_written"], asked["everybody_has_codes"]),
        opens=codes_open(memory),
        model=shops.model(shop),
    )
    return answer(replay_figures(found, shop.live_offers))


def _most_lines(rule: Offer) -> int:
    """How many order lines a request may look through: fewer where every shopper's whole past is needed."""
    reading = reading_of([rule], g.caller.shop.ladder, EVERY_KIND)
    return MOST_LINES_READ_WHOLE if reading.anything else MOST_LINES


def _rule(document: dict[str, Any], place: str = "/rule") -> Offer:
    """The rule of a checked document. Raises `Invalid` with pointers into the request."""
    try:
        return Offer.from_document(document, g.caller.shop.settings.currency)
    except Invalid as wrong:
        errors = [{**each, "pointer": f"{place}{each.get('pointer', '')}"} for each in wrong.errors]
        raise Invalid(wrong.detail, errors=errors) from None
