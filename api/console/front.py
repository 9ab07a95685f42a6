"""The console's front door: a one-time login, a session, and the page that says how things are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, send_file, url_for

from api.auth import storefront
from api.console.today import today
from plugin.store.memory import SHOP_ID
from plugin.store.tickets import Tickets

FOLDER = Path(__file__).parent
doors = Blueprint("console", __name__, url_prefix="/console", template_folder="templates")

COOKIE = "rapport_console"
SESSION_S = 8 * 3600
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


@doors.after_request
def guard(response: Response) -> Response:
    """Return a page of the console as one that loads its own style sheet only, framed and kept by nobody."""
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers.setdefault("Cache-Control", "private, no-store")
    return response


@doors.before_request
def own_forms_only() -> None:
    """Refuse a form that another site's page has sent; browsers say where one stands."""
    here = request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")
    if request.method == "POST" and not here:
        abort(403, "Sessions are begun and ended from the console itself.")


@doors.get("/")
def home() -> Any:
    """Show today, or say how to get in."""
    session = session_of_request()
    if session is None:
        return render_template("enter.html", shop=None, ticket=None, failed=False), 401
    shop_id, worth = session
    view = storefront().shops.view(shop_id, fresh=True)
    return render_template("today.html", who=worth, **today(storefront(), view))


@doors.get("/login")
def ask() -> Any:
    """Ask before a one-time login is used up: whatever only looks at links must not spend it."""
    return render_template(
        "enter.html", shop=request.args.get("shop"), ticket=request.args.get("ticket"), failed=False
    )


@doors.post("/login")
def enter() -> Any:
    """Trade a one-time login for a session."""
    shop_id, ticket = request.form.get("shop", ""), request.form.get("ticket", "")
    worth = _tickets(shop_id).redeem("login", ticket) if SHOP_ID.match(shop_id) else None
    if worth is None:
        return render_template("enter.html", shop=None, ticket=None, failed=True), 401
    session = _tickets(shop_id).issue("session", worth, SESSION_S)
    response = redirect(url_for("console.home"), 303)
    response.set_cookie(
        COOKIE,
        f"{shop_id}.{session}",
        max_age=SESSION_S,
        path="/console/",
        httponly=True,
        samesite="Strict",
        secure=request.is_secure,
    )
    return response


@doors.post("/logout")
def leave() -> Any:
    """End the session."""
    shop_id, _, ticket = request.cookies.get(COOKIE, "").partition(".")
    if SHOP_ID.match(shop_id):
        _tickets(shop_id).void("session", ticket)
    response = redirect(url_for("console.home"), 303)
    response.delete_cookie(COOKIE, path="/console/")
    return response


@doors.get("/console.css")
def style() -> Response:
    """Return the console's one style sheet."""
    return send_file(FOLDER / "static" / "console.css", mimetype="text/css", conditional=True, max_age=300)


def session_of_request() -> tuple[str, dict[str, str]] | None:
    """Return which shop's console a request's cookie opens and to whom, None when to nobody."""
    shop_id, _, ticket = request.cookies.get(COOKIE, "").partition(".")
    if not SHOP_ID.match(shop_id) or not ticket:
        return None
    worth = _tickets(shop_id).read("session", ticket)
    return (shop_id, worth) if worth else None


def _tickets(shop_id: str) -> Tickets:
    return storefront().shops.memory(shop_id).tickets
