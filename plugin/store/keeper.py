"""The process that owns the embedded server: starts it, starts it again, ends it with its last user."""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

from plugin.store.server import GAVE_UP, answers, server_command, socket_path

LOOK_EVERY_S = 0.05
ATTEMPTS = 3  # starts in a row that never came to an answer, before the keeper gives up
DIES_WITH_PARENT = 1  # Linux: prctl(PR_SET_PDEATHSIG)


def keep(folder: Path, durability: str) -> int:
    """Run the server of this folder until nobody uses it any more; return the process's exit status.

    A server that dies is started again; one that dies again and again before it ever answered (a damaged
    file, a full disk) is given up, so that its users can be told.
    """
    with (folder / "keeper.lock").open("ab") as mine, (folder / "users.lock").open("ab") as users:
        try:
            fcntl.flock(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 0  # another keeper was quicker
        path = socket_path(folder)
        _end_stray(path)
        child, attempts = _start(folder, path, durability), 1
        while not _alone(users):
            if child.poll() is not None:
                if attempts == ATTEMPTS:
                    return GAVE_UP
                child, attempts = _start(folder, path, durability), attempts + 1
            elif attempts and answers(path):
                attempts = 0
            time.sleep(LOOK_EVERY_S)
        child.terminate()
        child.wait()
        path.unlink(missing_ok=True)
        return 0


def _start(folder: Path, path: Path, durability: str) -> subprocess.Popen[bytes]:
    path.unlink(missing_ok=True)
    child = subprocess.Popen(
        server_command(folder, path, durability),
        cwd=folder,
        preexec_fn=partial(_die_with_parent, os.getpid()),
        stdin=subprocess.DEVNULL,
    )
    (folder / "server.pid").write_text(str(child.pid))
    return child


def _end_stray(path: Path) -> None:
    """End a server that outlived its keeper (possible where a child does not die with its parent)."""
    if not answers(path):
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
        sock.connect(str(path))
        sock.sendall(b"*1\r\n$8\r\nSHUTDOWN\r\n")
        sock.settimeout(30.0)
        sock.recv(64)
    while answers(path):
        time.sleep(LOOK_EVERY_S)


def _alone(users: object) -> bool:
    """Whether every user has gone; from then on new users wait until the server has ended."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)  # type: ignore[arg-type]
    except BlockingIOError:
        return False
    return True


def _die_with_parent(parent: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DIES_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != parent:  # it died before we could ask to be told
            os._exit(1)


if __name__ == "__main__":
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    os._exit(keep(Path(sys.argv[1]), sys.argv[2]))
