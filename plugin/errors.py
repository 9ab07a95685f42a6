"""Everything that can go wrong in the shop's words, one hierarchy; the doors translate it in one place.

`code` is the stable name a program reads (see the contract), `detail` the sentence a person reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from traceback import format_tb
from typing import Any


class RapportError(Exception):
    """Something Rapport will not or cannot do, with a stable code and the sentence that says why."""

    code = "invalid"

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        errors: Sequence[dict[str, Any]] = (),
        retry_after: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = list(errors)
        self.retry_after = retry_after
        if code is not None:
            self.code = code


def place_of(error: BaseException) -> str:
    """Return the kind of a fault and where it happened, as logs may have it.

    Not what it says: the words of a fault that nobody foresaw may quote a shopper.
    """
    return f"{type(error).__name__}\n{''.join(format_tb(error.__traceback__))}"


class Unauthenticated(RapportError):
    """No key, or one that no shop has."""

    code = "unauthenticated"


class Forbidden(RapportError):
    """A real key on a door it does not open (`forbidden`, `origin_not_allowed`, `secret_key_in_browser`)."""

    code = "forbidden"


class TokenInvalid(RapportError):
    """A shopper token that is not true (`token_invalid`) or no longer true (`token_expired`)."""

    code = "token_invalid"


class NotFound(RapportError):
    """Nothing by that name in this shop."""

    code = "not_found"


class Unreadable(RapportError):
    """A body that cannot be read at all."""

    code = "unreadable"


class Invalid(RapportError):
    """A body that was read but is not valid; `errors` says where."""

    code = "invalid"


class TooLarge(RapportError):
    """More than a door takes at once."""

    code = "too_large"


class RateLimited(RapportError):
    """Too many calls; `retry_after` says when to come back."""

    code = "rate_limited"


class Stale(RapportError):
    """A change to a version that is no longer the newest."""

    code = "stale"


class StoreUnavailable(RapportError):
    """The store is away or refuses; nothing is promised, and sending again later is safe."""

    code = "store_unavailable"

    def __init__(self, detail: str, *, retry_after: int = 2, **kwargs: Any) -> None:
        super().__init__(detail, retry_after=retry_after, **kwargs)


class StoreUnsafe(StoreUnavailable):
    """The store is there but set up so that it could lose what it acknowledges; the detail names how."""

    code = "store_unsafe"


class Refused(RapportError):
    """A command that cannot be carried out as asked; the detail names what to do instead."""

    code = "refused"


class LimitReached(RapportError):
    """An offer has no room left for what is to be redeemed (`limit_reached`, `budget_reached`)."""

    code = "limit_reached"


class CodeUnusable(RapportError):
    """A code that opens nothing; whether it never did, no longer does or does elsewhere is not told."""

    code = "code_unusable"
