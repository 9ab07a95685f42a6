"""What shoppers say of themselves: said at the doors, obeyed in the next answer, read back as it was said."""

from __future__ import annotations

import urllib.parse
from typing import Any

import pytest

NOTHING_SAID = {
    "likes": [], "avoids": [], "sizes": {}, "for": [], "aims": [], "channels": [], "how_often": None,
    "plain_feed": False,
}  # fmt: skip
QUESTIONS = {
    "questions": [
        {
            "question_id": "diet",
            "text": {"en": "What do you eat?", "de": "Was essen Sie?"},
            "kind": "one",
            "choices": [
                {"id": "vegan", "text": "Plants only",
                 "sets": {"avoids": ["category:Meat"], "sizes": {"box": "S"}}},
                {"id": "all", "text": {"en": "All of it"}, "sets": {"likes": ["category:Meat"]}},
            ],
            "as": "diet",
        },
        {
            "question_id": "rooms",
            "text": "Which rooms?",
            "kind": "several",
            "choices": [
                {"id": "kitchen", "text": "Kitchen", "sets": {"likes": ["Kitchen"]}},
                {"id": "garden", "text": "Garden", "sets": {"likes": ["Garden"], "aims": ["grow my own"]}},
            ],
        },
        {"question_id": "wish", "text": "Anything else?", "kind": "text", "as": "wish"},
        {"question_id": "people", "text": "For how many?", "kind": "number"},
    ]
}  # fmt: skip


def myself(shop: Any, who: str, patch: Any, **kwargs: Any) -> Any:
    headers = {"Rapport-Shopper": shop.token(who), **kwargs.pop("headers", {})}
    return shop.call(
        "PATCH", "/v1/shoppers/me/preferences", patch, key="publishable", headers=headers, **kwargs
    )


