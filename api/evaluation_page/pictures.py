"""The pictures of a report, each from the figures that stand in the table behind it."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from matplotlib.ticker import FuncFormatter, MaxNLocator

from api.evaluation_page.drawing import DASHES, INK, MARKERS, SERIES, SOFT, drawn, label_beside

MOST_DRAWN = 6


@dataclass(frozen=True)
class Figure:
    """A picture with its title, what it says in words, and the table behind it.

    `apart` is what only this picture has to say, where another of its title has been explained.
    """

    title: str
    caption: str
    svg: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]] = field(default_factory=tuple)
    apart: str = ""


def pictures_of(report: dict[str, Any], name: str) -> list[Figure]:
    """The pictures that this report has the figures for; ``name`` keeps their ids apart on a page."""
    ways = (_recall, _by_past_orders, _coverage, _reliability, _head)
    found = [way(report, f"{name}-{way.__name__.strip('_').replace('_', '-')}") for way in ways]
    return [each for each in found if each is not None]


def _shown(report: dict[str, Any]) -> list[dict[str, Any]]:
    """Ours, then the best of the others by recall: more than six lines nobody can tell apart."""
    ours, *others = report["rows"]
    return [ours, *sorted(others, key=lambda row: -row["recall"][20])[: MOST_DRAWN - 1]]


def _recall(report: dict[str, Any], name: str) -> Figure:
    rows, title = _shown(report), "Right products found, by length of the list"
    with drawn(name, title) as picture:
        axes = picture.axes
        for place, row in enumerate(rows):
            axes.plot(range(1, 21), row["curve"], **_line(place), markevery=[4, 9, 14, 19])
        axes.set(xlim=(0.5, 20.4), ylim=(0, None), xlabel="products shown (k)", xticks=(1, 5, 10, 15, 20))
        _percent(axes.yaxis)
        label_beside(axes, [(20, row["curve"][-1]) for row in rows], [row["method"] for row in rows])
    places = (1, 5, 10, 20)
    return Figure(
        title,
        "Recall: the share of all right products that stand among the first k."
        + _left_out(report, len(rows)),
        picture.svg,
        ("method", *(f"recall@{k}" for k in places)),
        [(row["method"], *(_share(row["curve"][k - 1]) for k in places)) for row in report["rows"]],
        _left_out(report, len(rows)),
    )


def _by_past_orders(report: dict[str, Any], name: str) -> Figure | None:
    bands = [each for each in report["segments"] if each["of"] == "shopper"]
    bands = ([report["newcomers"]] if report["newcomers"] else []) + bands
    if len(bands) < 2:
        return None
    methods = [row["method"] for row in _shown(report)]
    title = "Hit rate by how many orders the shopper had made"
    with drawn(name, title) as picture:
        axes, ends = picture.axes, []
        for place, method in enumerate(methods):
            points = [
                (at, band["figures"][method]["hr@10"])
                for at, band in enumerate(bands)
                if method in band["figures"]
            ]
            axes.plot(*zip(*points, strict=True), **_line(place))
            ends.append(points[-1])
        labels = [f"{band['band']}\n({band['cases']:,})" for band in bands]
        axes.set_xticks(range(len(bands)), labels, fontsize=10)
        axes.set(ylim=(0, None))
        _percent(axes.yaxis)
        label_beside(axes, ends, methods)
    rows = [
        (
            band["band"],
            f"{band['cases']:,}",
            *(_share(band["figures"].get(row["method"], {}).get("hr@10")) for row in report["rows"]),
        )
        for band in bands
    ]
    return Figure(
        title,
        "Cases with a right product among the first ten; below each number of orders how many cases.",
        picture.svg,
        ("past orders", "cases", *(row["method"] for row in report["rows"])),
        rows,
    )


def _coverage(report: dict[str, Any], name: str) -> Figure:
    rows, title = _shown(report), "Accuracy against how much of the shop is shown"
    with drawn(name, title) as picture:
        axes, points = picture.axes, []
        for place, row in enumerate(rows):
            points.append((row["coverage"][10], row["ndcg"][10]))
            style = {"marker": MARKERS[place], "color": SERIES[place], "s": 70 if place == 0 else 45}
            axes.scatter(*points[-1], **style, zorder=3)
        axes.set(xlim=(0, None), ylim=(0, None), xlabel="share of the catalogue in some first ten")
        axes.xaxis.set_major_locator(MaxNLocator(4))
        _percent(axes.xaxis)
        label_beside(axes, points, [row["method"] for row in rows])
    return Figure(
        title,
        "Up is more accurate (NDCG@10), right is more of the catalogue." + _left_out(report, len(rows)),
        picture.svg,
        ("method", "coverage@10", "NDCG@10"),
        [(row["method"], _share(row["coverage"][10]), f"{row['ndcg'][10]:.3f}") for row in report["rows"]],
        _left_out(report, len(rows)),
    )


def _reliability(report: dict[str, Any], name: str) -> Figure | None:
    bins, title = report["reliability"], "The stated score, and what happened"
    if not bins:
        return None
    most = max(each["most"] for each in bins)
    with drawn(name, title, right=0.96) as picture:
        axes = picture.axes
        axes.plot((0, 1), (0, 1), color=SOFT, linestyle="--", linewidth=1)
        stated, share = ([each[key] for each in bins] for key in ("stated", "share"))
        reach = [
            [max(0.0, each["share"] - each["least"]) for each in bins],  # rounding leaves a hair below 0
            [max(0.0, each["most"] - each["share"]) for each in bins],
        ]
        axes.errorbar(stated, share, yerr=reach, color=SERIES[0], marker="o", capsize=3, linewidth=2)
        axes.set(xlim=(0, 1.02), ylim=(0, min(most * 1.15, 1.02)), xlabel="score that was stated")
        _percent(axes.yaxis)
        axes.text(0.98, 0.04, "dashed: score = share", transform=axes.transAxes, color=SOFT, ha="right")
    return Figure(
        title,
        "Up: the share of suggestions that turned out right. A score that is a probability follows the "
        "dashes; this one orders one answer, and need not rise at every step. "
        "Bars hold the true share 95 times in a hundred.",
        picture.svg,
        ("stated", "suggestions", "right", "share", "95 % range"),
        [
            (
                f"{each['low']:.1f} to {each['high']:.1f}",
                f"{each['shown']:,}",
                f"{each['right']:,}",
                _share(each["share"]),
                f"{_share(each['least'])} to {_share(each['most'])}",
            )
            for each in bins
        ],
    )


def _head(report: dict[str, Any], name: str) -> Figure | None:
    rows, title = _shown(report), "Places given to the best sold tenth"
    shares = [row["head_share"].get(10) for row in rows]
    if any(share is None for share in shares):
        return None
    names = ["\n".join(textwrap.wrap(row["method"], 20)) for row in rows]
    with drawn(name, title, height=0.7 + 0.45 * len(rows), left=0.34, right=0.9) as picture:
        axes = picture.axes
        colours = [SERIES[0], *[SERIES[5]] * (len(rows) - 1)]
        axes.barh(range(len(rows)), shares, height=0.62, color=colours)
        for place, share in enumerate(shares):
            axes.text(share + 0.02, place, f"{100 * share:.0f} %", va="center", color=INK)
        axes.set_yticks(range(len(rows)), names, color=INK)
        axes.set(xlim=(0, 1), ylim=(len(rows) - 0.5, -0.5), xlabel="share of the first ten places")
        axes.grid(False, axis="y")
        axes.spines["left"].set_visible(False)
        _percent(axes.xaxis)
    return Figure(
        title,
        "High: everybody is shown what sells anyway. Low: what few know is shown, too.",
        picture.svg,
        ("method", "head share@10", "novelty@10, bits"),
        [
            (row["method"], _share(row["head_share"][10]), _number(row["novelty"][10], ".2f"))
            for row in report["rows"]
        ],
    )


def _line(place: int) -> dict[str, Any]:
    return {
        "color": SERIES[place],
        "linestyle": DASHES[place],
        "marker": MARKERS[place],
        "linewidth": 2.6 if place == 0 else 1.5,
        "zorder": 3 if place == 0 else 2,
    }


def _percent(axis: Any) -> None:
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g} %"))


def _left_out(report: dict[str, Any], drawn_rows: int) -> str:
    rest = len(report["rows"]) - drawn_rows
    return (
        f" Drawn are the best {drawn_rows - 1} of the others; {rest} more are in the table." if rest else ""
    )


def _share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def _number(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)
