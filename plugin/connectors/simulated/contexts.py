"""What goes with what, and for which occasion: the truths that the simulated shoppers act on.

A context is one thing people do at home. Its anchors start it; what follows the `>` completes the anchor,
strongest first. `a|b` are alternatives of which a shopper takes one. The arrow has one direction: whoever
buys the anchor wants the rest, but whoever buys the rest has the anchor already.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

TEXT = """
pour-over coffee : . . . . . . . . . . . .
ceramic-dripper > cone-filters beans-house|beans-ethiopia glass-server brew-scale coffee-scoop bean-canister
glass-brewer > cone-filters beans-ethiopia|beans-house brew-scale bottle-brush cork-trivet coffee-scoop
hand-grinder > beans-house|beans-ethiopia grinder-brush bean-canister brew-scale coffee-scoop cone-filters
gooseneck-kettle > cone-filters brew-scale descaler cork-trivet beans-ethiopia|beans-house glass-server

espresso at home : . . . . . . . . . . . .
lever-espresso > beans-espresso|beans-dark tamper milk-jug espresso-cups knock-box cleaning-tablets descaler
moka-pot > beans-espresso|beans-dark moka-gasket espresso-cups milk-jug coffee-scoop bean-canister

tea table : + + . . - - - - . + + +
iron-teapot > sencha|earl-grey tea-strainer tea-warmer tea-cups tea-tin tealights
glass-teapot > herbal-tea tea-warmer tealights honey tea-cups tea-strainer

bread baking : + + . . . . - - . . + +
bread-pot > bread-flour lame oven-mitts dough-scraper baking-parchment bread-knife
banneton > bread-flour rye-flour proofing-cloth lame sourdough-starter dough-scraper
stand-mixer > bread-flour cake-flour mixer-bowl dry-yeast bowl-spatula dough-scraper

cakes and biscuits : . . + + . . - - . + * *
springform > cake-flour cake-release cooling-rack vanilla-paste baking-parchment icing-sugar
muffin-tin > muffin-cases cake-flour chocolate-drops sprinkles vanilla-paste cooling-rack
piping-set > piping-bags icing-sugar food-colours sprinkles muffin-cases vanilla-paste
cutter-set > baking-sheet gingerbread-spice icing-sugar sprinkles silicone-mat biscuit-tin

pasta and pizza : . . . . . . . . . . . .
pasta-machine > semola pasta-rack pasta-wheel machine-brush passata parmesan-grater olive-oil
pizza-stone > pizza-flour pizza-peel passata pizza-wheel oregano olive-oil

jam and preserves : - - - . . * * * + . - -
preserving-pot > jam-jars gelling-sugar jam-funnel jar-labels jar-tongs jam-thermometer

sharp knives : . . . . . . . . . . + *
chef-knife > whetstone end-grain-board board-oil knife-guard honing-rod knife-strip
santoku > whetstone knife-guard end-grain-board knife-strip board-oil honing-rod

iron pans : . . . . . . . . . + + +
iron-skillet > chainmail-scrubber seasoning-wax handle-sleeve splatter-screen wooden-spatula sea-salt
carbon-pan > seasoning-wax chainmail-scrubber wooden-spatula handle-sleeve sea-salt splatter-screen

balcony and herbs : - . * * * + . . - - - -
balcony-box > box-brackets potting-soil bee-seeds liquid-feed small-can thyme-seeds
herb-planter > potting-soil basil-seeds parsley-seeds thyme-seeds herb-scissors liquid-feed
propagator > seed-compost peat-pots plant-labels tomato-seeds chilli-seeds plant-mister

vegetable bed : - . * * * + . . . . - -
raised-bed > veg-compost bed-liner salad-seeds slug-ring carrot-seeds garden-fleece
border-spade > garden-gloves tool-oil hand-fork kneeling-pad tool-sharpener bulb-planter
tomato-house > spiral-stakes tomato-feed tomato-seeds garden-twine veg-compost garden-gloves

house plants : + + + . . . . . + + . .
glazed-pot > houseplant-soil pot-saucer clay-pebbles felt-pads feed-sticks plant-mister
self-watering-pot > houseplant-soil water-gauge clay-pebbles feed-sticks moss-pole leaf-cloth

grill and fire : - - . + * * * + . . - -
kettle-grill > charcoal chimney-starter grill-tongs grill-brush firelighters grill-cover
fire-bowl > fire-logs firelighters spark-guard fire-poker toasting-forks garden-gloves

candle making : + . . - - - - . + * * *
pillar-mould > soy-wax|beeswax wick-spool mould-seal wick-bars candle-dye wax-thermometer
silicone-mould > beeswax|soy-wax wick-spool candle-dye wick-bars fragrance-oil wick-tabs
melting-jug > soy-wax|beeswax wax-thermometer candle-jars wick-tabs fragrance-oil candle-dye

soap making : + . . . . - - . + + + +
loaf-mould > coconut-oil soap-cutter mica-colours lavender-oil soap-base soap-wraps
soap-stamps > soap-base soap-wraps dried-petals soap-dish mica-colours lavender-oil

