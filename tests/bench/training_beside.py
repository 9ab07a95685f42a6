"""What a training costs those who are served meanwhile (P10): the same questions without one and beside one.

    python -m tests.bench.training_beside [--months 6] [--seconds 15]

A service with two web processes and a simulated shop is asked for suggestions over several connections,
at a pace that it keeps up with; then again while `rapport train --step-back` runs beside it, as the
background work starts it.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import requests

from api.cli.simulate import fill, last_day
from plugin.connectors.simulated import simulate
from plugin.merchant import Merchant
from plugin.settings import Settings
from plugin.shops import Shops
from plugin.store.memory import opened
from plugin.training import train
from tests.conftest import ROOT, free_port, stop, wait_until_ready

CLIENTS = 4
CALLS_A_SECOND = 40  # of all clients together
KINDS = ("complements", "for-you", "also-viewed", "next-basket")


def measured(url: str, key: str, products: list[str], until: Any) -> list[float]:
    """Return how long each answer took (seconds), asked at a steady pace until told to stop."""
    taken: list[float] = []

    def ask(number: int) -> None:
        session, due = requests.Session(), time.monotonic() + number / CALLS_A_SECOND
        session.headers["Authorization"] = f"Bearer {key}"
        turn = number
        while not until():
            time.sleep(max(0.0, due - time.monotonic()))
            due = max(due + CLIENTS / CALLS_A_SECOND, time.monotonic())
            asked = {
                "kind": KINDS[turn % 4],
                "product": products[turn % len(products)],
                "shopper": f"s{turn}",
            }
            begun = time.perf_counter()
            answer = session.get(f"{url}/v1/recommendations", params=asked, timeout=60)
            taken.append(time.perf_counter() - begun)
            assert answer.status_code == 200, answer.text
            turn += CLIENTS

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(CLIENTS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return taken


def figures(taken: list[float]) -> dict[str, float]:
    """Return median, 95th and 99th percentile in milliseconds."""
    cuts = statistics.quantiles(taken, n=100)
    return {
        "calls": len(taken),
        **{name: round(cuts[place] * 1000, 1) for name, place in (("p50", 49), ("p95", 94), ("p99", 98))},
    }


def main() -> None:
    """Print both as JSON."""
    reads = argparse.ArgumentParser()
    reads.add_argument("--months", type=int, default=6)
    reads.add_argument("--seconds", type=float, default=15.0)
    wanted = reads.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        with opened(Settings(data=data, shards=8)) as store:
            shops = Shops(store)
            shop = Merchant(shops, time.time).open_shop("Beside", {"currency": "EUR"})
            world = simulate(1, until=last_day(None), months=wanted.months, site="http://x", currency="EUR")
            world.write(Path(folder) / "world")
            fill(shops, shop.settings.shop_id, world, lambda came: None)
            train(shops, shop.settings.shop_id, now=time.time())
            products = [product.product_id for product in shops.view(shop.settings.shop_id).catalogue]
        environment = {
            **os.environ,
            "RAPPORT_DATA": str(data),
            "RAPPORT_SHARDS": "8",
            "RAPPORT_TRAINING": "off",
        }
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        service = subprocess.Popen(
            [sys.executable, "-m", "api.cli", "serve", "--port", str(port), "--workers", "2"],
            env=environment,
            cwd=ROOT,
            start_new_session=True,
        )
        try:
            wait_until_ready(url, service, 300.0)
            measured(url, shop.secret_key, products, stopping_after(3.0))
            alone = figures(measured(url, shop.secret_key, products, stopping_after(wanted.seconds)))
            begun = time.monotonic()
            training = subprocess.Popen(
                [sys.executable, "-m", "api.cli", "train", "--step-back", "--shop", shop.settings.shop_id],
                env={**environment, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
            )
            beside = figures(measured(url, shop.secret_key, products, lambda: training.poll() is not None))
            trained_in = round(time.monotonic() - begun, 1)
            assert training.returncode == 0
            again = figures(measured(url, shop.secret_key, products, stopping_after(wanted.seconds)))
        finally:
            stop(service)
    found = {"alone": alone, "beside a training": beside, "alone again": again, "trained_in_s": trained_in}
    sys.stdout.write(json.dumps(found, indent=2) + "\n")


def stopping_after(seconds: float) -> Any:
    """Return what says whether so much time has passed."""
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


if __name__ == "__main__":
    main()
