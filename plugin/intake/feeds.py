"""Product feeds that are fetched by themselves: when they are due, what came of them, what is held back.

A feed replaces what it brought before (`replace`): products it holds no more are hidden. One that shrinks by
more than half is more likely broken than true; it is held back, with a warning, until somebody takes it by
hand.
"""

from __future__ import annotations

import hashlib
import logging
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from dataclasses import replace as replaced
from pathlib import Path
from typing import Any

import orjson

from plugin.catalog import Product
from plugin.connectors.products import read_products
from plugin.connectors.rejects import Rejects
from plugin.errors import Invalid, RapportError, place_of
from plugin.intake.downloads import State
from plugin.merchant import Merchant, product_of
from plugin.shop import Shop
from plugin.shops import Shops

log = logging.getLogger(__name__)

LOOK_EVERY_S = 30.0
AGAIN_AFTER_S = 900.0  # after a failure; each further one doubles it, up to the feed's own rhythm
FEWEST_TO_JUDGE = 10  # of a feed with fewer products, half is no sign of anything

Check = Callable[[dict[str, Any]], dict[str, Any]]
Download = Callable[[str, Path, State | None], State | None]
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class FeedResult:
    """What came of a feed: `taken`, `unchanged`, `held_back` or `failed`, why, and when (epoch seconds)."""

    url: str
    at: float
    outcome: str
    detail: str = ""
    products: int = 0
    hidden: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    rejected_in: str | None = None
    failures: int = 0
    etag: str | None = None
    last_modified: str | None = None

    @property
    def state(self) -> State | None:
        """By which the source tells whether the feed changed since it was last taken."""
        return State(self.etag, self.last_modified) if self.etag or self.last_modified else None

    @classmethod
    def of(cls, held: Mapping[str, Any] | None) -> FeedResult | None:
        """Return the result that a document holds."""
        return None if held is None else cls(**held)


