"""Who a shopper is: the identities that are one person, and the name of each joining.

A visitor's number belongs to the first shopper who was proven beside it. Two known shoppers are one only
where the shop has said so. Each joining has a `merge_id`, by which it can be undone.
"""

from __future__ import annotations

import base64
import zlib
from typing import Any

from plugin.activity import Shopper
from plugin.shopper import Profile
from plugin.store.keys import digest

VISITOR_MERGE = "v_"
SHOPPERS_MERGE = "m_"


def visitor_merge_id(visitor: str) -> str:
    """Return the name of a visitor number's joining with its shopper.

    It holds where the number's owner is found (a checksum and a digest of it) and nothing that can be read.
    """
    place = zlib.crc32(visitor.encode("utf-8", "surrogatepass")).to_bytes(4)
    name = base64.urlsafe_b64encode(place + digest(visitor, size=12)).rstrip(b"=")
    return VISITOR_MERGE + name.decode()


def shoppers_merge_id(part: str, into: str, turn: int) -> str:
    """Return the name of the joining of two shoppers, for the `turn`-th time (from 0) that they are joined."""
    name = base64.urlsafe_b64encode(digest(part, into, str(turn), size=15))
    return SHOPPERS_MERGE + name.decode()


def identities(profile: Profile, ref: str) -> list[dict[str, Any]]:
    """Return every identity of a shopper as read: its `kind` (user, anonymous, oidc), `id` and `since`.

    `since` is in epoch seconds. What was joined has the `merge_id` that undoes the joining.
    """
    asked = Shopper.from_ref(ref)
    listed: list[dict[str, Any]] = [
        {"kind": "user" if asked.known else "anonymous", "id": asked.id, "since": profile.first_at}
    ]
    listed += [
        {"kind": "oidc", "id": identity, "since": since}
        for identity, (_, since) in sorted(profile.sign_ins.items())
    ]
    return listed
