"""Files from outside (S10): nothing of our own is reached, nothing blows up, no half is taken for a whole."""

from __future__ import annotations

import gzip
import io
import socket
import threading
import time
import zipfile
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from plugin.intake.downloads import Bounds, State, download
from plugin.outside import OutsideRefused, fetch, is_public
from tests.plugin.sites import OURS, Site, answers, site_in

FEED = b"id\ttitle\tprice\ncup\tCup\t5.00 EUR\n"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_in(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture
def site(running: Site) -> Site:
    running.pages.clear()
    running.asked.clear()
    return running


def fetched(site: Site, path: str, folder: Path, **how: Any) -> tuple[State | None, bytes]:
    into = folder / "file"
    into.unlink(missing_ok=True)
    state = download(site.url + path, into, allowed=OURS, context=site.context, **how)
    return state, into.read_bytes() if into.exists() else b""


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1"),
        *("017700000001", "0", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1"),
        *("169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "255.255.255.255"),
        *("localhost", "localhost.", "LOCALHOST", "[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]"),
        *(
            "[::ffff:7f00:1]",
            "[::127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "[fe80::1]",
            "[fec0::1]",
        ),
        *("[fd00:ec2::254]", "[ff02::1]", "[::ffff:169.254.169.254]", "[::ffff:0:127.0.0.1]"),
    ],
)
def test_no_spelling_of_an_address_of_our_own_is_reached(host: str, tmp_path: Path) -> None:
    reached = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as ours:
        port = ours.getsockname()[1]
        ours.settimeout(0.01)
        with pytest.raises(OutsideRefused):
            download(f"https://{host}:{port}/feed.xml", tmp_path / "f")
        try:
            ours.accept()[0].close()
            reached.set()
        except TimeoutError:
            pass
    assert not reached.is_set()


@pytest.mark.parametrize("address", ["::127.0.0.1", "fec0::1", "::ffff:0:127.0.0.1", "nonsense", "5f00::1"])
def test_what_was_never_given_out_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://shop.example/feed.xml",
            "file:///etc/passwd",
            "ftp://shop.example/f",
            "gopher://x/",
            "//x/f",
        ),
        *("https://user:word@shop.example/f", "https://shop.example:0x1bb/f", "https://shop.example:70000/f"),
        *("https://[::1", "https://", "javascript:alert(1)", "", "https:///f", "https://\u0000/f"),
    ],
)
def test_other_kinds_of_addresses_are_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(OutsideRefused):
        download(url, tmp_path / "f", resolving=lambda host, port: ["127.0.0.1"])


def test_a_name_that_leads_inside_is_refused_and_one_that_changes_its_mind_is_asked_once(
    site: Site, tmp_path: Path
) -> None:
    with pytest.raises(OutsideRefused, match=r"169\.254\.169\.254"):
        download("https://shop.example/f", tmp_path / "f", resolving=lambda *_: ["169.254.169.254"])
    site.pages["/f"] = answers(200, FEED)
    looked = iter([["127.0.0.1"], ["10.0.0.1"]])
    port = site.server.server_address[1]
    download(
        f"https://127.0.0.1:{port}/f",
        tmp_path / "f",
        allowed=OURS,
        context=site.context,
        resolving=lambda *_: next(looked),
    )
    assert (tmp_path / "f").read_bytes() == FEED
    assert next(looked) == ["10.0.0.1"], "the second answer was never asked for"


@pytest.mark.parametrize(
    "to",
    [
        *("https://10.0.0.1/f", "http://shop.example/f", "https://[::1]/f", "https://169.254.169.254/latest"),
        *("file:///etc/passwd", "//10.0.0.1/f", "https://localhost/f"),
    ],
)
def test_a_redirect_is_judged_like_the_first_address(site: Site, tmp_path: Path, to: str) -> None:
    for status in (301, 302, 303, 307, 308):
        site.pages["/moved"] = answers(status, Location=to)
        with pytest.raises(OutsideRefused):
            fetched(site, "/moved", tmp_path)


def test_a_redirect_outside_is_followed_and_a_circle_ends(site: Site, tmp_path: Path) -> None:
    site.pages["/moved"] = answers(302, Location="/f")
    site.pages["/f"] = answers(200, FEED)
    assert fetched(site, "/moved", tmp_path)[1] == FEED
    site.pages["/circle"] = answers(302, Location="/circle")
    site.asked.clear()
    with pytest.raises(OutsideRefused, match="redirects"):
        fetched(site, "/circle", tmp_path)
    assert len(site.asked) == 6


