"""Signed offers at the doors: issued within limits, checked by the public keys, redeemed once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from plugin.key_sets import read_key_set
from plugin.offers.signed import OKP, OfferTokenInvalid, verify
from plugin.store.memory import Store
from tests.api.gift_shop import DAY, HOUR, GiftShop

LINES = {"basket": {"lines": [{"product_id": "mug"}]}}


@pytest.fixture
def shop(store: Store) -> GiftShop:
    opened = GiftShop(store)
    opened.rule("ten", gift=None, holdout=0, limits={"total": 2})
    return opened


def signed(shop: GiftShop, who: str = "ann", status: int = 201, **fields: Any) -> dict[str, Any]:
    return shop.ask("POST", "/v1/offers/tokens", {"shopper": who, "offer_id": "ten", **fields}, status)


def redeem(shop: GiftShop, *tokens: str, status: int = 201, **fields: Any) -> dict[str, Any]:
    return shop.ask("POST", "/v1/redemptions", {**LINES, "tokens": list(tokens), **fields}, status)


def keys(shop: GiftShop) -> Any:
    return read_key_set(json.dumps(shop.client.get(f"/v1/shops/{shop.shop_id}/jwks").json).encode(), OKP)


def test_a_till_checks_it_alone_and_it_is_redeemed_once(shop: GiftShop) -> None:
    made = signed(shop)
    says = verify(made["token"], keys(shop), shop.shop_id, shop.now)
    assert (says.offer_id, says.benefit, says.number) == ("ten", made["benefit"], made["jti"])
    assert "ann" not in json.dumps([says.shopper, made])
    shop.rule(
        "ten",
        gift=None,
        holdout=0,
        limits={"total": 2},
        when={
            "first_order": {},
        },
    )
    quote = shop.ask("POST", "/v1/offers/quote", {**LINES, "tokens": [made["token"], "a.b.c"]})
    assert (quote["tokens"], quote["total"]["amount"]) == ([True, False], "6.99")
    assert redeem(shop, made["token"], shopper="ben", status=409)["code"] == "code_unusable"
    assert redeem(shop, "a.b.c", status=409)["errors"][0]["pointer"] == "/tokens/0"
    held = redeem(shop, made["token"])
    assert held["total"]["amount"] == "6.99"
    shop.ask("POST", f"/v1/redemptions/{held['redemption_id']}/commit", {"order_id": "o1"})
    assert redeem(shop, made["token"], status=409)["code"] == "code_unusable"


def test_tokens_out_and_uses_together_stay_within_the_limit(shop: GiftShop) -> None:
    first = signed(shop, "ann")
    used = redeem(shop, shopper="ben")
    assert used["total"]["amount"] == "6.99"
    assert signed(shop, "cleo", 409)["code"] in ("refused", "limit_reached")
    assert shop.offers("dora")["ten"] == "limit_reached"
    assert redeem(shop, first["token"])["total"]["amount"] == "6.99"  # its place was held for it
    assert shop.offers("dora")["ten"] == "limit_reached"


def test_a_token_has_its_place_again_when_its_checkout_is_given_up(shop: GiftShop) -> None:
    signed(shop, "ben")
    made = signed(shop)
    held = redeem(shop, made["token"])
    shop.ask("POST", f"/v1/redemptions/{held['redemption_id']}/release", {})
    assert shop.offers("cleo")["ten"] == "limit_reached"  # a till may still honour both
    assert redeem(shop, made["token"], hold_seconds=60)["total"]["amount"] == "6.99"
    shop.now += HOUR
    assert shop.offers("cleo")["ten"] == "limit_reached"
    kept = redeem(shop, made["token"])
    shop.ask("POST", f"/v1/redemptions/{kept['redemption_id']}/commit", {"order_id": "o1"})
    shop.now += 20 * DAY
    assert shop.offers("cleo")["ten"] == "granted"  # ben's is over, and ann's counts once
    assert redeem(shop, shopper="cleo")["total"]["amount"] == "6.99"
    assert shop.offers("dora")["ten"] == "limit_reached"


def test_what_a_till_gave_alone_is_told_within_a_week(shop: GiftShop) -> None:
    made = signed(shop, valid_seconds=3_600)
    shop.now += HOUR + DAY
    with pytest.raises(OfferTokenInvalid):
        verify(made["token"], keys(shop), shop.shop_id, shop.now)
    assert redeem(shop, made["token"])["total"]["amount"] == "6.99"
    late = signed(shop, "ben", valid_seconds=3_600)
    shop.now += HOUR + 8 * DAY
    assert redeem(shop, late["token"], status=409)["code"] == "code_unusable"


def test_keys_are_rotated_and_revoked(shop: GiftShop) -> None:
    old = signed(shop)
    (kid,) = [each for each in keys(shop) if each is not None]
    shop.merchant.rotate(shop.shop_id, "offers")
    assert len(shop.client.get(f"/v1/shops/{shop.shop_id}/jwks").json["keys"]) == 2
    new = signed(shop, "ben")
    for made in (old, new):
        assert verify(made["token"], keys(shop), shop.shop_id, shop.now)
    shop.merchant.revoke(shop.shop_id, str(kid))
    shop.merchant.shops.view(shop.shop_id, fresh=True)
    assert redeem(shop, old["token"], status=409)["code"] == "code_unusable"
    assert redeem(shop, new["token"])["total"]["amount"] == "6.99"
    assert shop.client.get("/v1/shops/no-such-shop/jwks").status_code == 404


def test_a_token_is_revoked_and_gives_its_place_back(shop: GiftShop) -> None:
    made, other = signed(shop), signed(shop, "ben")
    assert shop.offers("cleo")["ten"] == "limit_reached"
    shop.ask("POST", "/v1/offers/tokens/revoke", {"token": made["token"]})
    assert redeem(shop, made["token"], status=409)["code"] == "code_unusable"
    assert shop.offers("cleo")["ten"] == "granted"
    wrong = shop.ask("POST", "/v1/offers/tokens/revoke", {"token": "a.b.c"}, 422)
    assert wrong["code"] == "invalid"
    assert redeem(shop, other["token"])


def test_only_what_is_granted_is_signed(shop: GiftShop) -> None:
    shop.rule("gift")
    shop.rule("much", gift=None, holdout=0, when={"basket": {"quantity_at_least": 3}})
    for offer_id, status in (("gift", 409), ("much", 409), ("none", 404)):
        signed(shop, offer_id=offer_id, status=status)
    three = {"lines": [{"product_id": "mug", "quantity": 3}]}
    assert signed(shop, offer_id="much", basket=three)["offer_id"] == "much"
