"""Every product has a drawing of its own: well-formed, inert, in one style."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from xml.etree import ElementTree

import pytest

from plugin.connectors.simulated import World, simulate
from plugin.connectors.simulated.catalogue import cards
from plugin.connectors.simulated.pictures import DRAWINGS

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = {"svg", "title", "defs", "linearGradient", "stop", "rect", "circle", "ellipse", "path", "g"}


@cache
def world() -> World:
    return simulate(7, until=datetime(2026, 3, 1, tzinfo=UTC), months=1, shoppers=8)


@cache
def pictures() -> dict[str, str]:
    return {product["product_id"]: world().picture(product["product_id"]) for product in world().products}


def test_every_picture_is_a_square_svg_with_a_name() -> None:
    for product in world().products:
        root = ElementTree.fromstring(pictures()[product["product_id"]])
        assert root.tag == f"{SVG}svg"
        assert root.attrib["viewBox"] == "0 0 400 400"
        assert root.findtext(f"{SVG}title") == product["name"]


def test_pictures_hold_shapes_only_and_fetch_nothing() -> None:
    for picture in pictures().values():
        for element in ElementTree.fromstring(picture).iter():
            assert element.tag.removeprefix(SVG) in DRAWN
            for name, value in element.attrib.items():
                assert not name.startswith("on")
                assert "href" not in name
                assert "url(" not in value or re.fullmatch(r"url\(#t[0-9a-f]{6}\)", value)


def test_every_tone_that_is_used_is_defined_and_every_number_is_one() -> None:
    for product_id, picture in pictures().items():
        used, defined = set(re.findall(r"url\(#(\w+)\)", picture)), set(re.findall(r'id="(\w+)"', picture))
        assert used == defined, product_id
        assert not re.search(r"\b(nan|inf|None)\b|~", picture), product_id


def test_different_cards_look_different() -> None:
    drawn = {
        card.key: re.sub(r"<title>.*?</title>", "", pictures()[card.variants[0].product_id])
        for card in cards().values()
    }
    assert len(set(drawn.values())) == len(drawn)


def test_colours_of_one_card_look_different() -> None:
    for card in cards().values():
        if all("colour" in variant.attributes for variant in card.variants):
            looks = {pictures()[variant.product_id] for variant in card.variants}
            assert len(looks) == len(card.variants)


def test_there_are_enough_drawings_for_a_window_to_look_like_a_shop() -> None:
    shelves: dict[str, set[str]] = {}
    for card in cards().values():
        shelves.setdefault(card.department, set()).add(card.variants[0].look.split()[0])
    assert min(len(drawings) for drawings in shelves.values()) >= 12
    assert len(DRAWINGS) > 150


def test_pictures_are_light() -> None:
    sizes = [len(picture.encode()) for picture in pictures().values()]
    assert max(sizes) < 20_000
    assert sum(sizes) / len(sizes) < 5_000


def test_an_unknown_product_has_no_picture() -> None:
    with pytest.raises(KeyError):
        world().picture("no-such-thing")
