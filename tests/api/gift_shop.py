"""A shop with gifts and a clock that a test can put forward."""

from __future__ import annotations

import time
from typing import Any

import jwt

from plugin.store.memory import Store
from tests.api.own_shop import OwnShop

HOUR, DAY = 3_600.0, 86_400.0
GIFT = {"state": "live", "gives": {"amount_off": {"amount": "3.00"}}, "gift": {"valid_days": 60}}


class GiftShop(OwnShop):
    """A shop with a clock of its own, at ten in the morning UTC; a mug costs 9.99."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.now = time.time() // DAY * DAY + 10 * HOUR
        for name in ("storefront", "merchant"):
            self.client.application.extensions[name].clock = lambda: self.now
        self.ask("POST", "/v1/products", {"product_id": "mug", "name": "Mug", "price": "9.99"})

    def ask(self, method: str, path: str, body: Any = None, status: Any = (200, 201), **headers: str) -> Any:
        sent = {"Authorization": f"Bearer {self.keys[headers.pop('key', 'sk')]}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.client.open(path, method=method, json=body, headers=sent)
        assert answer.status_code in (status if isinstance(status, tuple) else (status,)), answer.text
        return answer.json

    def token(self, shopper: str) -> str:
        claims = {"sub": shopper, "aud": self.shop_id, "iat": int(self.now), "exp": int(self.now) + 600}
        return jwt.encode(claims, self.signing["key"], "HS256", {"kid": self.signing["kid"]})

    def rule(self, offer_id: str, **fields: Any) -> None:
        self.ask("POST", "/v1/offer-rules", {"offer_id": offer_id, **GIFT, **fields})

    def buys(self, who: str, order_id: str, mugs: int = 2, **commit: Any) -> dict[str, Any]:
        lines = [{"product_id": "mug", "quantity": mugs}]
        held = self.ask("POST", "/v1/redemptions", {"shopper": who, "basket": {"lines": lines}})
        path = f"/v1/redemptions/{held['redemption_id']}/commit"
        return {**held, **self.ask("POST", path, {"order_id": order_id, **commit})}

    def offers(self, who: str) -> dict[str, str]:
        told = self.ask("GET", f"/v1/offers?shopper={who}")["offers"]
        return {each["offer_id"]: each["reason"] for each in told}

    def gifts(self, who: str, order_id: str = "") -> Any:
        return self.ask("GET", f"/v1/gifts?shopper={who}" + (f"&order_id={order_id}" if order_id else ""))

    def states(self, who: str) -> list[str]:
        return [gift["state"] for gift in self.gifts(who)["gifts"]]
