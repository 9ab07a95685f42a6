"""The commands of docs/suggestions.md do what the page says, on the products of the README."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from api.schemas.conditions import WhereSchema
from plugin.connectors.segment import DISMISSALS
from plugin.offers.conditions import PRODUCT_CONDITIONS

PAGE = (Path(__file__).parents[2] / "docs" / "suggestions.md").read_text()
CALLS = [
    call.strip()
    for block in re.findall(r"```sh\n(.*?)```", PAGE, flags=re.S)
    for call in re.split(r"\n(?=curl|rapport)", block)
]


def run(shop: Any, call: str) -> Any:
    environment = {**os.environ, "RAPPORT": shop.service.url, "SECRET": shop.keys["secret"]}
    said = subprocess.run(
        ["bash", "-c", call.replace("curl -sf", "curl -sS --fail-with-body", 1)],
        env=environment, capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert said.returncode == 0, f"{call}\n{said.stdout}{said.stderr}"
    return json.loads(said.stdout)


@pytest.fixture(scope="module")
def tools(open_shop: Any) -> Any:
    shop = open_shop("Corner")
    for name, category in (
        ("drill", "Tools > Drills"),
        ("bits", "Tools > Bits"),
        ("kettle", "Kitchen > Kettles"),
    ):
        shop.product(name, category=category)
    shop.send(shop.buys("anna", "drill", "bits"), shop.buys("ben", "drill", "bits"))
    shop.train()
    return shop


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_every_call_is_answered(tools: Any) -> None:
    curls = [call for call in CALLS if call.startswith("curl")]
    answers = {call: run(tools, call) for call in curls}
    asked, sensitive, placement, beside, condition, told, why = answers.values()
    assert asked["products"][0]["product_id"] == "bits"
    assert "Health > Tests" in sensitive["warnings"][0]["detail"]
    assert placement["floor"] == 0.3
    assert beside["placement"] == "below-product"
    assert {each["pointer"].split("/")[-2] for each in condition["warnings"]} >= {"is", "attribute"}
    assert (told["accepted"], told["rejected"]) == (3, [])
    assert why["candidate"]["product_id"] == "kettle"


def test_every_condition_of_the_page_is_one_and_none_is_left_out() -> None:
    section = PAGE[PAGE.index("**Conditions on products**") : PAGE.index("They nest")]
    shapes = [json.loads(text) for text in re.findall(r"`(\{.*?\})`[,| ]", section)]
    for shape in shapes:
        assert not WhereSchema().validate(shape), shape
    assert {name for shape in shapes for name in shape} == {*PRODUCT_CONDITIONS, "all", "any", "not"} - {
        "any"
    }


def test_every_reason_of_a_dismissal_is_on_the_page() -> None:
    assert all(f"`{reason}`" in PAGE for reason in DISMISSALS)
