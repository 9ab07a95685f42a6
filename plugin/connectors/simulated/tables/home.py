"""What the home, workshop and care shelves sell."""

TABLE = """
# Home

## Candles & Scent

aroma-diffuser | Drift Aroma Diffuser | 48.00 | Larkspur | diffuser cream
years 5 | colours cream charcoal | love 1.3 | returns .05 | de Duftlampe Drift
Cold mist from a stoneware shell, six quiet hours long.

cedar-oil | Cedar Forest Oil | 10.90 | Larkspur | dropper/sprout forest
days 54
A walk after rain, ten millilitres of it.

citrus-oil | Sunday Citrus Oil | 10.40 | Larkspur | dropper/sun mustard
days 54
Bergamot, sweet orange, a little grapefruit, open windows.

sleep-oil | Night Meadow Oil | 11.90 | Larkspur | dropper/moon navy
days 54
Chamomile, hops and clary sage for putting the day down.

distilled-water | Distilled Water, 2 l | 3.90 | Fernhill | bottle/drop sky
days 40
No lime in the iron, none in the mist.

diffuser-brush | Diffuser Cleaning Kit | 7.50 | Fernhill | packet/drop lilac
days 150
Swabs and powder for a clear mist.

scented-candle | Hearth Scented Candle | 22.00 | Brightmoth | jarcandle rust
days 60 | colours rust sage plum | love 1.5
Soy wax in a glass you will keep.

storm-lantern | Storm Lantern | 38.00 | Fenwick Forge | lantern navy
years 10
Glows on the step and does not mind the wind.

## Textiles

wool-throw | Fjord Wool Throw | 89.00 | Wren Street | throw navy
years 8 | colours navy mustard | returns .09
Woven from the wool of hardy sheep, for evenings that turn cool.

linen-cushion | Washed Linen Cushion | 36.00 | Wren Street | cushion sage
years 5 | colours sage rust cream | returns .10
Stone-washed and feather-filled: sinks in, plumps back.

tea-towel | Half-Linen Tea Towel | 8.90 | Wren Street | towel rust
years 3 | colours rust navy sage | love 1.6
Dries a glass without leaving a trace of itself.

bath-towel | Waffle Bath Towel | 26.00 | Wren Street | foldedtowels sky
years 5 | returns .08
Light, thirsty and dry again by noon.

## Lighting

table-lamp | Mushroom Table Lamp | 74.00 | Tolvan | lamp rust
years 10 | returns .07
A soft dome of light for the far corner.

reading-lamp | Bentwood Reading Lamp | 82.00 | Hollin | readinglamp wood
years 10 | returns .07
Bends over the page like an interested aunt.

string-lights | Linen Ball String Lights | 29.00 | Wren Street | stringlights mustard
years 4 | returns .05
Twenty small moons on a cord.

## Little Things

dark-chocolate | Sea Salt Chocolate Bar | 4.20 | Odd Bird Roasters | chocolate walnut
love 3
Bought for somebody else, eaten on the way home.

gift-bag | Block-Printed Gift Bag | 3.50 | Pell Paper | giftbag coral
love 3
Folds flat, looks like trouble taken, is none.

postcards | Bird Postcards, 8 | 6.90 | Pell Paper | postcards sky
love 1.5
Eight birds of the garden, drawn by somebody who waited.

matches | Long Matches in Glass | 9.50 | Brightmoth | matches rust
love 1.5
Coral-tipped and long enough for deep jars.

wrapping-paper | Wrapping Paper, 3 Sheets | 7.40 | Pell Paper | wrapping forest
love 1.4
Printed on both sides, because corners fold.

tote-bag | Bellwether Tote Bag | 12.00 | Wren Street | totebag cream
love 1.4
Carries a week of groceries and our sheep.

hand-cream | Calendula Hand Cream | 9.80 | Saltmarsh | tube mustard
days 70 | love 1.4
For hands that dig, knead and knit.

# Workshop

## Power Tools

cordless-drill | Cordless Drill, 18 V | 129.00 | Haldane | drill forest
years 8 | love 1.4 | returns .04 | de Akku-Bohrschrauber, 18 V
Small enough for a cupboard, strong enough for oak.

hammer-drill | Rotary Hammer Drill | 159.00 | Haldane | hammerdrill rust
years 10
Goes into concrete as if it had been asked nicely.

orbital-sander | Orbital Sander | 84.00 | Haldane | sander forest
years 8 | love 1.1 | de Exzenterschleifer
Leaves no swirls, only the wood.

spare-battery | Spare Battery, 18 V | 49.00 | Haldane | battery forest
years 4
One works while one rests.

## Bits & Blades

wood-bits | Wood Drill Bits, 8 | 16.90 | Haldane | bitcase wood
years 4
Brad points that start exactly on the pencil mark.

masonry-bits | Masonry Bits, 6 | 21.50 | Haldane | bitcase rust
years 4
Carbide tips for brick, block and stubborn walls.

screw-bits | Screwdriver Bits, 32 | 18.50 | Haldane | bitcase navy
years 5
The one you need, and thirty-one friends.

sanding-discs | Sanding Discs, 25 | 11.90 | Haldane | discs rust
days 55
Five grits that cling and do not clog.

## Fixings

wood-screws | Wood Screws, 200 | 9.80 | Haldane | screws brass
days 75
Sharp points, deep heads, four sizes in one box.

wall-plugs | Wall Plugs, 150 | 7.90 | Haldane | plugs sky
days 85
They spread, knot or fold: whatever the wall is made of.

spirit-level | Beech Spirit Level | 32.00 | Hollin | level wood
years 15
The bubble does not take sides.

stud-finder | Stud and Cable Finder | 36.00 | Haldane | finder mustard
years 6
Finds the beam, the pipe and the cable before the drill does.

goggles | Safety Goggles | 12.50 | Haldane | goggles sky
years 4
You have two eyes; keep both.

## Paint & Finish

roller-set | Paint Roller Set | 24.50 | Haldane | rollerset mustard
years 4 | de Farbroller-Set
A frame, a tray and a pole that reaches the ceiling.

wall-paint | Limewash Wall Paint, 2.5 l | 38.00 | Ashlar | paintcan sage
days 130 | colours sage cream rose | returns .03
Matt as chalk, soft as morning, washable after a month.

painters-tape | Painter's Tape, 50 m | 6.40 | Haldane | tape sky
days 70
Sharp edges on, clean walls off.

dust-sheet | Cotton Dust Sheet | 16.80 | Wren Street | foldedtowels sand
years 5
Stays where you throw it and drinks the drips.

roller-sleeves | Roller Sleeves, 5 | 11.20 | Haldane | sleeves cream
days 90
Short pile for smooth, long pile for rough.

tray-liners | Paint Tray Liners, 5 | 7.60 | Haldane | tray white
days 95
Lift out the colour, not the tray.

wood-filler | Wood Filler, 250 g | 8.60 | Haldane | tub/wood sand
days 120
Sands, stains and drills like the plank around it.

wood-oil | Hard Wax Wood Oil, 500 ml | 24.50 | Ashlar | oiltin walnut
days 90
Two thin coats, one cloth, and the grain wakes up.

oil-cloths | Lint-Free Cloths, 20 | 7.90 | Wren Street | foldedtowels cream
days 80
For oiling wood, polishing brass and forgetting paper towels.

dust-mask | Dust Masks, 10 | 12.90 | Haldane | mask white
days 75
Fit closely, breathe lightly.

# Care

## Laundry

steam-iron | Glide Steam Iron | 79.00 | Tolvan | iron navy
years 8 | love 1.2 | returns .04 | de Dampfbügeleisen Glide
A heavy sole, a long cable and clouds of steam.

airer | Beech Clothes Airer | 64.00 | Hollin | airer wood
years 12 | love 1.1
Folds to the width of a book and dries a whole wash.

ironing-water | Scented Ironing Water, 1 l | 6.90 | Fernhill | bottle/flower lilac
days 44
Lavender on the collar until lunchtime.

ironing-cover | Ironing Board Cover | 21.50 | Wren Street | sleeveboard sky
years 3 | returns .05
Thick felt below, smooth cotton above.

linen-spray | Linen Spray | 11.50 | Fernhill | spraybottle sage
days 60
Cotton flower and cedar for beds that feel like hotels.

sleeve-board | Sleeve Board | 24.00 | Hollin | sleeveboard cream
years 10
The small board for the fiddly parts.

pegs | Larch Clothes Pegs, 40 | 8.40 | Hollin | pegs wood
years 5
Steel springs that hold on in a storm.

laundry-liquid | Laundry Liquid, 1.5 l | 11.80 | Fernhill | jug/leaf sky
days 40
Washes at thirty degrees and leaves only clean behind.

stain-soap | Ox-Gall Stain Soap | 4.90 | Saltmarsh | soapbar/drop sage
days 75
Grandmother's answer to red wine and grass.

mesh-bags | Mesh Laundry Bags, 3 | 9.60 | Wren Street | meshbags white
years 4
For woollens, lace and socks with a wandering mind.

laundry-basket | Seagrass Laundry Basket | 44.00 | Wren Street | basket sand
years 8 | returns .06
Two handles, one lining, no plastic.

## Shoes & Leather

shoe-box | Shoe Care Box | 52.00 | Ashlar | shoebox wood
years 15 | de Schuhputzkiste
A cedar box with a footrest on the lid.

shoe-cream | Shoe Cream, 50 ml | 8.80 | Ashlar | polishtin walnut
days 90 | colours walnut charcoal
Beeswax and pigment: feeds, colours, shines.

shoe-brush | Horsehair Shoe Brush | 16.50 | Hollin | shoebrush wood
years 10
A hundred short strokes, and there is the shine.

cedar-trees | Cedar Shoe Trees, Pair | 24.90 | Hollin | shoetrees wood
years 12
Keep the shape, take the damp.

waterproofer | Leather Waterproofer | 13.90 | Fernhill | spraycan navy
days 95
Without fluorine; the rain still rolls off.

laces | Waxed Laces, 3 Pairs | 7.20 | Ashlar | laces walnut
days 170
Thin, round and still tied at six o'clock.

polishing-cloth | Polishing Cloth, 2 | 6.80 | Wren Street | foldedtowels rust
years 2
Brushed cotton for the last ten per cent.

## Cleaning

dish-cloths | Swedish Dish Cloths, 4 | 8.90 | Wren Street | dishcloths mustard
days 60 | love 2.6
Soak up fifteen times their weight and end on the compost.

dish-soap | Rosemary Dish Soap, 500 ml | 5.60 | Fernhill | pump/leaf forest
days 44 | love 1.4
Cuts grease, spares skin, smells of the hedge.

bottle-brush | Long Bottle Brush | 8.20 | Hollin | bottlebrush wood
years 2 | love 1.2
Bends around shoulders and reaches the bottom.
"""
