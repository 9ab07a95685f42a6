"""Whose word counts, what it takes out of a profile whatever the order, and marks that name nobody."""

from __future__ import annotations

import itertools
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.activity import Activity, Line, Shopper
from plugin.errors import Refused
from plugin.rights.consent import THINGS, Consent, consent_view, decided
from plugin.rights.marks import Erasures
from plugin.settings import Settings
from plugin.shop import ShopSettings
from plugin.shopper import Profile, fold
from plugin.shops import Shops
from plugin.store.memory import Store

BORN = 1_700_000_000.0
WORDS = (None, "yes", "no")


def said(by: str, at: float = 0, **words: str | None) -> Activity:
    properties = {"by": by, **{thing: word for thing, word in words.items() if word}}
    name = f"c{by}{at}{sorted(properties.items())}"
    return Activity(
        name, "consented", "", BORN + at, BORN + at, "shop", Shopper("ann"), properties=properties
    )


def settings(default: str = "yes") -> ShopSettings:
    return ShopSettings("shop", "Shop", consent_default=default)


@pytest.mark.parametrize("thing", THINGS)
@pytest.mark.parametrize(
    ("gpc", "own", "shops", "default"), itertools.product((False, True), WORDS, WORDS, ("yes", "ask"))
)
def test_the_word_that_counts(
    thing: str, gpc: bool, own: str | None, shops: str | None, default: str
) -> None:
    profile = fold(Profile(), [said("shopper", 1, **{thing: own}), said("shop", 2, **{thing: shops})])
    expected = (own, "shopper") if own else (shops, "shop") if shops else (None, "default")
    if expected[0] is None:
        expected = ("yes" if default == "yes" else "no", "default")
    if gpc and thing != "contact":  # the signal says nothing about being written to
        expected = ("no", "gpc")
    shown = consent_view(profile, settings(default), gpc)
    assert (shown[thing], shown["by"][thing]) == expected


def test_the_newest_word_of_a_speaker_counts() -> None:
    words = [
        said("shopper", 3, profile="no"),
        said("shopper", 5, profile="yes"),
        said("shopper", 4, profile="no"),
    ]
    for order in itertools.permutations(words):
        assert decided(fold(Profile(), order), settings()).profile.allowed


def test_a_wish_for_a_plain_feed_is_no_no_but_reads_nothing() -> None:
    wish = Activity("p", "preferred", "", BORN, BORN, "shop", Shopper("ann"), properties={"plain_feed": True})
    consent = decided(fold(Profile(), [wish]), settings())
    assert (consent.personal, consent.personalise.allowed, consent.teaches) == (False, True, None)


@pytest.mark.parametrize(
    ("words", "teaches", "kept"),
    [
        ({}, None, None),
        ({"profile": "yes"}, None, True),
        ({"personalise": "yes"}, None, None),
        ({"profile": "yes", "personalise": "yes"}, True, True),
        ({"profile": "yes", "personalise": "no"}, False, True),
        ({"profile": "no"}, False, False),
        ({"personalise": "no"}, False, None),
    ],
)
@pytest.mark.parametrize("default", ["yes", "ask"])
def test_what_is_settled_does_not_hang_on_the_default(
    words: dict[str, str], teaches: bool | None, kept: bool | None, default: str
) -> None:
    consent: Consent = decided(fold(Profile(), [said("shopper", **words)]), settings(default))
    assert (consent.teaches, consent.kept) == (teaches, kept)


def did(kind: str, at: float, **properties: Any) -> Activity:
    lines = (Line("saw", 1, 100),)
    order_id = "o1" if kind == "bought" else None
    return Activity(
        f"{kind}{at}", kind, "", BORN + at, BORN + at, "shop", Shopper("ann"), lines, order_id,
        properties=properties,
    )  # fmt: skip


LIVES = st.lists(
    st.one_of(
        st.builds(did, st.sampled_from(["viewed", "carted", "dismissed", "bought"]), st.integers(0, 9)),
        st.builds(
            said, st.sampled_from(["shopper", "shop"]), st.integers(0, 9), profile=st.sampled_from(WORDS)
        ),
    ),
    max_size=8,
    unique_by=lambda activity: activity.message_id,
)


