"""`Idempotency-Key`: a POST that is sent again is answered again, and carried out once (contract, section 9).

It holds for every POST outside activity, in one place: around the view, once the caller is known. A repeat
is recognised by the key within the shop and, for a browser, the person: what one shopper was answered is
never repeated to another. The answer waits for a day, sealed with the key itself, so that the store alone
cannot read it.

What is not promised: when a process dies after its work and before its answer is kept, the request can be
sent again after two minutes and is then carried out again.
"""

from __future__ import annotations

import hashlib
import io
import logging
import secrets
import zlib
from collections.abc import Callable
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Response, current_app, request

from api.bodies import MOST_READ_AWAY
from plugin.errors import Invalid, RapportError, RateLimited, StoreUnavailable, TooLarge
from plugin.store.idempotency import Once, Turn

log = logging.getLogger(__name__)

HEADER = "Idempotency-Key"
LONGEST_KEY = 255
REPEATED_HEADERS = ("Content-Type", "ETag", "Location", "Cache-Control")
LARGEST_ANSWER = 256 * 1024  # packed; the ten thousand results of the longest list stay well below
TOO_LONG = b"too long"
NOT_KEPT = frozenset({408, 425, 429})  # these pass by themselves, and so does whatever is 5xx
NONCE = 12


def answered_once(once: Once, kind: str, person: str, now: float, carry_out: Callable[[], Any]) -> Any:
    """Return what a POST answers: the first time by carrying it out, after that what was answered then.

    `kind` is the kind of key, `person` tells apart those who share it. Raises `Invalid`
    (`idempotency_mismatch`) when the key was used to ask for something else, and `idempotency_running` while
    the first is at it.
    """
    key = _key()
    name = _digest(b"name", key, kind.encode(), person.encode("utf-8", "surrogatepass"))[:16]
    asked = _asked(key)
    turn = once.begin(name, asked, kind, now)
    if turn.state == "ours":
        return _first_time(once, name, turn, kind, now, carry_out, _digest(b"seal", key, asked))
    if turn.state == "done":
        return _again(turn.answer, _digest(b"seal", key, asked))
    raise _refusal(turn)


def _key() -> bytes:
    given = request.headers[HEADER]
    if not (1 <= len(given) <= LONGEST_KEY and given.isascii()):
        detail = f"An {HEADER} has 1 to {LONGEST_KEY} ASCII characters."
        raise Invalid(detail, errors=[{"parameter": HEADER, "detail": detail}])
    return given.encode()


def _asked(key: bytes) -> bytes:
    """Return a fingerprint of all that is asked; the body is read for it and put back for the view."""
    body = request.stream.read(MOST_READ_AWAY + 1)
    if len(body) > MOST_READ_AWAY:
        raise TooLarge(f"The body has more than {MOST_READ_AWAY} bytes.")
    request.stream = io.BytesIO(body)
    rest = (request.full_path, request.mimetype, *map(request.headers.get, ("Content-Encoding", "If-Match")))
    return _digest(b"asked", key, *((part or "").encode("utf-8", "surrogatepass") for part in rest), body)


def _first_time(
    once: Once,
    name: bytes,
    turn: Turn,
    kind: str,
    now: float,
    carry_out: Callable[[], Any],
    seal: bytes,
) -> Response:
    try:
        response = current_app.make_response(carry_out())
    except Exception as error:  # translated here already, because a refusal is an answer to be repeated too
        response = current_app.make_response(current_app.handle_user_exception(error))
    try:
        if response.status_code >= 500 or response.status_code in NOT_KEPT:
            once.let_go(name, turn)
        elif not once.finish(name, turn, _sealed(response, seal), kind, now):
            log.warning("a request with an idempotency key outlived its lease; its answer is not kept")
    except StoreUnavailable:
        # It is done, and the caller shall know that it is; only a repeat could not be told so.
        log.warning("the answer to a request with an idempotency key could not be kept")
    return response


def _again(sealed: bytes, seal: bytes) -> Response:
    if sealed == TOO_LONG:
        raise RapportError(
            "This was carried out before; its answer was too long to be kept and is not repeated.",
            code="refused",
        )
    try:
        plain = zlib.decompress(AESGCM(seal).decrypt(sealed[:NONCE], sealed[NONCE:], None))
    except InvalidTag:
        raise _refusal(Turn("other")) from None
    head, _, body = plain.partition(b"\n")
    kept = orjson.loads(head)
    response = Response(body, kept["status"])
    response.headers.update(kept["headers"])
    response.headers["Idempotent-Replayed"] = "true"
    return response


def _sealed(response: Response, seal: bytes) -> bytes:
    headers = {name: response.headers[name] for name in REPEATED_HEADERS if name in response.headers}
    head = orjson.dumps({"status": response.status_code, "headers": headers})
    packed = zlib.compress(head + b"\n" + response.get_data())
    if len(packed) > LARGEST_ANSWER:
        return TOO_LONG
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(seal).encrypt(nonce, packed, None)


def _refusal(turn: Turn) -> RapportError:
    if turn.state == "running":
        detail = "The first request with this Idempotency-Key is still at work; ask again in a moment."
        return RapportError(detail, code="idempotency_running", retry_after=1)
    if turn.state == "full":
        detail = "Too many answers are kept for Idempotency-Keys today; ask without one, or later."
        return RateLimited(detail, retry_after=3600)
    detail = "This Idempotency-Key was used for another request; give every request a key of its own."
    return Invalid(detail, code="idempotency_mismatch", errors=[{"parameter": HEADER, "detail": detail}])


def _digest(purpose: bytes, key: bytes, *parts: bytes) -> bytes:
    """Return 32 bytes that nobody finds again without the Idempotency-Key."""
    hashed = hashlib.blake2b(digest_size=32, person=purpose, key=hashlib.sha256(key).digest())
    for part in parts:
        hashed.update(len(part).to_bytes(8) + part)
    return hashed.digest()