def number_of(url: str) -> str:
    """Return the number by which a shop's feed is called."""
    return hashlib.blake2b(url.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()


def is_due(feed: Mapping[str, Any], last: FeedResult | None, now: float) -> bool:
    """Whether a feed is to be fetched: its rhythm is over or, after a failure, some time has passed."""
    if last is None:
        return True
    rhythm = feed["every_hours"] * 3600.0
    wait = min(rhythm, AGAIN_AFTER_S * 2.0 ** min(last.failures - 1, 20)) if last.failures else rhythm
    return now - last.at >= wait


def shrank(before: int, now: int) -> bool:
    """Whether a feed lost more than half of its products, and had enough to say so."""
    return before >= FEWEST_TO_JUDGE and now * 2 < before


class Feeds:
    """Fetches feeds into catalogues. `check` raises `Invalid` for a bad document.

    Rejected rows are kept in `folder`, a folder a shop. `download` writes the file at an address and returns
    its state, None when it is as it was known to be.
    """

    def __init__(
        self, shops: Shops, clock: Callable[[], float], check: Check, download: Download, folder: Path
    ) -> None:
        self._shops = shops
        self._clock = clock
        self._check = check
        self._download = download
        self._folder = folder
        self._merchant = Merchant(shops, clock, lambda: "a feed")

    def run(self, stop: threading.Event) -> None:
        """Fetch what is due, for all shops, until told to stop."""
        while not stop.is_set():
            try:
                for shop_id in self._shops.store.shops():
                    self._try_step(shop_id)
            except (RapportError, OSError) as error:
                log.warning("feeds wait: %s", error)
            stop.wait(LOOK_EVERY_S)

    def _try_step(self, shop_id: str) -> None:
        """Do a step; what one shop's feed breaks does not keep the other shops waiting."""
        try:
            self.step(shop_id)
        except (RapportError, OSError):
            raise
        except Exception as error:
            log.error("fetching a feed of shop %s failed: %s", shop_id, place_of(error))

    def step(self, shop_id: str) -> int:
        """Fetch the feeds of one shop that are due, one after the other; return how many were."""
        view = self._shops.view(shop_id, fresh=True)
        feeds = {number_of(feed["url"]): feed for feed in view.settings.feeds}
        if not feeds and not view.feeds:
            return 0
        store = self._shops.memory(shop_id).feeds
        if not store.hold():
            return 0
        try:
            for number in view.feeds.keys() - feeds.keys():
                store.forget(number)
                self._shops.put(shop_id, {f"feed/{number}": None})
            due = [
                feed
                for number, feed in feeds.items()
                if is_due(feed, FeedResult.of(view.feeds.get(number)), self._clock())
            ]
            for feed in due:
                self.fetch(shop_id, feed["url"], replace=feed["replace"])
            return len(due)
        finally:
            store.let_go()

    def fetch(
        self,
        shop_id: str,
        url: str,
        *,
        replace: bool,
        by_hand: bool = False,
        progress: Progress | None = None,
    ) -> FeedResult:
        """Return what came of fetching a feed; it is kept where the feed is one of the shop's own.

        `by_hand` is somebody who looks on: nothing is held back, and what fails raises `RapportError`.
        """
        view, number = self._shops.view(shop_id, fresh=True), number_of(url)
        last = FeedResult.of(view.feeds.get(number))
        try:
            result = self._fetched(view, url, replace, None if by_hand else last, progress)
        except RapportError as error:
            if by_hand:
                raise
            failures = (last.failures if last else 0) + 1
            told = {"outcome": "failed", "detail": error.detail, "failures": failures}
            result = FeedResult(**{**asdict(last or FeedResult(url, 0.0, "")), **told, "at": self._clock()})
        if any(feed["url"] == url for feed in view.settings.feeds):
            self._shops.put(shop_id, {f"feed/{number}": orjson.dumps(asdict(result))})
        return result

    def _fetched(
        self, view: Shop, url: str, replace: bool, last: FeedResult | None, progress: Progress | None
    ) -> FeedResult:
        folder = self._folder / view.shop_id
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as room:
            path, spool = Path(room) / "feed", Path(room) / "products"
            state = self._download(url, path, last.state if last and last.outcome != "held_back" else None)
            if state is None and last is not None:
                told = {"at": self._clock(), "outcome": "unchanged", "detail": "", "failures": 0}
                return FeedResult(**{**asdict(last), **told})
            with Rejects() as rejects:
                try:
                    seen = self._read(view, path, spool, rejects, progress)
                except RapportError as error:
                    raise Invalid(error.detail.replace(str(path), "the feed")) from None
                kept = _moved(rejects, folder / f"feed-{number_of(url)}")
            came = FeedResult(
                *(url, self._clock(), "taken"),
                rejected=dict(rejects.counts),
                rejected_in=kept,
                etag=state.etag if state else None,
                last_modified=state.last_modified if state else None,
            )
            return self._taken(view, came, seen, spool, replace, last)

    def _read(
        self, view: Shop, path: Path, spool: Path, rejects: Rejects, progress: Progress | None
    ) -> dict[str, None]:
        """Write the good products of a feed down and return their ids; all is read before any counts."""
        seen: dict[str, None] = {}
        now, currency = self._clock(), view.settings.currency
        with spool.open("wb") as out:
            for document in read_products(
                path, currency=currency, rejects=rejects, now=now, progress=progress
            ):
                try:
                    product = product_of(self._check(document), view, now)
                except Invalid as fault:
                    rejects.refuse("invalid", fault.detail)
                    continue
                seen[product.product_id] = None
                out.write(product.to_bytes() + b"\n")
        if not seen:
            raise Invalid("There is no product in it that can be used.")
        return seen

    def _taken(
        self,
        view: Shop,
        came: FeedResult,
        seen: dict[str, None],
        spool: Path,
        replace: bool,
        last: FeedResult | None,
    ) -> FeedResult:
        if replace and last is not None and shrank(last.products, len(seen)):
            told = f"It holds {len(seen)} products, and held {last.products} before; nothing was changed."
            before = {"products": last.products, "etag": last.etag, "last_modified": last.last_modified}
            return FeedResult(**{**asdict(came), **before, "outcome": "held_back", "detail": told})
        self._merchant.put_products(view.shop_id, _news(spool, view))
        store, number = self._shops.memory(view.shop_id).feeds, number_of(came.url)
        hidden, own = 0, [number_of(feed["url"]) for feed in view.settings.feeds]
        if number in own:
            store.keep(number, seen)
        if replace:
            others = [store.products(each) for each in own if each != number]
            # What another feed holds is not gone; one that was never read might hold anything.
            if None not in others:
                kept = set(seen).union(*(each or () for each in others))
                hidden = self._merchant.hide_products_except(view.shop_id, kept)
        return FeedResult(**{**asdict(came), "products": len(seen), "hidden": hidden})


def _news(spool: Path, view: Shop) -> Iterator[Product]:
    """Yield the products that the catalogue does not hold just so; the log need not hear those again."""
    with spool.open("rb") as lines:
        for line in lines:
            product = Product.from_bytes(line)
            held = view.catalogue.get(product.product_id)
            if held is None or replaced(held, updated_at=product.updated_at) != product:
                yield product


def _moved(rejects: Rejects, to: Path) -> str | None:
    """Keep the rejected rows of a feed, in place of those of the time before; return where."""
    rejects.close()
    for ending in (".rejected.csv", ".rejected.ndjson"):
        to.with_name(to.name + ending).unlink(missing_ok=True)
    for path in rejects.written:
        kept = to.with_name(to.name + "".join(path.suffixes))
        path.replace(kept)
        return str(kept)
    return None
