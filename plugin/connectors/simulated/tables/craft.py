"""What the craft table sells."""

TABLE = """
# Craft

## Candle Making

pillar-mould | Pillar Candle Mould | 19.80 | Brightmoth | pillarmould steel
years 8 | love 1.3 | de Kerzengießform Stumpen
Seamless aluminium for a candle with straight shoulders.

silicone-mould | Honeycomb Candle Mould | 16.50 | Brightmoth | honeymould mustard
years 4
Soft silicone, sharp cells: peel it back and there is a hive.

melting-jug | Wax Melting Jug | 24.00 | Brightmoth | meltingjug steel
years 10 | de Schmelzkanne für Wachs
A tall spout and a cool handle for pouring without a drip.

soy-wax | Soy Wax Flakes, 1 kg | 11.50 | Brightmoth | pouch/flame cream
days 42
Melts low, holds scent, burns without soot.

beeswax | Beeswax Pastilles, 500 g | 14.90 | Brambleby | pouch/bee mustard
days 46
Golden, honest and already smelling of summer.

wick-spool | Cotton Wick, 10 m | 6.40 | Brightmoth | spool cream
days 65
Flat-braided so that it curls and trims itself.

mould-seal | Mould Sealing Putty | 4.80 | Brightmoth | polishtin sky
days 120
What stands between the wax and the table.

wick-bars | Wick Centring Bars, 10 | 7.90 | Brightmoth | wickbars wood
years 5
Keep the wick upright while the wax makes up its mind.

candle-dye | Candle Dye Chips, 8 Colours | 9.60 | Brightmoth | dyechips coral
days 95
A chip in the jug, from blush to midnight.

wax-thermometer | Clip-on Wax Thermometer | 13.50 | Tolvan | thermometer steel
years 6
Pour at sixty-five, not at "about now".

candle-jars | Amber Candle Jars, 6 | 18.60 | Brightmoth | amberjars rust
days 90
Thick amber glass with bamboo lids.

wick-tabs | Wick Tabs and Stickers, 50 | 5.90 | Brightmoth | rings steel
days 110
Little feet for wicks that must stand alone.

fragrance-oil | Fig & Cedar Fragrance Oil | 12.90 | Brightmoth | dropper/leaf plum
days 60
Made for wax: strong cold, gentle lit.

## Soap Making

loaf-mould | Beech Soap Loaf Mould | 29.00 | Saltmarsh | loafmould wood
years 8 | love 1.2 | de Seifenform aus Buche
A wooden box, a silicone lining, ten bars at a time.

soap-stamps | Soap Stamp Set | 22.50 | Saltmarsh | stamps walnut
years 10
A fern, a moth, a moon: press, lift, done.

soap-base | Melt-and-Pour Soap Base, 1 kg | 13.40 | Saltmarsh | block cream
days 48
Clear vegetable glycerine that needs only warmth and an idea.

coconut-oil | Coconut Oil for Soap, 1 kg | 10.80 | Saltmarsh | jar/drop cream
days 60
For hard bars and a big white lather.

soap-cutter | Wavy Soap Cutter | 12.90 | Tolvan | scraper steel
years 10
Every slice with a wave, every wave the same.

mica-colours | Mica Colours, 8 Jars | 16.90 | Brightmoth | dyechips lilac
days 110
A shimmer that stays where you swirl it.

lavender-oil | Lavender Essential Oil | 11.20 | Larkspur | dropper/flower lilac
days 62
Steam-distilled on the hill where it grew.

soap-wraps | Soap Wraps, 40 | 7.60 | Pell Paper | wraps sage
days 100
Waxed paper bands that make a bar a present.

dried-petals | Dried Petals | 6.80 | Larkspur | jar/flower rose
days 80
Rose, cornflower and marigold, kept bright in the dark.

soap-dish | Slotted Soap Dish | 12.50 | Hollin | soapdish wood
years 5
Lets the bar dry, so that it lasts the month.

## Yarn & Needles

circular-needles | Circular Needle Set | 64.00 | Tamsin Bell | circulars wood
years 12 | love 1.2 | de Rundstricknadel-Set
Ten tips in birch and three cables, from fine lace to fat scarves.

sock-needles | Sock Needles, Set of 5 | 12.80 | Tamsin Bell | socknedles steel
years 10 | love 1.1
Short, light and pointed enough for a heel turned in one evening.

merino-yarn | Merino Yarn, 100 g | 11.90 | Tamsin Bell | yarn rust
days 30 | colours rust sage navy cream
Soft on the neck, springy on the needle, from sheep with a view.

sock-yarn | Self-Striping Sock Yarn, 100 g | 14.50 | Tamsin Bell | yarn coral
days 38 | colours coral forest
Stripes by itself; you just keep going round.

stitch-markers | Stitch Markers, 24 | 6.90 | Tamsin Bell | markers coral
years 4
Little brass rings that remember where you were.

row-counter | Row Counter | 7.80 | Tamsin Bell | counter sage
years 6
Click. Click. Click. Phone.

darning-needles | Darning Needles, Set | 5.40 | Tamsin Bell | needlecase steel
years 6
Blunt tips and big eyes, for ends that want hiding.

blocking-mats | Blocking Mats, 9 | 27.50 | Tamsin Bell | mats sky
years 8
Foam tiles with a grid: the difference between home-made and hand-made.

needle-gauge | Wooden Needle Gauge | 8.20 | Hollin | needlegauge wood
years 10
For the needle whose number rubbed off years ago.

sock-blockers | Sock Blockers, Pair | 18.90 | Hollin | sockblockers wood
years 10
Two wooden feet that show what the hours went into.

wool-wash | Wool Wash, 500 ml | 9.90 | Fernhill | bottle/sheep sky
days 65
Lanolin and a little lavender; no rinse, no shrink.

project-bag | Canvas Project Bag | 24.50 | Wren Street | totebag sage
years 6
Stands open by the chair and lets no ball escape.

## Paint & Paper

watercolour-box | Wayfarer Watercolour Box | 46.00 | Pell Paper | paintbox charcoal
years 6 | sizes 12 pans 46.00 1, 24 pans 82.00 1 | love 1.5 | de Aquarellkasten Wayfarer
Honest pigments in a tin that fits a coat pocket.

fountain-pen | Quillon Fountain Pen | 54.00 | Pell Paper | fountainpen navy
years 15 | colours navy rust forest | love 1.5 | de Füllfederhalter Quillon
A steel nib with a little spring, for people who still write letters.

dip-pen-set | Calligraphy Dip Pen Set | 28.00 | Pell Paper | dippen walnut
years 10 | love 1.1
One walnut holder, six nibs, and an afternoon gone.

cotton-paper | Cotton Watercolour Pad, A4 | 23.50 | Pell Paper | pad sky
days 52
Three hundred grams of cotton that takes a flood and lies flat.

round-brushes | Round Brush Set | 26.00 | Pell Paper | brushset wood
years 4
Four synthetic sables that come to a point and stay there.

masking-fluid | Masking Fluid | 7.90 | Pell Paper | dropper/drop sky
days 140
Keeps the white of the paper safe until you rub it free.

water-pot | Two-Chamber Water Pot | 11.50 | Pell Paper | waterpot sky
years 6
One side to rinse, one side to stay clean.

brush-soap | Brush Soap | 8.40 | Saltmarsh | polishtin rose
days 150
Cleans out the last of the blue and reshapes the tip.

palette-tray | Porcelain Palette | 19.80 | Hearthrow | palette white
years 12
Seven wells, one slope, no stains.

sketch-pencils | Sketching Pencils, 6 | 9.80 | Pell Paper | pencils walnut
days 120
From a whisper to a shadow.

ink-cartridges | Ink Cartridges, 18 | 5.90 | Pell Paper | cartridges navy
days 58
A blue-black that dries before your sleeve arrives.

bottled-ink | Bottled Ink, 50 ml | 13.80 | Pell Paper | inkbottle navy
days 105 | colours navy forest plum
Pigments ground slowly, in a bottle that sits well on a desk.

letter-paper | Laid Letter Paper, 50 | 12.40 | Pell Paper | letterpaper cream
days 72
Feather-free, faintly ribbed, worth answering.

envelopes | Lined Envelopes, 25 | 8.90 | Pell Paper | envelope rust
days 68
Tissue lining in the colour of old maps.

converter | Ink Converter | 7.20 | Pell Paper | converter steel
years 5
Turns a cartridge pen into a bottle pen, and saves the plastic.

pen-case | Leather Pen Case | 26.50 | Ashlar | pencase walnut
years 10
Room for two pens that should not touch.

blotting-paper | Blotting Paper, 12 | 5.20 | Pell Paper | letterpaper rose
days 130
Press, lift, no smudge, no drama.

spare-nibs | Spare Nibs, 6 | 9.40 | Pell Paper | nibs brass
days 120
From hairline to headline.

gold-ink | Gold Ink, 30 ml | 12.60 | Pell Paper | inkbottle brass
days 160
For initials, stars and the names of the newly wed.

pen-rest | Ceramic Pen Rest | 11.80 | Hearthrow | penrest sage
years 10
A small hill for a wet nib to lie on.

## Sewing

sewing-machine | Bobbin Sewing Machine | 279.00 | Tolvan | sewingmachine cream
years 15 | love 1.2 | returns .04 | de Nähmaschine Bobbin
Twenty-two stitches, a steel frame, and quiet enough for a sleeping house.

thread-set | Sewing Thread Set, 12 | 19.90 | Tamsin Bell | threads coral
days 110
Twelve colours that go with nearly everything in the basket.

machine-needles | Machine Needles, 10 | 5.80 | Tamsin Bell | packet/needle sky
days 85
A new needle for every new piece: it is the cheapest mend of all.

fabric-shears | Fabric Shears, 24 cm | 34.00 | Ashlar | scissors charcoal
years 12
For cloth only, and may nobody touch them for paper.

bobbins | Bobbins, 20 in a Case | 9.20 | Tamsin Bell | markers navy
years 6
So that the right colour is already wound.

pins | Glass-Headed Pins, 100 | 6.60 | Tamsin Bell | pins rose
years 6
Fine, sharp and not afraid of the iron.

seam-ripper | Seam Ripper | 5.90 | Tamsin Bell | ripper coral
years 5
Everybody's second most used tool, and nobody's favourite.
"""
