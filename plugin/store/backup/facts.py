"""What a key of the store holds, as facts that can stand in a file and be written into another store.

Nothing here knows what the keys are for, so that whatever a shop keeps is in its backup.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from plugin.store.connection import Call, Connection
from plugin.store.keys import ShopKeys

PAGE = 1_000  # items of one key read or written at a time
KEYS_AT_ONCE = 500


class Name(NamedTuple):
    """A key of a shop: its shard (None for the shop as a whole) and what comes after the hash tag."""

    shard: int | None
    rest: bytes

    def of(self, keys: ShopKeys) -> bytes:
        """Return the key as the store has it."""
        shard = "" if self.shard is None else f":{self.shard}"
        return f"{{{keys.shop}{shard}}}:".encode() + self.rest


class Fact(NamedTuple):
    """One piece of what a key holds. Which fields are set depends on the kind.

    string: value. hash: field, value. set: item. zset: item, score. list: value. stream: item (the position),
    field, value; and one with the position alone, the newest the stream ever had. `expires` is when the key
    ends (epoch milliseconds, None for never).
    """

    name: Name
    kind: str
    expires: int | None = None
    item: bytes | None = None
    field: bytes | None = None
    value: bytes | None = None
    score: float | None = None


def names_of(connection: Connection, keys: ShopKeys) -> Iterator[Name]:
    """Yield the name of every key of a shop; one that comes or goes meanwhile may be missed."""
    whole, sharded = f"{{{keys.shop}}}:".encode(), f"{{{keys.shop}:".encode()
    for key in connection.scan(f"{{{keys.shop}}}:*"):
        yield Name(None, key.removeprefix(whole))
    for key in connection.scan(f"{{{keys.shop}:*"):
        shard, _, rest = key.removeprefix(sharded).partition(b"}:")
        yield Name(int(shard), rest)


def read(connection: Connection, keys: ShopKeys, names: Sequence[Name], now: float) -> Iterator[Fact]:
    """Yield what these keys hold, each key as of one moment where it is small, page by page where not."""
    for start in range(0, len(names), KEYS_AT_ONCE):
        yield from _read_some(connection, keys, names[start : start + KEYS_AT_ONCE], now)


SIZES = {
    "hash": "HLEN",
    "set": "SCARD",
    "zset": "ZCARD",
    "list": "LLEN",
    "stream": "XLEN",
    "string": "EXISTS",
}


def _read_some(connection: Connection, keys: ShopKeys, names: Sequence[Name], now: float) -> Iterator[Fact]:
    stored = [name.of(keys) for name in names]
    answers = connection.many([(word, key) for key in stored for word in ("TYPE", "PTTL")])
    kinds = [kind.decode() for kind in answers[::2]]
    held = [i for i, kind in enumerate(kinds) if kind in SIZES]  # the rest has ended since it was named
    sizes = connection.many([(SIZES[kinds[i]], stored[i]) for i in held])
    small = [i for i, size in zip(held, sizes, strict=True) if size <= PAGE]
    wholes = dict(zip(small, connection.many([_whole_call(kinds[i], stored[i]) for i in small]), strict=True))
    for i in held:
        expires = None if answers[2 * i + 1] < 0 else int(now * 1000) + answers[2 * i + 1]
        pages = [wholes[i]] if i in wholes else _pages(connection, kinds[i], stored[i])
        for page in pages:
            yield from facts_of(names[i], kinds[i], expires, page)
        if kinds[i] == "stream":
            yield Fact(names[i], "stream", expires, item=newest_position(connection, stored[i]))


def _whole_call(kind: str, key: bytes) -> Call:
    return {
        "string": ("GET", key),
        "hash": ("HGETALL", key),
        "set": ("SMEMBERS", key),
        "zset": ("ZRANGE", key, 0, -1, "WITHSCORES"),
        "list": ("LRANGE", key, 0, -1),
        "stream": ("XRANGE", key, "-", "+"),
    }[kind]


def _pages(connection: Connection, kind: str, key: bytes) -> Iterator[object]:
    if kind in ("hash", "set", "zset"):
        cursor: object = 0
        while True:
            word = {"hash": "HSCAN", "set": "SSCAN", "zset": "ZSCAN"}[kind]
            cursor, page = connection.call(word, key, cursor, "COUNT", PAGE)
            yield page
            if int(cursor) == 0:  # type: ignore[call-overload]
                return
    elif kind == "list":
        start = 0
        while page := connection.call("LRANGE", key, start, start + PAGE - 1):
            yield page
            start += PAGE
    else:
        after = "-"
        while page := connection.call("XRANGE", key, after, "+", "COUNT", PAGE):
            yield page
            after = f"({page[-1][0].decode()}"


def newest_position(connection: Connection, key: str | bytes) -> bytes:
    """Return the newest position a stream ever had, nothing where there is no stream."""
    if not connection.call("EXISTS", key):
        return b""
    return dict(_pairs(connection.call("XINFO", "STREAM", key)))[b"last-generated-id"]


def facts_of(name: Name, kind: str, expires: int | None, content: object) -> Iterator[Fact]:
    """Yield the facts of what a store answered about one key."""
    if kind == "string":
        if content is not None:
            yield Fact(name, kind, expires, value=content)  # type: ignore[arg-type]
    elif kind == "hash":
        for field, value in _pairs(content):
            yield Fact(name, kind, expires, field=field, value=value)
    elif kind == "set":
        for item in content:  # type: ignore[attr-defined]
            yield Fact(name, kind, expires, item=item)
    elif kind == "zset":
        for item, score in _pairs(content):
            yield Fact(name, kind, expires, item=item, score=float(score))
    elif kind == "list":
        for value in content:  # type: ignore[attr-defined]
            yield Fact(name, kind, expires, value=value)
    else:
        for item, fields in content:  # type: ignore[attr-defined]
            for field, value in _pairs(fields):
                yield Fact(name, kind, expires, item=item, field=field, value=value)


def _pairs(answer: object) -> Iterable[tuple[bytes, bytes]]:
    """What comes in pairs comes as a mapping, as pairs or as a flat list, depending on who read it."""
    if isinstance(answer, dict):
        return answer.items()
    assert isinstance(answer, list | tuple)
    if answer and isinstance(answer[0], list | tuple):
        return [(first, second) for first, second in answer]
    return zip(answer[::2], answer[1::2], strict=True)


def write(connection: Connection, keys: ShopKeys, facts: Iterable[Fact]) -> int:
    """Write facts into a store that has nothing under these names; return how many keys those were.

    The facts of one key follow each other. What would have ended by now ends at once.
    """
    count = 0
    waiting: list[Call] = []
    for name, held in _by_key(facts):
        waiting += _write_calls(name.of(keys), held)
        count += 1
        if len(waiting) >= KEYS_AT_ONCE:
            connection.many(waiting)
            waiting = []
    connection.many(waiting)
    return count


def _by_key(facts: Iterable[Fact]) -> Iterator[tuple[Name, list[Fact]]]:
    """Yield the facts key by key; those of a key with very many come in several lots."""
    held: list[Fact] = []
    for fact in facts:
        if held and (held[0].name != fact.name or (len(held) >= PAGE and held[-1].item != fact.item)):
            yield held[0].name, held
            held = []
        held.append(fact)
    if held:
        yield held[0].name, held


def _write_calls(key: bytes, held: Sequence[Fact]) -> list[Call]:
    kind = held[0].kind
    if kind == "string":
        calls: list[Call] = [("SET", key, held[0].value)]
    elif kind == "hash":
        calls = [("HSET", key, *(part for fact in held for part in (fact.field, fact.value)))]
    elif kind == "set":
        calls = [("SADD", key, *(fact.item for fact in held))]
    elif kind == "zset":
        calls = [("ZADD", key, *(part for fact in held for part in (fact.score, fact.item)))]
    elif kind == "list":
        calls = [("RPUSH", key, *(fact.value for fact in held))]
    else:
        calls = list(_stream_calls(key, held))
    if held[0].expires is not None:
        calls.append(("PEXPIREAT", key, held[0].expires))
    return calls


def _stream_calls(key: bytes, held: Sequence[Fact]) -> Iterator[Call]:
    entries: dict[bytes, list[bytes]] = {}
    for fact in held:
        if fact.field is not None and fact.value is not None and fact.item is not None:
            entries.setdefault(fact.item, []).extend((fact.field, fact.value))
    for item, fields in entries.items():
        yield ("XADD", key, item, *fields)
    last = held[-1]
    if last.field is None and last.item is not None and last.item not in entries and last.item != b"0-0":
        # Positions go on from here, also by a clock that is behind: what was archived is known by them.
        yield ("XADD", key, last.item, "d", "")
        yield ("XDEL", key, last.item)
