"""No shopper or shop reads another's (S4): every route, asked by eleven principals, as its row declares."""

from __future__ import annotations

import json
import re
import time
from collections import defaultdict
from typing import Any

import pytest
import requests

from api.app import create
from plugin.merchant import Merchant
from plugin.training import train
from plugin.uses.context_words import ContextWords
from tests.api.access_table import (
    A1,
    A2,
    B1,
    NOBODY,
    OWNER,
    PK_A,
    PK_B,
    PRINCIPALS,
    REVOKED,
    ROWS,
    SK_A,
    SK_B,
    VIEWER,
    Row,
)
from tests.api.conftest import OpenShop
from tests.conftest import Service

OF_A = {PK_A, SK_A, A1, A2, VIEWER, OWNER}
OF_B = {PK_B, SK_B, B1}
# A word that stands in somebody's documents, and who may be answered with it.
MAY_SEE = {
    "canary-of-a1": {A1, SK_A, VIEWER, OWNER},
    "canary-of-a2": {A2, SK_A, VIEWER, OWNER},
    "canary-of-b1": {B1, SK_B},
    "canary-in-a": OF_A,
    "canary-in-b": OF_B,
    "canary-behind-a": {SK_A, VIEWER, OWNER},
    "canary-behind-b": {SK_B},
}

FILLED = re.compile(r"\{(pk|shop|wish|erasure|merge|model|redemption|released|signed)\}")


