"""What a rendered crop costs, in time and memory, and how it scales."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

LIMITS = {"fast": 0.30, "standard": 0.45}
"""CPU-seconds per crop that a quality may cost on two cores, in a site with six people."""

_HERE = Path(__file__).resolve().parent


def render(
    identities: Annotated[int, typer.Option(min=6, help="People, six in a shot.")] = 12,
    frames: Annotated[int, typer.Option(min=4, help="Per tracklet.")] = 8,
    shots: Annotated[int, typer.Option(min=0, help="Of which memory is followed; 0: none.")] = 60,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the numbers here.")
    ] = None,
) -> None:
    """CPU-seconds per crop of whole small sets, labels included, against two references.

    A plain loop makes a new scene for each picture of one person, with 8 samples and nothing kept
    between renders, as TAGPerson's generator does. Whole frames: the same samples, with the people
    cut out afterwards. Floor: sampling and denoising the boxes alone, in a scene that is loaded and
    does not move. Then the same set with one worker on one core, and a worker's memory over many
    shots.
    """
    from vidsynth.run.local import RunSummary
    from vidsynth.run.local import render as render_set
    from vidsynth.settings import load_config

    def rendered(quality: str, workers: int) -> RunSummary:
        config = load_config(
            identities=identities, frames=frames, people_per_shot=6, quality=quality
        )
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            return render_set(config, Path(folder) / "set", workers=workers)

    numbers: dict[str, Any] = {"cores": os.cpu_count(), "identities": identities, "frames": frames}
    wall = {}
    for quality, limit in LIMITS.items():
        summary = rendered(quality, 2)
        each = summary.cpu_seconds / summary.rendered_crops
        wall[quality] = summary.seconds
        numbers[f"{quality}_cpu_seconds_per_crop"] = each
        print(f"{quality}: {each:.3f} CPU-s per crop over {summary.rendered_crops} crops, ", end="")
        print(f"everything included (aim: at most {limit:.2f})")
    with _one_core():
        alone = rendered("standard", 1)
    numbers["two_workers_over_two_times_one"] = alone.seconds / wall["standard"] / 2
    print(
        f"two workers on two cores: {alone.seconds / wall['standard']:.2f} times one on one core ",
        end="",
    )
    print("(aim: at least 1.8)")
    numbers |= _apart("references", identities, frames)
    ours = numbers["standard_cpu_seconds_per_crop"]
    for name, label in (
        ("plain_loop", "plain Blender loop, 8 samples, one person a scene"),
        ("whole_frames", "whole frames, people cut out"),
    ):
        cost = numbers[f"{name}_cpu_seconds_per_crop"]
        print(f"{label}: {cost:.3f} CPU-s per crop, {cost / ours:.1f} times standard")
    floor = numbers["floor_cpu_seconds_per_crop"]
    print(f"floor (sampling and denoising alone): {floor:.3f}; standard is at {ours / floor:.2f}")
    if shots:
        numbers |= _apart("memory", shots)
        print(
            f"memory of a worker: {numbers['resident_mb']:.0f} MB resident (aim: at most 1200), "
            f"{numbers['memory_mb']:.0f} MB as a proportional share, which grew by "
            f"{numbers['memory_growth_mb']:.0f} MB from shot {numbers['memory_from_shot']} to "
            f"{shots}"
        )
    if json_file:
        json_file.write_text(json.dumps(numbers, indent=2) + "\n")


@contextmanager
def _one_core() -> Iterator[None]:
    """This process and what it starts run on one core: a worker alone would use both."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def _apart(what: str, *numbers: int) -> dict[str, Any]:
    """Measured in a process of its own: Blender is imported once, and costs memory for good."""
    command = [sys.executable, str(_HERE / "render_process.py"), what, *map(str, numbers)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
