"""Renders a data set on this machine, from wherever an earlier run left off."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import logging
import shutil
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from vidsynth.errors import OutputError, RenderError
from vidsynth.files import full_disk
from vidsynth.run.crew import ATTEMPTS, Crew, cores
from vidsynth.run.hand import Crash
from vidsynth.run.markers import read_finished
from vidsynth.run.meter import CropMeter, cpu_seconds
from vidsynth.run.output import PARTIAL, agree, alone, check_place, open_output
from vidsynth.run.production import Config, Production, produce
from vidsynth.settings import fingerprint, older_fingerprint

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
    production.check()
    check_place(output)
    try:
        with contextlib.ExitStack() as held:
            if output.exists():
                held.enter_context(alone(output))
            marks = (fingerprint(config), older_fingerprint(config))
            todo = [i for i in range(production.shots) if not read_finished(output, i, marks, True)]
            opening = agree(output, production, renderer, production.shots - len(todo))
            crew = _started(production, todo, workers or cores(), renderer)
            held.callback(crew.close)
            if not output.exists():
                held.enter_context(alone(output))
            open_output(output, production, opening)
            crew.open(output)
            rendered = _render_shots(crew, production, output, todo, progress)
            crew.close()
            markers = (read_finished(output, i, marks) for i in range(production.shots))
            tracklets, crops = _gathered(production, output, [m for m in markers if m])
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
        full = full_disk(error, output)
        if full is not None:
            raise _disk_full(full) from None
        raise
    return summary


def _started(production: Production, shots: list[int], workers: int, renderer: str) -> Crew:
    """Workers that are ready, none where there is nothing to render. Raises RenderError, or
    OutputError where a disk is full."""
    job = {
        "kind": production.kind,
        "config": production.config.model_dump(mode="json"),
        "renderer": renderer,
    }
    crew = Crew(job, shots, min(workers, len(shots)))
    try:
        crew.start()
    except Crash as crash:
        crew.close()
        if crash.full:
            raise _disk_full(Path(crash.full)) from None
        raise _no_start(renderer, str(crash)) from None
    except BaseException:
        crew.close()
        raise
    return crew


def _render_shots(
    crew: Crew, production: Production, output: Path, shots: list[int], progress: bool
) -> int:
    """Renders the shots and returns how many crops were kept."""
    if not shots:
        return 0
    meter = CropMeter({i: production.planned(i) for i in shots}, progress)
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
                    raise _disk_full(Path(event.full))
                raise _no_start(renderer=production.renderer, text=event.text)
    if failed:
        full = full_disk(None, output)
        if full is not None:
            raise _disk_full(full)
        shot, text = next(iter(sorted(failed.items())))
        raise RenderError(
            f"{len(failed)} of {len(shots)} shots failed {ATTEMPTS} times "
            f"({', '.join(map(str, sorted(failed)[:10]))}); the others are kept and the same "
            f"command tries the failed ones again. Logs are in {output / 'logs'}. Shot {shot}: "
            f"{text}"
        )
    return meter.rendered


def _gathered(
    production: Production, output: Path, markers: list[dict[str, Any]]
) -> tuple[int, int]:
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


def _disk_full(place: Path) -> OutputError:
    return OutputError(
        f"The disk that holds {place} is full. Finished shots are kept: free some space and "
        "give the same command again, it continues."
    )


def _log_run(output: Path, summary: RunSummary) -> None:
    (output / "logs").mkdir(exist_ok=True)
    with (output / "logs" / "runs.jsonl").open("a", encoding="utf-8") as runs:
        runs.write(json.dumps({"at": time.strftime("%FT%TZ", time.gmtime()), **asdict(summary)}))
        runs.write("\n")