class TwoShops:
    """Two shops that have the installation to themselves, and the headers of each principal."""

    def __init__(self, service: Service, merchant: Merchant) -> None:
        self.service, self.merchant = service, merchant
        self.a, self.b = (self._opened(name) for name in ("a", "b"))
        self.headers = self._principals()
        self.session = requests.Session()
        self.filled = {"pk": self.a.keys["publishable"], "shop": self.a.shop_id, **self._made_before()}

    def _made_before(self) -> dict[str, str]:
        """Ids of things of shop A that the service named: a wish to be erased, a receipt, a merge."""
        a = self.a
        a.send(*(a.buys(f"a-{who}", "a-thing") for who in "gone wishing third old new part whole".split()))
        path, wishing = "/v1/shoppers/me/erasure-request", {"Rapport-Shopper": a.token("a-wishing")}
        merge = a.call("POST", "/v1/shoppers/merge", {"from": "a-part", "into": "a-whole"})
        return {
            "wish": a.call("POST", path, key="publishable", headers=wishing).json()["request_id"],
            "erasure": a.call("DELETE", "/v1/shoppers/a-third").json()["erasure_id"],
            "merge": merge.json()["merge_id"],
            "model": self._two_models()[-1],
            **{name: self._redemption() for name in ("redemption", "released")},
            "signed": self._signed(),
        }

    def _signed(self) -> str:
        asked = {"shopper": "a-old", "offer_id": "a-signed"}
        return self.a.call("POST", "/v1/offers/tokens", asked).json()["token"]

    def _redemption(self) -> str:
        basket = {"basket": {"lines": [{"product_id": "both"}]}}
        return self.a.call("POST", "/v1/redemptions", basket).json()["redemption_id"]

    def _two_models(self) -> list[str]:
        """Two, so that there is one to go back to."""
        return [train(self.merchant.shops, self.a.shop_id, now=time.time()).version for _ in range(2)]

    def _opened(self, name: str) -> OpenShop:
        shop = OpenShop(
            self.service, self.merchant, self.merchant.open_shop(name, {"currency": "EUR"}).as_dict()
        )
        for product in (f"{name}-thing", f"{name}-gone", "both"):
            shop.product(product, name=f"canary-in-{name}")
        shop.product(f"{name}-hidden", name=f"canary-behind-{name}", hidden=True)
        for rule in (f"{name}-rule", f"{name}-rule-gone"):
            title, gives = {"en": f"canary-behind-{name}"}, {"free_shipping": {}}
            written = {"offer_id": rule, "title": title, "state": "draft", "gives": gives}
            assert shop.call("POST", "/v1/offer-rules", written).status_code == 201
        for rule, more in (("gift", {"gift": {"valid_days": 3}}), ("signed", {"holdout": 0})):
            written = {"offer_id": f"{name}-{rule}", "state": "live", "gives": {"free_shipping": {}}, **more}
            assert shop.call("POST", "/v1/offer-rules", written).status_code == 201
        for slot in (f"{name}-slot", f"{name}-slot-gone"):
            written = {"placement": slot, "kinds": ["trending"], "title": {"en": f"canary-behind-{name}"}}
            assert shop.call("PUT", f"/v1/placements/{slot}", written).status_code == 200
        for segment in (f"{name}-segment", f"{name}-segment-gone"):
            written = {"segment": segment, "title": f"canary-behind-{name}", "when": {"first_order": {}}}
            assert shop.call("PUT", f"/v1/segments/{segment}", written).status_code == 201
        for use in (f"{name}-use", f"{name}-use-gone"):
            needs = [{"any": [{"product_id": f"{name}-thing"}]}]
            written = {"use_id": use, "title": f"canary-behind-{name}", "state": "draft", "needs": needs}
            assert shop.call("POST", "/v1/use-ideas", written).status_code == 201
        said = ContextWords(f"{name}-context", title=f"canary-behind-{name}")
        shop.merchant.shops.put(shop.shop_id, {f"context/{name}-context": said.to_bytes()})
        for number, who in enumerate(["-one", "-two"], 1):
            shop.send(*self._life(shop, f"{name}{who}", f"canary-of-{name}{number}", f"{name}-thing"))
            said = {"for": [f"canary-of-{name}{number}"]}
            assert shop.call("PATCH", f"/v1/shoppers/{name}{who}/preferences", said).status_code == 200
        return shop

    @staticmethod
    def _life(shop: OpenShop, who: str, canary: str, product: str) -> list[dict[str, Any]]:
        """What one shopper did and is; the word stands wherever something of a person is kept."""
        seen = {"type": "track", "event": "Product Viewed", "userId": who, "messageId": f"seen-{canary}"}
        return [
            {"type": "identify", "userId": who, "traits": {"email": f"{canary}@x.example", "name": canary}},
            {**seen, "properties": {"product_id": product, "url": f"https://x.example/{canary}"}},
            {"type": "track", "event": "Products Searched", "userId": who, "properties": {"query": canary}},
            {"type": "track", "event": f"Asked {canary}", "userId": who, "properties": {"note": canary}},
            shop.buys(who, product, order=f"order-{canary}"),
        ]

    def _principals(self) -> dict[str, dict[str, str]]:
        text, key = self.merchant.rotate(self.a.shop_id, "secret")
        self.merchant.revoke(self.a.shop_id, key.key_id)
        headers = {NOBODY: {}, REVOKED: bearer(text)}
        for shop, pk, sk in ((self.a, PK_A, SK_A), (self.b, PK_B, SK_B)):
            headers |= {pk: bearer(shop.keys["publishable"]), sk: bearer(shop.keys["secret"])}
        for who, shop, subject in ((A1, self.a, "a-one"), (A2, self.a, "a-two"), (B1, self.b, "b-one")):
            headers[who] = {**bearer(shop.keys["publishable"]), "Rapport-Shopper": shop.token(subject)}
        tickets = self.merchant.shops.memory(self.a.shop_id).tickets
        for who, role in ((VIEWER, "viewer"), (OWNER, "owner")):
            session = tickets.issue("session", {"email": f"{role}@x.example", "role": role}, 3600)
            headers[who] = {"Cookie": f"rapport_console={self.a.shop_id}.{session}"}
        return headers

    def ask(self, row: Row, who: str) -> requests.Response:
        given = json.loads(FILLED.sub(lambda gap: self.filled[gap[1]], json.dumps(row.body)))
        body = {} if given is None else ({"data": given} if row.form else {"json": given})
        return self.session.request(
            row.method,
            self.service.url + FILLED.sub(lambda gap: self.filled[gap[1]], row.asked),
            headers=self.headers[who],
            timeout=30,
            allow_redirects=False,
            **body,
        )


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@pytest.fixture(scope="module")
def two(alone: Any) -> TwoShops:
    return TwoShops(*alone)


