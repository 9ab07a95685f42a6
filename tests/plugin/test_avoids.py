"""What a shopper avoids is on no shelf, of no kind, by no way of naming it; and nothing else is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.activity import Activity, Line, Shopper
from plugin.catalog import Catalogue, Product
from plugin.gather import Scene
from plugin.placements import PRODUCT_KINDS, Placement
from plugin.shelves import Gate, fill
from plugin.shop import Shop
from plugin.shopper import Profile, fold
from plugin.wishes.targets import Target, Targets, target_of
from recommender.cards import Cards
from recommender.interactions import Interactions
from recommender.model import Model

DAY = 86_400.0
NOW = 1_700_000_000.0
PRODUCTS = [
    Product(
        "ham", "Smoked ham", price=500, sale_price=400, was=500, category="Food > Meat > Ham", brand="Bauer"
    ),
    Product("beef", "Beef", price=900, category="Food > Meat", attributes={"contains": ["salt"]}),
    Product("tofu", "Tofu", price=300, sale_price=200, was=300, category="Food > Plants", brand="Acme"),
    Product(
        "nuts", "Roasted Nuts", price=200, category="Food > Plants", attributes={"contains": "Nuts; oil"}
    ),
    Product("bar", "Nut bar", price=100, category="Sweets", attributes={"nuts": True, "vegan": False}),
    Product("red", "Red mug", price=700, group_id="mug", category="Kitchen", brand="Acme"),
    Product(
        "blue",
        "Blue mug",
        price=700,
        sale_price=600,
        was=700,
        group_id="mug",
        category="Kitchen",
        brand="Acme",
    ),
    Product("pan", "Pan", price=4000, sale_price=3000, was=4000, category="Kitchen > Pans", brand="Bauer"),
    Product("knife", "Knife", price=2000, category="Kitchen > Knives", attributes={"material": "steel"}),
    Product("1 > 2: x", "Odd name", price=50, category="Odds"),
]
IDS = [product.product_id for product in PRODUCTS]
CATALOGUE = Catalogue(PRODUCTS)

NAMED: list[tuple[str, set[str]]] = [
    ("category:Food > Meat", {"ham", "beef"}),
    ("category: food>meat ", {"ham", "beef"}),
    ("category:Meat", {"ham", "beef"}),
    ("Meat", {"ham", "beef"}),
    ("category:Food", {"ham", "beef", "tofu", "nuts"}),
    ("category:Kitchen > Food", set()),
    ("brand:ACME", {"tofu", "red", "blue"}),
    ("acme", {"tofu", "red", "blue"}),
    ("category:Acme", set()),
    ("product:red", {"red", "blue"}),
    ("blue", {"red", "blue"}),
    ("mug", {"red", "blue"}),
    ("product:1 > 2: x", {"1 > 2: x"}),
    ("attribute:contains=nuts", {"nuts"}),
    ("contains:NUTS", {"nuts"}),
    ("nuts", {"nuts", "bar"}),
    ("attribute:nuts", {"bar"}),
    ("attribute:vegan", set()),
    ("attribute:vegan=no", {"bar"}),
    ("steel", {"knife"}),
    ("salt", {"beef"}),
    ("name:mug", {"red", "blue"}),
    ("name:red mug", {"red"}),
    ("name:mug red", set()),
    ("name:nut", {"bar"}),
    (":", set()),
    ("attribute:=", set()),
    ("category:>", set()),
    ("name:...", set()),
]


@pytest.mark.parametrize(("text", "meant"), NAMED, ids=[text for text, _ in NAMED])
def test_a_text_names_what_it_says(text: str, meant: set[str]) -> None:
    targets = Targets.of([text], CATALOGUE)
    assert {product.product_id for product in CATALOGUE if targets.names(product)} == meant


@given(st.text(max_size=40))
def test_any_text_names_something_or_nothing(text: str) -> None:
    assert isinstance(target_of(text), Target)
    targets = Targets.of([text], CATALOGUE)
    assert all(targets.names(product) in (True, False) for product in CATALOGUE)


# --- on every shelf


@pytest.fixture(scope="module")
def shop() -> Shop:
    shop = Shop("s")
    for product in PRODUCTS:
        shop.catalogue.put(product)
    shop.newest = shop.catalogue.newest_first()
    return shop


@pytest.fixture(scope="module")
def model() -> Model:
    """Learned from shoppers who buy and look at everything together, so that everything can be suggested."""
    orders = [(f"o{who}-{turn}", f"u:{who}", turn) for who in range(12) for turn in range(4)]
    rows = [(order, who, each, turn) for order, who, turn in orders for each in IDS if hash_of(order, each)]
    views = [(f"v{who}", f"u:{who}", each, NOW - DAY) for who in range(12) for each in IDS]
    return Model.fit(
        Interactions.from_columns(
            order_ids=[row[0] for row in rows],
            shopper_ids=[row[1] for row in rows],
            product_ids=[row[2] for row in rows],
            quantities=[1.0] * len(rows),
            times=[NOW - (40 - 10 * row[3]) * DAY for row in rows],
            view_visits=[view[0] for view in views],
            view_shoppers=[view[1] for view in views],
            view_products=[view[2] for view in views],
            view_times=[view[3] for view in views],
        ),
        Cards.from_columns(
            IDS,
            names=[p.name for p in PRODUCTS],
            categories=[p.category for p in PRODUCTS],
            brands=[p.brand for p in PRODUCTS],
            prices=[5.0] * len(IDS),
            group_ids=[p.group_id for p in PRODUCTS],
            first_seen=[0.0] * len(IDS),
        ),
        as_of=NOW,
    )


def hash_of(order: str, product: str) -> bool:
    """Whether an order has a product: two in three do, the same ones every time."""
    return sum(map(ord, order + product)) % 3 > 0


def lived(avoids: list[str]) -> Profile:
    """Somebody who looked at everything, bought half of it a month apart, and avoids some of it."""
    anna = Shopper("anna")

    def did(kind: str, day: float, products: list[str], **more: object) -> Activity:
        at = NOW - day * DAY
        name = f"{kind}{day}"
        order_id = name if kind == "bought" else None
        lines = tuple(Line(each, 1, 100) for each in products)
        return Activity(name, kind, kind, at, at, "shop", anna, lines, order_id, properties=dict(more))

    looks = [did("viewed", 1 + number / 10, [each]) for number, each in enumerate(IDS)]
    orders = [did("bought", day, IDS[::2]) for day in (95, 65, 35)]
    return fold(Profile(), [*looks, *orders, did("preferred", 0.5, [], avoids=avoids)])


def shelves(shop: Shop, model: Model, avoids: list[str]) -> Iterator[tuple[str, list[str], list[str | None]]]:
    """What every kind shows for every page: the kind, the products, and the products that reasons name."""
    for kind in PRODUCT_KINDS:
        for page in ([], ["pan"], ["tofu"]):
            scene = Scene(shop, model, Shopper("anna"), lived(avoids), NOW)
            shelf = fill(scene, Placement("p", (kind,), 10), page, 10)
            named = [reason.product_id for shown in shelf.shown for reason in shown.reasons]
            yield kind, [shown.product.product_id for shown in shelf.shown], [*named, shelf.because]


def test_every_kind_shows_something_while_nothing_is_avoided(shop: Shop, model: Model) -> None:
    shown = {kind for kind, products, _ in shelves(shop, model, []) if products}
    assert shown == set(PRODUCT_KINDS)


@pytest.mark.parametrize(("text", "meant"), NAMED, ids=[text for text, _ in NAMED])
def test_what_is_avoided_is_on_no_shelf_and_in_no_reason(
    shop: Shop, model: Model, text: str, meant: set[str]
) -> None:
    for kind, products, named in shelves(shop, model, [text]):
        assert not meant & set(products), kind
        assert not meant & set(named), kind


def test_without_the_filter_it_is_shown(shop: Shop, model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the same shelves with the gate asked by somebody who avoids nothing."""
    judged: Callable[[Gate, Product], str | None] = Gate.refusal

    def blind(gate: Gate, product: Product) -> str | None:
        return None if (why := judged(gate, product)) == "avoided" else why

    monkeypatch.setattr(Gate, "refusal", blind)
    shown = {each for _, products, _ in shelves(shop, model, ["category:Food"]) for each in products}
    assert {"ham", "tofu"} <= shown


