"""The commands of docs/shoppers.md do what the page says."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "shoppers.md"
CURLS = [
    block
    for block in re.findall(r"```sh\n(.*?)```", PAGE.read_text(), flags=re.S)
    if block.startswith("curl")
]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_every_call_is_answered(shop: Any) -> None:
    assert len(CURLS) >= 3
    environment = {
        **os.environ,
        "RAPPORT": shop.service.url,
        "SECRET": shop.keys["secret"],
    }
    answers = []
    for block in CURLS:
        for call in re.split(r"\n(?=curl)", block.replace("&cursor=...", "").strip()):
            said = subprocess.run(
                ["bash", "-c", call.replace("curl ", "curl -sS --fail-with-body ", 1)],
                env=environment, capture_output=True, text=True, timeout=30,
            )  # fmt: skip
            assert said.returncode == 0, f"{call}\n{said.stdout}{said.stderr}"
            answers.append(json.loads(said.stdout))
    liked, *_, known, timeline = answers
    assert liked["likes"] == ["category:Kitchen > Pans", "Acme"]
    assert known["preferences"]["avoids"] == ["attribute:contains=nuts", "category:Meat"]
    assert {item["kind"] for item in timeline["items"]} == {"preferred", "identified"}
