"""Pictures of docs/cameras.md: a map of a network, and one crop as different cameras record it.

python tools/camera_figures.py map docs/images/network.png
python tools/camera_figures.py looks docs/images/looks.jpg      (renders; needs Blender)
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from vidsynth.cameras.camera import Camera, Photometry
from vidsynth.cameras.views import ground_seen
from vidsynth.develop.codec import through_h264
from vidsynth.develop.photometry import develop, encode_jpeg
from vidsynth.develop.picture import RenderedPicture
from vidsynth.places.sites.site import Site
from vidsynth.planning.take import frames_by_cameras
from vidsynth.planning.tracklets import TrackletPlan
from vidsynth.settings import load_config

NETWORK = ["cameras=12", "sites=[plaza,street,mall]", "seed=8"]
COLOURS = ("#d1495b", "#00798c", "#edae49", "#5f5aa2")


def draw_map(path: Path) -> None:
    """The sites of a network where they lie, and what each camera sees of their ground."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt
    from matplotlib.patches import Rectangle

    plan = TrackletPlan(load_config(None, NETWORK))
    figure = plt.figure(figsize=(11, 7.6), dpi=110)
    grid = figure.add_gridspec(2, 3, height_ratios=(1.15, 1), hspace=0.15, wspace=0.18)
    world = figure.add_subplot(grid[0, :])
    for site, (x, y) in plan.network.positions.items():
        x0, y0, x1, y1 = plan.site(site).walk_area
        area = Rectangle((x + x0, y + y0), x1 - x0, y1 - y0, fc="#dddddd", ec="#555555")
        world.add_patch(area)
        world.annotate(site, (x, y + y1), (0, 10), textcoords="offset points", ha="center")
        for number, camera_id in enumerate(plan.network.ids_at(site)):
            camera = plan.network.camera(camera_id)
            world.plot(x + camera.position[0], y + camera.position[1], ".", c=COLOURS[number])
    names = list(plan.network.positions)
    for k, site in enumerate(names):
        for other in names[:k]:
            ends = np.array([plan.network.positions[name] for name in (other, site)])
            world.plot(*ends.T, ":", c="#999999", lw=1, zorder=0)
            metres = plan.network.metres(other, site)
            world.annotate(
                f"{metres:.0f} m\n{metres / 1.3:.0f} s",
                ends.mean(0),
                fontsize=8,
                color="#555555",
                ha="center",
                va="center",
                bbox={"fc": "white", "ec": "none", "pad": 1},
            )
    world.set_aspect("equal")
    world.margins(0.12)
    world.set_title(
        "12 cameras at 3 sites: metres walked from one to the next, seconds at 1.3 m/s", fontsize=11
    )
    for column, site in enumerate(names):
        axes = figure.add_subplot(grid[1, column])
        _draw_site(axes, plan, site)
    figure.savefig(path, bbox_inches="tight")


def _draw_site(axes, plan: TrackletPlan, site: str) -> None:  # type: ignore[no-untyped-def]
    from matplotlib.patches import Polygon, Rectangle

    place = plan.site(site)
    x0, y0, x1, y1 = place.walk_area
    axes.add_patch(Rectangle((x0, y0), x1 - x0, y1 - y0, fc="#eeeeee", ec="#555555", ls="--"))
    for block in place.blocks + place.obstacles:
        if block.size[2] > 0.3 and block.at[2] < 2.0:
            half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * block.size[:2] / 2
            c, s = np.cos(block.turn), np.sin(block.turn)
            corners = half @ np.array([[c, s], [-s, c]]) + block.at[:2]
            axes.add_patch(Polygon(corners, fc="#bbbbbb", ec="none"))
    for number, camera_id in enumerate(plan.network.ids_at(site)):
        camera, colour = plan.network.camera(camera_id), COLOURS[number]
        axes.add_patch(Polygon(_footprint(camera), fc=colour, ec=colour, alpha=0.16))
        axes.plot(*camera.position[:2], "o", c=colour, ms=6)
        axes.annotate(f"{camera_id}", camera.position[:2], (5, 4), textcoords="offset points")
    shares = [ground_seen(plan.network.camera(i), place).mean() for i in plan.network.ids_at(site)]
    axes.set_xlim(_limits(place, 0))
    axes.set_ylim(_limits(place, 1))
    axes.set_aspect("equal")
    axes.tick_params(labelsize=7)
    seen = ", ".join(f"{share:.0%}" for share in shares)
    axes.set_title(f"{site}: of its ground they see {seen}", fontsize=8)


