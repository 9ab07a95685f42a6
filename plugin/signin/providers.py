"""Asking providers for their descriptions, their keys and a code's worth, as outside addresses are asked."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from authlib.oauth2.rfc6749.parameters import prepare_token_request

from plugin.key_sets import OF_PROVIDERS, KeySets, PublicKey
from plugin.outside import OutsideRefused, fetch
from plugin.signin.begun import Begun
from plugin.signin.provider import Metadata, Provider, discovery_address, read_metadata, read_object

LARGEST_ANSWER = 64 * 1024
KEPT_FOR_S = 600.0
ASKED_AGAIN_AFTER_S = 5.0  # when a provider does not answer, whoever comes next is not kept waiting for it
MOST_AT_ONCE = 2  # a slow provider holds up no more threads of a process than this
PATIENCE_S = 0.5
LONGEST_ACCESS_TOKEN = 16 * 1024


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a code was worth."""

    id_token: str
    access_token: str | None


@dataclass(frozen=True, slots=True)
class _Asked:
    at: float
    found: Metadata | OutsideRefused


class Providers:
    """The providers of all shops of this process. Safe to share between threads."""

    def __init__(
        self, fetching: Callable[..., bytes] = fetch, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetching = fetching
        self._clock = clock
        self._described: dict[str, _Asked] = {}
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)
        # A key we do not know stands in a token that the provider itself has just handed to us: it is new.
        self._keys = KeySets(fetching, clock, algorithms=OF_PROVIDERS, asked_again_after=0.0)

    @contextmanager
    def a_place(self) -> Iterator[None]:
        """Hold one of the few places for asking outside. Raises `OutsideRefused` when none gets free soon."""
        if not self._places.acquire(timeout=PATIENCE_S):
            raise OutsideRefused("Too many sign-ins are waiting for their providers.")
        try:
            yield
        finally:
            self._places.release()

    def metadata(self, issuer: str) -> Metadata:
        """Return what an issuer says of itself, at most ten minutes old. Raises `OutsideRefused`."""
        held = self._described.get(issuer)
        if held is None or self._clock() - held.at > _kept_for(held):
            with self.a_place():  # that there is none says nothing of the provider and is not remembered
                held = self._described[issuer] = _Asked(self._clock(), self._describe(issuer))
        if isinstance(held.found, OutsideRefused):
            raise OutsideRefused(held.found.detail)
        return held.found

    def _describe(self, issuer: str) -> Metadata | OutsideRefused:
        try:
            return read_metadata(self._fetching(discovery_address(issuer), LARGEST_ANSWER), issuer)
        except OutsideRefused as refused:
            return refused

    def key(self, metadata: Metadata, kid: str | None, again: bool) -> PublicKey | None:
        """Return the provider's published key of this id (without an id: its only one), or None.

        `again` asks once more, whatever is known.
        """
        return self._keys.find(metadata.jwks_uri, kid, again=again)

    def tokens(self, metadata: Metadata, provider: Provider, code: str, begun: Begun) -> Tokens:
        """Return what a code is worth to the provider. Raises `OutsideRefused`, with a refusal's status."""
        fields = {"code": code, "code_verifier": begun.verifier}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if provider.client_secret and not metadata.secret_in_body:
            headers["Authorization"] = _basic(provider.client_id, provider.client_secret)
        else:
            fields.update(client_id=provider.client_id, client_secret=provider.client_secret or "")
        body = prepare_token_request("authorization_code", redirect_uri=begun.callback, **fields)
        answered = self._fetching(
            metadata.token_endpoint, LARGEST_ANSWER, headers=headers, body=body.encode()
        )
        held = read_object(answered, "token answer")
        id_token, access_token = held.get("id_token"), held.get("access_token")
        if not isinstance(id_token, str):
            raise OutsideRefused("The provider's token answer holds no ID token.")
        return Tokens(id_token, access_token if isinstance(access_token, str) else None)

    def said_of(self, metadata: Metadata, access_token: str, subject: str) -> dict[str, Any]:
        """Return what the provider's userinfo says of this subject. Raises `OutsideRefused`."""
        if not access_token.isascii() or not access_token.isprintable() or " " in access_token:
            raise OutsideRefused("The provider's access token cannot be sent in a header.")
        if metadata.userinfo_endpoint is None or len(access_token) > LONGEST_ACCESS_TOKEN:
            raise OutsideRefused("The provider has no userinfo for this sign-in.")
        headers = {"Authorization": f"Bearer {access_token}"}
        answered = self._fetching(metadata.userinfo_endpoint, LARGEST_ANSWER, headers=headers)
        held = read_object(answered, "userinfo")
        if held.get("sub") != subject:
            raise OutsideRefused("The provider's userinfo is of another subject.")
        return held


def _kept_for(held: _Asked) -> float:
    return ASKED_AGAIN_AFTER_S if isinstance(held.found, OutsideRefused) else KEPT_FOR_S


def _basic(client_id: str, client_secret: str) -> str:
    """The client's name and secret as RFC 6749, section 2.3.1, wants them: each encoded, then joined."""
    joined = f"{quote_plus(client_id)}:{quote_plus(client_secret)}"
    return "Basic " + base64.b64encode(joined.encode()).decode()
