"""Putting together what fetches product feeds: the checks of the doors, the bounds of outside addresses."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

from api.bodies import valid
from api.schemas.documents import ProductDocument
from plugin.intake.downloads import State, download
from plugin.intake.feeds import Feeds
from plugin.settings import Settings
from plugin.shops import Shops


def feeds_of(shops: Shops, settings: Settings) -> Feeds:
    """Return what fetches the feeds of these shops; rejected rows are kept in the data folder."""

    def fetched(url: str, into: Path, known: State | None) -> State | None:
        return download(url, into, known=known, allowed=settings.outside_allowed)

    return Feeds(shops, time.time, partial(valid, ProductDocument()), fetched, settings.data / "feeds")
