"""A shop at the doors of the application itself: nothing but the calls of a test changes the store."""

from __future__ import annotations

import time
from typing import Any

import jwt

from api.app import create
from plugin.merchant import Merchant
from plugin.shops import Shops
from plugin.store.memory import Store

# What no profile consists of: counts of calls, the audit chain, and which keys there are.
NOT_OF_SHOPPERS = ("audit", "limit", "once", "worker")


class OwnShop:
    """One shop of a store, called without a server; no worker runs beside it."""

    def __init__(self, store: Store, **settings: Any) -> None:
        self.merchant = Merchant(Shops(store), time.time)
        opened = self.merchant.open_shop("Consent", {"currency": "EUR", **settings}).as_dict()
        self.shop_id = opened["shop_id"]
        self.keys = {"pk": opened["publishable_key"], "sk": opened["secret_key"]}
        self.signing = opened["signing_key"]
        self.count = 0
        self.use(store)

    def use(self, store: Store) -> None:
        """Be called on this store from now on, which has the shop as it was."""
        self.merchant = Merchant(Shops(store), time.time)
        self.memory = store.shop(self.shop_id)
        self._store = store
        self.client = create(store=store).test_client()

    def call(self, method: str, path: str, key: str, body: Any = None, **headers: str) -> Any:
        sent = {"Authorization": f"Bearer {self.keys[key]}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.client.open(path, method=method, json=body, headers=sent)
        assert answer.status_code == 200, answer.text
        return answer.json

    def token(self, shopper: str) -> str:
        now = int(time.time())
        claims = {"sub": shopper, "aud": self.shop_id, "iat": now, "exp": now + 600}
        return jwt.encode(claims, self.signing["key"], "HS256", {"kid": self.signing["kid"]})

    def kept(self) -> dict[str, bytes]:
        """Every key of the shop's shoppers with its whole value."""
        keys = [
            key
            for pattern in (f"{{{self.shop_id}}}*", f"{{{self.shop_id}:*")
            for key in self._store.connection.scan(pattern)
            if not any(word in key.decode(errors="replace") for word in NOT_OF_SHOPPERS)
        ]
        values = self._store.connection.many([("DUMP", key) for key in sorted(keys)])
        return dict(zip(sorted(keys), values, strict=True))

    def event(self, **fields: Any) -> dict[str, Any]:
        self.count += 1
        return {"type": "track", "messageId": f"m{self.count}", **fields}