def me(shop: Any, who: str) -> Any:
    answer = shop.call(
        "GET", "/v1/shoppers/me", key="publishable", headers={"Rapport-Shopper": shop.token(who)}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def answers(shop: Any, who: str, **given: Any) -> Any:
    headers = {"Rapport-Shopper": shop.token(who)}
    return shop.call(
        "POST", "/v1/shoppers/me/answers", {"answers": given}, key="publishable", headers=headers
    )


def test_what_was_never_said_is_empty(shop: Any) -> None:
    assert me(shop, "silent")["preferences"] == NOTHING_SAID


def test_a_patch_changes_what_it_names_and_null_forgets(shop: Any) -> None:
    first = myself(shop, "pia", {"likes": [" Coffee ", "Coffee"], "sizes": {"shoes": 42, "shirt": "M"}})
    assert first.status_code == 200, first.text
    assert first.json() == {**NOTHING_SAID, "likes": ["Coffee"], "sizes": {"shoes": "42", "shirt": "M"}}
    myself(
        shop,
        "pia",
        {"sizes": {"shoes": None}, "for": ["my daughter"], "aims": ["run"], "channels": ["email"]},
    )
    said = myself(shop, "pia", {"likes": None, "how_often": "monthly", "plain_feed": True}).json()
    assert said == {
        **NOTHING_SAID, "sizes": {"shirt": "M"}, "for": ["my daughter"], "aims": ["run"],
        "channels": ["email"], "how_often": "monthly", "plain_feed": True,
    }  # fmt: skip
    assert me(shop, "pia")["preferences"] == said
    assert myself(shop, "pia", {"sizes": None}).json()["sizes"] == {}
    assert myself(shop, "pia", {"sizes": {"ring": "54"}}).json()["sizes"] == {"ring": "54"}


@pytest.mark.parametrize(
    ("patch", "pointer"),
    [
        ({"like": []}, "/like"),
        ({"likes": "Coffee"}, "/likes"),
        ({"likes": [7]}, "/likes/0"),
        ({"likes": ["x" * 201]}, "/likes/0"),
        ({"likes": ["x"] * 101}, "/likes"),
        ({"likes": ["a\x00b"]}, "/likes/0"),
        ({"sizes": ["42"]}, "/sizes"),
        ({"sizes": {str(n): "1" for n in range(31)}}, "/sizes"),
        ({"plain_feed": "yes"}, "/plain_feed"),
        ({"how_often": 7}, "/how_often"),
        ({"likes": ["x" * 199] * 100, "avoids": ["é" * 199] * 100}, ""),
    ],
)
def test_a_patch_that_means_nothing_is_refused_and_changes_nothing(
    shop: Any, patch: Any, pointer: str
) -> None:
    refused = myself(shop, "carl", patch)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    assert pointer in [fault["pointer"] for fault in refused.json()["errors"]]
    assert me(shop, "carl")["preferences"] == NOTHING_SAID


def test_only_the_shopper_and_the_shop_say_it(shop: Any) -> None:
    patch, headers = {"likes": ["Tea"]}, {"Rapport-Anonymous": "v1"}
    door = "/v1/shoppers/me/preferences"
    assert shop.call("PATCH", door, patch, key="publishable").status_code == 401
    assert shop.call("PATCH", door, patch, key="publishable", headers=headers).status_code == 401
    assert shop.call("PATCH", "/v1/shoppers/ann/preferences", patch, key="publishable").status_code == 403
    assert shop.call("PATCH", "/v1/shoppers/ann/preferences", patch).json()["likes"] == ["Tea"]


@pytest.mark.parametrize("who", ["me", "a/b", "x/preferences", "ü ~", "-", ".", "a/timeline"])
def test_every_id_is_reached(shop: Any, who: str) -> None:
    spelled = urllib.parse.quote(who, safe="")
    said = shop.call("PATCH", f"/v1/shoppers/-/preferences?id={spelled}", {"aims": [who]})
    assert (said.status_code, said.json()["aims"]) == (200, [who])
    assert shop.call("GET", f"/v1/shoppers/-?id={spelled}").json()["preferences"]["aims"] == [who]
    assert shop.call("GET", f"/v1/shoppers/-/timeline?id={spelled}").json()["items"][0]["kind"] == "preferred"


def test_what_the_request_forbids_to_keep_is_not_kept_and_not_promised(shop: Any) -> None:
    refused = myself(shop, "gwen", {"likes": ["Tea"]}, headers={"Sec-GPC": "1"})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert me(shop, "gwen")["preferences"] == NOTHING_SAID


def test_what_a_shopper_says_is_kept_where_browsing_is_not(shop: Any) -> None:
    headers = {"Rapport-Shopper": shop.token("nell")}
    no = shop.call("PUT", "/v1/shoppers/me/consent", {"profile": "no"}, key="publishable", headers=headers)
    assert no.status_code == 200, no.text
    assert myself(shop, "nell", {"avoids": ["Nuts"]}).json()["avoids"] == ["Nuts"]


def test_the_same_change_sent_again_is_taken_once(shop: Any) -> None:
    key = {"Idempotency-Key": "k1"}
    myself(shop, "ida", {"likes": ["Tea"]}, headers=key)
    myself(shop, "ida", {"likes": ["Coffee"]})
    assert myself(shop, "ida", {"likes": ["Tea"]}, headers=key).json()["likes"] == ["Coffee"]
    assert myself(shop, "ivy", {"likes": ["Tea"]}, headers=key).json()["likes"] == ["Tea"]


def test_another_change_under_a_key_used_before_is_not_lost(shop: Any) -> None:
    key = {"Idempotency-Key": "k2"}
    myself(shop, "una", {"likes": ["Tea"]}, headers=key)
    assert myself(shop, "una", {"likes": ["Coffee"]}, headers=key).json()["likes"] == ["Coffee"]


def test_the_next_answer_obeys(open_shop: Any) -> None:
    shop = open_shop("Grocer")
    for product, category in (("ham", "Food > Meat"), ("tofu", "Food > Plants"), ("mug", "Kitchen")):
        shop.product(product, category=category)
    gift = {
        "offer_id": "gift",
        "state": "live",
        "holdout": 0,
        "gives": {"free_product": {"product_id": "ham"}},
    }
    likes = {"offer_id": "likes", "state": "live", "holdout": 0, "when": {"prefers": {"likes": "Kitchen"}}}
    for rule in (gift, {**likes, "gives": {"percent_off": {"percent": 5}}}):
        assert shop.call("POST", "/v1/offer-rules", rule).status_code == 201

    def seen() -> tuple[set[str], set[str]]:
        headers = {"Rapport-Shopper": shop.token("otto")}
        offers = shop.call("GET", "/v1/offers", key="publishable", headers=headers).json()["offers"]
        shown = shop.ids("trending", key="publishable", headers=headers)
        return set(shown), {offer["offer_id"] for offer in offers}

    assert seen() == ({"ham", "tofu", "mug"}, {"gift"})
    myself(shop, "otto", {"avoids": ["category:Meat"], "likes": ["category:Kitchen"]})
    assert seen() == ({"tofu", "mug"}, {"likes"})
    myself(shop, "otto", {"avoids": None, "likes": None})
    assert seen() == ({"ham", "tofu", "mug"}, {"gift"})


# --- the shop's own questions


@pytest.fixture(scope="module")
def asking(shop: Any) -> Any:
    written = shop.call("PUT", "/v1/questionnaire", QUESTIONS)
    assert written.status_code == 200, written.text
    return shop


def test_questions_are_shown_without_what_they_set(asking: Any) -> None:
    shown = asking.call("GET", "/v1/questionnaire?locale=de", key="publishable").json()["questions"]
    assert shown[0] == {
        "question_id": "diet", "text": "Was essen Sie?", "kind": "one", "answer": None,
        "choices": [{"id": "vegan", "text": "Plants only"}, {"id": "all", "text": "All of it"}],
    }  # fmt: skip
    written = asking.call("GET", "/v1/questionnaire").json()["questions"]
    assert written[0]["choices"][0]["sets"]["avoids"] == ["category:Meat"]


def test_answers_set_what_the_shop_says_and_changing_one_takes_that_back(asking: Any) -> None:
    myself(asking, "quinn", {"likes": ["Kitchen", "Tea"]})
    first = answers(asking, "quinn", diet="vegan", rooms=["kitchen", "garden"], wish="A saw", people=3)
    assert first.status_code == 200, first.text
    said = first.json()["preferences"]
    assert (said["avoids"], said["likes"]) == (["category:Meat"], ["Kitchen", "Tea", "Garden"])
    assert (said["sizes"], said["aims"]) == ({"box": "S"}, ["grow my own"])
    assert [each["answer"] for each in first.json()["questions"]] == [
        "vegan",
        ["kitchen", "garden"],
        "A saw",
        3,
    ]
    second = answers(asking, "quinn", diet="all", rooms=None).json()["preferences"]
    assert (second["avoids"], second["likes"]) == ([], ["Tea", "category:Meat"])
    assert (second["sizes"], second["aims"]) == ({}, [])
    known = asking.call("GET", "/v1/shoppers/quinn").json()["known"]
    assert {"trait diet: all", "trait wish: A saw"} <= {fact["what"] for fact in known}
    timeline = asking.call("GET", "/v1/shoppers/quinn/timeline").json()["items"]
    assert [item["kind"] for item in timeline].count("preferred") == 3


def test_the_shops_server_answers_for_a_shopper(asking: Any) -> None:
    given = {"answers": {"diet": "vegan"}, "shopper": "till"}
    assert asking.call("POST", "/v1/shoppers/me/answers", given).status_code == 200
    assert me(asking, "till")["preferences"]["avoids"] == ["category:Meat"]
    assert asking.call("POST", "/v1/shoppers/me/answers", given, key="publishable").status_code == 403
    nobodys = asking.call("POST", "/v1/shoppers/me/answers", {"answers": {"diet": "vegan"}})
    assert (nobodys.status_code, nobodys.json()["errors"][0]["pointer"]) == (422, "/shopper")


@pytest.mark.parametrize(
    "given",
    [
        {"shoe": "42"}, {"diet": "meat"}, {"diet": ["vegan"]}, {"rooms": "kitchen"}, {"rooms": ["cellar"]},
        {"people": "three"}, {"wish": 7}, {"diet": "vegan", "a/b~": 1},
    ],
)  # fmt: skip
def test_an_answer_that_does_not_fit_is_refused_with_its_place(asking: Any, given: Any) -> None:
    refused = answers(asking, "rolf", **given)
    assert refused.status_code == 422, refused.text
    spelled = list(given)[-1].replace("~", "~0").replace("/", "~1")
    assert refused.json()["errors"][0]["pointer"] == f"/answers/{spelled}"
    assert me(asking, "rolf")["preferences"] == NOTHING_SAID


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "many"}, {"choices": []}, {"choices": [{"id": "a", "text": "A"}] * 2}, {"ask": "what"},
        {"choices": [{"id": "a", "text": "A", "sets": {"colour": "red"}}]}, {"text": None},
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_asked_is_refused(asking: Any, change: Any) -> None:
    question = {**QUESTIONS["questions"][0], **change}
    refused = asking.call("PUT", "/v1/questionnaire", {"questions": [question]})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    assert refused.json()["errors"][0]["pointer"].startswith("/questions/0")


def test_the_placement_shows_wishes_and_questions_to_their_shopper_only(asking: Any) -> None:
    door, headers = "/v1/placements?names=preferences", {"Rapport-Shopper": asking.token("till")}
    own = asking.call("GET", door, key="publishable", headers=headers).json()["placements"]["preferences"]
    assert own["preferences"]["avoids"] == ["category:Meat"]
    assert [each["answer"] for each in own["questions"]] == ["vegan", None, None, None]
    nobody = asking.call("GET", door, key="publishable").json()["placements"]["preferences"]
    assert nobody == {"preferences": None, "questions": []}
