"""Signing in by a provider of the shop's choice: two doors for the browser, one for the shop's server.

The browser's two are the only doors under `/v1` that read a cookie (docs/decisions/0010); it opens nothing by
itself.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Response, current_app, g, render_template_string, request, url_for

from api.answers import answer
from api.auth import gpc, opens
from api.doors import Doors, described
from api.errors import problem
from api.moments import moment
from api.schemas.signin import BeginInQuery, ExchangeSchema
from plugin.errors import RapportError
from plugin.signin.begun import LIVES_S, mark_of
from plugin.signin.flow import SignIn

doors = Doors("signin", __name__, description="Signing in by a provider (OpenID Connect)")

PAGE = (Path(__file__).parent / "pages" / "signin.html").read_text()
PROBLEM, HTML = "application/problem+json", "text/html"
WORDS = ("state", "code", "iss", "error")
LONGEST_STATE = 200

_WORD = {"in": "query", "schema": {"type": "string"}}
_ANSWERED = [
    {**_WORD, "name": "state", "description": "what was sent along to the provider"},
    {**_WORD, "name": "code", "description": "the provider's code"},
    {**_WORD, "name": "iss", "description": "who the provider says it is (RFC 9207)"},
    {**_WORD, "name": "error", "description": "why the provider says no"},
]


def _for_browsers(parameters: list[dict[str, Any]]) -> Callable[[Any], Any]:
    """Have the description say what a door answers to a browser: the way on, or a page."""
    refused = {"404": "No such shop or provider", "409": "Not possible", "422": "Not valid", "503": "Later"}
    content = {
        HTML: {"schema": {"type": "string"}},
        PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}},
    }
    responses: dict[str, Any] = {"302": {"description": "On to the provider, or back to the shop"}}
    for status, said in refused.items():
        responses[status] = {"description": said, "content": content}

    def wrap(view: Any) -> Any:
        described(view, {"responses": responses, **({"parameters": parameters} if parameters else {})})
        return view

    return wrap


def sign_in() -> SignIn:
    """Return the sign-ins behind the doors."""
    return current_app.extensions["sign_in"]


@doors.get("/v1/signin/<shop>/<provider>")
@_for_browsers([])
@doors.arguments(BeginInQuery, location="query")
def begin(asked: dict[str, Any], shop: str, provider: str) -> Response:
    """Send the browser to the provider, to sign in there."""
    callback = url_for("signin.come_back", shop=shop, provider=provider, _external=True)
    consent = asked["consent"] == "yes" and not gpc()
    leaving = sign_in().begin(shop, provider, asked["return_to"], callback, consent)
    response = _sent_to(leaving.address)
    if leaving.state and leaving.sealed:
        response.set_cookie(
            _cookie(leaving.state), leaving.sealed, max_age=LIVES_S, **_kept_for(shop, provider)
        )
    return response


@doors.get("/v1/signin/<shop>/<provider>/callback")
@_for_browsers(_ANSWERED)
def come_back(shop: str, provider: str) -> Response:
    """Take the browser back from the provider and send it on to the shop, with a one-time code."""
    # A word that is given twice is nobody's: which of the two would count is a matter of taste.
    said = {name: given[0] for name in WORDS if len(given := request.args.getlist(name)) == 1}
    cookie = _cookie(said.get("state", "")[:LONGEST_STATE])
    kept = request.cookies.get(cookie)
    address = sign_in().come_back(shop, provider, said, kept, refused_tracking=gpc())
    response = _sent_to(address)
    response.set_cookie(cookie, "", max_age=0, expires=0, **_kept_for(shop, provider))
    return response


@doors.post("/v1/signin/exchange")
@opens("secret")
@doors.arguments(ExchangeSchema)
def exchange(asked: dict[str, Any]) -> Response:
    """Trade a one-time code for the shopper's token; the code is then used up."""
    done = sign_in().exchange(g.caller.shop.shop_id, asked["code"], asked["shopper"], asked["consent"])
    return answer(
        {
            "shopper_token": done.shopper_token,
            "expires_at": moment(done.expires_at),
            "shopper": {"shopper_id": done.link.shopper_id, "new": done.new},
            "identity": {"kind": "oidc", "iss": done.link.iss, "sub": done.link.sub},
            "claims": done.claims,
        }
    )


@doors.errorhandler(RapportError)
def _told(error: RapportError) -> Response:
    """A person stands before the browser's two doors, so there an error is a page where one is wanted."""
    said = problem(error.code, error.detail, errors=error.errors, retry_after=error.retry_after)
    if request.endpoint == "signin.exchange":
        return said
    wanted = request.accept_mimetypes.best_match([PROBLEM, HTML], default=PROBLEM)
    if wanted == HTML:
        said.set_data(render_template_string(PAGE, detail=error.detail))
        said.content_type = f"{HTML}; charset=utf-8"
    return _private(said)


def _sent_to(address: str) -> Response:
    response = Response(status=302)
    response.autocorrect_location_header = False
    response.headers["Location"] = address
    return _private(response)


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
    )
    response.vary.add("Accept")
    return response


def _cookie(state: str) -> str:
    """The cookie that belongs to a state: several sign-ins may be under way in one browser."""
    return ("__Secure-" if request.is_secure else "") + f"rapport_signin_{mark_of(state)}"


def _kept_for(shop: str, provider: str) -> dict[str, Any]:
    """Only this provider's way back sees the cookie, and no script does."""
    path = url_for("signin.come_back", shop=shop, provider=provider)
    return {"path": path, "httponly": True, "samesite": "Lax", "secure": request.is_secure}
