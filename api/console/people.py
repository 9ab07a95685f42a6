"""One shopper in the console: what is known and why, and what they said of themselves, to be put right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for

from api.auth import storefront
from api.bodies import valid
from api.console.front import guard, own_forms_only, session_of_request
from api.schemas.shoppers import PreferencesPatch
from api.shopper_views import identities_view, known_view, ownership_view, timeline_view
from api.shoppers import identities_of, timeline_of
from api.tier_views import tier_view
from api.value_views import value_view
from plugin.activity import Shopper
from plugin.errors import Forbidden, Invalid
from plugin.gather import Scene
from plugin.known import known
from plugin.rights.consent import consent_view
from plugin.store.timeline import END_OF_TIME
from plugin.storefront import Visitor
from plugin.timeline import place_of_cursor
from plugin.wishes.preferences import HOW_OFTEN, LISTS, Preferences
from plugin.wishes.preferring import prefer

doors = Blueprint("console_people", __name__, url_prefix="/console", template_folder="templates")
doors.before_request(own_forms_only)
doors.after_request(guard)

PAGE = 50
LONGEST_ID = 128
WORDS = {
    "likes": "Likes",
    "avoids": "Avoids: never shown or offered",
    "for": "Buys for",
    "aims": "Aims",
    "channels": "Wants to be reached by",
}
PATCH = PreferencesPatch()


@doors.get("/shoppers")
def shopper() -> Any:
    """Show one shopper, or ask which."""
    shop_id, who = _opened()
    shopper_id = request.args.get("id", "").strip()[:LONGEST_ID]
    if not shopper_id:
        return render_template("shopper.html", who=who, shopper_id="", known=None)
    return _page(shop_id, who, _scene(shop_id, shopper_id))


@doors.post("/shoppers")
def set_preferences() -> Any:
    """Keep what a shopper said of themselves, as the form has it."""
    shop_id, who = _opened()
    if who.get("role") == "viewer":
        abort(403, "A viewer looks; an editor or owner changes.")
    shopper_id = request.form.get("id", "")[:LONGEST_ID]
    if not shopper_id:
        abort(422, "The form does not say whose preferences these are.")
    scene = _scene(shop_id, shopper_id)
    try:
        patch = valid(PATCH, _said(request.form, scene.preferences))
        prefer(storefront(), shop_id, _visitor(shopper_id), patch)
    except (Invalid, Forbidden) as refusal:
        return _page(shop_id, who, scene, refused=refusal.detail), 422
    audit = storefront().shops.memory(shop_id).audit
    audit.add(scene.now, who.get("email", "console"), "shopper.preferences_set", {"said": sorted(patch)})
    return redirect(url_for("console_people.shopper", id=shopper_id), 303)


def _opened() -> tuple[str, dict[str, str]]:
    session = session_of_request()
    if session is None:
        abort(redirect(url_for("console.home"), 303))
    return session


def _visitor(shopper_id: str) -> Visitor:
    return Visitor(Shopper(shopper_id), trusted=True)


def _scene(shop_id: str, shopper_id: str) -> Scene:
    return storefront().scene(shop_id, _visitor(shopper_id))


def _page(shop_id: str, who: Mapping[str, str], scene: Scene, refused: str | None = None) -> str:
    given = request.args.get("cursor")
    before = (place_of_cursor(given) if given else None) or END_OF_TIME
    entries, following = timeline_of(scene, PAGE, before)
    assert scene.shopper is not None
    is_known = bool(scene.profile.events or entries)
    facts = known(scene.profile, scene.owned, scene.shop.catalogue) if is_known else []
    said = scene.preferences
    return render_template(
        "shopper.html",
        who=who,
        shop=scene.shop.settings,
        shopper_id=scene.shopper.id,
        known=known_view(facts) if is_known else None,
        identities=identities_view(identities_of(scene)),
        tier=tier_view(scene),
        value=value_view(scene),
        consent=consent_view(scene.profile, scene.shop.settings),
        owned=ownership_view(scene),
        lists=[(name, label, said.to_document()[name]) for name, label in WORDS.items()],
        sizes=said.sizes,
        how_often=HOW_OFTEN,
        said=said,
        timeline=timeline_view(entries, following, scene),
        may_change=who.get("role") != "viewer",
        refused=refused,
    )


def _said(form: Mapping[str, str], held: Preferences) -> dict[str, Any]:
    """What a form says, as the patch that makes it so; sizes that are no longer in it are forgotten."""
    patch: dict[str, Any] = {name: _lines(form.get(name, "")) for name in LISTS}
    pairs = [line.partition("=") for line in _lines(form.get("sizes", ""))]
    sizes: dict[str, str | None] = {name.strip(): size.strip() for name, _, size in pairs}
    patch["sizes"] = {**dict.fromkeys(held.sizes), **sizes}
    patch["how_often"] = form.get("how_often", "").strip() or None
    patch["plain_feed"] = form.get("plain_feed") == "yes"
    return patch


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
