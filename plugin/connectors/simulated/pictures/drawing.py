"""From a product's look to its picture."""

from __future__ import annotations

from plugin.connectors.simulated.pictures.baking import BAKING_PICTURES
from plugin.connectors.simulated.pictures.canvas import COLOURS, Recipe, sheet
from plugin.connectors.simulated.pictures.coffee import COFFEE_PICTURES
from plugin.connectors.simulated.pictures.craft import CRAFT_PICTURES
from plugin.connectors.simulated.pictures.garden import GARDEN_PICTURES
from plugin.connectors.simulated.pictures.home import HOME_PICTURES
from plugin.connectors.simulated.pictures.kitchen import KITCHEN_PICTURES
from plugin.connectors.simulated.pictures.packaging import PACKAGING

DRAWINGS: dict[str, Recipe] = {
    **BAKING_PICTURES,
    **COFFEE_PICTURES,
    **CRAFT_PICTURES,
    **GARDEN_PICTURES,
    **HOME_PICTURES,
    **KITCHEN_PICTURES,
    **PACKAGING,
}

GROUNDS = {
    "Baking": "#d9a05b",
    "Care": "#7fa3b8",
    "Coffee & Tea": "#b98a66",
    "Craft": "#a58bb5",
    "Garden": "#8aa978",
    "Home": "#cf9a86",
    "Kitchen": "#c9a36a",
    "Workshop": "#8d9bab",
}


def draw(title: str, department: str, look: str) -> str:
    """The picture of a product as one SVG document.

    `look` names a drawing, an emblem after a slash, and one or two colours: `"pouch/bean rust cream"`.
    The department gives the background, so that a shelf of one kind looks like one shelf.
    Raises KeyError for a drawing or colour that does not exist.
    """
    drawing, *colours = look.split()
    recipe, _, mark = drawing.partition("/")
    first = COLOURS[colours[0]]
    second = COLOURS[colours[1]] if len(colours) > 1 else COLOURS["steel"]
    return sheet(title, GROUNDS[department], DRAWINGS[recipe](first, second, mark))
