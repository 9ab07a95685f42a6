"""The page of an evaluation: one file that asks nobody for anything, and can be read by everybody."""

from __future__ import annotations

import json
import re
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from api.evaluation_page.drawing import spread
from api.evaluation_page.page import evaluation_page
from recommender.cards import Cards
from recommender.evaluation.evaluate import Answered, evaluate
from recommender.interactions import Interactions

DAY = 86400.0
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
HOSTILE = "Tools & <script>alert(1)</script>"


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    rng, lines = np.random.default_rng(0), []
    for order in range(400):
        circle = ("abcde", "vwxyz")[order % 2]
        shopper = None if order % 9 == 0 else f"{circle[0]}{int(rng.integers(60))}"
        for product in rng.choice(list(circle), 3, replace=False):
            lines.append((f"o{order}", shopper, product, order / 4 * DAY))
    orders, shoppers, products, times = zip(*lines, strict=True)
    history = Interactions.from_columns(
        order_ids=orders,
        shopper_ids=shoppers,
        product_ids=products,
        quantities=[1] * len(lines),
        times=times,
    )
    ids = list("abcdevwxyz")
    cards = Cards.from_columns(ids, categories=["Letters > First"] * 5 + ["Others > Last"] * 5)

    def others(kind: str, past: Interactions, cases: list, k: int) -> Any:
        for place in range(5):
            answers = [rng.permutation(10).tolist() for _ in cases]
            yield Answered(f"somebody else's number {place}", answers, 1.0, 2.0, 0.25, "by chance")

    found = evaluate(history, cards, "complements", as_of=70 * DAY, days=30, others=others)
    return found.as_dict()


@pytest.fixture(scope="module")
def page(report: dict[str, Any]) -> str:
    return evaluation_page(HOSTILE, [report, {**report, "kind": "also-viewed"}], 1_000_000_000.0)


def test_the_page_asks_nobody_for_anything(page: str) -> None:
    assert not re.findall(r"""(?:src|href|action)\s*=\s*["'](?!\#)[^"']*""", page)
    assert not re.findall(r"url\((?!#)[^)]*\)|@import|<link|<script|<iframe|https?:", page)


def test_a_hostile_name_stays_a_name(page: str) -> None:
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_behind_each_picture_stands_its_table_with_every_method(page: str, report: dict[str, Any]) -> None:
    sections = page.split("<section")[1:]
    assert sections[0].count("<svg") == sections[0].count("<details>") == 5
    for row in report["rows"]:
        assert sections[0].count(f">{row['method'].replace(chr(39), '&#39;')}<") >= 5


def test_ids_on_the_page_are_each_their_own(page: str) -> None:
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_the_page_is_the_same_for_the_same_figures(page: str, report: dict[str, Any]) -> None:
    again = evaluation_page(HOSTILE, [report, {**report, "kind": "also-viewed"}], 1_000_000_000.0)
    assert again == page


def test_what_holds_for_every_kind_is_said_once(page: str) -> None:
    assert page.count("Learned from what was before") == 1
    assert page.count("Up: the share of suggestions that turned out right") == 1


def test_a_step_of_which_nothing_was_right_is_drawn(report: dict[str, Any]) -> None:
    """Its least share comes out a hair above what happened, by rounding."""
    nothing = {"low": 0.0, "high": 0.1, "stated": 0.05, "shown": 11, "right": 0, "share": 0.0}
    bins = ({**nothing, "least": 1e-17, "most": 0.26}, *report["reliability"][1:])
    assert evaluation_page("Bare", [{**report, "reliability": bins}], 0.0).count("<svg") == 5


def test_a_report_without_anything_to_draw_still_says_what_it_can(report: dict[str, Any]) -> None:
    bare = {**report, "segments": (), "newcomers": None, "reliability": ()}
    assert evaluation_page("Bare", [bare], 0.0).count("<svg") == 3


def test_labels_keep_apart_and_near() -> None:
    places = spread([0.5, 0.5, 0.52, 0.0], [0.1] * 4)
    ordered = sorted(places)
    assert all(later - earlier >= 0.1 - 1e-9 for earlier, later in pairwise(ordered))
    assert abs(places[3]) <= 0.05


SCROLLED = """[...document.querySelectorAll('.wide')].map(box => {
  const first = box.querySelector('tbody th'), before = first.getBoundingClientRect().left
  const hint = box.querySelector('.more').offsetHeight > 0
  box.scrollLeft = 80
  const after = first.getBoundingClientRect().left
  return {runs_over: box.scrollWidth > box.clientWidth, stands_still: after - before, hint}
})"""


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
def test_axe_finds_nothing_and_nothing_runs_over_the_edge(report: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(evaluation_page(HOSTILE, [report], 1_000_000_000.0))
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        asked: list[str] = []
        for width, scheme in ((390, "light"), (1280, "dark")):
            tab = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
            tab.on("request", lambda request: asked.append(request.url))
            tab.goto((tmp_path / "page.html").as_uri())
            tab.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
            assert tab.evaluate("document.documentElement.scrollWidth") <= width
            tables = tab.evaluate(SCROLLED)
            assert any(each["runs_over"] for each in tables) or width > 390
            for each in tables:
                assert each["stands_still"] == 0, "the first column stays where it is"
                assert each["hint"] == each["runs_over"], "what scrolls says so, and nothing else does"
            found = Axe().run(tab).response["violations"]
            assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
        browser.close()
    assert {url.split(":")[0] for url in asked} == {"file"}


def test_the_figures_survive_json(report: dict[str, Any]) -> None:
    assert json.loads(json.dumps(report))["rows"][0]["hr"]["10"] == pytest.approx(report["rows"][0]["hr"][10])