@given(LIVES, st.randoms(use_true_random=False))
def test_what_a_no_takes_out_does_not_hang_on_the_order(lives: list[Activity], chance: Any) -> None:
    """Folded at once, one by one, or shuffled: the same is left, and nothing from before the last no."""
    at_once = fold(Profile(), lives)
    shuffled = list(lives)
    chance.shuffle(shuffled)
    one_by_one = Profile()
    for activity in shuffled:
        one_by_one = fold(one_by_one, [activity])
    assert one_by_one.to_bytes() == fold(Profile(), shuffled).to_bytes()
    for facts in ("viewed", "steps", "dismissed", "consent", "barred_until", "orders"):
        assert getattr(one_by_one, facts) == getattr(at_once, facts)
    no = [a.at for a in lives if a.kind == "consented" and a.properties.get("profile") == "no"]
    assert all(at > max(no, default=0) for at in at_once.viewed.values())
    assert bool(at_once.orders) is any(activity.kind == "bought" for activity in lives)


def test_of_two_who_settle_at_once_the_newer_word_stands(store: Store) -> None:
    consents = store.add_shop("settling").consents
    refs = [f"u:{number}" for number in range(20)]
    consents.settle(refs, keep=True, teach=True, at=BORN + 2)
    consents.settle(refs[:10], keep=False, teach=False, at=BORN + 1)
    assert consents.said(refs) == dict.fromkeys(refs, True)
    consents.settle(refs[:10], keep=False, teach=False, at=BORN + 3)
    assert consents.learned_from() == (set(refs[:10]), set(refs[10:]))
    consents.forget(refs)
    assert (consents.said(refs), consents.learned_from()) == ({}, (set(), set()))
    Shops(store).store.delete_shop("settling")


def test_a_mark_hangs_on_the_key_alone(tmp_path: Path) -> None:
    here, there = (Erasures(Settings(data=tmp_path / name)) for name in ("here", "there"))
    assert here.mark("u:ann") == Erasures(Settings(data=tmp_path / "here")).mark("u:ann")
    assert len({here.mark("u:ann"), there.mark("u:ann"), here.mark("a:ann"), here.mark("u:ben")}) == 4
    given_key = Settings(data=tmp_path / "any", erasure_key="k" * 32)
    assert Erasures(given_key).mark("u:ann") == Erasures(
        Settings(data=tmp_path / "other", erasure_key="k" * 32)
    ).mark("u:ann")
    assert not (tmp_path / "any").exists()


def test_of_many_that_make_a_key_all_have_the_same(tmp_path: Path) -> None:
    makers = [Erasures(Settings(data=tmp_path)) for _ in range(16)]
    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(lambda maker: maker.mark("u:ann"), makers))) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["erasure.key"]
    assert stat.S_IMODE((tmp_path / "erasure.key").stat().st_mode) == 0o600


def test_a_key_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "erasure.key").write_text("not a key\n")
    with pytest.raises(Refused, match="hexadecimal"):
        Erasures(Settings(data=tmp_path)).mark("u:ann")
    with pytest.raises(Refused, match="RAPPORT_ERASURE_KEY"):
        Settings.from_environment({"RAPPORT_ERASURE_KEY": "short"})


def test_the_list_of_marks_survives_being_cut_off(tmp_path: Path) -> None:
    erasures = Erasures(Settings(data=tmp_path))
    ann, ben, cid = (erasures.mark(f"u:{name}") for name in ("ann", "ben", "cid"))
    erasures.remember("shop", [ann, ben])
    listed = tmp_path / "erased" / "shop"
    listed.write_text(listed.read_text()[:-20])  # the machine stopped while it was written
    assert len(erasures.marks("shop")) == 1
    erasures.remember("shop", [ann, ben, cid])
    assert erasures.marks("shop") == {ann, ben, cid}
    assert erasures.erased("shop", "u:cid")
    assert not erasures.erased("elsewhere", "u:cid")
    erasures.forget("shop", [ann])
    assert erasures.marks("shop") == {ben, cid}
