"""Backup and restore of a whole shop: its documents, shoppers, streams, history and model in service.

What is not in a backup: the keys and lists by which erased shoppers stay erased (they are the node's, not the
shop's), logins and sessions, and what lives for a day or two anyway.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plugin.errors import RapportError, Refused, StoreUnavailable
from plugin.intake.learned_products import learn_products
from plugin.rights.erasing import Erasing
from plugin.shops import Shops
from plugin.store.archive import Archive
from plugin.store.backup import bundle, restoring, snapshot
from plugin.store.backup.bundle import About
from plugin.store.durable import copy_file
from plugin.store.memory import SHOP_ID, ShopMemory, Store
from plugin.store.safety import demand_safety
from plugin.store.scratch import scratch
from plugin.store.upkeep import holding, renewed

MOST_ROUNDS = 50
RESTORING = "restoring"  # lies in a log's folder for as long as that is only half brought back
Progress = Callable[[str, int, int | None], None]  # what is done, how much of it, of how much


@dataclass(frozen=True, slots=True)
class Backup:
    """What an export or import came to: keys of the store, rows of the log, the model, bytes in all."""

    shop: str
    made_at: float
    keys: int
    rows: int
    undelivered: int
    model: str | None
    bytes: int
    erased: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return it for machines."""
        return {name: getattr(self, name) for name in self.__slots__}


def export_shop(
    shops: Shops, shop_id: str, out: Path, *, version: str, now: float, progress: Progress
) -> Backup:
    """Return what came of writing a whole shop to `out`, a `.tar.zst` or a new folder, while it serves.

    The backup is of one moment: what was acknowledged before it is in it. It holds the shop's signing keys,
    so nobody but its owner may read it. Raises `NotFound` for an unknown shop, `Refused` when `out` is there
    already or cannot be written, `RapportError` when another process keeps the work of the shop.
    """
    memory = shops.store.existing(shop_id)
    if out.exists() or not out.resolve().parent.is_dir():
        raise Refused(f"{out} must be a new file or folder, in a folder that is there.")
    with scratch(shops.store.settings.scratch) as room:
        folder = room / "backup"
        (folder / "store").mkdir(parents=True)
        archive = memory.archive()
        with holding(archive), renewed(archive) as still_ours:
            _settle(archive, memory)
            counts = snapshot.take(
                shops.store.connection,
                memory.keys,
                folder / "store",
                now,
                lambda count: progress("Reading the store", count, None),
            )
            rows = memory.log.copy_to(folder / "log", archive.settled()[0])
            model = _copy_model(shops, memory, folder / "models")
            if not still_ours():
                raise StoreUnavailable("Another process took over the work of this shop; try again.")
        about = About(shop_id, now, version, memory.keys.shards, {**counts, "rows": rows})
        (folder / bundle.ABOUT).write_bytes(about.to_bytes())
        undelivered = restoring.count_undelivered(folder / "store")
        size = bundle.pack(folder, out, _running(progress, "Packing", bundle.size_of(folder)))
    return Backup(shop_id, now, sum(counts.values()), rows, undelivered, model, size)


def import_shop(shops: Shops, source: Path, *, now: Callable[[], float], progress: Progress) -> Backup:
    """Return what came of bringing a shop back from a backup, under its id, with the keys it had.

    Whoever was erased on this node since the backup was made is erased from what comes back. Raises `Refused`
    for a backup that is damaged, of a later format or none at all, and where the shop, or a log of it, is
    there already; `StoreUnavailable` when the store is away. Then nothing of the shop is there.
    """
    store = shops.store
    demand_safety(store.safety())
    with scratch(store.settings.scratch) as room:
        folder = room / "backup"
        size = source.stat().st_size if source.is_file() else None
        about = bundle.unpack(source, folder, _running(progress, "Reading the backup", size))
        _demand_place(shops, about)
        memory = store.shop(about.shop)
        archive = memory.archive()
        with holding(archive), renewed(archive) as still_ours:
            _demand_no_log(memory)
            models = {path.name for path in memory.models.glob("*")}
            try:
                erased = _bring_back(shops, memory, folder, now, progress)
                if not still_ours():
                    raise StoreUnavailable("Another process took over the work of this shop; try again.")
                restoring.open_doors(store.connection, memory.keys, folder / "store")
                memory.log.place.remove([RESTORING])
                store.add_shop(about.shop)
            except BaseException:
                _take_back(store, memory, models)
                raise
        undelivered = restoring.count_undelivered(folder / "store")
        keys, rows = sum(about.counts.values()) - about.counts["rows"], about.counts["rows"]
        model = next((each.parent.name for each in folder.glob("models/*/manifest.json")), None)
        whole = bundle.size_of(folder)
    return Backup(about.shop, about.made_at, keys, rows, undelivered, model, whole, erased)


