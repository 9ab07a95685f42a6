"""Product files with known answers: Google's feeds, tables and documents, and what is refused."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from plugin.connectors.products import read_products
from plugin.connectors.rejects import Rejects
from plugin.errors import Invalid, NotFound, Unreadable

RSS = """<?xml version="1.0" encoding="{encoding}"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>
<title>The shop</title><link>https://shop.example</link><description>All of it</description>
{items}
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0">
<title>The shop</title><id>tag:shop.example</id>{items}</feed>"""
PAN = """<item>
<g:shipping><g:country>GB</g:country><g:price>4.95 GBP</g:price></g:shipping>
<g:id>pan-28</g:id><title>Plain title</title><g:title>Deep pan &amp; lid</g:title>
<link>https://shop.example/pan</link><g:image_link>https://shop.example/pan.jpg</g:image_link>
<g:price>25.00 GBP</g:price><g:sale_price>19.9 GBP</g:sale_price>
<g:cost_of_goods_sold>11 GBP</g:cost_of_goods_sold>
<g:availability>in stock</g:availability><g:brand>Forge</g:brand><g:item_group_id>pan</g:item_group_id>
<g:product_type>Kitchen &gt; Pans</g:product_type><g:google_product_category>668</g:google_product_category>
<g:color>black</g:color>
</item>"""
PAN_DOCUMENT = {
    "product_id": "pan-28",
    "name": "Deep pan & lid",
    "url": "https://shop.example/pan",
    "image_url": "https://shop.example/pan.jpg",
    "brand": "Forge",
    "group_id": "pan",
    "category": "Kitchen > Pans",
    "price": {"amount": "25.00", "currency": "GBP"},
    "sale_price": {"amount": "19.90", "currency": "GBP"},
    "cost": {"amount": "11.00", "currency": "GBP"},
    "availability": "in_stock",
    "attributes": {"color": "black"},
}


def read(path: Path, rejects: Rejects | None = None, **how: Any) -> list[dict[str, Any]]:
    with rejects or Rejects() as kept:
        return list(read_products(path, currency=how.pop("currency", "GBP"), rejects=kept, **how))


@pytest.fixture
def feed(tmp_path: Path):
    """Write items into a feed and read it: the documents, and the counts of rejected ones."""

    def write_and_read(*items: str, frame: str = RSS, encoding: str = "utf-8", **how: Any):
        path = tmp_path / "feed"
        path.write_text(frame.format(items="".join(items), encoding=encoding), encoding=encoding)
        rejects = Rejects()
        return read(path, rejects, **how), dict(rejects.counts)

    return write_and_read


@pytest.fixture
def table(tmp_path: Path):
    """Write rows into a table and read it: the documents, and the counts of rejected ones."""

    def write_and_read(*rows: list[str], delimiter: str = ",", encoding: str = "utf-8", **how: Any):
        path = tmp_path / "products.csv"
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file, delimiter=delimiter).writerows(rows)
        rejects = Rejects()
        return read(path, rejects, **how), dict(rejects.counts)

    return write_and_read


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_an_rss_feed_is_read_in_googles_words(feed, encoding):
    documents, counts = feed(PAN, encoding=encoding)
    assert documents == [PAN_DOCUMENT]
    assert counts == {}


def test_an_atom_feed_is_read_with_its_own_link(feed):
    (document,), _ = feed(
        '<entry><g:id>7</g:id><title>Tea</title><link rel="self" href="https://x.example/no"/>'
        '<link href="https://shop.example/tea"/><g:price>2,50 gbp</g:price></entry>',
        frame=ATOM,
    )
    assert document == {
        "product_id": "7",
        "name": "Tea",
        "url": "https://shop.example/tea",
        "price": {"amount": "2.50", "currency": "GBP"},
    }


def test_markup_in_a_field_is_text(feed):
    (document,), _ = feed("<item><g:id>7</g:id><title><![CDATA[<b>Tea</b> & more]]></title></item>")
    assert document["name"] == "<b>Tea</b> & more"


def test_a_feed_of_many_products_is_streamed(feed):
    items = [f"<item><g:id>{place}</g:id><title>Grüner Tee</title></item>" for place in range(3_000)]
    told: list[tuple[int, int | None]] = []
    documents, _ = feed(*items, progress=lambda *rows: told.append(rows))
    assert [document["product_id"] for document in documents] == [str(place) for place in range(3_000)]
    assert told == [(1000, None), (2000, None), (3000, None), (3000, 3000)]


BOMB = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<rss><channel><item><id>&b;</id></item></channel></rss>"""
FETCH = """<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd"><rss><channel/></rss>"""
READ = """<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]><rss><item><id>&x;</id></item></rss>"""


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (BOMB, "document type"),
        (FETCH, "document type"),
        (READ, "document type"),
        ("<rss><item><id>&x;</id></item></rss>", "not well-formed"),
        ("<rss><item><id>1</id></item>", "not well-formed"),
        ("<rss>" + "<a>" * 100 + "</a>" * 100 + "</rss>", "nests"),
        ("<rss><item><id>" + "x" * 600_000 + "</id></item></rss>", "characters"),
        ('<rss><item><link href="' + "x" * 3_000_000, "tag without end"),
    ],
)
def test_xml_that_would_blow_up_reach_out_or_break_off_is_refused(tmp_path, text, match):
    path = tmp_path / "feed.xml"
    path.write_text(text)
    with pytest.raises(Unreadable, match=match):
        read(path)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_table_is_read_with_googles_headings(table, delimiter, encoding):
    row = {
        "id": "7",
        "title": "Tee, grün",
        "link": "https://s.example/7",
        "image link": "https://s.example/7.jpg",
        "price": "1.234,50 EUR",
        "availability": "out of stock",
        "Item_Group_ID": "tee",
        "g:product_type": "Küche>Tee",
    }
    (document,), counts = table(
        list(row), list(row.values()), delimiter=delimiter, encoding=encoding, currency="EUR"
    )
    assert document == {
        "product_id": "7",
        "name": "Tee, grün",
        "url": "https://s.example/7",
        "image_url": "https://s.example/7.jpg",
        "price": {"amount": "1234.50", "currency": "EUR"},
        "availability": "out_of_stock",
        "group_id": "tee",
        "category": "Küche > Tee",
    }
    assert counts == {}


