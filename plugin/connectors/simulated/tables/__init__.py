"""The catalogue as text: three lines a card, read by `plugin.connectors.simulated.catalogue`.

    key | name | price | brand | drawing first-colour second-colour
    option value | option value ...
    One sentence that describes it.

`# Department` and `## Shelf` open what follows. Options: `years N` (durable, its lifetime), `days N` (used
up, the median days that one unit lasts), neither (a little thing), `colours a b c`,
`sizes label price units, ...`, `love N` (how much it is wanted), `returns N` (share sent back),
`is name=value`, `de German name`.
"""

from plugin.connectors.simulated.tables import coffee, craft, garden, home, kitchen

TABLES = (coffee.TABLE, kitchen.TABLE, garden.TABLE, craft.TABLE, home.TABLE)

__all__ = ["TABLES"]