def test_every_route_is_declared(store: Any) -> None:
    declared = {(row.method, row.rule) for row in ROWS}
    there = {
        (method, rule.rule)
        for rule in create(store=store).url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert sorted(there - declared) == [], "these doors say nowhere for whom they are (access_table.py)"
    assert sorted(declared - there) == [], "these rows speak of doors that are not there"


def test_only_those_declared_are_answered_and_only_with_their_own(two: TwoShops) -> None:
    wrong, leaked = [], []
    answers: dict[str, int] = defaultdict(int)
    for row in ROWS:
        # Those who are to be refused come first: what one who may has taken away would refuse everybody.
        for who in sorted(PRINCIPALS, key=lambda who: who in row.opens):
            answer = two.ask(row, who)
            answers[who] += answer.ok
            if (200 <= answer.status_code < 300) != (who in row.opens) or answer.status_code >= 500:
                wrong.append((row.method, row.asked, who, answer.status_code, answer.text[:200]))
            text = answer.text + json.dumps(dict(answer.headers))
            leaked += [
                (row.asked, who, word) for word, may in MAY_SEE.items() if word in text and who not in may
            ]
    assert wrong == []
    assert leaked == []
    assert all(answers[who] for who in PRINCIPALS)


def test_the_words_are_there_to_be_found(two: TwoShops) -> None:
    """The control: those who may see a word are answered with it, so that the search can find one."""
    seen = defaultdict(set)
    for asked in (
        "/v1/products",
        "/v1/offer-rules",
        "/v1/recommendations?kind=trending",
        "/v1/placements/a-slot",
    ):
        for who in (SK_A, SK_B, PK_A, A1):
            text = two.ask(Row("GET", "", frozenset(), asked), who).text
            seen[who] |= {word for word in MAY_SEE if word in text}
    assert {"canary-in-a", "canary-behind-a"} <= seen[SK_A]
    assert {"canary-in-b", "canary-behind-b"} <= seen[SK_B]
    assert seen[PK_A] == seen[A1] == {"canary-in-a"}


def test_a_shoppers_ownership_is_their_own(two: TwoShops) -> None:
    two.a.product("only-one")
    two.a.send(two.a.buys("a-one", "only-one"))
    me = Row("GET", "", frozenset(), "/v1/shoppers/me")
    for who, word in ((A1, "canary-of-a1"), (A2, "canary-of-a2"), (B1, "canary-of-b1")):
        assert word in two.ask(me, who).text
    owned = {who: {o["product_id"] for o in two.ask(me, who).json()["ownership"]} for who in (A1, A2, B1)}
    assert "only-one" in owned[A1]
    assert "only-one" not in owned[A2] | owned[B1]


def test_what_shop_a_does_touches_no_key_of_another(two: TwoShops) -> None:
    connection = two.merchant.shops.store.connection
    tags = tuple(f"{{{two.a.shop_id}{end}".encode() for end in ("}", ":"))

    def of_others() -> dict[bytes, bytes]:
        """Every key that is not shop A's, with what it holds."""
        return {key: connection.call("DUMP", key) for key in connection.scan("*") if not key.startswith(tags)}

    before, own = of_others(), sum(key.startswith(tags) for key in connection.scan("*"))
    assert any(key.startswith(f"{{{two.b.shop_id}".encode()) for key in before)
    for row in ROWS:
        for who in (PK_A, SK_A, A1, A2, VIEWER, OWNER):
            two.ask(row, who)
    two.a.send(*two._life(two.a, "a-three", "canary-of-a3", "a-thing"))
    assert of_others() == before
    assert {key for key in before if not key.startswith(f"{{{two.b.shop_id}".encode())} == {
        key for key in before if key.startswith(b"rapport:")
    }
    assert sum(key.startswith(tags) for key in connection.scan("*")) > own  # it did write, of its own


def test_the_scan_sees_a_key_of_another(two: TwoShops) -> None:
    """The control: a single write of shop B shows in what is compared."""
    connection = two.merchant.shops.store.connection
    held = {key: connection.call("DUMP", key) for key in connection.scan(f"{{{two.b.shop_id}*")}
    two.b.send(two.b.buys("b-one", "b-thing"))
    assert held != {key: connection.call("DUMP", key) for key in connection.scan(f"{{{two.b.shop_id}*")}
