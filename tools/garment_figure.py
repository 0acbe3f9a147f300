"""The picture of clothes in docs/people.md: every kind from three sides, in mid-stride.

uv run tools/garment_figure.py                    # writes docs/images/garments.jpg
uv run tools/garment_figure.py --only coat,dress  # some of them, to look at
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import typer
from PIL import Image, ImageDraw, ImageFont

from vidsynth.blender.renderer import Renderer
from vidsynth.cameras.camera import Camera, Photometry
from vidsynth.config import BoxConfig
from vidsynth.develop.photometry import develop
from vidsynth.motion.walker import Walker
from vidsynth.people.person import Person
from vidsynth.people.sampling import sample_person
from vidsynth.places.sites.site import Site, Surface
from vidsynth.planning.shot import Shot
from vidsynth.planning.take import frames_by_cameras
from vidsynth.seeds import Purpose, stream
from vidsynth.wardrobe.colours import CLOTH, DENIM
from vidsynth.wardrobe.records import NOTHING, Garment

PICTURE = Path(__file__).resolve().parents[1] / "docs/images/garments.jpg"
HEADINGS = ((0.0, -1.0), (1.0, 0.0), (0.0, 1.0))
"""Which way they walk: towards the camera, past it, away."""

FAR = 30.0
"""Metres from the camera to the people."""

OPEN = Site(
    "open", False, (-40, -40, 40, 40), (-60, -60, 60, 60), (2, 4),
    Surface("plain", (0.55, 0.55, 0.55)), (),
)  # fmt: skip


def _worn(kind: str, colour: str, second: str = "", **cut: float | str) -> Garment:
    shade = (DENIM if kind == "jeans" else CLOTH)[colour][0]
    other = CLOTH[second][0] if second else (0.0, 0.0, 0.0)
    made = Garment(kind, colour, shade, second_name=second, second_colour=other)
    return replace(made, **cut)  # type: ignore[arg-type]


def _case(
    seed: int,
    upper: Garment,
    lower: Garment,
    shoes: Garment,
    hair: str = "short",
    inner: Garment = NOTHING,
) -> Person:
    person = sample_person(np.random.default_rng(seed), seed + 1)
    return replace(
        person, upper=upper, lower=lower, shoes=shoes, inner=inner, hair_style=hair, beard="none"
    )


BARE = _worn("none", "red", length=0.0)
JEANS = _worn("jeans", "blue", length=0.98, pattern="denim")
WHITE, BLACK = _worn("sneakers", "white"), _worn("shoes", "black")
CASES: dict[str, Person] = {
    "coat, suit trousers": _case(
        0, _worn("coat", "beige", length=0.3, sleeve=1.0, looseness=0.024),
        _worn("suit-trousers", "navy", length=0.98, looseness=0.015), BLACK,
    ),
    "long coat, jeans": _case(
        2, _worn("coat", "black", length=0.9, sleeve=1.0, looseness=0.024), JEANS,
        _worn("boots", "brown"), "bob",
    ),
    "hoodie, jeans": _case(
        1, _worn("hoodie", "grey", length=0.5, sleeve=0.97, looseness=0.024), JEANS, WHITE,
    ),
    "dress, sandals": _case(
        11, _worn("dress", "red", length=0.35, sleeve=0.0, looseness=0.012), BARE,
        _worn("sandals", "brown"), "bun",
    ),
    "dress, leggings": _case(
        7, _worn("dress", "teal", "white", length=0.2, sleeve=0.8, looseness=0.012, pattern="dots"),
        _worn("leggings", "black", length=0.9, looseness=0.004), WHITE, "bob",
    ),
    "long skirt, tank top": _case(
        13, _worn("tank-top", "white", length=0.2, looseness=0.012),
        _worn("skirt", "olive", length=1.0, looseness=0.012), _worn("sandals", "beige"), "ponytail",
    ),
    "sweater, shorts": _case(
        4, _worn("sweater", "green", length=0.5, sleeve=0.95, looseness=0.02),
        _worn("shorts", "beige", length=0.4, looseness=0.016), WHITE,
    ),
    "shirt, trousers": _case(
        6, _worn("shirt", "red", "black", length=0.6, sleeve=0.9, looseness=0.016, pattern="check"),
        _worn("trousers", "grey", length=0.98), BLACK,
    ),
    "jacket, skirt": _case(
        5, _worn("jacket", "yellow", length=0.4, sleeve=1.0, looseness=0.02),
        _worn("skirt", "black", length=0.3, looseness=0.012), _worn("boots", "black"), "bob",
    ),
    "open jacket, shirt": _case(
        8, _worn("jacket", "navy", length=0.4, sleeve=1.0, looseness=0.02, open=0.6),
        _worn("suit-trousers", "grey", length=0.98, looseness=0.015), BLACK,
        inner=_worn("shirt", "white", length=0.3, looseness=0.007),
    ),
    "open coat, sweater": _case(
        9, _worn("coat", "brown", length=0.4, sleeve=1.0, looseness=0.024, open=0.7), JEANS,
        _worn("boots", "black"), "long",
        inner=_worn("sweater", "red", length=0.4, looseness=0.008, pattern="knit"),
    ),
    "open hoodie, hoops": _case(
        12, _worn("hoodie", "green", length=0.5, sleeve=0.97, looseness=0.024, open=0.3),
        _worn("jeans", "black", length=0.98, pattern="denim"), WHITE,
        inner=_worn("t-shirt", "white", "navy", length=0.3, looseness=0.007, pattern="hoops"),
    ),
    "plaid shirt": _case(
        14, _worn("shirt", "red", "navy", length=0.6, sleeve=0.9, looseness=0.016, pattern="plaid"),
        _worn("trousers", "beige", length=0.98), BLACK,
    ),
    "knit, denim skirt": _case(
        21, _worn("sweater", "beige", length=0.4, sleeve=0.97, looseness=0.02, pattern="knit"),
        _worn("skirt", "navy", length=0.35, looseness=0.012, pattern="denim"), WHITE, "bob",
    ),
    "stripes": _case(
        15,
        _worn(
            "t-shirt", "white", "red", length=0.4, sleeve=0.4, looseness=0.016, pattern="stripes"
        ),
        _worn("shorts", "navy", length=0.4, looseness=0.016), WHITE,
    ),
}  # fmt: skip


def main(only: str = "", out: Path = PICTURE, tall: int = 350, quality: str = "standard") -> None:
    """``only``: words of the captions; ``tall`` pixels a person's picture."""
    names = [n for n in CASES if not only or any(word in n for word in only.split(","))]
    strips = [_strip([CASES[n] for n in names], way, tall, quality) for way in HEADINGS]
    width = strips[0].width // len(names)
    sheet = Image.new("RGB", (len(names) * width, 3 * tall + 16), (250, 250, 248))
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=11)
    for k, strip in enumerate(strips):
        sheet.paste(strip, (0, k * tall))
    for number, name in enumerate(names):
        draw.text((number * width + 3, 3 * tall + 1), name, fill=(60, 60, 60), font=font)
    out.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(out, quality=86, optimize=True)
    print(f"wrote {out}")