def _footprint(camera: Camera) -> np.ndarray:
    """Ground (N, 2) in the frame, up to 30 m away."""
    edges = [(u, v) for u in (0.0, 1.0) for v in (0.0, 1.0)]
    order = [edges[0], edges[2], edges[3], edges[1]]
    rays = camera.unproject(np.array([(u * camera.width, v * camera.height) for u, v in order]))
    eye = np.array(camera.position)
    reach = np.where(rays[:, 2] < -1e-3, -eye[2] / np.minimum(rays[:, 2], -1e-3), 1e3)
    flat = np.hypot(rays[:, 0], rays[:, 1])
    return eye[:2] + rays[:, :2] * np.minimum(reach, 30.0 / flat)[:, None]


def _limits(place: Site, axis: int) -> tuple[float, float]:
    return place.camera_area[axis] - 2.0, place.camera_area[axis + 2] + 2.0


def _effects(crops: list[RenderedPicture], camera: Camera) -> Iterator[tuple[str, np.ndarray]]:
    """One crop under one effect after another."""
    fast = {"shutter": 0.06}
    looks = {
        "none": {},
        "exposure -1.5": {"exposure_ev": -1.5},
        "exposure +1": {"exposure_ev": 1.0},
        "3200 K": {"temperature": 3200},
        "10000 K": {"temperature": 10000},
        "colour bias": {"white_balance": (1.25, 1.0, 0.8)},
        "gamma 1.6": {"gamma": 1.6},
        "contrast 1.6": {"contrast": 1.6},
        "saturation 0.3": {"saturation": 0.3},
        "vignetting 0.8": {"vignetting": 0.8},
        "noise 14": {"noise": 14.0},
        "read noise 14": {"noise": 14.0, "read_noise": 1.0},
        "shutter 1/16 s": fast,
        "blur 2": {"blur": 2.0},
        "defocus 4": {"defocus": 4.0},
        "resolution 0.3": {"resolution": 0.3},
        "JPEG 10": {"jpeg_quality": 10},
        "H.264 crf 40": {"codec": "h264", "crf": 40},
    }
    crop = crops[len(crops) // 2]
    for name, look in looks.items():
        changed = replace(camera, photometry=Photometry(**{"jpeg_quality": 95, **look}))
        if "vignetting" in look:  # as if the crop lay at the frame's right edge
            changed = replace(changed, centre=(crop.box[0] - 480.0, float(crop.box[1])))
        rng = np.random.default_rng(0)
        if look.get("codec") == "h264":
            shown = [develop(replace(one, camera=changed), rng) for one in crops]
            yield name, through_h264(shown, [one.box for one in crops], 40, 8.0)[len(crops) // 2]
            continue
        pixels = develop(replace(crop, camera=changed), rng)
        stored = encode_jpeg(pixels, changed.photometry.jpeg_quality)
        yield name, _decoded(stored)


def _decoded(jpeg: bytes) -> np.ndarray:
    import io

    with Image.open(io.BytesIO(jpeg)) as image:
        return np.asarray(image)


def draw_looks(path: Path) -> None:
    """Renders a person and shows them under every photometric effect."""
    from vidsynth.blender.renderer import Renderer
    from vidsynth.config import BoxConfig

    words = ["cameras=4", "sites=[plaza,street]", "seed=5", "camera.person_height=[330,380]"]
    words += ["frames=5", "people_per_shot=1", "hours=[noon]", "weathers=[sunny]"]
    plan = TrackletPlan(load_config(None, [*words, "boxes.min_frames=1"]))
    shot = plan.shot(0)
    shot = replace(shot, takes=frames_by_cameras(shot.frames, shot.cameras[:1]))
    crops = list(Renderer("standard", "cpu", BoxConfig()).render(shot))
    cells = list(_effects(crops, shot.cameras[0]))
    height = 320
    width = max(round(pixels.shape[1] * height / pixels.shape[0]) for _, pixels in cells)
    columns, gap, caption = 9, 6, 20
    rows = -(-len(cells) // columns)
    size = (columns * (width + gap) + gap, rows * (height + caption + gap) + gap)
    sheet, font = Image.new("RGB", size, "white"), ImageFont.load_default(size=14)
    draw = ImageDraw.Draw(sheet)
    for number, (name, pixels) in enumerate(cells):
        x = gap + number % columns * (width + gap)
        y = gap + number // columns * (height + caption + gap)
        image = Image.fromarray(pixels)
        image = image.resize((round(image.width * height / image.height), height))
        sheet.paste(image, (x, y))
        draw.text((x, y + height + 2), name, fill="black", font=font)
    sheet.save(path, quality=88)


if __name__ == "__main__":
    {"map": draw_map, "looks": draw_looks}[sys.argv[1]](Path(sys.argv[2]))
