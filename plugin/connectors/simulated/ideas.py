"""Use ideas: things to do with what one has bought.

`a|b` needs one of several; `cat:` names a category, `is:` an attribute and its value.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from plugin.connectors.simulated.catalogue import cards

TEXT = """
iced-pour-over | pour-over coffee | 15 | easy | Iced Pour-Over on the Balcony
needs ceramic-dripper|glass-brewer cone-filters cat:Coffee & Tea > Beans
optional glass-server brew-scale
Brew double strength straight onto ice: bright, cold and ready before the ice has melted.

tasting-flight | pour-over coffee | 45 | medium | A Coffee Tasting at Home
needs hand-grinder cat:Coffee & Tea > Beans brew-scale
optional gooseneck-kettle coffee-scoop
Three beans, three cups, one sheet of paper: find out what you really like.

cappuccino-art | espresso at home | 30 | medium | Your First Latte Heart
needs lever-espresso|moka-pot milk-jug beans-espresso|beans-dark
optional espresso-cups tamper
Swirl, pour low, lift through: the heart comes by itself on the ninth try.

affogato | espresso at home | 10 | easy | Affogato in Two Moves
needs moka-pot|lever-espresso beans-espresso|beans-dark
optional espresso-cups dark-chocolate
One scoop of ice cream, one hot espresso, no further questions.

cold-sencha | tea table | 10 | easy | Cold-Brewed Sencha Overnight
needs sencha iron-teapot|glass-teapot
optional tea-strainer honey
Green tea in cold water until morning: sweet, and never bitter.

tea-evening | tea table | 60 | easy | An Evening of Three Teas
needs glass-teapot|iron-teapot tea-warmer tealights
optional herbal-tea tea-cups honey
From dark to light, with an hour in which nobody looks at a clock.

country-loaf | bread baking | 240 | medium | The Saturday Country Loaf
needs bread-pot bread-flour
optional banneton lame oven-mitts
Four ingredients and a lid: a crust that sings when it cools.

rye-sourdough | bread baking | 300 | skilled | Dark Rye with Your Own Starter
needs sourdough-starter rye-flour banneton|bread-pot
optional proofing-cloth dough-scraper
Feed it on Friday, bake it on Sunday, eat it all week.

brioche | bread baking | 180 | medium | Brioche Without Kneading by Hand
needs stand-mixer bread-flour dry-yeast
optional mixer-bowl bowl-spatula
Butter, patience and a dough hook make the softest breakfast there is.

skillet-cornbread | iron pans | 40 | easy | Cornbread from the Skillet
needs is:material=cast_iron sea-salt
optional handle-sleeve cake-flour
Hot iron gives it a crust on five sides.

fruit-crumble | iron pans | 50 | easy | Plum Crumble in an Iron Pan
needs iron-skillet cake-flour
optional vanilla-paste seasoning-wax
From hob to oven to table, one pan and one spoon each.

birthday-layers | cakes and biscuits | 150 | medium | A Three-Layer Birthday Cake
needs springform cake-flour icing-sugar
optional piping-set cooling-rack vanilla-paste
One batter, three thin layers, and enough icing to hide every mistake.

cupcake-garden | cakes and biscuits | 90 | medium | Cupcakes Like a Flower Bed
needs muffin-tin muffin-cases piping-set
optional food-colours sprinkles
Roses, tulips and one dandelion, piped with five nozzles.

gingerbread-village | cakes and biscuits | 180 | medium | A Gingerbread Village
needs cutter-set gingerbread-spice icing-sugar
optional baking-sheet sprinkles biscuit-tin
Houses, firs and a hedgehog for the square.

ravioli-sunday | pasta and pizza | 120 | medium | Ravioli for a Long Sunday
needs pasta-machine semola pasta-wheel
optional pasta-rack parmesan-grater
Roll it thin, fill it simply, seal it well.

neapolitan-night | pasta and pizza | 90 | medium | Neapolitan Night
needs pizza-stone pizza-flour passata
optional pizza-peel oregano pizza-wheel
Heat the stone for an hour; the pizza needs only seven minutes.

