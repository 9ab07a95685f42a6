"""Bags, boxes, tins, jars and bottles: the packaged half of the shop, told apart by label and emblem."""

from __future__ import annotations

from plugin.connectors.simulated.pictures.canvas import (
    BRASS,
    COLOURS,
    CREAM,
    DARK,
    STEEL,
    WALNUT,
    WHITE,
    WOOD,
    Recipe,
    clear,
    disc,
    oval,
    rect,
    shade,
    shape,
    stroke,
    tint,
)
from plugin.connectors.simulated.pictures.emblems import emblem


def _label(x: float, y: float, width: float, height: float, ink: str, mark: str, size: float = 1) -> str:
    """A cream label with the emblem and two lines of unreadable small print."""
    middle, low = x + width / 2, y + height
    return (
        rect(x, y, width, height, CREAM, 5)
        + emblem(mark, middle, y + height * 0.42, size, ink, CREAM)
        + stroke(f"M{middle - width * 0.26:g} {low - 20:g}h{width * 0.52:g}", shade(CREAM, 0.35), 4)
        + stroke(f"M{middle - width * 0.16:g} {low - 11:g}h{width * 0.32:g}", shade(CREAM, 0.25), 4)
    )


def _pouch(a: str, b: str, mark: str) -> str:
    return (
        shape("M128 116H272L280 306Q280 318 268 318H132Q120 318 120 306Z", f"~{a}")
        + shape("M128 116H272L270 96Q200 90 130 96Z", f"~{shade(a, 0.12)}")
        + stroke("M134 128H266", tint(a, 0.25), 3)
        + _label(148, 160, 104, 118, shade(a, 0.1), mark, 1.05)
    )


def _sack(a: str, b: str, mark: str) -> str:
    paper = tint(a, 0.62)
    return (
        shape("M124 122L276 122L282 308Q282 318 272 318H128Q118 318 118 308Z", f"~{paper}")
        + shape("M124 122V98Q162 90 200 98T276 98V122Z", f"~{tint(a, 0.45)}")
        + stroke("M126 122H274", shade(a, 0.1), 5)
        + rect(120, 232, 160, 34, f"~{a}", 0)
        + emblem(mark, 200, 180, 1.1, a, paper)
        + stroke("M160 249H240", tint(a, 0.7), 5)
    )


def _soilbag(a: str, b: str, mark: str) -> str:
    return (
        shape("M96 130Q110 110 200 112T304 130Q314 220 304 306Q200 326 96 306Q86 220 96 130Z", f"~{a}")
        + shape("M100 126L88 106Q200 88 312 106L300 126Q200 108 100 126Z", f"~{shade(a, 0.15)}")
        + disc(200, 206, 56, CREAM)
        + emblem(mark, 200, 206, 1.1, a, CREAM)
        + stroke("M150 284Q200 292 250 284", tint(a, 0.5), 6)
    )


def _tin(a: str, b: str, mark: str) -> str:
    return (
        rect(138, 132, 124, 186, f"~{a}", 10)
        + rect(132, 100, 136, 42, f"~{shade(a, 0.14)}", 10)
        + rect(140, 94, 120, 14, f"~{tint(a, 0.15)}", 7)
        + rect(138, 168, 124, 112, f"~{CREAM}", 0)
        + emblem(mark, 200, 214, 1.05, a, CREAM)
        + stroke("M168 262H232", shade(CREAM, 0.3), 4)
    )


def _box(a: str, b: str, mark: str) -> str:
    return (
        shape("M112 124H236V318H112Z", a)
        + shape("M236 124L292 106V298L236 318Z", shade(a, 0.2))
        + shape("M112 124L168 106H292L236 124Z", tint(a, 0.25))
        + rect(128, 160, 92, 112, CREAM, 4)
        + emblem(mark, 174, 206, 1.05, a, CREAM)
        + stroke("M146 254H202", shade(CREAM, 0.3), 4)
    )


def _bottle(a: str, b: str, mark: str) -> str:
    return (
        shape(
            "M150 176Q150 150 176 146V118H224V146Q250 150 250 176V304Q250 318 236 318H164Q150 318 150 304Z",
            f"~{a}",
        )
        + rect(172, 86, 56, 36, f"~{shade(a, 0.35)}", 6)
        + _label(150, 190, 100, 100, a, mark, 0.9)
    )