@settings(max_examples=40, deadline=None)
@given(avoids=st.lists(st.sampled_from([text for text, _ in NAMED]), max_size=4), limit=st.integers(1, 10))
def test_only_what_is_avoided_is_missing(shop: Shop, model: Model, avoids: list[str], limit: int) -> None:
    named = Targets.of(avoids, CATALOGUE)
    scene = Scene(shop, model, Shopper("new"), fold(Profile(), [word(avoids)]), NOW)
    shelf = fill(scene, Placement("p", ("trending",), limit), [], limit)
    groups = {product.group for product in CATALOGUE if not named.names(product)}
    assert len(shelf.shown) == min(limit, len(groups))


@pytest.mark.parametrize("said", [{"plain_feed": True}, {"personalise": "no"}, {"profile": "no"}])
def test_what_is_avoided_stays_away_from_a_feed_that_is_not_personal(
    shop: Shop, model: Model, said: dict[str, object]
) -> None:
    kind = "preferred" if "plain_feed" in said else "consented"
    profile = lived(["Meat"])
    fold(profile, [Activity("no", kind, kind, NOW, NOW, "shop", Shopper("anna"), properties=dict(said))])
    for each in PRODUCT_KINDS:
        scene = Scene(shop, model, Shopper("anna"), profile, NOW)
        shown = {one.product.product_id for one in fill(scene, Placement("p", (each,), 10), [], 10).shown}
        assert not {"ham", "beef"} & shown, each
        nobody = Scene(shop, model, None, fold(Profile(), [word(["Meat"])]), NOW)
        same = {one.product.product_id for one in fill(nobody, Placement("p", (each,), 10), [], 10).shown}
        assert shown == same, each


def word(avoids: list[str]) -> Activity:
    properties = {"avoids": avoids}
    return Activity("w", "preferred", "Said", NOW, NOW, "shop", Shopper("new"), properties=properties)
