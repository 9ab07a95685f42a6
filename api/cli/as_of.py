"""`--as-of`: a moment before which all is seen and after which nothing."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import click

from api.moments import EARLIEST, LATEST
from plugin.errors import Refused
from plugin.shop import Shop
from plugin.shops import Shops

as_of_option = click.option(
    "--as-of",
    "as_of",
    default=None,
    metavar="TIME",
    help="A date or an RFC 3339 time: only what was before it is seen.",
)


def moment_asked(shops: Shops, shop_id: str, text: str | None, now: float) -> float | None:
    """Return the epoch seconds that --as-of means; a time without a zone is the shop's.

    Raises `Refused` for what is no time, and for one that is still to come.
    """
    asked = moment_given(text, shops.view(shop_id), "--as-of")
    if asked is not None and asked > now:
        raise Refused(
            f"--as-of {text!r} is still to come; give a moment in the past, or leave it out for now."
        )
    return asked


def moment_given(text: str | None, shop: Shop, option: str) -> float | None:
    """Return the epoch seconds that an option means, None for none; a time without a zone is the shop's.

    Raises `Refused` for what is no time.
    """
    if text is None:
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(f"{option} {text!r} is not a date or an RFC 3339 time.") from None
    at = read if read.tzinfo else read.replace(tzinfo=ZoneInfo(shop.settings.timezone))
    if not EARLIEST <= at < LATEST:
        raise Refused(f"{option} {text!r} is too far away.")
    return at.timestamp()
