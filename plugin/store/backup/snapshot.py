"""A shop as of one moment, while it goes on serving: everything of it in the store, in Parquet files.

Hold the shop's lease meanwhile: then nothing is folded or archived, and what arrives only adds to streams and
short lists. Per shard these are cut at one position of the stream; what arrived later is not in the backup,
and neither is the memory of having seen it, so that it may be sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from plugin.activity import Activity
from plugin.errors import StoreUnavailable
from plugin.store.backup.facts import Fact, Name, facts_of, names_of, newest_position, read
from plugin.store.backup.tables import write_facts
from plugin.store.connection import Connection, script
from plugin.store.keys import ShopKeys

SHORT_LIVED_MS = (
    2 * 86_400_000
)  # tickets, sessions, counts of calls: nothing that a restore should bring back
MOST_CUTS = 1_000
# What the doors change without a stream is read after the cut: a word or a number's owner then is at least
# as new as what was done under it.
AFTER_THE_CUT = (b"owners:", b"consent", b"erased", b"sign-ins", b"dead")
MOVING = (b"stream", b"applied")
Told = Callable[[int], None]


def take(connection: Connection, keys: ShopKeys, folder: Path, now: float, told: Told) -> dict[str, int]:
    """Write a shop's keys to files in `folder`; return how many keys each of them has.

    `told` is called with how many keys were read so far. Raises `StoreUnavailable` when the store is away.
    """
    names = [name for name in names_of(connection, keys) if not _is_moving(keys, name)]
    early = [name for name in names if not _comes_late(name)]
    counts = {"settled": write_facts(folder / "settled.parquet", _kept(connection, keys, early, now, told))}
    cut = (fact for shard in range(keys.shards) for fact in _cut(connection, keys, shard))
    counts["moving"] = write_facts(folder / "moving.parquet", cut)
    late = [name for name in names_of(connection, keys) if _comes_late(name)]
    late.sort(key=lambda name: name.rest != b"documents")  # before the version that they are of
    counts["words"] = write_facts(folder / "words.parquet", _kept(connection, keys, late, now, told))
    return counts


def _is_moving(keys: ShopKeys, name: Name) -> bool:
    return name.rest == b"worker" or (name.shard is not None and name.rest in MOVING)


def _comes_late(name: Name) -> bool:
    if name.shard is None:
        return name.rest != b"worker"
    return name.rest.startswith(AFTER_THE_CUT)


def _kept(
    connection: Connection, keys: ShopKeys, names: list[Name], now: float, told: Told
) -> Iterator[Fact]:
    """Yield what these keys hold, except those that end soon by themselves."""
    for start in range(0, len(names), 500):
        for fact in read(connection, keys, names[start : start + 500], now):
            window = fact.name.rest.startswith(b"seen:")
            if window or fact.expires is None or fact.expires > now * 1000 + SHORT_LIVED_MS:
                yield fact
        told(min(start + 500, len(names)))


def _cut(connection: Connection, keys: ShopKeys, shard: int) -> Iterator[Fact]:
    """Yield a shard's stream, how far it is folded, and the shoppers it speaks of, all of one moment."""
    stream = keys.stream(shard)
    for _ in range(MOST_CUTS):
        newest = newest_position(connection, stream)  # first: what comes after it makes the cut begin anew
        entries = connection.call("XRANGE", stream, "-", "+")
        prefixes = [keys.profile(shard), keys.older(shard), keys.pending(shard)]
        refs = sorted(_refs(entries))
        names = [Name(shard, b"stream"), Name(shard, b"applied")]
        names += [Name(shard, _rest(prefix) + ref) for ref in refs for prefix in prefixes]
        found = connection.call(*script("cut", [name.of(keys) for name in names], newest))  # type: ignore[misc]
        if found == 0:
            continue
        for name, (kind, held) in zip(names, found, strict=True):
            kind = kind.decode()
            if kind == "none":
                yield Fact(name, "none")
                continue
            yield from facts_of(name, kind, None, held)
            if kind == "stream":
                yield Fact(name, kind, item=newest)
        return
    raise StoreUnavailable("So much is coming in that no moment for a backup is found; try again later.")


def _refs(entries: Iterable[tuple[bytes, dict[bytes, bytes]]]) -> set[bytes]:
    refs = set()
    for _, fields in entries:
        try:
            activity = Activity.from_bytes(fields[b"d"])
        except Exception:  # what cannot be read waits for nobody
            continue
        if activity.shopper is not None:
            refs.add(activity.shopper.ref.encode("utf-8", "surrogatepass"))
    return refs


def _rest(key: str) -> bytes:
    return key.partition("}:")[2].encode()
