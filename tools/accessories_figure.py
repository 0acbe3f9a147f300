"""The picture of accessories, hair and beards in docs/people.md: each from three sides, walking.

uv run tools/accessories_figure.py                  # writes docs/images/accessories.jpg
uv run tools/accessories_figure.py --only cap,bald  # some of them, larger, to look at
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import typer
from PIL import Image, ImageDraw, ImageFont

from vidsynth.blender.renderer import Renderer
from vidsynth.body.posture import Posture
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
from vidsynth.wardrobe.colours import CLOTH
from vidsynth.wardrobe.records import Accessories, Accessory

PICTURE = Path(__file__).resolve().parents[1] / "docs/images/accessories.jpg"
HEADINGS = ((0.0, -1.0), (0.77, -0.64), (0.0, 1.0))
"""Which way they walk: towards the camera, past it, away."""

FAR = 30.0
"""Metres from the camera to the people."""

OPEN = Site(
    "open", False, (-40, -40, 40, 40), (-60, -60, 60, 60), (2, 4),
    Surface("plain", (0.55, 0.55, 0.55)), (),
)  # fmt: skip


def _thing(kind: str, colour: str) -> Accessory:
    return Accessory(kind, colour, CLOTH[colour][0])


def _case(
    seed: int, posture: Posture, hair: str = "", beard: str = "none", **worn: Accessory
) -> Person:
    person = sample_person(np.random.default_rng(seed), seed + 1)
    return replace(
        person,
        accessories=Accessories(**worn),
        posture=posture,
        beard=beard,
        hair_style=hair or person.hair_style,
    )


FREE = Posture()
CASES: dict[str, Person] = {
    "backpack, cap": _case(
        0, Posture("strap", "swing"), bag=_thing("backpack", "red"), head=_thing("cap", "navy")
    ),
    "shoulder bag, phone": _case(
        1, Posture("aside", "look"), bag=_thing("shoulder-bag", "brown"),
        hand=_thing("phone", "black"),
    ),
    "handbag, scarf": _case(
        2, Posture("carry", "swing"), "long", bag=_thing("handbag", "red"),
        neck=_thing("scarf", "yellow"),
    ),
    "umbrella, hat": _case(
        4, Posture("swing", "umbrella"), hand=_thing("umbrella", "blue"),
        head=_thing("hat", "beige"),
    ),
    "headphones, bob": _case(5, FREE, "bob", head=_thing("headphones", "white")),
    "call, backpack": _case(
        9, Posture("swing", "call"), hand=_thing("phone", "black"), bag=_thing("backpack", "navy")
    ),
    "mask, beanie": _case(
        3, Posture("pocket", "pocket"), "short", face=_thing("face-mask", "light-blue"),
        head=_thing("beanie", "dark-red"),
    ),
    "glasses, stubble": _case(6, FREE, "cropped", "stubble", eyes=_thing("glasses", "black")),
    "sunglasses, full beard": _case(10, FREE, "short", "full", eyes=_thing("sunglasses", "black")),
    "bald, moustache": _case(12, FREE, "bald", "moustache"),
    "curly": _case(7, FREE, "curly"),
    "long": _case(11, FREE, "long"),
    "ponytail": _case(13, FREE, "ponytail"),
    "bun": _case(14, FREE, "bun"),
}  # fmt: skip


def main(
    only: str = "", out: Path = PICTURE, tall: int = 300, quality: str = "fast",
    heads: bool = False,
) -> None:  # fmt: skip
    """``only``: words of the captions; ``tall`` pixels a person's picture; ``heads``: close up."""
    names = [n for n in CASES if not only or any(word in n for word in only.split(","))]
    strips = [_strip([CASES[n] for n in names], way, tall, quality, heads) for way in HEADINGS]
    rows = 1 if len(names) <= 8 else 2
    share = -(-len(names) // rows)
    width = strips[0].width // len(names)
    sheet = Image.new("RGB", (share * width, rows * (3 * tall + 16)), (250, 250, 248))
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=10)
    for number, name in enumerate(names):
        row, column = divmod(number, share)
        top = row * (3 * tall + 16)
        for k, strip in enumerate(strips):
            cut = strip.crop((number * width, 0, (number + 1) * width, tall))
            sheet.paste(cut, (column * width, top + k * tall))
        draw.text((column * width + 3, top + 3 * tall + 1), name, fill=(60, 60, 60), font=font)
    out.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(out, quality=86, optimize=True)
    print(f"wrote {out}")


def _strip(
    people: list[Person], way: tuple[float, float], tall: int, quality: str, heads: bool
) -> Image.Image:
    """The people side by side, all walking that way, in mid-stride."""
    count = len(people)
    apart, shown, middle = (0.62, 0.62, 1.58) if heads else (1.15, 2.45, 1.12)
    walkers = []
    for k, person in enumerate(people):
        x, ahead = apart * (k - (count - 1) / 2), 9.0
        path = (
            (x - ahead * way[0], -ahead * way[1]),
            (x + ahead * way[0], ahead * way[1]),
        )
        walkers.append(Walker(person, path, ahead, 0.13 * k % 1))
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
