"""Data sets that several tests look at, made once for a whole run of pytest."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
from filelock import FileLock

from tests.vidsynth.inline_crew import InlineCrew
from vidsynth.run.local import RunSummary, render
from vidsynth.run.production import Config

PAINTED = "painted_renderer:PaintedRenderer"


def paint(root: Path, config: Config, workers: int = 1, renderer: str = PAINTED) -> RunSummary:
    """Renders a set by real worker processes."""
    return render(config, root, workers, progress=False, renderer=renderer)


def paint_here(root: Path, config: Config, renderer: str = PAINTED) -> RunSummary:
    """Renders a set in this process: the same bytes, without the seconds that a worker starts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vidsynth.run.local.Crew", InlineCrew)
        return render(config, root, 1, progress=False, renderer=renderer)


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
    with FileLock(base / f"set-{name}.lock"):
        if not said.exists():
            said.write_text(json.dumps(asdict(make(root))))
    return root, RunSummary(**json.loads(said.read_text()))
