"""A POST that is sent again with its key is answered again and carried out once (G13)."""

from __future__ import annotations

import json
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from api import answers as written
from api.app import create
from api.auth import opens
from api.idempotency import _digest
from plugin.errors import RateLimited, StoreUnavailable

RULE = {"offer_id": "gold", "state": "live", "gives": {"free_shipping": {}}}


@pytest.fixture(scope="module")
def filled(open_shop: Any) -> Any:
    """A shop with products and a shopper's order, that lists one origin."""
    shop = open_shop("Once", origins=["https://once.example"])
    for name in ("drill", "bits", "lamp"):
        shop.product(name)
    shop.send(shop.buys("ann", "drill"), shop.buys("bob", "lamp"))
    return shop


def rule(**fields: Any) -> dict[str, Any]:
    return {**RULE, "offer_id": f"rule-{uuid.uuid4().hex[:8]}", **fields}


def same(one: Any, other: Any) -> None:
    """The second answer repeats the first, to the byte."""
    assert other.headers.get("Idempotent-Replayed") == "true"
    assert "Idempotent-Replayed" not in one.headers
    assert (one.status_code, one.content) == (other.status_code, other.content)
    for name in ("Content-Type", "ETag", "Cache-Control", "Location"):
        assert one.headers.get(name) == other.headers.get(name)


DOORS = [
    ("/v1/recommendations", {"kind": "trending"}, "secret"),
    ("/v1/recommendations", {"kind": "trending"}, "publishable"),
    ("/v1/placements", {"slots": {"a": {"name": "trending"}}}, "publishable"),
    ("/v1/offers/quote", {"basket": {"lines": [{"product_id": "drill", "quantity": 2}]}}, "publishable"),
    ("/v1/products", {"product_id": "saw", "name": "Saw", "price": "3.00"}, "secret"),
    ("/v1/offer-rules", RULE, "secret"),
]


@pytest.mark.parametrize(("path", "body", "key"), DOORS)
def test_the_same_request_is_answered_the_same(filled: Any, path: str, body: Any, key: str) -> None:
    name = uuid.uuid4().hex
    first = asked(filled, path, body, name, key)
    assert first.status_code in (200, 201), first.text
    same(first, asked(filled, path, body, name, key))


