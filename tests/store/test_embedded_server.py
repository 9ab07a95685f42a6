"""The embedded server: shared, ended with its last user, brought back, and never without its data."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from plugin.errors import StoreUnavailable
from plugin.settings import Settings
from plugin.store import server as embedded
from plugin.store.memory import Store, open_store, opened
from plugin.store.server import EmbeddedServer
from tests.store.doings import ANNA, NOW, viewed
from tests.store.servers import until

ROOT = Path(__file__).resolve().parents[2]
USER = """
import sys
from pathlib import Path
from plugin.settings import Settings
from plugin.store.memory import open_store
store = open_store(Settings(data=Path(sys.argv[1]), shards=4))
print("open", flush=True)
sys.stdin.read()
store.close()
"""


class User:
    """Another process that uses the same data folder."""

    def __init__(self, data: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", USER, str(data)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def is_open(self) -> bool:
        assert self._process.stdout is not None
        return self._process.stdout.readline() == b"open\n"

    def leave(self) -> None:
        self._process.communicate(timeout=30)

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate(timeout=30)


def pids(data: Path) -> set[int]:
    """The keeper and the server of a data folder that are alive, by their command lines and nothing else."""
    found = set()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        keeps = b"plugin.store.keeper" in words or b"valkey" in words[0]
        mine = any(word == str(data / "store").encode() for word in words) or _works_in(entry, data / "store")
        if keeps and mine and state != "Z":
            found.add(int(entry.name))
    return found


def _works_in(entry: Path, folder: Path) -> bool:
    try:
        return Path(os.readlink(entry / "cwd")) == folder
    except OSError:
        return False


def server_pid(data: Path) -> int:
    return int((data / "store" / "server.pid").read_text())


def keeper_pid(data: Path) -> int:
    (keeper,) = pids(data) - {server_pid(data)}
    return keeper


def remember(store: Store, product: str) -> None:
    assert store.shop("s").activities.append([viewed(product)], NOW) == [True]


def known(store: Store) -> set[str]:
    return set(store.shop("s").shoppers.read(ANNA).viewed)


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    yield Settings(data=tmp_path / "data", shards=4)
    until(lambda: not pids(tmp_path / "data"), "a process was left behind", 10)


def test_a_server_is_ended_with_its_last_user_and_its_data_is_there_again(settings: Settings) -> None:
    with opened(settings) as store:
        remember(store, "drill")
        other = User(settings.data)
        assert other.is_open()
        first = server_pid(settings.data)
    assert server_pid(settings.data) == first  # adopted by the other, and kept while it is there
    assert pids(settings.data)
    other.leave()
    until(lambda: not pids(settings.data), "nobody uses it, and yet it runs")
    with opened(settings) as store:
        assert known(store) == {"drill"}
        assert server_pid(settings.data) != first


def test_a_killed_server_is_started_again_by_its_keeper(settings: Settings) -> None:
    with opened(settings) as store:
        remember(store, "drill")
        for product in ("saw", "bits"):
            killed = server_pid(settings.data)
            os.kill(killed, signal.SIGKILL)
            until(lambda: can(store), "the server is not brought back")
            assert server_pid(settings.data) != killed
            remember(store, product)
        assert known(store) == {"drill", "saw", "bits"}


def can(store: Store) -> bool:
    try:
        return bool(store.connection.call("PING"))
    except StoreUnavailable:
        return False


def test_a_killed_keeper_takes_the_server_along_and_both_are_revived(settings: Settings) -> None:
    with opened(settings) as store:
        remember(store, "drill")
        os.kill(keeper_pid(settings.data), signal.SIGKILL)
        until(lambda: not pids(settings.data), "the server outlives its keeper")
        with pytest.raises(StoreUnavailable):
            known(store)
        store.revive()
        assert known(store) == {"drill"}


def test_after_everything_was_killed_the_next_one_finds_everything(settings: Settings) -> None:
    with opened(settings) as store:
        remember(store, "drill")
        keeper, server = keeper_pid(settings.data), server_pid(settings.data)
        other = User(settings.data)
        assert other.is_open()
        other.kill()
        for pid in (keeper, server):
            os.kill(pid, signal.SIGKILL)
    until(lambda: not pids(settings.data), "a process was left behind")
    with opened(settings) as store:
        assert known(store) == {"drill"}


def test_users_that_are_killed_leave_no_server(settings: Settings) -> None:
    users = [User(settings.data) for _ in range(2)]
    assert all(user.is_open() for user in users)  # two first openers at the same time
    assert len(pids(settings.data)) == 2  # share one keeper and one server
    for user in users:
        user.kill()
    until(lambda: not pids(settings.data), "nobody uses it, and yet it runs")


def test_an_opener_that_comes_while_the_server_is_just_ending_gets_one(settings: Settings) -> None:
    for product in ("drill", "saw", "bits", "file", "vice"):
        with opened(settings) as store:
            remember(store, product)
    with opened(settings) as store:
        assert known(store) == {"drill", "saw", "bits", "file", "vice"}


def test_a_folder_too_deep_for_a_socket_or_strangely_named(tmp_path: Path) -> None:
    data = tmp_path / "with a space, ü and 'quotes'" / ("deep" * 20) / ("deeper" * 10)
    with opened(Settings(data=data, shards=4)) as store:
        remember(store, "drill")
        assert not str(store._server.socket).startswith(str(data))  # type: ignore[union-attr]
    with opened(Settings(data=data, shards=4)) as store:
        assert known(store) == {"drill"}
    until(lambda: not pids(data), "a process was left behind")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreUnavailable, match="file/data/store cannot be used"):
        open_store(Settings(data=tmp_path / "file" / "data"))


def test_a_server_that_cannot_start_is_given_up_with_its_own_words(settings: Settings) -> None:
    with opened(settings) as store:
        remember(store, "drill")
    until(lambda: not pids(settings.data), "still running")
    (manifest,) = (settings.data / "store" / "appendonlydir").glob("*.manifest")
    whole = manifest.read_bytes()
    manifest.write_bytes(b"this is no manifest\n")
    with pytest.raises(StoreUnavailable, match="AOF manifest"):
        open_store(settings)
    until(lambda: not pids(settings.data), "a process was left behind")
    manifest.write_bytes(whole)
    with opened(settings) as store:
        assert known(store) == {"drill"}


def test_a_keeper_that_is_gone_before_it_began_is_not_waited_for(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The opener may have seen the lock of a keeper that was just leaving."""
    kept, looks = EmbeddedServer._kept, []

    def just_leaving(self: EmbeddedServer) -> bool:
        looks.append(True)
        return len(looks) == 1 or kept(self)

    monkeypatch.setattr(EmbeddedServer, "_kept", just_leaving)
    monkeypatch.setattr(embedded, "START_SECONDS", 20.0)
    with opened(settings) as store:
        remember(store, "drill")
    assert len(looks) > 1


