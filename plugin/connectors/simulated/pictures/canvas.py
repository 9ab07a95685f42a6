"""The drawing hand: flat shapes, one light from the left, and the sheet that they stand on.

A fill is a colour (`#c05a3a`) or, with `~` before it, the same colour in two tones: lit on the left,
shaded on the right third. Coordinates are those of a 400 x 400 sheet whose ground lies at y = 318.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

Recipe = Callable[[str, str, str], str]
"""A drawing: main colour, second colour and a mark (a small emblem's name, or nothing) -> SVG."""

COLOURS = {
    "brass": "#c9a24b",
    "charcoal": "#3f444a",
    "copper": "#c27c54",
    "coral": "#e2765f",
    "cream": "#efe3cc",
    "forest": "#41674f",
    "ink": "#2b3350",
    "lilac": "#a795c7",
    "mint": "#8fc1a4",
    "mustard": "#dda63a",
    "navy": "#34527a",
    "plum": "#7a4a6b",
    "rose": "#e0a3a3",
    "rust": "#bf5b39",
    "sage": "#94ab8b",
    "sand": "#d8bf98",
    "sky": "#8fb9cf",
    "steel": "#a9b4bb",
    "walnut": "#7d5338",
    "white": "#f7f5ef",
    "wood": "#c8955c",
}
WOOD, WALNUT, STEEL, DARK = COLOURS["wood"], COLOURS["walnut"], COLOURS["steel"], COLOURS["charcoal"]
CREAM, WHITE, BRASS, GREEN = COLOURS["cream"], COLOURS["white"], COLOURS["brass"], COLOURS["forest"]
RUST, SAND, SKY = COLOURS["rust"], COLOURS["sand"], COLOURS["sky"]


@cache
def blend(colour: str, other: str, share: float) -> str:
    """`colour` with `share` (0 to 1) of `other` stirred in, as `#rrggbb`."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


def shade(colour: str, share: float = 0.2) -> str:
    """`colour` a little darker and a little bluer, as things are in shadow."""
    return blend(colour, "#1d2440", share)


def tint(colour: str, share: float = 0.4) -> str:
    """`colour` a little lighter and a little warmer, as things are in light."""
    return blend(colour, "#fffaf0", share)


def rect(x: float, y: float, width: float, height: float, fill: str, radius: float = 6) -> str:
    """A box with softened corners."""
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{radius:g}" fill="{fill}"/>'


def disc(x: float, y: float, radius: float, fill: str) -> str:
    """A round seen from the front."""
    return f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{fill}"/>'


def oval(x: float, y: float, across: float, down: float, fill: str) -> str:
    """A round seen from the side: half axes `across` and `down`."""
    return f'<ellipse cx="{x:g}" cy="{y:g}" rx="{across:g}" ry="{down:g}" fill="{fill}"/>'


def shape(path: str, fill: str) -> str:
    """A filled outline, in SVG path words."""
    return f'<path d="{path}" fill="{fill}"/>'


def stroke(path: str, colour: str, width: float = 8) -> str:
    """A drawn line with round ends: wires, handles, stitches."""
    return (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width:g}" '
        'stroke-linecap="round" stroke-linejoin="round"/>'
    )


def turned(angle: float, *parts: str, x: float = 200, y: float = 200) -> str:
    """The parts turned by `angle` degrees about (x, y)."""
    return f'<g transform="rotate({angle:g} {x:g} {y:g})">{"".join(parts)}</g>'


def placed(x: float, y: float, size: float, *parts: str) -> str:
    """The parts moved to (x, y) and resized about their own origin."""
    return f'<g transform="translate({x:g} {y:g}) scale({size:g})">{"".join(parts)}</g>'


def clear(opacity: float, *parts: str) -> str:
    """The parts made of glass: seen through by 1 - `opacity`."""
    return f'<g opacity="{opacity:g}">{"".join(parts)}</g>'


def sheet(title: str, ground: str, drawing: str) -> str:
    """The finished picture: soft background, a pool of light, a shadow on the ground, the drawing."""
    parts = [
        f'<rect width="400" height="400" fill="{tint(ground, 0.74)}"/>',
        disc(200, 190, 150, tint(ground, 0.56)),
        clear(0.16, oval(204, 322, 122, 11, "#1d2440")),
        drawing,
    ]
    body = "".join(parts)
    tones = sorted(set(re.findall(r"~(#[0-9a-f]{6})", body)))
    defs = "".join(_two_tones(colour) for colour in tones)
    body = re.sub(r"~#([0-9a-f]{6})", r"url(#t\1)", body)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" width="400" height="400" role="img">'
        f"<title>{_escaped(title)}</title><defs>{defs}</defs>{body}</svg>\n"
    )


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _two_tones(colour: str) -> str:
    """A gradient with a hard edge; its id is the colour, so that two pictures on a page cannot quarrel."""
    stops = (
        f'<stop offset=".66" stop-color="{colour}"/><stop offset=".66" stop-color="{shade(colour, 0.17)}"/>'
    )
    return f'<linearGradient id="t{colour[1:]}">{stops}</linearGradient>'


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
