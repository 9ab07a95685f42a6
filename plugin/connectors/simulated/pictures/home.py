"""Drawings for the home, workshop and care shelves."""

from __future__ import annotations

from plugin.connectors.simulated.pictures.canvas import (
    BRASS,
    COLOURS,
    CREAM,
    DARK,
    GREEN,
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
from plugin.connectors.simulated.pictures.emblems import emblem


def _flame(x: float, y: float) -> str:
    return shape(f"M{x} {y - 44}q20 26 0 44q-20-18 0-44Z", "#efb252") + shape(
        f"M{x} {y - 22}q9 12 0 20q-9-8 0-20Z", "#fbe7a8"
    )


HOME_PICTURES: dict[str, Recipe] = {
    "diffuser": lambda a, b, _: (
        clear(
            0.75,
            *(
                stroke(f"M{x} {y}q16-18 0-36t0-36", tint(SKY, 0.3), 9)
                for x, y in ((180, 130), (204, 112), (228, 132))
            ),
        )
        + shape("M182 146H226L272 262Q284 318 248 318H160Q124 318 136 262Z", f"~{a}")
        + oval(204, 146, 22, 7, shade(a, 0.4))
        + rect(132, 288, 144, 30, f"~{WOOD}", 12)
        + clear(0.4, stroke("M176 186Q160 226 156 268", WHITE, 9))
    ),
    "jarcandle": lambda a, b, _: (
        _flame(200, 156)
        + stroke("M200 156V176", DARK, 5)
        + rect(124, 158, 152, 160, f"~{tint(a, 0.3)}", 18)
        + rect(132, 182, 136, 130, f"~{a}", 13)
        + oval(200, 182, 68, 12, tint(a, 0.45))
        + rect(150, 216, 100, 68, CREAM, 5)
        + emblem("leaf", 200, 244, 0.55, a, CREAM)
        + stroke("M176 272H224", shade(CREAM, 0.35), 4)
        + clear(0.45, stroke("M138 180V296", WHITE, 6))
    ),
    "lantern": lambda a, b, _: (
        stroke("M128 220Q92 76 200 76T272 220", shade(a, 0.15), 7)
        + rect(168, 98, 64, 22, f"~{a}", 6)
        + clear(0.75, shape("M168 120H232Q266 170 244 226H156Q134 170 168 120Z", "~#e8eef0"))
        + _flame(200, 220)
        + rect(150, 222, 100, 24, f"~{a}", 6)
        + stroke("M150 120V226M250 120V226", a, 7)
        + shape("M134 246H266L284 306Q286 318 272 318H128Q114 318 116 306Z", f"~{a}")
        + disc(272, 268, 9, BRASS)
    ),
    "throw": lambda a, b, _: (
        _towelstack(a, 3) + "".join(stroke(f"M{104 + 17 * n} 306V326", tint(a, 0.4), 5) for n in range(12))
    ),
    "cushion": lambda a, b, _: (
        shape("M96 128Q200 148 304 128Q290 222 308 312Q200 292 92 312Q110 222 96 128Z", f"~{a}")
        + stroke("M104 138Q200 156 296 138M100 302Q200 284 300 302", tint(a, 0.3), 4)
        + clear(
            0.6,
            *(
                stroke(f"M{120 + 22 * n} 158Q{122 + 21 * n} 220 {118 + 22 * n} 282", tint(a, 0.2), 3)
                for n in range(8)
            ),
        )
        + "".join(disc(x, y, 9, tint(a, 0.35)) for x, y in ((94, 126), (306, 126), (90, 314), (310, 314)))
    ),
    "towel": lambda a, b, _: (
        rect(84, 92, 232, 14, f"~{WOOD}", 7)
        + shape("M126 98H274V306Q236 316 200 308T126 306Z", f"~{CREAM}")
        + rect(126, 250, 148, 14, a, 0)
        + rect(126, 272, 148, 7, a, 0)
        + rect(126, 126, 148, 7, tint(a, 0.3), 0)
        + stroke("M146 150V238M254 150V238", tint(a, 0.45), 5)
        + stroke("M200 108V240", shade(CREAM, 0.06), 8)
    ),
    "lamp": lambda a, b, _: (
        clear(0.5, oval(200, 240, 128, 60, "#fbe6b4"))
        + rect(184, 200, 32, 100, f"~{tint(a, 0.3)}", 10)
        + shape("M132 318Q136 288 200 288T268 318Z", f"~{a}")
        + shape("M80 212Q84 96 200 96T320 212Q200 238 80 212Z", f"~{a}")
        + oval(200, 214, 116, 14, "#fdf0cf")
        + clear(0.35, stroke("M118 178Q132 130 176 118", WHITE, 9))
    ),
    "readinglamp": lambda a, b, _: (
        clear(0.5, shape("M232 174L314 190L300 312H160Z", "#fbe6b4"))
        + stroke("M130 306V140Q130 84 190 84Q240 84 262 122", a, 13)
        + turned(28, shape("M236 106H304L330 172H210Z", f"~{CREAM}"), x=270, y=140)
        + oval(130, 308, 62, 12, f"~{shade(a, 0.1)}")
    ),
    "stringlights": lambda a, b, _: (
        stroke("M40 120Q120 220 200 150T360 130M50 250Q130 330 220 262T356 250", DARK, 4)
        + "".join(
            disc(x, y, 25, c) + clear(0.5, disc(x - 7, y - 7, 9, WHITE))
            for x, y, c in (
                (76, 172, a),
                (136, 196, CREAM),
                (200, 170, RUST),
                (262, 138, tint(a, 0.4)),
                (322, 152, "#94ab8b"),
                (94, 298, CREAM),
                (158, 308, "#8fb9cf"),
                (222, 280, a),
                (288, 266, "#e0a3a3"),
            )
        )
    ),
    "chocolate": lambda a, b, _: turned(
        -12,
        rect(120, 92, 160, 130, f"~{shade(a, 0.2)}", 6),
        *(rect(128 + 50 * c, 98 + 42 * r, 44, 36, f"~{a}", 4) for r in range(3) for c in range(3)),
        shape(
            "M110 178L124 170L138 180L152 168L168 180L184 168L200 180"
            "L216 168L232 180L248 168L262 180L276 170L290 178V318H110Z",
            f"~{COLOURS['sky']}",
        ),
        rect(134, 206, 132, 86, CREAM, 5),
        emblem("wave", 200, 242, 0.9, COLOURS["navy"], CREAM),
        stroke("M170 278H230", shade(CREAM, 0.35), 4),
    ),
    "giftbag": lambda a, b, _: (
        stroke("M164 140Q164 80 200 80T236 140", WALNUT, 7)
        + shape("M116 136H284L296 318H104Z", f"~{a}")
        + "".join(
            emblem("leaf", 144 + 56 * c + (r % 2) * 28, 178 + 44 * r, 0.5, tint(a, 0.6), a)
            for r in range(3)
            for c in range(3 - r % 2)
        )
        + rect(116, 132, 168, 14, f"~{tint(a, 0.2)}", 2)
    ),
    "postcards": lambda a, b, _: "".join(
        turned(
            t,
            rect(104, 120, 192, 140, f"~{WHITE}", 5),
            rect(114, 130, 172, 120, tint(c, 0.3), 3),
            bird,
            x=200,
            y=300,
        )
        for t, c, bird in ((-14, RUST, ""), (9, GREEN, ""), (-2, a, _bird()))
    ),
    "matches": lambda a, b, _: (
        "".join(
            turned(t, rect(196, 88, 8, 190, f"~{tint(WOOD, 0.35)}", 2), oval(200, 88, 8, 13, a), x=200, y=300)
            for t in (-17, -11, -5, 1, 7, 13, 18)
        )
        + clear(0.6, shape("M146 190H254V304Q254 318 240 318H160Q146 318 146 304Z", "~#d5e4e8"))
        + rect(172, 160, 56, 34, "none")
        + rect(146, 240, 108, 54, CREAM, 0)
        + stroke("M170 260H230M182 276H218", shade(CREAM, 0.4), 4)
    ),
    "wrapping": lambda a, b, _: "".join(
        turned(
            t,
            rect(176, 70, 52, 250, f"~{c}", 8),
            *(disc(190 + 22 * (n % 2), 100 + 26 * n, 6, tint(c, 0.6)) for n in range(8)),
            oval(202, 72, 26, 8, shade(c, 0.2)),
            x=202,
            y=320,
        )
        for t, c in ((-20, RUST), (20, COLOURS["navy"]), (0, a))
    ),
    "totebag": lambda a, b, _: (
        stroke("M156 152Q152 64 200 64T244 152", shade(a, 0.18), 13)
        + shape("M108 146H292L304 306Q304 318 292 318H108Q96 318 96 306Z", f"~{a}")
        + emblem("sheep", 196, 234, 1.5, RUST if a == CREAM else CREAM, a if a == CREAM else shade(a, 0.3))
        + stroke("M112 158H288", shade(a, 0.12), 3)
    ),
    "drill": lambda a, b, _: (
        shape("M214 190H272L290 262H232Z", f"~{DARK}")
        + rect(206, 262, 104, 56, f"~{a}", 10)
        + shape("M150 118H286Q318 118 318 154T286 192H150Z", f"~{a}")
        + shape("M112 128H152V182H112Q100 155 112 128Z", f"~{DARK}")
        + rect(72, 146, 44, 18, f"~{STEEL}", 4)
        + stroke("M72 155H36", shade(STEEL, 0.2), 8)
        + rect(186, 138, 76, 14, tint(a, 0.5), 7)
        + rect(200, 196, 18, 28, f"~{RUST}", 6)
        + rect(226, 282, 64, 14, tint(a, 0.5), 5)
    ),
    "hammerdrill": lambda a, b, _: (
        stroke("M300 150Q350 150 342 216T300 262H268", DARK, 21)
        + shape("M146 132H300Q320 140 320 176T300 214H236L228 262H176L158 214H146Z", f"~{a}")
        + rect(94, 146, 58, 54, f"~{DARK}", 12)
        + rect(28, 166, 70, 15, f"~{STEEL}", 3)
        + stroke("M124 200V290", DARK, 19)
        + rect(186, 154, 84, 15, CREAM, 7)
        + disc(288, 192, 12, DARK)
    ),
    "sander": lambda a, b, _: (
        shape("M134 164Q134 104 200 104T272 164V230H134Z", f"~{a}")
        + rect(120, 222, 164, 40, f"~{DARK}", 12)
        + rect(96, 262, 212, 34, f"~{tint(DARK, 0.2)}", 10)
        + rect(90, 294, 220, 24, f"~{COLOURS['sand']}", 6)
        + shape("M268 182H334Q348 182 348 200V272H318V222H268Z", f"~{shade(a, 0.2)}")
        + rect(162, 146, 76, 16, tint(a, 0.5), 8)
    ),
    "battery": lambda a, b, _: (
        rect(120, 146, 160, 172, f"~{DARK}", 16)
        + rect(120, 206, 160, 66, f"~{a}", 0)
        + rect(146, 112, 108, 44, f"~{shade(DARK, 0.2)}", 8)
        + "".join(rect(162 + 30 * n, 104, 16, 22, f"~{BRASS}", 3) for n in range(3))
        + shape("M208 214L182 244H200L192 266L220 234H202Z", CREAM)
        + "".join(disc(164 + 24 * n, 294, 6, "#8fd08f" if n < 3 else tint(DARK, 0.2)) for n in range(4))
    ),
    "bitcase": lambda a, b, _: (
        shape("M76 214L92 112H308L324 214Z", f"~{tint(DARK, 0.1)}")
        + rect(70, 212, 260, 106, f"~{DARK}", 12)
        + rect(70, 252, 260, 18, f"~{a}", 0)
        + "".join(
            rect(
                102 + 28 * n,
                128 + 6 * (n % 4),
                12,
                84 - 6 * (n % 4),
                f"~{(STEEL, tint(STEEL, 0.3))[n % 2]}",
                4,
            )
            + rect(100 + 28 * n, 190, 16, 22, a, 3)
            for n in range(8)
        )
        + rect(182, 284, 36, 16, f"~{STEEL}", 5)
    ),
    "discs": lambda a, b, _: "".join(
        disc(x, y, 72, f"~{c}")
        + "".join(
            disc(x + dx, y + dy, 7, shade(c, 0.45))
            for dx, dy in ((0, 0), (0, -38), (36, -12), (22, 30), (-22, 30), (-36, -12))
        )
        for x, y, c in ((152, 164, SAND), (254, 200, tint(a, 0.3)), (170, 246, a))
    ),
    "screws": lambda a, b, _: "".join(
        turned(
            t,
            shape(
                f"M{x - 20} {y - 58}H{x + 20}L{x + 8} {y - 42}"
                f"V{y + 30}L{x} {y + 56}L{x - 8} {y + 30}V{y - 42}Z",
                f"~{c}",
            ),
            *(stroke(f"M{x - 11} {y - 24 + 14 * n}l22 6", shade(c, 0.28), 4) for n in range(4)),
            stroke(f"M{x - 8} {y - 55}h16", shade(c, 0.45), 4),
            x=x,
            y=y,
        )
        for x, y, t, c in (
            (124, 156, -20, a),
            (206, 142, 12, STEEL),
            (284, 164, 38, a),
            (136, 262, 24, STEEL),
            (216, 258, -14, a),
            (290, 272, 8, tint(a, 0.2)),
        )
    ),
    "plugs": lambda a, b, _: "".join(
        turned(
            t,
            shape(
                f"M{x - 17} {y - 50}H{x + 17}V{y - 38}H{x + 13}L{x + 10}"
                f" {y + 50}H{x - 10}L{x - 13} {y - 38}H{x - 17}Z",
                f"~{c}",
            ),
            stroke(f"M{x} {y - 6}V{y + 50}", shade(c, 0.3), 4),
            x=x,
            y=y,
        )
        for x, y, t, c in (
            (122, 156, -24, a),
            (206, 146, 8, RUST),
            (284, 164, 32, a),
            (136, 264, 18, RUST),
            (216, 260, -18, a),
            (290, 268, 6, "#b8bcc0"),
        )
    ),
    "level": lambda a, b, _: turned(
        -14,
        rect(40, 164, 320, 76, f"~{a}", 8),
        rect(40, 164, 320, 10, tint(a, 0.35), 4),
        rect(152, 184, 96, 36, "#d5ea9a", 14),
        oval(204, 200, 20, 11, "#f4fbdc"),
        stroke("M182 184V220M220 184V220", GREEN, 4),
        disc(84, 202, 19, DARK),
        disc(84, 202, 12, "#d5ea9a"),
        disc(316, 202, 19, DARK),
        disc(316, 202, 12, "#d5ea9a"),
    ),
    "finder": lambda a, b, _: (
        rect(134, 84, 132, 234, f"~{a}", 34)
        + rect(146, 230, 108, 78, f"~{DARK}", 26)
        + rect(154, 110, 92, 74, "#22302f", 10)
        + "".join(stroke(f"M{174 + 17 * n} 168V{158 - 10 * n}", "#9fe0c4", 9) for n in range(4))
        + disc(200, 208, 13, CREAM)
        + disc(200, 268, 18, f"~{RUST}")
    ),
    "counter": lambda a, b, _: (
        rect(118, 128, 164, 190, f"~{a}", 60)
        + rect(142, 176, 116, 66, CREAM, 10)
        + stroke("M168 192Q186 186 184 204T166 226H188M212 192H234L220 206Q238 208 232 222T212 226", DARK, 6)
        + rect(176, 100, 48, 34, f"~{RUST}", 10)
        + disc(200, 278, 15, f"~{tint(a, 0.4)}")
    ),
    "goggles": lambda a, b, _: (
        stroke("M82 208Q40 190 60 150M318 208Q360 190 340 150", DARK, 19)
        + shape(
            "M74 170Q76 144 104 144H296Q324 144 326 170L318 236Q312 272 276 272"
            "H250Q226 272 216 246Q200 226 184 246Q174 272 150 272H124Q88 272 82 236Z",
            f"~{shade(a, 0.35)}",
        )
        + shape(
            "M92 176Q94 160 110 160H290Q306 160 308 176L302 228Q298 254 274 254H254"
            "Q236 254 230 236Q200 202 170 236Q164 254 146 254H126Q102 254 98 228Z",
            tint(a, 0.45),
        )
        + clear(0.8, stroke("M118 228L158 176M140 236L172 196", WHITE, 8))
    ),
    "rollerset": lambda a, b, _: (
        shape("M92 250H308L286 318H114Z", f"~{DARK}")
        + shape("M108 258H292L280 288H120Z", a)
        + rect(96, 112, 168, 60, f"~{CREAM}", 28)
        + rect(96, 112, 74, 60, f"~{a}", 28)
        + stroke("M262 142H304V206H232V230", STEEL, 9)
        + rect(218, 222, 28, 84, f"~{RUST}", 12)
    ),
    "tape": lambda a, b, _: (
        shape("M206 286H344L356 298L344 318H206Z", a)
        + disc(186, 206, 112, f"~{a}")
        + disc(186, 206, 92, shade(a, 0.1))
        + disc(186, 206, 62, tint(SAND, 0.2))
        + disc(186, 206, 52, tint(SAND, 0.75))
    ),
    "sleeves": lambda a, b, _: "".join(
        rect(x, y, 188, 54, f"~{a if n % 2 else tint(a, 0.4)}", 24)
        + oval(x + 180, y + 27, 14, 27, shade(a, 0.12))
        + oval(x + 180, y + 27, 7, 14, shade(a, 0.5))
        for n, (x, y) in enumerate(((104, 96), (92, 152), (112, 208), (98, 264)))
    ),
    "tray": lambda a, b, _: (
        shape("M92 130H308L336 300Q338 318 320 318H80Q62 318 64 300Z", f"~{shade(a, 0.12)}")
        + shape("M110 146H290L298 216H102Z", tint(a, 0.2))
        + "".join(
            stroke(f"M{116 + 4 * (3 - n)} {160 + 14 * n}H{284 + 4 * n}", shade(a, 0.14), 4) for n in range(4)
        )
        + shape("M100 226H300L310 296H90Z", COLOURS["sage"])
    ),
    "mask": lambda a, b, _: (
        stroke(
            "M104 190Q40 160 62 120M296 190Q360 160 338 120M104 240Q50 250 60 280M296 240Q350 250 340 280",
            COLOURS["mustard"],
            6,
        )
        + shape("M96 204Q130 120 200 116T304 204Q290 300 200 308T96 204Z", f"~{a}")
        + stroke("M112 196Q200 156 288 196M112 226Q200 258 288 226", shade(a, 0.16), 4)
        + rect(166, 128, 68, 11, f"~{STEEL}", 5)
        + disc(248, 236, 25, f"~{SKY}")
        + stroke("M236 230h24M236 242h24", WHITE, 4)
    ),
    "iron": lambda a, b, _: (
        stroke("M306 164Q370 150 352 92", DARK, 8)
        + shape("M150 178Q160 112 228 112H290Q318 112 318 146V262H286V158H232Q200 158 190 186Z", f"~{a}")
        + shape("M60 274Q120 182 200 182H318V274Z", f"~{tint(a, 0.2)}")
        + shape("M44 302Q50 274 60 270H330V302Z", f"~{STEEL}")
        + disc(244, 230, 20, CREAM)
        + stroke("M244 230L254 218", RUST, 5)
        + clear(0.7, *(stroke(f"M{x} 318q8 10 0 18", tint(SKY, 0.3), 5) for x in (110, 160, 210, 260)))
    ),
    "airer": lambda a, b, _: (
        stroke("M104 318L250 120M296 318L150 120", a, 12)
        + stroke("M76 120H324M92 148H308", tint(a, 0.15), 10)
        + "".join(
            rect(x, 120, 52, h, f"~{c}", 4) for x, h, c in ((92, 96, SKY), (162, 118, CREAM), (232, 84, RUST))
        )
        + rect(84, 116, 232, 10, f"~{a}", 5)
    ),
    "sleeveboard": lambda a, b, _: (
        stroke("M150 250L118 318M250 250L290 318M132 294H274", shade(STEEL, 0.15), 9)
        + shape("M52 226Q56 200 96 200H316Q340 200 340 226T316 250H96Q56 252 52 226Z", f"~{a}")
        + "".join(stroke(f"M{x} 206V246", COLOURS["sky"], 8) for x in range(104, 336, 30))
    ),
    "pegs": lambda a, b, _: (
        stroke("M40 122Q200 160 360 122", DARK, 5)
        + "".join(
            turned(
                t,
                rect(x - 18, y, 16, 128, f"~{a}", 5),
                rect(x + 2, y, 16, 128, f"~{shade(a, 0.1)}", 5),
                rect(x - 22, y + 50, 44, 12, f"~{STEEL}", 4),
                x=x,
                y=y,
            )
            for x, y, t in ((98, 102, -4), (166, 114, 3), (234, 114, -3), (302, 102, 5))
        )
    ),
    "soapbar": lambda a, b, mark: (
        shape("M82 226L118 186H326L302 226Z", tint(a, 0.4))
        + shape("M82 226H302V300Q302 312 290 312H94Q82 312 82 300Z", f"~{a}")
        + shape("M302 226L326 186V262L302 308Z", shade(a, 0.2))
        + rect(140, 226, 104, 86, CREAM, 0)
        + shape("M140 226L170 186H272L244 226Z", tint(CREAM, 0.5))
        + emblem(mark, 192, 268, 0.9, a, CREAM)
    ),
    "meshbags": lambda a, b, _: (
        shape("M120 150H280L304 296Q306 318 284 318H116Q94 318 96 296Z", f"~{tint(SKY, 0.55)}")
        + clear(
            0.9,
            oval(160, 270, 40, 32, RUST),
            oval(232, 262, 46, 38, COLOURS["navy"]),
            oval(196, 220, 36, 28, COLOURS["mustard"]),
        )
        + "".join(
            stroke(f"M{110 + 18 * n} 152L{100 + 20 * n} 314", WHITE, 2.5)
            + stroke(f"M104 {160 + 15 * n}H298", WHITE, 2.5)
            for n in range(11)
        )
        + rect(112, 136, 176, 22, f"~{STEEL}", 9)
        + rect(260, 130, 40, 14, f"~{RUST}", 5)
    ),
    "basket": lambda a, b, _: (
        stroke("M112 160Q96 100 136 116M288 160Q304 100 264 116", shade(a, 0.25), 13)
        + oval(200, 158, 104, 26, CREAM)
        + shape("M96 156H304L284 300Q280 318 262 318H138Q120 318 116 300Z", f"~{a}")
        + "".join(
            stroke(
                f"M{100 + 3 * n} {182 + 25 * n}"
                + "q12 12 24 0t24 0t24 0t24 0t24 0t24 0t24 0"
                + ("t20 0" if n < 3 else ""),
                shade(a, 0.2),
                4,
            )
            for n in range(5)
        )
        + rect(88, 148, 224, 22, f"~{tint(a, 0.2)}", 11)
    ),
    "shoebox": lambda a, b, _: (
        shape("M150 142Q200 104 250 142L262 160H138Z", f"~{WALNUT}")
        + rect(82, 158, 236, 38, f"~{tint(a, 0.12)}", 6)
        + rect(92, 196, 216, 122, f"~{a}", 6)
        + stroke("M92 236H308M92 278H308", shade(a, 0.14), 4)
        + "".join(
            stroke(f"M{x} 202V232M{x + 26} 242V272M{x} 284V312", shade(a, 0.14), 3) for x in (140, 210, 270)
        )
        + rect(176, 206, 48, 24, f"~{BRASS}", 5)
    ),
    "shoebrush": lambda a, b, _: turned(
        -14,
        *(stroke(f"M{x} 226V{266 + (x % 3) * 5}", DARK, 9) for x in range(92, 314, 12)),
        shape("M66 214Q66 170 200 160T334 214Q334 236 310 236H90Q66 236 66 214Z", f"~{a}"),
        stroke("M104 202Q150 184 200 182", tint(a, 0.35), 6),
    ),
    "shoetrees": lambda a, b, _: "".join(
        turned(
            -18,
            shape(
                f"M60 {y}Q64 {y - 36} 120 {y - 34}Q160 {y - 30} 172"
                f" {y}Q160 {y + 30} 120 {y + 34}Q64 {y + 34} 60 {y}Z",
                f"~{c}",
            ),
            rect(164, y - 8, 110, 15, f"~{STEEL}", 6),
            rect(262, y - 34, 58, 68, f"~{c}", 22),
            disc(336, y, 13, f"~{BRASS}"),
            stroke(f"M84 {y - 8}Q110 {y - 18} 140 {y - 10}", shade(c, 0.14), 4),
            x=200,
            y=210,
        )
        for y, c in ((164, a), (256, tint(a, 0.14)))
    ),
    "laces": lambda a, b, _: "".join(
        stroke(f"M{x} 100Q{x + 50} 130 {x} 166T{x} 232T{x} 300", c, 11)
        + stroke(f"M{x} 100L{x - 14} 92M{x} 300L{x - 8} 318", shade(BRASS, 0.1), 7)
        for x, c in ((120, a), (196, DARK), (272, SAND))
    ),
    "bottlebrush": lambda a, b, _: turned(
        36,
        rect(191, 230, 18, 126, f"~{a}", 9),
        stroke("M200 232V70", STEEL, 6),
        *(
            stroke(f"M{200 - w} {y}L{200 + w} {y + 6}", shade(CREAM, 0.1 + 0.06 * (y % 2)), 7)
            for y, w in zip(
                range(60, 210, 9),
                (10, 22, 30, 34, 36, 36, 36, 36, 36, 36, 36, 36, 34, 32, 30, 26, 22),
                strict=True,
            )
        ),
    ),
}


def _towelstack(a: str, count: int) -> str:
    """A pile of `count` heavy folds, the top one patterned."""
    layers = "".join(
        rect(92, 318 - 56 * (n + 1), 216, 56, f"~{(a, tint(a, 0.18), a)[n % 3]}", 22) for n in range(count)
    )
    top = 318 - 56 * count
    return layers + "".join(
        shape(f"M{118 + 36 * n} {top + 14}l14 14l-14 14l-14-14Z", tint(a, 0.6)) for n in range(6)
    )


def _bird() -> str:
    """A robin on a twig, for the top postcard."""
    return (
        stroke("M130 236Q200 222 272 234", WALNUT, 6)
        + oval(200, 190, 40, 34, WALNUT)
        + oval(216, 198, 23, 22, RUST)
        + disc(226, 162, 22, WALNUT)
        + disc(232, 158, 4, WHITE)
        + shape("M246 160L264 166L246 172Z", BRASS)
        + shape("M168 184L128 168L150 204Z", shade(WALNUT, 0.2))
        + stroke("M194 222V232M210 222V232", DARK, 4)
    )