def test_the_server_keeps_what_it_acknowledges(settings: Settings) -> None:
    with opened(settings) as store:
        assert all(check.ok for check in store.safety())


FORKING = """
import os, signal, sys, threading
from pathlib import Path
from plugin.store.server import EmbeddedServer
data, ended = Path(sys.argv[1]), threading.Event()
ours = EmbeddedServer(data).ensure()
def look():
    while not ended.is_set():
        ours.ensure()
watch = threading.Thread(target=look)
watch.start()
stuck = 0
for _ in range(40):
    child = os.fork()
    if not child:
        signal.alarm(5)
        EmbeddedServer(data).ensure()
        os._exit(0)
    stuck += os.waitpid(child, 0)[1] != 0
    if stuck:
        break
ended.set()
watch.join()
ours.leave()
sys.exit(stuck)
"""


def test_a_process_forked_while_another_thread_looks_after_the_store_still_reaches_it(tmp_path: Path) -> None:
    """`rapport serve` looks after the store in one thread while it forks web processes in another.

    A lock belongs to an open file, and a fork shares those: a child must not go on holding it.
    """
    forked = subprocess.run([sys.executable, "-c", FORKING, str(tmp_path)], cwd=ROOT, timeout=120)
    assert forked.returncode == 0, "a forked process waited for a lock that it held itself"