spiced-plum-jam | jam and preserves | 60 | easy | Plum Jam with a Winter Spice
needs preserving-pot gelling-sugar jam-jars
optional gingerbread-spice jar-labels jam-funnel
Tastes of August, smells of December.

sharpen-day | sharp knives | 40 | medium | A Sharpening Afternoon
needs whetstone chef-knife|santoku
optional honing-rod board-oil
Twenty strokes a side, then slice a tomato without pressing.

balcony-pesto | balcony and herbs | 20 | easy | Pesto from the Balcony
needs basil-seeds herb-planter|balcony-box olive-oil
optional herb-scissors parmesan-grater
Forty leaves, a handful of nuts, good oil.

window-nursery | balcony and herbs | 60 | easy | A Nursery on the Windowsill
needs propagator seed-compost tomato-seeds|chilli-seeds
optional peat-pots plant-labels plant-mister
Sow in February and have plants to give away in May.

three-sisters | vegetable bed | 90 | medium | Salad All Summer from One Bed
needs raised-bed veg-compost salad-seeds
optional carrot-seeds slug-ring garden-fleece
A new row every third week, and never two the same.

bulb-lasagne | vegetable bed | 45 | easy | A Bulb Lasagne for Spring
needs bulb-planter potting-soil|veg-compost glazed-pot|balcony-box
optional garden-gloves kneeling-pad
Three layers of bulbs, three months of flowers, one pot.

kokedama | house plants | 60 | medium | Kokedama, the Hanging Moss Ball
needs houseplant-soil garden-twine
optional plant-mister moss-pole
A plant without a pot, hung where the light is good.

fire-bread | grill and fire | 60 | easy | Stick Bread Round the Fire
needs fire-bowl fire-logs toasting-forks
optional bread-flour dry-yeast firelighters
Wind the dough thin and wait for embers, not for flames.

grilled-pizza | grill and fire | 70 | medium | Pizza from the Kettle Grill
needs kettle-grill charcoal pizza-stone
optional pizza-flour pizza-peel passata
Coals to the sides, stone in the middle, lid on.

ombre-pillar | candle making | 120 | medium | An Ombre Pillar Candle
needs pillar-mould soy-wax|beeswax candle-dye wick-spool
optional wax-thermometer wick-bars
Three pours, each a shade lighter than the last.

coffee-cup-candles | candle making | 60 | easy | Candles in Old Coffee Cups
needs soy-wax wick-spool melting-jug
optional fragrance-oil wick-tabs
For the cups that lost their saucers.

honey-lights | candle making | 90 | easy | Honeycomb Lights for the Table
needs silicone-mould beeswax wick-spool
optional wick-bars honey
They smell of summer before they are lit.

swirl-soap | soap making | 90 | medium | A Swirled Lavender Soap
needs loaf-mould soap-base mica-colours
optional lavender-oil soap-cutter soap-wraps
Two colours, one skewer, ten bars that are never alike.

petal-soap | soap making | 45 | easy | Stamped Soaps with Petals
needs soap-stamps soap-base dried-petals
optional soap-wraps soap-dish
Little presents that take an hour and look like a week.

first-socks | knitting | 600 | skilled | Your First Pair of Socks
needs sock-needles sock-yarn
optional stitch-markers sock-blockers wool-wash
The heel is a trick; after that it is only going round.

ribbed-beanie | knitting | 300 | easy | A Ribbed Beanie in Two Evenings
needs circular-needles merino-yarn
optional stitch-markers darning-needles
One ball, one cable, no seams.

postcard-skies | watercolour | 60 | easy | Postcard Skies in Watercolour
needs watercolour-box cotton-paper
optional masking-fluid round-brushes postcards
Wet paper, two blues, and stop before it is finished.

sealed-letters | letter writing | 60 | easy | Twelve Letters for Twelve Friends
needs fountain-pen|dip-pen-set letter-paper envelopes
optional gold-ink blotting-paper
One a month; begin with whom you miss most.

