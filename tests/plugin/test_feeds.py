"""Feeds that are fetched by themselves: in their rhythm, whole or not at all, held back when they shrink."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from api.bodies import valid
from api.schemas.documents import ProductDocument, SettingsChange
from plugin.errors import RapportError
from plugin.intake.downloads import State, download
from plugin.intake.feeds import FeedResult, Feeds, is_due, number_of, shrank
from plugin.merchant import Merchant
from plugin.shops import Shops
from plugin.store.memory import Store
from tests.plugin.sites import OURS, Site, answers, site_in

HOUR = 3600.0
BORN = 1_780_000_000.0
HEAD = '<?xml version="1.0"?><rss xmlns:g="http://base.google.com/ns/1.0"><channel>'


def feed_of(*ids: str, **more: str) -> bytes:
    items = "".join(
        f"<item><g:id>{each}</g:id><g:title>Thing {each}</g:title><g:price>5.00 EUR</g:price></item>"
        for each in ids
    )
    return f"{HEAD}{items}{''.join(more.values())}</channel></rss>".encode()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_in(tmp_path_factory.mktemp("site")) as running:
        yield running


class Fetching:
    """One shop with feeds, a clock that is moved by hand, and what fetches for it."""

    def __init__(self, store: Store, site: Site, folder: Path) -> None:
        self.now = BORN
        self.site, self.shops = site, Shops(store)
        self.merchant = Merchant(self.shops, lambda: self.now)
        self.shop_id = self.merchant.open_shop(
            f"Feeds {uuid.uuid4().hex[:6]}", {"currency": "EUR"}
        ).settings.shop_id

        def fetched(url: str, into: Path, known: State | None) -> State | None:
            return download(url, into, known=known, allowed=OURS, context=site.context)

        check = partial(valid, ProductDocument())
        self.folder = folder
        self.feeds = Feeds(self.shops, lambda: self.now, check, fetched, folder)

    def set(self, *paths: str, **how: Any) -> None:
        feeds = [{"url": self.site.url + path, **how} for path in paths]
        # The site of these tests has no name, so the door's own check of addresses is not asked.
        given = [{"every_hours": 24, "replace": True, **feed} for feed in feeds]
        self.merchant.change_settings(self.shop_id, {"feeds": given})

    def serve(self, path: str, body: bytes, **headers: str) -> None:
        self.site.pages[path] = answers(200, body, **headers)

    def step(self, hours: float = 24.0) -> int:
        self.now += hours * HOUR
        return self.feeds.step(self.shop_id)

    def came(self, path: str = "/f") -> FeedResult:
        held = self.shops.view(self.shop_id, fresh=True).feeds[number_of(self.site.url + path)]
        return FeedResult.of(held)  # type: ignore[return-value]

    @property
    def shown(self) -> set[str]:
        catalogue = self.shops.view(self.shop_id, fresh=True).catalogue
        return {product.product_id for product in catalogue if not product.hidden}


@pytest.fixture
def shop(store: Store, site: Site, tmp_path: Path) -> Fetching:
    site.pages.clear()
    site.asked.clear()
    return Fetching(store, site, tmp_path / "feeds")


def test_a_feed_is_taken_in_its_rhythm_and_what_it_lost_is_hidden(shop: Fetching) -> None:
    shop.set("/f")
    shop.serve("/f", feed_of("a", "b", "c"))
    assert (shop.step(0), shop.shown) == (1, {"a", "b", "c"})
    assert (shop.came().outcome, shop.came().products, shop.came().hidden) == ("taken", 3, 0)
    shop.serve("/f", feed_of("b", "c", "d"))
    assert (shop.step(23.9), shop.shown) == (0, {"a", "b", "c"}), "not due yet"
    assert (shop.step(0.1), shop.shown) == (1, {"b", "c", "d"})
    assert shop.came().hidden == 1
    shop.serve("/f", feed_of("a", "b", "c", "d"))
    shop.step()
    assert shop.shown == {"a", "b", "c", "d"}, "what comes back is shown again"


def test_without_replace_nothing_is_hidden(shop: Fetching) -> None:
    shop.set("/f", replace=False)
    shop.serve("/f", feed_of("a", "b"))
    shop.step()
    shop.serve("/f", feed_of("c"))
    shop.step()
    assert shop.shown == {"a", "b", "c"}


def test_what_did_not_change_is_neither_sent_nor_written_again(shop: Fetching) -> None:
    shop.set("/f")
    shop.serve("/f", feed_of("a", "b"), ETag='"1"')
    shop.step()
    version = shop.shops.view(shop.shop_id, fresh=True).catalogue.get("a")
    shop.site.pages["/f"] = answers(304)
    shop.step()
    assert (shop.came().outcome, shop.came().products) == ("unchanged", 2)
    shop.serve("/f", feed_of("a", "b", "c"))
    shop.step()
    assert shop.shops.view(shop.shop_id, fresh=True).catalogue.get("a") == version, "still as it was written"


def test_a_feed_that_shrinks_by_more_than_half_is_held_back(shop: Fetching) -> None:
    shop.set("/f")
    many = [f"p{n}" for n in range(20)]
    shop.serve("/f", feed_of(*many), ETag='"1"')
    shop.step()
    shop.serve("/f", feed_of(*many[:8], "new"), ETag='"2"')
    shop.step()
    assert shop.shown == set(many), "the control is below: taken by hand, it does all this"
    assert (shop.came().outcome, shop.came().products) == ("held_back", 20)
    assert "holds 9 products, and held 20" in shop.came().detail
    shop.step()
    assert shop.came().outcome == "held_back", "and still is the day after"
    shop.feeds.fetch(shop.shop_id, shop.site.url + "/f", replace=True, by_hand=True)
    assert shop.shown == {*many[:8], "new"}
    assert shop.came().outcome == "taken"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (feed_of(*"abcdef")[:-40], "not well-formed"),
        (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">]><x>&a;</x>', "document type"),
        (HEAD.encode() + b"<a>" * 100 + b"</a>" * 100 + b"</channel></rss>", "32 deep"),
        (b"<!doctype html><html>Please log in</html>", "web page"),
        (feed_of(), "no product"),
        (b'{"error": "not today"}\n', "no product"),
    ],
)
def test_a_damaged_feed_changes_nothing_and_is_tried_again_soon(
    shop: Fetching, body: bytes, why: str
) -> None:
    shop.set("/f")
    shop.serve("/f", feed_of("a", "b"))
    shop.step()
    shop.serve("/f", body)
    shop.step()
    assert (shop.came().outcome, shop.shown) == ("failed", {"a", "b"})
    assert why in shop.came().detail
    assert "/" not in shop.came().detail.replace("feed/", ""), "no path of ours is told"
    assert (shop.step(0.2), shop.step(0.05)) == (0, 1), "a quarter of an hour later"
    assert (shop.step(0.3), shop.step(0.2)) == (0, 1), "half an hour after that"
    shop.serve("/f", feed_of("b"))
    shop.step()
    assert (shop.came().outcome, shop.came().failures, shop.shown) == ("taken", 0, {"b"})


def test_a_billion_laughs_are_not_laughed(shop: Fetching) -> None:
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    kind = f'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY l0 "ha">{lol}]>'
    bomb = f"{kind}{HEAD[21:]}<item>&l9;</item></channel></rss>"
    shop.set("/f")
    shop.serve("/f", bomb.encode())
    shop.step()
    assert shop.came().outcome == "failed"
    assert "document type" in shop.came().detail


def test_two_feeds_do_not_hide_each_others_products(shop: Fetching) -> None:
    shop.set("/f", "/g")
    shop.serve("/f", feed_of("a", "b"))
    shop.serve("/g", feed_of("c", "d"))
    assert (shop.step(), shop.shown) == (2, {"a", "b", "c", "d"})
    shop.serve("/f", feed_of("a"))
    shop.serve("/g", feed_of("d"))
    shop.step()
    assert shop.shown == {"a", "d"}
    shop.set("/g")
    shop.step()
    assert shop.shown == {"d"}, "a feed that is none any more speaks for nothing"
    assert list(shop.shops.view(shop.shop_id, fresh=True).feeds) == [number_of(shop.site.url + "/g")]


def test_while_a_feed_was_never_read_nothing_is_hidden_that_it_might_hold(shop: Fetching) -> None:
    shop.set("/f")
    shop.serve("/f", feed_of("a", "b"))
    shop.step()
    shop.set("/f", "/g")
    shop.serve("/f", feed_of("a"))
    shop.step()
    assert (shop.came("/g").outcome, shop.shown) == ("failed", {"a", "b"})
    shop.serve("/g", feed_of("c"))
    shop.step()
    assert shop.shown == {"a", "c"}


def test_rows_of_no_use_are_counted_and_kept(shop: Fetching) -> None:
    shop.set("/f")
    wrong = "<item><g:id>x</g:id><g:price>ten EUR</g:price></item>"
    shop.serve("/f", feed_of("a", wrong=wrong))
    shop.step()
    assert (shop.came().rejected, shop.shown) == ({"unreadable_price": 1}, {"a"})
    kept = Path(shop.came().rejected_in or "")
    assert kept.parent == shop.folder / shop.shop_id
    assert '"ten EUR"' in kept.read_text()


def test_one_at_a_time(shop: Fetching, store: Store) -> None:
    shop.set("/f")
    shop.serve("/f", feed_of("a"))
    other = Shops(store).memory(shop.shop_id).feeds
    assert other.hold()
    assert shop.step() == 0
    other.let_go()
    assert shop.step() == 1


def test_it_runs_by_itself_until_told_to_stop(shop: Fetching) -> None:
    shop.set("/f")
    shop.serve("/f", feed_of("a"))
    stop = threading.Event()
    running = threading.Thread(target=shop.feeds.run, args=(stop,), daemon=True)
    running.start()
    patience = time.monotonic() + 20
    while not shop.shown and time.monotonic() < patience:
        stop.wait(0.02)
    stop.set()
    running.join(20)
    assert not running.is_alive()
    assert shop.shown == {"a"}


@pytest.mark.parametrize(
    ("feed", "where"),
    [
        ({"url": "http://shop.example/f"}, "/feeds/0/url"),
        ({"url": "https://shop.example/f", "every_hours": 0}, "/feeds/0/every_hours"),
        ({"url": "https://shop.example/f", "replace": "yes"}, "/feeds/0/replace"),
        ({"every_hours": 3}, "/feeds/0/url"),
        ({"url": "https://shop.example/f", "often": 3}, "/feeds/0/often"),
    ],
)
def test_a_feed_is_checked_where_it_is_written_down(feed: dict[str, Any], where: str) -> None:
    with pytest.raises(RapportError) as refused:
        valid(SettingsChange(), {"feeds": [feed]})
    assert refused.value.errors[0]["pointer"] == where


def test_when_a_feed_is_due() -> None:
    feed = {"url": "https://x.example", "every_hours": 24, "replace": True}
    came: Callable[..., FeedResult] = partial(FeedResult, "https://x.example", 0.0, "failed")
    assert is_due(feed, None, 0.0)
    assert [is_due(feed, came(failures=n), 900.0 * 2 ** (n - 1)) for n in (1, 2, 3)] == [True] * 3
    assert [is_due(feed, came(failures=n), 900.0 * 2 ** (n - 1) - 1) for n in (1, 2, 3)] == [False] * 3
    assert is_due(feed, came(failures=500), 24 * HOUR), "never rarer than its own rhythm"
    assert [shrank(20, 10), shrank(20, 9), shrank(8, 1), shrank(0, 0)] == [False, True, False, False]
