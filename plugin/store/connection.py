"""The one way to the store: commands, scripts and round trips, with every failure in the shop's words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.cluster import RedisCluster
from redis.retry import Retry

from plugin.errors import StoreUnavailable

SCRIPTS = {
    path.stem: (source, hashlib.sha1(source.encode()).hexdigest())
    for path in sorted((Path(__file__).parent / "scripts").glob("*.lua"))
    for source in [path.read_text()]
}
TIMEOUT_S = 5.0
# Refusals that pass by themselves or with the operator's help; nothing was written when they are answered.
REFUSALS = frozenset({"MISCONF", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "NOREPLICAS", "BUSY"})


class HighWater(StoreUnavailable):
    """The worker is far behind; come back later."""

    code = "rate_limited"


Call = tuple[Any, ...]


def script(name: str, keys: Sequence[str], *args: Any) -> Call:
    """Return the command that runs a script of `scripts/` on these keys."""
    return ("EVALSHA", SCRIPTS[name][1], len(keys), *keys, *args)


class Connection:
    """A live way to one server or one cluster. Safe to share between threads."""

    def __init__(self, client: redis.Redis | RedisCluster) -> None:
        self._client = client
        self.clustered = isinstance(client, RedisCluster)

    def call(self, *command: Any) -> Any:
        """Return the answer to one command."""
        return self.many([command])[0]

    def many(self, commands: Sequence[Call]) -> list[Any]:
        """Return the answers to many commands in one round trip (one per node on a cluster).

        Raises `StoreUnavailable` when the store is away or refuses any of them.
        """
        if not commands:
            return []
        with _in_the_shops_words():
            answers = self._round_trip(commands)
            unknown = [
                i for i, answer in enumerate(answers) if isinstance(answer, redis.exceptions.NoScriptError)
            ]
            if unknown:
                self._load_scripts()
                for i, answer in zip(unknown, self._round_trip([commands[i] for i in unknown]), strict=True):
                    answers[i] = answer
            for answer in answers:
                if isinstance(answer, Exception):
                    raise answer
            return answers

    def _round_trip(self, commands: Sequence[Call]) -> list[Any]:
        if len(commands) == 1:
            try:
                return [self._client.execute_command(*commands[0])]
            except redis.exceptions.NoScriptError as error:
                return [error]
        pipeline = self._client.pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command(*command)
        return pipeline.execute(raise_on_error=False)

    def _load_scripts(self) -> None:
        for node in self.nodes():
            for source, _ in SCRIPTS.values():
                node.script_load(source)

    def nodes(self) -> list[redis.Redis]:
        """Return a client for each server that takes writes."""
        if isinstance(self._client, RedisCluster):
            return [self._client.get_redis_connection(node) for node in self._client.get_primaries()]
        return [self._client]

    def scan(self, pattern: str) -> Iterator[bytes]:
        """Yield every key that matches, over all nodes."""
        with _in_the_shops_words():
            for node in self.nodes():
                yield from node.scan_iter(match=pattern, count=1000)

    def close(self) -> None:
        """Let go of the sockets."""
        self._client.close()


def connect(url: str, *, timeout: float = TIMEOUT_S) -> Connection:
    """Return a connection to `redis://`, `rediss://` or `unix://`; a cluster is recognised by itself.

    Raises `StoreUnavailable` when nothing answers there.
    """
    # A command is not sent again by the client itself: an append that may have happened is for the
    # caller to repeat under the same message ids, never for a socket layer that cannot know.
    options: dict[str, Any] = {
        "socket_timeout": timeout,
        "socket_connect_timeout": min(timeout, 2.0),
        "retry": Retry(NoBackoff(), 0),
    }
    with _in_the_shops_words():
        client = redis.Redis.from_url(url, **options)
        if client.info("cluster").get("cluster_enabled"):
            client.close()
            return Connection(RedisCluster.from_url(url, socket_timeout=timeout, socket_connect_timeout=2.0))
        return Connection(client)


@contextmanager
def _in_the_shops_words() -> Iterator[None]:
    try:
        yield
    except redis.exceptions.AuthenticationError as error:
        raise StoreUnavailable(f"The store refuses our credentials: {error}") from error
    except (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError) as error:
        # What was under way may have arrived: only "send it again" is true of both cases.
        raise StoreUnavailable(
            "The store cannot be reached right now; sending again later is safe."
        ) from error
    except redis.exceptions.ClusterError as error:
        raise StoreUnavailable(f"The store's cluster is not whole: {error}") from error
    except redis.exceptions.OutOfMemoryError as error:
        raise StoreUnavailable("The store's memory is full; sending again later is safe.") from error
    except redis.exceptions.ResponseError as error:
        word = str(error).lstrip("-").split(" ")[0].rstrip(":")
        if word == "HIGHWATER":
            raise HighWater("The shop sends faster than is digested; sending again later is safe.") from error
        if word == "OOM" or "'maxmemory'" in str(error):
            raise StoreUnavailable("The store's memory is full; sending again later is safe.") from error
        if word in REFUSALS or isinstance(error, redis.exceptions.ReadOnlyError):
            raise StoreUnavailable(f"The store refuses writes right now: {error}") from error
        raise