def bearer(shop: Any, key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {shop.keys[key]}"}


def asked(shop: Any, path: str, body: Any, name: str | None, key: str = "secret", **headers: str) -> Any:
    own = {} if name is None else {"Idempotency-Key": name.encode()}
    given = {**bearer(shop, key), **headers, **own}
    return shop.call("POST", path, body, key=None, headers=given)


def versions(shop: Any, offer_id: str) -> int:
    """How often a rule was written: every writing makes a version."""
    return shop.call("GET", f"/v1/offer-rules/{offer_id}").json()["version"]


def test_a_repeat_changes_nothing_and_without_a_key_it_would(filled: Any) -> None:
    written = rule()
    for _ in range(5):
        asked(filled, "/v1/offer-rules", written, "once-and-no-more")
    assert versions(filled, written["offer_id"]) == 1
    written = rule()  # the control
    for _ in range(5):
        asked(filled, "/v1/offer-rules", written, None)
    assert versions(filled, written["offer_id"]) == 5


@pytest.mark.parametrize("with_key", [True, False])
def test_of_sixteen_at_once_one_is_carried_out(filled: Any, with_key: bool) -> None:
    """With the key one writing happens; without it (the control) sixteen do."""
    for _ in range(3):
        written, name = rule(), uuid.uuid4().hex if with_key else None
        with ThreadPoolExecutor(16) as pool:
            answers = list(
                pool.map(lambda _: fresh(filled, "/v1/offer-rules", written, name), range(16))  # noqa: B023
            )
        assert versions(filled, written["offer_id"]) == (1 if with_key else 16)
        if not with_key:
            continue
        first = [a for a in answers if a.status_code == 201 and "Idempotent-Replayed" not in a.headers]
        assert len(first) == 1
        for answer in answers:
            if answer.status_code == 409:
                assert answer.json()["code"] == "idempotency_running"
                assert int(answer.headers["Retry-After"]) >= 1
            else:
                assert (answer.status_code, answer.content) == (201, first[0].content)


def fresh(shop: Any, path: str, body: Any, name: str | None) -> Any:
    """Call on a connection of its own."""
    headers = {**bearer(shop, "secret"), **({"Idempotency-Key": name} if name else {})}
    return requests.post(shop.service.url + path, json=body, headers=headers, timeout=30)


@pytest.mark.parametrize("change", ["body", "path", "query", "if-match", "type"])
def test_the_key_of_another_request_is_refused(filled: Any, change: str) -> None:
    written, name = rule(), uuid.uuid4().hex
    assert asked(filled, "/v1/offer-rules", written, name).status_code == 201
    path = {"path": "/v1/products", "query": "/v1/offer-rules?x=1"}.get(change, "/v1/offer-rules")
    headers = {"if-match": {"If-Match": '"1"'}, "type": {"Content-Type": "text/plain"}}.get(change, {})
    body = {**written, "priority": 3} if change == "body" else written
    answer = asked(filled, path, body, name, **headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_mismatch"), answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert versions(filled, written["offer_id"]) == 1
    assert asked(filled, "/v1/offer-rules", written, name).headers["Idempotent-Replayed"] == "true"


def test_a_refusal_is_repeated_too(filled: Any) -> None:
    broken, name = rule(gives={"nonsense": {}}), uuid.uuid4().hex
    first = asked(filled, "/v1/offer-rules", broken, name)
    assert first.status_code == 422
    same(first, asked(filled, "/v1/offer-rules", broken, name))
    assert asked(filled, "/v1/offer-rules", rule(), name).json()["code"] == "idempotency_mismatch"


def test_while_the_first_is_at_it_and_after_it_died(filled: Any) -> None:
    """What a process that dies at work leaves behind is a run with a lease, put there here by hand."""
    written, name = rule(), uuid.uuid4().hex
    key, once = name.encode(), filled.merchant.shops.memory(filled.shop_id).once
    record = _digest(b"name", key, b"secret", b"nobody False")[:16]
    body = json.dumps(written).encode()
    parts = ("/v1/offer-rules?", "application/json", "", "")
    mark = _digest(b"asked", key, *(part.encode() for part in parts), body)
    turn = once.begin(record, mark, "secret", time.time())
    assert turn.state == "ours"

    def again() -> Any:
        headers = {"Content-Type": "application/json", "Idempotency-Key": name}
        return filled.call("POST", "/v1/offer-rules", data=body, headers=headers)

    answer = again()
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_running")
    assert answer.headers["Retry-After"] == "1"
    left = once._connection.call("PTTL", once._record(record))
    assert 0 < left <= 120_000  # its lease ends by itself
    once._connection.call("PEXPIRE", once._record(record), 0)
    first = again()
    assert first.status_code == 201
    same(first, again())


def test_what_one_person_was_answered_is_not_repeated_to_another(filled: Any) -> None:
    name, body = uuid.uuid4().hex, {"kind": "buy-again"}
    ann, bob = ({"Rapport-Shopper": filled.token(name)} for name in ("ann", "bob"))
    visitor = {"Rapport-Anonymous": "somebody"}
    people: list[dict[str, str]] = [ann, bob, visitor, {**visitor, "Sec-GPC": "1"}, {}]
    answers = [asked(filled, "/v1/recommendations", body, name, "publishable", **who) for who in people]
    assert all(answer.status_code == 200 for answer in answers)
    assert not any("Idempotent-Replayed" in answer.headers for answer in answers)
    assert len({answer.json()["recommendation_id"] for answer in answers}) == len(people)
    # The same person with a newer token is the same person.
    newer = {"Rapport-Shopper": filled.token("ann", iat=int(time.time()) - 5)}
    same(answers[0], asked(filled, "/v1/recommendations", body, name, "publishable", **newer))
    # The shop's server is nobody of them, and another shop has keys of its own.
    assert "Idempotent-Replayed" not in asked(filled, "/v1/recommendations", body, name).headers


def test_a_shops_server_that_hands_tokens_on_is_answered_for_each_shopper(filled: Any) -> None:
    name, body = uuid.uuid4().hex, {"kind": "for-you"}
    answers = [
        asked(filled, "/v1/recommendations", body, name, **{"Rapport-Shopper": filled.token(who)})
        for who in ("ann", "bob", "ann")
    ]
    assert [answer.headers.get("Idempotent-Replayed") for answer in answers] == [None, None, "true"]
    assert answers[0].json() == answers[2].json() != answers[1].json()


def test_shops_have_keys_of_their_own(filled: Any, open_shop: Any) -> None:
    other, name, written = open_shop("Else"), uuid.uuid4().hex, rule()
    assert asked(filled, "/v1/offer-rules", written, name).status_code == 201
    answer = asked(other, "/v1/offer-rules", written, name)
    assert answer.status_code == 201
    assert "Idempotent-Replayed" not in answer.headers
    assert versions(other, written["offer_id"]) == 1


@pytest.mark.parametrize("name", ["", "k" * 256, "k" * 5_000, "grüße"])
def test_a_key_that_is_none(filled: Any, name: str) -> None:
    answer = asked(filled, "/v1/offer-rules", rule(), name)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert answer.json()["errors"][0]["parameter"] == "Idempotency-Key"


@pytest.mark.parametrize("name", ["k", "k" * 255, 'a b, c; "d"', str(uuid.UUID(int=7))])
def test_a_key_may_be_any_text(filled: Any, name: str) -> None:
    written = rule()
    headers = {**bearer(filled, "secret"), "Idempotency-Key": name}
    first, second = (
        filled.call("POST", "/v1/offer-rules", written, key=None, headers=headers) for _ in range(2)
    )
    assert first.status_code == 201
    same(first, second)


def test_a_browser_may_read_that_it_was_repeated(filled: Any) -> None:
    name, headers = uuid.uuid4().hex, {"Origin": "https://once.example"}
    for _ in range(2):
        answer = asked(filled, "/v1/recommendations", {"kind": "trending"}, name, "publishable", **headers)
        assert answer.headers["Access-Control-Allow-Origin"] == "https://once.example"
        assert "Idempotent-Replayed" in answer.headers["Access-Control-Expose-Headers"]
    assert answer.headers["Idempotent-Replayed"] == "true"


def test_long_lists_are_repeated_line_by_line(filled: Any) -> None:
    lines = b"\n".join(b'{"product_id": "p%d", "price": "1.00"}' % n for n in range(2_000))
    headers = {"Content-Type": "application/x-ndjson", "Idempotency-Key": uuid.uuid4().hex}
    first, second = (filled.call("POST", "/v1/products", data=lines, headers=headers) for _ in range(2))
    assert first.text.count("\n") == 2_000
    same(first, second)


def test_nothing_of_an_answer_can_be_read_in_the_store(filled: Any) -> None:
    name = "order-4711-" + uuid.uuid4().hex
    answer = asked(filled, "/v1/recommendations", {"kind": "trending"}, name)
    connection = filled.merchant.shops.store.connection
    records = list(connection.scan(f"{{{filled.shop_id}:*:once:*"))
    assert records
    for key in records:
        held = connection.call("GET", key)
        for secret in (name, answer.json()["recommendation_id"], "drill", "Product"):
            assert secret.encode() not in key + held


def test_activity_is_known_by_its_message_ids_and_not_by_the_key(filled: Any) -> None:
    event = {"event": "Product Viewed", "anonymousId": "v", "properties": {"product_id": "drill"}}
    for number in range(2):
        answer = asked(filled, "/v1/track", {**event, "messageId": f"m{number}"}, "same")
        assert (answer.status_code, answer.json()["duplicates"]) == (200, 0)
    assert "Idempotent-Replayed" not in answer.headers


def test_an_oversized_body_is_refused_and_uses_no_key_up(filled: Any) -> None:
    name = uuid.uuid4().hex
    headers = {"Idempotency-Key": name, "Content-Type": "application/json"}
    answer = filled.call("POST", "/v1/offer-rules", data=b" " * 17_000_000, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert asked(filled, "/v1/offer-rules", rule(), name).status_code == 201


def test_an_answer_too_long_to_keep_is_not_carried_out_again(
    store: Any, merchant: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.idempotency.LARGEST_ANSWER", 10)
    shop, client = merchant.open_shop("Long", {"currency": "EUR"}), create(store=store).test_client()
    headers = {"Authorization": f"Bearer {shop.secret_key}", "Idempotency-Key": "long"}
    answers = [client.post("/v1/offer-rules", json=RULE, headers=headers) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 409, 409]
    assert answers[1].get_json()["code"] == "refused"
    assert client.get("/v1/offer-rules/gold", headers=headers).get_json()["version"] == 1


@pytest.mark.parametrize("fault", [StoreUnavailable("away"), RateLimited("later"), ValueError("ours")])
def test_what_passes_by_itself_is_not_kept(store: Any, merchant: Any, fault: Exception) -> None:
    """A door of this test's own: it fails at first, and then no more."""
    app, faults = create(store=store), [fault, fault]

    @app.post("/v1/fails-twice")
    @opens("secret")
    def fails_twice() -> Any:
        if faults:
            raise faults.pop()
        return written.answer({"done": True})

    shop = merchant.open_shop("Faulty", {"currency": "EUR"})
    headers = {"Authorization": f"Bearer {shop.secret_key}", "Idempotency-Key": "again"}
    answers = [app.test_client().post("/v1/fails-twice", headers=headers) for _ in range(4)]
    assert [a.status_code for a in answers] == [answers[0].status_code] * 2 + [200, 200]
    assert answers[0].status_code in (429, 500, 503)
    assert [a.headers.get("Idempotent-Replayed") for a in answers] == [None, None, None, "true"]
