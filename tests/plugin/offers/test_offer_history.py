"""What a shopper bought, as conditions count it."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from small_occasions import DAY, NOW, occasion, offer

from plugin.catalog import Product
from plugin.offers.evaluate import evaluate
from plugin.offers.occasion import category_key, category_keys
from plugin.ownership import Owned

names = st.sampled_from(["A", "b", "B ", "C", ""])
paths = st.lists(names, min_size=1, max_size=4).map(" > ".join)


@given(paths, paths)
def test_categories_compare_as_the_catalogue_has_it(own, asked):
    product = Product("p", category=own)
    assert (category_key(asked) in category_keys(product)) == product.in_category(asked)


def test_purchases_older_than_the_dates_kept_count_only_without_a_window():
    often = Owned("beans", 12, 12, NOW - 900 * DAY, NOW - DAY, tuple(NOW - n * DAY for n in range(1, 11)))
    at = replace(occasion([]), owned={"beans": often})

    def verdict(**bought):
        return evaluate([offer(when={"bought": {"product_id": "beans", **bought}})], at)[0].verdict

    assert verdict(at_least=12) == "granted"
    assert verdict(at_least=11, within_days=3000) == "almost"
    assert verdict(at_least=10, within_days=3000) == "granted"


def test_what_is_used_up_is_bought_but_not_owned_and_what_is_only_said_is_owned_but_not_bought():
    used_up = Owned("beans", 0, 1, NOW - DAY, NOW - DAY, (NOW - DAY,), "out")
    said = Owned("mug", 1, 0, NOW, NOW, (), "have")
    at = replace(occasion([]), owned={"beans": used_up, "mug": said})

    def verdict(**when):
        return evaluate([offer(when=when)], at)[0].verdict

    assert verdict(bought={"product_id": "beans"}) == "granted"
    assert verdict(owned={"product_id": "beans"}) == "refused"
    assert verdict(owned={"category": "mugs"}) == "granted"
    assert verdict(bought={"category": "mugs"}) == "refused"
