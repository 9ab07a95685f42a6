"""Simulated shops, filled and trained as any real one, to be asked for what was planted in them."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from api.cli.simulate import fill
from plugin import training
from plugin.connectors.simulated import World, simulate
from plugin.merchant import Merchant
from plugin.settings import Settings
from plugin.shops import Shops
from plugin.store.memory import opened

UNTIL = datetime(2026, 11, 22, tzinfo=UTC)  # when the simulated histories end


def asked_for(description: str | None) -> argparse.Namespace:
    """Return the seeds to simulate and whether to print for machines, from the command line."""
    options = argparse.ArgumentParser(description=description)
    options.add_argument("--seeds", type=int, nargs="+", default=[7, 8, 9])
    options.add_argument("--json", action="store_true")
    return options.parse_args()


def trained_shops(
    seeds: list[int], before_training: Callable[[Shops, str, World, Path], object] | None = None
) -> Iterator[tuple[int, Shops, str, World]]:
    """Yield each seed with its shop, open, filled and trained, and the world that is in it.

    `before_training` may bring in what the world does not bring by itself; it is given a folder for files.
    """
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        opened(Settings(data=Path(folder))) as store,
    ):
        shops = Shops(store)
        for seed in seeds:
            made = Merchant(shops, time.time).open_shop(f"Seed {seed}", {"currency": "EUR"})
            shop_id, world = made.settings.shop_id, simulate(seed, until=UNTIL)
            fill(shops, shop_id, world)
            if before_training is not None:
                before_training(shops, shop_id, world, Path(folder))
            training.train(shops, shop_id, now=time.time(), judging=False)
            yield seed, shops, shop_id, world
