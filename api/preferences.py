"""What shoppers say of themselves: preferences by patch, and answers to the shop's own questions."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request

from api.answers import answer
from api.auth import Caller, merchant, opens, storefront, visitor
from api.doors import Doors
from api.idempotency import HEADER
from api.offers import identity
from api.schemas.shoppers import Answers, InLocale, PreferencesPatch, QuestionnaireDocument
from plugin.errors import Invalid
from plugin.gather import Scene
from plugin.wishes.preferring import answer_questions, prefer

doors = Doors("preferences", __name__, description="What shoppers say of themselves, and are asked")


@doors.patch("/v1/shoppers/me/preferences")
@opens("publishable")
@doors.arguments(PreferencesPatch)
def prefer_myself(patch: dict[str, Any]) -> Response:
    """Change what the shopper whose token this is says of themselves."""
    scene = prefer(storefront(), g.caller.shop.shop_id, visitor(None), patch, request.headers.get(HEADER))
    return answer(scene.preferences.to_document())


@doors.patch("/v1/shoppers/<identity:shopper_id>/preferences")
@opens("secret")
@doors.arguments(PreferencesPatch)
def prefer_for(patch: dict[str, Any], shopper_id: str) -> Response:
    """Change what a shopper said of themselves, by the shop's own word."""
    who = visitor(identity(shopper_id))
    scene = prefer(storefront(), g.caller.shop.shop_id, who, patch, request.headers.get(HEADER))
    return answer(scene.preferences.to_document())


@doors.get("/v1/questionnaire")
@opens("publishable", "secret")
@doors.arguments(InLocale, location="query")
def questionnaire(asked: dict[str, Any]) -> Response:
    """Answer the shop's own questions: as a page shows them, or to the shop's server as they were written."""
    caller: Caller = g.caller
    held = caller.shop.questionnaire
    if caller.trusted:
        return answer(held.to_document())
    return answer({"questions": held.asked_in(asked["locale"] or caller.shop.settings.locale, {})})


@doors.put("/v1/questionnaire")
@opens("secret")
@doors.arguments(QuestionnaireDocument)
def set_questionnaire(written: dict[str, Any]) -> Response:
    """Set the shop's own questions."""
    return answer(merchant().set_questionnaire(g.caller.shop.shop_id, written).to_document())


@doors.post("/v1/shoppers/me/answers")
@opens("publishable", "secret")
@doors.arguments(Answers)
def answer_for_myself(given: dict[str, Any]) -> Response:
    """Take a shopper's answers; each sets the preferences and the trait that the question says."""
    who = visitor(given["shopper"])
    if who.trusted and who.shopper is None:
        detail = "Whose answers are these? The shop's server names the shopper."
        raise Invalid(f"/shopper: {detail}", errors=[{"pointer": "/shopper", "detail": detail}])
    return answer(answered_view(answer_questions(storefront(), g.caller.shop.shop_id, who, given["answers"])))


def answered_view(scene: Scene) -> dict[str, Any]:
    """Return a shopper's preferences, and the shop's questions with the answers given so far."""
    locale = scene.locale or scene.shop.settings.locale
    said = scene.preferences
    return {
        "preferences": said.to_document(),
        "questions": scene.shop.questionnaire.asked_in(locale, said.answers),
    }


def preferences_slot(scene: Scene) -> dict[str, Any]:
    """Return what the placement `preferences` shows; nothing for somebody unknown."""
    if scene.shopper is None or not scene.shopper.known:
        return {"preferences": None, "questions": []}
    return answered_view(scene)
