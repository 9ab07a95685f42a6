"""Many commands in one write: the way of the activities, which leaves out what they have no use for.

The client's own pipeline takes each command through half a dozen layers, which costs a batch of twenty about
as much as checking its documents; and it writes in pieces of 6 KB, each a call of the system.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import hiredis
import redis


def send_at_once(client: redis.Redis, commands: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Return the bare answers to some commands, errors among them, sent in one write on one connection.

    Raises the client's own errors for a connection that breaks; it is not used again then.
    """
    pool = client.connection_pool
    connection = pool.get_connection()
    try:
        connection.send_packed_command([b"".join(map(hiredis.pack_command, commands))])
        return [_answer(connection) for _ in commands]
    except BaseException:
        connection.disconnect()  # what is still on its way must not be taken for the next answer
        raise
    finally:
        pool.release(connection)


def _answer(connection: Any) -> Any:
    try:
        return connection.read_response()
    except redis.exceptions.ResponseError as error:
        return error
