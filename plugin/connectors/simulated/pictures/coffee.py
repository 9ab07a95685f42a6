"""Drawings for the coffee and tea corner."""

from __future__ import annotations

from plugin.connectors.simulated.pictures.canvas import (
    BRASS,
    CREAM,
    DARK,
    RUST,
    SAND,
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
    turned,
)

COFFEE = shade(WALNUT, 0.45)


def _cup(x: float, y: float, a: str, size: float = 1) -> str:
    """A cup with a handle, its saucer's middle at (x, y)."""
    wide, high = 44 * size, 56 * size
    return (
        stroke(
            f"M{x + wide - 4:g} {y - high * 0.8:g}q{wide * 0.7:g} 4 0 {high * 0.5:g}", shade(a, 0.1), 8 * size
        )
        + shape(
            f"M{x - wide:g} {y - high:g}H{x + wide:g}Q{x + wide:g} {y:g} {x + wide * 0.4:g} {y:g}"
            f"H{x - wide * 0.4:g}Q{x - wide:g} {y:g} {x - wide:g} {y - high:g}Z",
            f"~{a}",
        )
        + oval(x, y - high, wide, 8 * size, tint(a, 0.4))
        + oval(x, y - high + 1, wide * 0.84, 5 * size, COFFEE)
    )


