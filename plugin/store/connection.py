"""The one way to the store: commands, scripts and round trips, with every failure in the shop's words."""

from __future__ import annotations

import hashlib
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.cluster import RedisCluster
from redis.retry import Retry

from plugin.errors import StoreUnavailable
from plugin.store.sending import send_at_once

FOLDER = Path(__file__).parent / "scripts"


def _source(path: Path) -> str:
    """Return a script's text, with what its first line takes from another file (`-- with shared/...`)."""
    text = path.read_text()
    word, _, other = text.partition("\n")[0].partition("-- with ")
    return (FOLDER / other).read_text() + text if other and not word else text


SCRIPTS = {
    path.stem: (source, hashlib.sha1(source.encode()).hexdigest())
    for path in sorted(FOLDER.glob("*.lua"))
    for source in [_source(path)]
}
BARE = frozenset({"EVALSHA", "GET", "XLEN", "XTRIM"})  # of which the client hands on what the server said
TIMEOUT_S = 5.0
DOOR_TIMEOUT_S = 0.7  # a door says within a second that the store is away
REST_S = 0.5  # how long a door that waited in vain says so at once, before it tries again
WAIT_MS = 400  # how long an acknowledgement waits for the replicas; well within a door's patience
# Refusals that pass by themselves or with the operator's help; nothing was written when they are answered.
REFUSALS = frozenset({"MISCONF", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "NOREPLICAS", "BUSY"})


class HighWater(StoreUnavailable):
    """The worker is far behind; come back later."""

    code = "rate_limited"


class TooFewReplicas(StoreUnavailable):
    """What was written is not on as many replicas as was asked for; it may be kept all the same."""


Call = tuple[Any, ...]


def script(name: str, keys: Sequence[str], *args: Any) -> Call:
    """Return the command that runs a script of `scripts/` on these keys."""
    return ("EVALSHA", SCRIPTS[name][1], len(keys), *keys, *args)


class Connection:
    """A live way to one server or one cluster. Safe to share between threads.

    `replicas` is how many replicas must have what `durably` wrote before it returns. With `rest_s`, a store
    that did not answer in time is taken to be away for so long: who waits in a queue is told at once.
    """

    def __init__(self, client: redis.Redis | RedisCluster, *, replicas: int = 0, rest_s: float = 0.0) -> None:
        self._client = client
        self.clustered = isinstance(client, RedisCluster)
        self.replicas = replicas
        self._rest_s = rest_s
        self._resting_until = 0.0

    def call(self, *command: Any) -> Any:
        """Return the answer to one command."""
        return self.many([command])[0]

    def many(self, commands: Sequence[Call], *, bare: bool = False) -> list[Any]:
        """Return the answers to many commands in one round trip (one per node on a cluster).

        With `bare` the client need not make anything of them: what the server said is enough. Raises
        `StoreUnavailable` when the store is away or refuses any of them.
        """
        if not commands:
            return []
        with self._awake(), _in_the_shops_words():
            answers = self._answered(commands, self._round_trip_bare if bare else self._round_trip)
            for answer in answers:
                if isinstance(answer, Exception):
                    raise answer
            return answers

    def durably(self, scripts: Sequence[Call]) -> list[Any]:
        """Return the answers to some scripts once what they wrote is as durable as this installation asks.

        That is on disk, and on as many replicas as `replicas` says. Raises `TooFewReplicas` when those do not
        answer in time: what was written may stand then, and sending it again waits for them again.
        """
        if not self.replicas or not scripts:
            return self.many(scripts)
        with self._awake(), _in_the_shops_words():
            by_node: dict[Any, list[int]] = defaultdict(list)
            for i, call in enumerate(scripts):
                by_node[self._node_of(call)].append(i)
            answers: list[Any] = [None] * len(scripts)
            for node, rows in by_node.items():
                found = self._answered([scripts[i] for i in rows], partial(self._replicated, node))
                for i, answer in zip(rows, found, strict=True):
                    answers[i] = answer
            for answer in answers:
                if isinstance(answer, Exception):
                    raise answer
            return answers

    def _answered(self, commands: Sequence[Call], ask: Callable[[Sequence[Call]], list[Any]]) -> list[Any]:
        """Ask, and ask again for scripts that a server has not met yet."""
        answers = ask(commands)
        unknown = [
            i for i, answer in enumerate(answers) if isinstance(answer, redis.exceptions.NoScriptError)
        ]
        if unknown:
            self._load_scripts()
            for i, answer in zip(unknown, ask([commands[i] for i in unknown]), strict=True):
                answers[i] = answer
        return answers

    def _node_of(self, call: Call) -> Any:
        """Return the server that a script's keys live on."""
        if not isinstance(self._client, RedisCluster):
            return None
        slot = self._client.keyslot(call[3])
        return self._client.nodes_manager.get_node_from_slot(slot)

    def _replicated(self, node: Any, commands: Sequence[Call]) -> list[Any]:
        """Run scripts on one server and wait, on the same connection, for its replicas to have all of it."""
        client: Any = self._client
        if isinstance(client, RedisCluster):
            client = client.get_redis_connection(node)
        *answers, reached = send_at_once(client, [*commands, ("WAIT", self.replicas, WAIT_MS)])
        if any(isinstance(answer, redis.exceptions.MovedError) for answer in answers):
            self._client.nodes_manager.initialize()  # type: ignore[union-attr]  # only a cluster moves slots
        if isinstance(reached, Exception):
            raise reached
        if reached < self.replicas:
            raise TooFewReplicas(
                f"Only {reached} of {self.replicas} replicas have it; sending again later is safe."
            )
        return answers

    @contextmanager
    def _awake(self) -> Iterator[None]:
        """Refuse at once while the store was silent a moment ago; remember when it is."""
        if time.monotonic() < self._resting_until:
            raise StoreUnavailable("The store does not answer right now; sending again later is safe.")
        try:
            yield
        except StoreUnavailable as error:
            if self._rest_s and isinstance(error.__cause__, redis.exceptions.TimeoutError):
                self._resting_until = time.monotonic() + self._rest_s
            raise

    def _round_trip(self, commands: Sequence[Call]) -> list[Any]:
        client = self._client
        if not isinstance(client, RedisCluster) and all(command[0] in BARE for command in commands):
            return send_at_once(client, commands)
        if len(commands) == 1:
            try:
                return [client.execute_command(*commands[0])]
            except redis.exceptions.NoScriptError as error:
                return [error]
        pipeline = client.pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command(*command)
        return pipeline.execute(raise_on_error=False)

    def _round_trip_bare(self, commands: Sequence[Call]) -> list[Any]:
        if isinstance(self._client, RedisCluster):
            return self._round_trip(commands)
        return send_at_once(self._client, commands)

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


def connect(url: str, *, timeout: float = TIMEOUT_S, replicas: int = 0, rest_s: float = 0.0) -> Connection:
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
            del options["retry"]  # there it is what follows the slots when a server takes over
            return Connection(RedisCluster.from_url(url, **options), replicas=replicas, rest_s=rest_s)
        return Connection(client, replicas=replicas, rest_s=rest_s)


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
