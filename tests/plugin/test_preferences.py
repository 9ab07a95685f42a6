"""What shoppers say of themselves: the same in whatever order it is heard, bounded, read as it was said."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.activity import Activity, Shopper
from plugin.shopper import Profile, fold
from plugin.shopper.combined import combined
from plugin.shopper.words import SINGLE_KEPT
from plugin.wishes.preferences import NONE_SAID, Preferences, facts, imported, said_by
from plugin.wishes.questionnaire import Questionnaire, what_answers_say

ANNA = Shopper("anna")
NOW = 1_700_000_000.0
TEXTS = st.lists(st.sampled_from(["a", "b", "c"]), max_size=3)
PATCHES = st.fixed_dictionaries(
    {},
    optional={
        "likes": st.none() | TEXTS,
        "avoids": st.none() | TEXTS,
        "sizes": st.none() | st.dictionaries(st.sampled_from("xyz"), st.none() | st.sampled_from("12")),
        "how_often": st.none() | st.just("weekly"),
        "plain_feed": st.none() | st.booleans(),
    },
)


def said(patch: dict[str, Any], at: float, number: int = 0) -> Activity:
    return imported(ANNA, patch, at, at + number / 1000)


def read(*activities: Activity) -> Preferences:
    return Preferences.of(fold(Profile(), activities))


@settings(max_examples=150)
@given(st.lists(PATCHES, max_size=6), st.randoms(use_true_random=False))
def test_the_newest_word_on_each_wish_counts_in_any_order(patches: list[Any], random: Any) -> None:
    expected: dict[str, Any] = NONE_SAID.to_document()
    for patch in patches:
        for name, value in patch.items():
            if name == "sizes" and value is not None:
                sizes = {**expected["sizes"], **value}
                expected["sizes"] = {size: one for size, one in sizes.items() if one is not None}
            elif value is None:
                expected[name] = NONE_SAID.to_document()[name]
            else:
                expected[name] = list(dict.fromkeys(value)) if isinstance(value, list) else value
    heard = [said(patch, NOW + at) for at, patch in enumerate(patches)]
    random.shuffle(heard)
    half = len(heard) // 2
    assert read(*heard).to_document() == expected
    apart = combined(fold(Profile(), heard[:half]), fold(Profile(), heard[half:]))
    assert Preferences.of(apart).to_document() == expected


def test_many_sizes_are_bounded_and_crowd_nothing_else_out() -> None:
    first = said({"avoids": ["Nuts"], "likes": ["Tea"]}, NOW)
    sizes = [said({"sizes": {f"s{n}": str(n)}}, NOW + 1 + n) for n in range(SINGLE_KEPT + 50)]
    profile = fold(Profile(), [first, *sizes])
    assert Preferences.of(profile).avoids == ("Nuts",)
    assert len(profile.preferences) == SINGLE_KEPT + 2
    assert Preferences.of(profile).sizes.keys() == {f"s{n}" for n in range(50, SINGLE_KEPT + 50)}
    apart = combined(fold(Profile(), [first, *sizes[:120]]), fold(Profile(), sizes[120:]))
    assert apart.preferences == profile.preferences


def test_a_word_stands_over_the_one_before_it_on_a_clock_that_is_behind() -> None:
    profile = fold(Profile(), [said({"likes": ["Tea"]}, NOW)])
    late = said_by(ANNA, facts({"likes": ["Coffee"]}), profile, NOW - 2, "m")
    assert Preferences.of(fold(profile, [late])).likes == ("Coffee",)


def test_what_others_wrote_into_a_profile_is_read_as_far_as_it_can_be() -> None:
    odd = {"likes": ["Tea", 7], "avoids": "Nuts", "how_often": 3, "plain_feed": "yes", "colour": "red"}
    activity = Activity("m", "preferred", "x", NOW, NOW, "shop", ANNA, properties=odd)
    assert read(activity).to_document() == {**NONE_SAID.to_document(), "likes": ["Tea"]}


# --- answers

CHOICES = [
    {"id": "a", "text": "A", "sets": {"likes": ["Tea"], "sizes": {"shoes": "42"}, "how_often": "weekly"}},
    {"id": "b", "text": "B", "sets": {"likes": ["Tea", "Mugs"], "avoids": ["Nuts"]}},
]
ASKED = Questionnaire.from_document(
    {
        "questions": [
            {"question_id": "one", "text": "?", "kind": "one", "choices": CHOICES},
            {"question_id": "more", "text": "?", "kind": "several", "choices": CHOICES, "as": "trait"},
        ]
    }
)


def after(profile: Profile, at: float, **answers: Any) -> Preferences:
    told = what_answers_say(ASKED, answers, Preferences.of(profile))
    fold(profile, [said_by(ANNA, told.facts, profile, NOW + at, f"m{at}")])
    return Preferences.of(profile)


def test_a_changed_answer_takes_back_what_it_had_set_and_no_more() -> None:
    profile = fold(Profile(), [said({"likes": ["Books"]}, NOW)])
    assert after(profile, 1, one="a").sizes == {"shoes": "42"}
    fold(profile, [said({"sizes": {"shoes": "43"}}, NOW + 2)])
    now = after(profile, 3, one="b")
    assert (now.likes, now.avoids) == (("Books", "Tea", "Mugs"), ("Nuts",))
    assert (now.sizes, now.how_often) == ({"shoes": "43"}, None)
    gone = after(profile, 4, one=None)
    assert (gone.likes, gone.avoids, gone.answers) == (("Books",), (), {})


def test_an_answer_is_kept_as_the_trait_the_question_names() -> None:
    assert what_answers_say(ASKED, {"more": ["a", "b"]}, NONE_SAID).traits == {"trait": ["a", "b"]}
    assert what_answers_say(ASKED, {"one": "a"}, NONE_SAID).traits == {}
