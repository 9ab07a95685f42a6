"""Opening the store: which server, how many shards, and the memory of each shop in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from plugin.activity import Activity, Shopper
from plugin.errors import NotFound, Refused, StoreUnavailable
from plugin.rights.marks import Erasures
from plugin.settings import Settings
from plugin.shopper import Profile
from plugin.store import keys
from plugin.store.activities import Activities, ErasureMark, nobody_is_erased
from plugin.store.archive import Archive
from plugin.store.audit import Audit
from plugin.store.buyers import Buyers
from plugin.store.codes import CodeMarks
from plugin.store.connection import DOOR_TIMEOUT_S, REST_S, TIMEOUT_S, Connection, connect
from plugin.store.consents import Consents
from plugin.store.dead_letters import DeadLetters
from plugin.store.documents import Documents
from plugin.store.erased import Erased
from plugin.store.everybody import Everybody
from plugin.store.feeds import FeedStore
from plugin.store.forgetting import Forgetting
from plugin.store.gifts import GiftRecords
from plugin.store.idempotency import Once
from plugin.store.identities import Identities
from plugin.store.ledger import Ledger
from plugin.store.log import Log
from plugin.store.log.places import place_of
from plugin.store.redemptions import RedemptionRecords
from plugin.store.rules import Rules
from plugin.store.safety import Check, check_room, check_safety
from plugin.store.server import EmbeddedServer
from plugin.store.shoppers import Shoppers
from plugin.store.sign_ins import SignIns
from plugin.store.tally import Tally
from plugin.store.tickets import Tickets
from plugin.store.timeline import Timeline
from plugin.store.trainings import Trainings

MOST_SHOPS = 10_000  # whose way to the store is kept at hand; it holds nothing but names
SHOP_ID = re.compile(r"^[a-z0-9][a-z0-9-]{0,47}$")


class ShopMemory:
    """Everything kept of one shop: its documents, its shoppers, the door of its stream, its log."""

    def __init__(
        self,
        connection: Connection,
        shop: str,
        shards: int,
        settings: Settings,
        erasure_mark: ErasureMark = nobody_is_erased,
        is_erased: Callable[[str, str], bool] = lambda shop, ref: False,
    ) -> None:
        self.shop = shop
        self._is_erased = is_erased
        self._erasure_mark = erasure_mark
        self.keys = keys.ShopKeys(shop, shards)
        self._connection = connection
        self.documents = Documents(connection, self.keys)
        self.activities = Activities(connection, self.keys, erasure_mark)
        self.buyers = Buyers(connection, self.keys)
        self.dead_letters = DeadLetters(connection, self.keys)
        self.shoppers = Shoppers(connection, self.keys)
        self.identities = Identities(connection, self.keys)
        self.tickets = Tickets(connection, self.keys)
        self.sign_ins = SignIns(connection, self.keys, self.tickets)
        self.log = Log(place_of(settings.log_url, settings.log, settings.scratch, shop))
        self.models = settings.models / shop

    @property
    def audit(self) -> Audit:
        """What was changed in the shop, by whom and when."""
        return Audit(self._connection, self.keys)

    def without_the_erased(self, activities: Sequence[Activity]) -> list[Activity]:
        """Return activities without the numbers of erased visitors, at whose devices others are seen now.

        What the erased themselves did is refused at the door of the stream.
        """
        return [
            _unseen(activity)
            if activity.visitor is not None and self._is_erased(self.shop, f"a:{activity.visitor}")
            else activity
            for activity in activities
        ]

    def not_erased(self, shoppers: Iterable[Shopper]) -> list[Shopper]:
        """Return those of whom something may still be shown: an erasure that has begun has taken the rest."""
        marks = {shopper.ref: self._erasure_mark(shopper.ref) for shopper in shoppers}
        gone = self.erased.among(marks)
        return [Shopper.from_ref(ref) for ref in marks if ref not in gone]

    @property
    def timeline(self) -> Timeline:
        """What single shoppers did, newest first."""
        return Timeline(self._connection, self.keys, self.log)

    @property
    def consents(self) -> Consents:
        """What shoppers allow, for the door of activity and for training."""
        return Consents(self._connection, self.keys)

    @property
    def everybody(self) -> Everybody:
        """All shoppers, one after the other."""
        return Everybody(self._connection, self.keys, self.shoppers, self.log)

    @property
    def forgetting(self) -> Forgetting:
        """What can be taken out of the store for good."""
        return Forgetting(self._connection, self.keys)

    @property
    def erased(self) -> Erased:
        """Who was erased, and the receipts."""
        return Erased(self._connection, self.keys)

    @property
    def once(self) -> Once:
        """The requests that carry an idempotency key."""
        return Once(self._connection, self.keys)

    def tally(self, heading: str) -> Tally:
        """Counts of things that happened, for whoever runs the shop to look at."""
        return Tally(self._connection, self.keys, heading)

    @property
    def ledger(self) -> Ledger:
        """What the shop's offers have given, so that their limits hold."""
        return Ledger(self._connection, self.keys)

    @property
    def redemptions(self) -> RedemptionRecords:
        """What was redeemed in which basket, and for which order."""
        return RedemptionRecords(self._connection, self.keys)

    @property
    def rules(self) -> Rules:
        """The shop's offer rules, and all they ever were."""
        return Rules(self._connection, self.keys)

    @property
    def gifts(self) -> GiftRecords:
        """Which gift for the next visit each order chose."""
        return GiftRecords(self._connection, self.keys)

    @property
    def codes(self) -> CodeMarks:
        """The codes that were made for offers, as marks that nobody can read back."""
        return CodeMarks(self._connection, self.keys, self._erasure_mark)

    @property
    def feeds(self) -> FeedStore:
        """Who fetches the shop's feeds, and what they held."""
        return FeedStore(self._connection, self.keys)

    @property
    def trainings(self) -> Trainings:
        """Who trains the shop's model."""
        return Trainings(self._connection, self.keys)

    def shopper_mark(self, ref: str) -> str:
        """Return what stands for a shopper where a name must not: a keyed hash, as text."""
        return self._erasure_mark(f"redeems:{self.shop}:{ref}").hex()[:24]

    def archive(self) -> Archive:
        """Return a new hand-over from streams to profiles and log, with a lease of its own."""
        return Archive(self._connection, self.keys, self.log)

    def gather(self, shopper: Shopper | None) -> tuple[int, Profile]:
        """Return the shop's version and everything known of a shopper, in one round trip."""
        calls = [self.documents.version_call()]
        if shopper is not None:
            calls.append(self.shoppers.look_call(shopper))
        version, *answers = self._connection.many(calls)
        if shopper is None:
            return int(version or 0), Profile()
        return int(version or 0), self.shoppers.whole(shopper, self.shoppers.look(answers[0]))


