"""`rapport needs` and `rapport signals`: the same as the doors say."""

from __future__ import annotations

import json
from typing import Any


def test_needs_and_signals_are_listed_for_people_and_machines(service: Any) -> None:
    shop = service.shop_id
    event = {
        "type": "track",
        "event": "Order Completed",
        "userId": "needer",
        "messageId": "needs-1",
        "properties": {
            "order_id": "needs-1",
            "products": [{"product_id": "need", "quantity": 1, "price": 1}],
        },
    }
    assert service.call("POST", "/v1/batch", json={"batch": [event]}).status_code == 200
    told = json.loads(service.rapport("needs", "--shop", shop, "--shopper", "needer", "--json").stdout)
    assert told["needs"] == []
    assert told["until"].endswith("Z")
    assert json.loads(service.rapport("signals", "--shop", shop, "--json").stdout) == {"signals": []}
    assert "Needs of needer" in service.rapport("needs", "--shop", shop, "--shopper", "needer").stdout
    unknown = service.rapport("needs", "--shop", shop, "--shopper", "nobody", check=False)
    assert (unknown.returncode, unknown.stdout) == (1, "")
