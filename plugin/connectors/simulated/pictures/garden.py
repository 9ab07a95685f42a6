"""Drawings for the garden yard."""

from __future__ import annotations

from plugin.connectors.simulated.pictures.canvas import (
    BRASS,
    CREAM,
    DARK,
    GREEN,
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

SOIL = shade(WALNUT, 0.4)


def _plant(x: float, y: float, size: float, green: str = GREEN) -> str:
    """A small leafy plant growing from (x, y)."""
    leaves = ((-42, 0.9), (40, 0.9), (-16, 1.15), (16, 1.1), (0, 1.3))
    return "".join(
        turned(
            t,
            shape(
                f"M{x} {y}q{-20 * size * s:g} {-38 * size * s:g} 0 {-70 * size * s:g}"
                f"q{20 * size * s:g} {32 * size * s:g} 0 {70 * size * s:g}Z",
                tint(green, 0.1 * n),
            ),
            x=x,
            y=y,
        )
        for n, (t, s) in enumerate(leaves)
    )


def _flowers(x: float, y: float, colour: str) -> str:
    return (
        stroke(f"M{x} {y}V{y - 48}", GREEN, 5)
        + "".join(turned(t, oval(x, y - 64, 8, 13, colour), x=x, y=y - 52) for t in range(0, 360, 72))
        + disc(x, y - 52, 7, BRASS)
    )


def _flame(x: float, y: float, size: float) -> str:
    """A fire whose foot is at (x, y)."""
    return shape(
        f"M{x} {y - 110 * size:g}q{46 * size:g} {46 * size:g} {34 * size:g}"
        f" {82 * size:g}q{-6 * size:g} {28 * size:g} {-34 * size:g} {28 * size:g}"
        f"t{-34 * size:g} {-30 * size:g}q{-2 * size:g} {-22 * size:g} {16 * size:g}"
        f" {-38 * size:g}q{4 * size:g} {14 * size:g} {12 * size:g} {16 * size:g}"
        f"q{-6 * size:g} {-34 * size:g} {6 * size:g} {-58 * size:g}Z",
        "#e58a35",
    ) + shape(
        f"M{x} {y - 52 * size:g}q{22 * size:g} {24 * size:g} 12 {42 * size:g}"
        f"q-8 {10 * size:g}-24 0q-10-{18 * size:g} 12-{42 * size:g}Z",
        "#f5c65c",
    )


GARDEN_PICTURES: dict[str, Recipe] = {
    "balconybox": lambda a, b, _: (
        "".join(_plant(x, 224, 0.85) for x in (116, 200, 284))
        + "".join(
            _flowers(x, 222, c)
            for x, c in ((92, "#e0a3a3"), (158, "#e2765f"), (242, "#a795c7"), (308, "#dda63a"))
        )
        + shape("M62 218H338L322 304Q320 318 306 318H94Q80 318 78 304Z", f"~{a}")
        + rect(54, 208, 292, 24, f"~{tint(a, 0.15)}", 8)
    ),
    "herbplanter": lambda a, b, _: (
        "".join(_plant(x, 232, 0.95, c) for x, c in ((120, GREEN), (200, "#7f9c5d"), (280, "#5f8a6c")))
        + "".join(
            shape(f"M{x - 38} 222H{x + 38}L{x + 29} 298H{x - 29}Z", f"~{STEEL}")
            + rect(x - 41, 214, 82, 15, f"~{tint(STEEL, 0.25)}", 5)
            for x in (120, 200, 280)
        )
        + shape("M60 270H340L330 318H70Z", f"~{a}")
        + stroke("M84 294H316", shade(a, 0.14), 4)
    ),
    "raisedbed": lambda a, b, _: (
        "".join(
            _plant(x, 216, s, c)
            for x, s, c in (
                (96, 0.7, "#7f9c5d"),
                (150, 0.9, GREEN),
                (208, 0.75, "#8fae5e"),
                (262, 0.95, GREEN),
                (312, 0.7, "#7f9c5d"),
            )
        )
        + rect(62, 204, 276, 18, SOIL, 4)
        + "".join(
            rect(56, 216 + 34 * n, 288, 32, f"~{tint(a, 0.06 * n)}", 4)
            + stroke(f"M80 {232 + 34 * n}h150", shade(a, 0.1), 3)
            for n in range(3)
        )
        + "".join(rect(x, 208, 22, 110, f"~{shade(a, 0.2)}", 4) for x in (62, 316))
    ),
    "glazedpot": lambda a, b, _: (
        _plant(200, 196, 1.45)
        + shape("M108 190H292L268 300Q264 318 246 318H154Q136 318 132 300Z", f"~{a}")
        + shape("M108 190H292L286 220Q268 250 250 224T214 232T176 222T140 234T114 220Z", tint(a, 0.3))
        + rect(100, 176, 200, 24, f"~{tint(a, 0.38)}", 11)
        + clear(0.5, stroke("M138 246L148 296", WHITE, 8))
    ),
    "cisternpot": lambda a, b, _: (
        _plant(190, 190, 1.3, "#5f8a6c")
        + rect(112, 180, 176, 138, f"~{a}", 26)
        + rect(112, 180, 176, 26, f"~{tint(a, 0.4)}", 13)
        + rect(244, 130, 18, 60, f"~{WHITE}", 8)
        + disc(253, 126, 12, RUST)
        + rect(146, 246, 60, 40, "#bcd8e4", 8)
        + shape("M146 262q15-9 30 0t30 0V278Q206 286 198 286H154Q146 286 146 278Z", "#6fa5c4")
    ),
    "brackets": lambda a, b, _: "".join(
        stroke(f"M{x} 112H{x + 34}V296H{x + 110}V250", f"{shade(a, s)}", 15)
        + stroke(f"M{x} 112V142", shade(a, s), 15)
        + stroke(f"M{x + 36} 226L{x + 100} 290", shade(a, s), 10)
        for x, s in ((84, 0.0), (196, 0.15))
    ),
    "saucer": lambda a, b, _: (
        shape("M64 246H336L304 300Q298 310 284 310H116Q102 310 96 300Z", f"~{a}")
        + oval(200, 246, 136, 36, tint(a, 0.3))
        + oval(200, 250, 112, 26, shade(a, 0.12))
        + "".join(rect(x, 306, 34, 12, f"~{WOOD}", 5) for x in (118, 183, 248))
    ),
    "pads": lambda a, b, _: (
        rect(88, 112, 224, 206, f"~{tint(a, 0.75)}", 10)
        + "".join(
            disc(124 + 51 * c, 148 + 45 * r, 19, f"~{(a, tint(a, 0.15), a, shade(a, 0.08))[(r + c) % 4]}")
            for r in range(4)
            for c in range(4)
        )
    ),
    "mosspole": lambda a, b, _: (
        rect(192, 270, 16, 50, f"~{WOOD}", 3)
        + rect(176, 72, 48, 204, f"~{a}", 22)
        + "".join(stroke(f"M178 {y}Q200 {y + 12} 222 {y}", shade(a, 0.25), 4) for y in range(90, 266, 18))
        + stroke("M186 276Q150 220 214 190T196 92", GREEN, 7)
        + "".join(
            shape(f"M{x} {y}q{s * 40} -34 {s * 66} 6q-{40 if s > 0 else -40} 30 {-s * 66} -6Z", c)
            for x, y, s, c in (
                (216, 176, 1, GREEN),
                (178, 214, -1, "#5f8a6c"),
                (190, 112, -1, GREEN),
                (212, 246, 1, "#7f9c5d"),
            )
        )
    ),
    "propagator": lambda a, b, _: (
        clear(0.55, shape("M84 230L104 150Q108 136 122 136H278Q292 136 296 150L316 230Z", "~#cfe3e6"))
        + "".join(
            stroke(f"M{x} 232V{210 - h}", "#7fa65c", 4)
            + oval(x - 8, 208 - h, 9, 5, "#8fbf6a")
            + oval(x + 8, 206 - h, 9, 5, "#7fa65c")
            for x, h in ((118, 6), (150, 16), (184, 4), (218, 20), (250, 10), (282, 14))
        )
        + rect(90, 226, 220, 16, SOIL, 4)
        + shape("M70 232H330L316 306Q314 318 302 318H98Q86 318 84 306Z", f"~{a}")
        + rect(64, 228, 272, 20, f"~{tint(a, 0.15)}", 8)
        + rect(184, 128, 32, 14, f"~{a}", 5)
        + clear(0.8, stroke("M112 160L98 214", WHITE, 6))
    ),
    "spade": lambda a, b, _: turned(
        24,
        rect(190, 60, 20, 170, f"~{a}", 8),
        f'<path d="M162 32H238L222 72H178Z" fill="none"'
        f' stroke="{shade(a, 0.15)}" stroke-width="13" stroke-linejoin="round"/>',
        rect(184, 206, 32, 42, f"~{shade(STEEL, 0.3)}", 5),
        shape("M152 240H248V316Q248 350 200 372Q152 350 152 316Z", f"~{STEEL}"),
    ),
    "tomatohouse": lambda a, b, _: (
        "".join(
            stroke(f"M{x} 306Q{x - 10} 240 {x + 4} 176", GREEN, 6)
            + "".join(disc(x + dx, y, 11, "#c8452f") for dx, y in ((-14, 212), (12, 236), (-10, 262)))
            + _plant(x, 206, 0.5)
            for x in (150, 246)
        )
        + rect(96, 300, 208, 18, SOIL, 5)
        + clear(0.35, shape("M92 150L200 78L308 150V306H92Z", f"~{tint(a, 0.5)}"))
        + stroke("M92 318V150L200 78L308 150V318M200 78V300M92 150H308", shade(a, 0.3), 7)
    ),
    "wateringcan": lambda a, b, _: (
        stroke("M146 274Q92 262 60 150", shade(a, 0.08), 13)
        + oval(58, 142, 22, 10, shade(a, 0.2))
        + stroke("M262 178Q346 170 324 254Q314 288 272 288", shade(a, 0.12), 13)
        + stroke("M156 176Q200 104 252 176", shade(a, 0.12), 11)
        + shape("M136 176H270L280 304Q280 318 266 318H142Q128 318 128 304Z", f"~{a}")
        + rect(130, 168, 146, 18, f"~{tint(a, 0.2)}", 8)
    ),
    "scissors": lambda a, b, _: turned(
        -36,
        shape("M192 220L176 44Q200 48 212 220Z", f"~{tint(STEEL, 0.25)}"),
        shape("M208 220L236 46Q204 60 190 220Z", f"~{STEEL}"),
        f'<ellipse cx="158" cy="288" rx="34" ry="46" fill="none" stroke="{a}" stroke-width="19"/>',
        f'<ellipse cx="242" cy="288" rx="34" ry="46" fill="none"'
        f' stroke="{shade(a, 0.12)}" stroke-width="19"/>',
        shape("M178 254L196 206H208L224 254L202 236Z", a),
        disc(201, 216, 7, WHITE),
    ),
    "coirpots": lambda a, b, _: "".join(
        stroke(f"M{x} {y - 74}V{y - 104}", "#7fa65c", 5)
        + oval(x - 10, y - 106, 12, 6, "#8fbf6a")
        + oval(x + 10, y - 110, 12, 6, "#7fa65c")
        + shape(f"M{x - 40} {y - 76}H{x + 40}L{x + 28} {y}H{x - 28}Z", f"~{tint(a, 0.15)}")
        + oval(x, y - 76, 40, 9, SOIL)
        + stroke(f"M{x - 22} {y - 50}h14M{x + 4} {y - 36}h14M{x - 14} {y - 20}h12", shade(a, 0.15), 3)
        for x, y in ((156, 222), (250, 222), (110, 316), (202, 318), (294, 316))
    ),
    "plantlabels": lambda a, b, _: "".join(
        turned(
            t,
            shape(f"M{x - 24} 104H{x + 24}V250L{x} 318L{x - 24} 250Z", f"~{tint(a, s)}"),
            stroke(f"M{x - 10} 130q8-8 12 4t10 2M{x - 10} 156h18", CREAM, 4),
            x=x,
            y=318,
        )
        for x, t, s in ((126, -12, 0.1), (200, 0, 0.0), (274, 12, 0.15))
    ),
    "mister": lambda a, b, _: (
        shape(
            "M128 216Q128 188 166 178V152H234V178Q272 188 272 216V300Q272 318 254 318H146Q128 318 128 300Z",
            f"~{a}",
        )
        + rect(174, 112, 52, 46, f"~{shade(a, 0.18)}", 8)
        + rect(116, 118, 66, 14, f"~{shade(a, 0.1)}", 6)
        + disc(200, 98, 17, f"~{a}")
        + stroke("M232 130Q264 140 256 172", shade(a, 0.25), 9)
        + clear(0.4, stroke("M150 216V290", WHITE, 9))
        + clear(
            0.8,
            *(
                disc(x, y, r, "#a9cbd8")
                for x, y, r in ((98, 112, 5), (84, 128, 6), (78, 106, 4), (64, 120, 5))
            ),
        )
    ),
    "foil": lambda a, b, _: (
        shape("M100 150H282V318H100Z", f"~{a}")
        + "".join(disc(118 + 24 * c, 226 + 22 * r, 7, tint(a, 0.2)) for r in range(4) for c in range(7))
        + rect(88, 126, 214, 74, f"~{tint(a, 0.12)}", 36)
        + oval(292, 163, 22, 37, tint(a, 0.35))
        + oval(292, 163, 9, 16, shade(a, 0.3))
    ),
    "copperrings": lambda a, b, _: (
        "".join(
            f'<ellipse cx="{x}" cy="{y}" rx="72" ry="24"'
            f' fill="none" stroke="{shade(a, s)}" stroke-width="20"/>'
            for x, y, s in ((218, 170, 0.25), (190, 212, 0.12), (216, 252, 0.05))
        )
        + _plant(200, 296, 0.7, "#8fae5e")
        + f'<path d="M104 290A96 26 0 0 0 296 290" fill="none"'
        f' stroke="{a}" stroke-width="24" stroke-linecap="round"/>'
    ),
    "gloves": lambda a, b, _: "".join(
        turned(
            t,
            shape(
                f"M{x - 44} 318V196"
                + "V120q10-20 20 0V178V104q11-20 22 0V178V108q11-20 22 0V190V130q10-16 20 0V232"
                + "L"
                + f"{x + 44} 318Z",
                f"~{c}",
            ),
            rect(x - 50, 276, 98, 44, f"~{GREEN}", 8),
            x=x,
            y=318,
        )
        for x, t, c in ((146, -8, a), (258, 8, tint(a, 0.15)))
    ),
    "handfork": lambda a, b, _: turned(
        34,
        rect(184, 42, 32, 130, f"~{a}", 15),
        rect(190, 166, 20, 44, f"~{shade(STEEL, 0.2)}", 4),
        *(
            shape(f"M{x - 8} 228Q{x - 10} 300 {x} 352Q{x + 10} 300 {x + 8} 228Z", f"~{STEEL}")
            for x in (158, 200, 242)
        ),
        rect(146, 206, 108, 28, f"~{STEEL}", 12),
    ),
    "kneeler": lambda a, b, _: (
        shape("M84 214Q84 196 104 196H296Q316 196 316 214L336 288Q338 318 312 318H88Q62 318 64 288Z", f"~{a}")
        + shape("M104 206H296L318 286H82Z", tint(a, 0.2))
        + rect(160, 216, 80, 20, tint(a, 0.75), 10)
        + stroke("M112 262H288", shade(a, 0.05), 4)
    ),
    "sharpener": lambda a, b, _: turned(
        -30,
        rect(70, 182, 210, 40, f"~{a}", 18),
        shape("M272 186H338Q352 202 338 218H272Z", f"~{STEEL}"),
        rect(96, 194, 96, 16, f"~{RUST}", 8),
        rect(52, 192, 26, 20, f"~{STEEL}", 5),
    ),
    "bulbplanter": lambda a, b, _: (
        rect(120, 84, 160, 30, f"~{a}", 15)
        + stroke("M152 112V180M248 112V180", STEEL, 12)
        + shape("M132 178H268L250 312Q200 326 150 312Z", f"~{tint(STEEL, 0.15)}")
        + "".join(
            stroke(f"M{x} {y}h22", DARK, 4) for x, y in ((150, 206), (153, 230), (156, 254), (159, 278))
        )
        + oval(200, 178, 68, 13, shade(STEEL, 0.25))
    ),
    "spirals": lambda a, b, _: "".join(
        stroke(
            f"M{x} 318V84" if n == 0 else f"M{x} 318" + "q-22-13 0-26t0-26" * 4 + "V84",
            shade(a, 0.1 * (n % 3)),
            8,
        )
        for n, x in ((1, 120), (2, 174), (1, 228), (2, 282))
    ),
    "twine": lambda a, b, _: (
        rect(130, 148, 140, 152, f"~{a}", 10)
        + "".join(stroke(f"M132 {y}L268 {y - 18}", shade(a, 0.16), 4) for y in range(176, 306, 13))
        + rect(112, 130, 176, 24, f"~{WOOD}", 10)
        + rect(112, 294, 176, 24, f"~{WOOD}", 10)
        + stroke("M266 250Q330 260 318 300T346 316", a, 6)
    ),
    "gauge": lambda a, b, _: (
        rect(192, 196, 16, 122, f"~{STEEL}", 5)
        + rect(128, 84, 144, 136, f"~{a}", 34)
        + rect(148, 108, 104, 62, CREAM, 10)
        + stroke("M164 156A40 40 0 0 1 236 156", "#6fa5c4", 7)
        + stroke("M200 160L220 130", DARK, 6)
        + disc(200, 194, 9, tint(a, 0.5))
    ),
    "grill": lambda a, b, _: (
        stroke("M152 252L104 318M248 252L296 318M200 262V318", DARK, 10)
        + shape("M96 186H304Q296 268 200 268T96 186Z", f"~{a}")
        + shape("M96 178Q104 92 200 92T304 178Z", f"~{shade(a, 0.06)}")
        + rect(90, 174, 220, 16, f"~{STEEL}", 7)
        + rect(176, 76, 48, 14, f"~{WALNUT}", 7)
        + stroke("M184 90V84M216 90V84", DARK, 5)
        + disc(240, 128, 9, STEEL)
        + disc(106, 312, 15, f"~{DARK}")
        + disc(294, 312, 15, f"~{DARK}")
        + clear(0.35, stroke("M124 156Q138 122 172 112", WHITE, 8))
    ),
    "firebowl": lambda a, b, _: (
        _flame(200, 226, 1.15)
        + _flame(152, 224, 0.7)
        + _flame(250, 224, 0.75)
        + turned(14, rect(116, 212, 160, 20, f"~{WALNUT}", 9), x=200, y=220)
        + stroke("M128 268L104 318M272 268L296 318", DARK, 12)
        + shape("M72 228H328Q310 300 200 300T72 228Z", f"~{a}")
        + rect(64, 220, 272, 17, f"~{tint(a, 0.15)}", 8)
    ),
    "chimney": lambda a, b, _: (
        "".join(
            disc(x, y, 17, c)
            for x, y, c in (
                (160, 110, DARK),
                (194, 102, "#e58a35"),
                (228, 106, DARK),
                (178, 94, DARK),
                (214, 90, "#c8452f"),
            )
        )
        + stroke("M252 150Q330 150 320 220T252 260", WALNUT, 15)
        + rect(136, 114, 124, 204, f"~{a}", 8)
        + oval(198, 116, 62, 12, "none")
        + "".join(rect(154 + 24 * c, 270, 12, 34, shade(a, 0.4), 6) for c in range(4))
        + "".join(disc(160 + 26 * c, 150, 5, shade(a, 0.4)) for c in range(4))
    ),
    "firelighters": lambda a, b, _: "".join(
        turned(
            t,
            rect(x - 24, y - 26, 48, 52, f"~{tint(a, 0.3)}", 20),
            *(stroke(f"M{x - 18} {y - 14 + 10 * n}q18 9 36 0", shade(a, 0.12), 4) for n in range(4)),
            x=x,
            y=y,
        )
        for x, y, t in (
            (164, 150, 12),
            (240, 158, -18),
            (122, 216, -8),
            (200, 218, 20),
            (276, 222, 6),
            (100, 286, 16),
            (172, 290, -12),
            (246, 290, 9),
            (308, 292, -20),
        )
    ),
    "cover": lambda a, b, _: (
        shape("M116 150Q120 110 200 108T284 150L312 300Q318 318 300 318H100Q82 318 88 300Z", f"~{a}")
        + stroke("M150 140Q136 220 130 306M250 140Q264 220 270 306", tint(a, 0.2), 5)
        + stroke("M96 288Q200 304 304 288", tint(a, 0.45), 6)
        + disc(200, 292, 7, BRASS)
        + rect(176, 168, 48, 26, tint(a, 0.7), 4)
    ),
    "logs": lambda a, b, _: "".join(
        disc(x, y, 39, f"~{shade(a, 0.3)}")
        + disc(x, y, 32, tint(a, 0.25))
        + f'<circle cx="{x}" cy="{y}" r="19" fill="none" stroke="{a}" stroke-width="4"/>'
        + disc(x, y, 7, a)
        for x, y in ((200, 146), (160, 212), (240, 212), (120, 279), (200, 279), (280, 279))
    ),
    "sparkguard": lambda a, b, _: (
        _flame(200, 290, 0.8)
        + clear(0.75, shape("M68 296Q72 116 200 116T332 296Z", f"{tint(a, 0.72)}"))
        + "".join(
            stroke(f"M{200 + x} {122 + abs(x) * 0.34:g}Q{200 + x * 1.4:g} 220 {200 + x * 1.45:g} 296", a, 2.5)
            for x in range(-80, 81, 16)
        )
        + "".join(
            stroke(f"M{200 - w} {y}H{200 + w}", a, 2.5)
            for y, w in ((150, 82), (180, 106), (210, 118), (240, 124), (270, 129))
        )
        + stroke("M68 296Q72 116 200 116T332 296", a, 9)
        + rect(58, 292, 284, 22, f"~{a}", 9)
        + f'<circle cx="200" cy="102" r="15" fill="none" stroke="{a}" stroke-width="9"/>'
    ),
    "poker": lambda a, b, _: turned(
        36,
        stroke("M200 60V330Q200 352 222 344", a, 14),
        stroke("M200 318H176", a, 11),
        '<path d="M200 74Q164 56 178 26Q200 4 222 26Q236 56 200 74Z" fill="none" '
        f'stroke="{shade(a, 0.2)}" stroke-width="11" stroke-linejoin="round"/>',
        stroke("M193 110L207 124M193 130L207 144M193 150L207 164", tint(a, 0.35), 4),
    ),
    "forks": lambda a, b, _: "".join(
        turned(
            t,
            stroke("M200 262V104M186 66V92Q186 104 200 104T214 92V66", shade(STEEL, 0.1), 7),
            rect(188, 250, 24, 74, f"~{c}", 11),
            x=200,
            y=324,
        )
        for t, c in ((-27, a), (-9, RUST), (9, GREEN), (27, SAND))
    ),
}