knitting : * + . . - - - . + * * +
circular-needles > merino-yarn stitch-markers darning-needles needle-gauge row-counter blocking-mats
sock-needles > sock-yarn sock-blockers stitch-markers darning-needles wool-wash project-bag

watercolour : . . . + + + + + . . . +
watercolour-box > cotton-paper round-brushes masking-fluid water-pot palette-tray sketch-pencils brush-soap

letter writing : + . . . . . . . . . + *
fountain-pen > ink-cartridges letter-paper converter envelopes pen-case blotting-paper
dip-pen-set > bottled-ink spare-nibs pen-rest gold-ink blotting-paper letter-paper

sewing : + + . . . - - . + + . .
sewing-machine > thread-set machine-needles fabric-shears bobbins pins seam-ripper

drilling and fixing : + . + + . . . . + . . .
cordless-drill > wood-bits screw-bits wood-screws spirit-level spare-battery stud-finder
hammer-drill > masonry-bits wall-plugs goggles dust-mask stud-finder spirit-level

sanding and painting : . . + * + + . . + . - -
orbital-sander > sanding-discs dust-mask wood-oil oil-cloths wood-filler goggles
roller-set > wall-paint painters-tape dust-sheet roller-sleeves tray-liners wood-filler

home scent : + . . . - - - . . + * *
aroma-diffuser > cedar-oil citrus-oil sleep-oil lavender-oil distilled-water diffuser-brush

laundry day : . . . . . . . . . . . .
steam-iron > ironing-water ironing-cover linen-spray sleeve-board distilled-water descaler
airer > pegs laundry-liquid stain-soap mesh-bags laundry-basket wool-wash

shoe care : . . . . . . . . + + + +
shoe-box > shoe-cream shoe-brush cedar-trees waterproofer polishing-cloth laces
"""

SUBSTITUTES = """
ceramic-dripper glass-brewer
lever-espresso moka-pot
beans-house beans-ethiopia
beans-espresso beans-dark
iron-teapot glass-teapot
sencha earl-grey
bread-pot banneton
chef-knife santoku
iron-skillet carbon-pan
balcony-box herb-planter
glazed-pot self-watering-pot
kettle-grill fire-bowl
pillar-mould silicone-mould
soy-wax beeswax
loaf-mould soap-stamps
circular-needles sock-needles
fountain-pen dip-pen-set
cordless-drill hammer-drill
table-lamp reading-lamp
wool-throw linen-cushion
"""

EVERYWHERE = ("dark-chocolate", "gift-bag", "dish-cloths")
"""The three that lie beside the till and end up in every kind of basket: loved by all, telling nothing."""

LITTLE_THINGS = (
    "bath-towel",
    "dish-soap",
    "hand-cream",
    "linen-cushion",
    "matches",
    "postcards",
    "reading-lamp",
    "scented-candle",
    "storm-lantern",
    "string-lights",
    "table-lamp",
    "tea-towel",
    "tote-bag",
    "wool-throw",
    "wrapping-paper",
)
"""Bought for their own sake, in any company."""

SEASON_WEIGHTS = {"-": 0.25, ".": 1.0, "+": 1.5, "*": 2.5}


BUSY_MONTHS = (0.85, 0.85, 0.95, 1.0, 1.05, 0.95, 0.85, 0.85, 1.0, 1.1, 1.45, 1.5)
"""How eager everybody is to shop at all, January first."""


@dataclass(frozen=True)
class Context:
    """One thing people do: `anchors` maps a card to its completing slots, each a tuple of alternatives."""

    name: str
    season: tuple[float, ...]
    anchors: dict[str, tuple[tuple[str, ...], ...]]

    @property
    def cards(self) -> tuple[str, ...]:
        """Every card of the context, anchors first, each once."""
        completing = (card for slots in self.anchors.values() for slot in slots for card in slot)
        return tuple(dict.fromkeys([*self.anchors, *completing]))


@cache
def contexts() -> dict[str, Context]:
    """The contexts by name; `season` holds twelve weights, January first."""
    found = {}
    for block in TEXT.strip().split("\n\n"):
        head, *lines = block.splitlines()
        name, marks = head.split(" : ")
        anchors = {}
        for line in lines:
            anchor, completing = line.split(" > ")
            anchors[anchor] = tuple(tuple(slot.split("|")) for slot in completing.split())
        found[name] = Context(name, tuple(SEASON_WEIGHTS[mark] for mark in marks.split()), anchors)
    return found


@cache
def substitutes() -> dict[str, str]:
    """For each card that has one, the card that people take instead of it."""
    pairs = [line.split() for line in SUBSTITUTES.strip().splitlines()]
    return {one: two for pair in pairs for one, two in (pair, pair[::-1])}


def eagerness(at: float) -> float:
    """How much more (or less) than usual people shop in the month of an epoch second; 1 is usual."""
    return BUSY_MONTHS[datetime.fromtimestamp(at, UTC).month - 1]
