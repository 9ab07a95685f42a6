"""Trainings that are killed at a named step, each in a process of its own, forked off a warm one.

Run with the shop's id and the steps; the environment names the data folder.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from typing import Any

from plugin.models.versions import UNFINISHED, versions
from plugin.settings import Settings
from plugin.shops import Shops
from plugin.store.memory import opened
from plugin.training import train


def killed_at(step: str, shop_id: str) -> None:
    """Train until the step begins, and then be no more."""

    def die(stage: str, share: float) -> None:
        if stage.startswith(step):
            os.kill(os.getpid(), signal.SIGKILL)

    with opened(Settings.from_environment()) as store:
        train(Shops(store), shop_id, now=time.time(), progress=die)


def seen_after(step: str, status: int, shop_id: str) -> dict[str, Any]:
    """What is in service, listed and left half made, as another process sees it."""
    with opened(Settings.from_environment()) as store:
        shops = Shops(store)
        half = [path for path in (shops.memory(shop_id).models / UNFINISHED).iterdir() if path.is_dir()]
        return {
            "step": step,
            "ended": os.waitstatus_to_exitcode(status),
            "serving": shops.view(shop_id, fresh=True).model_version,
            "whole": {
                name: each.damaged is None and "fit" in each.report
                for name, each in versions(shops, shop_id).items()
            },
            "half": len(half),
        }


if __name__ == "__main__":
    for wanted in sys.argv[2:]:
        if not (child := os.fork()):
            killed_at(wanted, sys.argv[1])
            os._exit(0)
        seen = seen_after(wanted, os.waitpid(child, 0)[1], sys.argv[1])
        sys.stdout.write(json.dumps(seen) + "\n")
