"""What the coffee and tea corner sells."""

TABLE = """
# Coffee & Tea

## Brewing

ceramic-dripper | Ridge Ceramic Dripper | 24.90 | Kettlewick | dripper cream
years 10 | colours cream sage rust | love 2 | is material=stoneware | de Keramik-Handfilter Ridge
A cone with spiral ribs that lets the water find its own pace.

glass-brewer | Hourglass Coffee Maker | 44.00 | Kettlewick | hourglass wood
years 6 | returns .05 | is material=glass | de Kaffeekaraffe Sanduhr
One piece of mouth-blown glass with a beech collar: brews six cups and serves them too.

gooseneck-kettle | Heron Gooseneck Kettle | 69.00 | Tolvan | goosekettle charcoal
years 8 | colours charcoal cream | love 1.4 | returns .04 | de Schwanenhalskessel Heron
Pours a thread of water exactly where you look, and holds the heat while you do.

lever-espresso | Volta Lever Espresso Machine | 389.00 | Tolvan | espresso steel rust
years 12 | returns .06 | de Handhebelmaschine Volta
No pump, no screen: a spring, a lever and the best shot you have ever pulled at home.

moka-pot | Stovetop Moka Pot, 4 Cups | 32.50 | Tolvan | moka steel charcoal
years 10 | love 1.3 | de Espressokocher, 4 Tassen
Eight sides of polished aluminium and the gurgle that means the kitchen is awake.

cone-filters | Paper Cone Filters, 100 | 5.40 | Kettlewick | filters sand
days 48 | de Filtertüten, 100 Stück
Oxygen-whitened paper that keeps the oils back and the taste in.

glass-server | Glass Coffee Server, 600 ml | 21.00 | Kettlewick | server wood
years 6
A plain carafe with honest markings, made to sit under any dripper.

brew-scale | Brew Scale with Timer | 39.00 | Tolvan | scale charcoal
years 6
Weighs to a tenth of a gram and starts counting with the first drop.

coffee-scoop | Beech Coffee Scoop | 7.90 | Hollin | scoop wood
years 10
Ten grams of beans, level, every time.

tamper | Walnut Tamper, 58 mm | 27.00 | Hollin | tamper walnut
years 15
A flat steel base and a walnut handle heavy enough to do the pressing for you.

milk-jug | Steel Milk Jug, 350 ml | 18.50 | Tolvan | milkjug steel
years 12
A sharp spout for drawing hearts, or whatever the hearts turn out to be.

knock-box | Knock Box | 24.00 | Tolvan | knockbox charcoal wood
years 10
One knock on the padded bar and the puck is gone.

moka-gasket | Moka Gaskets, Set of 3 | 4.20 | Tolvan | rings white
days 240
Three food-safe rings and a filter plate: a new life for an old pot.

cleaning-tablets | Espresso Cleaning Tablets, 10 | 8.90 | Fernhill | box/drop sky
days 70
Dissolves the old oils that make good beans taste tired.

descaler | Citric Descaler, 500 g | 6.50 | Fernhill | box/drop mustard
days 110
Pure citric acid for kettles, irons and machines that have met hard water.

## Grinding

hand-grinder | Quern Hand Grinder | 79.00 | Tolvan | handmill charcoal wood
years 10 | love 1.2 | de Handmühle Quern
Steel burrs in a slim barrel: forty turns for one very good cup.

grinder-brush | Grinder Brush | 5.90 | Hollin | brush wood
years 4
Stiff bristles for the grounds that hide between the burrs.

bean-canister | Airtight Bean Canister | 22.00 | Fernhill | canister charcoal
years 10
Pushes the air out as the lid goes down, so the last cup tastes like the first.

## Beans

beans-house | House Blend Beans | 9.80 | Odd Bird Roasters | pouch/bean rust
days 23 | sizes 250 g 9.80 1, 1 kg 33.00 4 | love 1.4 | de Hausmischung, ganze Bohne
Chocolate, hazelnut and nothing to prove: the blend we drink ourselves.

beans-ethiopia | Ethiopia Guji Beans, 250 g | 12.40 | Odd Bird Roasters | pouch/bean coral
days 24
Washed, floral and bright, with a jasmine note that turns heads.

beans-espresso | Night Owl Espresso Beans | 10.50 | Odd Bird Roasters | pouch/bean ink
days 21 | sizes 250 g 10.50 1, 1 kg 35.00 4
A syrupy espresso roast that keeps its crema to the bottom of the cup.

beans-dark | Smokestack Dark Roast, 250 g | 9.20 | Odd Bird Roasters | pouch/bean charcoal
days 22
Roasted dark and slow for people who take their coffee seriously and their milk warm.

## Tea

iron-teapot | Pebble Iron Teapot | 58.00 | Hearthrow | teapot charcoal
years 20 | colours charcoal forest | is material=cast iron | de Eisenkanne Pebble
Enamelled inside, textured outside, and warm for as long as the talk lasts.

glass-teapot | Clearwater Glass Teapot | 36.00 | Kettlewick | glassteapot rust
years 6 | returns .05
Watch the leaves open: thin heatproof glass with a strainer that lifts out.

sencha | Sencha Green Tea, 100 g | 8.60 | Larkspur Tea | tin/leaf forest
days 38
Steamed, grassy and clean, from a family garden on a south slope.

earl-grey | Earl Grey, 100 g | 7.40 | Larkspur Tea | tin/leaf navy
days 36
Real bergamot oil on a proper black leaf.

herbal-tea | Meadow Herbal Tea, 80 g | 6.90 | Larkspur Tea | tin/flower mustard
days 34
Verbena, fennel and marigold for evenings that should end early.

tea-strainer | Fine Tea Strainer | 11.50 | Kettlewick | strainer steel
years 10
A deep basket that gives the leaves room to move.

tea-warmer | Teapot Warmer | 19.00 | Hearthrow | warmer charcoal
years 15
Holds one tealight and an hour of conversation.

tealights | Rapeseed Tealights, 24 | 7.90 | Wren Street | tealights cream
days 45
Burn clean for six hours each, without palm oil and without tin.

honey | Linden Blossom Honey | 8.20 | Brambleby | jar/bee mustard
days 42
Set slowly, from hives under the lime trees of one long avenue.

tea-tin | Double-Lid Tea Tin | 9.50 | Larkspur Tea | tin/leaf rust
years 10
Two lids, no light, and a label you can write on.

## Cups & Servers

espresso-cups | Espresso Cups, Set of 4 | 29.00 | Hearthrow | cups rust
years 8 | returns .04
Thick walls and a small mouth, glazed by hand in four firings.

tea-cups | Handleless Tea Cups, Set of 2 | 24.00 | Hearthrow | teacups forest
years 8 | returns .04
When the cup is cool enough to hold, the tea is cool enough to drink.

cork-trivet | Cork Trivet | 9.90 | Hollin | trivet wood
years 8
A round of thick cork that does not mind a hot pot.
"""
