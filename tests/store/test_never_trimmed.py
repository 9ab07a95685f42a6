"""Unread entries are never trimmed (promise G10), in whatever order things are sent, read and interrupted."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin.activity import Shopper
from plugin.store import archive as hand_over
from plugin.store.archive import Archive
from plugin.store.memory import ShopMemory, Store
from tests.store.doings import NOW, viewed

PEOPLE = [Shopper(f"s{n}") for n in range(5)]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.integers(1, 9)),
        st.tuples(st.just("fold"), st.just(0)),
        st.tuples(st.just("archive"), st.just(0)),
        # The process ends after so many of the store's answers, in the middle of whatever it does.
        st.tuples(st.just("die folding"), st.integers(0, 5)),
        st.tuples(st.just("die archiving"), st.integers(0, 7)),
    ),
    max_size=14,
)


class Ended(BaseException):
    """The process is gone: nothing catches this."""


class Mortal:
    """A connection whose process ends after some answers."""

    def __init__(self, connection: object, answers: int) -> None:
        self._connection, self._left = connection, answers

    def __getattr__(self, name: str) -> Callable[..., object]:
        asked = getattr(self._connection, name)

        def answered(*words: object, **how: object) -> object:
            answer = asked(*words, **how)
            if name in ("call", "many"):
                self._left -= 1
                if self._left < 0:
                    raise Ended
            return answer

        return answered


def live(shop: ShopMemory, kept: Store, steps: list[tuple[str, int]], after: Callable[[], None]) -> set[str]:
    """Take some steps and return the ids of all that was acknowledged."""
    sent: set[str] = set()
    for step, number in steps:
        archive: Archive = shop.archive()
        if step == "send":
            batch = [viewed("p", PEOPLE[n % 5], uuid.uuid4().hex) for n in range(number)]
            shop.activities.append(batch, NOW)
            sent |= {each.message_id for each in batch}
        elif step.startswith("die"):
            dying = Archive(Mortal(kept.connection, number), shop.keys, shop.log)  # type: ignore[arg-type]
            with suppress(Ended):
                dying.apply() if step == "die folding" else dying.write_part()
        elif step == "fold":
            archive.apply()
        else:
            archive.write_part()
        after()
    return sent


def found(shop: ShopMemory) -> tuple[Counter[str], int]:
    """How often each id is in the log, and how many events all profiles hold, once all work is done."""
    archive = shop.archive()
    while archive.apply() or archive.write_part():
        pass
    rows = shop.log.query("SELECT message_id FROM log").to_pylist()
    return Counter(row["message_id"] for row in rows), sum(shop.shoppers.read(p).events for p in PEOPLE)


def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hand_over, "STREAM_PART", 3)
    monkeypatch.setattr(hand_over, "PART", 5)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(steps=STEPS)
def test_whatever_happens_each_entry_is_read_once(
    embedded: Store, monkeypatch: pytest.MonkeyPatch, steps: list[tuple[str, int]]
) -> None:
    with monkeypatch.context() as patched:
        small_parts(patched)
        shop = embedded.add_shop(f"trim-{uuid.uuid4().hex[:8]}")
        sent = live(shop, embedded, steps, lambda: None)
        assert found(shop) == (Counter(sent), len(sent))


def test_bounding_the_streams_by_length_loses(embedded: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the same life with MAXLEN, as streams are usually kept short."""
    small_parts(monkeypatch)
    shop = embedded.add_shop(f"trim-{uuid.uuid4().hex[:8]}")

    def bound() -> None:
        for shard in range(embedded.shards):
            embedded.connection.call("XTRIM", shop.keys.stream(shard), "MAXLEN", 2)

    sent = live(shop, embedded, [("send", 9), ("send", 9), ("fold", 0), ("archive", 0)], bound)
    logged, _ = found(shop)
    assert sum(logged.values()) < len(sent)