def test_a_table_is_read_with_our_own_headings(table):
    row = {
        "product_id": "7",
        "name": "Coffee",
        "price": "8",
        "sale_price": "",
        "cost": "EUR 3.5",
        "category": "Drinks > Coffee",
        "durable": "no",
        "sensitive": "FALSE",
        "hidden": "1",
        "lifetime_days": "30",
        "attributes.Roast": "dark",
        "locales.nl.name": "Koffie",
        "locales.nl.url": "https://s.example/nl/7",
    }
    (document,), counts = table(list(row), list(row.values()), currency="EUR")
    assert document == {
        "product_id": "7",
        "name": "Coffee",
        "category": "Drinks > Coffee",
        "price": {"amount": "8.00", "currency": "EUR"},
        "cost": {"amount": "3.50", "currency": "EUR"},
        "durable": False,
        "sensitive": False,
        "hidden": True,
        "lifetime_days": 30,
        "attributes": {"Roast": "dark"},
        "locales": {"nl": {"name": "Koffie", "url": "https://s.example/nl/7"}},
    }
    assert counts == {}


@pytest.mark.parametrize(
    ("written", "currency", "amount"), [("2500", "JPY", "2500"), ("1.2345 KWD", "KWD", "1.235")]
)
def test_amounts_have_the_digits_of_their_currency(table, written, currency, amount):
    (document,), _ = table(["id", "price"], ["7", written], currency=currency)
    assert document["price"] == {"amount": amount, "currency": currency}


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("in_stock", "in_stock"),
        ("In Stock", "in_stock"),
        ("out of stock", "out_of_stock"),
        ("preorder", "preorder"),
        ("backorder", "preorder"),
    ],
)
def test_availability_is_read_with_space_or_underscore(table, written, means):
    (document,), _ = table(["id", "availability"], ["7", written])
    assert document["availability"] == means


def test_the_shops_category_stands_before_googles(table):
    documents, _ = table(
        ["id", "product_type", "google_product_category"],
        ["1", "Pans", "Home & Garden > Kitchen"],
        ["2", "", "Home & Garden > Kitchen"],
        ["3", "", "668"],
    )
    assert [document.get("category") for document in documents] == ["Pans", "Home & Garden > Kitchen", None]


