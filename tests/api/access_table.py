"""Who opens which door: one row for every method of every route, and what it is asked with.

A route without a row fails `test_access.py`: whoever adds a door says here for whom it is. A row names who is
answered with success; everybody else is to be refused. Several rows of one route ask it in several ways.

The doors are asked about things of shop A and about its shopper `a-two`; words in braces are filled
in (A's publishable key, its id, the ids of things made before). The principals are somebody without a key,
the keys of two shops, a revoked secret key of A, three shoppers (the publishable key with a token), and two
sessions of A's console. The console has no roles that open different pages yet: viewer and owner are let in
alike, and `/v1` reads no session.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from plugin.identity.identities import shoppers_merge_id

NOBODY, REVOKED = "nobody", "revoked"
PK_A, SK_A, PK_B, SK_B = "pk A", "sk A", "pk B", "sk B"
A1, A2, B1 = "shopper A1", "shopper A2", "shopper B1"
VIEWER, OWNER = "viewer of A", "owner of A"
PRINCIPALS = (NOBODY, PK_A, SK_A, PK_B, SK_B, REVOKED, A1, A2, B1, VIEWER, OWNER)

ALL = frozenset(PRINCIPALS)
NONE: frozenset[str] = frozenset()
SHOPPERS = frozenset({A1, A2, B1})
BROWSERS = frozenset({PK_A, PK_B}) | SHOPPERS
SERVERS = frozenset({SK_A, SK_B})
KEYS = BROWSERS | SERVERS
OWN = frozenset({SK_A})  # a thing that only shop A has
CONSOLE = frozenset({VIEWER, OWNER})


@dataclass(frozen=True)
class Row:
    """One way of asking one route, and who is answered."""

    method: str
    rule: str
    opens: frozenset[str]
    asked: str
    body: Any = None
    form: bool = False


EVENT = {
    "type": "track",
    "event": "Product Viewed",
    "anonymousId": "v",
    "properties": {"product_id": "a-thing"},
}
FOR_TWO = {"kind": "for-you", "shopper": "a-two"}
TIER_OF_TWO = {"slots": {"s": {"name": "tier"}}, "shopper": "a-two"}
QUESTIONS = {"questions": [{"question_id": "q", "text": {"en": "Why?"}, "kind": "text", "as": "why"}]}
ANSWERS = {"answers": {"q": "because"}}
ANSWERS_OF_TWO = {**ANSWERS, "shopper": "a-two"}
MERGED = {"merge_id": shoppers_merge_id("left", "right", 0)}
QUOTE = {"basket": {"lines": [{"product_id": "both", "quantity": 1}]}}
GIFT_OF_TWO = {**QUOTE, "shopper": "a-two", "offer_id": "a-gift", "order_id": "of two"}
RETURNED = {"lines": [{"line": 0, "quantity": 1}]}
RULE = {"offer_id": "r", "state": "live", "gives": {"free_shipping": {}}}
IDEA = {"use_id": "u", "title": "Tea", "needs": [{"any": [{"product_id": "both"}]}]}
POINTS = {"points": 5, "reason": "a review", "id": "review-1"}
LADDER = {"basis": "rfm", "tiers": [{"tier": "low"}, {"tier": "high", "from_quantile": 0.5}]}
SINGLE = "/v1/<any(track, identify, page, screen, alias, group, t, i, p, a, g):door>"
BATCH = "/v1/<any(batch, import, b):door>"
PRODUCT = "/v1/products/<identity:product_id>"
OFFER_RULE = "/v1/offer-rules/<identity:offer_id>"
CODES = OFFER_RULE + "/codes"
REDEMPTION = "/v1/redemptions/<identity:redemption_id>"
PLACEMENT = "/v1/placements/<identity:name>"
SEGMENT = "/v1/segments/<identity:segment>"
USE_IDEA = "/v1/use-ideas/<identity:use_id>"
USE_CONTEXT = "/v1/use-contexts/<identity:context_id>"
EXPLAIN = "/v1/recommendations/explain"
SHOPPER = "/v1/shoppers/<identity:shopper_id>"
SIGN_IN = "/v1/signin/<shop>/<provider>"

# fmt: off
ROWS = [
    # What is said to everybody
    Row("GET", "/healthz", ALL, "/healthz"),
    Row("GET", "/readyz", ALL, "/readyz"),
    Row("GET", "/v1/openapi.json", ALL, "/v1/openapi.json"),
    Row("GET", "/v1/docs", ALL, "/v1/docs"),
    Row("GET", "/v1/docs.css", ALL, "/v1/docs.css"),
    Row("GET", "/widgets/v1/<name>", ALL, "/widgets/v1/rapport.js"),

    # Activity in
    Row("POST", SINGLE, KEYS, "/v1/track", EVENT),
    Row("POST", BATCH, KEYS, "/v1/batch", {"batch": [EVENT]}),
    Row("GET", "/v1/projects/<key>/settings", ALL, "/v1/projects/{pk}/settings"),
    Row("GET", "/v1/projects/<key>/settings", NONE, "/v1/projects/pk_nobody_x/settings"),
    Row("GET", "/sourceConfig/", BROWSERS, "/sourceConfig/"),

    # Suggestions and offers out; only the shop's server names a shopper
    Row("GET", "/v1/recommendations", KEYS, "/v1/recommendations?kind=trending"),
    Row("GET", "/v1/recommendations", KEYS, "/v1/recommendations?kind=buy-again"),
    Row("GET", "/v1/recommendations", SERVERS, "/v1/recommendations?kind=for-you&shopper=a-two"),
    Row("POST", "/v1/recommendations", KEYS, "/v1/recommendations", {"kind": "recently-viewed"}),
    Row("POST", "/v1/recommendations", SERVERS, "/v1/recommendations", FOR_TWO),
    Row("GET", EXPLAIN, OWN, "/v1/recommendations/explain?kind=trending&candidate=a-thing"),
    Row("GET", EXPLAIN, OWN, "/v1/recommendations/explain?kind=for-you&candidate=a-thing&shopper=a-two"),
    Row("GET", "/v1/placements", SERVERS, "/v1/placements"),
    Row("GET", "/v1/placements", KEYS, "/v1/placements?names=for-you,offers,tier,preferences"),
    Row("GET", "/v1/placements", SERVERS, "/v1/placements?names=tier&shopper=a-two"),
    Row("POST", "/v1/placements", KEYS, "/v1/placements", {"slots": {"s": {"name": "recently-viewed"}}}),
    Row("POST", "/v1/placements", SERVERS, "/v1/placements", TIER_OF_TWO),
    Row("GET", "/v1/offers", KEYS, "/v1/offers"),
    Row("GET", "/v1/offers", SERVERS, "/v1/offers?shopper=a-two"),
    Row("POST", "/v1/offers/quote", KEYS, "/v1/offers/quote", QUOTE),
    Row("POST", "/v1/offers/quote", SERVERS, "/v1/offers/quote", {**QUOTE, "shopper": "a-two"}),

    Row("POST", "/v1/redemptions", SERVERS, "/v1/redemptions", QUOTE),
    Row("POST", "/v1/redemptions", SERVERS, "/v1/redemptions", {**QUOTE, "shopper": "a-two"}),
    Row("GET", REDEMPTION, OWN, "/v1/redemptions/{redemption}"),
    Row("GET", REDEMPTION, OWN, "/v1/redemptions/-?id={redemption}"),
    Row("POST", REDEMPTION + "/commit", OWN, "/v1/redemptions/{redemption}/commit", {"order_id": "o"}),
    Row("POST", REDEMPTION + "/return", OWN, "/v1/redemptions/{redemption}/return", RETURNED),
    Row("POST", REDEMPTION + "/release", OWN, "/v1/redemptions/{released}/release", {}),
    Row("POST", REDEMPTION + "/reopen", OWN, "/v1/redemptions/{redemption}/reopen", {}),
    Row("POST", CODES, OWN, "/v1/offer-rules/a-rule/codes", {"count": 1}),
    Row("POST", CODES + "/revoke", OWN, "/v1/offer-rules/a-rule/codes/revoke", {"all": True}),
    Row("GET", OFFER_RULE + "/funding", OWN, "/v1/offer-rules/a-rule/funding"),
    Row("POST", "/v1/offers/tokens", OWN, "/v1/offers/tokens", {"shopper": "a-two", "offer_id": "a-signed"}),
    Row("POST", "/v1/offers/tokens/revoke", OWN, "/v1/offers/tokens/revoke", {"token": "{signed}"}),
    Row("GET", "/v1/shops/<shop>/jwks", ALL, "/v1/shops/{shop}/jwks"),
    Row("GET", "/v1/gifts", SHOPPERS, "/v1/gifts"),
    Row("GET", "/v1/gifts", SERVERS, "/v1/gifts?shopper=a-two"),
    Row("POST", "/v1/gifts", OWN, "/v1/gifts", GIFT_OF_TWO),

    # The shop's documents
    Row("GET", "/v1/shop", SERVERS, "/v1/shop"),
    Row("PATCH", "/v1/shop", SERVERS, "/v1/shop", {"locale": "en"}),
    Row("GET", "/v1/products", SERVERS, "/v1/products"),
    Row("POST", "/v1/products", SERVERS, "/v1/products", {"product_id": "new", "price": "1.00"}),
    Row("GET", PRODUCT, OWN, "/v1/products/a-thing"),
    Row("GET", PRODUCT, OWN, "/v1/products/-?id=a-thing"),
    Row("GET", PRODUCT + "/prices", OWN, "/v1/products/a-thing/prices"),
    Row("GET", PRODUCT + "/prices", OWN, "/v1/products/-/prices?id=a-thing"),
    Row("PUT", PRODUCT, SERVERS, "/v1/products/put", {"product_id": "put", "price": "1.00"}),
    Row("DELETE", PRODUCT, OWN, "/v1/products/a-gone"),
    Row("GET", "/v1/offer-rules", SERVERS, "/v1/offer-rules"),
    Row("POST", "/v1/offer-rules", SERVERS, "/v1/offer-rules", RULE),
    Row("GET", OFFER_RULE, OWN, "/v1/offer-rules/a-rule"),
    Row("PUT", OFFER_RULE, SERVERS, "/v1/offer-rules/r", RULE),
    Row("DELETE", OFFER_RULE, OWN, "/v1/offer-rules/a-rule-gone"),
    Row("GET", OFFER_RULE + "/effect", OWN, "/v1/offer-rules/a-rule/effect"),
    Row("GET", OFFER_RULE + "/versions", OWN, "/v1/offer-rules/a-rule/versions"),
    Row("GET", OFFER_RULE + "/versions", OWN, "/v1/offer-rules/-/versions?id=a-rule"),
    Row("GET", OFFER_RULE + "/versions/<int:version>", OWN, "/v1/offer-rules/a-rule/versions/1"),
    Row("GET", OFFER_RULE + "/diff", OWN, "/v1/offer-rules/a-rule/diff?from=1"),
    Row("POST", "/v1/offer-rules/lint", SERVERS, "/v1/offer-rules/lint", {"rule": RULE}),
    Row("POST", "/v1/offer-rules/replay", SERVERS, "/v1/offer-rules/replay", {"rule": RULE}),
    Row("POST", OFFER_RULE + "/replay", OWN, "/v1/offer-rules/a-rule/replay", {}),
    Row("POST", "/v1/offers/preview", SERVERS, "/v1/offers/preview", {"shopper": "a-two"}),
    Row("POST", OFFER_RULE + "/revert", OWN, "/v1/offer-rules/a-rule/revert", {"to": 1}),
    Row("GET", "/v1/tiers", SERVERS, "/v1/tiers"),
    Row("PUT", "/v1/tiers", SERVERS, "/v1/tiers", LADDER),
    Row("POST", "/v1/tiers/preview", SERVERS, "/v1/tiers/preview", LADDER),
    Row("GET", "/v1/segments", SERVERS, "/v1/segments"),
    Row("GET", SEGMENT, OWN, "/v1/segments/a-segment"),
    Row("PUT", SEGMENT, SERVERS, "/v1/segments/s", {"segment": "s", "when": {"first_order": {}}}),
    Row("DELETE", SEGMENT, OWN, "/v1/segments/a-segment-gone"),
    Row("GET", "/v1/use-ideas", SERVERS, "/v1/use-ideas"),
    Row("POST", "/v1/use-ideas", SERVERS, "/v1/use-ideas", IDEA),
    Row("GET", USE_IDEA, OWN, "/v1/use-ideas/a-use"),
    Row("GET", USE_IDEA, OWN, "/v1/use-ideas/-?id=a-use"),
    Row("PUT", USE_IDEA, SERVERS, "/v1/use-ideas/u", IDEA),
    Row("DELETE", USE_IDEA, OWN, "/v1/use-ideas/a-use-gone"),
    Row("GET", "/v1/use-contexts", SERVERS, "/v1/use-contexts"),
    Row("PATCH", USE_CONTEXT, OWN, "/v1/use-contexts/a-context", {"hidden": True}),
    Row("PATCH", USE_CONTEXT, OWN, "/v1/use-contexts/-?id=a-context", {"title": "Tea"}),
    Row("GET", PLACEMENT, OWN, "/v1/placements/a-slot"),
    Row("PUT", PLACEMENT, SERVERS, "/v1/placements/s", {"placement": "s", "kinds": ["trending"]}),
    Row("DELETE", PLACEMENT, OWN, "/v1/placements/a-slot-gone"),

    # Shoppers
    Row("GET", "/v1/shoppers/me", SHOPPERS, "/v1/shoppers/me"),
    Row("GET", SHOPPER, OWN, "/v1/shoppers/a-two"),
    Row("GET", SHOPPER, OWN, "/v1/shoppers/-?id=a-two"),
    Row("GET", SHOPPER + "/export", OWN, "/v1/shoppers/a-two/export"),
    Row("GET", SHOPPER + "/export", OWN, "/v1/shoppers/-/export?id=a-two"),
    Row("GET", SHOPPER + "/timeline", OWN, "/v1/shoppers/a-two/timeline"),
    Row("GET", "/v1/shoppers/me/needs", SHOPPERS, "/v1/shoppers/me/needs"),
    Row("GET", SHOPPER + "/tier", SERVERS, "/v1/shoppers/a-two/tier"),
    Row("PUT", SHOPPER + "/tier", SERVERS, "/v1/shoppers/a-two/tier", {"tier": "high", "reason": "a friend"}),
    Row("DELETE", SHOPPER + "/tier", SERVERS, "/v1/shoppers/a-two/tier"),
    Row("POST", SHOPPER + "/points", SERVERS, "/v1/shoppers/a-two/points", POINTS),
    Row("GET", SHOPPER + "/needs", OWN, "/v1/shoppers/a-two/needs?days=60"),
    Row("GET", SHOPPER + "/needs", OWN, "/v1/shoppers/-/needs?id=a-two"),
    Row("GET", SHOPPER + "/signals", OWN, "/v1/shoppers/a-two/signals"),
    Row("GET", "/v1/signals", SERVERS, "/v1/signals"),
    Row("GET", "/v1/shoppers/me/consent", SHOPPERS, "/v1/shoppers/me/consent"),
    Row("PUT", "/v1/shoppers/me/consent", SHOPPERS, "/v1/shoppers/me/consent", {"contact": "no"}),
    Row("GET", SHOPPER + "/consent", SERVERS, "/v1/shoppers/a-two/consent"),
    Row("PUT", SHOPPER + "/consent", SERVERS, "/v1/shoppers/a-two/consent", {"contact": "no"}),
    Row("PATCH", "/v1/shoppers/me/preferences", SHOPPERS, "/v1/shoppers/me/preferences", {"aims": ["bake"]}),
    Row("PATCH", SHOPPER + "/preferences", SERVERS, "/v1/shoppers/a-two/preferences", {"aims": ["bake"]}),
    Row("POST", SINGLE, KEYS - SHOPPERS, "/v1/track", {**EVENT, "userId": "left"}),
    Row("POST", SINGLE, KEYS - SHOPPERS, "/v1/track", {**EVENT, "userId": "right"}),
    Row("POST", "/v1/shoppers/merge", SERVERS, "/v1/shoppers/merge", {"from": "left", "into": "right"}),
    Row("POST", "/v1/shoppers/unmerge", SERVERS, "/v1/shoppers/unmerge", MERGED),
    Row("GET", "/v1/questionnaire", KEYS, "/v1/questionnaire"),
    Row("PUT", "/v1/questionnaire", SERVERS, "/v1/questionnaire", QUESTIONS),
    Row("POST", "/v1/shoppers/me/answers", SHOPPERS, "/v1/shoppers/me/answers", ANSWERS),
    Row("POST", "/v1/shoppers/me/answers", SERVERS, "/v1/shoppers/me/answers", ANSWERS_OF_TWO),
    Row("DELETE", SHOPPER, OWN, "/v1/shoppers/a-gone"),
    Row("POST", "/v1/shoppers/me/erasure-request", SHOPPERS, "/v1/shoppers/me/erasure-request"),
    Row("GET", "/v1/erasure-requests", SERVERS, "/v1/erasure-requests"),
    Row("DELETE", "/v1/erasure-requests/<identity:request_id>", OWN, "/v1/erasure-requests/{wish}"),
    Row("GET", "/v1/erasures", SERVERS, "/v1/erasures"),
    Row("GET", "/v1/erasures/<identity:erasure_id>", OWN, "/v1/erasures/{erasure}"),
    Row("POST", "/v1/shoppers/merge", OWN, "/v1/shoppers/merge", {"from": "a-old", "into": "a-new"}),
    Row("POST", "/v1/shoppers/unmerge", OWN, "/v1/shoppers/unmerge", {"merge_id": "{merge}"}),

    # Models
    Row("GET", "/v1/models", SERVERS, "/v1/models"),
    Row("GET", "/v1/models/compare", OWN, "/v1/models/compare?a={model}&b={model}"),
    Row("GET", "/v1/models/<version>", OWN, "/v1/models/{model}"),
    Row("POST", "/v1/models/<version>/publish", OWN, "/v1/models/{model}/publish", {}),
    Row("POST", "/v1/models/rollback", OWN, "/v1/models/rollback", {}),

    # What could not be used
    Row("GET", "/v1/dead-letters", SERVERS, "/v1/dead-letters"),
    Row("POST", "/v1/dead-letters/replay", SERVERS, "/v1/dead-letters/replay", {}),

    # Signing in at a provider: a browser without a key is sent away; a code that is none opens nothing
    Row("GET", SIGN_IN, NONE, "/v1/signin/none/google?return_to=https://a.example/"),
    Row("GET", SIGN_IN + "/callback", NONE, "/v1/signin/none/google/callback?state=x&code=x"),
    Row("POST", "/v1/signin/exchange", NONE, "/v1/signin/exchange", {"code": "x" * 43}),

    # Platforms sign what they deliver; no key opens these
    Row("POST", "/v1/webhooks/shopify/<shop_id>", NONE, "/v1/webhooks/shopify/{shop}", {}),
    Row("POST", "/v1/webhooks/woocommerce/<shop_id>", NONE, "/v1/webhooks/woocommerce/{shop}", {}),

    # The console; its forms answer with a redirection, which is no success of its own
    Row("GET", "/console/console.css", ALL, "/console/console.css"),
    Row("GET", "/console/login", ALL, "/console/login"),
    Row("POST", "/console/login", NONE, "/console/login", {"shop": "x", "ticket": "x"}, form=True),
    Row("GET", "/console/", CONSOLE, "/console/"),
    Row("GET", "/console/shoppers", CONSOLE, "/console/shoppers?id=a-two"),
    Row("POST", "/console/shoppers", NONE, "/console/shoppers", {"id": "x"}, form=True),
    Row("POST", "/console/logout", NONE, "/console/logout", {}, form=True),
]
# fmt: on