COFFEE_PICTURES: dict[str, Recipe] = {
    "dripper": lambda a, b, _: (
        stroke("M276 156Q330 160 300 206Q286 222 262 220", shade(a, 0.12), 15)
        + shape("M108 128H292L232 262H168Z", f"~{a}")
        + oval(200, 128, 92, 17, tint(a, 0.4))
        + oval(200, 130, 78, 12, COFFEE)
        + "".join(
            stroke(f"M{200 + d * 34} 158Q{200 + d * 22} 200 {200 + d * 14} 250", shade(a, 0.16), 4)
            for d in (-1, 0, 1)
        )
        + rect(128, 262, 144, 18, f"~{a}", 9)
        + rect(176, 280, 48, 20, f"~{shade(a, 0.12)}", 5)
    ),
    "hourglass": lambda a, b, _: (
        clear(
            0.75,
            shape("M118 82H282L218 190L276 296Q280 318 258 318H142Q120 318 124 296L182 190Z", "~#d5e4e8"),
        )
        + shape("M146 262H254L274 296Q278 314 258 314H142Q122 314 126 296Z", COFFEE)
        + shape("M160 164H240L228 190L240 218H160L172 190Z", f"~{a}")
        + disc(200, 190, 9, shade(a, 0.35))
        + clear(0.7, stroke("M142 96L178 160M150 236L136 288", WHITE, 6))
    ),
    "goosekettle": lambda a, b, _: (
        stroke("M142 282Q86 276 96 206T66 136", a, 13)
        + stroke("M66 136L52 138", a, 10)
        + stroke("M262 176Q334 170 322 236Q314 276 276 286", WALNUT, 16)
        + shape("M140 186H264L284 304Q284 318 268 318H138Q122 318 124 304Z", f"~{a}")
        + shape("M150 186Q202 156 254 186Z", f"~{shade(a, 0.16)}")
        + disc(202, 160, 13, f"~{WOOD}")
        + clear(0.3, stroke("M150 206L142 288", WHITE, 8))
    ),
    "espresso": lambda a, b, _: (
        turned(
            24, rect(236, 44, 14, 118, f"~{STEEL}", 7), rect(228, 24, 30, 58, f"~{WALNUT}", 14), x=243, y=150
        )
        + rect(112, 120, 160, 64, f"~{b}", 14)
        + rect(214, 180, 58, 122, f"~{shade(b, 0.12)}", 4)
        + rect(96, 292, 208, 26, f"~{a}", 8)
        + rect(146, 182, 56, 26, f"~{a}", 6)
        + rect(70, 188, 84, 14, f"~{WALNUT}", 7)
        + stroke("M168 210V220M182 210V220", DARK, 6)
        + disc(242, 152, 16, CREAM)
        + stroke("M242 152L250 144", RUST, 4)
        + _cup(172, 290, CREAM, 0.72)
    ),
    "moka": lambda a, b, _: (
        shape("M146 196H254L276 306Q277 318 264 318H136Q123 318 124 306Z", f"~{a}")
        + shape("M140 106L122 92L150 100H252L258 186H142Z", f"~{tint(a, 0.18)}")
        + shape("M150 100L200 72L252 100Z", f"~{shade(a, 0.12)}")
        + disc(200, 70, 11, DARK)
        + rect(138, 182, 124, 20, f"~{shade(a, 0.2)}", 6)
        + shape("M256 108H302Q312 108 310 120L296 192H278L288 128H256Z", b)
        + stroke("M176 206L166 308M224 206L234 308", shade(a, 0.22), 4)
    ),
    "filters": lambda a, b, _: "".join(
        turned(
            angle,
            shape("M92 130Q200 96 308 130L212 312Q200 322 188 312Z", f"~{tint(a, lightness)}"),
            stroke("M284 140L204 300", shade(a, 0.12), 3),
            x=200,
            y=312,
        )
        for angle, lightness in ((-12, 0.2), (0, 0.4), (11, 0.62))
    ),
    "server": lambda a, b, _: (
        stroke("M272 176Q336 180 318 246Q306 284 272 284", "#c3d6dc", 13)
        + clear(0.8, shape("M148 128H252L284 286Q286 318 256 318H144Q114 318 116 286Z", "~#d5e4e8"))
        + shape("M126 238H274L280 288Q282 312 256 312H144Q118 312 120 288Z", COFFEE)
        + rect(140, 104, 120, 28, f"~{a}", 8)
        + disc(200, 98, 11, f"~{shade(a, 0.2)}")
        + stroke("M150 216H172M146 190H164", shade(SAND, 0.2), 4)
    ),
    "scale": lambda a, b, _: (
        shape("M112 250L84 302V312Q84 318 92 318H308Q316 318 316 312V302L288 250Z", f"~{a}")
        + rect(84, 298, 232, 20, f"~{shade(a, 0.25)}", 6)
        + rect(150, 276, 100, 18, "#1f2a2c", 4)
        + stroke("M166 285H188M198 285H210M220 285H234", "#9fe0c4", 5)
        + rect(108, 236, 184, 18, f"~{STEEL}", 6)
        + _cup(200, 238, CREAM, 1.25)
    ),
    "scoop": lambda a, b, _: turned(
        -28,
        rect(214, 186, 150, 22, f"~{a}", 11),
        shape("M72 166H226V200Q226 256 150 256T72 200Z", f"~{a}"),
        oval(149, 166, 77, 20, tint(a, 0.3)),
        oval(149, 168, 64, 14, COFFEE),
    ),
    "tamper": lambda a, b, _: (
        shape("M160 92Q200 66 240 92Q250 128 226 158V236H174V158Q150 128 160 92Z", f"~{a}")
        + rect(168, 230, 64, 22, f"~{STEEL}", 4)
        + rect(132, 250, 136, 68, f"~{tint(STEEL, 0.2)}", 8)
        + clear(0.3, stroke("M178 98Q172 120 182 142", WHITE, 7))
    ),
    "milkjug": lambda a, b, _: (
        stroke("M268 158Q344 156 326 232Q314 276 276 276", shade(a, 0.2), 14)
        + shape("M140 116L104 96L132 160L122 300Q122 318 142 318H262Q282 318 280 300L268 116Z", f"~{a}")
        + shape("M104 96L140 110H268V128H134Z", tint(a, 0.35))
        + clear(0.45, stroke("M146 156L140 286", WHITE, 9))
    ),
    "knockbox": lambda a, b, _: (
        shape("M116 170H284L272 306Q270 318 258 318H142Q130 318 128 306Z", f"~{a}")
        + oval(200, 170, 84, 22, shade(a, 0.35))
        + rect(100, 150, 200, 24, f"~{b}", 12)
        + clear(0.25, stroke("M136 200L142 296", WHITE, 7))
    ),
    "rings": lambda a, b, _: (
        "".join(
            f'<circle cx="{x}" cy="{y}" r="{r}" fill="none" stroke="{shade(a, 0.08 * n)}" stroke-width="20"/>'
            for n, (x, y, r) in enumerate(((160, 164, 56), (250, 196, 56), (178, 258, 50)), 1)
        )
        + disc(250, 196, 34, STEEL)
        + "".join(disc(250 + x, 196 + y, 3, DARK) for x in (-16, 0, 16) for y in (-16, 0, 16))
    ),
    "handmill": lambda a, b, _: (
        stroke("M200 104H306", STEEL, 11)
        + disc(308, 90, 17, f"~{b}")
        + rect(190, 92, 20, 34, f"~{STEEL}", 5)
        + shape("M154 126H246L242 214H158Z", f"~{a}")
        + rect(150, 210, 100, 22, f"~{b}", 5)
        + shape("M158 232H242L246 306Q246 318 234 318H166Q154 318 154 306Z", f"~{tint(a, 0.16)}")
        + oval(200, 126, 46, 9, tint(a, 0.3))
        + clear(0.25, stroke("M168 144L170 200M168 246V300", WHITE, 7))
    ),
    "canister": lambda a, b, _: (
        rect(124, 138, 152, 180, f"~{a}", 16)
        + rect(118, 110, 164, 36, f"~{WOOD}", 10)
        + disc(200, 100, 14, f"~{shade(WOOD, 0.15)}")
        + rect(152, 190, 96, 62, CREAM, 5)
        + stroke("M170 212H230M182 230H218", shade(CREAM, 0.5), 5)
    ),
    "teapot": lambda a, b, _: (
        stroke("M120 168Q120 70 200 70T280 168", DARK, 11)
        + shape("M102 214L62 176L92 172L128 196Z", f"~{shade(a, 0.08)}")
        + shape("M104 236Q104 160 200 160T296 236Q296 318 230 318H170Q104 318 104 236Z", f"~{a}")
        + shape("M150 166Q200 136 250 166Z", f"~{tint(a, 0.14)}")
        + disc(200, 142, 12, f"~{shade(a, 0.2)}")
        + "".join(
            disc(x, y, 4.5, tint(a, 0.22))
            for y in (214, 240, 266)
            for x in range(134 + (y // 26 % 2) * 14, 270, 28)
        )
    ),
    "glassteapot": lambda a, b, _: (
        stroke("M284 196Q344 196 326 252Q314 284 280 284", "#c3d6dc", 13)
        + shape("M118 240L62 186L82 178L134 214Z", "#d5e4e8")
        + clear(
            0.8, shape("M110 250Q110 170 200 170T290 250Q290 318 236 318H164Q110 318 110 250Z", "~#d5e4e8")
        )
        + shape("M116 240Q200 228 284 240Q290 312 234 312H166Q112 312 116 240Z", "#d79a4e")
        + rect(176, 168, 48, 90, tint(STEEL, 0.2), 8)
        + "".join(disc(188 + 12 * (n % 3), 190 + 14 * (n // 3), 2.5, DARK) for n in range(15))
        + rect(156, 148, 88, 24, f"~{WOOD}", 9)
        + disc(200, 140, 11, f"~{shade(WOOD, 0.15)}")
        + clear(0.7, stroke("M132 222Q122 250 134 286", WHITE, 6))
    ),
    "strainer": lambda a, b, _: (
        stroke("M100 150H62M300 150H338", shade(a, 0.15), 14)
        + shape("M112 152H288L268 300Q266 318 248 318H152Q134 318 132 300Z", f"~{tint(a, 0.1)}")
        + "".join(disc(146 + 18 * c, 182 + 18 * r, 3.2, shade(a, 0.35)) for r in range(7) for c in range(7))
        + rect(98, 136, 204, 24, f"~{a}", 12)
    ),
    "warmer": lambda a, b, _: (
        shape("M104 206H296L276 318H240Q236 276 200 276T160 318H124Z", f"~{a}")
        + oval(200, 206, 96, 24, tint(a, 0.15))
        + oval(200, 208, 46, 11, shade(a, 0.4))
        + rect(174, 300, 52, 18, f"~{STEEL}", 4)
        + shape("M200 274Q214 292 200 302Q186 292 200 274Z", BRASS)
    ),
    "tealights": lambda a, b, _: "".join(
        rect(x - 36, y, 72, 36, f"~{STEEL}", 6)
        + oval(x, y, 36, 9, tint(a, 0.3))
        + stroke(f"M{x} {y}v-10", DARK, 4)
        + shape(f"M{x} {y - 40}q14 20 0 30q-14-10 0-30Z", "#efb252")
        for x, y in ((160, 190), (242, 190), (118, 282), (200, 282), (282, 282))
    ),
    "cups": lambda a, b, _: (
        _cup(150, 206, tint(a, 0.2), 0.95)
        + _cup(252, 206, a, 0.95)
        + _cup(138, 312, a, 1.05)
        + _cup(250, 312, tint(a, 0.45), 1.05)
    ),
    "teacups": lambda a, b, _: "".join(
        shape(
            f"M{x - 58} {y - 92}H{x + 58}Q{x + 60} {y} {x + 26} {y}H{x - 26}Q{x - 60} {y} {x - 58} {y - 92}Z",
            f"~{c}",
        )
        + oval(x, y - 92, 58, 12, tint(c, 0.35))
        + oval(x, y - 90, 48, 8, "#b98b3f")
        for x, y, c in ((248, 262, tint(a, 0.25)), (152, 316, a))
    ),
    "trivet": lambda a, b, _: (
        oval(200, 236, 124, 74, f"~{shade(a, 0.2)}")
        + oval(200, 222, 124, 74, tint(a, 0.2))
        + "".join(
            oval(200 + x, 222 + y, 5, 3, shade(a, 0.18))
            for x, y in (
                (-70, -16),
                (-30, 34),
                (10, -40),
                (54, 16),
                (86, -12),
                (-8, 4),
                (-88, 14),
                (36, 48),
                (-46, -42),
            )
        )
        + oval(200, 222, 30, 18, shade(a, 0.15))
    ),
}
