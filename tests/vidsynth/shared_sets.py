"""Data sets that several tests look at, made once for a whole run of pytest."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
from filelock import FileLock

from tests.vidsynth.inline_executor import InlineExecutor
from vidsynth.run.executors.executor import MakeExecutor
from vidsynth.run.executors.local import LocalExecutor
from vidsynth.run.executors.slices import WHOLE, Slice
from vidsynth.run.job import RunSummary, render
from vidsynth.run.production import Config

PAINTED = "painted_renderer:PaintedRenderer"


def paint(
    root: Path,
    config: Config,
    workers: int = 1,
    renderer: str = PAINTED,
    part: Slice = WHOLE,
    executor: MakeExecutor = LocalExecutor,
) -> RunSummary:
    """Renders a set, or a slice of it, by real worker processes."""
    return render(
        config, root, workers, progress=False, renderer=renderer, part=part, executor=executor
    )


def paint_here(
    root: Path, config: Config, renderer: str = PAINTED, part: Slice = WHOLE
) -> RunSummary:
    """Renders a set in this process: the same bytes, without the seconds that a worker starts."""
    return paint(root, config, 1, renderer, part, InlineExecutor)


def made_once(
    factory: pytest.TempPathFactory, name: str, make: Callable[[Path], RunSummary]
) -> tuple[Path, RunSummary]:
    """The set called ``name`` and what rendering it said; not to be changed.

    The first test process to ask makes it; others wait (pytest-xdist: "Making session-scoped
    fixtures execute only once").
    """
    base = factory.getbasetemp()
    if base.name.startswith("popen-"):  # a process of xdist, whose folder lies in the run's own
        base = base.parent
    root, said = base / f"set-{name}", base / f"set-{name}.json"
    maker = f"{make.__module__}.{make.__qualname__}"
    with FileLock(base / f"set-{name}.lock"):
        if not said.exists():
            said.write_text(json.dumps({"by": maker, "summary": asdict(make(root))}))
    found = json.loads(said.read_text())
    assert found["by"] == maker, f"{name} is another set's name: that of {found['by']}"
    return root, RunSummary(**found["summary"])
