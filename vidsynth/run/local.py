"""Renders a data set on this machine, from wherever an earlier run left off."""

from __future__ import annotations

import errno
import importlib.util
import json
import logging
import shutil
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from vidsynth.errors import OutputError, RenderError
from vidsynth.run.crew import ATTEMPTS, Crew, cores
from vidsynth.run.markers import read_finished
from vidsynth.run.meter import CropMeter, cpu_seconds
from vidsynth.run.output import PARTIAL, alone, open_output
from vidsynth.run.production import Config, Production, produce
from vidsynth.settings import fingerprint

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RunSummary:
    """What the data set holds, and what this run cost.

    ``rendered_crops`` of the ``crops`` are new; ``cpu_seconds`` user and system time of all
    processes; ``reused_shots`` were finished before.
    """

    crops: int
    tracklets: int
    rendered_crops: int
    seconds: float
    cpu_seconds: float
    reused_shots: int


def render(
    config: Config,
    output: Path,
    workers: int | None = None,
    progress: bool = True,
    renderer: str | None = None,
) -> RunSummary:
    """Renders what ``output`` lacks of the config's data set, then writes its lists.

    ``workers`` processes, by default one per core; ``renderer`` is ``module:Class``, None for
    Blender. Shots that are finished stay as they are. The same config ends in the same bytes,
    however often the run was interrupted and whatever the number of workers; ``output/logs`` alone
    differs.

    Raises OutputError where ``output`` holds something else, another build of the generator has
    begun it and not finished, or the disk is full; RenderError
    where the renderer is missing or shots failed twice; MotionError before anything is written,
    where a motion-capture file cannot be played, PictureError where a picture cannot be used.
    KeyboardInterrupt stops the workers first.
    """
    began, cpu_before = time.monotonic(), cpu_seconds()
    production = produce(config)
    if renderer is None:
        require_blender()
        renderer = production.renderer
    production.check()
    try:
        with alone(output):
            mark = fingerprint(config)
            todo = [i for i in range(production.shots) if not read_finished(output, i, mark)]
            open_output(output, production, renderer, production.shots - len(todo))
            rendered = _render_shots(
                production, output, todo, workers or cores(), progress, renderer
            )
            markers = (read_finished(output, i, mark) for i in range(production.shots))
            tracklets, crops = production.gather(output, [marker for marker in markers if marker])
            shutil.rmtree(output / PARTIAL)
            summary = RunSummary(
                crops=crops,
                tracklets=tracklets,
                rendered_crops=rendered,
                seconds=round(time.monotonic() - began, 2),
                cpu_seconds=round(cpu_seconds() - cpu_before, 2),
                reused_shots=production.shots - len(todo),
            )
            _log_run(output, summary)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _disk_full(output) from None
        raise
    return summary


def _render_shots(
    production: Production,
    output: Path,
    shots: list[int],
    workers: int,
    progress: bool,
    renderer: str,
) -> int:
    """Renders the shots and returns how many crops were kept."""
    if not shots:
        return 0
    logs = output / "logs"
    logs.mkdir(exist_ok=True)
    job = {
        "kind": production.kind,
        "config": production.config.model_dump(mode="json"),
        "output": str(output.resolve()),
        "renderer": renderer,
    }
    planned = {i: production.planned(i) for i in shots}
    crew = Crew(job, shots, min(workers, len(shots)), logs)
    meter = CropMeter(planned, progress)
    failed: dict[int, str] = {}
    try:
        with meter.bar:
            for event in crew.events():
                meter.note(event)
                if event.kind == "retry":
                    log.warning("Shot %d failed, trying again: %s", event.shot, event.text)
                elif event.kind == "failed":
                    failed[event.shot] = event.text
                elif event.kind == "hopeless":
                    if shutil.disk_usage(output).free < 2**20 or event.text == "the disk is full":
                        raise _disk_full(output)
                    raise RenderError(f"The renderer {renderer} does not start: {event.text}")
    finally:
        crew.close()
    if failed:
        shot, text = next(iter(sorted(failed.items())))
        raise RenderError(
            f"{len(failed)} of {len(shots)} shots failed {ATTEMPTS} times "
            f"({', '.join(map(str, sorted(failed)[:10]))}); the others are kept and the same "
            f"command tries the failed ones again. Logs are in {logs}. Shot {shot}: {text}"
        )
    return meter.rendered


def require_blender() -> None:
    """Raises RenderError where the packages of the extra "render" are not there."""
    missing = [name for name in ("bpy", "anny", "OpenEXR") if not _installed(name)]
    if missing:
        raise RenderError(
            f"Rendering needs {', '.join(missing)}, which this Python "
            f"{sys.version_info.major}.{sys.version_info.minor} does not have. Install them under "
            'Python 3.11 with: pip install "vidsynth-uda[render]" (in a checkout: uv run --python '
            "3.11 vidsynth ...). Blender's Python module (bpy 4.5) exists for Python 3.11 only; "
            "--dry-run works here."
        )


def _installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):  # hidden from imports
        return False


def _disk_full(output: Path) -> OutputError:
    return OutputError(
        f"The disk that holds {output} is full. Finished shots are kept: free some space and "
        "give the same command again, it continues."
    )


def _log_run(output: Path, summary: RunSummary) -> None:
    (output / "logs").mkdir(exist_ok=True)
    with (output / "logs" / "runs.jsonl").open("a", encoding="utf-8") as runs:
        runs.write(json.dumps({"at": time.strftime("%FT%TZ", time.gmtime()), **asdict(summary)}))
        runs.write("\n")
