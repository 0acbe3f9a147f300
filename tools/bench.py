"""Benchmarks, each a ratio against a named reference measured in the same run.

uv run tools/bench.py render      # CPU-seconds per crop, everything included
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, no_args_is_help=True)
LIMIT = 0.60
"""CPU-seconds per crop at quality fast that the project promises on two cores."""


@app.callback()
def benchmarks() -> None:
    """Measure what the toolkit costs."""


@app.command()
def render(
    identities: Annotated[int, typer.Option(min=2, help="People, seen by four cameras.")] = 12,
    frames: Annotated[int, typer.Option(min=4, help="Per tracklet.")] = 8,
    reference: Annotated[int, typer.Option(min=1, help="Crops rendered the plain way.")] = 12,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the numbers here.")
    ] = None,
) -> None:
    """Render a small set with two workers, then some of its crops with a plain Blender loop.

    The plain loop renders the same boxes with the same samples, but lets Blender forget the scene
    after each one, as it does unless told otherwise. Floor: sampling and denoising alone, with the
    scene already loaded.
    """
    from vidsynth.run.local import render as render_set
    from vidsynth.settings import load_config

    config = load_config(identities=identities, frames=frames, quality="fast")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        summary = render_set(config, Path(folder) / "set", workers=2)
    ours = summary.cpu_seconds / summary.rendered_crops
    plain, floor = _one_by_one(config, reference)
    numbers = {
        "crops": summary.rendered_crops,
        "wall_seconds_per_crop": summary.seconds / summary.rendered_crops,
        "cpu_seconds_per_crop": ours,
        "plain_loop_cpu_seconds_per_crop": plain,
        "floor_cpu_seconds_per_crop": floor,
        "plain_over_ours": plain / ours,
        "ours_over_floor": ours / floor,
        "cores": os.cpu_count(),
    }
    print(
        f"everything: {ours:.3f} CPU-s per crop over {summary.rendered_crops} crops "
        f"(promised: at most {LIMIT:.2f})\n"
        f"plain Blender loop: {plain:.3f} CPU-s per crop, {plain / ours:.1f} times ours\n"
        f"floor (sampling and denoising alone): {floor:.3f} CPU-s; we are at "
        f"{ours / floor:.2f} times the floor"
    )
    if json_file:
        json_file.write_text(json.dumps(numbers, indent=2) + "\n")


def _one_by_one(config, count: int) -> tuple[float, float]:  # type: ignore[no-untyped-def]
    """CPU-seconds per crop of a plain loop, and of rendering an unchanged scene again."""
    import bpy

    from vidsynth.blender.session import aim, expose
    from vidsynth.blender.stage import Stage
    from vidsynth.cameras.boxes import box_stream, crop_box
    from vidsynth.plan import Plan

    shot = Plan(config).shot(0)
    stage = Stage(shot, "fast", "cpu")
    stage.enter()
    boxes = []
    for frame in range(shot.frames):
        for camera in shot.cameras:
            for walker, standing in enumerate(stage.at(frame)):
                pixels, _ = camera.project(standing.figure)
                body = (*pixels.min(0), *pixels.max(0))
                rng = box_stream(shot, camera.camera_id, walker, frame)
                box = crop_box(body, camera, config.boxes, rng)
                if box:
                    boxes.append((camera, box))
    boxes = boxes[:: max(1, len(boxes) // count)][:count]
    costs = []
    for persistent in (False, True):
        bpy.context.scene.render.use_persistent_data = persistent
        with tempfile.TemporaryDirectory() as folder:
            if persistent:
                aim(boxes[0][0])
                expose(*boxes[0], 0, Path(folder))
            begun = time.process_time()
            for camera, box in boxes:
                aim(camera)
                expose(camera, box, 0, Path(folder))
            costs.append((time.process_time() - begun) / len(boxes))
    return costs[0], costs[1]


if __name__ == "__main__":
    app()
