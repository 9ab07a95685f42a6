"""`rapport offers funding | revoke-codes | verify`, beside a running service and without one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

LINES = {"basket": {"lines": [{"product_id": "papered"}]}}
OFF = {"amount_off": {"amount": "1.00", "products": ["papered"]}}


def test_partners_codes_and_signed_offers(service: Any, tmp_path: Path) -> None:
    shop = ("--shop", service.shop_id)
    funded = [{"partner": "Roaster", "share": 0.5}]
    rule = {"offer_id": "papers", "state": "live", "gives": OFF, "holdout": 0, "funded_by": funded}
    assert service.call("POST", "/v1/offer-rules", json=rule).status_code == 201
    assert service.call("POST", "/v1/products", json={"product_id": "papered", "price": "3.00"}).ok
    signed = service.call("POST", "/v1/offers/tokens", json={"shopper": "pat", "offer_id": "papers"}).json()
    held = service.call("POST", "/v1/redemptions", json={**LINES, "tokens": [signed["token"]]}).json()
    service.call("POST", f"/v1/redemptions/{held['redemption_id']}/commit", json={"order_id": "papered-1"})

    told = json.loads(service.rapport("offers", "funding", *shop, "--since", "2020-01-01", "--json").stdout)
    mine = next(each for each in told["offers"] if each["offer_id"] == "papers")
    assert (mine["given"]["amount"], mine["partners"][0]["amount"]["amount"]) == ("1.00", "0.50")
    assert service.call("PUT", "/v1/offer-rules/papers", json={**rule, "funded_by": []}).status_code == 200
    told = json.loads(service.rapport("offers", "funding", *shop, "--json").stdout)["offers"]
    assert mine in told  # what partners bear of what was given is theirs still
    far = service.rapport("offers", "funding", *shop, "--until", "9999-12-31T23:59:59-12:00", check=False)
    assert (far.returncode, "Traceback" in far.stderr) == (1, False)

    keys = tmp_path / "keys.json"
    keys.write_text(service.call("GET", f"/v1/shops/{service.shop_id}/jwks").text)
    said = service.rapport("offers", "verify", signed["token"], "--keys", str(keys), *shop, "--json").stdout
    assert json.loads(said)["jti"] == signed["jti"]
    forged = ("offers", "verify", signed["token"][:-2], "--keys", str(keys), *shop)
    assert service.rapport(*forged, check=False).returncode == 1

    made = service.call("POST", "/v1/offer-rules/papers/codes", json={"count": 3}).json()["codes"]
    gone = ("offers", "revoke-codes", *shop, "--offer", "papers")
    assert json.loads(service.rapport(*gone, made[0], "--json").stdout)["revoked"] == 1
    answers = [
        service.call("POST", "/v1/offers/quote", json={**LINES, "codes": [code]}).json() for code in made[:2]
    ]
    assert [each["codes"][0]["usable"] for each in answers] == [False, True]
    everything = {"all": True}
    left = service.call("POST", "/v1/offer-rules/papers/codes/revoke", json=everything).json()
    assert left == {"offer_id": "papers", "revoked": 2}
    assert service.call("DELETE", "/v1/offer-rules/papers").status_code == 204
