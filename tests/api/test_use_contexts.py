"""Learned contexts through doors and command line: told, named, merged, hidden, and kept by training."""

from __future__ import annotations

import random
from typing import Any

import orjson
import pytest
from click.testing import CliRunner

from api.cli import rapport
from plugin.uses.retraining import NEXT_NUMBER

KINDS = {
    "tea": ["pot", "cups", "strainer", "honey", "tin"],
    "letters": ["pen", "ink", "paper", "stamp", "wax"],
    "garden": ["spade", "soil", "seeds", "can", "twine"],
}


@pytest.fixture(scope="module")
def shop(open_shop: Any) -> Any:
    shop, dice = open_shop("Contexts"), random.Random(3)
    for names in KINDS.values():
        for name in names:
            shop.product(name, name=name.title(), durable=True, category="Things")
    for number in range(90):
        names = list(KINDS.values())[number % 3]
        shop.send(shop.buys(f"s{number}", *dice.sample(names, 4)))
    shop.send(shop.buys("ann", "pot"))
    shop.train()
    return shop


def told(shop: Any) -> dict[str, dict[str, Any]]:
    """The contexts by the kind that they are of."""
    items = shop.call("GET", "/v1/use-contexts").json()["items"]
    return {kind: each for each in items for kind, names in KINDS.items() if _first(each) <= set(names)}


def _first(context: dict[str, Any]) -> set[str]:
    return {product["product_id"] for product in context["products"][:4]}


def test_they_are_told_and_lead_a_shopper_on(shop: Any) -> None:
    assert shop.soon(lambda: set(told(shop)) == set(KINDS))
    tea = told(shop)["tea"]
    assert tea["people"] >= 25
    assert (tea["hidden"], tea["merged"], tea["found"]) == (False, [], True)
    (use,) = shop.suggestions("new-uses", shopper="ann")["uses"]
    assert use["use_id"] == tea["use_id"] == f"context:{tea['context_id']}"
    assert [each["product_id"] for each in use["owned"]] == ["pot"]
    assert len(use["missing"]) in (2, 3)
    assert use["reason"]["code"] == "others_buy"


def test_lists_go_on_where_they_stopped(shop: Any) -> None:
    first = shop.call("GET", "/v1/use-contexts?limit=2").json()
    rest = shop.call("GET", f"/v1/use-contexts?limit=2&cursor={first['next']}").json()
    ids = [each["context_id"] for each in first["items"] + rest["items"]]
    assert len(ids) == len(set(ids)) == 3
    assert rest["next"] is None


def test_the_merchants_words_outlive_retraining(shop: Any) -> None:
    before = {kind: each["context_id"] for kind, each in told(shop).items()}
    path = f"/v1/use-contexts/{before['letters']}"
    named = shop.call("PATCH", path, {"title": {"en": "Writing letters", "de": "Briefe schreiben"}})
    assert (named.status_code, named.json()["title"]) == (200, "Writing letters")
    for number in range(200, 260):
        shop.send(shop.buys(f"s{number}", *list(KINDS.values())[number % 3][number % 2 :]))
    version = shop.merchant.shops.view(shop.shop_id).model_version
    shop.train()
    assert shop.merchant.shops.view(shop.shop_id, fresh=True).model_version != version
    assert {kind: each["context_id"] for kind, each in told(shop).items()} == before
    assert told(shop)["letters"]["title"] == "Writing letters"


def test_without_the_former_ones_numbers_start_where_none_ever_was(shop: Any) -> None:
    """The control: a training that knows of none before numbers all anew, and gives no number twice."""
    before = {each["context_id"] for each in told(shop).values()}
    shops, documents = shop.merchant.shops, shop.merchant.shops.memory(shop.shop_id).documents
    following = orjson.loads(documents.get(NEXT_NUMBER))["next"]
    shops.put(shop.shop_id, {"model": None})
    shop.train()
    assert shop.soon(lambda: {each["context_id"] for each in told(shop).values()}.isdisjoint(before))
    assert min(int(each["context_id"]) for each in told(shop).values()) >= following


def test_a_hidden_context_is_shown_to_nobody(shop: Any) -> None:
    path = f"/v1/use-contexts/{told(shop)['tea']['context_id']}"
    assert shop.call("PATCH", path, {"hidden": True}).json()["hidden"] is True
    assert shop.soon(lambda: shop.suggestions("new-uses", shopper="ann")["uses"] == [])
    assert shop.call("PATCH", path, {"hidden": False}).json()["hidden"] is False
    assert shop.soon(lambda: len(shop.suggestions("new-uses", shopper="ann")["uses"]) == 1)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"title": ""}, "/title"),
        ({"title": {"english please": "x"}}, "/title/english please"),
        ({"hidden": "yes"}, "/hidden"),
        ({"merged_into": "nowhere"}, "/merged_into"),
        ({"people": 5}, "/people"),
    ],
)
def test_what_cannot_be_said_is_refused_where_it_is_wrong(shop: Any, body: Any, pointer: str) -> None:
    answer = shop.call("PATCH", f"/v1/use-contexts/{told(shop)['tea']['context_id']}", body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_an_unknown_context_is_not_found(shop: Any) -> None:
    assert shop.call("PATCH", "/v1/use-contexts/none", {"hidden": True}).status_code == 404
    assert shop.call("PATCH", "/v1/use-contexts/-?id=none", {"hidden": True}).status_code == 404


def test_the_command_line_says_and_does_the_same(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_DATA", str(shop.service.data))

    def run(*words: str) -> Any:
        done = CliRunner().invoke(rapport, ["uses", words[0], "--shop", shop.shop_id, *words[1:], "--json"])
        assert done.exit_code == 0, (done.output, done.exception)
        return orjson.loads(done.stdout)

    ids = {kind: each["context_id"] for kind, each in told(shop).items()}
    listed = run("contexts")["contexts"]
    assert {each["context_id"] for each in listed if each["found"]} == set(ids.values())
    lost = [each["title"] for each in listed if not each["found"]]
    assert lost == ["Writing letters"], "what was said of a lost one is kept, should it return"
    assert run("rename", ids["garden"], "Gardening")["title"] == "Gardening"
    assert run("rename", ids["garden"], "Gärtnern", "--locale", "de")["given_title"] == {"de": "Gärtnern"}
    assert run("merge", ids["garden"], ids["letters"])["merged"] == [ids["garden"]]
    assert len(run("contexts")["contexts"]) == len(listed) - 1
    assert run("merge", ids["garden"])["context_id"] == ids["garden"]
    assert run("hide", ids["garden"])["hidden"] is True
    assert run("hide", ids["garden"], "--undo")["hidden"] is False
    taken = ["uses", "promote", "--shop", shop.shop_id, ids["garden"], "--use-id", "context:1"]
    assert CliRunner().invoke(rapport, taken).exit_code != 0, "ids of contexts are no ids of ideas"
    idea = run("promote", ids["garden"], "--use-id", "gardening")
    assert (idea["state"], len(idea["needs"])) == ("draft", 3)
    assert shop.call("GET", "/v1/use-ideas/gardening").json()["title"] == {"de": "Gärtnern"}
