"""Use ideas from files: whatever they are written in, they come out as the same documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from api.cli.uses import bring_ideas
from plugin.catalog import Product
from plugin.connectors.rejects import Rejects
from plugin.connectors.use_ideas import read_ideas
from plugin.errors import Invalid, Unreadable
from plugin.merchant import Merchant
from recommender.names import NameLikeness

LOAF = {
    "use_id": "loaf",
    "title": "Country loaf",
    "summary": "A crust that sings.",
    "needs": [
        {"any": [{"product_id": "pot"}, {"product_id": "pan"}]},
        {"any": [{"category": "Baking > Flour"}]},
        {"any": [{"attribute": "material", "is": "iron"}]},
    ],
    "minutes": 240,
    "level": "medium",
}
MARKDOWN = """Our ideas.

# Country loaf {#loaf}
- needs: product:pot | pan
- needs: category:Baking > Flour
- needs: attribute:material=iron
- minutes: 240
- level: medium

A crust
that sings.

## Nothing here

# Tea
- needs: pot
- minutes: soon
"""
CSV = (
    "use_id,title,summary,needs,minutes,level\n"
    "loaf,Country loaf,A crust that sings.,pot|product:pan; category:Baking > Flour; attribute:material=iron,"
    "240,medium\n"
    "tea,Tea,,pot,soon,\n"
)
RECIPE = {
    "@context": "https://schema.org",
    "@graph": [
        {"@type": "WebPage", "name": "A page"},
        {
            "@type": ["Recipe", "Thing"],
            "name": "Country loaf",
            "description": "A crust that sings.",
            "image": [{"@type": "ImageObject", "url": "https://x.example/loaf.jpg"}],
            "totalTime": "PT4H",
            "recipeIngredient": ["500 g strong bread flour", "1 tsp sea salt, fine", "2 eggs"],
            "tool": [{"@type": "HowToTool", "name": "Cast iron bread pot"}],
            "inLanguage": "en",
        },
    ],
}


def read(path: Path, text: str) -> tuple[list[dict[str, Any]], dict[str, int]]:
    path.write_text(text)
    with Rejects() as rejects:
        return list(read_ideas(path, rejects)), dict(rejects.counts)


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.md", MARKDOWN), ("a.csv", CSV), ("a.ndjson", json.dumps(LOAF) + '\n{"use_id": \n')],
)
def test_the_same_idea_in_any_writing(tmp_path: Path, name: str, text: str) -> None:
    ideas, rejected = read(tmp_path / name, text)
    assert ideas == [LOAF]
    assert sum(rejected.values()) == 1
    (kept,) = tmp_path.glob("*.rejected.*")
    assert ("soon" in kept.read_text()) == (name != "a.ndjson")


def test_titles_in_several_languages(tmp_path: Path) -> None:
    ideas, _ = read(tmp_path / "a.csv", "use_id;title.de;title.en;needs\nloaf;Brot;Loaf;pot\n")
    assert ideas[0]["title"] == {"de": "Brot", "en": "Loaf"}


@pytest.mark.parametrize(("locale", "whose"), [("", "en"), ("fr", "fr")])
def test_a_title_beside_its_translations_is_in_the_language_of_the_row(
    tmp_path: Path, locale: str, whose: str
) -> None:
    heading = "title,title.de,summary,summary.de,needs,locale\n"
    (idea,), _ = read(tmp_path / "a.csv", f"{heading}Loaf,Brot,Good,Gut,pot,{locale}\n")
    assert idea["title"] == {whose: "Loaf", "de": "Brot"}
    assert idea["summary"] == {whose: "Good", "de": "Gut"}
    ideas, rejected = read(tmp_path / "b.csv", f"{heading}Loaf,Brot,Gut,Gut,pot,DE\n")
    assert (ideas, rejected) == ([], {"said_twice": 1})
    ideas, _ = read(
        tmp_path / "c.md", "# Loaf {#l}\n- title.de: Brot\n- summary.de: Gut\n- needs: pot\n\nGood"
    )
    assert ideas[0]["title"] == {"en": "Loaf", "de": "Brot"}
    assert ideas[0]["summary"] == {"en": "Good", "de": "Gut"}


def test_an_id_is_made_of_the_title_where_there_is_none(tmp_path: Path) -> None:
    ideas, _ = read(tmp_path / "a.csv", "title,title.de,needs\nCountry loaf,,pot\n,Landbrot,pot\n")
    assert [idea["use_id"] for idea in ideas] == ["country-loaf", "landbrot"]


@pytest.mark.parametrize(
    ("point", "reason"),
    [
        ("- minuts: 30", "unknown_point"),
        ("- colour.de: rot", "unknown_point"),
        ("- Größe: 3", "unknown_point"),
        ("- minutes: 30\n- minutes: 40", "said_twice"),
        ("- summary: another", "said_twice"),
        ("- needs: categry:Flour", "unreadable_needs"),
    ],
)
def test_a_point_that_is_not_known_is_no_text_of_the_summary(tmp_path: Path, point: str, reason: str) -> None:
    ideas, rejected = read(
        tmp_path / "a.md", f"# Tea\n- needs: pot\n{point}\n\nHot.\n\n# Soup\n- needs: pot\n"
    )
    assert ([idea["use_id"] for idea in ideas], rejected) == (["soup"], {reason: 1})
    ideas, rejected = read(tmp_path / "b.md", f"# Tea\n{point}\n\nHot.\n")
    assert sum(rejected.values()) + len(ideas) == 1, (
        "an idea of which only a slip is there is not passed over"
    )


def test_points_of_prose_stay_prose(tmp_path: Path) -> None:
    text = "# Tea\n- needs: product:a:b\n\n- stir well\n- https://x.example\n- 10:30 is best\n"
    (idea,), rejected = read(tmp_path / "a.md", text)
    assert idea["summary"] == "- stir well - https://x.example - 10:30 is best"
    assert (idea["needs"], rejected) == ([{"any": [{"product_id": "a:b"}]}], {})


def test_a_table_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="known are"):
        read(tmp_path / "a.csv", "product_id,price\na,1\n")
    with pytest.raises(Unreadable):
        read(tmp_path / "a.html", '<script type="application/ld+json">{"a": </script>')


@pytest.mark.parametrize("page", [False, True])
def test_a_recipe_says_in_words_what_it_takes(tmp_path: Path, page: bool) -> None:
    data = json.dumps(RECIPE)
    text = f'<html><script type="application/ld+json">{data}</script></html>' if page else data
    (idea,), _ = read(tmp_path / ("a.html" if page else "a.json"), text)
    assert (idea["use_id"], idea["minutes"], idea["locale"]) == ("country-loaf", 240, "en")
    assert idea["image_url"] == "https://x.example/loaf.jpg"
    assert [need["any"][0]["name"] for need in idea["needs"]] == [
        "500 g strong bread flour",
        "1 tsp sea salt, fine",
        "2 eggs",
        "Cast iron bread pot",
    ]


def test_what_a_text_means_and_what_it_does_not() -> None:
    names = ["Strong Bread Flour, 1 kg", "Flaky Sea Salt, 250 g", "Steel Milk Jug", "Icing Sugar", "Honey"]
    likeness = NameLikeness().fit(names)

    def meant(text: str) -> list[str]:
        return [names[row] for row in likeness.meant(text)[0]]

    assert meant("500 g strong bread flour") == ["Strong Bread Flour, 1 kg"]
    assert meant("1/2 tsp sea salt") == ["Flaky Sea Salt, 250 g"]
    assert meant("2 tbsp honey (runny)") == ["Honey"]
    assert meant("icing sugars") == ["Icing Sugar"]
    for text in ("250 ml milk", "sugar", "2 eggs", "a whisk", "", "12"):
        assert meant(text) == [], text
    assert NameLikeness().fit([]).meant("flour") == ([], 0.0)


def test_an_import_tells_what_became_of_every_row(merchant: Merchant, tmp_path: Path) -> None:
    shops = merchant.shops
    shop_id = merchant.open_shop("Bakery", {"currency": "EUR"}).settings.shop_id
    names = {"flour": "Strong Bread Flour, 1 kg", "salt": "Flaky Sea Salt", "pot": "Cast Iron Bread Pot"}
    merchant.put_products(shop_id, [Product(key, name, price=100) for key, name in names.items()])
    file = tmp_path / "recipes.json"
    eggs = {"@type": "Recipe", "name": "Omelette", "recipeIngredient": ["3 eggs"]}
    file.write_text(json.dumps([RECIPE, eggs]))
    done = bring_ideas(shops, shop_id, file)
    assert (done["uses"], done["new"]) == (1, 1)
    assert done["rejected"] == {"no_such_product": 2, "nothing_matched": 1}
    kept = Path(done["rejected_rows_in"][0]).read_text()
    assert "'2 eggs'" in kept
    idea = shops.view(shop_id, fresh=True).ideas.get("country-loaf")
    assert idea is not None
    assert [[want.name for want in need] for need in idea.needs] == [["flour"], ["salt"], ["pot"]]
    other = tmp_path / "others.ndjson"
    tea = {"use_id": "tea", "title": "Tea", "needs": [{"any": [{"product_id": "pot"}]}]}
    other.write_text(json.dumps(tea))
    done = bring_ideas(shops, shop_id, other, replace=True)
    assert (done["uses"], done["new"], done["hidden"], done["rejected"]) == (1, 1, 1, {})
    assert (done["doubts"], done["warnings"], done["rejected_rows_in"]) == (0, [], [])
    assert {each.use_id: each.state for each in shops.view(shop_id, fresh=True).ideas} == {
        "country-loaf": "hidden",
        "tea": "live",
    }


def test_what_looks_like_a_slip_is_taken_and_told(merchant: Merchant, tmp_path: Path) -> None:
    shop_id = merchant.open_shop("Bakery", {"currency": "EUR", "locale": "nl"}).settings.shop_id
    flour = Product(
        "flour", "Flour", category="Baking > Flour", attributes={"grain": "rye"}, group_id="flours"
    )
    merchant.put_products(shop_id, [flour])
    file = tmp_path / "ideas.csv"
    file.write_text(
        "use_id,title,title.de,needs,optional,uses_up\n"
        "loaf,Brood,Brot,flour|fluor; category:baking; attribute:Grain=Rye,category:Bakery,flour;yeast\n"
        "bun,Bol,,flours; attribute:grain=oat,,\n"
        "loaf,Brood,Brot,flour,,\n"
        "roll,Rol,,categry:Baking,,\n"
        "context:3,Drie,,flour,,\n"
    )
    done = bring_ideas(merchant.shops, shop_id, file)
    assert (done["uses"], done["new"], done["doubts"]) == (2, 2, 5)
    assert done["rejected"] == {"unreadable_needs": 1, "invalid": 1}
    assert [(each["use_id"], each["pointer"]) for each in done["warnings"]] == [
        ("loaf", "/needs/0/any/1"),
        ("loaf", "/optional/0/any/0"),
        ("loaf", "/uses_up/1"),
        ("bun", "/needs/1/any/0"),
        ("loaf", "/use_id"),
    ]
    assert "'fluor'" in done["warnings"][0]["detail"]
    held = merchant.shops.view(shop_id, fresh=True).ideas.get("loaf")
    assert held is not None
    assert (held.title, len(held.needs)) == ({"nl": "Brood", "de": "Brot"}, 1), "the last one counts"
