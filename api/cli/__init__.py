"""The command line: one program, `rapport` (contract, section 2)."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from api import __version__
from api.cli.output import fail
from plugin.errors import RapportError

# Each command with the module that holds it and what `rapport --help` says of it: only what runs is imported.
COMMANDS = {
    "serve": ("serve:serve", "Run the whole service: the doors, and the background worker."),
    "work": (
        "serve:work",
        "Do the background work: fold activity into shoppers, archive it, keep standings fresh.",
    ),
    "demo": (
        "demo:demo",
        "Run the service with a simulated shop, and that shop's storefront on the next port.",
    ),
    "shops": ("shops:shops", "Open, list, show, set up and delete shops."),
    "keys": ("shops:keys", "List, rotate and revoke a shop's keys."),
    "import": (
        "importing:import_",
        "Bring in products, orders, activity, past prices and more; what cannot be used is kept beside it.",
    ),
    "export": ("exporting:export", "Write out what Rapport knows."),
    "erase": (
        "rights:erase",
        "Erase a shopper from everything that is kept, and look at what erasures came to.",
    ),
    "simulate": (
        "simulate:simulate",
        "Fill a shop with the simulated world: about 300 products, 2,000 shoppers, 18 months.",
    ),
    "train": (
        "learning:train",
        "Learn a model, judge it on the most recent days, and publish it or keep it back.",
    ),
    "recommend": ("learning:recommend", "Answer many queries by the serving path."),
    "explain": (
        "explain:explain",
        "Say why a product is in a list of suggestions, or why not: the filter, or its rank and the gap.",
    ),
    "uses": ("uses:uses", "Ways of using what shoppers have: the shop's ideas, and what came of them."),
    "needs": (
        "needs:needs",
        "List what a shopper needs in the coming days, earliest first, with the time it lies in and why.",
    ),
    "signals": (
        "needs:signals",
        "List who bought here regularly and no longer does, by category, with what shows it.",
    ),
    "value": (
        "value:value",
        "Tell what the shop's buyers are expected to bring in the coming year, in ten bands of equally many.",
    ),
    "tiers": ("tiers:tiers", "Show the tier ladder, and try another one without changing anything."),
    "offers": (
        "offers:offers",
        "Offers: their rules before and after they go live, and the codes that open them.",
    ),
    "prices": ("prices:prices", "Prices: whether what the shop calls reduced is."),
    "evaluate": (
        "evaluating:evaluate",
        "Say how well a kind is answered beside the baselines: time split, full ranking.",
    ),
    "models": (
        "models:models",
        "List, show and compare a shop's models, check them, or go back to an earlier one.",
    ),
    "doctor": (
        "doctor:doctor",
        "Examine a shop's data and set-up; every finding comes with the line that puts it right.",
    ),
    "trust": ("trust:trust", "Show who looks like a program, and say who is a person."),
    "audit": ("audit:audit", "Show what was changed in a shop by whom, and whether that record is whole."),
    "dead-letters": (
        "dead_letters:dead_letters",
        "Show what could not be used and why, try it again, or drop it.",
    ),
    "console": ("console:console", "Let people into the merchant's console."),
}


class Commands(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in the order a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        return getattr(import_module(f"api.cli.{module}"), name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what each command does without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, does) for name, (_, does) in COMMANDS.items()])


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
