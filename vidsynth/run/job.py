"""Renders a data set, or a slice of it, from wherever an earlier run left off."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import logging
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from vidsynth.errors import OutputError, RenderError
from vidsynth.files import full_disk
from vidsynth.run.description import agree
from vidsynth.run.executors.executor import ATTEMPTS, Crash, Executor, Job, MakeExecutor, Places
from vidsynth.run.executors.local import LocalExecutor
from vidsynth.run.executors.slices import WHOLE, Slice
from vidsynth.run.folder import check_place, hold, open_output, starting
from vidsynth.run.markers import Markers, read_finished
from vidsynth.run.production import Config, Production, produce
from vidsynth.run.progress import CropMeter, cpu_seconds
from vidsynth.settings import fingerprint, older_fingerprint

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RunSummary:
    """What the data set holds, and what this run cost.

    ``rendered_crops`` of the ``crops`` are new; ``cpu_seconds`` user and system time of all
    processes; ``reused_shots`` were finished before. Of a slice, ``crops`` are its own and
    ``tracklets`` 0: nobody has gathered them.
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
    *,
    part: Slice = WHOLE,
    executor: MakeExecutor = LocalExecutor,
) -> RunSummary:
    """Renders what ``output`` lacks of the config's data set, then writes its lists.

    ``workers`` at a time, by default one per core; ``renderer`` is ``module:Class``, None for
    Blender; ``executor`` says who renders. Shots that are finished stay as they are. The same
    config ends in the same bytes, however often the run was interrupted, whatever the number of
    workers and whoever they are; ``output/logs`` alone differs.

    Of a ``part`` other than all, only its shots are rendered, and no lists are written: see
    `vidsynth.run.assemble`. Other slices may be rendered into ``output`` at the same time.

    Nothing is written before the workers have started.

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
    shots = part.shots(production.shots)
    if not shots:
        raise OutputError(
            f"Expected slice {part} to hold shots, found that there are {production.shots} in all: "
            f"ask for {production.shots} slices or fewer."
        )
    production.check()
    check_place(output)
    places = Places.of(output, part)
    try:
        with contextlib.ExitStack() as held:
            begun = (output / "dataset.json").exists()
            if begun:
                held.enter_context(hold(output, part))
            marks = (fingerprint(config), older_fingerprint(config))
            todo = [i for i in shots if not read_finished(output, i, marks, True)]
            finished = len(shots) - len(todo)
            agree(output, production, renderer, finished, part)
            crew = _started(executor, Job.of(production, renderer), todo, workers)
            held.callback(crew.close)
            if not begun:
                held.enter_context(hold(output, part))
            with starting(output):
                # Once more: another job may have begun something else here since.
                opening = agree(output, production, renderer, finished, part)
                open_output(output, production, opening, part)
            crew.open(places)
            meter = _render_shots(crew, production, places, todo, progress)
            crew.close()
            markers = Markers(output, shots, marks)
            if part.whole:
                tracklets, crops = gathered(production, output, markers)
            else:
                tracklets, crops = 0, sum(int(marker["crops"]) for marker in markers)
            # A process whose Ray worker was killed may still be writing there, for half a second.
            shutil.rmtree(places.partial, ignore_errors=True)
            summary = RunSummary(
                crops=crops,
                tracklets=tracklets,
                rendered_crops=meter.rendered,
                seconds=round(time.monotonic() - began, 2),
                cpu_seconds=round(cpu_seconds() - cpu_before + meter.cpu_seconds, 2),
                reused_shots=finished,
            )
            _log_run(places.logs, summary)
    except OSError as error:
        full = full_disk(error, output, Path(tempfile.gettempdir()))
        if full is not None:
            raise disk_full(full) from None
        raise
    return summary


def _started(
    executor: MakeExecutor, job: Job, shots: Sequence[int], workers: int | None
) -> Executor:
    """Workers that are ready, none where there is nothing to render. Raises RenderError, or
    OutputError where a disk is full."""
    crew = executor(job, shots, workers)
    try:
        crew.start()
    except Crash as crash:
        crew.close()
        if crash.full:
            raise disk_full(Path(crash.full)) from None
        raise _no_start(job.renderer, str(crash)) from None
    except BaseException:
        crew.close()
        raise
    return crew


def _render_shots(
    crew: Executor, production: Production, places: Places, shots: Sequence[int], progress: bool
) -> CropMeter:
    """Renders the shots and returns what was counted."""
    meter = CropMeter({i: production.planned(i) for i in shots}, progress and len(shots) > 0)
    if not shots:
        return meter
    failed: dict[int, str] = {}
    with meter.bar:
        for event in crew.events():
            meter.note(event)
            if event.kind == "retry":
                log.warning("Shot %d failed, trying again: %s", event.shot, event.text)
            elif event.kind == "failed":
                failed[event.shot] = event.text
            elif event.kind == "hopeless":
                if event.full:
                    raise disk_full(Path(event.full))
                raise _no_start(renderer=production.renderer, text=event.text)
    if failed:
        full = full_disk(None, places.root)
        if full is not None:
            raise disk_full(full)
        shot, text = next(iter(sorted(failed.items())))
        raise RenderError(
            f"{len(failed)} of {len(shots)} shots failed {ATTEMPTS} times "
            f"({', '.join(map(str, sorted(failed)[:10]))}); the others are kept and the same "
            f"command tries the failed ones again. Logs are in {places.logs}. Shot {shot}: "
            f"{text}"
        )
    return meter


def gathered(
    production: Production, output: Path, markers: Sequence[dict[str, Any]]
) -> tuple[int, int]:
    """Writes the lists for these markers; returns how many tracklets and crops there are. Raises
    OutputError where a marker lacks something."""
    try:
        return production.gather(output, markers)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise OutputError(
            f"Expected {output / 'shots'} to say what was rendered, found markers that lack it "
            f"({type(error).__name__}: {error}): delete that folder and give the same command "
            "again, which renders the set anew."
        ) from None


def _no_start(renderer: str, text: str) -> RenderError:
    return RenderError(
        f"The renderer {renderer} does not start: {text.rstrip('.')}. `vidsynth doctor` says what "
        "works on this machine."
    )


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


def disk_full(place: Path) -> OutputError:
    """What to say where the disk that holds ``place`` is full."""
    return OutputError(
        f"The disk that holds {place} is full. Finished shots are kept: free some space and "
        "give the same command again, it continues."
    )


def _log_run(logs: Path, summary: RunSummary) -> None:
    with (logs / "runs.jsonl").open("a", encoding="utf-8") as runs:
        runs.write(json.dumps({"at": time.strftime("%FT%TZ", time.gmtime()), **asdict(summary)}))
        runs.write("\n")