def test_what_did_not_change_is_not_sent_again(site: Site, tmp_path: Path) -> None:
    told = {"ETag": '"v1"', "Last_Modified": "Sun, 01 Mar 2026 10:00:00 GMT"}
    site.pages["/f"] = answers(200, FEED, **told)
    state, _ = fetched(site, "/f", tmp_path)
    assert state == State('"v1"', "Sun, 01 Mar 2026 10:00:00 GMT")
    site.pages["/f"] = answers(304)
    assert fetched(site, "/f", tmp_path, known=state)[0] is None
    asked = site.asked[-1][1]
    assert (asked["if-none-match"], asked["if-modified-since"]) == ('"v1"', told["Last_Modified"])
    with pytest.raises(OutsideRefused, match="304"):
        fetched(site, "/f", tmp_path)


def test_gzip_is_unpacked_however_it_is_said(site: Site, tmp_path: Path) -> None:
    packed = gzip.compress(FEED[:10], mtime=0) + gzip.compress(FEED[10:])
    site.pages["/f"] = answers(200, packed, Content_Encoding="gzip")
    site.pages["/f.gz"] = answers(200, packed, Content_Type="application/gzip")
    assert fetched(site, "/f", tmp_path)[1] == fetched(site, "/f.gz", tmp_path)[1] == FEED


def bomb(megabytes: int) -> bytes:
    packing = zlib.compressobj(9, wbits=31)
    zeros = b"a" * (1 << 20)
    return b"".join(packing.compress(zeros) for _ in range(megabytes)) + packing.flush()


def test_a_gzip_bomb_is_ended_at_its_bound(site: Site, tmp_path: Path) -> None:
    packed = bomb(30)
    assert len(packed) < 100_000
    site.pages["/f"] = answers(200, packed)
    with pytest.raises(OutsideRefused, match="unpacked"):
        fetched(site, "/f", tmp_path, bounds=Bounds(unpacked=1 << 20))
    assert (tmp_path / "file").stat().st_size <= 1 << 20
    # The control: the same file is taken where there is room for it.
    assert len(fetched(site, "/f", tmp_path, bounds=Bounds(unpacked=30 << 20))[1]) == 30 << 20


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"x" * 1001, "more than 1000"),
        (gzip.compress(FEED, mtime=0)[:-4], "breaks off"),
        (gzip.compress(FEED, mtime=0) + b"rubbish", "damaged"),
        (b"\x1f\x8bnot gzip", "damaged"),
        (b"", "empty"),
        (b"\n\n<!DOCTYPE html><html><body>Log in</body></html>", "web page"),
        (b"\xef\xbb\xbf<html lang=de>", "web page"),
    ],
)
def test_what_is_no_file_of_products_is_refused_and_why_is_said(
    site: Site, tmp_path: Path, body: bytes, why: str
) -> None:
    site.pages["/f"] = answers(200, body)
    with pytest.raises(OutsideRefused, match=why):
        fetched(site, "/f", tmp_path, bounds=Bounds(sent=1000))


def test_a_zip_archive_is_refused_by_name(site: Site, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("feed.xml", FEED)
    site.pages["/f"] = answers(200, packed.getvalue())
    with pytest.raises(OutsideRefused, match="zip"):
        fetched(site, "/f", tmp_path)


def test_a_file_that_breaks_off_is_not_taken_for_a_shorter_one(site: Site, tmp_path: Path) -> None:
    site.pages["/f"] = answers(200, FEED, Content_Length=str(len(FEED) + 100), Connection="close")

    def broken_chunks(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"%x\r\n%s\r\n" % (len(FEED), FEED))
        handler.close_connection = True

    site.pages["/chunks"] = broken_chunks
    for path in ("/f", "/chunks"):
        with pytest.raises(OutsideRefused):
            fetched(site, path, tmp_path)


def drips(headers_too: bool) -> Any:
    def page(handler: BaseHTTPRequestHandler) -> None:
        if headers_too:
            handler.wfile.write(b"HTTP/1.0 200 OK\r\n")
        else:
            handler.send_response(200)
            handler.end_headers()
        while True:  # until the other side has had enough
            handler.wfile.write(b"X-A: b\r\n" if headers_too else b"a")
            handler.wfile.flush()
            time.sleep(0.02)

    return page


@pytest.mark.parametrize("headers_too", [False, True])
def test_a_source_that_drips_is_ended_when_its_time_is_over(
    site: Site, tmp_path: Path, headers_too: bool
) -> None:
    site.pages["/f"] = drips(headers_too)
    began = time.monotonic()
    with pytest.raises(OutsideRefused):
        fetched(site, "/f", tmp_path, bounds=Bounds(total_s=0.5))
    assert time.monotonic() - began < 5


def test_a_source_that_does_not_even_greet_is_ended(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/f"
        began = time.monotonic()
        with pytest.raises(OutsideRefused):
            download(url, tmp_path / "f", allowed=OURS, bounds=Bounds(total_s=0.3))
        assert time.monotonic() - began < 5


def test_small_answers_have_an_end_too(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plugin.outside.TOTAL_S", 0.5)
    site.pages["/keys"] = drips(False)
    with pytest.raises(OutsideRefused):
        fetch(f"{site.url}/keys", 1 << 20, allowed=OURS, context=site.context)