def _dropper(a: str, b: str, mark: str) -> str:
    glass = shade(COLOURS["walnut"], 0.1)
    return (
        shape(
            "M148 204Q148 184 170 180V164H230V180Q252 184 252 204V304Q252 318 238 318H162Q148 318 148 304Z",
            f"~{glass}",
        )
        + rect(172, 132, 56, 36, f"~{DARK}", 5)
        + rect(184, 86, 32, 52, f"~{shade(DARK, 0.2)}", 14)
        + rect(148, 212, 104, 82, f"~{tint(a, 0.35)}", 0)
        + emblem(mark, 200, 250, 0.9, shade(a, 0.25), tint(a, 0.35))
    )


def _jar(a: str, b: str, mark: str) -> str:
    return (
        rect(128, 132, 144, 186, f"~{tint(a, 0.15)}", 24)
        + rect(138, 94, 124, 40, f"~{tint(WALNUT, 0.15) if b == STEEL else b}", 8)
        + clear(0.35, stroke("M144 160V286", WHITE, 8))
        + _label(142, 176, 116, 102, shade(a, 0.12), mark, 0.95)
    )


def _packet(a: str, b: str, mark: str) -> str:
    return (
        rect(130, 104, 140, 214, f"~{a}", 6)
        + shape("M130 110Q130 104 136 104H264Q270 104 270 110V136H130Z", f"~{shade(a, 0.15)}")
        + disc(200, 208, 50, CREAM)
        + emblem(mark, 200, 208, 1.05, a, CREAM)
        + stroke("M156 284H244M172 298H228", tint(a, 0.55), 5)
    )


def _seeds(a: str, b: str, mark: str) -> str:
    return (
        rect(122, 96, 156, 222, f"~{CREAM}", 4)
        + rect(122, 96, 156, 40, f"~{a}", 4)
        + stroke("M150 116H250", CREAM, 6)
        + oval(200, 226, 58, 66, tint(a, 0.62))
        + emblem(mark, 200, 222, 1.5, a, tint(a, 0.62))
        + stroke("M160 304H240", shade(CREAM, 0.3), 4)
    )


def _polishtin(a: str, b: str, mark: str) -> str:
    return (
        rect(104, 248, 192, 70, f"~{shade(a, 0.15)}", 14)
        + rect(98, 230, 204, 34, f"~{a}", 12)
        + oval(200, 232, 102, 22, tint(a, 0.15))
        + oval(200, 230, 74, 14, CREAM)
        + stroke("M166 230H234", a, 4)
        + oval(252, 172, 62, 34, f"~{shade(a, 0.1)}")
        + oval(252, 168, 62, 34, tint(a, 0.3))
        + oval(252, 168, 44, 22, tint(a, 0.5))
    )


def _spraycan(a: str, b: str, mark: str) -> str:
    return (
        rect(152, 150, 96, 168, f"~{a}", 10)
        + shape("M152 160Q154 132 180 128H220Q246 132 248 160Z", f"~{STEEL}")
        + rect(178, 88, 44, 44, f"~{WHITE}", 8)
        + disc(186, 104, 4, DARK)
        + disc(200, 224, 34, tint(a, 0.55))
        + emblem("drop", 200, 226, 0.75, a, tint(a, 0.55))
        + clear(0.5, disc(150, 98, 5, SKY_MIST), disc(132, 88, 7, SKY_MIST), disc(128, 110, 6, SKY_MIST))
    )


SKY_MIST = COLOURS["sky"]


def _spraybottle(a: str, b: str, mark: str) -> str:
    return (
        shape(
            "M146 200Q146 168 180 160V140H220V160Q254 168 254 200V304Q254 318 240 318H160Q146 318 146 304Z",
            f"~{a}",
        )
        + shape("M166 92H232Q246 92 246 106V120H218V142H182V124H150Z", f"~{WHITE}")
        + stroke("M168 124L160 146", WHITE, 8)
        + _label(146, 208, 108, 86, a, "flower", 0.85)
    )


def _pump(a: str, b: str, mark: str) -> str:
    return (
        rect(148, 168, 104, 150, f"~{a}", 18)
        + rect(178, 142, 44, 30, f"~{DARK}", 4)
        + stroke("M200 142V106H150V118", DARK, 12)
        + _label(148, 196, 104, 90, a, mark, 0.85)
    )


def _tube(a: str, b: str, mark: str) -> str:
    return (
        shape("M140 90H260L242 268H158Z", f"~{a}")
        + rect(136, 82, 128, 16, f"~{shade(a, 0.15)}", 3)
        + rect(166, 268, 68, 50, f"~{CREAM}", 6)
        + emblem("flower", 200, 166, 1.05, CREAM, shade(a, 0.3))
        + stroke("M176 226H224", tint(a, 0.6), 5)
    )


