"""The picture of docs/target.md on fitting: a rendered target, the default config, the fitted one.

uv run tools/fitted_figure.py TARGET estimators.safetensors --pool pool    # minutes on one core

TARGET is a rendered set; real people's pictures have no place in the docs.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer
from image_figure import GAP, PAPER, WIDTH, in_rows
from PIL import Image, ImageDraw, ImageFont

from vidsynth.run.job import render
from vidsynth.settings import load_image_config
from vidsynth.target.estimators_file import read_estimators
from vidsynth.target.fitted_file import write_fitted
from vidsynth.target.fitting_sets import fit_measured
from vidsynth.target.looking import layout_of, look, samples
from vidsynth.target.summary import Rules, summarise

OUTPUT = Path(__file__).resolve().parents[1] / "docs/images/fitted.jpg"
CAPTION, INK, SHOWN, ROWS = 18, (31, 38, 45), 40, 2
WORDS = (
    "identities=20", "test_share=0", "cameras=20", "cameras_per_identity=2", "images_per_camera=1",
    "quality=fast", "seed=11",
)  # fmt: skip


def main(
    target: Path,
    estimators: Path,
    pool: Annotated[Path | None, typer.Option(help="Pool; else the cached one.")] = None,
    output: Annotated[Path, typer.Option(help="Picture to write.")] = OUTPUT,
) -> None:
    """Write docs/images/fitted.jpg."""
    net, layout = read_estimators(estimators), layout_of(target)
    seen = look(target, layout, net, part="train", frames=2)
    statistics = summarise(seen, layout, net, Rules())
    fitted = fit_measured(statistics, net, seen, pool)
    with tempfile.TemporaryDirectory(prefix="fitted-") as folder:
        room = Path(folder)
        file = room / "fitted.yaml"
        write_fitted(file, fitted.settings)
        for name, config in (("default", None), ("fitted", file)):
            render(load_image_config(config, WORDS), room / name, 1, progress=False)
        sets = {
            "a rendered target: dim, pale, noisy, in bad weather": (target, layout),
            "render-images by default": (room / "default", "synthetic-images"),
            "render-images fitted to the target's statistics": (
                room / "fitted",
                "synthetic-images",
            ),
        }
        sheet = _sheet(
            {
                caption: [Image.fromarray(crop) for crop in samples(root, laid_out, SHOWN)]
                for caption, (root, laid_out) in sets.items()
            }
        )
    output.parent.mkdir(exist_ok=True)
    sheet.save(output, quality=82, optimize=True)
    print(f"wrote {output}")


def _sheet(sets: dict[str, list[Image.Image]]) -> Image.Image:
    """Two rows of crops of each set, under its name."""
    strips: list[Image.Image] = []
    font = ImageFont.load_default(13)
    for caption, crops in sets.items():
        title = Image.new("RGB", (WIDTH, CAPTION), PAPER)
        ImageDraw.Draw(title).text((0, 1), caption, INK, font)
        half = len(crops) // ROWS
        strips += [title, *in_rows(crops[:half], half), *in_rows(crops[half:], half)]
    sheet = Image.new("RGB", (WIDTH, sum(strip.height + GAP for strip in strips)), PAPER)
    top = 0
    for strip in strips:
        sheet.paste(strip, (0, top))
        top += strip.height + GAP
    return sheet


if __name__ == "__main__":
    typer.run(main)