name-cards | letter writing | 45 | medium | Place Cards in Gold
needs dip-pen-set gold-ink
optional cotton-paper pen-rest
Warm the ink, hold the breath, write the names.

linen-bags | sewing | 90 | easy | Bread Bags from Old Linen
needs sewing-machine thread-set
optional fabric-shears pins tea-towel
Four straight seams and a ribbon.

plant-shelf | drilling and fixing | 120 | medium | A Shelf for the Window Plants
needs cordless-drill|hammer-drill wood-screws spirit-level
optional wood-bits stud-finder sanding-discs
One board, two brackets, all the light.

table-revival | sanding and painting | 240 | medium | A New Life for an Old Table
needs orbital-sander sanding-discs wood-oil
optional dust-mask oil-cloths wood-filler
Three grits down to the grain, two thin coats up again.

chalk-wall | sanding and painting | 300 | easy | One Wall in Limewash
needs roller-set wall-paint painters-tape
optional dust-sheet tray-liners
Cross-hatch while it is wet; the clouds come as it dries.

linen-mist | home scent | 10 | easy | Your Own Pillow Mist
needs distilled-water lavender-oil|sleep-oil
optional citrus-oil
Shake, mist, sleep.

shoe-sunday | shoe care | 40 | easy | The Sunday Shoe Shine
needs shoe-box shoe-cream shoe-brush
optional polishing-cloth waterproofer
Cream thin, wait ten minutes, brush until you see the window.
"""


@dataclass(frozen=True)
class Idea:
    """A use idea, its need slots as tables write them, and the context it belongs to."""

    use_id: str
    context: str
    minutes: int
    level: str
    title: str
    needs: tuple[str, ...]
    optional: tuple[str, ...]
    summary: str


@cache
def ideas() -> tuple[Idea, ...]:
    """All use ideas, in the order they are written down."""
    return tuple(_idea(block) for block in TEXT.strip().split("\n\n"))


def idea_document(idea: Idea, site: str) -> dict[str, Any]:
    """The idea as the shop sends it to `/v1/use-ideas`; pictured by the first thing it needs."""
    pictured = next(key for key in _keys(idea.needs) if key in cards())
    consumed = [key for key in _keys(idea.needs) if key in cards() and cards()[key].days]
    return {
        "use_id": idea.use_id,
        "title": idea.title,
        "summary": idea.summary,
        "url": f"{site}/ideas/{idea.use_id}",
        "image_url": f"{site}/pictures/{cards()[pictured].variants[0].product_id}.svg",
        "needs": [_need(slot) for slot in idea.needs],
        "optional": [_need(slot) for slot in idea.optional],
        "uses_up": [variant.product_id for key in consumed for variant in cards()[key].variants],
        "minutes": idea.minutes,
        "level": idea.level,
        "locale": "en",
        "state": "live",
    }


def _idea(block: str) -> Idea:
    head, needs, optional, summary = block.splitlines()
    use_id, context, minutes, level, title = head.split(" | ")
    return Idea(use_id, context, int(minutes), level, title, _slots(needs), _slots(optional), summary)


def _slots(line: str) -> tuple[str, ...]:
    """The slots after the line's first word; a category's spaces belong to it."""
    words = line.split(" ")[1:]
    slots: list[str] = []
    for word in words:
        glued = slots and slots[-1].startswith("cat:") and (word in ("&", ">") or slots[-1][-1] in "&>")
        if glued:
            slots[-1] += f" {word}"
        else:
            slots.append(word)
    return tuple(slots)


def _keys(slots: tuple[str, ...]) -> list[str]:
    return [key for slot in slots for key in slot.split("|")]


def _need(slot: str) -> dict[str, Any]:
    if slot.startswith("cat:"):
        return {"any": [{"category": slot[4:]}]}
    if slot.startswith("is:"):
        attribute, value = slot[3:].split("=")
        return {"any": [{"attribute": attribute, "is": value.replace("_", " ")}]}
    products = [variant.product_id for key in slot.split("|") for variant in cards()[key].variants]
    return {"any": [{"product_id": product} for product in products]}