def _strip(people: list[Person], way: tuple[float, float], tall: int, quality: str) -> Image.Image:
    """The people side by side, all walking that way, in mid-stride."""
    count = len(people)
    apart, shown, middle = 0.95, 2.3, 1.05
    walkers = []
    for k, person in enumerate(people):
        x, ahead = apart * (k - (count - 1) / 2), 9.0
        path = (
            (x - ahead * way[0], -ahead * way[1]),
            (x + ahead * way[0], ahead * way[1]),
        )
        walkers.append(Walker(person, path, ahead, (0.03 + 0.07 * k) % 1))
    # A long lens from far away, a little above: everybody is seen alike.
    scale = tall / shown
    camera = Camera(
        1, "open", round(count * apart * scale), tall, scale * FAR, (0, -FAR, middle + 0.12 * FAR),
        (0.0, 0.0, middle), Photometry(),
    )  # fmt: skip
    shot = Shot(
        0, "open", OPEN, "noon", "overcast", tuple(walkers), frames_by_cameras(1, (camera,)), 8.0, 7
    )
    picture = Renderer(quality, "auto", BoxConfig()).view(shot, camera, 0)
    return Image.fromarray(develop(picture, stream(0, Purpose.DEVELOP)))


if __name__ == "__main__":
    typer.run(main)
