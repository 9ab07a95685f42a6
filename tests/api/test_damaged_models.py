"""What is damaged or foreign never serves (S12): the last good model does, and /readyz and the log say so."""

from __future__ import annotations

import json
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from api.app import create
from plugin.merchant import Merchant
from plugin.shops import Shops
from plugin.training import train
from recommender.artefact import MANIFEST
from tests.plugin.models.conftest import Opened, pair_orders
from tests.recommender.test_model_files import DAMAGES, changed_manifest, plant_a_tree

Damage = Callable[[Path], Any]


class Running:
    """A web process that serves a model, and a newer one on disk to be damaged and pointed at."""

    def __init__(self, store: Any) -> None:
        self.store, now = store, time.time()
        self.opened = Opened(Merchant(Shops(store), time.time), now)
        self.opened.takes(pair_orders(30, now))
        self.headers = {"Authorization": f"Bearer {self.opened.shop.secret_key}"}
        self.first = train(self.opened.shops, self.opened.shop_id, now=now).version
        self.models = self.opened.memory.models
        self.number = 0
        self.client = create(store=store).test_client()
        assert self.answering() == self.first

    def newer(self, damage: Damage) -> str:
        """Put a newer version on disk, damage it, and point at it as if it had been whole when published."""
        self.number += 1
        version = f"20990101T000000Z-{self.number:06x}"
        shutil.copytree(self.models / self.first, self.models / version)
        changed_manifest(version=version)(self.models / version)
        damage(self.models / version)
        self.opened.memory.documents.put({"model": orjson.dumps({"version": version})})
        return version

    def answering(self, client: Any = None) -> str:
        """Which model answers now."""
        asked = {"kind": "complements", "product": "a1"}
        answer = (client or self.client).get("/v1/recommendations", query_string=asked, headers=self.headers)
        assert answer.status_code == 200
        assert answer.json["products"]
        return answer.json["model_version"]

    def readiness(self) -> tuple[bool, str]:
        """What /readyz says of this shop's model; whatever is not well makes the whole not ready."""
        answer = self.client.get("/readyz")
        name = f"model {self.opened.shop_id}"
        check = next(each for each in answer.json["checks"] if each["name"] == name)
        assert answer.status_code == 200 or not all(each["ok"] for each in answer.json["checks"])
        assert answer.status_code == 503 or check["ok"]
        return check["ok"], check["detail"]

    def back(self) -> None:
        """Point at the good one again, and have it held."""
        self.opened.memory.documents.put({"model": orjson.dumps({"version": self.first})})
        assert self.answering() == self.first


@pytest.fixture(scope="module")
def running(store: Any) -> Iterator[Running]:
    held = Running(store)
    yield held
    held.back()


def of_another_shop(folder: Path) -> None:
    changed_manifest(owner="somebody-else")(folder)


def of_another_name(folder: Path) -> None:
    changed_manifest(version="20980101T000000Z-000000")(folder)


def linked(folder: Path) -> None:
    folder.rename(folder.parent / f"x-{folder.name}")
    folder.symlink_to(folder.parent / f"x-{folder.name}")


def a_pipe_for_a_manifest(folder: Path) -> None:
    """Reading it would wait for ever."""
    (folder / MANIFEST).unlink()
    os.mkfifo(folder / MANIFEST)


def too_large(folder: Path) -> None:
    """A file of many bytes that the manifest vouches for: to hash it would take minutes."""
    manifest = json.loads((folder / MANIFEST).read_text())
    with (folder / "newest.npy").open("ab") as out:
        out.truncate(2**40)
    manifest["files"]["newest.npy"]["bytes"] = 2**40
    (folder / MANIFEST).write_text(json.dumps(manifest))


def gone(folder: Path) -> None:
    shutil.rmtree(folder)


FOREIGN: dict[str, Damage] = {
    each.__name__: each
    for each in (of_another_shop, of_another_name, linked, a_pipe_for_a_manifest, too_large, gone)
}
EVERY: dict[str, Damage] = {**{name: damage for name, (_, damage) in DAMAGES.items()}, **FOREIGN}


def planted(name: str, damage: Damage) -> Damage:
    """A damage to trees needs some to be there."""
    return (lambda folder: (plant_a_tree(folder), damage(folder))) if name.startswith("trees") else damage


def test_no_damaged_model_serves_while_the_old_one_does(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    assert len(EVERY) >= 25
    for name, damage in EVERY.items():
        caplog.clear()
        with caplog.at_level(logging.ERROR):
            version = running.newer(planted(name, damage))
            assert running.answering() == running.first, name
        assert version in caplog.text, name
        assert f"{running.first} goes on serving" in caplog.text, name
        well, detail = running.readiness()
        assert not well, name
        assert detail.startswith(f"{version} is refused ("), name
        running.back()
        assert running.readiness() == (True, f"{running.first} loads")


def test_a_whole_one_serves(running: Running) -> None:
    """The control: what is refused is refused for its damage."""
    version = running.newer(lambda folder: None)
    assert running.answering() == version
    assert running.readiness() == (True, f"{version} loads")
    running.back()
    gone(running.models / version)


def test_a_process_that_starts_beside_a_damaged_model_serves_the_last_good_one(running: Running) -> None:
    running.newer(DAMAGES["truncated"][1])
    fresh = create(store=running.store).test_client()
    assert running.answering(fresh) == running.first
    running.back()


def test_one_that_is_put_right_serves_without_a_restart(running: Running) -> None:
    version = running.newer(DAMAGES["missing"][1])
    shops = running.client.application.extensions["storefront"].shops
    assert running.answering() == running.first
    shutil.rmtree(running.models / version)
    shutil.copytree(running.models / running.first, running.models / version)
    changed_manifest(version=version)(running.models / version)
    assert running.answering() == running.first, "not looked at for every question"
    late = time.monotonic() + 60
    shops._clock = lambda: late
    assert running.answering() == version
    running.back()
