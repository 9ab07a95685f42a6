"""Who is calling: which shop, by which key, for which shopper, from which origin (contract, section 3)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any

from flask import current_app, g, request

from api import limits
from api.doors import described
from api.idempotency import HEADER, answered_once
from api.tokens import TokenExpired, proven_shopper
from plugin.activity import Shopper
from plugin.connectors.segment import Rejected, identity
from plugin.errors import Forbidden, Invalid, TokenInvalid, Unauthenticated
from plugin.key_sets import KeySets
from plugin.merchant import Merchant
from plugin.shop import Key, Shop, shop_of_key
from plugin.store.memory import SHOP_ID
from plugin.storefront import Storefront, Visitor

LONGEST_ORIGIN = 200
WEB = "web"


@dataclass(frozen=True, slots=True)
class Caller:
    """A caller that proved itself: the shop of its key, and whether it is the shop's own server."""

    shop: Shop
    key: Key

    @property
    def trusted(self) -> bool:
        """Whether this is the shop's own server."""
        return self.key.kind == "secret"


def acting() -> str:
    """Return who is behind what is being changed, as the audit chain names them: a key by its id."""
    caller: Caller | None = g.get("caller")
    return f"key {caller.key.key_id}" if caller else "nobody"


def storefront() -> Storefront:
    """Return the service behind the doors."""
    return current_app.extensions["storefront"]


def merchant() -> Merchant:
    """Return the merchant's side of the service."""
    return current_app.extensions["merchant"]


def key_sets() -> KeySets:
    """Return the keys that shops publish for their tokens."""
    return current_app.extensions["key_sets"]


def authenticate(key_text: str | None = None) -> Caller:
    """Return who is calling, by the key in the header (or the one given, from a body).

    Raises `Unauthenticated` without a real key, `Forbidden` from an origin that the shop does not list or
    for a secret key in a browser, `RateLimited` when too many call.
    """
    text = key_text or key_in_header()
    shop_id = shop_of_key(text) if text else None
    if text is None or shop_id is None or not SHOP_ID.match(shop_id):
        raise Unauthenticated("Give a key of the shop: `Authorization: Bearer pk_...` or `sk_...`.")
    shops = storefront().shops
    shop = shops.view(shop_id)
    key = shop.key(text) or shops.view(shop_id, fresh=True).key(text)  # it may have been made just now
    if key is None:
        raise Unauthenticated("This key is not, or no longer, a key of any shop.")
    _check_origin(shop, key)
    limits.admit(shop_id, key.kind, storefront().clock())
    g.caller = Caller(shop, key)
    return g.caller


def key_in_header() -> str | None:
    """Return the key of the Authorization header: Bearer, or Basic with the key as user name."""
    scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip() or None
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(rest.strip(), validate=True).decode().split(":")[0] or None
        except (binascii.Error, UnicodeDecodeError):
            return None
    return None


def _check_origin(shop: Shop, key: Key) -> None:
    origin = request.headers.get("Origin")
    if origin is None:
        return
    if key.kind == "secret":
        what = {"key_id": key.key_id, "origin": origin[:LONGEST_ORIGIN]}
        audit, now = storefront().shops.memory(shop.shop_id).audit, storefront().clock()
        audit.add_once_an_hour(f"browser:{key.key_id}", now, "a browser", "key.shown_in_browser", what)
        raise Forbidden(
            "A secret key was sent by a browser, where anybody can read it: revoke it now.",
            code="secret_key_in_browser",
        )
    if origin not in shop.settings.origins:
        raise Forbidden(
            f"The origin {origin} is not listed; add it with `rapport shops set {shop.shop_id} origins=...`.",
            code="origin_not_allowed",
        )
    g.allowed_origin = origin


def opens(*kinds: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Have a door open to these kinds of keys only; the caller is then in `flask.g.caller`."""

    def wrap(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def opened(*args: Any, **kwargs: Any) -> Any:
            caller = authenticate()
            if caller.key.kind not in kinds:
                needed = " or ".join(kinds)
                raise Forbidden(f"This door opens with the shop's {needed} key only.")
            if kinds == ("secret",):
                # What a merchant wrote a moment ago, by whichever process, is what is read and changed now.
                storefront().shops.view(caller.shop.shop_id, fresh=True)
            return _once(caller, partial(view, *args, **kwargs))

        described(opened, {"security": [{kind: []} for kind in kinds]})
        return opened

    return wrap


def _once(caller: Caller, carry_out: Callable[[], Any]) -> Any:
    """Answer, and where the caller gave an idempotency key, answer a repeat as the first was answered."""
    if request.method != "POST" or HEADER not in request.headers:
        return carry_out()
    who = visitor(None).shopper
    person = f"{who.ref if who else 'nobody'} {gpc()}"
    once = storefront().shops.memory(caller.shop.shop_id).once
    return answered_once(once, caller.key.kind, person, storefront().clock(), carry_out)


def visitor(asked_shopper: str | None, locale: str | None = None, channel: str | None = None) -> Visitor:
    """Return whom an answer is for: the token's shopper, the visitor's number, or whom the server names.

    The channel of a browser is the web; only the shop's server says of another. Raises `Forbidden` when a
    browser names a shopper or a channel, `TokenInvalid` for a token that is not true.
    """
    caller: Caller = g.caller
    if asked_shopper and not caller.trusted:
        raise Forbidden("Only the shop's server names a shopper; a browser brings a shopper token.")
    if not caller.trusted:
        if channel not in (None, WEB):
            raise Forbidden("Only the shop's server says through which channel a shopper comes.")
        channel = WEB
    proven = token_shopper(caller.shop, storefront().clock())
    named = asked_shopper or proven
    shopper = _anonymous() if named is None else Shopper(_id(named, "shopper"))
    return Visitor(shopper, caller.trusted, locale, gpc(), channel)


def gpc() -> bool:
    """Return whether this request asks not to be followed (Global Privacy Control), whoever forwards it."""
    return request.headers.get("Sec-GPC", "").strip() == "1"


def token_shopper(shop: Shop, now: float) -> str | None:
    """Return the shopper that the token in the header proves, None without one, whoever sends it.

    Raises `TokenInvalid` for a token that is not, or no longer, true.
    """
    token = request.headers.get("Rapport-Shopper")
    if token is None:
        return None
    try:
        return proven_shopper(token, shop, now, key_sets())
    except TokenExpired:
        raise
    except TokenInvalid:
        limits.token_failed(shop.shop_id, now)
        raise


def _anonymous() -> Shopper | None:
    given = request.headers.get("Rapport-Anonymous")
    if not given:
        return None
    # Headers arrive as Latin-1; what a browser sent was UTF-8.
    with suppress(UnicodeError):
        given = given.encode("latin-1").decode("utf-8")
    return Shopper(_id(given, "Rapport-Anonymous"), known=False)


def _id(value: str, where: str) -> str:
    try:
        return identity(value, where)
    except Rejected as rejected:
        raise Invalid(rejected.detail, errors=[{"parameter": where, "detail": rejected.detail}]) from None
