"""Small emblems for labels: drawn about their own origin, some 60 wide."""

from __future__ import annotations

from plugin.connectors.simulated.pictures.canvas import disc, oval, placed, shape, stroke, turned


def _leaf(ink: str, paper: str) -> str:
    return shape("M0-32C26-14 24 16 0 32C-24 16-26-14 0-32Z", ink) + stroke("M0-18V30", paper, 3)


def _bean(ink: str, paper: str) -> str:
    return turned(28, oval(0, 0, 20, 29, ink), stroke("M2-26C-10-8 10 8-2 26", paper, 4), x=0, y=0)


def _drop(ink: str, paper: str) -> str:
    return shape("M0-34C18-10 24 2 24 12A24 22 0 0 1-24 12C-24 2-18-10 0-34Z", ink) + stroke(
        "M-12 12A12 12 0 0 0-3 24", paper, 4
    )


def _wheat(ink: str, paper: str) -> str:
    ears = "".join(
        shape(
            f"M0 {y}C{s * 4} {y - 12} {s * 14} {y - 16} {s * 20} {y - 18}C{s * 20} {y - 6} {s * 12} {y}Z", ink
        )
        for y in (22, 6, -10)
        for s in (-1, 1)
    )
    return ears + shape("M0-36C8-28 8-18 0-12C-8-18-8-28 0-36Z", ink) + stroke("M0-12V36", ink, 3)


def _flower(ink: str, paper: str) -> str:
    petals = "".join(turned(a, oval(0, -19, 11, 15, ink), x=0, y=0) for a in range(0, 360, 60))
    return petals + disc(0, 0, 9, paper)


def _flame(ink: str, paper: str) -> str:
    outer = shape("M2-36C6-16 26-8 24 12A24 24 0 0 1-24 12C-24-2-12-6-10-20C-4-16 0-22 2-36Z", ink)
    return outer + shape("M0 0C8 8 12 12 10 20A10 11 0 0 1-10 20C-10 12-4 8 0 0Z", paper)


def _bee(ink: str, paper: str) -> str:
    wings = oval(-12, -18, 14, 9, ink) + oval(12, -18, 14, 9, ink)
    return wings + oval(0, 6, 26, 18, ink) + stroke("M-8-9V21M4-10V22", paper, 5)


def _tomato(ink: str, paper: str) -> str:
    return oval(0, 4, 30, 26, ink) + shape("M0-14L-16-26L-4-24L0-36L4-24L16-26Z", "#41674f")


def _carrot(ink: str, paper: str) -> str:
    return turned(
        30,
        shape("M-13-14Q0-22 13-14L0 38Z", ink),
        stroke("M0-18V-36M-3-18L-12-32M3-18L12-32", "#41674f", 5),
        x=0,
        y=0,
    )


def _chilli(ink: str, paper: str) -> str:
    return shape("M-16-18C-2-26 12-18 12-4C12 14 0 28-18 34C-6 20-4 8-10-4Z", ink) + stroke(
        "M-4-22L2-34", "#41674f", 6
    )


def _berry(ink: str, paper: str) -> str:
    dots = "".join(disc(x, y, 11, ink) for x, y in ((-13, -8), (13, -8), (0, -2), (-8, 12), (8, 12), (0, 24)))
    return dots + shape("M0-14L-14-26L0-22L14-26Z", "#41674f")


def _star(ink: str, paper: str) -> str:
    return shape("M0-32L9-10L32-8L14 7L20 30L0 17L-20 30L-14 7L-32-8L-9-10Z", ink)


def _sun(ink: str, paper: str) -> str:
    rays = "".join(turned(a, stroke("M0-24V-32", ink, 6), x=0, y=0) for a in range(0, 360, 45))
    return disc(0, 0, 17, ink) + rays


def _moon(ink: str, paper: str) -> str:
    return (
        shape("M10-30A31 31 0 1 0 10 30A25 25 0 1 1 10-30Z", ink)
        + disc(18, -6, 4, ink)
        + disc(24, 10, 3, ink)
    )


def _wave(ink: str, paper: str) -> str:
    return "".join(stroke(f"M-30 {y}q8-12 15 0t15 0t15 0t15 0", ink, 6) for y in (-14, 4, 22))


def _sprout(ink: str, paper: str) -> str:
    return (
        stroke("M0 32V-2", ink, 5)
        + shape("M0 4C-26 6-32-12-30-24C-10-24 0-14 0 4Z", ink)
        + shape("M0-4C22-2 30-18 28-32C8-32 0-18 0-4Z", ink)
    )


def _monstera(ink: str, paper: str) -> str:
    leaf = shape("M0-32C34-30 36 8 0 32C-36 8-34-30 0-32Z", ink)
    return leaf + stroke("M0-24V30M8-4L26-14M8 10L22 6M-8-4L-26-14M-8 10L-22 6", paper, 4)


def _sheep(ink: str, paper: str) -> str:
    wool = "".join(disc(x, y, 13, ink) for x, y in ((-14, 0), (0, -8), (14, 0), (-7, 9), (8, 9)))
    return wool + oval(22, -8, 9, 11, paper) + stroke("M-10 20V32M8 20V32", ink, 5)


def _cake(ink: str, paper: str) -> str:
    return (
        shape("M-28 0H28V26H-28Z", ink)
        + shape("M-28 0C-28-18 28-18 28 0Z", ink)
        + stroke("M-26 4q6 9 13 0t13 0t13 0t13 0", paper, 4)
    )


def _needle(ink: str, paper: str) -> str:
    return turned(
        40, oval(0, -26, 6, 10, ink), oval(0, -28, 2, 5, paper), shape("M-5-18H5L0 36Z", ink), x=0, y=0
    )


def _wood(ink: str, paper: str) -> str:
    return disc(0, 0, 28, ink) + disc(0, 0, 19, paper) + disc(0, 0, 13, ink) + disc(2, 0, 5, paper)


EMBLEMS = {
    "bean": _bean,
    "bee": _bee,
    "berry": _berry,
    "cake": _cake,
    "carrot": _carrot,
    "chilli": _chilli,
    "drop": _drop,
    "flame": _flame,
    "flower": _flower,
    "leaf": _leaf,
    "monstera": _monstera,
    "moon": _moon,
    "needle": _needle,
    "sheep": _sheep,
    "sprout": _sprout,
    "star": _star,
    "sun": _sun,
    "tomato": _tomato,
    "wave": _wave,
    "wheat": _wheat,
    "wood": _wood,
}


def emblem(name: str, x: float, y: float, size: float, ink: str, paper: str) -> str:
    """The emblem `name` centred on (x, y); nothing at all for a mark that has no drawing of its own."""
    drawn = EMBLEMS.get(name)
    return placed(x, y, size, drawn(ink, paper)) if drawn else ""
