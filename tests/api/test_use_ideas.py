"""Use ideas through the doors: written, listed, refused, answered, and what a shopper says to them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from api.cli import rapport

STEW = {
    "use_id": "stew",
    "title": {"en": "Stew by the fire", "de": "Eintopf am Feuer"},
    "summary": "One pot.",
    "url": "https://shop.example/ideas/stew",
    "needs": [
        {"any": [{"product_id": "stove"}]},
        {"any": [{"product_id": "gas"}, {"category": "Camp > Fuel"}]},
        {"any": [{"attribute": "material", "is": "iron"}]},
    ],
    "minutes": 40,
    "level": "easy",
}


@pytest.fixture(scope="module")
def camp(open_shop: Any) -> Any:
    shop = open_shop("Camp", origins=["https://camp.example"])
    shop.product("stove", name="Gas stove", durable=True)
    shop.product("gas", name="Gas can")
    shop.product("pot", name="Iron pot", attributes={"material": "iron"}, price="19.00")
    assert shop.call("POST", "/v1/use-ideas", STEW).status_code == 201
    shop.send(shop.buys("ann", "stove", "gas"))
    return shop


def test_an_idea_is_written_read_changed_and_taken_away(camp: Any) -> None:
    tea = {"use_id": "tea", "title": "Tea", "needs": STEW["needs"][:1]}
    assert camp.call("PUT", "/v1/use-ideas/tea", tea).status_code == 201
    assert camp.call("PUT", "/v1/use-ideas/tea", {**tea, "title": "Green tea"}).status_code == 200
    assert camp.call("GET", "/v1/use-ideas/tea").json() == {**tea, "title": "Green tea", "state": "live"}
    page = camp.call("GET", "/v1/use-ideas?limit=1").json()
    assert ([each["use_id"] for each in page["items"]], page["next"]) == (["stew"], "stew")
    assert camp.call("GET", "/v1/use-ideas?limit=1&cursor=stew").json()["items"][0]["use_id"] == "tea"
    assert camp.call("DELETE", "/v1/use-ideas/tea").status_code == 204
    assert camp.call("DELETE", "/v1/use-ideas/tea").status_code == 404
    assert camp.call("GET", "/v1/use-ideas/tea").status_code == 404
    audit = camp.merchant.shops.memory(camp.shop_id).audit
    assert [entry.did for entry in audit.newest(3)] == ["use.deleted", "uses.written", "uses.written"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"needs": []}, "/needs"),
        ({"needs": [{"any": []}]}, "/needs/0/any"),
        ({"needs": [{"any": [{"product_id": "a", "category": "b"}]}]}, "/needs/0/any/0"),
        ({"needs": [{"any": [{"attribute": "a"}]}]}, "/needs/0/any/0"),
        ({"needs": [{"any": [{"category": " > "}]}]}, "/needs/0/any/0/category"),
        ({"needs": [{"all": []}]}, "/needs/0/all"),
        ({"title": ""}, "/title"),
        ({"title": {"xx-": "a"}}, "/title/xx-"),
        ({"url": "javascript:alert(1)"}, "/url"),
        ({"minutes": 0}, "/minutes"),
        ({"minutes": "10"}, "/minutes"),
        ({"state": "on"}, "/state"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_lost(camp: Any, change: Any, pointer: str) -> None:
    answer = camp.call("PUT", "/v1/use-ideas/stew", {**STEW, **change})
    assert answer.status_code == 422, answer.text
    assert pointer in [fault["pointer"] for fault in answer.json()["errors"]]
    assert camp.call("GET", "/v1/use-ideas/stew").json()["title"] == STEW["title"]


def test_ids_of_learned_contexts_are_no_ids_of_ideas(camp: Any) -> None:
    mine = {**STEW, "use_id": "context:3"}
    for method, path in (("POST", "/v1/use-ideas"), ("PUT", "/v1/use-ideas/context:3")):
        answer = camp.call(method, path, mine)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/use_id")
        assert "learned contexts" in answer.json()["errors"][0]["detail"]
    assert camp.call("GET", "/v1/use-ideas/context:3").status_code == 404


def test_what_looks_like_a_slip_is_kept_and_told(camp: Any) -> None:
    soup = {"use_id": "soup", "title": "Soup", "state": "draft"}
    right = {**soup, "needs": [{"any": [{"product_id": "pot"}, {"attribute": "Material", "is": "IRON"}]}]}
    slips = [{"any": [{"product_id": "pto"}, {"category": "Pans"}]}, {"any": [{"attribute": "a", "is": "b"}]}]
    wrong = {**soup, "needs": slips, "uses_up": ["gsa"]}
    assert "warnings" not in camp.call("PUT", "/v1/use-ideas/soup", right).json()
    told = [camp.call("PUT", "/v1/use-ideas/soup", wrong), camp.call("POST", "/v1/use-ideas", wrong)]
    lines = "\n".join(map(json.dumps, (right, wrong)))
    kind = {"Content-Type": "application/x-ndjson"}
    first, second = camp.call("POST", "/v1/use-ideas", data=lines, headers=kind).text.splitlines()
    assert "warnings" not in json.loads(first)
    for answer in (*(each.json() for each in told), json.loads(second)):
        pointers = [each["pointer"] for each in answer["warnings"]]
        assert pointers == ["/needs/0/any/0", "/needs/0/any/1", "/needs/1/any/0", "/uses_up/0"]
        assert answer["warnings"][0]["detail"] == "No product of the catalogue is 'pto'."
    assert camp.call("GET", "/v1/use-ideas/soup").json() == wrong
    assert camp.call("DELETE", "/v1/use-ideas/soup").status_code == 204


def test_the_command_tells_slips_and_repeated_ids(
    camp: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAPPORT_DATA", str(camp.service.data))
    file = tmp_path / "ideas.csv"
    file.write_text("use_id,title,needs,state\nsoup,Soup,pto,draft\nsoup,Soup,pot,draft\n")
    words = ["import", "uses", str(file), "--shop", camp.shop_id]
    done = CliRunner().invoke(rapport, words)
    assert done.exit_code == 0, (done.output, done.exception)
    assert "1 use idea, 1 of them new, 0 hidden\n" in done.stdout
    assert "Warning: soup/needs/0/any/0: No product of the catalogue is 'pto'.\n" in done.stderr
    assert "Warning: soup/use_id: More than one idea of the file has it; the last counts.\n" in done.stderr
    told = json.loads(CliRunner().invoke(rapport, [*words, "--json"]).stdout)
    assert (told["uses"], told["doubts"], len(told["warnings"])) == (1, 2, 2)
    assert camp.call("DELETE", "/v1/use-ideas/soup").status_code == 204


def test_many_are_written_a_line_each(camp: Any) -> None:
    lines = [{**STEW, "use_id": f"n{n}", "state": "draft"} for n in range(3)]
    bad = [json.dumps(line) for line in (lines[0], {**lines[1], "needs": 5}, lines[2])]
    answer = camp.call(
        "POST",
        "/v1/use-ideas",
        data="\n".join([*bad, "{"]),
        headers={"Content-Type": "application/x-ndjson"},
    )
    told = [json.loads(line) for line in answer.text.splitlines()]
    assert [(each["index"], each["status"]) for each in told] == [(0, 200), (1, 422), (2, 200), (3, 400)]
    assert camp.call("GET", "/v1/use-ideas/n2").status_code == 200
    assert camp.call("GET", "/v1/use-ideas/n1").status_code == 404


def test_a_shopper_is_told_what_can_be_done_and_what_is_missing(camp: Any) -> None:
    token = {"Rapport-Shopper": camp.token("ann")}
    answer = camp.suggestions("new-uses", key="publishable", headers=token, locale="de")
    assert answer["kind"] == "new-uses"
    assert "products" not in answer
    (use,) = answer["uses"]
    assert (use["use_id"], use["title"], use["summary"]) == ("stew", "Eintopf am Feuer", "One pot.")
    assert [each["product_id"] for each in use["owned"]] == ["stove", "gas"]
    (missing,) = use["missing"]
    assert (missing["product_id"], missing["price"]) == ("pot", {"amount": "19.00", "currency": "EUR"})
    assert use["reason"]["code"] == "one_missing"
    assert use["reason"]["text"].startswith("Mit Gas stove, seit ")
    assert "score" not in use
    assert camp.suggestions("new-uses", shopper="ann")["uses"][0]["score"] == 1.0
    assert camp.suggestions("new-uses")["uses"] == []


def test_the_missing_thing_carries_its_offer(camp: Any) -> None:
    rule = {
        "offer_id": "pots",
        "state": "live",
        "gives": {"percent_off": {"percent": 10, "products": ["pot"]}},
        "holdout": 0,
    }
    assert camp.call("POST", "/v1/offer-rules", rule).status_code == 201
    (missing,) = camp.suggestions("new-uses", shopper="ann")["uses"][0]["missing"]
    assert missing["offer"]["price"]["amount"] == "17.10"
    assert camp.call("DELETE", "/v1/offer-rules/pots").status_code == 204


def test_a_page_asks_for_it_like_for_any_kind(camp: Any) -> None:
    slots = {"slots": {"s": {"name": "new-uses", "limit": 3}, "b": {"name": "because-you-bought"}}}
    page = camp.call("POST", "/v1/placements", {**slots, "shopper": "ann"}).json()["placements"]
    assert [use["use_id"] for use in page["s"]["uses"]] == ["stew"]
    assert page["b"]["because"] in ("gas", "stove")
    mine = {"placement": "ideas-first", "kinds": ["new-uses", "trending"], "limit": 3}
    assert camp.call("PUT", "/v1/placements/ideas-first", mine).status_code == 200
    both = camp.suggestions("ideas-first", shopper="ann")
    assert [use["use_id"] for use in both["uses"]] == ["stew"]
    assert "pot" not in [each["product_id"] for each in both.get("products", ())]  # nothing twice on a page
    explained = "/v1/recommendations/explain?kind=new-uses&shopper=ann&candidate="
    assert camp.call("GET", explained + "pot").json()["code"] == "missing_for_use"
    assert camp.call("GET", explained + "stove").status_code == 200


def test_not_for_me_is_heard_at_once_and_for_good(camp: Any) -> None:
    camp.send(camp.buys("bob", "stove", "gas"))
    token = {"Rapport-Shopper": camp.token("bob")}
    assert camp.suggestions("new-uses", shopper="bob")["uses"]
    no = {
        "type": "track",
        "event": "Suggestion Dismissed",
        "userId": "bob",
        "properties": {"use_id": "stew", "reason": "not_for_me"},
    }
    camp.send(no, key="publishable", headers=token)
    assert camp.suggestions("new-uses", shopper="bob")["uses"] == []
    assert camp.suggestions("new-uses", shopper="ann")["uses"]
    timeline = camp.call("GET", "/v1/shoppers/bob/timeline").json()["items"]
    assert timeline[0]["why"] == "waved away (not for me): not suggested again"
    exported = camp.call("GET", "/v1/shoppers/bob/export").json()
    assert "stew" in json.dumps(exported)


def test_a_trial_names_what_was_tried(camp: Any) -> None:
    event = {"type": "track", "event": "Use Tried", "userId": "ann", "properties": {}}
    answer = camp.call("POST", "/v1/batch", {"batch": [event]})
    assert answer.status_code == 400
    assert "/properties/use_id" in answer.text
    camp.send({**event, "properties": {"use_id": 17}})
    assert "17" in camp.call("GET", "/v1/shoppers/ann/export").text
