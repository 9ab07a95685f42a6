"""What the garden yard sells."""

TABLE = """
# Garden

## Planters

balcony-box | Railing Balcony Box, 60 cm | 28.00 | Grovewright | balconybox rust
years 6 | colours rust sage | love 1.2 | de Balkonkasten, 60 cm
Powder-coated steel with a false floor where the water waits.

herb-planter | Three-Pot Herb Planter | 34.00 | Grovewright | herbplanter wood
years 6 | love 1.3
Three zinc pots in an ash tray: one for the pan, one for the salad, one for luck.

raised-bed | Larch Raised Bed | 119.00 | Grovewright | raisedbed wood
years 8 | returns .03 | de Hochbeet aus Lärche
Four boards, eight screws, and vegetables at the height of your hands.

glazed-pot | Tide Glazed Plant Pot | 32.00 | Hearthrow | glazedpot navy
years 10 | colours navy cream forest | love 1.4 | returns .04 | de Übertopf Tide
The glaze runs a little differently on each one, like its namesake.

self-watering-pot | Cistern Self-Watering Pot | 29.50 | Grovewright | cisternpot cream
years 8
Drinks once a fortnight and tells you when it is thirsty.

box-brackets | Balcony Box Brackets, Pair | 14.90 | Grovewright | brackets charcoal
years 10
Fit any railing, hold twenty kilos, leave no scratch.

pot-saucer | Cork-Footed Saucer | 9.20 | Hearthrow | saucer rust
years 8
Catches the water and spares the windowsill.

felt-pads | Felt Pads for Pots, 16 | 4.50 | Wren Street | pads forest
days 300
Wool felt between the heavy thing and the good floor.

moss-pole | Coir Moss Pole, 60 cm | 11.50 | Grovewright | mosspole walnut
years 3
Something to climb for plants with ambition.

## Seeds & Bulbs

propagator | Windowsill Propagator | 26.50 | Grovewright | propagator forest
years 6 | de Zimmergewächshaus
A clear lid with two vents, and spring begins in February.

basil-seeds | Genovese Basil Seeds | 2.90 | Greta Holm Seeds | seeds/leaf forest
days 330
Large, soft, sweet leaves for a pesto in July.

parsley-seeds | Flat Parsley Seeds | 2.60 | Greta Holm Seeds | seeds/leaf sage
days 330
Slow to wake, then there for a whole year.

thyme-seeds | Lemon Thyme Seeds | 2.90 | Greta Holm Seeds | seeds/flower lilac
days 330
Low, tough and smelling of holidays.

bee-seeds | Bee Meadow Mix | 3.90 | Greta Holm Seeds | seeds/bee mustard
days 330
Forty kinds of flower, sown in a minute, hummed over all summer.

tomato-seeds | Heirloom Tomato Seeds | 3.40 | Greta Holm Seeds | seeds/tomato rust
days 330
Five old sorts that never learned to travel.

chilli-seeds | Chilli Seed Trio | 3.40 | Greta Holm Seeds | seeds/chilli coral
days 330
Mild, hot, and the one you give to your brother.

salad-seeds | Cut-and-Come Salad Seeds | 2.80 | Greta Holm Seeds | seeds/leaf mint
days 90
Sow a row every third week and never buy a bag again.

carrot-seeds | Rainbow Carrot Seeds | 2.80 | Greta Holm Seeds | seeds/carrot mustard
days 330
Purple, white and orange, and sweeter after frost.

## Soil & Feed

potting-soil | Peat-Free Potting Soil, 20 l | 9.90 | Grovewright | soilbag/leaf walnut
days 75
Wood fibre, compost and clay: light to carry, slow to dry.

seed-compost | Seed Compost, 10 l | 6.40 | Grovewright | soilbag/sprout sand
days 120
Sieved fine and poor on purpose, so that roots go looking.

veg-compost | Vegetable Compost, 40 l | 13.50 | Grovewright | soilbag/carrot forest
days 100
Ripe, crumbly and rich enough for tomatoes.

houseplant-soil | Houseplant Soil, 10 l | 8.20 | Grovewright | soilbag/monstera sage
days 110
Airy with bark and pumice, for plants that hate wet feet.

liquid-feed | Organic Plant Feed, 500 ml | 8.90 | Fernhill | bottle/leaf forest
days 70
Vinasse and seaweed: a capful in the can every other week.

tomato-feed | Tomato Feed, 1 l | 9.80 | Fernhill | bottle/tomato rust
days 55
More potash, more trusses, fewer leaves.

feed-sticks | Houseplant Feed Sticks, 30 | 6.20 | Fernhill | packet/monstera mint
days 80
Push in, forget, be thanked in leaves.

clay-pebbles | Clay Pebbles, 5 l | 7.40 | Grovewright | pebblebag rust
days 160
A dry floor under damp roots.

## Tools & Watering

border-spade | Ash-Handled Border Spade | 49.00 | Fenwick Forge | spade wood
years 15 | love 1.1 | de Damenspaten mit Eschenstiel
A narrow blade, a long handle and no wobble between the two.

tomato-house | Tomato House | 89.00 | Grovewright | tomatohouse mint
years 5 | returns .05 | de Tomatenhaus
Keeps the rain off the leaves and the blight out of the summer.

small-can | Long-Spout Watering Can, 1.5 l | 21.00 | Tolvan | wateringcan sage
years 10
Reaches the back row without wetting the front.

herb-scissors | Herb Scissors | 14.00 | Ashlar | scissors forest
years 8
Five blades for chives, one thumb for the comb.

peat-pots | Coir Pots, 48 | 6.90 | Grovewright | coirpots walnut
days 200
Plant pot and all; the roots never notice.

plant-labels | Slate Plant Labels, 10 | 8.50 | Grovewright | plantlabels charcoal
years 6
So that in May you still know what you believed in March.

plant-mister | Brass Plant Mister | 19.50 | Grovewright | mister brass
years 8
A fog so fine that even ferns forgive you.

bed-liner | Raised Bed Liner | 16.50 | Grovewright | foil charcoal
years 6
Dimpled sheet that keeps wet soil off good wood.

slug-ring | Copper Slug Rings, 6 | 18.90 | Fenwick Forge | copperrings copper
years 10
Slugs turn back at copper; nobody needs to get hurt.

garden-fleece | Garden Fleece, 10 m | 9.40 | Grovewright | roll sky
days 200
A thin blanket against the Ice Saints.

garden-gloves | Goatskin Garden Gloves | 19.90 | Grovewright | gloves mustard
years 2 | sizes S/M 19.90 1, L/XL 19.90 1 | returns .08
Soft enough to thin carrots, tough enough for roses.

tool-oil | Camellia Tool Oil | 9.60 | Fernhill | dropper/flower forest
days 150
A drop after work keeps the rust away for good.

hand-fork | Hand Fork | 17.50 | Fenwick Forge | handfork wood
years 12
Forged in one piece, for the dandelion that has been there longer than you.

kneeling-pad | Kneeling Pad | 13.90 | Grovewright | kneeler sage
years 5
Thick, waterproof and kinder than the gravel.

tool-sharpener | Tool Sharpener | 15.90 | Ashlar | sharpener charcoal
years 8
Carbide on one end, diamond on the other, for blades that dig.

bulb-planter | Bulb Planter | 18.90 | Fenwick Forge | bulbplanter wood
years 12
Lifts a plug of earth to the depth you dialled, and puts it back.

spiral-stakes | Spiral Tomato Stakes, 5 | 17.90 | Fenwick Forge | spirals steel
years 10
The tomato climbs by itself; you only point.

garden-twine | Jute Twine, 100 m | 5.60 | Wren Street | twine sand
days 140
Ties up beans, parcels and the occasional gate.

water-gauge | Soil Moisture Gauge | 12.50 | Tolvan | gauge rust
years 4
Blue is wet, red is dry, and guessing is over.

leaf-cloth | Leaf Dusting Mitt | 8.40 | Wren Street | mitt mint
years 3
Shiny leaves breathe better, and so do their owners.

## Grill & Fire

kettle-grill | Ember Kettle Grill, 47 cm | 149.00 | Hearthrow | grill rust
years 8 | love 1.3 | returns .04 | de Kugelgrill Ember, 47 cm
A good lid, two vents and long evenings.

fire-bowl | Steel Fire Bowl, 60 cm | 109.00 | Fenwick Forge | firebowl walnut
years 12
Rusts to a deep brown and gathers everyone around it.

charcoal | Beech Charcoal, 5 kg | 12.90 | Grovewright | soilbag/flame charcoal
days 30
Large, even pieces from local thinning, ready in twenty minutes.

chimney-starter | Chimney Starter | 24.90 | Tolvan | chimney steel
years 6
Paper below, coals above, and no lighter fluid ever again.

grill-tongs | Long Grill Tongs | 18.50 | Tolvan | tongs walnut
years 8
Long enough for pride, with oak where you hold them.

firelighters | Wood Wool Firelighters, 50 | 7.20 | Wren Street | firelighters wood
days 42
Twists of pine shaving dipped in wax; one is enough.

grill-brush | Grill Brush | 14.20 | Tolvan | brush charcoal
years 2
Brass bristles and a scraper for the corners.

grill-cover | Grill Cover | 32.00 | Wren Street | cover charcoal
years 5 | returns .06
Waxed canvas that keeps the rain for the garden.

fire-logs | Oak Fire Logs, 15 kg | 14.80 | Grovewright | logs wood
days 28
Dried for two years: more heat, less smoke, no hissing.

spark-guard | Spark Guard, 60 cm | 36.00 | Fenwick Forge | sparkguard charcoal
years 8
A mesh dome between the sparks and the good trousers.

fire-poker | Forged Fire Poker | 26.00 | Fenwick Forge | poker charcoal
years 20
The tool that everybody at the fire would like to hold.

toasting-forks | Toasting Forks, 4 | 17.90 | Fenwick Forge | forks wood
years 10
Telescopic, turnable and just long enough for patience.
"""
