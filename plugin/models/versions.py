"""A shop's models on disk: written whole or not at all, listed, put into service, and the oldest forgotten.

A version is a folder that never changes. It is written in a place of its own and gets its name in one step,
with its report lying ready, so a training that is killed leaves nothing that is listed.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from plugin.errors import NotFound, Refused
from plugin.shops import Shops
from plugin.store.durable import to_disk
from plugin.store.scratch import scratch
from recommender.artefact import read_manifest
from recommender.errors import DamagedModel

if TYPE_CHECKING:
    from recommender.model import Model

VERSIONS_KEPT = 10
UNFINISHED = ".unfinished"
REPORT = ".report.json"
NAME = re.compile(r"^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{6}$")
MARKED = "marked with a moment in the past; it serves only by your word"
BY_WORD = "served by your word"


@dataclass(frozen=True, slots=True)
class Version:
    """One model of a shop: what its manifest says, what was written of its training, or how it is damaged."""

    version: str
    manifest: dict[str, Any] = field(default_factory=dict)
    report: dict[str, Any] = field(default_factory=dict)
    damaged: str | None = None

    @property
    def marked_as_of(self) -> float | None:
        """The moment in the past that it knows the shop at, None for a model of its day."""
        return self.report.get("marked_as_of")

    @property
    def as_of(self) -> float | None:
        """Before which moment (epoch seconds) it has seen everything."""
        return self.manifest.get("as_of")

    @property
    def counts(self) -> dict[str, int]:
        """How much it has learned from, by what."""
        return self.manifest.get("counts") or {}

    @property
    def is_fit(self) -> bool:
        """Whether it may serve without anybody's word: whole, of its day, and not kept back."""
        return self.damaged is None and self.marked_as_of is None and self.report.get("fit", True)

    @property
    def saw_no_order(self) -> bool:
        """Whether it was learned from no order at all."""
        return self.counts.get("orders") == 0


def version_name(now: float) -> str:
    """Return a name for a new version: by the clock, with what tells two of one second apart."""
    fraction = int(now % 1 * 0x10000)  # so that two of one second stand in the order in which they were made
    return f"{datetime.fromtimestamp(now, UTC):%Y%m%dT%H%M%SZ}-{fraction:04x}{secrets.token_hex(1)}"


def write_version(
    folder: Path,
    shop_id: str,
    model: Model,
    version: str,
    report: Mapping[str, Any],
    about_to: Callable[[str], None],
) -> None:
    """Keep a new version with its report, durably; whoever looks sees all of it or nothing.

    `about_to` hears `naming` when all is written but has no name yet. What trainings that were killed left
    is cleared away first.
    """
    with scratch(folder / UNFINISHED) as room:
        model.save(room / version, version=version, owner=shop_id)
        _clear_reports(folder)
        about_to("naming")
        beside = folder / f"{version}{REPORT}"
        beside.write_bytes(orjson.dumps(dict(report), option=orjson.OPT_SERIALIZE_NUMPY))
        to_disk(beside)
        os.rename(room / version, folder / version)
        to_disk(folder)


def versions(shops: Shops, shop_id: str) -> dict[str, Version]:
    """Return the shop's model versions, newest first."""
    folder = shops.memory(shop_id).models
    return {name: _read(folder, name) for name in _names(folder)}


def version_of(shops: Shops, shop_id: str, version: str) -> Version:
    """Return one version. Raises `NotFound` when the shop has none of that name."""
    folder = shops.memory(shop_id).models
    if not NAME.match(version) or version not in _names(folder):
        raise NotFound(f"Shop {shop_id} has no model {version!r}; the list of its models names those it has.")
    return _read(folder, version)


