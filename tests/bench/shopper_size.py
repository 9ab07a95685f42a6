"""How many bytes of the store a shopper takes: `python -m tests.bench.shopper_size [--shoppers N] [--json]`.

Each has 20 products looked at, 8 bought in 8 orders, 10 figures told of them, a visitor's number and a word
on consent, at moments spread over a year. Counted is what the store itself says that each key takes. The
memory of message and order ids and the streams are counted by the event and stand apart.
"""

from __future__ import annotations

import json
import random
import tempfile
import uuid
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import click

from plugin.activity import Activity, Line, Shopper
from plugin.identity.identities import visitor_merge_id
from plugin.settings import Settings
from plugin.store.memory import ShopMemory, Store, opened

YEAR = 365 * 86400
BEGAN = 1_760_000_000.0
AT_ONCE = 250
SPEAKER = "shopper"


def life(number: int, chance: random.Random) -> Iterator[Activity]:
    """What one shopper did in a year."""
    who, visitor = Shopper(f"shopper-{number}"), str(uuid.UUID(int=chance.getrandbits(128), version=4))

    def did(kind: str, **more: object) -> Activity:
        at = BEGAN + chance.random() * YEAR
        name = str(uuid.UUID(int=chance.getrandbits(128), version=4))
        return Activity(name, kind, kind, at, at + chance.random(), "shop", who, visitor=visitor, **more)  # type: ignore[arg-type]

    for _ in range(20):
        yield did("viewed", lines=(Line(_product(chance)),))
    for n in range(8):
        lines = (Line(_product(chance), 1, chance.randrange(99, 9_999)),)
        yield did("bought", lines=lines, order_id=f"{number:07d}{n}")
    yield did("identified", properties={"traits": {f"figure{n}": chance.randrange(1_000) for n in range(10)}})
    words = {"personalise": "yes", "profile": "yes", "contact": "no", "by": SPEAKER}
    yield did("consented", properties=words)


def _product(chance: random.Random) -> str:
    return f"{chance.randrange(10_000, 99_999)}A"


def measure(store: Store, shoppers: int, progress: bool) -> dict[str, float]:
    """Return the bytes a shopper takes, by kind of key."""
    memory = store.add_shop("measured")
    chance = random.Random(7)
    with click.progressbar(range(0, shoppers, AT_ONCE), label="Shoppers", hidden=not progress) as starts:
        for start in starts:
            numbers = range(start, min(start + AT_ONCE, shoppers))
            _write(store, memory, {Shopper(f"shopper-{n}"): list(life(n, chance)) for n in numbers})
    taken: dict[str, float] = defaultdict(float)
    for key in store.connection.scan(f"{{{memory.shop}:*"):
        kind = key.split(b"}:")[1].split(b":")[0].decode()
        taken[kind] += store.connection.call("MEMORY", "USAGE", key, "SAMPLES", 0)
    return {kind: round(size / shoppers, 1) for kind, size in sorted(taken.items())}


def _write(store: Store, memory: ShopMemory, lives: dict[Shopper, list[Activity]]) -> None:
    """Have shoppers stored as the worker stores them; what the door remembers by the event is left out."""
    calls: list[tuple[object, ...]] = []
    for who, activities in lives.items():
        visitor = str(activities[0].visitor)
        properties = {"merge_id": visitor_merge_id(visitor), "part": f"a:{visitor}"}
        at = activities[0].at
        joined = Activity("j", "joined", "joined", at, at, "shop", who, properties=properties)
        pending = memory.keys.pending(memory.keys.shard(who.id)) + who.ref
        calls.append(("RPUSH", pending, *(each.to_bytes() for each in [*activities, joined])))
    store.connection.many(calls)
    memory.identities.claim([(str(activities[0].visitor), who) for who, activities in lives.items()])
    memory.consents.settle({who.ref for who in lives}, keep=True, teach=True, at=BEGAN)
    memory.shoppers.apply_pending(list(lives))


@click.command(help=__doc__)
@click.option("--shoppers", default=10_000, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def main(shoppers: int, as_json: bool) -> None:
    """Measure and print."""
    # One shard, so that so few shoppers share buckets as a million do over 64.
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        opened(Settings(data=Path(folder), shards=1)) as store,
    ):
        empty = store.connection.call("INFO", "memory")["used_memory"]
        taken = measure(store, shoppers, not as_json)
        used = round((store.connection.call("INFO", "memory")["used_memory"] - empty) / shoppers, 1)
    total = round(sum(taken.values()), 1)
    if as_json:
        click.echo(
            json.dumps(
                {"shoppers": shoppers, "bytes_per_shopper": total, "by_kind": taken, "used_memory": used}
            )
        )
        return
    for kind, size in taken.items():
        click.echo(f"{kind:>10} {size:8.1f}")
    click.echo(f"{'shopper':>10} {total:8.1f} bytes, {total * 1e6 / 2**30:.2f} GiB for a million")
    click.echo(f"{'in all':>10} {used:8.1f} bytes of used_memory a shopper")


if __name__ == "__main__":
    main()
