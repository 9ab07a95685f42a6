"""What no element may contain, read from the files as they are served."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from api.widgets import as_served

WIDGETS = Path(__file__).parents[2] / "widgets"
SERVED = sorted([*WIDGETS.glob("*.js"), *WIDGETS.glob("*.css")])
FORBIDDEN = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|setHTML"
    r"|\beval\b|new Function|javascript:|srcdoc|setAttribute\('style'|setAttribute\('on|@import|url\("
)
ENTRY = ["rapport", "identity", "client", "track", "element", "shelf", "offers", "words.en"]


@pytest.mark.parametrize("path", SERVED, ids=lambda path: path.name)
def test_nothing_turns_text_into_code(path: Path) -> None:
    assert not FORBIDDEN.findall(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", SERVED, ids=lambda path: path.name)
def test_only_own_modules_are_loaded(path: Path) -> None:
    for source in re.findall(r"(?:from|import)\s*\(?\s*['`]([^'`]+)['`]", path.read_text(encoding="utf-8")):
        assert source.startswith("./")
        if "$" not in source:
            assert (WIDGETS / source).is_file()


def test_every_language_has_every_word() -> None:
    def names(language: str) -> list[str]:
        text = (WIDGETS / f"words.{language}.js").read_text(encoding="utf-8")
        return re.findall(r"^  '?([\w-]+)'?: '.+'", text, re.MULTILINE)

    assert len(names("en")) > 10
    for language in ("de", "nl", "nb"):
        assert names(language) == names("en")


def weight(names: list[str]) -> int:
    """Bytes as a browser is sent them: each file by itself, packed."""
    files = [WIDGETS / f"{name}.js" for name in names] + [WIDGETS / "rapport.css"]
    return sum(len(gzip.compress(as_served(path), 9)) for path in files)


def test_a_page_with_a_shelf_and_offers_stays_light() -> None:
    assert weight(ENTRY) <= 8_500


def test_every_element_together_stays_light() -> None:
    assert weight([*ENTRY, "uses", "due"]) <= 10_000
