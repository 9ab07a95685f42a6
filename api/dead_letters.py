"""Dead letters at the door: what could not be used, why, and trying it again."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from api.answers import answer
from api.auth import opens, storefront
from api.doors import Doors
from api.moments import moment
from api.schemas.dead_letters import Replay
from api.schemas.documents import ListInQuery
from api.webhooks import delivered_again, deliveries
from plugin.intake.dead_letters import replay
from plugin.store.dead_letters import DeadLetters, Letter

doors = Doors("dead letters", __name__, description="What could not be used, with the reason")


@doors.get("/v1/dead-letters")
@opens("secret")
@doors.arguments(ListInQuery, location="query")
def dead_letters(asked: dict[str, Any]) -> Response:
    """List what could not be used, oldest first."""
    letters, following = _held().listed(asked["cursor"], asked["limit"])
    return answer({"items": [letter_view(letter) for letter in letters], "next": following})


@doors.post("/v1/dead-letters/replay")
@opens("secret")
@doors.arguments(Replay)
def replay_dead_letters(asked: dict[str, Any]) -> Response:
    """Read letters again; those that can be used now count, once, and leave the list."""
    corrected = {each["id"]: each["document"] for each in asked["corrected"] or ()}
    following = None
    if asked["ids"] is not None or corrected:
        letters = _held().named(list(dict.fromkeys([*(asked["ids"] or ()), *corrected])))
    else:
        letters, following = _held().listed(asked["cursor"], asked["limit"])
    came = replay(storefront(), g.caller.shop.shop_id, letters, corrected, delivered_again(deliveries()))
    return answer({**came.as_dict(), "next": following})


def letter_view(letter: Letter) -> dict[str, Any]:
    """Return a letter as the doors and the command line show it."""
    return {
        "id": letter.letter_id,
        "at": moment(letter.at),
        "where": letter.where,
        "trust": letter.trust,
        "code": letter.code,
        "detail": letter.detail,
        "document": letter.shown(),
    }


def _held() -> DeadLetters:
    return storefront().shops.memory(g.caller.shop.shop_id).dead_letters
