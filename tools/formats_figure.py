"""Draws what COCO and MOTChallenge files say over the frames they say it of.

uv run tools/formats_figure.py            # renders one shot, a minute on two cores
uv run tools/formats_figure.py --coco data/coco --mot data/mot
"""

from __future__ import annotations

import configparser
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from PIL import Image, ImageDraw, ImageFont

from vidsynth.develop.picture import RenderedPicture
from vidsynth.formats import FORMATS
from vidsynth.formats.coco import SKELETON
from vidsynth.formats.mot import PEDESTRIAN
from vidsynth.labels.masks import decode_mask
from vidsynth.planning.shot import Shot
from vidsynth.run.markers import marker_path, publish
from vidsynth.run.production import produce
from vidsynth.settings import load_config

WORDS = (
    "identities=6", "test_share=0", "distractor_share=0", "people_per_shot=6", "frames=1",
    "boxes.min_frames=1", "sites=[plaza]", "cameras=2", "hours=[forenoon]", "weathers=[clouds]",
    "crowd.density=0.5", "seed=5",
)  # fmt: skip
COLOURS = ("#e6194b", "#3cb44b", "#ffe119", "#4363d8", "#f58231", "#42d4f4", "#f032e6", "#bfef45")
IGNORED = "#a0a0a0"
WIDTH = 960


def draw(
    output: Annotated[Path, typer.Option(help="JPEG file.")] = Path("docs/images/formats.jpg"),
    coco: Annotated[Path | None, typer.Option(help="A set of --format coco.")] = None,
    mot: Annotated[Path | None, typer.Option(help="A set of --format mot.")] = None,
    shot: Annotated[int, typer.Option(help="Which shot is shown.")] = 0,
) -> None:
    """One frame with COCO's boxes, masks and keypoints, and one with MOT's boxes and ids."""
    with tempfile.TemporaryDirectory(prefix="formats-") as folder:
        if coco is None or mot is None:
            coco, mot, shot = *_rendered(Path(folder)), 0
        pictures = [of_coco(coco, shot), of_mot(mot, shot)]
    height = max(picture.height for picture in pictures)
    sheet = Image.new("RGB", (WIDTH, 2 * height + 6), "white")
    for number, picture in enumerate(pictures):
        sheet.paste(picture, (0, number * (height + 6)))
    output.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(output, quality=88)
    print(f"{output}: {sheet.width}x{sheet.height}")


class _Kept:
    """A renderer that has rendered already."""

    def __init__(self, frames: list[RenderedPicture]) -> None:
        self._frames = frames

    def render(self, shot: Shot) -> Iterator[RenderedPicture]:
        return iter(self._frames)


def _rendered(folder: Path) -> tuple[Path, Path]:
    """Shot 0, rendered once and laid out as COCO and as MOTChallenge."""
    roots = []
    frames: list[RenderedPicture] = []
    for layout in ("coco", "mot"):
        production = produce(load_config(None, [*WORDS, f"output.format={layout}"]))
        if not frames:
            renderer = production.make_renderer(production.renderer)
            frames = list(renderer.render(production.plan.shot(0)))
        root = folder / layout
        root.mkdir()
        (root / "cameras.json").write_text(json.dumps(production.cameras()))
        marker = production.shoot(0, _Kept(frames), root / "room", lambda: None)
        publish(root, 0, "", root / "room", marker)
        written = json.loads(marker_path(root, 0).read_text())
        FORMATS[layout].index(root, [written])
        roots.append(root)
    return roots[0], roots[1]


def of_coco(root: Path, shot: int) -> Image.Image:
    """The shot's frame that shows most people. Boxes are of what shows; keypoints filled where
    seen, hollow where hidden; grey is iscrowd."""
    labels = json.loads((root / "annotations/person_keypoints_train.json").read_text())
    frames = [image for image in labels["images"] if image["shot"] == shot]
    of: dict[int, list[dict[str, Any]]] = {image["id"]: [] for image in frames}
    for entry in labels["annotations"]:
        if entry["image_id"] in of:
            of[entry["image_id"]].append(entry)
    image = max(frames, key=lambda f: sum(e["num_keypoints"] for e in of[f["id"]]))
    picture = Image.open(root / "train" / image["file_name"]).convert("RGB")
    pixels = np.asarray(picture, float).copy()
    for entry in of[image["id"]]:
        mask = decode_mask(entry["segmentation"]["counts"], picture.height, picture.width)
        colour = np.array(Image.new("RGB", (1, 1), _colour(entry)).getpixel((0, 0)))
        pixels[mask] = 0.6 * pixels[mask] + 0.4 * colour
    picture = Image.fromarray(pixels.astype(np.uint8))
    pen = ImageDraw.Draw(picture)
    for entry in of[image["id"]]:
        x, y, width, height = entry["bbox"]
        pen.rectangle((x, y, x + width, y + height), outline=_colour(entry), width=2)
        points = np.array(entry["keypoints"]).reshape(-1, 3)
        for a, b in SKELETON:
            if points[a - 1, 2] and points[b - 1, 2]:
                ends = [tuple(points[k - 1, :2]) for k in (a, b)]
                pen.line(ends, fill=_colour(entry), width=2)
        for x, y, flag in points[points[:, 2] > 0]:
            fill = _colour(entry) if flag == 2 else None
            pen.ellipse((x - 3, y - 3, x + 3, y + 3), fill=fill, outline="black")
    return _captioned(picture, f"coco: {image['file_name']}")


def of_mot(root: Path, shot: int) -> Image.Image:
    """The last frame of the shot's first sequence, with ids and visibilities; grey is ignored."""
    sequence = min((root / "train").glob(f"S{shot:06d}-C*"))
    parser = configparser.ConfigParser()
    parser.read(sequence / "seqinfo.ini")
    last = parser.getint("Sequence", "seqLength")
    picture = Image.open(sequence / f"img1/{last:06d}.jpg").convert("RGB")
    pen = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=18)
    for row in np.loadtxt(sequence / "gt/gt.txt", delimiter=",", ndmin=2):
        if row[0] != last:
            continue
        x, y, width, height = row[2] - 1, row[3] - 1, row[4], row[5]
        labelled = row[7] == PEDESTRIAN
        colour = COLOURS[int(row[1]) % len(COLOURS)] if labelled else IGNORED
        pen.rectangle((x, y, x + width, y + height), outline=colour, width=2)
        said = f"{int(row[1])}: {row[8]:.2f}" if labelled else f"{int(row[1])}"
        pen.text((x + 3, max(y - 21, 2)), said, fill=colour, font=font, stroke_width=1,
                 stroke_fill="black")  # fmt: skip
    return _captioned(picture, f"mot: train/{sequence.name}, frame {last}, id: visibility")


def _colour(entry: dict[str, Any]) -> str:
    return IGNORED if entry["iscrowd"] else COLOURS[entry["person_id"] % len(COLOURS)]


def _captioned(picture: Image.Image, said: str) -> Image.Image:
    picture = picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)))
    pen = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=18)
    pen.text((8, 6), said, fill="white", font=font, stroke_width=2, stroke_fill="black")
    return picture


if __name__ == "__main__":
    typer.run(draw)
