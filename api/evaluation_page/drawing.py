"""Drawing one picture as SVG: matplotlib's, with the page's colours and fonts in place of its own."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure

#: stand-ins that become the page's own colours, which follow its light or dark
INK, SOFT, LINE = "#010101", "#020202", "#030303"
SERIES = tuple(f"#0a00{place:02x}" for place in range(7))
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
DASHES: tuple[Any, ...] = ("-", "--", ":", "-.", (0, (6, 1)), (0, (3, 1, 1, 1, 1, 1)), (0, (1, 3)))
WIDTH, HEIGHT = 5.0, 3.5
LABEL_WIDTH = 17

_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "rapport",
    "font.size": 10.5,
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.labelcolor": SOFT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.unicode_minus": False,
    "grid.color": LINE,
    "grid.linewidth": 0.6,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.major.size": 0,
    "xtick.major.pad": 7,  # where both axes begin at nothing, neither writes over the other
    "ytick.major.size": 0,
    "lines.linewidth": 1.6,
    "lines.markersize": 5,
    "hatch.color": SOFT,
}


class Picture:
    """Axes to draw on; ``svg`` holds the picture once the drawing is over."""

    def __init__(self, axes: Any) -> None:
        self.axes = axes
        self.svg = ""


@contextmanager
def drawn(
    name: str, title: str, *, height: float = HEIGHT, left: float = 0.115, right: float = 0.645
) -> Iterator[Picture]:
    """Yield a picture to draw on; the axes lie between ``left`` and ``right`` (shares of the width)."""
    with rc_context(_STYLE):
        figure = Figure(figsize=(WIDTH, height))
        figure.subplots_adjust(left=left, right=right, top=0.97, bottom=0.52 / height)
        picture = Picture(figure.add_subplot())
        yield picture
        picture.svg = _inline(figure, name, title)


def _inline(figure: Any, name: str, title: str) -> str:
    """The figure as an element of a page: no outside names, ids of its own, the page's colours and font."""
    buffer = io.StringIO()
    figure.savefig(
        buffer,
        format="svg",
        transparent=True,
        metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")),
    )
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.S)
    text = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', text)
    text = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", text)
    text = re.sub(r'xlink:href="#([^"]+)"', rf'href="#{name}-\1"', text)
    text = re.sub(r'font: ([\d.]+)px [^;"]*', r"font-size: \1px; font-family: inherit", text)
    text = re.sub(r'\s(xmlns:xlink|version|width|height|xmlns)="[^"]*"', "", text, count=5)
    for stand_in, colour in _colours():
        text = text.replace(stand_in, colour)
    return text.replace("<svg", f'<svg role="img" aria-label="{title}"', 1)


def _colours() -> Iterator[tuple[str, str]]:
    yield from zip((INK, SOFT, LINE), ("var(--ink)", "var(--soft)", "var(--line)"), strict=True)
    yield from ((each, f"var(--series-{place})") for place, each in enumerate(SERIES))


def label_beside(axes: Any, points: Sequence[tuple[float, float]], names: Sequence[str]) -> None:
    """Writes each name right of the axes, level with its point or as near as the others leave room, and a
    thin line to it.
    """
    lines = [textwrap.wrap(name, LABEL_WIDTH) for name in names]
    heights = [0.062 * len(each) + 0.022 for each in lines]
    to_axes = axes.transData + axes.transAxes.inverted()
    wanted = [float(to_axes.transform(point)[1]) for point in points]
    for row, level in enumerate(spread(wanted, heights)):
        first = row == 0
        axes.annotate(
            "\n".join(lines[row]),
            xy=points[row],
            xycoords="data",
            xytext=(1.07, level),
            textcoords="axes fraction",
            va="center",
            fontweight="bold" if first else "normal",
            color=SERIES[row % len(SERIES)] if first else INK,
            arrowprops={
                "arrowstyle": "-",
                "color": SERIES[row % len(SERIES)],
                "lw": 0.7,
                "relpos": (0.0, 0.5),  # to where the name begins: to its middle it crosses other names
                "shrinkA": 1,
                "shrinkB": 3,
            },
            annotation_clip=False,
        )


def spread(wanted: Sequence[float], heights: Sequence[float]) -> list[float]:
    """Places as near to those wanted as lets nothing overlap, within 0 to 1 where there is room."""
    order = sorted(range(len(wanted)), key=lambda row: wanted[row])
    found = [0.0] * len(wanted)
    below = -0.05
    for row in order:
        found[row] = max(wanted[row], below + heights[row] / 2)
        below = found[row] + heights[row] / 2
    above = 1.05
    for row in reversed(order):
        found[row] = min(found[row], above - heights[row] / 2)
        above = found[row] - heights[row] / 2
    return found
