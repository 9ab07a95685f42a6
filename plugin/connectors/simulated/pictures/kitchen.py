"""Drawings for the kitchen shelves."""

from __future__ import annotations

from plugin.connectors.simulated.pictures.canvas import (
    BRASS,
    CREAM,
    DARK,
    GREEN,
    RUST,
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


def _knife(blade: str, a: str, *, toothed: bool = False) -> str:
    """A knife lying across the sheet; `blade` is its outline from the bolster at (212, 180)."""
    teeth = (
        "".join(shape(f"M{x} 236l7 10l7-10Z", tint(STEEL, 0.45)) for x in range(62, 206, 14))
        if toothed
        else ""
    )
    return turned(
        -24,
        shape(blade, tint(STEEL, 0.45)) + teeth,
        stroke("M64 188H206", WHITE, 4),
        rect(208, 178, 18, 44, f"~{STEEL}", 3),
        shape("M226 178H334Q350 180 350 200T334 222H226Z", f"~{a}"),
        *(disc(x, 200, 5, STEEL) for x in (250, 284, 318)),
    )


def _jar(x: float, y: float, high: float, filling: str, lid: str) -> str:
    return (
        clear(0.85, rect(x - 42, y - high, 84, high, "~#dbe7ea", 14))
        + rect(x - 37, y - high + 18, 74, high - 23, f"~{filling}", 11)
        + rect(x - 36, y - high - 20, 72, 24, f"~{lid}", 5)
        + rect(x - 24, y - high * 0.64, 48, high * 0.34, CREAM, 4)
    )


KITCHEN_PICTURES: dict[str, Recipe] = {
    "skillet": lambda a, b, _: turned(
        -22,
        shape("M288 188H384Q394 188 394 200T384 212H288Z", f"~{shade(a, 0.1)}"),
        disc(376, 200, 6, tint(a, 0.7)),
        disc(180, 200, 122, f"~{a}"),
        disc(180, 200, 104, shade(a, 0.22)),
        disc(180, 200, 96, shade(a, 0.1)),
        clear(0.25, stroke("M112 168Q134 126 176 122", WHITE, 9)),
    ),
    "chainmail": lambda a, b, _: (
        "".join(
            f'<circle cx="{110 + 20 * c + (r % 2) * 10}" cy="{124 + 17 * r}" r="12" fill="none" '
            f'stroke="{shade(a, 0.12 * ((r + c) % 3))}" stroke-width="5"/>'
            for r in range(11)
            for c in range(9)
        )
        + f'<circle cx="200" cy="96" r="22" fill="none" stroke="{shade(a, 0.2)}" stroke-width="7"/>'
    ),
    "sleeve": lambda a, b, _: turned(
        -38,
        rect(84, 160, 236, 82, f"~{a}", 40),
        oval(108, 201, 20, 34, shade(a, 0.4)),
        '<rect x="98" y="170" width="210" height="62" rx="31" fill="none" '
        f'stroke="{tint(a, 0.5)}" stroke-width="4" stroke-dasharray="9 8"/>',
    ),
    "screen": lambda a, b, _: turned(
        -26,
        rect(292, 190, 100, 18, f"~{DARK}", 9),
        disc(184, 200, 116, shade(a, 0.15)),
        disc(184, 200, 106, tint(a, 0.5)),
        *(
            stroke(f"M{184 - w} {y}H{184 + w}M{84 + y - 100} {200 - w}V{200 + w}", tint(a, 0.15), 2)
            for y, w in (
                (120, 66),
                (140, 86),
                (160, 96),
                (180, 102),
                (200, 104),
                (220, 102),
                (240, 96),
                (260, 86),
                (280, 66),
            )
        ),
    ),
    "spatula": lambda a, b, _: turned(
        32,
        rect(188, 170, 24, 170, f"~{a}", 12),
        shape(
            "M152 66Q152 52 168 50L240 40Q250 40 250 54L244 158Q240 184 214 188H188Q164 184 160 158Z", f"~{a}"
        ),
        stroke("M178 92Q190 120 180 156M206 78Q218 118 208 160", shade(a, 0.16), 4),
        disc(200, 322, 6, shade(a, 0.4)),
    ),
    "knife": lambda a, b, _: _knife("M212 178H40Q74 240 150 240H212Z", a),
    "santoku": lambda a, b, _: _knife("M212 176H92Q56 178 44 236Q44 240 56 240H212Z", a),
    "breadknife": lambda a, b, _: _knife("M212 182H36Q34 224 62 236H212Z", a, toothed=True),
    "whetstone": lambda a, b, _: (
        shape("M72 290L104 246H328L296 290Z", tint(WOOD, 0.15))
        + shape("M72 290H296V318H72Z", f"~{WOOD}")
        + shape("M296 290L328 246V276L296 318Z", shade(WOOD, 0.25))
        + shape("M100 252L124 214H314L290 252Z", tint(a, 0.45))
        + shape("M100 252H290V272H100Z", a)
        + shape("M100 272H290V284H100Z", "#e9dcc4")
        + shape("M290 252L314 214V246L290 284Z", shade(a, 0.22))
    ),
    "board": lambda a, b, _: turned(
        -8,
        rect(92, 100, 216, 216, f"~{shade(a, 0.12)}", 18),
        *(
            rect(
                98 + 34 * c,
                106 + 34 * r,
                33,
                33,
                (tint(a, 0.22), a, tint(a, 0.1), shade(a, 0.08))[(r * 5 + c * 3) % 4],
                2,
            )
            for r in range(6)
            for c in range(6)
        ),
        disc(286, 122, 12, tint(SAND, 0.6)),
    ),
    "guard": lambda a, b, _: turned(
        -24,
        shape("M236 176H108Q70 180 60 230Q60 238 70 238H236Z", f"~{a}"),
        stroke("M84 206H222", tint(a, 0.35), 4),
        *(disc(x, 206, 7, BRASS) for x in (104, 152, 206)),
        rect(236, 184, 104, 38, f"~{DARK}", 14),
    ),
    "rod": lambda a, b, _: turned(
        38,
        rect(190, 150, 20, 190, f"~{WHITE}", 9),
        rect(164, 138, 72, 18, f"~{STEEL}", 6),
        shape("M176 42Q200 26 224 42L218 138H182Z", f"~{a}"),
        stroke("M200 26V14", STEEL, 6),
    ),
    "strip": lambda a, b, _: (
        rect(60, 120, 280, 50, f"~{a}", 8)
        + stroke("M76 138H320M90 154H300", shade(a, 0.12), 3)
        + "".join(
            rect(x - 11, 84, 22, 70, f"~{DARK}", 8)
            + shape(
                f"M{x - 13} 156H{x + 13}V{end - 30}Q{x + 11} {end} {x - 13} {end}Z", f"~{tint(STEEL, 0.4)}"
            )
            for x, end in ((112, 306), (170, 270), (228, 288), (286, 238))
        )
    ),
    "pastamachine": lambda a, b, _: (
        "".join(
            stroke(f"M{138 + 13 * n} 262Q{134 + 13 * n} 290 {130 + 15 * n} 316", "#e6c772", 7)
            for n in range(9)
        )
        + rect(106, 156, 172, 66, f"~{a}", 10)
        + rect(118, 216, 148, 46, f"~{shade(a, 0.16)}", 8)
        + shape("M130 112H256L248 158H138Z", f"~{tint(a, 0.3)}")
        + shape("M150 92H236L232 130H154Z", "#efd58f")
        + rect(276, 178, 34, 16, f"~{STEEL}", 5)
        + stroke("M310 186L334 240", STEEL, 11)
        + rect(322, 236, 30, 56, f"~{WOOD}", 13)
        + disc(128, 188, 13, f"~{RUST}")
        + rect(92, 222, 26, 96, f"~{a}", 6)
        + rect(268, 222, 26, 96, f"~{a}", 6)
    ),
    "pizzastone": lambda a, b, _: (
        oval(200, 262, 140, 54, f"~{shade(a, 0.25)}")
        + oval(200, 246, 140, 54, a)
        + oval(200, 232, 112, 42, "#d9a35c")
        + oval(200, 230, 98, 35, "#c8452f")
        + "".join(
            oval(200 + x, 230 + y, 17, 8, CREAM)
            for x, y in ((-52, -6), (-8, 14), (44, -10), (4, -18), (56, 12), (-34, 18))
        )
        + "".join(
            turned(t, oval(200 + x, 230 + y, 11, 5, GREEN), x=200 + x, y=230 + y)
            for x, y, t in ((-24, -12, 30), (28, 4, -25), (-66, 8, 10))
        )
        + "".join(stroke(f"M{x} 170q10-14 0-28t0-28", tint(a, 0.35), 5) for x in (160, 200, 240))
    ),
    "pastarack": lambda a, b, _: (
        rect(190, 92, 20, 212, f"~{a}", 8)
        + rect(120, 298, 160, 20, f"~{shade(a, 0.1)}", 9)
        + "".join(
            turned(t, rect(84, 120 + dy, 232, 11, f"~{tint(a, 0.12)}", 5), x=200, y=126 + dy)
            for t, dy in ((-9, 0), (8, 26))
        )
        + "".join(
            stroke(f"M{x} 136Q{x - 3} 190 {x} {236 + (x % 3) * 10}", "#e6c772", 6)
            for x in (*range(98, 184, 12), *range(224, 310, 12))
        )
    ),
    "wheel": lambda a, b, _: turned(
        38,
        rect(186, 206, 28, 136, f"~{WOOD if a == BRASS else a}", 13),
        shape("M178 122H222L212 212H188Z", f"~{STEEL}"),
        disc(200, 112, 64, f"~{a if a == BRASS else tint(STEEL, 0.3)}"),
        *(
            turned(t, disc(200, 50, 7, a if a == BRASS else tint(STEEL, 0.3)), x=200, y=112)
            for t in range(0, 360, 24)
        ),
        disc(200, 112, 13, DARK),
    ),
    "brush": lambda a, b, _: turned(
        -34,
        rect(190, 182, 172, 30, f"~{a}", 15),
        disc(346, 197, 5, shade(a, 0.4)),
        shape("M60 164H204V228H60Q48 228 48 212V180Q48 164 60 164Z", f"~{a}"),
        *(stroke(f"M{x} 226V{262 + (x % 3) * 4}", tint(SAND, 0.2), 9) for x in range(60, 204, 12)),
    ),
    "grater": lambda a, b, _: turned(
        18,
        rect(160, 236, 80, 112, f"~{DARK}", 20),
        rect(152, 40, 96, 206, f"~{tint(a, 0.3)}", 10),
        *(
            shape(f"M{166 + 17 * c + (r % 2) * 6} {66 + 18 * r}q5-9 10 0Z", shade(a, 0.45))
            for r in range(10)
            for c in range(4)
        ),
    ),
    "peel": lambda a, b, _: turned(
        24,
        rect(188, 226, 24, 136, f"~{a}", 10),
        shape("M112 96Q112 50 200 50T288 96V196Q288 226 236 232H164Q112 226 112 196Z", f"~{tint(a, 0.12)}"),
        stroke("M152 80Q146 140 152 210M200 66V222M246 82Q254 140 248 206", shade(a, 0.1), 4),
    ),
    "herbs": lambda a, b, _: (
        "".join(
            turned(
                t,
                stroke("M200 214V84", shade(a, 0.2), 5),
                *(
                    oval(200 + s * 15, y, 15, 8, a if s > 0 else tint(a, 0.2))
                    for y in range(92, 190, 19)
                    for s in (-1, 1)
                ),
                x=200,
                y=230,
            )
            for t in (-34, -17, 0, 17, 34)
        )
        + "".join(
            turned(t, stroke("M200 236V316", shade(a, 0.2), 5), x=200, y=230) for t in (-14, -7, 0, 7, 14)
        )
        + rect(172, 210, 56, 28, f"~{SAND}", 9)
        + stroke("M174 219H226M174 229H226", shade(SAND, 0.25), 3)
    ),
    "maslin": lambda a, b, _: (
        stroke("M88 176A112 104 0 0 1 312 176", DARK, 9)
        + rect(168, 64, 64, 20, f"~{WOOD}", 9)
        + shape("M78 170L50 156L86 200L116 306Q120 318 134 318H266Q280 318 284 306L322 170Z", f"~{a}")
        + oval(200, 172, 122, 26, tint(a, 0.3))
        + oval(200, 176, 106, 18, "#9c2c45")
        + "".join(disc(x, y, 6, "#c4546b") for x, y in ((150, 176), (200, 184), (246, 174), (180, 168)))
        + clear(0.4, stroke("M112 214L138 296", WHITE, 8))
    ),
    "jars": lambda a, b, _: (
        _jar(132, 246, 92, "#a8334c", a)
        + _jar(264, 246, 92, "#d98a2b", tint(a, 0.3))
        + _jar(198, 318, 104, "#7b2d52", a)
    ),
    "funnel": lambda a, b, _: (
        shape("M90 132H310L246 226V300Q246 318 228 318H172Q154 318 154 300V226Z", f"~{tint(a, 0.15)}")
        + oval(200, 132, 110, 24, tint(a, 0.5))
        + oval(200, 136, 92, 17, shade(a, 0.25))
        + clear(0.5, stroke("M128 164L168 226V296", WHITE, 8))
    ),
    "labels": lambda a, b, _: "".join(
        turned(
            t,
            rect(x - 62, y - 42, 124, 84, f"~{c}", 12),
            f'<rect x="{x - 52}" y="{y - 32}" width="104" height="64"'
            f' rx="7" fill="none" stroke="{RUST}" stroke-width="3"/>',
            stroke(f"M{x - 34} {y - 6}h68M{x - 24} {y + 12}h48", shade(SAND, 0.2), 4),
            x=x,
            y=y,
        )
        for x, y, t, c in ((156, 150, -12, tint(a, 0.5)), (252, 204, 9, a), (164, 272, -4, tint(a, 0.3)))
    ),
    "tongs": lambda a, b, _: turned(
        34,
        stroke("M196 70Q150 150 164 226L186 320", STEEL, 15),
        stroke("M204 70Q250 150 236 226L214 320", shade(STEEL, 0.15), 15),
        stroke("M158 176Q158 200 164 226", a, 19),
        stroke("M242 176Q242 200 236 226", shade(a, 0.12), 19),
        disc(200, 66, 17, f"~{STEEL}"),
        disc(186, 320, 11, a),
        disc(214, 320, 11, shade(a, 0.12)),
    ),
    "thermometer": lambda a, b, _: turned(
        22,
        rect(192, 150, 16, 200, f"~{STEEL}", 8),
        disc(200, 118, 76, f"~{a}"),
        disc(200, 118, 62, WHITE),
        *(turned(t, stroke("M200 66V74", DARK, 4), x=200, y=118) for t in range(-120, 121, 30)),
        stroke("M200 118L236 84", RUST, 7),
        disc(200, 118, 9, DARK),
    ),
}
