"""Many processes that redeem the same single-use codes at the same moment while their store is killed."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from plugin.errors import CodeUnusable, RapportError, StoreUnavailable
from plugin.offers.offer import Offer
from plugin.redemptions.codes import compared, new_codes
from plugin.redemptions.desk import Desk, new_taker
from plugin.redemptions.redemption import RESERVING, Given, RedeemedLine, Redemption
from plugin.settings import Settings
from plugin.store.memory import ShopMemory, Store, open_store

SHOP = "codes"
PAUSE_S = 0.02
TOGETHER = 10  # codes between two moments at which all processes wait for each other
RULE = Offer.from_document({"offer_id": "thanks", "state": "live", "gives": {"free_shipping": {}}}, "EUR")
Redeems = Callable[[ShopMemory, str], bool]


def redeem(memory: ShopMemory, code: str) -> bool:
    """Redeem one code as the doors do; whether it was ours."""
    (record,) = _until_answered(lambda: memory.codes.find([compared(code)]))
    assert record is not None
    desk = Desk(memory.redemptions, memory.ledger, {RULE.offer_id: RULE})
    given = Given(RULE.offer_id, {0: 500}, code=record.mark, code_uses=record.uses)
    now = time.time()
    new = Redemption(
        f"d_{uuid.uuid4().hex}",
        "asked",
        RESERVING,
        new_taker(),
        now + 900,
        "EUR",
        "-",
        (RedeemedLine("mug", 1, 999),),
        (given,),
    )
    try:
        _until_answered(lambda: desk.reserve(new, now))
        _until_answered(lambda: desk.commit(new.redemption_id, f"order of {new.redemption_id}", now))
    except CodeUnusable:
        return False
    return True


def redeem_by_looking_first(memory: ShopMemory, code: str) -> bool:
    """The control: look whether the code has a use left, and take it then."""
    key = memory.keys.of_shard(0, f"left:{compared(code)}")
    if int(_until_answered(lambda: memory._connection.call("GET", key)) or 1) < 1:
        return False
    _until_answered(lambda: memory._connection.call("SET", key, "0"))
    return True


def _until_answered(step: Callable[[], Any]) -> Any:
    """Send a step again and again until something definite comes of it."""
    patience = time.monotonic() + 60
    while True:
        try:
            return step()
        except StoreUnavailable:
            assert time.monotonic() < patience
        except RapportError as error:
            if error.code != "idempotency_running":
                raise
        time.sleep(PAUSE_S)


def _client(data: Path, codes: list[str], redeems: Redeems, gate: Barrier, told: Any) -> None:
    store = open_store(Settings(data=data, shards=8))
    ours = []
    for number, code in enumerate(codes):
        if number % TOGETHER == 0:
            gate.wait(60)  # all at the same codes at the same moment
        if redeems(store.shop(SHOP), code):
            ours.append(code)
    told.put(ours)
    store.close()


def one_round(store: Store, redeems: Redeems, count: int, processes: int, kills: int) -> Counter[str]:
    """Make codes, have every process redeem every one of them; return how often each was redeemed."""
    codes = list(new_codes(count))
    store.shop(SHOP).codes.add(map(compared, codes), RULE.offer_id, 1, None)
    start = multiprocessing.get_context("forkserver")
    start.set_forkserver_preload([__name__])
    gate, told = start.Barrier(processes + 1), start.Queue()
    given = (store.settings.data, codes, redeems, gate, told)
    clients = [start.Process(target=_client, args=given) for _ in range(processes)]
    for client in clients:
        client.start()
    knife = {(turn + 1) * count // (kills + 1) // TOGETHER for turn in range(kills)}
    for number in range(-(-count // TOGETHER)):
        gate.wait(60)
        if number in knife:
            _kill_the_store(store)
    redeemed = [told.get(timeout=60) for _ in clients]
    for client in clients:
        client.join(60)
        assert client.exitcode == 0
    return Counter(code for ours in redeemed for code in ours)


def _kill_the_store(store: Store) -> None:
    """Kill the server where it stands; its keeper starts it again."""
    with suppress(ProcessLookupError):
        os.kill(int((store.settings.data / "store" / "server.pid").read_text()), signal.SIGKILL)
