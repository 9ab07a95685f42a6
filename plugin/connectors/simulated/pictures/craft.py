"""Drawings for the craft table."""

from __future__ import annotations

from plugin.connectors.simulated.pictures.canvas import (
    BRASS,
    COLOURS,
    CREAM,
    DARK,
    RUST,
    SAND,
    SKY,
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

RAINBOW = ("#c8452f", "#dda63a", "#41674f", "#34527a", "#7a4a6b", "#e0a3a3", "#8fb9cf", "#7d5338")


def _ball(x: float, y: float, radius: float, colour: str) -> str:
    """A ball of yarn; three bundles of thread cross it."""
    r = radius
    lines = "".join(
        stroke(
            f"M{x - r * 0.8:g} {y - r * 0.4 + n:g}Q{x:g}"
            f" {y - r * 0.9 + n * 1.4:g} {x + r * 0.8:g} {y + r * 0.1 + n:g}",
            shade(colour, 0.15),
            3,
        )
        for n in range(0, int(r), 11)
    ) + "".join(
        stroke(
            f"M{x - r * 0.5 + n:g} {y + r * 0.8:g}Q{x - r * 0.9 + n:g}"
            f" {y:g} {x - r * 0.2 + n:g} {y - r * 0.8:g}",
            tint(colour, 0.22),
            3,
        )
        for n in range(0, int(r * 0.8), 11)
    )
    return disc(x, y, r, f"~{colour}") + lines


CRAFT_PICTURES: dict[str, Recipe] = {
    "pillarmould": lambda a, b, _: (
        rect(222, 148, 74, 166, f"~{COLOURS['mustard']}", 8)
        + oval(259, 150, 37, 9, tint(BRASS, 0.4))
        + stroke("M259 148Q262 136 258 126", DARK, 4)
        + rect(112, 118, 96, 200, f"~{a}", 8)
        + oval(160, 120, 48, 12, tint(a, 0.45))
        + oval(160, 122, 38, 8, shade(a, 0.35))
        + rect(98, 304, 124, 14, f"~{shade(a, 0.12)}", 5)
        + stroke("M110 106H210", WOOD, 9)
        + stroke("M160 106V90", CREAM, 4)
    ),
    "honeymould": lambda a, b, _: (
        rect(112, 122, 176, 196, f"~{a}", 34)
        + "".join(
            shape(
                f"M{x} {y - 21}l18 10.5v21l-18 10.5l-18-10.5v-21Z",
                tint(a, 0.32) if (x + y) % 3 else shade(a, 0.1),
            )
            for r, y in enumerate((170, 206, 242, 278))
            for x in ((158, 200, 242) if r % 2 else (137, 179, 221, 263))
        )
        + oval(200, 130, 56, 13, shade(a, 0.3))
        + stroke("M200 130V94", CREAM, 5)
    ),
    "meltingjug": lambda a, b, _: (
        stroke("M266 150Q350 148 330 226Q318 268 270 266", DARK, 17)
        + shape("M142 128L98 104L132 170V302Q132 318 148 318H256Q272 318 272 302V128Z", f"~{a}")
        + shape("M98 104L142 118H272V140H134Z", tint(a, 0.4))
        + shape("M114 110L146 122H262V132H138Z", "#e8c66a")
        + clear(0.45, stroke("M152 172V296", WHITE, 9))
    ),
    "spool": lambda a, b, _: (
        rect(144, 142, 112, 148, f"~{a}", 6)
        + "".join(stroke(f"M146 {y}Q200 {y + 10} 254 {y}", shade(a, 0.15), 4) for y in range(154, 286, 13))
        + rect(120, 118, 160, 28, f"~{WOOD}", 12)
        + rect(120, 290, 160, 28, f"~{WOOD}", 12)
        + stroke("M254 262Q318 268 322 226T350 196", a, 7)
    ),
    "wickbars": lambda a, b, _: "".join(
        turned(
            t,
            rect(66, y, 268, 26, f"~{tint(a, s)}", 12),
            disc(200, y + 13, 7, shade(a, 0.5)),
            shape(f"M200 {y + 10}V{y}h4V{y + 10}Z", shade(a, 0.5)),
            x=200,
            y=y,
        )
        for y, t, s in ((124, -6, 0.25), (172, 5, 0.05), (220, -3, 0.2), (268, 4, 0.1))
    ),
    "dyechips": lambda a, b, _: (
        rect(82, 138, 236, 180, f"~{tint(SAND, 0.45)}", 14)
        + "".join(
            disc(122 + 52 * (n % 4), 186 + 82 * (n // 4), 23, f"~{c}")
            + disc(122 + 52 * (n % 4), 182 + 82 * (n // 4), 16, tint(c, 0.25))
            for n, c in enumerate(RAINBOW)
        )
        + shape("M82 152Q82 138 96 138H304Q318 138 318 152V154H82Z", a)
    ),
    "amberjars": lambda a, b, _: "".join(
        rect(x - 46, y - 104, 92, 104, "~#a9652b", 12)
        + rect(x - 48, y - 124, 96, 24, f"~{WOOD}", 6)
        + rect(x - 32, y - 74, 64, 46, CREAM, 4)
        + clear(0.35, stroke(f"M{x - 36} {y - 90}v76", WHITE, 5))
        for x, y in ((152, 216), (254, 216), (104, 318), (204, 318), (304, 318))
    ),
    "loafmould": lambda a, b, _: (
        shape("M70 216L118 176H344L300 216Z", tint(a, 0.2))
        + shape("M92 212L128 184H322L290 212Z", "#e9c7cf")
        + stroke("M120 204q20-14 40-2t40-4t40 2t36-6", "#b7839c", 6)
        + shape("M70 216H300V318H70Z", f"~{a}")
        + shape("M300 216L344 176V280L300 318Z", shade(a, 0.25))
        + stroke("M92 246H276M92 286H250", shade(a, 0.12), 4)
    ),
    "stamps": lambda a, b, _: "".join(
        shape(f"M{x - 16} {y - 84}Q{x} {y - 112} {x + 16} {y - 84}L{x + 10} {y - 40}H{x - 10}Z", f"~{a}")
        + rect(x - 40, y - 44, 80, 30, f"~{WOOD}", 8)
        + rect(x - 36, y - 14, 72, 14, f"~{RUST}", 4)
        for x, y in ((150, 222), (256, 222), (202, 318))
    ),
    "block": lambda a, b, _: (
        shape("M76 230L120 186H338L298 230Z", tint(a, 0.55))
        + shape("M76 230H298V318H76Z", f"~{a}")
        + shape("M298 230L338 186V270L298 318Z", shade(a, 0.2))
        + "".join(stroke(f"M{x} 232V316M{x} 230L{x + 42} 188", shade(a, 0.1), 4) for x in (131, 187, 243))
        + shape("M150 158L176 136H252L226 158Z", tint(a, 0.55))
        + shape("M150 158H226V190H150Z", f"~{a}")
        + shape("M226 158L252 136V166L226 190Z", shade(a, 0.2))
    ),
    "wraps": lambda a, b, _: "".join(
        turned(
            t,
            rect(x - 76, y - 38, 152, 76, "~#efe0cf", 18),
            rect(x - 30, y - 40, 60, 80, f"~{c}", 2),
            stroke(f"M{x - 14} {y - 8}h28M{x - 8} {y + 8}h16", CREAM, 4),
            x=x,
            y=y,
        )
        for x, y, t, c in ((196, 152, -9, tint(a, 0.15)), (186, 216, 6, RUST), (204, 280, -2, a))
    ),
    "soapdish": lambda a, b, _: (
        rect(126, 196, 148, 62, "~#e8c9b8", 24)
        + stroke("M160 226H240", "#d3a995", 5)
        + clear(0.8, disc(262, 180, 11, WHITE), disc(284, 196, 7, WHITE), disc(246, 166, 6, WHITE))
        + "".join(rect(72 + 37 * n, 254, 32, 26, f"~{tint(a, 0.08 * (n % 2))}", 5) for n in range(7))
        + rect(92, 278, 216, 16, f"~{shade(a, 0.15)}", 5)
        + rect(100, 292, 26, 26, f"~{a}", 5)
        + rect(274, 292, 26, 26, f"~{a}", 5)
    ),
    "circulars": lambda a, b, _: (
        stroke("M130 206Q60 330 200 318T270 206", COLOURS["coral"], 7)
        + turned(
            -16,
            rect(112, 70, 17, 150, f"~{a}", 8),
            shape("M112 78L120 44L129 78Z", a),
            rect(110, 196, 21, 22, f"~{BRASS}", 4),
            x=120,
            y=210,
        )
        + turned(
            16,
            rect(272, 70, 17, 150, f"~{a}", 8),
            shape("M272 78L280 44L289 78Z", a),
            rect(270, 196, 21, 22, f"~{BRASS}", 4),
            x=280,
            y=210,
        )
        + _ball(200, 246, 46, COLOURS["sage"])
    ),
    "socknedles": lambda a, b, _: (
        shape(
            "M146 96H226V206L284 246Q312 268 294 298Q284 316 262 314L164 292Q146 286 146 262Z",
            f"~{COLOURS['coral']}",
        )
        + "".join(rect(146, y, 80, 15, c, 0) for y, c in ((122, CREAM), (152, COLOURS["navy"]), (182, CREAM)))
        + shape("M240 308Q250 268 290 256Q308 276 292 300Q284 316 262 314Z", COLOURS["navy"])
        + rect(138, 84, 96, 22, f"~{tint(COLOURS['coral'], 0.35)}", 10)
        + "".join(turned(t, rect(182, 40, 8, 130, f"~{shade(a, 0.1)}", 4), x=186, y=120) for t in (-58, 62))
    ),
    "yarn": lambda a, b, _: _ball(200, 212, 106, a) + stroke("M270 292Q330 330 350 286", a, 7),
    "markers": lambda a, b, _: "".join(
        f'<circle cx="{118 + 56 * c + (r % 2) * 26}" cy="{136 + 54 * r}" r="19"'
        f' fill="none" stroke="{(a, BRASS, tint(a, 0.35), shade(STEEL, 0.1))[(r + 2 * c) % 4]}"'
        f' stroke-width="9"/>'
        for r in range(4)
        for c in range(4 - r % 2)
    ),
    "needlecase": lambda a, b, _: (
        rect(112, 96, 176, 222, f"~{COLOURS['sage']}", 12)
        + rect(128, 112, 144, 190, CREAM, 6)
        + "".join(
            stroke(f"M{x} 132V{270 - 10 * n}", shade(a, 0.1), 6) + oval(x, 136, 2, 7, CREAM)
            for n, x in enumerate(range(148, 262, 21))
        )
        + rect(128, 196, 144, 20, f"~{COLOURS['rose']}", 2)
    ),
    "mats": lambda a, b, _: "".join(
        rect(88 + 76 * c, 104 + 72 * r, 72, 68, f"~{a if (r + c) % 2 else tint(a, 0.3)}", 5)
        + stroke(f"M{100 + 76 * c} {138 + 72 * r}h48M{124 + 76 * c} {116 + 72 * r}v44", tint(a, 0.6), 2)
        for r in range(3)
        for c in range(3)
    ),
    "needlegauge": lambda a, b, _: (
        rect(84, 116, 232, 190, f"~{a}", 16)
        + "".join(disc(120 + 40 * n, 164, 4 + 2 * n, tint(SAND, 0.75)) for n in range(5))
        + "".join(disc(130 + 46 * n, 226, 12 + 2.2 * n, tint(SAND, 0.75)) for n in range(4))
        + stroke(
            "M104 288H296" + "".join(f"M{x} 288v-{16 if x % 40 == 0 else 9}" for x in range(120, 300, 20)),
            shade(a, 0.4),
            3,
        )
    ),
    "sockblockers": lambda a, b, _: "".join(
        turned(
            t,
            shape(
                f"M{x - 34} 88Q{x} 70 {x + 34} 88V208L{x + 74} 250Q{x + 92} 280"
                f" {x + 64} 304Q{x} 306 {x - 24} 282Q{x - 36} 268 {x - 34} 236Z",
                f"~{c}",
            ),
            disc(x, 112, 9, tint(SAND, 0.7)),
            stroke(f"M{x - 8} 150V240Q{x} 270 {x + 36} 276", shade(c, 0.12), 4),
            x=x,
            y=200,
        )
        for x, t, c in ((122, -4, a), (236, 4, tint(a, 0.18)))
    ),
    "paintbox": lambda a, b, _: (
        shape("M78 180L104 92H318L322 180Z", f"~{tint(a, 0.15)}")
        + shape("M96 172L116 104H304L306 172Z", WHITE)
        + "".join(oval(x, 140, 30, 15, c) for x, c in ((148, "#a8c9d8"), (212, "#e8b9a8"), (272, "#b9cfa9")))
        + rect(70, 180, 260, 138, f"~{a}", 10)
        + "".join(
            rect(84 + 41 * c, 196 + 54 * r, 34, 42, WHITE, 4)
            + rect(87 + 41 * c, 199 + 54 * r, 28, 36, colour, 3)
            for (r, c), colour in zip(
                ((r, c) for r in range(2) for c in range(6)),
                (*RAINBOW, "#e2765f", "#94ab8b", "#2b3350", "#c9a24b"),
                strict=True,
            )
        )
    ),
    "fountainpen": lambda a, b, _: (
        turned(
            -40,
            rect(150, 184, 168, 34, f"~{a}", 14),
            rect(150, 184, 16, 34, f"~{BRASS}", 2),
            shape("M152 188L104 194V208L152 214Z", f"~{DARK}"),
            shape("M108 190L52 201L108 212Q116 201 108 190Z", BRASS),
            stroke("M58 201H96", shade(BRASS, 0.4), 3),
            rect(240, 172, 92, 8, f"~{BRASS}", 4),
            disc(318, 201, 15, shade(a, 0.15)),
        )
        + stroke("M78 312q18-22 34 0t34 0t34-8", COLOURS["ink"], 5)
    ),
    "dippen": lambda a, b, _: (
        turned(
            -42,
            shape("M140 190Q240 178 352 194Q358 201 352 208Q240 222 140 212Z", f"~{a}"),
            rect(120, 190, 28, 22, f"~{BRASS}", 4),
            shape("M122 192L60 201L122 210Z", STEEL),
            stroke("M66 201H108", DARK, 2),
        )
        + stroke("M70 296C110 250 130 330 166 290S226 270 214 300S300 310 326 276", COLOURS["ink"], 7)
    ),
    "pad": lambda a, b, _: (
        rect(92, 108, 216, 210, f"~{shade(a, 0.25)}", 6)
        + rect(98, 102, 210, 208, WHITE, 4)
        + rect(92, 96, 216, 34, f"~{a}", 6)
        + clear(
            0.85,
            shape("M110 286Q150 220 190 250T262 206L300 246V300H110Z", "#b9d0bd"),
            shape("M110 300Q170 266 214 280T300 262V304H110Z", "#7fa18b"),
            disc(250, 176, 20, "#efc27b"),
        )
    ),
    "brushset": lambda a, b, _: "".join(
        turned(
            t,
            shape(f"M196 318L191 {top + 80}H209L204 318Z", f"~{a}"),
            rect(190, top + 46, 20, 40, f"~{STEEL}", 3),
            shape(
                f"M190 {top + 50}Q{200 - w} {top + 20} 200 {top}Q{200 + w} {top + 20} 210 {top + 50}Z", WALNUT
            ),
            x=200,
            y=330,
        )
        for t, top, w in ((-24, 96, 16), (-8, 74, 20), (8, 84, 15), (24, 104, 12))
    ),
    "waterpot": lambda a, b, _: (
        clear(
            0.85,
            rect(104, 168, 94, 150, f"~{tint(a, 0.5)}", 12),
            rect(204, 168, 94, 150, f"~{tint(a, 0.5)}", 12),
        )
        + rect(110, 216, 82, 96, "#9db8c7", 8)
        + rect(210, 216, 82, 96, "#d2e5ec", 8)
        + turned(
            16,
            shape("M238 236L234 112H246L242 236Z", RUST),
            rect(233, 96, 14, 24, STEEL, 2),
            shape("M233 98Q240 62 247 98Z", WALNUT),
            x=240,
            y=236,
        )
        + rect(96, 158, 210, 18, f"~{a}", 8)
    ),
    "palette": lambda a, b, _: (
        oval(200, 236, 136, 76, shade(SAND, 0.12))
        + oval(200, 226, 136, 76, f"~{a}")
        + "".join(
            oval(x, y, 25, 14, tint(STEEL, 0.55)) + oval(x, y + 1, 20, 10, c)
            for (x, y), c in zip(
                ((200, 172), (276, 192), (302, 232), (254, 270), (146, 270), (98, 232), (124, 192)),
                RAINBOW,
                strict=False,
            )
        )
        + oval(200, 226, 44, 22, tint(STEEL, 0.6))
    ),
    "pencils": lambda a, b, _: "".join(
        turned(
            t,
            rect(189, 130, 22, 190, f"~{c}", 2),
            shape("M189 132L200 88L211 132Z", "#ecd0a3"),
            shape("M196 104L200 88L204 104Z", DARK),
            rect(189, 306, 22, 14, STEEL, 2),
            x=200,
            y=340,
        )
        for t, c in (
            (-30, "#3f444a"),
            (-18, a),
            (-6, "#41674f"),
            (6, "#34527a"),
            (18, "#bf5b39"),
            (30, "#7a4a6b"),
        )
    ),
    "cartridges": lambda a, b, _: (
        rect(94, 176, 212, 142, f"~{CREAM}", 10)
        + rect(94, 254, 212, 64, f"~{a}", 10)
        + "".join(
            rect(108 + 24 * n, 118 + (n % 2) * 10, 18, 110, f"~{a}", 7)
            + rect(112 + 24 * n, 108 + (n % 2) * 10, 10, 14, tint(a, 0.5), 3)
            for n in range(8)
        )
        + rect(94, 210, 212, 108, f"~{tint(a, 0.08)}", 10)
        + stroke("M130 262H270M156 286H244", CREAM, 6)
    ),
    "letterpaper": lambda a, b, _: "".join(
        turned(t, rect(116, 90, 168, 222, f"~{c}", 4), *(lines,), x=200, y=300)
        for t, c, lines in (
            (-10, tint(a, 0.15), ""),
            (5, tint(a, 0.4), ""),
            (
                -2,
                tint(a, 0.62),
                "".join(
                    stroke(f"M140 {y}H{258 - (y % 4) * 12}", shade(a, 0.2), 3)
                    for y in (140, 162, 185, 206, 230)
                ),
            ),
        )
    ),
    "envelope": lambda a, b, _: "".join(
        turned(
            t,
            rect(84, 158, 232, 150, f"~{CREAM}", 6),
            shape("M84 164L200 92L316 164L200 250Z", a),
            shape("M96 164L200 102L304 164L200 238Z", tint(a, 0.25)),
            shape("M84 164L176 236L84 304ZM316 164L224 236L316 304Z", tint(SAND, 0.45)),
            shape("M84 306L176 230Q200 214 224 230L316 306Z", tint(SAND, 0.6)),
            x=200,
            y=220,
        )
        for t in (-5,)
    ),
    "converter": lambda a, b, _: turned(
        -38,
        rect(84, 184, 130, 34, "~#cfe0e6", 8),
        rect(88, 190, 80, 22, "#34527a", 6),
        rect(210, 180, 46, 42, f"~{a}", 6),
        rect(254, 190, 76, 22, f"~{DARK}", 8),
        *(stroke(f"M{x} 190v22", tint(DARK, 0.25), 3) for x in range(270, 326, 10)),
        rect(66, 192, 22, 18, f"~{a}", 4),
    ),
    "pencase": lambda a, b, _: turned(
        -26,
        rect(68, 158, 264, 88, f"~{a}", 24),
        shape("M240 158H308Q332 158 332 182V222Q332 246 308 246H240Q220 202 240 158Z", shade(a, 0.2)),
        f'<rect x="80" y="168" width="240" height="68" rx="18" fill="none"'
        f' stroke="{tint(a, 0.4)}" stroke-width="3" stroke-dasharray="8 7"/>',
        disc(248, 202, 10, BRASS),
    ),
    "nibs": lambda a, b, _: "".join(
        turned(
            t,
            shape(
                f"M{x} {y - 62}Q{x + 30} {y} {x + 18} {y + 22}V{y + 50}"
                f"H{x - 18}V{y + 22}Q{x - 30} {y} {x} {y - 62}Z",
                f"~{c}",
            ),
            stroke(f"M{x} {y - 50}V{y - 6}", shade(a, 0.5), 3),
            disc(x, y, 6, shade(a, 0.5)),
            x=x,
            y=y,
        )
        for x, y, t, c in (
            (132, 152, -14, a),
            (202, 146, 4, STEEL),
            (272, 154, 16, a),
            (124, 264, -8, STEEL),
            (200, 264, 6, a),
            (278, 264, 12, "#c27c54"),
        )
    ),
    "penrest": lambda a, b, _: (
        turned(
            -7,
            rect(64, 200, 272, 18, f"~{WALNUT}", 8),
            rect(52, 202, 26, 14, f"~{BRASS}", 3),
            shape("M54 202L20 209L54 216Z", STEEL),
            x=200,
            y=210,
        )
        + shape(
            "M88 318Q100 228 138 222Q156 220 168 246Q182 214 204"
            " 216Q226 218 236 250Q248 224 268 232Q300 246 312 318Z",
            f"~{a}",
        )
        + clear(0.35, stroke("M120 262Q128 244 140 242", WHITE, 7))
    ),
    "sewingmachine": lambda a, b, _: (
        rect(78, 282, 252, 36, f"~{shade(WOOD, 0.1)}", 8)
        + rect(92, 266, 228, 20, f"~{shade(a, 0.1)}", 8)
        + shape("M250 150H312V270H236V212H140V160Q140 122 178 122H284Q312 122 312 150Z", f"~{a}")
        + rect(106, 130, 62, 92, f"~{tint(a, 0.2)}", 12)
        + stroke("M136 222V258", STEEL, 7)
        + rect(118, 254, 38, 10, f"~{STEEL}", 4)
        + disc(322, 162, 25, f"~{DARK}")
        + disc(322, 162, 9, STEEL)
        + rect(214, 90, 26, 36, f"~{RUST}", 4)
        + stroke("M226 92Q180 84 150 120L138 150", RUST, 3)
        + "".join(stroke(f"M{x} 184h13", COLOURS["sage"], 6) for x in (196, 222, 248, 274))
    ),
    "threads": lambda a, b, _: "".join(
        rect(x - 24, y - 52, 48, 50, f"~{c}", 4)
        + rect(x - 28, y - 62, 56, 12, f"~{WOOD}", 5)
        + rect(x - 28, y - 6, 56, 12, f"~{WOOD}", 5)
        + stroke(f"M{x - 20} {y - 36}h40M{x - 20} {y - 22}h40", shade(c, 0.14), 3)
        for (x, y), c in zip(
            (
                (104, 168),
                (168, 168),
                (232, 168),
                (296, 168),
                (104, 240),
                (168, 240),
                (232, 240),
                (296, 240),
                (136, 312),
                (200, 312),
                (264, 312),
            ),
            (*RAINBOW, a, "#94ab8b", "#c9a24b"),
            strict=True,
        )
    ),
    "pins": lambda a, b, _: (
        shape("M98 268Q98 204 200 204T302 268Q302 318 200 318T98 268Z", f"~{RUST}")
        + stroke("M200 206V316M134 218Q150 270 160 314M266 218Q250 270 240 314", shade(RUST, 0.2), 4)
        + "".join(
            stroke(f"M{x} {y}L{200 + (x - 200) * 0.55:g} 236", STEEL, 4) + disc(x, y, 12, f"~{c}")
            for x, y, c in (
                (122, 152, "#dda63a"),
                (166, 114, a),
                (212, 98, SKY),
                (258, 120, "#94ab8b"),
                (296, 160, WHITE),
            )
        )
    ),
    "ripper": lambda a, b, _: turned(
        -38,
        rect(190, 182, 150, 36, f"~{a}", 17),
        rect(170, 190, 26, 20, f"~{STEEL}", 4),
        stroke("M172 200H84", STEEL, 9),
        stroke("M96 200Q70 190 52 192M98 200Q90 222 70 226", STEEL, 7),
        disc(72, 226, 7, RUST),
        clear(0.4, stroke("M210 192H300", WHITE, 5)),
    ),
}