def load_version(shops: Shops, shop_id: str, version: str) -> Model:
    """Return a version's model. Raises `NotFound` when there is none, `Refused` when it must not serve."""
    # The learning libraries take a second to import; to list the versions needs none of them.
    from recommender.model import Model

    version_of(shops, shop_id, version)
    try:
        return Model.load(shops.memory(shop_id).models / version, owner=shop_id)
    except DamagedModel as error:
        raise Refused(f"Model {version} cannot serve: {error.file}: {error.fault}.") from None


def publish_version(shops: Shops, shop_id: str, version: str, *, force: bool = False) -> str | None:
    """Put a version into service and return the one that served before; running processes swap the model.

    Raises `NotFound` when the shop has no such version, `Refused` when it does not load or, without `force`,
    when it has seen no order.
    """
    if version_of(shops, shop_id, version).saw_no_order and not force:
        raise Refused(f"Model {version} was learned from no order at all; only by force does it serve.")
    load_version(shops, shop_id, version)
    before = shops.view(shop_id, fresh=True).model_version
    shops.put(shop_id, {"model": orjson.dumps({"version": version})})
    _no_longer_kept_back(shops, shop_id, version)
    return before


def _no_longer_kept_back(shops: Shops, shop_id: str, version: str) -> None:
    """Say of the newest training that its model serves after all, where it is the one."""
    documents = shops.memory(shop_id).documents
    body = documents.get("training")
    told: dict[str, Any] = orjson.loads(body) if body else {}
    if told.get("outcome") == "kept_back" and told.get("version") == version:
        after = {**told, "outcome": "published", "detail": f"{BY_WORD}, although {told.get('detail')}"}
        documents.swap("training", body, orjson.dumps(after))


def before_that(shops: Shops, shop_id: str, version: str | None) -> str:
    """Return the newest whole version that is older than this one, of those that were fit to serve.

    Raises `Refused` when there is none.
    """
    for name, each in versions(shops, shop_id).items():
        if each.is_fit and (version is None or name < version):
            return name
    raise Refused("There is no earlier version to go back to.")


def newest_marked(shops: Shops, shop_id: str, as_of: float) -> Model:
    """Return the newest model marked with a moment. Raises `NotFound`, naming the command that makes one."""
    for name, each in versions(shops, shop_id).items():
        if each.marked_as_of == as_of:
            return load_version(shops, shop_id, name)
    moment = datetime.fromtimestamp(as_of, UTC).isoformat().replace("+00:00", "Z")
    raise NotFound(
        f"No model of shop {shop_id} is marked {moment}; "
        f"make one with `rapport train --shop {shop_id} --as-of {moment}`."
    )


def forget_old(shops: Shops, shop_id: str) -> None:
    """Remove all but the newest versions and the one in service."""
    in_service = shops.view(shop_id, fresh=True).model_version
    folder = shops.memory(shop_id).models
    for name in _names(folder)[VERSIONS_KEPT:]:
        if name != in_service:
            shutil.rmtree(folder / name, ignore_errors=True)
            (folder / f"{name}{REPORT}").unlink(missing_ok=True)


def _names(folder: Path) -> list[str]:
    """The names of all versions, newest first. A folder without a manifest never was one, and is none."""
    found = folder.glob("*/manifest.json")
    return sorted((path.parent.name for path in found if NAME.match(path.parent.name)), reverse=True)


def _read(folder: Path, name: str) -> Version:
    report = _report(folder / f"{name}{REPORT}")
    try:
        return Version(name, read_manifest(folder / name), report)
    except DamagedModel as error:
        return Version(name, {}, report, f"{error.file}: {error.fault}")


def _report(path: Path) -> dict[str, Any]:
    try:
        read = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {}
    return read if isinstance(read, dict) else {}


def _clear_reports(folder: Path) -> None:
    """Remove reports whose version never got its name."""
    for path in _orphans(folder):
        path.unlink(missing_ok=True)


def _orphans(folder: Path) -> Iterator[Path]:
    for path in folder.glob(f"*{REPORT}"):
        if not (folder / path.name.removesuffix(REPORT)).exists():
            yield path
