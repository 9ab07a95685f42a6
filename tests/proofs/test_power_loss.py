"""What was acknowledged survives the loss of power (promise G2).

A power cut leaves of the store's file only what was synced. `synced.c`, loaded into the server, writes down
after each sync how long the file was when that sync began; the file is cut back to that after the kill.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from plugin.activity import Shopper
from plugin.settings import Settings
from plugin.store.memory import Store, open_store
from tests.store.doings import NOW, viewed
from tests.store.servers import OutsideServer, free_ports

BATCHES = 60
BATCH = 20
WHO = Shopper("anna")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler to build the recorder of syncs"),
]


@pytest.fixture(scope="module")
def recorder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that records syncs."""
    library = tmp_path_factory.mktemp("recorder") / "synced.so"
    source = Path(__file__).with_name("synced.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    return library


def connected(server: OutsideServer, folder: Path, durability: str = "always") -> Store:
    return open_store(Settings(data=folder, redis_url=server.url, shards=2, durability=durability))


def acknowledge(store: Store) -> int:
    """Send batches one after another; return how many events were acknowledged."""
    for number in range(BATCHES):
        batch = [viewed(f"p{number}", WHO, f"m{number}-{i}") for i in range(BATCH)]
        store.shop("s").activities.append(batch, NOW)
    return BATCHES * BATCH


def lost(folder: Path, recorder: Path, fsync: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return how many acknowledged events are gone after a power cut right after the last acknowledgement."""
    account = folder / "synced"
    server = OutsideServer(folder / "server", free_ports(1)[0], appendfsync=fsync)
    with monkeypatch.context() as watched:
        watched.setenv("LD_PRELOAD", str(recorder))
        watched.setenv("SYNCED", str(account))
        server.start()
    try:
        store = connected(server, folder, "always" if fsync == "always" else "relaxed")
        acknowledged = acknowledge(store)
        server.kill()
        store.close()
        (file,) = (server.folder / "appendonlydir").glob("*.incr.aof")
        os.truncate(file, int(account.read_text()) if account.exists() else 0)
        server.start()
        store = connected(server, folder)
        streams = [store.shop("s").keys.stream(shard) for shard in range(2)]
        kept = sum(store.connection.many([("XLEN", stream) for stream in streams]))
        store.close()
        return acknowledged - kept
    finally:
        server.kill()


def test_nothing_acknowledged_is_lost_with_the_power(
    tmp_path: Path, recorder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    losses = [lost(tmp_path / str(run), recorder, "always", monkeypatch) for run in range(10)]
    assert losses == [0] * 10


def test_acknowledging_before_the_sync_would_lose(
    tmp_path: Path, recorder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: `everysec`."""
    losses = [lost(tmp_path / str(run), recorder, "everysec", monkeypatch) for run in range(10)]
    assert sum(loss > 0 for loss in losses) >= 8, losses
