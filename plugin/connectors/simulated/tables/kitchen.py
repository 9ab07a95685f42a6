"""What the kitchen and baking shelves sell."""

TABLE = """
# Kitchen

## Pans & Pots

iron-skillet | Forge Cast Iron Skillet, 26 cm | 49.00 | Hearthrow | skillet charcoal
years 30 | love 1.3 | is material=cast iron | de Gusseisenpfanne Forge, 26 cm
Gets better with every meal and will outlive the cooker.

carbon-pan | Carbon Steel Pan, 28 cm | 54.00 | Tolvan | skillet steel
years 25 | is material=carbon steel
Light as steel, hot as iron: the pan that restaurant cooks take home.

chainmail-scrubber | Chainmail Scrubber | 16.50 | Tolvan | chainmail steel
years 10
Steel rings that lift what is burnt and leave what is seasoned.

seasoning-wax | Pan Seasoning Wax | 11.90 | Fernhill | polishtin mustard
days 120
Rapeseed oil and beeswax for a black, slick, quiet surface.

handle-sleeve | Leather Handle Sleeve | 18.00 | Ashlar | sleeve walnut
years 8
Vegetable-tanned hide that turns a hot handle into a warm handshake.

splatter-screen | Splatter Screen | 14.50 | Tolvan | screen steel
years 6
Lets the steam go and keeps the stove clean.

wooden-spatula | Olive Wood Spatula | 12.00 | Hollin | spatula wood
years 8
One slanted edge that follows the corner of any pan.

sea-salt | Flaky Sea Salt, 250 g | 6.80 | Saltmarsh | box/wave sky
days 65
Thin crystals raked by hand, which crackle before they melt.

## Knives & Boards

chef-knife | Keen Chef's Knife, 20 cm | 89.00 | Ashlar | knife charcoal
years 20 | love 1.2 | de Kochmesser Keen, 20 cm
A full tang, a fine edge and the weight just where your fingers close.

santoku | Keen Santoku, 17 cm | 84.00 | Ashlar | santoku walnut
years 20
Shorter, straighter, lighter: for cooks who chop more than they rock.

whetstone | Whetstone 1000/3000 | 42.00 | Ashlar | whetstone coral
years 6
Two grits on one block: one brings the edge back, the other makes it sing.

end-grain-board | End-Grain Chopping Board | 74.00 | Hollin | board wood
years 15 | returns .03
Oak blocks standing upright, so the edge sinks between the fibres.

board-oil | Board Oil, 250 ml | 12.50 | Fernhill | bottle/drop mustard
days 100
Food-safe mineral oil that keeps wood from cracking and smelling of onions.

knife-guard | Magnetic Knife Guard | 15.00 | Ashlar | guard walnut
years 10
Two halves of walnut that snap shut around the edge.

honing-rod | Ceramic Honing Rod | 29.00 | Ashlar | rod charcoal
years 10
Ten strokes before dinner, and the stone can wait until spring.

knife-strip | Magnetic Knife Strip, Oak | 46.00 | Hollin | strip wood
years 20
Hidden magnets in solid oak; five blades in sight and out of the drawer.

## Pasta & Pizza

pasta-machine | Sfoglia Pasta Machine | 79.00 | Tolvan | pastamachine steel
years 15 | returns .04 | de Nudelmaschine Sfoglia
Nine settings, one crank, and silk where there was dough.

pizza-stone | Cordierite Pizza Stone | 36.00 | Hearthrow | pizzastone sand
years 10 | love 1.2
Stores the heat of an hour and gives it to the crust in seven minutes.

semola | Semola Rimacinata, 1 kg | 3.90 | Mulino Bellaria | sack/wheat mustard
days 40
Twice-milled durum for pasta with bite.

pasta-rack | Beech Pasta Rack | 24.00 | Hollin | pastarack wood
years 10
Folds out ten arms and dries a dinner for six.

pasta-wheel | Brass Pasta Wheel | 14.90 | Tolvan | wheel brass
years 12
A wavy edge that cuts and seals in one roll.

machine-brush | Pasta Machine Brush | 6.50 | Hollin | brush sand
years 4
Because a pasta machine must never meet water.

olive-oil | Olive Oil, 500 ml | 13.80 | Brambleby | oilbottle forest
days 50
Early harvest, one valley, a peppery catch at the back of the throat.

passata | Tomato Passata, 700 g | 3.60 | Brambleby | jar/tomato rust
days 25
Sun, tomatoes, a leaf of basil; nothing added, least of all sugar.

parmesan-grater | Fine Parmesan Grater | 19.50 | Tolvan | grater steel
years 8
Etched blades that turn a hard cheese into snow.

pizza-flour | Pizza Flour 00, 1 kg | 3.40 | Mulino Bellaria | sack/wheat rust
days 38
Soft, strong and patient: made for a dough that rests two nights.

pizza-peel | Wooden Pizza Peel | 26.00 | Hollin | peel wood
years 8
A thin lip for sliding under, a wide blade for courage.

pizza-wheel | Pizza Wheel | 15.50 | Tolvan | wheel walnut
years 10
Rolls through the crust and stops for nothing.

oregano | Wild Oregano Bunch | 4.80 | Brambleby | herbs forest
days 90
Dried on the stem, so the scent is still in it when you rub.

## Preserving

preserving-pot | Maslin Preserving Pot, 9 l | 68.00 | Hearthrow | maslin copper
years 20 | love 1.2 | de Einkochtopf Maslin, 9 l
Wide at the top so jam boils down, with a spout that finds the jar.

jam-jars | Jam Jars with Lids, 12 | 16.80 | Brambleby | jars rust
days 95
Quarter-litre jars with gingham lids that pop when they seal.

gelling-sugar | Gelling Sugar 2:1, 1 kg | 3.20 | Brambleby | sack/berry rose
days 60
Twice the fruit, half the sugar, four minutes on the boil.

jam-funnel | Jam Funnel | 9.80 | Tolvan | funnel steel
years 10
A wide mouth that keeps the rims clean and the fingers cool.

jar-labels | Jar Labels, 60 | 5.20 | Pell Paper | labels cream
days 110
Write on them in pencil, soak them off next year.

jar-tongs | Jar Tongs | 12.90 | Tolvan | tongs rust
years 10
Rubber jaws that lift a hot jar without a slip.

jam-thermometer | Sugar Thermometer | 16.00 | Tolvan | thermometer copper
years 8
Marked with what matters: soft ball, thread, jam.

# Baking

## Bread

bread-pot | Crust Bread Pot | 96.00 | Hearthrow | dutchoven navy
years 25 | returns .03 | is material=cast iron | de Brotbacktopf Crust
A low base and a high lid: the loaf steams itself into a crackling crust.

banneton | Rattan Proving Basket | 17.90 | Hollin | banneton wood
years 6 | love 1.4 | de Gärkörbchen aus Peddigrohr
Leaves the spiral on the loaf that says somebody made this.

stand-mixer | Bellamy Stand Mixer | 329.00 | Tolvan | mixer sage
years 12 | colours sage cream rust | love 1.5 | returns .05 | de Küchenmaschine Bellamy
Kneads two kilos without walking across the worktop.

bread-flour | Strong Bread Flour | 2.90 | Weir Mill | sack/wheat cream
days 24 | sizes 1 kg 2.90 1, 5 kg 12.40 4.5 | de Brotmehl
High in gluten and stone-ground: the flour that rises.

rye-flour | Whole Rye Flour, 1 kg | 3.10 | Weir Mill | sack/wheat walnut
days 32
Dark, sour-loving and full of the taste of the field.

dry-yeast | Dry Yeast, 10 Sachets | 3.60 | Weir Mill | packet/wheat mustard
days 50
Wakes up in ten minutes, keeps for a year.

sourdough-starter | Live Sourdough Starter | 8.50 | Weir Mill | jar/wheat sand
days 300
Eleven years old, called Agnes, and hungry when she arrives.

dough-scraper | Dough Scraper | 8.90 | Tolvan | scraper wood
years 10
Cuts, lifts and cleans; the third hand at the bench.

lame | Baker's Lame | 13.50 | Hollin | lame walnut
years 5
A razor on a handle, for signing your bread.

proofing-cloth | Linen Proving Cloth | 15.90 | Wren Street | foldedtowels cream
years 6
Heavy flax that lets go of the dough when you ask.

bread-knife | Serrated Bread Knife | 44.00 | Ashlar | breadknife charcoal
years 15
Long, deep-toothed and gentle with crumbs.

oven-mitts | Long Oven Mitts | 22.00 | Wren Street | mitt mustard
years 5 | returns .04
Thick cotton to the elbow, for reaching all the way in.

mixer-bowl | Glass Mixer Bowl | 48.00 | Tolvan | mixerbowl sky
years 8
A second bowl, because there is always a second dough.

bowl-spatula | Bowl Spatula | 9.40 | Hollin | softspatula coral
years 5
Bends into the last corner and leaves nothing for the fingers.

## Cakes & Biscuits

springform | Springform Tin, 26 cm | 22.90 | Hearthrow | springform charcoal
years 8 | love 1.3 | de Springform, 26 cm
A tight clasp, a flat base and edges that let the cake go.

muffin-tin | Muffin Tin, 12 Cups | 24.50 | Hearthrow | muffintin charcoal
years 8 | love 1.2
Heavy steel that browns all twelve, also the ones in the middle.

piping-set | Icing Nozzle Set | 27.00 | Tolvan | piping steel
years 8
Fourteen nozzles from rose to ribbon, in a tin with a place for each.

cutter-set | Woodland Biscuit Cutters | 18.50 | Tolvan | cutters copper
years 10 | love 1.4 | de Ausstechformen Waldtiere
A fox, a fir, a hare, a star and a hedgehog who always breaks first.

cake-release | Cake Release Spray | 7.20 | Fernhill | spraycan coral
days 90
One thin veil, and even the fluted tin gives the cake back.

cooling-rack | Cooling Rack, Folding | 16.90 | Tolvan | coolingrack steel
years 8
Air from below, so that the bottom stays as crisp as the top.

muffin-cases | Muffin Cases, 100 | 4.40 | Pell Paper | cases rose
days 60
Greaseproof paper tulips in five quiet colours.

baking-sheet | Heavy Baking Sheet | 19.90 | Hearthrow | sheet steel
years 8
Two millimetres of aluminium that never buckles and never bangs.

silicone-mat | Baking Mat with Circles | 17.50 | Tolvan | mat rust
years 5
Marked for macarons, good for anything that sticks.

biscuit-tin | Tall Biscuit Tin | 13.90 | Wren Street | biscuittin forest
years 15
Keeps them crisp, or hides them, depending on the house.

baking-parchment | Baking Parchment, 20 m | 4.90 | Pell Paper | roll sand
days 55
Unbleached, uncurling, and cut clean by the box.

## Flour & Pantry

cake-flour | Fine Cake Flour, 1 kg | 2.20 | Weir Mill | sack/cake rose
days 30
Milled soft for crumbs that hold and melt.

vanilla-paste | Vanilla Paste, 60 g | 12.80 | Brambleby | dropper/flower walnut
days 80
Seeds and all: one spoon is one pod.

chocolate-drops | Dark Chocolate Drops, 300 g | 6.40 | Odd Bird Roasters | pouch/drop walnut
days 40
Seventy per cent, and they keep their shape in the oven.

sprinkles | Confetti Sprinkles | 4.60 | Brambleby | jar/star rose
days 85
Coloured with beetroot, turmeric and spirulina; cheerful anyway.

icing-sugar | Icing Sugar, 500 g | 2.40 | Brambleby | sack/star sky
days 45
So fine that it needs no sieve, though you may.

piping-bags | Piping Bags, 50 | 8.20 | Pell Paper | pipingbag sky
days 90
Strong seams and a matt skin that does not slip.

food-colours | Food Colour Gels, 6 | 14.50 | Brambleby | tubes coral
days 130
A drop is plenty: six strong colours that do not thin the icing.

gingerbread-spice | Gingerbread Spice | 4.90 | Brambleby | tin/star rust
days 100
Cinnamon, clove, coriander, anise and the whole of December.
"""
