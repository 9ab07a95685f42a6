"""How often, how much, how deep: refused quickly, with the moment to come back, over all workers (S18)."""

from __future__ import annotations

import gzip
import os
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from api.limits import address
from plugin.errors import Refused
from plugin.merchant import Merchant
from plugin.settings import Settings
from plugin.shops import Shops
from plugin.store.memory import open_store
from tests.api.conftest import OpenShop
from tests.conftest import Service, free_port, start_service, stop

FEW = {"RAPPORT_LIMIT_ADDRESS": "40", "RAPPORT_LIMIT_SHOP": "90", "RAPPORT_LIMIT_SERVER": "200",
       "RAPPORT_LIMIT_TOKENS": "10", "RAPPORT_TRUSTED_PROXIES": "1"}  # fmt: skip


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A service of two workers with small limits behind one proxy, and a way to open shops in it."""
    data = tmp_path_factory.mktemp("limited")
    environment = {**os.environ, **FEW, "RAPPORT_DATA": str(data), "RAPPORT_SHARDS": "8"}
    environment.pop("REDIS_URL", None)
    port, store = free_port(), open_store(Settings(data=data, shards=8))
    process = start_service(environment, port, "--no-work", "--workers", "2")
    service = Service(f"http://127.0.0.1:{port}", data, {}, process, environment)
    merchant = Merchant(Shops(store), time.time)
    yield lambda: OpenShop(service, merchant, merchant.open_shop("Few", {"currency": "EUR"}).as_dict())
    stop(process)
    store.close()


def in_one_minute(scenario: Callable[[OpenShop, OpenShop], None]) -> Callable[[Any], None]:
    """Play a scenario with two new shops, and again with others when the minute ended meanwhile."""

    def test(limited: Any) -> None:
        while True:
            minute = time.time() // 60
            try:
                scenario(limited(), limited())
            except AssertionError:
                if time.time() // 60 == minute:
                    raise
            if time.time() // 60 == minute:
                return

    test.__doc__ = scenario.__doc__
    return test


def calls(shop: OpenShop, number: int, key: str, path: str, **headers: str) -> list[Any]:
    """Call so often, each time on a connection of its own, so that both workers get their share."""
    answers = []
    for _ in range(number):
        shop.session.close()
        answers.append(shop.call("GET", path, key=key, headers=headers))
    return answers


def let_through(answers: list[Any]) -> int:
    for answer in answers:
        if answer.status_code == 429:
            assert answer.json()["code"] == "rate_limited"
            assert 1 <= int(answer.headers["Retry-After"]) <= 60
    return sum(answer.status_code != 429 for answer in answers)


def forwarded(value: str) -> dict[str, str]:
    return {"X-Forwarded-For": value}


ASKED = "/v1/recommendations?kind=trending"


@in_one_minute
def test_one_address_has_its_limit_over_both_workers(shop: OpenShop, other: OpenShop) -> None:
    assert let_through(calls(shop, 70, "publishable", ASKED, **forwarded("203.0.113.7"))) == 40
    # What a caller writes in front of what the proxy wrote changes nothing.
    spoofed = forwarded("198.51.100.1, 203.0.113.7")
    assert let_through(calls(shop, 5, "publishable", ASKED, **spoofed)) == 0
    assert let_through(calls(shop, 5, "publishable", ASKED, **forwarded("203.0.113.8"))) == 5
    assert let_through(calls(other, 5, "publishable", ASKED, **forwarded("203.0.113.7"))) == 5


@in_one_minute
def test_one_shop_has_its_limit_whatever_the_addresses(shop: OpenShop, other: OpenShop) -> None:
    passed = 0
    for number in range(6):
        passed += let_through(calls(shop, 25, "publishable", ASKED, **forwarded(f"203.0.113.{number}")))
    assert passed == 90
    assert let_through(calls(other, 5, "publishable", ASKED, **forwarded("203.0.113.0"))) == 5


@in_one_minute
def test_the_shops_server_has_a_limit_of_its_own(shop: OpenShop, other: OpenShop) -> None:
    # Two workers may each have let one portion (two of two hundred) through on trust.
    assert 200 - 4 <= let_through(calls(shop, 230, "secret", ASKED)) <= 200 + 4
    assert let_through(calls(shop, 3, "publishable", ASKED, **forwarded("203.0.113.9"))) == 3
    assert let_through(calls(other, 3, "secret", ASKED)) == 3


@in_one_minute
def test_an_address_that_brings_forged_tokens_is_told_to_wait_and_a_true_one_opens(
    shop: OpenShop, other: OpenShop
) -> None:
    who = forwarded("203.0.113.21")
    forged = {**who, "Rapport-Shopper": other.token("ann")}
    answers = calls(shop, 25, "publishable", "/v1/shoppers/me", **forged)
    assert sum(answer.status_code == 401 for answer in answers) == 10
    assert sum(answer.status_code == 429 for answer in answers) == 15
    true = {**who, "Rapport-Shopper": shop.token("ann")}
    assert shop.call("GET", "/v1/shoppers/me", key="publishable", headers=true).status_code == 200


@in_one_minute
def test_activity_is_refused_as_its_senders_understand(shop: OpenShop, other: OpenShop) -> None:
    who = forwarded("203.0.113.31")
    calls(shop, 45, "publishable", ASKED, **who)
    event = {
        "type": "track",
        "event": "Product Viewed",
        "anonymousId": "v",
        "properties": {"product_id": "p"},
    }
    answer = shop.call("POST", "/v1/batch", {"batch": [event]}, key="publishable", headers=who)
    assert let_through([answer]) == 0
    assert other.call("POST", "/v1/batch", {"batch": [event]}, key="publishable", headers=who).ok


@pytest.mark.parametrize(
    ("given", "proxies", "counts_as"),
    [("93.184.216.34", 0, "93.184.216.34"), ("127.0.0.1", 0, None), ("10.1.2.3", 0, None), ("::1", 0, None),
     ("fd00::1", 0, None), ("10.1.2.3", 1, "10.1.2.3"), ("2606:2800:21f:cb07::1", 0, "2606:2800:21f:cb07::"),
     ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", 1, "2606:2800:21f:cb07::"),
     ("::ffff:93.184.216.34", 0, "93.184.216.34"),
     ("93.184.216.34:4711", 1, "93.184.216.34"), ("[2606:2800:21f:cb07::1]:4711", 1, "2606:2800:21f:cb07::"),
     ("nonsense", 1, "unknown"), ("nonsense", 0, None), (None, 0, None), ("", 1, "unknown")],
)  # fmt: skip
def test_what_counts_as_one_address(given: str | None, proxies: int, counts_as: str | None) -> None:
    assert address(given, proxies) == counts_as


def test_without_a_proxy_announced_the_header_is_nobodys_word(shop: Any) -> None:
    """A caller that names a thousand addresses is one caller still, and loopback stands for many."""
    for number in range(30):
        answer = shop.call("GET", ASKED, key="publishable", headers=forwarded(f"203.0.113.{number}"))
        assert answer.status_code == 200
    connection = shop.merchant.shops.store.connection
    assert list(connection.scan(f"{{{shop.shop_id}:*:limit:address:*")) == []


DEEP = b"[" * 5_000 + b"]" * 5_000
DEEP_OBJECT = b'{"a":' * 2_000 + b"1" + b"}" * 2_000
BOMB = gzip.compress(b"0" * 30_000_000)


@pytest.mark.parametrize("path", ["/v1/recommendations", "/v1/placements", "/v1/offers/quote", "/v1/products",
                                  "/v1/offer-rules", "/v1/track", "/v1/batch"])  # fmt: skip
def test_sizes_and_depths_are_bounded(shop: Any, path: str) -> None:
    packed = {"Content-Encoding": "gzip"}
    for body, headers, statuses in (
        (b"x" * 700_000, {}, {413}),
        (BOMB, packed, {413}),
        (DEEP, {}, {400, 422}),
        (DEEP_OBJECT, {}, {400, 413, 422}),
        (b"", {}, {400}),
        (b"\xff\xfe", {}, {400}),
        (gzip.compress(b"{}")[:-4], packed, {400}),
        (b"{}", {"Content-Encoding": "br"}, {400}),
    ):
        answer = shop.call("POST", path, data=body, headers={"Content-Type": "application/json", **headers})
        assert answer.status_code in statuses, (path, body[:20], answer.status_code, answer.text[:300])
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_refusals_are_as_quick_as_hello(shop: Any, limited: Any) -> None:
    """413, 422 and 429 beside `/healthz` in the same run; the bound is generous, a hang is not within it."""
    few = limited()
    who = forwarded("203.0.113.41")
    calls(few, 45, "publishable", ASKED, **who)
    large, invalid = b" " * 600_000, {"kind": "trending", "nonsense": uuid.uuid4().hex}
    asked = {
        "hello": lambda: (shop.call("GET", "/healthz", key=None), 200),
        "413": lambda: (shop.call("POST", "/v1/recommendations", data=large), 413),
        "422": lambda: (shop.call("POST", "/v1/recommendations", invalid), 422),
        "429": lambda: (few.call("GET", ASKED, key="publishable", headers=who), 429),
    }
    took: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(30):
        for name, ask in asked.items():
            began = time.perf_counter()
            answer, expected = ask()
            took[name].append(time.perf_counter() - began)
            assert answer.status_code in (expected, 200), answer.text  # 200: a new minute
    medians = {name: statistics.median(times) for name, times in took.items()}
    assert max(medians.values()) <= max(0.050, 10 * medians["hello"]), medians


def test_a_limit_that_is_none_is_refused_at_the_start() -> None:

    for wrong in ("-1", "many", "1.5"):
        with pytest.raises(Refused, match="RAPPORT_LIMIT_ADDRESS"):
            Settings.from_environment({"RAPPORT_LIMIT_ADDRESS": wrong})
    assert Settings.from_environment({"RAPPORT_LIMIT_SHOP": "0"}).limit_shop == 0
    assert Settings.from_environment({}).limit_address == Settings().limit_address
