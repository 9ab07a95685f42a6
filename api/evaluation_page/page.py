"""A report (as `rapport evaluate --json` prints it) as one HTML file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.evaluation_page.pictures import pictures_of
from api.evaluation_page.words import MEANINGS, headline, method_table, product_rows, what_was_asked

HERE = Path(__file__).parent


def evaluation_page(shop: str, reports: Sequence[dict[str, Any]], made_at: float) -> str:
    """Return the page for these reports of a shop, one section a kind; ``made_at`` is epoch seconds."""
    sections = [
        {
            "id": report["kind"],
            "kind": report["kind"],
            "headline": headline(report),
            "asked": what_was_asked(report),
            "methods": method_table(report),
            "products": product_rows(report),
            "figures": pictures_of(report, report["kind"]),
        }
        for report in reports
    ]
    return _template().render(
        shop=shop,
        made=f"{datetime.fromtimestamp(made_at, UTC):%Y-%m-%d %H:%M} UTC",
        sections=sections,
        meanings=MEANINGS,
    )


@cache
def _template() -> Any:
    pages = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return pages.get_template("page.html")
