"""Drawings for the baking shelves."""

from __future__ import annotations

from plugin.connectors.simulated.pictures.canvas import (
    BRASS,
    CREAM,
    DARK,
    SAND,
    STEEL,
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


def _fold(y: float, high: float, colour: str, stripe: str) -> str:
    """One folded layer of cloth with a woven stripe."""
    return rect(98, y, 204, high, f"~{colour}", high / 2.2) + rect(124, y, 22, high, stripe, 0)


BAKING_PICTURES: dict[str, Recipe] = {
    "dutchoven": lambda a, b, _: (
        rect(60, 226, 44, 22, f"~{shade(a, 0.15)}", 11)
        + rect(296, 226, 44, 22, f"~{shade(a, 0.15)}", 11)
        + shape("M88 214H312L302 296Q298 318 276 318H124Q102 318 98 296Z", f"~{a}")
        + shape("M92 208Q100 128 200 126T308 208Z", f"~{tint(a, 0.12)}")
        + rect(82, 202, 236, 18, f"~{shade(a, 0.1)}", 8)
        + rect(178, 112, 44, 20, f"~{BRASS}", 9)
        + clear(0.35, stroke("M122 186Q138 152 176 146", WHITE, 8))
    ),
    "banneton": lambda a, b, _: (
        oval(200, 206, 100, 46, CREAM)
        + shape("M104 204Q120 140 200 138T296 204Z", f"~{tint(SAND, 0.35)}")
        + stroke(
            "M150 168Q176 180 170 200M196 154Q220 172 214 198M244 164Q262 182 254 200", shade(SAND, 0.1), 5
        )
        + shape("M84 206H316Q310 318 200 318T84 206Z", f"~{a}")
        + "".join(
            stroke(
                f"M{90 + 5 * n} {222 + 19 * n}Q200 {246 + 19 * n} {310 - 5 * n} {222 + 19 * n}",
                shade(a, 0.18),
                4,
            )
            for n in range(4)
        )
        + stroke("M84 206Q200 244 316 206", tint(a, 0.25), 13)
    ),
    "mixer": lambda a, b, _: (
        shape("M236 150H312V292H248Z", f"~{shade(a, 0.08)}")
        + rect(100, 292, 222, 26, f"~{a}", 12)
        + stroke("M160 176V226Q160 246 176 246", STEEL, 9)
        + shape("M106 210H222L212 270Q206 294 184 294H144Q122 294 116 270Z", f"~{tint(STEEL, 0.3)}")
        + shape("M92 132Q92 92 138 92H290Q324 92 324 128T296 176H132Q92 176 92 132Z", f"~{a}")
        + rect(92, 126, 170, 12, f"~{STEEL}", 4)
        + disc(290, 132, 13, f"~{DARK}")
        + clear(0.4, stroke("M124 110Q150 102 220 104", WHITE, 7))
    ),
    "scraper": lambda a, b, _: turned(
        -10,
        rect(102, 112, 196, 48, f"~{WOOD if a == STEEL else a}", 18),
        shape("M108 154H292V288Q292 296 284 296H116Q108 296 108 288Z", f"~{tint(STEEL, 0.4)}")
        if a != STEEL
        else shape("M108 154H292V280" + "q-11.5 22-23 0t-23 0" * 4 + "Z", f"~{tint(STEEL, 0.4)}"),
        stroke("M132 186V264M132 264H146M132 238H142M132 212H146", shade(STEEL, 0.2), 4),
    ),
    "lame": lambda a, b, _: turned(
        -36,
        rect(152, 186, 200, 28, f"~{a}", 14),
        rect(96, 194, 66, 12, f"~{STEEL}", 4),
        shape("M40 176Q76 166 108 182V216Q76 210 40 226Z", f"~{tint(STEEL, 0.45)}"),
        oval(76, 198, 18, 4, shade(STEEL, 0.4)),
    ),
    "mitt": lambda a, b, _: (
        shape("M142 318V178Q142 90 200 90T258 178V196Q272 168 294 174Q316 184 304 214L262 268V318Z", f"~{a}")
        + rect(134, 282, 136, 38, f"~{tint(a, 0.55)}", 8)
        + stroke("M162 262V180M200 262V150M238 262V180", tint(a, 0.25), 4)
    ),
    "mixerbowl": lambda a, b, _: (
        stroke("M290 182Q352 188 322 254Q308 276 282 270", tint(a, 0.3), 13)
        + clear(0.85, shape("M94 158H306L284 280Q276 318 242 318H158Q124 318 116 280Z", f"~{tint(a, 0.55)}"))
        + shape("M104 216Q150 190 200 206T296 214L284 276Q276 312 242 312H158Q124 312 116 276Z", CREAM)
        + oval(200, 158, 106, 16, tint(a, 0.75))
        + clear(0.8, stroke("M122 190L140 270", WHITE, 8))
    ),
    "softspatula": lambda a, b, _: turned(
        30,
        rect(190, 172, 20, 172, f"~{WOOD}", 10),
        shape("M156 84Q156 44 200 44H244V150Q244 182 200 182T156 150Z", f"~{a}"),
        clear(0.4, stroke("M174 90V148", WHITE, 7)),
    ),
    "springform": lambda a, b, _: (
        shape("M84 196H316V300Q316 318 298 318H102Q84 318 84 300Z", f"~{a}")
        + oval(200, 196, 116, 30, tint(a, 0.25))
        + oval(200, 200, 104, 24, shade(a, 0.3))
        + rect(74, 300, 252, 18, f"~{shade(a, 0.1)}", 8)
        + rect(240, 222, 62, 26, f"~{STEEL}", 6)
        + stroke("M250 235H290", DARK, 5)
    ),
    "muffintin": lambda a, b, _: (
        shape("M96 138H304L336 302Q338 318 322 318H78Q62 318 64 302Z", f"~{a}")
        + "".join(
            oval(200 + (c - 1.5) * (50 + 7 * r), 172 + 54 * r, 21 + 3 * r, 14 + 3 * r, shade(a, 0.35))
            + (
                oval(
                    200 + (c - 1.5) * (50 + 7 * r),
                    166 + 54 * r,
                    20 + 3 * r,
                    15 + 3 * r,
                    (WOOD, tint(WOOD, 0.25), shade(WOOD, 0.2))[(r + c) % 3],
                )
                if (r + c) % 2
                else ""
            )
            for r in range(3)
            for c in range(4)
        )
    ),
    "piping": lambda a, b, _: "".join(
        shape(
            f"M{x - 34} {y}H{x + 34}L{x + 12} {y - 92}L{x + 5} {y - 84}"
            f"L{x} {y - 94}L{x - 5} {y - 84}L{x - 12} {y - 92}Z",
            f"~{tint(a, t)}",
        )
        + rect(x - 37, y - 10, 74, 12, f"~{shade(a, 0.12)}", 4)
        for x, y, t in ((148, 206, 0.1), (252, 206, 0.3), (116, 316, 0.3), (200, 316, 0.15), (284, 316, 0.4))
    ),
    "cutters": lambda a, b, _: (
        '<g fill="none" stroke-width="11" stroke-linejoin="round">'
        f'<path d="M140 92L152 122L184 124L159 144L168 176L140'
        f' 158L112 176L121 144L96 124L128 122Z" stroke="{a}"/>'
        f'<path d="M262 84L300 140H282L312 182H272V202H252V182H212L242 140H224Z" stroke="{shade(a, 0.15)}"/>'
        f'<path d="M96 300Q84 250 128 236L134 208L154 232L174 208L180 240'
        f'Q206 262 190 300Q140 318 96 300Z" stroke="{shade(a, 0.08)}"/>'
        f'<path d="M262 314Q214 280 226 252T262 248T298 252T262 314Z" stroke="{tint(a, 0.12)}"/></g>'
    ),
    "coolingrack": lambda a, b, _: (
        shape("M98 212H302L346 300H54Z", "none")
        + "".join(stroke(f"M{104 + 24 * n} 210L{66 + 33.5 * n} 300", a, 5) for n in range(9))
        + stroke("M100 210H300L340 300H60Z", shade(a, 0.15), 8)
        + stroke("M62 300V318M338 300V318", shade(a, 0.25), 8)
        + "".join(
            oval(x, y + 8, 33, 15, shade(WOOD, 0.25))
            + oval(x, y, 33, 15, f"~{tint(WOOD, 0.1)}")
            + "".join(
                disc(x + dx, y + dy, 4, "#5a3826") for dx, dy in ((-14, -2), (4, 4), (14, -4), (-2, -7))
            )
            for x, y in ((156, 222), (246, 222), (128, 262), (204, 264), (278, 262))
        )
    ),
    "cases": lambda a, b, _: "".join(
        shape(f"M{x - 46} {y - 62}" + "l5.75-8l5.75 8" * 8 + f"L{x + 30} {y}H{x - 30}Z", f"~{c}")
        + stroke(
            f"M{x - 22} {y - 56}L{x - 15} {y - 6}M{x} {y - 56}V{y - 6}M{x + 22} {y - 56}L{x + 15} {y - 6}",
            shade(c, 0.14),
            3,
        )
        for x, y, c in (
            (152, 196, tint(a, 0.25)),
            (252, 196, SAND),
            (112, 308, a),
            (204, 312, "#93ab8f"),
            (294, 308, "#8fb9cf"),
        )
    ),
    "sheet": lambda a, b, _: (
        shape("M98 180H302L346 306Q348 318 334 318H66Q52 318 54 306Z", f"~{shade(a, 0.12)}")
        + shape("M112 192H288L326 302H74Z", tint(a, 0.3))
        + "".join(
            shape(f"M{x} {y - 17}l5 11l14 1l-11 7l4 10l-12-6l-12 6l4-10l-11-7l14-1Z", "#c98d4d")
            for x, y in ((148, 222), (202, 222), (256, 222), (128, 274), (200, 276), (270, 274))
        )
    ),
    "mat": lambda a, b, _: (
        shape("M78 140Q200 128 322 140V306H78Z", f"~{tint(a, 0.35)}")
        + f'<rect x="92" y="152" width="216" height="142" rx="4" fill="none" stroke="{a}" stroke-width="5"/>'
        + "".join(
            f'<circle cx="{128 + 48 * c}" cy="{184 + 39 * r}"'
            f' r="15" fill="none" stroke="{a}" stroke-width="3.5"/>'
            for r in range(3)
            for c in range(4)
        )
        + oval(322, 223, 15, 83, shade(a, 0.05))
        + oval(322, 223, 7, 70, tint(a, 0.3))
    ),
    "biscuittin": lambda a, b, _: (
        rect(122, 136, 156, 182, f"~{a}", 10)
        + rect(116, 106, 168, 42, f"~{tint(a, 0.12)}", 10)
        + rect(122, 196, 156, 70, CREAM, 0)
        + "".join(shape(f"M{x} 208l18 24h-8l14 20h-48l14-20h-8Z", a) for x in (152, 200, 248))
        + stroke("M126 166H274M126 296H274", BRASS, 4)
    ),
    "roll": lambda a, b, _: (
        shape("M104 196H276V318Q220 306 160 314T104 312Z", f"~{tint(a, 0.5)}")
        + rect(88, 148, 216, 66, f"~{a}", 33)
        + oval(294, 181, 22, 33, tint(a, 0.35))
        + oval(294, 181, 9, 14, shade(a, 0.4))
        + stroke("M124 236H256M124 262H240", tint(a, 0.2), 3)
    ),
    "tubes": lambda a, b, _: "".join(
        rect(x - 15, 170, 30, 108, f"~{c}", 5)
        + rect(x - 17, 160, 34, 14, f"~{shade(c, 0.15)}", 3)
        + rect(x - 9, 276, 18, 30, f"~{WHITE}", 4)
        + rect(x - 15, 200, 30, 40, CREAM, 0)
        for x, c in (
            (96, "#c8452f"),
            (138, "#dda63a"),
            (180, "#41674f"),
            (222, "#34527a"),
            (264, "#7a4a6b"),
            (306, a),
        )
    ),
    "pipingbag": lambda a, b, _: (
        shape("M112 96Q200 76 288 96L218 272H182Z", f"~{tint(a, 0.45)}")
        + shape("M128 128Q200 112 272 128L218 262H182Z", "#e8b4b8")
        + shape("M182 268H218L210 318L204 308L200 320L196 308L190 318Z", f"~{STEEL}")
        + stroke("M112 96Q200 116 288 96", tint(a, 0.1), 9)
        + clear(0.6, stroke("M148 134L186 240", WHITE, 6))
    ),
    "foldedtowels": lambda a, b, _: (
        _fold(266, 52, a, tint(a, 0.45))
        + _fold(212, 52, tint(a, 0.45), a)
        + _fold(158, 52, shade(a, 0.08), tint(a, 0.5))
    ),
    "dishcloths": lambda a, b, _: "".join(
        turned(
            t,
            rect(x, 118, 108, 150, f"~{c}", 6),
            *(stroke(f"M{x + 14} {138 + 22 * n}h80", tint(c, 0.35), 4) for n in range(6)),
            disc(x + 54, 202, 24, tint(c, 0.6)),
            x=x + 54,
            y=268,
        )
        for x, t, c in ((92, -16, "#8fb9cf"), (146, -2, a), (196, 13, "#bf5b39"))
    ),
}
