"""How every key is spelled. A key starts with its hash tag, so that one script touches one slot.

`{shop}` tags what belongs to the shop as a whole, `{shop:shard}` what belongs to the shoppers of one shard.
The shard is a hash of the id as written, modulo a number fixed when the installation is born.
"""

from __future__ import annotations

import hashlib
import zlib

INSTALLATION = "rapport:installation"
SHOPS = "rapport:shops"
ERASURE_KEY = "erasure-key"  # the installation's fingerprint of the key that marks are made with

SEEN_BUCKETS = 32
ORDER_BUCKETS = 64
MARK = 8  # bytes of what is kept of an id for ever or for a week
SEEN_WEEK = 7 * 86400
VISITOR_MARK = 12  # bytes that stand for a visitor's number


def shard_of(identity: str, shards: int) -> int:
    """Return the shard that an id, as written, belongs to."""
    return zlib.crc32(identity.encode("utf-8", "surrogatepass")) % shards


def digest(*parts: str, size: int = 10) -> bytes:
    """Return a short fixed-width fingerprint of some texts (10 bytes: a clash in 10^12 pairs of a bucket)."""
    joined = "\x00".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(joined, digest_size=size).digest()


def visitor_mark(visitor: str) -> bytes:
    """Return what names a visitor's number without telling it: a checksum for its shard, and a mark."""
    place = zlib.crc32(visitor.encode("utf-8", "surrogatepass")).to_bytes(4)
    return place + digest(visitor, size=VISITOR_MARK)


class ShopKeys:
    """The keys of one shop."""

    def __init__(self, shop: str, shards: int) -> None:
        self.shop = shop
        self.shards = shards
        tag = f"{{{shop}}}"
        self.version = f"{tag}:version"
        self.documents = f"{tag}:documents"
        self.changes = f"{tag}:changes"
        self.history = f"{tag}:stream"
        self.archive = f"{tag}:archive"
        self.worker = f"{tag}:worker"
        self.joining = f"{tag}:joining"
        self.erasures = f"{tag}:erasures"
        self.erasures_by_mark = f"{tag}:erasures-by-mark"
        self.erasing = f"{tag}:erasing"
        self.erasure_requests = f"{tag}:erasure-requests"
        self.dead_of_shop = f"{tag}:dead:shop"
        self.dead_of_browsers = f"{tag}:dead:browser"

    def shard(self, identity: str) -> int:
        """The shard an id belongs to."""
        return shard_of(identity, self.shards)

    def of_shard(self, shard: int, name: str) -> str:
        """A key of one shard."""
        return f"{{{self.shop}:{shard}}}:{name}"

    def stream(self, shard: int) -> str:
        """The activities of a shard, in the order they were acknowledged."""
        return self.of_shard(shard, "stream")

    def applied(self, shard: int) -> str:
        """How far the worker has folded a shard's stream into profiles."""
        return self.of_shard(shard, "applied")

    def seen(self, shard: int, week: int) -> str:
        """The prefix of the buckets of message fingerprints acknowledged in one week."""
        return self.of_shard(shard, f"seen:{week}:")

    def pending(self, shard: int) -> str:
        """The prefix of the short lists of activities not yet folded."""
        return self.of_shard(shard, "pending:")

    def consent(self, shard: int) -> str:
        """Of whom a profile may be kept: shopper's reference to `y` or `n`; of the rest the shop says."""
        return self.of_shard(shard, "consent")

    def erased(self, shard: int) -> str:
        """The keyed hashes of shoppers who were erased; what comes in their name is dropped."""
        return self.of_shard(shard, "erased")

    def settled(self, shard: int) -> str:
        """What was decided of whom may be learned from, with the moment of the word it rests on."""
        return self.of_shard(shard, "consent-settled")

    def dead(self, shard: int) -> str:
        """The dead letters among what a shard has acknowledged."""
        return self.of_shard(shard, "dead")

    def older(self, shard: int) -> str:
        """The prefix of what profiles have no room for: older orders and uses."""
        return self.of_shard(shard, "older:")

    def owners(self, shard: int, bucket: int) -> str:
        """A bucket of the shoppers to whom visitors' numbers belong, by a mark of the number."""
        return self.of_shard(shard, f"owners:{bucket}")

    def profile(self, shard: int) -> str:
        """The prefix of the profiles."""
        return self.of_shard(shard, "profile:")

    def orders(self, order_id: str) -> tuple[int, str]:
        """The shard and bucket in which an order id is remembered for ever."""
        shard = self.shard(order_id)
        bucket = digest(order_id, size=2)
        return shard, self.of_shard(shard, f"ordered:{int.from_bytes(bucket) % ORDER_BUCKETS}")

    def claims(self, shard: int) -> str:
        """The prefix of the short-lived words of who is keeping an order just now."""
        return self.of_shard(shard, "claim:")
