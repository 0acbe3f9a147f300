"""What a rendered crop costs."""

from __future__ import annotations

import json
import os
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

LIMIT = 0.60
"""CPU-seconds per crop that quality fast may cost on two cores."""


def render(
    identities: Annotated[int, typer.Option(min=2, help="People, seen by four cameras.")] = 12,
    frames: Annotated[int, typer.Option(min=4, help="Per tracklet.")] = 8,
    reference: Annotated[int, typer.Option(min=1, help="Whole frames to compare with.")] = 2,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the numbers here.")
    ] = None,
) -> None:
    """Render a small set with two workers, then some of its frames whole.

    The reference renders a camera's whole frame with the same samples and cuts the people out of
    it, as one would without border rendering. Floor: sampling and denoising the boxes alone, in a
    scene that is loaded and does not move.
    """
    from vidsynth.run.local import render as render_set
    from vidsynth.settings import load_config

    config = load_config(identities=identities, frames=frames, quality="fast")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        summary = render_set(config, Path(folder) / "set", workers=2)
    ours = summary.cpu_seconds / summary.rendered_crops
    whole, floor = _reference_and_floor(config, reference)
    numbers = {
        "crops": summary.rendered_crops,
        "wall_seconds_per_crop": summary.seconds / summary.rendered_crops,
        "cpu_seconds_per_crop": ours,
        "whole_frames_cpu_seconds_per_crop": whole,
        "floor_cpu_seconds_per_crop": floor,
        "whole_frames_over_ours": whole / ours,
        "ours_over_floor": ours / floor,
        "cores": os.cpu_count(),
    }
    print(
        f"everything: {ours:.3f} CPU-s per crop over {summary.rendered_crops} crops "
        f"(aim: at most {LIMIT:.2f})\n"
        f"whole frames, people cut out: {whole:.3f} CPU-s per crop, {whole / ours:.1f} times ours\n"
        f"floor (sampling and denoising alone): {floor:.3f} CPU-s; we are at "
        f"{ours / floor:.2f} times the floor"
    )
    if json_file:
        json_file.write_text(json.dumps(numbers, indent=2) + "\n")


def _reference_and_floor(config, frames: int) -> tuple[float, float]:  # type: ignore[no-untyped-def]
    """CPU-seconds per crop of whole frames, and of boxes in a scene that does not change."""
    from vidsynth.blender.session import aim, expose
    from vidsynth.blender.stage import Stage
    from vidsynth.cameras.boxes import box_stream, crop_box
    from vidsynth.plan import Plan

    shot = Plan(config).shot(0)
    stage = Stage(shot, "fast", "cpu")
    stage.enter()
    whole, crops, boxes = 0.0, 0, []
    with tempfile.TemporaryDirectory() as folder:
        for frame in range(frames):
            company, camera = stage.at(frame), shot.cameras[frame % len(shot.cameras)]
            seen = []
            for walker, standing in enumerate(company):
                pixels, _ = camera.project(standing.figure)
                body = (*pixels.min(0), *pixels.max(0))
                rng = box_stream(shot, camera.camera_id, walker, frame)
                seen.append(crop_box(body, camera, config.boxes, rng))
            boxes = [(camera, box) for box in seen if box]
            aim(camera)
            begun = time.process_time()
            expose(camera, (0, 0, camera.width, camera.height), 0, Path(folder))
            whole += time.process_time() - begun
            crops += len(boxes)
        expose(*boxes[0], 0, Path(folder))
        begun = time.process_time()
        for camera, box in 3 * boxes:
            expose(camera, box, 0, Path(folder))
        floor = (time.process_time() - begun) / (3 * len(boxes))
    return whole / max(crops, 1), floor