def _unseen(activity: Activity) -> Activity:
    said = {name: value for name, value in activity.properties.items() if name != "previous_id"}
    return replace(activity, visitor=None, properties=said)


class Store:
    """A store that is open: one installation, any number of shops. Safe to share between threads."""

    def __init__(self, settings: Settings, connection: Connection, server: EmbeddedServer | None) -> None:
        self.settings = settings
        self.connection = connection
        self._server = server
        self.erasures = Erasures(settings)
        self.erasure_mark: ErasureMark = self.erasures.mark
        self._shops: dict[str, ShopMemory] = {}
        self.shards = self._born_with(settings.shards)

    def _born_with(self, wished: int) -> int:
        """Return the installation's number of shards: what it was born with, whatever is wished later."""
        if (born := self.connection.call("HGET", keys.INSTALLATION, "shards")) is not None:
            return int(born)  # read first: a store whose memory is full lets itself be opened, and emptied
        self.connection.call("HSETNX", keys.INSTALLATION, "shards", wished)
        return int(self.connection.call("HGET", keys.INSTALLATION, "shards"))

    def _mark_of(self, ref: str) -> bytes:
        return self.erasure_mark(ref)

    def shop(self, shop: str) -> ShopMemory:
        """Return the memory of a shop, whether or not it was ever written to."""
        held = self._shops.get(shop)
        if held is None:
            held = ShopMemory(
                self.connection, shop, self.shards, self.settings, self._mark_of, self.erasures.erased
            )
            if len(self._shops) < MOST_SHOPS:
                self._shops[shop] = held
        return held

    def existing(self, shop: str) -> ShopMemory:
        """Return the memory of a shop that was created. Raises `NotFound` otherwise."""
        if not SHOP_ID.match(shop) or not self.connection.call("SISMEMBER", keys.SHOPS, shop):
            raise NotFound(f"There is no shop {shop!r}; `rapport shops list` names those there are.")
        return self.shop(shop)

    def shops(self) -> list[str]:
        """Return the ids of all shops, in order."""
        return sorted(name.decode() for name in self.connection.call("SMEMBERS", keys.SHOPS))

    def add_shop(self, shop: str) -> ShopMemory:
        """Make room for a shop. Raises `Refused` when the id is taken or cannot be one."""
        if not SHOP_ID.match(shop):
            raise Refused(f"{shop!r} cannot be a shop id; it takes a-z, 0-9 and '-', at most 48 characters.")
        if not self.connection.call("SADD", keys.SHOPS, shop):
            raise Refused(f"There is a shop {shop!r} already.")
        return self.shop(shop)

    def delete_shop(self, shop: str) -> int:
        """Forget a shop and every key of it; return how many keys those were. The log's files stay."""
        self.connection.call("SREM", keys.SHOPS, shop)
        return self.clear_away(shop)

    def clear_away(self, shop: str) -> int:
        """Remove every key of a shop that is not, or not yet, among the shops; return how many those were."""
        deleted = 0
        for pattern in (f"{{{shop}}}*", f"{{{shop}:*"):
            for key in self.connection.scan(pattern):
                deleted += self.connection.call("DEL", key)
        return deleted

    def safety(self) -> list[Check]:
        """Return whether the store keeps what it acknowledges, one check per setting."""
        checks = [*check_safety(self.connection, self.settings), self._check_erasure_key()]
        return checks if self._server is None else [*checks, check_room(self.settings.data)]

    def settle_erasure_key(self) -> bool:
        """Whether marks may be made with our key: the first key that was used is the one from then on."""
        ours = self.erasures.fingerprint()
        self.connection.call("HSETNX", keys.INSTALLATION, keys.ERASURE_KEY, ours)
        return self.connection.call("HGET", keys.INSTALLATION, keys.ERASURE_KEY) == ours

    def adopt_erasure_key(self) -> None:
        """Take our key for the one that marks are made with, whatever they were made with so far."""
        self.connection.call("HSET", keys.INSTALLATION, keys.ERASURE_KEY, self.erasures.fingerprint())

    def _check_erasure_key(self) -> Check:
        """With another key than the marks were made with, the erased would be taken for anybody."""
        held = self.connection.call("HGET", keys.INSTALLATION, keys.ERASURE_KEY)
        fits = held in (None, self.erasures.fingerprint())
        right = "the marks of the erased were made with this key"
        wrong = "the marks of the erased were made with another erasure key: bring it back (docs/privacy.md)"
        return Check("erasure key", fits, right if fits else wrong)

    def revive(self) -> None:
        """Bring the embedded server back where it and its keeper died; nothing to do for an outside store."""
        if self._server is not None:
            self._server.ensure()

    def close(self) -> None:
        """Let go; the last process to do so ends the embedded server."""
        self.connection.close()
        if self._server is not None:
            self._server.leave()


def open_store(settings: Settings, *, for_doors: bool = False) -> Store:
    """Return the store of these settings: the one at `REDIS_URL`, else the embedded one of the data folder.

    `for_doors` has little patience: a caller at a door is told within a second that the store is away.
    Raises `StoreUnavailable` when it cannot be reached or started, `Refused` for replicas of an embedded one.
    """
    replicated = settings.durability == "replicated"
    if replicated and not settings.redis_url:
        raise Refused("RAPPORT_DURABILITY=replicated needs a store with replicas; name it in REDIS_URL.")
    server = None if settings.redis_url else EmbeddedServer(settings.data, settings.durability).ensure()
    try:
        connection = connect(
            settings.redis_url or (server.url if server else ""),
            timeout=DOOR_TIMEOUT_S if for_doors else TIMEOUT_S,
            rest_s=REST_S if for_doors else 0.0,
            replicas=settings.replicas if replicated else 0,
        )
        return Store(settings, connection, server)
    except StoreUnavailable:
        if server is not None:
            server.leave()
        raise


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    """Open the store for the length of a block."""
    store = open_store(settings)
    try:
        yield store
    finally:
        store.close()