def test_a_sale_price_limited_in_time_holds_only_within_it(table):
    rows = (
        ["id", "price", "sale_price", "sale_price_effective_date"],
        ["7", "10.00 GBP", "8.00 GBP", "2024-03-01T00:00+0100 / 2024-03-31T23:59+0100"],
    )
    during, after = (
        datetime(2024, 3, 10, tzinfo=UTC).timestamp(),
        datetime(2024, 4, 1, tzinfo=UTC).timestamp(),
    )
    (document,), _ = table(*rows, now=during)
    assert document["sale_price"]["amount"] == "8.00"
    for now in (after, None):
        (document,), _ = table(*rows, now=now)
        assert "sale_price" not in document


@pytest.mark.parametrize(
    ("heading", "value", "reason"),
    [
        ("id", " ", "no_product_id"),
        ("id", "x" * 129, "id_too_long"),
        ("id", "a\x01b", "id_with_control_characters"),
        ("item_group_id", "x" * 129, "id_too_long"),
        ("price", "cheap", "unreadable_price"),
        ("price", "GBP", "unreadable_price"),
        ("price", "GBP 2 GBP", "unreadable_price"),
        ("price", "-2", "negative_price"),
        ("price", "2.00 EUR", "another_currency"),
        ("availability", "perhaps", "unreadable_availability"),
        ("durable", "perhaps", "unreadable_value"),
        ("lifetime_days", "0", "unreadable_value"),
        ("lifetime_days", "long", "unreadable_value"),
        ("sale_price_effective_date", "soon", "unreadable_time"),
    ],
)
def test_a_row_of_no_use_is_counted_and_written_beside_the_file(table, tmp_path, heading, value, reason):
    row = {"id": "7", "title": "Tea", "sale_price": "1.00", heading: value}
    documents, counts = table(list(row), ["8", "Pot", "2.00", *[""] * (len(row) - 3)], list(row.values()))
    assert [document["product_id"] for document in documents] == ["8"]
    assert counts == {reason: 1}
    with (tmp_path / "products.csv.rejected.csv").open(newline="") as file:
        (kept,) = csv.DictReader(file)
    assert (kept["row"], kept["reason"], kept["title"]) == ("3", reason, "Tea")


def test_a_product_of_no_use_in_a_feed_is_kept_whole(feed, tmp_path):
    documents, counts = feed(PAN, "<item><g:title>Nameless</g:title></item>")
    assert len(documents) == 1
    assert counts == {"no_product_id": 1}
    kept = orjson.loads((tmp_path / "feed.rejected.ndjson").read_bytes())
    assert (kept["row"], kept["document"]) == (2, {"title": "Nameless"})


def test_documents_are_handed_on_as_they_are_and_googles_names_translated(tmp_path):
    path = tmp_path / "products.txt"
    own = {"product_id": "7", "price": {"amount": "2.55", "currency": "GBP"}, "attributes": {"a": [1]}}
    google = {"id": "8", "title": "Tea", "price": "3 GBP", "custom": {"x": 1}, "durable": True}
    path.write_bytes(b"\xef\xbb\xbf" + orjson.dumps(own) + b"\n\n" + orjson.dumps(google) + b"\n[]\n{oops\n")
    rejects = Rejects()
    documents = read(path, rejects)
    assert documents == [
        own,
        {
            "product_id": "8",
            "name": "Tea",
            "price": {"amount": "3.00", "currency": "GBP"},
            "durable": True,
        },
    ]
    assert rejects.counts == {"not_an_object": 1, "unreadable": 1}
    kept = [orjson.loads(line) for line in rejects.written[0].read_bytes().splitlines()]
    assert [row["row"] for row in kept] == [4, 5]
    assert kept[1]["text"] == "{oops"


def test_the_caller_may_refuse_the_product_it_was_just_given(tmp_path):
    path = tmp_path / "products.csv"
    path.write_text("id;title\n1;Tea\n2;Pot\n")
    with Rejects() as rejects:
        for document in read_products(path, currency="GBP", rejects=rejects):
            if document["product_id"] == "2":
                rejects.refuse("invalid", "no pots here")
    assert rejects.written[0].read_text().splitlines()[1:] == ["3,invalid,no pots here,2,Pot"]


def test_files_that_are_no_products_say_so(tmp_path):
    with pytest.raises(NotFound):
        read(tmp_path / "nowhere")
    with pytest.raises(Unreadable, match="folder"):
        read(tmp_path)
    path = tmp_path / "list.json"
    path.write_text(' [{"product_id": "7"}]')
    with pytest.raises(Unreadable, match="one product a line"):
        read(path)
    path.write_text("sku,title\n1,Tea\n")
    with pytest.raises(Invalid, match="sku, title"):
        read(path)
