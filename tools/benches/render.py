"""What a rendered crop costs, in time and memory, and how it scales."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

LIMITS = {"fast": 0.30, "standard": 0.45}
"""CPU-seconds per crop that a quality may cost on two cores, in a site with six people."""

YARDSTICK = 0.25
"""CPU-seconds that the yardstick, a scene that has nothing of ours, costs where the limits were
set. Cores that other guests share may take twice that, and an hour later not."""

_HERE = Path(__file__).resolve().parent


def render(
    identities: Annotated[int, typer.Option(min=6, help="People.")] = 23,
    frames: Annotated[int, typer.Option(min=4, help="Per tracklet.")] = 8,
    shots: Annotated[int, typer.Option(min=0, help="Of which memory is followed; 0: none.")] = 60,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the numbers here.")
    ] = None,
) -> None:
    """CPU-seconds per crop of whole small sets, labels included, against two references. So many
    identities, and a few distractors, make shots of six people, and one of five.

    A plain loop makes a new scene for each picture of one person, with 8 samples and nothing kept
    between renders, as TAGPerson's generator does. Whole frames: the same samples, with the people
    cut out afterwards. Floor: sampling and denoising the boxes alone, in a scene that is loaded and
    does not move. Then the same set with one worker on one core, and a worker's memory over many
    shots.
    """
    from vidsynth.run.job import RunSummary
    from vidsynth.run.job import render as render_set
    from vidsynth.settings import load_config

    def rendered(quality: str, workers: int) -> RunSummary:
        config = load_config(
            identities=identities, frames=frames, people_per_shot=6, quality=quality
        )
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            return render_set(config, Path(folder) / "set", workers=workers)

    numbers: dict[str, Any] = {"cores": os.cpu_count(), "identities": identities, "frames": frames}
    wall = {}
    slow = [_slowness()]
    for quality, limit in LIMITS.items():
        summary = rendered(quality, 2)
        slow.append(_slowness())
        each = summary.cpu_seconds / summary.rendered_crops
        wall[quality] = summary.seconds
        numbers[f"{quality}_cpu_seconds_per_crop"] = each
        there = each / (sum(slow[-2:]) / 2)
        numbers[f"{quality}_cpu_seconds_per_crop_at_yardstick_{YARDSTICK}"] = there
        print(f"{quality}: {each:.3f} CPU-s per crop over {summary.rendered_crops} crops, ", end="")
        print("everything included; ", end="")
        print(f"{there:.3f} at the yardstick's {YARDSTICK} (aim: at most {limit:.2f})")
    numbers["yardstick_cpu_seconds"] = [YARDSTICK * times for times in slow]
    print("yardstick before, between and after them: ", end="")
    print(", ".join(f"{YARDSTICK * times:.3f}" for times in slow), "CPU-s")
    one, apart = _on_one_core(1, identities, frames), _on_one_core(2, identities, frames)
    numbers["two_workers_over_two_times_one"] = one / wall["standard"] / 2
    numbers["two_runs_apart_over_two_times_one"] = one / apart
    print(
        f"two workers on two cores: {one / wall['standard']:.2f} times one on one core (aim: at "
        f"least 1.8); two runs that share nothing, each on a core: {2 * one / apart:.2f} times"
    )
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
            f"{numbers['own_mb']:.0f} MB its own, which from shot {numbers['memory_from_shot']} to "
            f"{shots} grew by {numbers['memory_growth_mb']:.0f} MB (aim: at most 50)"
        )
    if json_file:
        json_file.write_text(json.dumps(numbers, indent=2) + "\n")


def _slowness() -> float:
    """How many times as long as where the limits were set a picture of the yardstick takes now."""
    return float(_apart("yardstick")["cpu_seconds"]) / YARDSTICK


def _on_one_core(runs: int, *numbers: int) -> float:
    """Seconds until so many runs, begun together, each with a worker and a core of its own, are
    done: what two cores of this machine give that share caches and memory, or even a core."""
    allowed = sorted(os.sched_getaffinity(0))
    processes = []
    for core in allowed[:runs]:
        os.sched_setaffinity(0, {core})  # what is started from here inherits it
        processes.append(_start("alone", *numbers))
    os.sched_setaffinity(0, allowed)
    return max(_result(process)["seconds"] for process in processes)


def _apart(what: str, *numbers: int) -> dict[str, Any]:
    """Measured in a process of its own: Blender is imported once, and costs memory for good."""
    return _result(_start(what, *numbers))


def _start(what: str, *numbers: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(_HERE / "render_process.py"), what, *map(str, numbers)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _result(process: subprocess.Popen[str]) -> dict[str, Any]:
    printed, _ = process.communicate()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    found: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return found
