"""What shoppers say they like, what fits them and what they wave away, on the shelves and in the reasons."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.activity import Activity, Line, Shopper
from plugin.catalog import Catalogue, Product
from plugin.gather import Scene
from plugin.placements import Placement
from plugin.reasons import SENTENCES, tell
from plugin.shelf.said import said_by
from plugin.shelves import Gate, fill, question
from plugin.shop import Shop
from plugin.shopper import Profile, fold
from plugin.wishes.naming import Naming, naming_of, told_as
from plugin.wishes.targets import Targets
from recommender.cards import Cards
from recommender.interactions import Interactions
from recommender.model import Model
from recommender.question import Reason

DAY = 86_400.0
NOW = 1_700_000_000.0
WORDS = [
    "tea",
    "Food > Tea",
    "category:Food",
    "brand:acme",
    "name:green tea",
    "organic",
    "product:mug",
    "x:y",
]


def products() -> list[Product]:
    return [
        Product("sencha", "Green tea", price=500, category="Food > Tea", brand="Acme"),
        Product("assam", "Black tea", price=500, category="Food > Tea", attributes={"organic": True}),
        Product("crisps", "Crisps", price=100, category="Food > Snacks", brand="Acme"),
        Product("mug", "Mug", price=700, category="Kitchen", group_id="mugs"),
        Product("boot41", "Boot", price=9000, category="Shoes", attributes={"size": "41"}),
        Product("boot42", "Boot", price=9000, category="Shoes > Boots", attributes={"size": "42"}),
        Product("shirt42", "Shirt", price=3000, category="Shirts", attributes={"size": ["42", "43"]}),
        Product("glove", "Glove", price=3000, category="Wear", attributes={"glove size": "8"}),
        *(Product(f"best{n}", f"Best seller {n}", price=100, category="Odds") for n in range(8)),
    ]


@pytest.fixture(scope="module")
def shop() -> Shop:
    shop = Shop("s")
    for product in products():
        shop.catalogue.put(product)
    shop.newest = shop.catalogue.newest_first()
    return shop


@pytest.fixture(scope="module")
def model() -> Model:
    """Forty people who buy the best sellers only."""
    rows = [
        (f"o{n}", f"u:{n}", f"best{m}", NOW - n * DAY) for n in range(40) for m in range(8) if (n + m) % 3
    ]
    ids = [product.product_id for product in products()]
    columns = list(zip(*rows, strict=True))
    history = Interactions.from_columns(
        order_ids=columns[0],
        shopper_ids=columns[1],
        product_ids=columns[2],
        quantities=[1.0] * len(rows),
        times=columns[3],
    )
    cards = Cards.from_columns(
        ids,
        names=[product.name for product in products()],
        categories=[product.category for product in products()],
    )
    return Model.fit(history, cards, as_of=NOW + 1)


def scene_of(shop: Shop, model: Model, *did: Activity) -> Scene:
    return Scene(shop, model, Shopper("anna"), fold(Profile(), did), NOW)


def did(kind: str, *products: str, **more: Any) -> Activity:
    lines = tuple(Line(each) for each in products)
    name = f"{kind} {products} {more}"
    return Activity(name, kind, kind, NOW - DAY, NOW, "shop", Shopper("anna"), lines, properties=more)


def shown(scene: Scene, limit: int = 3) -> dict[str, tuple[Reason, ...]]:
    shelf = fill(scene, Placement("p", ("for-you",), limit), [], limit)
    return {each.product.product_id: each.reasons for each in shelf.shown}


def test_a_like_alone_fills_a_newcomers_shelf_and_says_so(shop: Shop, model: Model) -> None:
    plain = shown(scene_of(shop, model))
    assert not {"sencha", "assam"} & set(plain)
    liked = shown(scene_of(shop, model, did("preferred", likes=["tea"])))
    assert {"sencha", "assam"} <= set(liked)
    assert liked["sencha"][0] == Reason("you_like", word="tea")
    texts = {lang: tell(liked["sencha"], shop, lang, trusted=False).text for lang in SENTENCES}
    assert texts == {
        "en": "You like tea",
        "de": "Sie mögen tea",
        "nl": "U houdt van tea",
        "nb": "Du liker tea",
    }


def test_no_like_stands_above_an_avoid(shop: Shop, model: Model) -> None:
    both = did("preferred", likes=["tea", "brand:Acme"], avoids=["name:green tea"])
    found = shown(scene_of(shop, model, both), 10)
    assert "sencha" not in found
    assert {"assam", "crisps"} <= set(found)


@pytest.mark.parametrize("no", [{"personalise": "no"}, {"profile": "no"}])
def test_who_wants_nothing_personal_is_not_asked_what_they_like(
    shop: Shop, model: Model, no: dict[str, str]
) -> None:
    scene = scene_of(shop, model, did("preferred", likes=["tea"]), did("consented", **no))
    assert not {"sencha", "assam"} & set(shown(scene))
    assert not said_by(scene).liked


def test_a_size_is_of_what_it_is_said_for(shop: Shop, model: Model) -> None:
    naming = Naming(shop.catalogue)
    assert naming.fitting("shoes", "42") == {"boot42"}
    assert naming.fitting("Shirt", "43") == {"shirt42"}
    assert naming.fitting("glove size", "8") == {"glove"}
    assert naming.fitting("hat", "42") == frozenset()
    scene = scene_of(shop, model, did("preferred", **{"sizes.shoes": "42", "likes": ["Shoes"]}))
    found = shown(scene, 2)
    assert list(found) == ["boot42", "boot41"]
    assert said_by(scene).fitting == (frozenset({"boot42"}),)


def test_why_it_was_waved_away_decides_what_it_teaches(shop: Shop, model: Model) -> None:
    scene = scene_of(
        *(shop, model),
        *(did("dismissed", "mug", reason="have_it"), did("dismissed", "assam", reason="too_dear")),
        *(did("dismissed", "crisps"), did("dismissed", "glove", reason="never")),
    )
    asked = question(scene, "for-you", [], Gate(scene, "for-you", [], Placement("p", ("for-you",)).where))
    assert [each.product_id for each in asked.bought] == ["mug"]
    assert (asked.too_dear, set(asked.waved)) == (("assam",), {"crisps", "glove"})
    assert not {"mug", "assam", "crisps", "glove"} & set(shown(scene, 20))


SOMEHOW = st.builds(
    Product,
    st.sampled_from(["a", "b", "c", "d"]),
    name=st.sampled_from(["Green tea", "Tea", "Mug"]),
    category=st.sampled_from([None, "Food > Tea", "Food", "Kitchen"]),
    brand=st.sampled_from([None, "Acme"]),
    attributes=st.sampled_from([{}, {"organic": True}, {"x": "y; z"}]),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(SOMEHOW, st.sampled_from(["a", "b"]), st.sampled_from(WORDS).map(lambda w: (w,)))))
def test_what_is_kept_of_a_text_is_what_asking_every_product_gives(steps: list[Any]) -> None:
    catalogue = Catalogue()
    naming = Naming(catalogue)
    for step in [*steps, *((word,) for word in WORDS)]:
        if isinstance(step, Product):
            catalogue.put(step)
        elif isinstance(step, str):
            catalogue.remove(step)
        else:
            names = Targets.of(step, catalogue).names
            assert naming.liked(step[0]) == {each.product_id for each in catalogue if names(each)}


def test_the_same_set_is_given_until_it_changes() -> None:
    catalogue = Catalogue(products())
    naming = naming_of(catalogue)
    before = naming.liked("tea")
    catalogue.put(Product("best0", "Best seller", price=90, category="Odds"))
    assert naming_of(catalogue).liked("tea") is before
    catalogue.put(Product("rooibos", "Red tea", category="Food > Tea"))
    assert naming.liked("tea") == before | {"rooibos"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        *(("tea", "tea"), ("brand:Acme", "Acme"), ("category:Food > Tea", "Tea"), ("product:mug", "Mug")),
        *(("attribute:material=oak", "oak"), ("material: oak ", "oak"), ("attribute:organic", "organic")),
    ],
)
def test_a_like_is_spoken_of_as_people_do(shop: Shop, text: str, told: str) -> None:
    assert told_as(text, shop.catalogue) == told