def _tub(a: str, b: str, mark: str) -> str:
    return (
        shape("M118 168H282L270 306Q268 318 256 318H144Q132 318 130 306Z", f"~{WHITE}")
        + rect(108, 138, 184, 36, f"~{a}", 8)
        + shape("M122 196H278L272 282H128Z", f"~{tint(a, 0.3)}")
        + emblem(mark, 200, 238, 0.95, shade(a, 0.4), tint(a, 0.3))
    )


def _jug(a: str, b: str, mark: str) -> str:
    return (
        shape(
            "M132 176Q132 140 168 132V112H216V132H246Q276 132"
            " 276 166V304Q276 318 262 318H146Q132 318 132 304Z",
            f"~{a}",
        )
        + shape("M232 156H246Q254 156 254 168V210Q254 220 244 220H240Q232 220 232 210Z", tint(a, 0.62))
        + rect(164, 86, 56, 30, f"~{shade(a, 0.4)}", 6)
        + _label(146, 196, 82, 98, a, mark, 0.85)
    )


def _oilbottle(a: str, b: str, mark: str) -> str:
    return (
        shape(
            "M158 190Q158 168 184 150V88H216V150Q242 168 242 190V306Q242 318 230 318H170Q158 318 158 306Z",
            f"~{a}",
        )
        + rect(180, 66, 40, 30, f"~{WOOD}", 5)
        + rect(158, 204, 84, 86, f"~{CREAM}", 0)
        + stroke("M200 282V224", a, 4)
        + "".join(oval(200 + s * 13, y, 11, 6, a) for y in (230, 248, 266) for s in (-1, 1))
        + clear(0.3, stroke("M168 190V300", WHITE, 6))
    )


def _oiltin(a: str, b: str, mark: str) -> str:
    return (
        rect(126, 142, 148, 176, f"~{a}", 8)
        + rect(120, 132, 160, 20, f"~{STEEL}", 6)
        + rect(176, 100, 48, 36, f"~{BRASS}", 5)
        + rect(126, 180, 148, 104, f"~{CREAM}", 0)
        + emblem("wood", 200, 224, 1, WOOD, CREAM)
        + stroke("M164 270H236", shade(CREAM, 0.3), 4)
    )


def _inkbottle(a: str, b: str, mark: str) -> str:
    return (
        shape(
            "M128 206Q128 190 146 184L168 172H232L254 184Q272"
            " 190 272 206V302Q272 318 256 318H144Q128 318 128 302Z",
            f"~{tint(a, 0.55)}",
        )
        + shape("M138 226H262V300Q262 308 254 308H146Q138 308 138 300Z", f"~{a}")
        + rect(160, 124, 80, 50, f"~{DARK}", 8)
        + rect(156, 234, 88, 54, CREAM, 4)
        + stroke("M172 262q8-16 14 0t14 0t14 0t14 0", a, 4)
    )


def _paintcan(a: str, b: str, mark: str) -> str:
    return (
        stroke("M124 168A76 76 0 0 1 276 168", shade(STEEL, 0.15), 6)
        + rect(116, 162, 168, 156, f"~{STEEL}", 8)
        + rect(116, 190, 168, 104, f"~{a}", 0)
        + oval(200, 164, 84, 20, tint(STEEL, 0.35))
        + oval(200, 166, 70, 14, a)
        + shape("M142 172Q146 214 156 214T164 176Z", a)
        + rect(160, 216, 80, 52, CREAM, 4)
        + stroke("M176 236H224M184 250H216", shade(CREAM, 0.35), 4)
    )


def _pebblebag(a: str, b: str, mark: str) -> str:
    pebbles = "".join(
        disc(
            132 + 34 * column + (row % 2) * 16,
            190 + 27 * row,
            15,
            f"~{shade(a, 0.06 * ((row + column) % 3))}",
        )
        for row in range(4)
        for column in range(5 - row % 2)
    )
    return (
        rect(106, 110, 188, 208, f"~{tint(a, 0.65)}", 14)
        + rect(106, 104, 188, 46, f"~{a}", 8)
        + stroke("M146 128H254", CREAM, 7)
        + pebbles
    )


PACKAGING: dict[str, Recipe] = {
    "bottle": _bottle,
    "box": _box,
    "dropper": _dropper,
    "inkbottle": _inkbottle,
    "jar": _jar,
    "jug": _jug,
    "oilbottle": _oilbottle,
    "oiltin": _oiltin,
    "packet": _packet,
    "paintcan": _paintcan,
    "pebblebag": _pebblebag,
    "polishtin": _polishtin,
    "pouch": _pouch,
    "pump": _pump,
    "sack": _sack,
    "seeds": _seeds,
    "soilbag": _soilbag,
    "spraybottle": _spraybottle,
    "spraycan": _spraycan,
    "tin": _tin,
    "tub": _tub,
    "tube": _tube,
}