def _settle(archive: Archive, memory: ShopMemory) -> None:
    """Fold and archive what there is, so that little is left in the streams; what comes then may stay."""
    for _ in range(MOST_ROUNDS):
        folded = archive.apply()
        written = archive.write_part(lambda part: learn_products(memory.documents, part))
        if not folded and not written:
            break
    if not archive.settled()[1]:
        raise StoreUnavailable("A part of the log is half written; try again.")


def _copy_model(shops: Shops, memory: ShopMemory, folder: Path) -> str | None:
    """Have the model in service in `folder` too; return its version, None where there is none."""
    version = shops.view(memory.shop, fresh=True).model_version
    if version is None or not (memory.models / version / "manifest.json").exists():
        return None
    for path in (memory.models / version).iterdir():
        copy_file(path, folder / version / path.name)
    report = memory.models / f"{version}.report.json"
    if report.exists():
        copy_file(report, folder / report.name)
    return version


def _demand_place(shops: Shops, about: About) -> None:
    """Raise `Refused` unless this installation can take the shop."""
    if not SHOP_ID.match(about.shop):
        raise Refused(f"The backup is of a shop {about.shop!r}, which cannot be a shop's id.")
    if about.shop in shops.store.shops():
        raise Refused(f"There is a shop {about.shop} already; a backup is restored where there is none.")
    if about.shards != shops.store.shards:
        raise Refused(
            f"The backup is spread over {about.shards} shards, this installation over {shops.store.shards}. "
            f"Restore it to a new data folder (or an empty store) with RAPPORT_SHARDS={about.shards}."
        )


def _demand_no_log(memory: ShopMemory) -> None:
    """Raise `Refused` where a log of the shop lies already; clear away what an ended import left."""
    names = memory.log.place.names()
    if names and RESTORING not in names:
        raise Refused(
            f"There still is a log of a shop {memory.shop} where its history is kept; move it away first."
        )
    memory.log.place.remove([*(name for name in names if name != RESTORING), RESTORING])


def _bring_back(
    shops: Shops, memory: ShopMemory, folder: Path, now: Callable[[], float], progress: Progress
) -> int:
    """Bring back all but what opens the shop; return how many erasures were held against it."""
    memory.log.place.create(RESTORING, b"{}")
    shops.store.clear_away(memory.shop)  # what an ended import or a deletion left
    restoring.bring_back(
        shops.store.connection,
        memory.keys,
        folder / "store",
        lambda count: progress("Filling the store", count, None),
    )
    progress("Filling the log", 0, None)
    memory.log.bring_back(folder / "log", memory.archive().settled()[0])
    for path in sorted((folder / "models").glob("**/*")):
        target = memory.models / path.relative_to(folder / "models")
        if path.is_file() and not target.exists():
            copy_file(path, target)
    return Erasing(shops, now).reconcile(memory.shop)


def _take_back(store: Store, memory: ShopMemory, models: Collection[str]) -> None:
    """Remove what was brought back so far, all but the models that were there before."""
    with suppress(RapportError, OSError):
        store.clear_away(memory.shop)
        names = memory.log.place.names()
        memory.log.place.remove([*(name for name in names if name != RESTORING), RESTORING])
    for path in memory.models.glob("*"):
        if path.name not in models:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _running(progress: Progress, stage: str, total: int | None) -> Callable[[int], None]:
    """Return what adds bytes up and tells of the sum."""
    done = 0

    def add(more: int) -> None:
        nonlocal done
        done += more
        progress(stage, done, total)

    return add
