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
from pathlib import Path

from plugin.store.server import answers, server_command, socket_path

LOOK_EVERY_S = 0.05
DIES_WITH_PARENT = 1  # Linux: prctl(PR_SET_PDEATHSIG)


def keep(folder: Path, durability: str) -> None:
    """Run the server of this folder until nobody uses it any more."""
    with (folder / "keeper.lock").open("ab") as mine, (folder / "users.lock").open("ab") as users:
        try:
            fcntl.flock(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return  # another keeper was quicker
        path = socket_path(folder)
        _end_stray(folder, path)
        child = _start(folder, path, durability)
        while not _alone(users):
            if child.poll() is not None:
                child = _start(folder, path, durability)
            time.sleep(LOOK_EVERY_S)
        child.terminate()
        child.wait()
        path.unlink(missing_ok=True)


def _start(folder: Path, path: Path, durability: str) -> subprocess.Popen[bytes]:
    path.unlink(missing_ok=True)
    child = subprocess.Popen(
        server_command(folder, path, durability),
        cwd=folder,
        preexec_fn=_die_with_parent,
        stdin=subprocess.DEVNULL,
    )
    (folder / "server.pid").write_text(str(child.pid))
    return child


def _end_stray(folder: Path, path: Path) -> None:
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


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DIES_WITH_PARENT, signal.SIGKILL)


if __name__ == "__main__":
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    keep(Path(sys.argv[1]), sys.argv[2])
    os._exit(0)
