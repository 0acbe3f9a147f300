"""What a whole frame costs, and from how many crops of it on it is cheaper."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from benches.render import YARDSTICK, _apart


def frames(
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the numbers here.")
    ] = None,
) -> None:
    """CPU-seconds per 1280x720 frame with six people against those per crop of the same shot, in
    one process each, without start-up; memory; bytes. Yardstick: see `bench.py render`."""
    numbers: dict[str, Any] = {}
    for quality in ("fast", "standard"):
        before = float(_apart("yardstick")["cpu_seconds"])
        found = _apart("frames", int(quality == "standard"))
        slow = (before + float(_apart("yardstick")["cpu_seconds"])) / 2
        numbers[quality] = found | {"yardstick_cpu_seconds": slow}
        there, ratio = YARDSTICK / slow, found["frames"] / found["mars"]
        print(
            f"{quality}: {found['frames']:.2f} CPU-s per whole frame, {found['mars']:.3f} per crop "
            f"({found['frames'] * there:.2f} and {found['mars'] * there:.3f} at the yardstick's "
            f"{YARDSTICK}); a frame is cheaper from {ratio:.0f} crops on; "
            f"{found['frames_bytes'] / 1e3:.0f} kB a frame; at most {found['memory_mb']:.0f} MB"
        )
    if json_file:
        json_file.write_text(json.dumps(numbers, indent=2) + "\n")
