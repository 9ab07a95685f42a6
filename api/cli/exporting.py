"""`rapport export`: what Rapport knows, as files."""

from __future__ import annotations

import click

from api.cli.backup import export_shop
from api.cli.rights import export_shopper


@click.group("export")
def export() -> None:
    """Write out what Rapport knows."""


export.add_command(export_shop)
export.add_command(export_shopper)
