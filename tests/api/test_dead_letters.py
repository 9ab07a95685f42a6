"""What a door could not use inside a batch: listed with the reason, put right, and counted once."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from api.cli import rapport


def viewed(product: Any = "drill", who: str | None = "ann", **fields: Any) -> dict[str, Any]:
    event = {"event": "Product Viewed", "messageId": uuid.uuid4().hex, "properties": {"product_id": product}}
    return {**event, **({"userId": who} if who else {}), **fields}


@pytest.fixture
def own(open_shop: Callable[..., Any]) -> Any:
    return open_shop("Letters", origins=["https://tools.example"])


def post(shop: Any, *events: Any, key: str = "secret", **kwargs: Any) -> Any:
    return shop.call("POST", "/v1/batch", {"batch": list(events)}, key=key, **kwargs)


def listed(shop: Any, **asked: Any) -> list[dict[str, Any]]:
    answer = shop.call("GET", "/v1/dead-letters", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def test_a_refused_event_of_a_batch_is_listed_with_its_reason(own: Any) -> None:
    bad = viewed(product=None)
    assert post(own, viewed(), bad, "nonsense").json()["accepted"] == 1
    letters = listed(own)
    assert {each["where"] for each in letters} == {"door"}
    assert {each["trust"] for each in letters} == {"shop"}
    by_document = {json.dumps(each["document"]): each for each in letters}
    assert by_document[json.dumps(bad)]["detail"] == "/properties/product_id is missing."
    assert by_document[json.dumps("nonsense")]["code"] == "invalid"


def test_what_is_put_right_counts_once_and_leaves_the_list(own: Any) -> None:
    post(own, viewed(), viewed(product=None, who="ben"), viewed(product=None, who="cas"))
    letters = {each["document"]["userId"]: each for each in listed(own)}
    again = own.call("POST", "/v1/dead-letters/replay", {})
    assert (again.json()["applied"], len(again.json()["still"])) == (0, 2)
    right = {**letters["ben"]["document"], "properties": {"product_id": "drill"}}
    del right["messageId"]  # it keeps the one it came with
    correction = {"corrected": [{"id": letters["ben"]["id"], "document": right}]}
    for expected in (1, 0):
        done = own.call("POST", "/v1/dead-letters/replay", correction)
        assert (done.status_code, done.json()["applied"]) == (200, expected)
    assert [each["id"] for each in listed(own)] == [letters["cas"]["id"]]
    assert own.call("GET", "/v1/shoppers/ben").status_code == 200
    assert own.send({**right, "messageId": letters["ben"]["document"]["messageId"]})["duplicates"] == 1


def test_neither_tokens_nor_keys_are_kept_and_the_proven_shopper_stays_proven(own: Any) -> None:
    token, key = own.token("dora"), own.keys["publishable"]
    bad = viewed(
        product=None, who="dora", writeKey=key, context={"shopperToken": token, "page": {"path": "/"}}
    )
    post(own, viewed(who=None, anonymousId="a1"), bad, key="publishable")
    (letter,) = listed(own)
    assert token not in json.dumps(letter)
    assert key not in json.dumps(letter)
    right = {**letter["document"], "properties": {"product_id": "drill"}}
    done = own.call(
        "POST", "/v1/dead-letters/replay", {"corrected": [{"id": letter["id"], "document": right}]}
    )
    assert done.json()["applied"] == 1
    assert own.call("GET", "/v1/shoppers/dora").status_code == 200


def test_wrong_tokens_are_not_kept_and_large_events_only_by_their_reason(own: Any) -> None:
    forged = viewed(who="eva", context={"shopperToken": own.token("eva")[:-4] + "AAAA"})
    large = viewed(properties={"product_id": "drill", "note": "x" * 33_000})
    post(own, viewed(who=None, anonymousId="a1"), forged, large, key="publishable")
    (letter,) = listed(own)
    assert (letter["code"], letter["document"], letter["trust"]) == ("too_large", None, "browser")


@pytest.mark.parametrize("junk", ["x" * 400_000, [[1] * 20_000] * 5, json.loads("[" * 300 + "]" * 300)])
def test_what_is_no_event_at_all_is_kept_no_larger_than_one(own: Any, junk: Any) -> None:
    answer = post(own, viewed(who=None, anonymousId="a1"), junk, key="publishable")
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)
    (letter,) = listed(own)
    assert (letter["code"], letter["document"]) == ("too_large", None)


def test_what_asks_not_to_be_followed_is_not_kept_here_either(own: Any) -> None:
    bad = viewed(product=None, who=None, anonymousId="a1")
    post(own, viewed(who=None, anonymousId="a1"), bad, key="publishable", headers={"Sec-GPC": "1"})
    assert listed(own) == []


def test_the_list_is_the_shops_servers_alone_and_read_in_parts(own: Any) -> None:
    post(own, viewed(), *[viewed(product=None) for _ in range(5)])
    first = own.call("GET", "/v1/dead-letters", params={"limit": 3}).json()
    rest = own.call("GET", "/v1/dead-letters", params={"limit": 3, "cursor": first["next"]}).json()
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (3, 2, None)
    assert own.call("GET", "/v1/dead-letters", key="publishable").status_code == 403
    assert own.call("POST", "/v1/dead-letters/replay", {}, key="publishable").status_code == 403
    assert own.call("POST", "/v1/dead-letters/replay", {"unknown": 1}).status_code == 422


def test_the_command_line_lists_replays_and_drops(own: Any, tmp_path: Any) -> None:
    post(own, viewed(), *[viewed(product=None, who=f"c{n}") for n in range(3)])

    def run(*words: str) -> Any:
        return CliRunner().invoke(rapport, words, env={**own.service.environment, "REDIS_URL": ""})

    def command(*words: str) -> Any:
        done = run("dead-letters", words[0], "--shop", own.shop_id, "--json", *words[1:])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    letters = command("list")
    assert [each["detail"] for each in letters] == ["/properties/product_id is missing."] * 3
    for each in letters[:2]:
        each["document"]["properties"] = {"product_id": "saw"}
    corrected = tmp_path / "corrected.json"
    corrected.write_text(json.dumps(letters[:2]))
    came = command("replay", "--corrected", str(corrected))
    assert (came["applied"], came["still"]) == (2, [])
    assert len(command("replay")["still"]) == 1
    assert command("drop", letters[2]["id"]) == {"dropped": 1}
    assert command("list") == []
    refused = run("dead-letters", "drop", "--shop", own.shop_id)
    assert refused.exit_code != 0
    assert "--all" in str(refused.exception)
