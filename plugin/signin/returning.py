"""Where a browser may be sent after a sign-in: only to what the shop lists, however the wish is spelled."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlencode

from plugin.errors import Invalid

LONGEST = 1_000
CODE, ERROR = "rapport_code", "rapport_error"
# Spelled out rather than left to a parser: parsers and browsers disagree on what is odd, and what is odd is
# not needed. No user, no backslash, no blank, nothing but ASCII; a fragment would swallow what is added.
ADDRESS = re.compile(
    r"(?P<origin>https?://(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?)"
    r"(?P<path>/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?"
    r"(?:\?(?P<query>[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*))?",
    re.ASCII,
)


def allowed_return(wished: str, listed: Iterable[str]) -> str:
    """Return the address to come back to, if the shop lists it: its origin, or exactly itself but the query.

    Raises `Invalid` for any other.
    """
    found = ADDRESS.fullmatch(wished) if len(wished) <= LONGEST else None
    if found is None:
        raise _invalid("It must be a plain http or https address in ASCII, without user and fragment.")
    if {CODE, ERROR} & {name for name, _ in parse_qsl(found["query"] or "", keep_blank_values=True)}:
        raise _invalid(f"It may not hold {CODE} or {ERROR} already.")
    whole = found["origin"] + (found["path"] or "/")
    for entry in listed:
        if entry in (found["origin"], whole):
            return wished
    raise _invalid("The shop lists no such address, neither in `return_to` of the sign-in nor in `origins`.")


def with_word(address: str, name: str, value: str) -> str:
    """Return an address that `allowed_return` let through, with one more word in its query."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode({name: value})}"


def _invalid(detail: str) -> Invalid:
    return Invalid(f"return_to: {detail}", errors=[{"parameter": "return_to", "detail": detail}])
