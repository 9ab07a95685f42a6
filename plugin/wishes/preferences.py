"""What a shopper says of themselves: likes, avoids, sizes, for whom, aims, channels, how often.

It is said in patches. Each wish is a fact of its own with the moment it was said; the newest counts, and
null takes one back. So that two patches never undo each other's sizes, every size is a fact by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from plugin.activity import Activity, Shopper
from plugin.shopper import Profile
from plugin.store.keys import digest

LISTS = ("likes", "avoids", "for", "aims", "channels")
HOW_OFTEN = ("daily", "weekly", "fortnightly", "monthly", "quarterly", "yearly", "rarely", "never")
SIZE = "sizes."  # before the name of each size, as the facts are kept
ANSWER = "answers."  # before the id of each question that was answered
LEAST_STEP_S = 0.001  # how much later than the word before it a word is, when clocks say otherwise


@dataclass(frozen=True, slots=True)
class Preferences:
    """A shopper's own wishes, each empty until said. `whom` is the contract's `for`."""

    likes: tuple[str, ...] = ()
    avoids: tuple[str, ...] = ()
    sizes: Mapping[str, str] = field(default_factory=dict)
    whom: tuple[str, ...] = ()
    aims: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    how_often: str | None = None
    plain_feed: bool = False
    answers: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, profile: Profile) -> Preferences:
        """Return what a profile holds of them; what was taken back is not there."""
        held = profile.preferences
        if not held:
            return NONE_SAID
        said = {name: fact[0] for name, fact in held.items() if fact[0] is not None}
        often = said.get("how_often")
        return cls(
            likes=_texts(said.get("likes")),
            avoids=_texts(said.get("avoids")),
            sizes=_under(SIZE, said, since=_taken_back(held)),
            whom=_texts(said.get("for")),
            aims=_texts(said.get("aims")),
            channels=_texts(said.get("channels")),
            how_often=often if isinstance(often, str) else None,
            plain_feed=said.get("plain_feed") is True,
            answers=_under(ANSWER, said),
        )

    def to_document(self) -> dict[str, Any]:
        """Return them as the contract writes them (section 8)."""
        return {
            "likes": list(self.likes),
            "avoids": list(self.avoids),
            "sizes": dict(self.sizes),
            "for": list(self.whom),
            "aims": list(self.aims),
            "channels": list(self.channels),
            "how_often": self.how_often,
            "plain_feed": self.plain_feed,
        }


NONE_SAID = Preferences()
"""The wishes of somebody who said none."""


def facts(patch: Mapping[str, Any]) -> dict[str, Any]:
    """Return a checked patch as the facts it says: every size by itself, None for what is taken back."""
    said: dict[str, Any] = {}
    for name, value in patch.items():
        if name == "sizes" and value is not None:
            said.update({SIZE + size: one for size, one in value.items()})
        elif name in LISTS and value is not None:
            said[name] = list(dict.fromkeys(text.strip() for text in value))
        else:
            said[name] = value
    if "sizes" in patch and patch["sizes"] is None:
        said["sizes"] = None
    return said


def said_by(
    shopper: Shopper, said: Mapping[str, Any], profile: Profile, now: float, message_id: str
) -> Activity:
    """Return what a shopper said of themselves as an activity, later than what it takes the place of.

    Two servers whose clocks differ by a little would else let the older word stand.
    """
    held = [profile.preferences[name][1] for name in said if name in profile.preferences]
    return _preferred(shopper, said, max([now, *(moment + LEAST_STEP_S for moment in held)]), now, message_id)


def imported(shopper: Shopper, patch: Mapping[str, Any], at: float, now: float) -> Activity:
    """Return a checked row of a file as an activity; the same row brought in again is the same activity.

    What a shopper has said since `at` stays above it.
    """
    said = facts(patch)
    content = orjson.dumps(said, option=orjson.OPT_SORT_KEYS).hex()
    moment = "" if at == now else repr(at)
    name = f"imported:{digest(shopper.ref, content, moment, size=16).hex()}"
    return _preferred(shopper, said, at, now, name)


def _preferred(shopper: Shopper, said: Mapping[str, Any], at: float, now: float, message_id: str) -> Activity:
    return Activity(
        message_id=message_id,
        kind="preferred",
        event="Preferences Set",
        at=at,
        received_at=now,
        trust="shop",
        shopper=shopper,
        properties=dict(said),
    )


def message_id_of(kind: str, shopper: Shopper, key: str, said: Mapping[str, Any]) -> str:
    """Return the message id of something said under an idempotency key: the same again, the same message.

    What was said is part of it, so that another change under a key used before is taken and not lost.
    """
    content = orjson.dumps(said, option=orjson.OPT_SORT_KEYS).hex()
    return f"{kind}:{digest(kind, shopper.ref, key, content, size=16).hex()}"


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(text for text in value if isinstance(text, str)) if isinstance(value, list) else ()


def _taken_back(held: Mapping[str, list[Any]]) -> dict[str, float]:
    """Which sizes were said after all sizes were last taken back."""
    cleared = held.get("sizes", [None, float("-inf")])[1]
    return {name: fact[1] for name, fact in held.items() if name.startswith(SIZE) and fact[1] > cleared}


def _under(prefix: str, said: Mapping[str, Any], since: Mapping[str, float] | None = None) -> dict[str, Any]:
    return {
        name.removeprefix(prefix): value
        for name, value in sorted(said.items())
        if name.startswith(prefix) and (since is None or name in since)
    }
