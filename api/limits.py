"""How many calls are taken in a minute, and from whom (contract, sections 4 and 9).

The defaults stop floods and nothing else. One address may be a whole town behind its provider's gateway, or a
university: 30,000 calls a minute are what 3,000 shoppers cause who open a page every twelve seconds and have
two calls on it. One shop's browsers together may cause 1,200,000, twenty thousand a second, more than a large
machine answers; the shop's own server more than twice of that. Each is set by the environment (see
`plugin/settings.py`), and 0 takes it away.
"""

from __future__ import annotations

import ipaddress
from functools import lru_cache

from flask import current_app, request

from plugin.errors import RateLimited
from plugin.settings import Settings
from plugin.store.limits import Limit, Limits

UNKNOWN = "unknown"
SHOP_OF_ADDRESSES = 50  # how many times as many wrong codes all callers of a shop may bring as one address
OF_ONE_HOUSEHOLD = 64  # bits: whoever has one IPv6 address has all that begin with them


def admit(shop_id: str, kind: str, now: float) -> None:
    """Count one call with a key of this kind. Raises `RateLimited`, saying when to come back."""
    settings = _settings()
    if kind == "secret":
        _demand(shop_id, [Limit("server", settings.limit_server)], now)
        return
    limits = [Limit("shop", settings.limit_shop)]
    who = address(request.remote_addr, settings.trusted_proxies)
    if who is not None:
        limits.append(Limit("address", settings.limit_address, who))
    _demand(shop_id, limits, now)


def token_failed(shop_id: str, now: float) -> None:
    """Count one shopper token that was not true. Raises `RateLimited` where an address brings too many.

    A true token from there opens as before, so that one bad neighbour behind a gateway locks nobody out.
    """
    settings = _settings()
    who = address(request.remote_addr, settings.trusted_proxies)
    if who is not None:
        _demand(shop_id, [Limit("token", settings.limit_tokens, who)], now)


def codes_open(shop_id: str, kind: str, now: float) -> None:
    """Raise `RateLimited` where too many codes were wrong lately: then none is looked at, true or not."""
    held: Limits = current_app.extensions["limits"]
    wait = held.known_exceeded(shop_id, _of_codes(kind), now)
    if wait is not None:
        raise _too_many(wait)


def codes_failed(shop_id: str, kind: str, count: int, now: float) -> None:
    """Count codes that opened nothing, for the address they came from and for the shop's callers together."""
    for _ in range(count):
        _demand(shop_id, _of_codes(kind), now)


def _of_codes(kind: str) -> list[Limit]:
    """Browsers are counted apart from the shop's own server, so that guessers do not close its checkout."""
    settings = _settings()
    found = [Limit(f"codes-{kind}", settings.limit_codes * SHOP_OF_ADDRESSES)]
    who = address(request.remote_addr, settings.trusted_proxies) if kind != "secret" else None
    if who is not None:
        found.append(Limit("codes", settings.limit_codes, who))
    return [limit for limit in found if limit.most]


@lru_cache(maxsize=10_000)
def address(given: str | None, trusted_proxies: int) -> str | None:
    """Return the address that counts as one caller, None for one that stands for many.

    With no proxy announced, a call from this machine or a private network comes from the shop itself or from
    a proxy nobody told of: all visitors would share that one address, so it is not limited by itself.
    """
    try:
        found = ipaddress.ip_address(_without_port(given or ""))
    except ValueError:
        return UNKNOWN if trusted_proxies else None
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if not trusted_proxies and not found.is_global:
        return None
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(found), OF_ONE_HOUSEHOLD), strict=False).network_address)
    return str(found)


def _without_port(given: str) -> str:
    """Some proxies write the port behind the address: `192.0.2.1:40000`, `[2001:db8::1]:40000`."""
    if given.startswith("["):
        return given[1:].partition("]")[0]
    host, colon, rest = given.rpartition(":")
    return host if colon and ":" not in host and rest.isdigit() else given


def _settings() -> Settings:
    return current_app.extensions["storefront"].shops.store.settings


def _demand(shop_id: str, limits: list[Limit], now: float) -> None:
    held: Limits = current_app.extensions["limits"]
    wait = held.exceeded(shop_id, [limit for limit in limits if limit.most], now)
    if wait is not None:
        raise _too_many(wait)


def _too_many(wait: int) -> RateLimited:
    return RateLimited(f"Too many calls; come back in {wait} seconds.", retry_after=wait)
