"""Who behaves like a person and who does not: tiny tables with known answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.trust.agents import says_automatic
from plugin.trust.judging import AUTOMATIC_FROM, Behaviour, judge

PEOPLE = {
    "an afternoon of looking": Behaviour(180, 180, 14, pace=21.0, evenness=1.2, longest_run=1.5),
    "a keen collector": Behaviour(900, 260, 25, pace=7.0, evenness=0.9, longest_run=3.0),
    "a phone that was off line": Behaviour(120, 120, 30, pace=9.0, evenness=1.0, longest_run=2.0),
    "too little to tell": Behaviour(30),
    "a dealer with a thousand orders": Behaviour(40_000, 5_000, 400, 0.4, 0.01, 20.0, buyer=True),
}
PROGRAMS = {
    "says what it is": Behaviour(3, declared=True),
    "ten thousand in an hour": Behaviour(10_000, 10_000, 170, pace=0.35, evenness=0.3, longest_run=1.0),
    "a slow crawler": Behaviour(2_500, 1_440, 2, pace=60.0, evenness=0.02, longest_run=24.0),
    "a checker every ten seconds": Behaviour(600, 600, 6, pace=10.0, evenness=0.01, longest_run=1.7),
    "a crawler with random pauses": Behaviour(6_000, 3_000, 30, pace=12.0, evenness=0.6, longest_run=17.0),
}


@pytest.mark.parametrize("who", PEOPLE)
def test_people_are_people(who: str) -> None:
    judged = judge(PEOPLE[who])
    assert not judged.automatic, judged


@pytest.mark.parametrize("who", PROGRAMS)
def test_programs_are_programs_and_it_is_said_why(who: str) -> None:
    judged = judge(PROGRAMS[who])
    assert judged.automatic, judged
    assert judged.reasons


@given(
    *(st.integers(0, 100_000) for _ in range(3)),
    *(st.none() | st.floats(0, 1e6) for _ in range(2)),
    st.floats(0, 1e4),
    st.booleans(),
)
def test_a_score_is_a_share_and_more_of_a_sign_never_lowers_it(
    events: int, day: int, minute: int, pace: float | None, evenness: float | None, run: float, said: bool
) -> None:
    score = judge(Behaviour(events, day, minute, pace, evenness, run, said)).score
    assert 0.0 <= score <= 1.0
    more = judge(Behaviour(events, day * 2, minute * 2, pace, evenness, run * 2, said)).score
    assert more >= score
    assert judge(Behaviour(events, day, minute, pace, evenness, run, said, buyer=True)).score == 0.0
    assert 0.0 < AUTOMATIC_FROM < 1.0


def test_a_program_that_names_itself() -> None:
    for name in (
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/120.0 Safari/537.36",
        "Pingdom.com_bot_version_1.4",
    ):
        assert says_automatic(name), name
    for name in (
        None,
        "",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Gecko/20100101 Firefox/121.0",
        "python-requests/2.32",
        "Cubot Note 21",
    ):
        assert not says_automatic(name), name
