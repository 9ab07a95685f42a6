"""The command line: one program, `rapport` (contract, section 2)."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from api import __version__
from api.cli.output import fail
from plugin.errors import RapportError

# Each command with the module that holds it: only the one that runs is imported.
COMMANDS = {
    "serve": "serve:serve",
    "work": "serve:work",
    "demo": "demo:demo",
    "shops": "shops:shops",
    "keys": "shops:keys",
    "import": "importing:import_",
    "export": "exporting:export",
    "erase": "rights:erase",
    "simulate": "simulate:simulate",
    "train": "learning:train",
    "recommend": "learning:recommend",
    "explain": "explain:explain",
    "uses": "uses:uses",
    "needs": "needs:needs",
    "signals": "needs:signals",
    "value": "value:value",
    "tiers": "tiers:tiers",
    "offers": "offers:offers",
    "prices": "prices:prices",
    "evaluate": "evaluating:evaluate",
    "models": "models:models",
    "doctor": "doctor:doctor",
    "trust": "trust:trust",
    "audit": "audit:audit",
    "dead-letters": "dead_letters:dead_letters",
    "console": "console:console",
}


class Commands(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in the order a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name."""
        where = COMMANDS.get(cmd_name)
        if where is None:
            return None
        module, _, name = where.partition(":")
        return getattr(import_module(f"api.cli.{module}"), name)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="rapport")
def rapport() -> None:
    """Rapport: personalisation for online shops. The sale is where the relationship begins.

    The data folder is RAPPORT_DATA (default ./data); with REDIS_URL an outside store is used. Every command
    works beside a running `rapport serve`.
    """


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
