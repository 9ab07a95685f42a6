"""The bar on long work: none before there is work, and one line in a narrow terminal."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from api.cli import output

CURSOR_UP = "\x1b[1A"  # how a bar of several lines is drawn over


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What stands on a terminal of eighty columns."""
    written = io.StringIO()
    monkeypatch.setattr(output, "people", Console(file=written, width=80, force_terminal=True))
    return written


def test_what_is_refused_before_any_work_shows_no_bar(terminal: io.StringIO) -> None:
    with pytest.raises(ValueError, match="no such moment"), output.bar("Learning", 1.0):
        raise ValueError("no such moment")
    assert terminal.getvalue() == ""


def test_a_bar_keeps_to_one_line_whatever_it_says(terminal: io.StringIO) -> None:
    with output.bar("Learning", 1.0) as tell:
        for step in range(4):
            tell(description="Weighing " + "what answers which question " * 5, completed=step / 4)
    assert "Weighing what answers" in terminal.getvalue()
    assert "100%" in terminal.getvalue()
    assert CURSOR_UP not in terminal.getvalue()


def test_for_machines_there_is_none(terminal: io.StringIO) -> None:
    with output.bar("Learning", 1.0, quiet=True) as tell:
        tell(completed=0.5)
    assert terminal.getvalue() == ""
