"""The commands of docs/backup.md, one after the other, as they stand there."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, run_rapport

PAGE = (ROOT / "docs" / "backup.md").read_text()
ORDERS = """order_id,product_id,shopper_id,quantity,price,ordered_at,name
1,drill,anna,1,89.00,2026-01-05T10:00:00,Cordless drill
2,bits,ben,1,12.50,2026-02-07T09:30:00,Drill bits
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A data folder with a small shop in it."""
    folder = tmp_path_factory.mktemp("backup")
    kept = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    held = {**kept, "RAPPORT_DATA": str(folder / "data"), "RAPPORT_SHARDS": "4", "WHERE": str(folder)}
    held["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{held['PATH']}"
    held["SHOP"] = json.loads(run_rapport(held, "shops", "create", "Backed up", "--json").stdout)["shop_id"]
    (folder / "orders.csv").write_text(ORDERS)
    run_rapport(held, "import", "orders", str(folder / "orders.csv"), "--shop", held["SHOP"])
    return held


def ask(environment: dict[str, str], *arguments: str) -> Any:
    """Return what a command printed for machines."""
    return json.loads(run_rapport(environment, *arguments, "--json").stdout)


def test_every_command_of_the_page_does_what_it_says(environment: dict[str, str]) -> None:
    folder = Path(environment["WHERE"])
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, re.S)
    assert len(blocks) == 4
    if shutil.which("zstd") is None:
        blocks = blocks[:-1]
    for block in blocks:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, (block, done.stderr)
        if "list" in block:
            assert environment["SHOP"] in done.stdout
    assert stat.S_IMODE((folder / "backup.tar.zst").stat().st_mode) == 0o600


@pytest.mark.slow
def test_what_the_commands_say_to_machines(environment: dict[str, str]) -> None:
    folder = Path(environment["WHERE"])
    made = ask(environment, "export", "shop", "--shop", environment["SHOP"], "--out", str(folder / "again"))
    elsewhere = {**environment, "RAPPORT_DATA": str(folder / "elsewhere")}
    back = ask(elsewhere, "import", "shop", str(folder / "again"))
    assert back.pop("bytes")
    assert made.pop("bytes")
    assert back == made
    assert (made["shop"], made["erased"], made["model"]) == (environment["SHOP"], 0, None)
    assert made["rows"] >= 2
    known = ask(elsewhere, "import", "orders", str(folder / "orders.csv"), "--shop", environment["SHOP"])
    assert (known["orders"], known["known"]) == (0, 2)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("import", "shop", "setup.cfg"), "no backup"),
        pytest.param(
            ("export", "shop", "--shop", "nobody", "--out", "x.tar.zst"),
            "no shop 'nobody'",
            marks=pytest.mark.slow,
        ),
        pytest.param(("import", "shop", "nothing.tar.zst"), "nothing.tar.zst", marks=pytest.mark.slow),
    ],
)
def test_a_refusal_is_a_sentence(environment: dict[str, str], arguments: tuple[str, ...], words: str) -> None:
    done = run_rapport(environment, *arguments, check=False)
    assert done.returncode not in (0, None)
    assert "Traceback" not in done.stderr
    assert words in done.stderr
    assert not (ROOT / "x.tar.zst").exists()
