"""What measuring an offer costs: a planted shop of many shoppers, from its log to the answer.

Run with ``.venv/bin/python -m tests.bench.effect_size [--shoppers N] [--json]``. Everybody ordered before,
visits twice, and about four in ten order; three in ten are held out.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from plugin.activity import Shopper
from plugin.history import profiles_before
from plugin.settings import Settings
from plugin.shops import Shops
from plugin.store.memory import open_store
from plugin.storefront import Storefront, Visitor
from plugin.uplift.measuring import refresh_effect
from recommender.evaluation.peers.process import peak_gib

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "plugin" / "uplift"))

from small_experiment import NOW, experiment

ASKED = 400


def run(shops: Shops, shoppers: int) -> dict[str, Any]:
    """Seconds of one core to measure, and milliseconds to judge one shopper by what was learned."""
    held = experiment(shops, shoppers, 0.3, rule={"choose": "by_gain", "holdout": 0.3}, name="Size")
    memory = shops.memory(held.shop_id)
    lines = memory.log.query("SELECT count(*) AS n FROM log").to_pylist()[0]["n"]
    began = time.process_time()
    effect = refresh_effect(shops, held.shop_id, "spring", NOW)
    measuring = time.process_time() - began
    shop, front = shops.view(held.shop_id, fresh=True), Storefront(shops, lambda: NOW)
    who = [Shopper(str(number)) for number in range(ASKED)]
    profiles = profiles_before(memory.log, who, NOW)
    scenes = [front.staged(shop, Visitor(each, trusted=True), profiles[each.ref]) for each in who]
    for scene in scenes:
        _ = scene.place, scene.figures, scene.owned  # which any answer about offers has worked out already
    began = time.perf_counter()
    judged = sum(bool(scene.gains) for scene in scenes)
    return {
        "shoppers": effect.offered + effect.held_out,
        "log lines": lines,
        "seconds of one core": round(measuring, 1),
        "peak GiB": round(peak_gib(), 2),
        "milliseconds to judge one shopper": round(1000 * (time.perf_counter() - began) / judged, 2),
        "bytes kept": len(shop.effects["spring"]),
    }


def main() -> int:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description="What measuring an offer costs")
    parser.add_argument("--shoppers", type=int, default=20_000)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Settings(data=Path(folder), shards=8))
        try:
            found = run(Shops(store), arguments.shoppers)
        finally:
            store.close()
    lines = [json.dumps(found)] if arguments.json else [f"{name}: {figure}" for name, figure in found.items()]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
