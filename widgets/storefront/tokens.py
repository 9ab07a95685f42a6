"""The token by which the shop says to the service who is logged in."""

from __future__ import annotations

import jwt

LIFE = 3600  # seconds


def sign_token(user_id: str, *, shop: str, kid: str, key: str, now: float) -> str:
    """Return a token for one customer: HS256, valid for one hour, good for this shop only."""
    issued = int(now)
    claims = {"sub": user_id, "aud": shop, "iat": issued, "exp": issued + LIFE}
    return jwt.encode(claims, key, algorithm="HS256", headers={"kid": kid})
