"""The shop's models at the doors: listed, shown, compared, and put into service."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.api.conftest import OpenShop


@pytest.fixture(scope="module")
def trained(open_shop: Callable[..., OpenShop]) -> OpenShop:
    """A shop of two products with two models."""
    shop = open_shop("Models")
    for name in ("drill", "bits"):
        shop.product(name)
    shop.send(*(shop.buys(who, "drill", "bits") for who in ("ann", "bob", "cho")))
    shop.train()
    shop.train()
    return shop


def test_models_are_listed_and_shown(trained: OpenShop) -> None:
    listed = trained.call("GET", "/v1/models").json()["items"]
    assert [each["serving"] for each in listed] == [True, False]
    newest, oldest = (each["version"] for each in listed)
    assert newest > oldest
    shown = trained.call("GET", f"/v1/models/{newest}").json()
    assert shown["counts"]["orders"] == 3
    assert shown["trained_at"].endswith("Z")
    assert shown["settings"]
    assert shown["seconds"]
    assert trained.suggestions("complements", product="drill")["model_version"] == newest


def test_two_are_compared(trained: OpenShop) -> None:
    one, other = (each["version"] for each in trained.call("GET", "/v1/models").json()["items"])
    compared = trained.call("GET", "/v1/models/compare", params={"a": one, "b": other}).json()
    assert compared["versions"] == [one, other]
    assert compared["counts"]["orders"] == [3, 3]
    assert compared["settings"] == {}
    assert {each["shared"] for each in compared["answers"]} == {1.0}


def test_an_earlier_one_is_put_into_service_once_and_on_record(trained: OpenShop) -> None:
    newest, oldest = (each["version"] for each in trained.call("GET", "/v1/models").json()["items"])
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    for repeated in (None, "true"):
        answer = trained.call("POST", f"/v1/models/{oldest}/publish", headers=headers)
        assert answer.json() == {"version": oldest, "before": newest}
        assert answer.headers.get("Idempotent-Replayed") == repeated
    assert trained.soon(
        lambda: trained.suggestions("complements", product="drill")["model_version"] == oldest
    )
    [entry] = [e for e in trained.merchant.shops.memory(trained.shop_id).audit.newest(10) if "model" in e.did]
    assert (entry.did, entry.what) == ("model.published", {"version": oldest, "before": newest})
    assert entry.who.startswith("key ")
    assert trained.call("POST", f"/v1/models/{newest}/publish").status_code == 200


def test_going_back_needs_no_name(trained: OpenShop) -> None:
    newest, oldest = (each["version"] for each in trained.call("GET", "/v1/models").json()["items"])
    answer = trained.call("POST", "/v1/models/rollback")
    assert answer.json() == {"version": oldest, "before": newest}
    again = trained.call("POST", "/v1/models/rollback", {})
    assert (again.status_code, again.json()["code"]) == (409, "refused")
    assert "no earlier version" in again.json()["detail"]
    assert trained.call("POST", f"/v1/models/{newest}/publish", {"force": False}).status_code == 200


def test_a_body_that_means_nothing_here_is_named(trained: OpenShop) -> None:
    newest = trained.call("GET", "/v1/models").json()["items"][0]["version"]
    answer = trained.call("POST", f"/v1/models/{newest}/publish", {"forced": True})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/forced")
    answer = trained.call("POST", f"/v1/models/{newest}/publish", data=b"not json")
    assert (answer.status_code, answer.json()["code"]) == (400, "unreadable")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/models/20200101T000000Z-abcdef", 404, "not_found"),
        ("GET", "/v1/models/%2e%2e", 404, "not_found"),
        ("POST", "/v1/models/20200101T000000Z-abcdef/publish", 404, "not_found"),
        ("GET", "/v1/models/compare", 422, "invalid"),
        ("GET", "/v1/models/compare?a=20200101T000000Z-abcdef&b=x", 404, "not_found"),
    ],
)
def test_what_is_not_there_is_said(trained: OpenShop, method: str, path: str, status: int, code: str) -> None:
    answer = trained.call(method, path)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


def test_one_that_does_not_load_is_refused_with_the_reason(trained: OpenShop) -> None:
    serving = trained.call("GET", "/v1/models").json()["items"][0]["version"]
    folder: Path = trained.merchant.shops.memory(trained.shop_id).models
    foreign = "20990101T000000Z-abcdef"
    shutil.copytree(folder / serving, folder / foreign)
    answer = trained.call("POST", f"/v1/models/{foreign}/publish")
    assert (answer.status_code, answer.json()["code"]) == (409, "refused")
    assert f"saved as '{serving}'" in answer.json()["detail"]
    shutil.rmtree(folder / foreign)
