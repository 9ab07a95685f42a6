"""Eight shoppers with a story, for the demo storefront's login page."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from plugin.connectors.simulated.people import Person

DAY = 86_400.0
ON_SALE = "?"
"""In a story: whatever costs less on that day."""


@dataclass(frozen=True)
class Story:
    """A demo account. `orders`, `looks` and `refunds` are (days before the end, product or card keys)."""

    name: str
    locale: str
    born: str
    sketch: str
    tastes: tuple[str, ...]
    price_class: str
    orders: tuple[tuple[int, str], ...]
    looks: tuple[tuple[int, str], ...] = ()
    refunds: tuple[tuple[int, str, str], ...] = ()
    birthday_in_days: int | None = field(default=None)


def _every(step: int, first: int, last: int, keys: str) -> tuple[tuple[int, str], ...]:
    """The same order every `step` days, from `first` to `last` days before the end, the last one exact."""
    return tuple((days, keys) for days in range(last, first + 1, step))


STORIES = (
    Story(
        "Ines Bergmann",
        "de",
        "1979-04-12",
        "A gold regular: bakes every weekend, orders every other week and never looks at the price.",
        ("bread baking", "cakes and biscuits", "tea table"),
        "indifferent",
        (
            (531, "stand-mixer-sage bread-flour-5kg mixer-bowl dough-scraper"),
            (498, "banneton bread-flour-1kg rye-flour proofing-cloth lame dish-cloths"),
            (455, "springform cake-flour cake-release cooling-rack"),
            (402, "iron-teapot-charcoal sencha tea-strainer tea-cups"),
            (340, "muffin-tin muffin-cases chocolate-drops sprinkles"),
            (282, "bread-pot oven-mitts baking-parchment bread-knife"),
            (210, "lever-espresso beans-espresso-1kg tamper milk-jug"),
            (121, "cutter-set baking-sheet gingerbread-spice icing-sugar biscuit-tin gift-bag"),
            *_every(26, 500, 12, "bread-flour-1kg dry-yeast"),
            *_every(41, 390, 30, "sencha honey"),
            *_every(37, 440, 19, "cake-flour vanilla-paste dark-chocolate"),
        ),
        ((3, "pasta-machine semola"), (1, "piping-set")),
    ),
    Story(
        "Tom de Wit",
        "nl",
        "1996-09-30",
        "A newcomer: one order, nine days ago, and a kitchen that now smells of coffee.",
        ("pour-over coffee",),
        "balanced",
        ((9, "ceramic-dripper-sage cone-filters"),),
        ((10, "glass-brewer ceramic-dripper-sage"), (2, "beans-house-250g brew-scale")),
    ),
    Story(
        "Solveig Dahl",
        "nb",
        "1988-01-17",
        "A coffee lover: a bag of beans every three weeks, and the last one is twenty days old.",
        ("pour-over coffee", "espresso at home"),
        "balanced",
        (
            (420, "hand-grinder grinder-brush bean-canister"),
            (419, "ceramic-dripper-rust glass-server"),
            (260, "gooseneck-kettle-charcoal brew-scale cork-trivet"),
            *_every(21, 420, 20, "beans-house-250g"),
            *_every(46, 420, 44, "cone-filters"),
        ),
        ((4, "beans-ethiopia"),),
    ),
    Story(
        "Marek Novak",
        "de",
        "1969-11-05",
        "A bargain hunter: comes when the prices fall, and only then.",
        ("drilling and fixing", "grill and fire"),
        "bargain",
        tuple(
            (days, f"{ON_SALE} {ON_SALE} {ON_SALE}"[: 1 + 2 * (1 + days % 3)]) for days in range(2, 480, 42)
        ),
        ((70, "kettle-grill"), (31, "cordless-drill"), (16, "kettle-grill charcoal")),
    ),
    Story(
        "Ruth Okafor",
        "en",
        "1958-06-23",
        "Silent for seven months: she used to knit through every autumn, then stopped coming.",
        ("knitting", "house plants"),
        "balanced",
        (
            (520, "circular-needles merino-yarn-navy stitch-markers needle-gauge"),
            (455, "glazed-pot-navy houseplant-soil pot-saucer"),
            (380, "sock-needles sock-yarn-coral sock-blockers darning-needles"),
            *_every(31, 500, 217, "merino-yarn-navy"),
            *_every(66, 440, 240, "wool-wash"),
        ),
    ),
    Story(
        "Jonas Keller",
        "de",
        "1991-02-08",
        "A maker: moulds, wax and dyes are there; one thing is always missing for the next idea.",
        ("candle making", "soap making"),
        "balanced",
        (
            (300, "pillar-mould soy-wax wick-spool mould-seal wick-bars"),
            (233, "melting-jug wax-thermometer candle-jars"),
            (160, "loaf-mould coconut-oil soap-cutter lavender-oil"),
            (88, "silicone-mould beeswax candle-dye"),
            *_every(44, 280, 23, "soy-wax"),
            *_every(64, 260, 40, "wick-spool"),
        ),
        ((5, "soap-stamps"), (2, "soap-base mica-colours")),
    ),
    Story(
        "Amelie Laurent",
        "fr",
        "1984-05-19",
        "A gardener with a complaint: her last pot arrived cracked and went back six days ago.",
        ("balcony and herbs", "house plants", "vegetable bed"),
        "balanced",
        (
            (410, "balcony-box-rust box-brackets potting-soil bee-seeds"),
            (372, "propagator seed-compost peat-pots tomato-seeds plant-labels"),
            (318, "raised-bed veg-compost bed-liner salad-seeds"),
            (140, "self-watering-pot houseplant-soil water-gauge clay-pebbles"),
            (18, "glazed-pot-forest pot-saucer houseplant-soil"),
            *_every(72, 400, 60, "liquid-feed potting-soil"),
        ),
        ((4, "glazed-pot-cream"),),
        ((6, "glazed-pot-forest", "Arrived damaged"),),
    ),
    Story(
        "Grace Whitfield",
        "en",
        "1973-12-02",
        "A giver: letters, ribbons and chocolate for everybody, and her own birthday is next week.",
        ("letter writing", "home scent"),
        "indifferent",
        (
            (470, "fountain-pen-navy ink-cartridges letter-paper envelopes"),
            (350, "scented-candle-rust gift-bag postcards"),
            (255, "dip-pen-set bottled-ink-plum spare-nibs blotting-paper"),
            (150, "wool-throw-mustard wrapping-paper gift-bag dark-chocolate"),
            (62, "aroma-diffuser-cream cedar-oil citrus-oil"),
            *_every(60, 450, 33, "ink-cartridges envelopes dark-chocolate"),
        ),
        ((8, "scented-candle-plum"),),
        birthday_in_days=6,
    ),
)


def demo_person(story: Story, user_id: str, until: datetime) -> Person:
    """The shopper of a story; one whose birthday is near has it so many days after `until`."""
    born = story.born
    if story.birthday_in_days is not None:
        born = f"{story.born[:4]}-{until + timedelta(days=story.birthday_in_days):%m-%d}"
        born = born.replace("-02-29", "-02-28")
    end = until.timestamp()
    first = max(days for days, _ in story.orders)
    return Person(
        user_id=user_id,
        joined=end - (first + 1) * DAY,
        left=end,
        pace=0.0,
        tastes={name: 1 / len(story.tastes) for name in story.tastes},
        price_class=story.price_class,
        tempo=1.0,
        traits={
            "name": story.name,
            "email": story.name.lower().replace(" ", ".") + "@example.com",
            "locale": story.locale,
            "birthday": born,
        },
    )
