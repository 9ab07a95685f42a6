"""Sign-ins by a provider: whose they are, the one-time codes, and which returns were used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson

from plugin.activity import Shopper
from plugin.errors import RateLimited
from plugin.store.connection import Connection
from plugin.store.keys import ShopKeys, digest
from plugin.store.tickets import Tickets

CODE_LIVES_S = 60
STATES_KEPT_S = 1_800
WINDOW_S = 600
MOST_USED = 100_000  # returns in ten minutes
TICKET = "sign-in-code"
SCAN_COUNT = 500


@dataclass(frozen=True, slots=True)
class Proven:
    """Whom a provider proved, waiting for the shop to ask: the claims it chose, and its page's consent."""

    provider: str
    iss: str
    sub: str
    claims: dict[str, Any] = field(default_factory=dict)
    consent: bool = False
    followed: bool = True  # False where the browser asked not to be (`Sec-GPC`)


@dataclass(frozen=True, slots=True)
class Link:
    """A sign-in (issuer and subject) and the shopper it belongs to. `since` is epoch seconds."""

    shopper_id: str
    provider: str
    iss: str
    sub: str
    since: float
    by: str = ""  # the mark of the code that made it

    @staticmethod
    def mark(code: str) -> str:
        """Return the fingerprint of a code, which opens nothing."""
        return digest(code, size=16).hex()

    def made_by(self, code: str) -> bool:
        """Whether it was this code that made the link."""
        return self.by == self.mark(code)

    def to_bytes(self) -> bytes:
        """Return the link as the store and an export keep it."""
        return orjson.dumps(asdict(self))

    @classmethod
    def from_bytes(cls, data: bytes) -> Link:
        """Return the link that `to_bytes` wrote."""
        return cls(**orjson.loads(data))


class SignIns:
    """The sign-ins of one shop."""

    def __init__(self, connection: Connection, keys: ShopKeys, tickets: Tickets) -> None:
        self._connection = connection
        self._keys = keys
        self._tickets = tickets

    def use(self, state: str, begun_at: float) -> bool:
        """Return whether a browser comes back with this state for the first time.

        Raises `RateLimited` when more came back within ten minutes than any shop's shoppers do.
        """
        key = f"{{{self._keys.shop}}}:sign-in-states:{int(begun_at // WINDOW_S)}"
        if self._connection.call("SCARD", key) >= MOST_USED:
            raise RateLimited("Too many sign-ins in this shop; try again soon.", retry_after=WINDOW_S)
        first, _ = self._connection.many([("SADD", key, digest(state)), ("EXPIRE", key, STATES_KEPT_S)])
        return bool(first)

    def offer(self, proven: Proven) -> str:
        """Return a one-time code that is worth this proof for a minute."""
        return self._tickets.issue(TICKET, {"proven": orjson.dumps(asdict(proven)).decode()}, CODE_LIVES_S)

    def read(self, code: str) -> Proven | None:
        """Return what a code is worth, leaving it as it is; None for one that is used, unknown or too old."""
        worth = self._tickets.read(TICKET, code)
        return Proven(**orjson.loads(worth["proven"])) if worth else None

    def take(self, code: str) -> bool:
        """Use a code up, and return whether it still was worth something: of all callers, one is told so."""
        return self._tickets.redeem(TICKET, code) is not None

    def link(self, proven: Proven, shopper_id: str, code: str, now: float) -> Link:
        """Return the link of a sign-in as it stands: to this shopper, unless it is another's already.

        It is on disk, and found from the shopper, when this returns; doing it again changes nothing.
        """
        made = Link(shopper_id, proven.provider, proven.iss, proven.sub, now, Link.mark(code))
        return self._keep(made)

    def keep(self, link: Link) -> bool:
        """Keep a link that another installation knew; False where the sign-in is another shopper's here."""
        return self._keep(link).shopper_id == link.shopper_id

    def _keep(self, link: Link) -> Link:
        field_, key = self._place(link.iss, link.sub)
        # The way from the shopper first: interrupted, it leads to nothing; the other order would leave a
        # link that an erasure of the shopper does not find.
        self._connection.call("SADD", self._of(link.shopper_id), field_)
        _, held = self._connection.many([("HSETNX", key, field_, link.to_bytes()), ("HGET", key, field_)])
        stands = Link.from_bytes(held)
        if stands.shopper_id != link.shopper_id:
            self._connection.call("SREM", self._of(link.shopper_id), field_)
        return stands

    def find(self, iss: str, sub: str) -> Link | None:
        """Return the link of a sign-in, None while it is nobody's."""
        field_, key = self._place(iss, sub)
        held = self._connection.call("HGET", key, field_)
        return Link.from_bytes(held) if held else None

    def of(self, shopper_id: str) -> list[Link]:
        """Return the sign-ins of one shopper, the oldest first."""
        marks = sorted(self._connection.call("SMEMBERS", self._of(shopper_id)))
        held = self._connection.many([("HGET", self._sharded(mark), mark) for mark in marks])
        links = [Link.from_bytes(each) for each in held if each]
        return sorted((link for link in links if link.shopper_id == shopper_id), key=lambda link: link.since)

    def every(self) -> Iterator[Link]:
        """Yield every link of the shop, shard by shard."""
        for shard in range(self._keys.shards):
            cursor: Any = 0
            while True:
                key = self._links(shard)
                cursor, held = self._connection.call("HSCAN", key, cursor, "COUNT", SCAN_COUNT)
                values = held.values() if isinstance(held, Mapping) else held[1::2]
                yield from map(Link.from_bytes, values)
                if not int(cursor):
                    break

    def forget(self, shopper_id: str) -> int:
        """Let a shopper's sign-ins be nobody's again, and return how many those were."""
        links = self.of(shopper_id)
        places = [self._place(link.iss, link.sub) for link in links]
        self._connection.many([("HDEL", key, field_) for field_, key in places])
        self._connection.call("DEL", self._of(shopper_id))
        return len(links)

    def _place(self, iss: str, sub: str) -> tuple[bytes, str]:
        mark = digest(iss, sub, size=16).hex().encode()
        return mark, self._sharded(mark)

    def _sharded(self, mark: bytes) -> str:
        return self._links(self._keys.shard(mark.decode()))

    def _links(self, shard: int) -> str:
        return self._keys.of_shard(shard, "sign-ins")

    def _of(self, shopper_id: str) -> str:
        return self._keys.of_shard(self._keys.shard(shopper_id), "sign-ins-of:") + Shopper(shopper_id).ref
