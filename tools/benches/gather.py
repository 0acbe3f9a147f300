"""What it costs to sum up the markers of a large data set, of which nothing was rendered."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

WORDS = ("output.format=webdataset", "frames=16", "people_per_shot=12", "cameras=18", "sightings=4")
"""About 380 crops a shot, in shards, as docs/scale.md has it."""
SHOTS_PER_IDENTITY = 0.3376


def gather(
    shots: Annotated[list[int] | None, typer.Option(help="Markers; as often as wanted.")] = None,
    people: Annotated[bool, typer.Option(help="Write persons.parquet, too.")] = True,
) -> None:
    """Makes so many markers of made-up shots and gathers them, each size in its own process."""
    for count in shots or [1_000, 10_000]:
        with tempfile.TemporaryDirectory(prefix="gather-") as folder:
            for stage in ("make", *(["people"] if people else []), "gather"):
                command = [sys.executable, __file__, stage, folder, str(count)]
                said = json.loads(subprocess.check_output(command, text=True))
                each = said["seconds"] / said["shots"] * 1e3
                print(
                    f"{stage:7} {said['shots']:>9,} shots {said['seconds']:8.1f} s "
                    f"{each:7.2f} ms a shot, {said['megabytes']:6,.0f} MB of memory"
                )


def main(stage: str, folder: Path, count: int) -> None:
    """One stage; prints what it took."""
    from vidsynth.run import assemble as module
    from vidsynth.run.description import agree
    from vidsynth.run.executors.executor import Places
    from vidsynth.run.folder import open_output, write_plan
    from vidsynth.run.production import produce
    from vidsynth.settings import load_config

    config = load_config(None, WORDS, identities=round(count / SHOTS_PER_IDENTITY))
    production = produce(config)
    shots = production.shots
    began = time.perf_counter()
    if stage == "make":
        from vidsynth.run.executors.slices import Slice

        part = Slice(1, 2)  # a slice leaves people to those who gather
        open_output(folder, production, agree(folder, production, "made up", part=part), part)
        for index in range(shots):
            _make(folder, production, index)
    elif stage == "people":
        Places.of(folder).partial.mkdir(exist_ok=True)
        write_plan(folder, production)
    else:
        module.write_plan = lambda root, production: None  # measured by itself
        made = module.assemble(folder, hashes=False)
        assert made.shots == shots
    seconds = time.perf_counter() - began
    status = Path("/proc/self/status").read_text()  # ru_maxrss would be the parent's, too
    peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    print(json.dumps({"shots": shots, "seconds": seconds, "megabytes": peak}))


def _make(folder: Path, production, index: int) -> None:  # type: ignore[no-untyped-def]
    """The marker of a shot as they are, and files of its that hold nothing."""
    from vidsynth.run.markers import make_marker, marker_path
    from vidsynth.settings import fingerprint

    plan, outline = production.plan, production.plan.outlines[index]
    names = [f"crops/{index:06d}.parquet", f"shards/train-{index:06d}.tar"]
    rows = [
        {
            "tracklet": f"{track.label_id:04d}C{camera:02d}T{track.number:04d}",
            "person_id": track.person_id,
            "label_id": track.label_id,
            "split": track.split,
            "outfit_id": track.outfit_id,
            "clothes_id": track.clothes_id,
            "camera_id": camera,
            "shot": index,
            "site": "plaza",
            "indoor": False,
            "weather": "overcast",
            "hour": "afternoon",
            "sky": "procedural",
            "motion": "walk",
            "background": "",
            "start_time": 1e3 * index,
            "fps": 8.0,
            "frames": list(range(16)),
            "path": names[1],
        }
        for track in plan.subjects(index)
        for camera in outline.camera_ids
    ]
    files = {name: {"bytes": 0, "sha256": "0" * 64} for name in names}
    shot = {"crops": 16 * len(rows), "tracklets": rows, "files": files}
    for name in (*names, marker_path(folder, index).relative_to(folder).as_posix()):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()
    marker = make_marker(index, fingerprint(production.config), shot)
    marker_path(folder, index).write_text(json.dumps(marker, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
