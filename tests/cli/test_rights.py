"""`rapport export shopper` and `rapport erase`, on the store that others have open."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from api.cli import rapport
from plugin.activity import Activity, Line, Shopper
from plugin.merchant import Merchant
from plugin.shops import Shops
from plugin.store.memory import Store

Run = Callable[..., Result]


@pytest.fixture
def run(store: Store) -> Run:
    """Run a command beside the open store."""
    environment = {"RAPPORT_DATA": str(store.settings.data), "REDIS_URL": None}
    return lambda *arguments: CliRunner().invoke(rapport, arguments, env=environment)


@pytest.fixture
def shop_id(store: Store) -> str:
    shops = Shops(store)
    shop_id = Merchant(shops, time.time).open_shop("By command", {}).settings.shop_id
    now = time.time()
    bought = {"shopper": Shopper("ann"), "lines": (Line("drill", 1, 900),), "order_id": "o1"}
    order = Activity("m1", "bought", "Order Completed", now, now, "shop", **bought)
    shops.memory(shop_id).activities.append([order], now)
    return shop_id


def test_export_erase_and_lift(run: Run, shop_id: str, tmp_path: Path) -> None:
    out = tmp_path / "ann.json"
    done = run("export", "shopper", "ann", "--shop", shop_id, "--out", str(out))
    assert done.exit_code == 0, done.output
    assert list(json.loads(out.read_bytes())["orders"]) == ["o1"]
    assert out.stat().st_mode & 0o077 == 0
    assert run("export", "shopper", "ann", "--shop", shop_id, "--out", str(out)).exit_code != 0  # not over it
    assert machine(run("export", "shopper", "ann", "--shop", shop_id))["shopper_id"] == "ann"
    receipt = machine(run("erase", "shopper", "ann", "--shop", shop_id, "--json"))
    assert receipt["state"] == "done"
    assert "ann" not in json.dumps(receipt)
    assert [each["erasure_id"] for each in machine(run("erase", "list", "--shop", shop_id, "--json"))] == [
        receipt["erasure_id"]
    ]
    gone = run("export", "shopper", "ann", "--shop", shop_id)
    assert gone.exit_code != 0
    assert "Nothing is known" in str(gone.exception)
    assert machine(run("erase", "lift", "ann", "--shop", shop_id, "--json")) == {"lifted": True}
    assert machine(run("erase", "lift", "ann", "--shop", shop_id, "--json")) == {"lifted": False}


def test_what_there_is_not_is_said(run: Run, shop_id: str) -> None:
    for arguments in (
        ("erase", "shopper", "nobody", "--shop", shop_id),
        ("erase", "shopper", "ann", "--shop", "none"),
        ("export", "shopper", "nobody", "--shop", shop_id),
    ):
        refused = run(*arguments)
        assert refused.exit_code != 0
        assert "nobody" in str(refused.exception) or "none" in str(refused.exception)


def machine(done: Result) -> Any:
    """What was printed for machines, and nothing else was."""
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)
