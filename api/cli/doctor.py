"""`rapport doctor`: what is wrong with a shop, and the line that puts it right."""

from __future__ import annotations

import sys
import time
from typing import Any

import click
from rich.console import Console

from api.cli.output import as_json, bar, machine, of_shop, open_shops
from api.moments import moment
from plugin.doctor import CHECKS, Finding, examine

COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}


@click.command()
@of_shop
@click.option("--days", type=click.FloatRange(0.01, 3650), default=30.0, show_default=True,
              help="Look at what happened or came in within so many days.")  # fmt: skip
@click.option("--strict", is_flag=True, help="End with exit code 1 when something (notes aside) is found.")
@as_json
def doctor(shop_id: str, days: float, strict: bool, as_json: bool) -> None:
    """Examine a shop's data and set-up; every finding comes with the line that puts it right."""
    with open_shops() as shops:
        shops.store.existing(shop_id)
        with bar("Examining", len(CHECKS), as_json) as tell:
            findings = examine(
                shops,
                shop_id,
                now=time.time(),
                days=days,
                progress=lambda done, title: tell(completed=done, description=title[:48]),
            )
            tell(completed=len(CHECKS), description="Examined")
    if as_json:
        seen = [_view(shop_id, each) for each in findings]
        machine({"shop_id": shop_id, "checks": len(CHECKS), "findings": seen})
    else:
        _print(shop_id, findings)
    if strict and any(each.check.severity != "note" for each in findings):
        sys.exit(1)


def _view(shop_id: str, finding: Finding) -> dict[str, Any]:
    check, found = finding.check, finding.found
    return {
        "code": check.code,
        "severity": check.severity,
        "title": check.title,
        "harm": check.harm,
        "fix": _fix(shop_id, finding),
        "count": found.count,
        "examples": list(found.examples),
        "first_at": moment(found.first_at),
        "last_at": moment(found.last_at),
    }


def _print(shop_id: str, findings: list[Finding]) -> None:
    out = Console(highlight=False, width=None if sys.stdout.isatty() else 100)
    if not findings:
        out.print(f"Nothing found: {len(CHECKS)} checks, and {shop_id} is well.")
    for finding in findings:
        check, found = finding.check, finding.found
        out.print(
            f"[bold {COLOURS[check.severity]}]{check.severity}[/] [bold]{check.title}[/] ({found.count:,})"
        )
        out.print(f"  {check.harm}", style="dim")
        for example in found.examples:
            out.print(f"  - {example}", markup=False)
        out.print(f"  Put it right: {_fix(shop_id, finding)}\n", markup=False)


def _fix(shop_id: str, finding: Finding) -> str:
    """Return the line that puts it right, ready to be pasted."""
    fix = finding.check.fix
    return fix.replace("--shop SHOP", f"--shop {shop_id}").replace("shops show SHOP", f"shops show {shop_id}")
