"""The command line: one program, `rapport` (contract, section 2)."""

from __future__ import annotations

import sys

import click

from api import __version__
from api.cli.console import console
from api.cli.demo import demo
from api.cli.importing import import_
from api.cli.learning import evaluate, models, recommend, train
from api.cli.output import fail
from api.cli.serve import serve, work
from api.cli.shops import keys, shops
from api.cli.simulate import simulate
from plugin.errors import RapportError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="rapport")
def rapport() -> None:
    """Rapport: personalisation for online shops. The sale is where the relationship begins.

    The data folder is RAPPORT_DATA (default ./data); with REDIS_URL an outside store is used. Every command
    works beside a running `rapport serve`.
    """


for command in (
    serve,
    work,
    demo,
    shops,
    keys,
    import_,
    simulate,
    train,
    recommend,
    evaluate,
    models,
    console,
):
    rapport.add_command(command)


def main() -> None:
    """Run the command line; a refusal is one sentence on standard error and exit code 1."""
    try:
        rapport.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except RapportError as error:
        fail(error)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
