"""Does what cells lack: makes sets, trains, tests. What is finished is kept."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from paper_tables.people import Known, making
from paper_tables.plan import of_cells, sets_of
from paper_tables.trainings import Cell, Training
from uda.files import write_json

MODULES = {"uda": "uda", "vidsynth": "vidsynth.cli"}


class CommandFailed(RuntimeError):
    """A command ended otherwise than well; the message names its log."""


def complete(cells: Sequence[Cell], known: Known) -> None:
    """Everything that some cells lack. Raises CommandFailed."""
    for people in sets_of(cells, known):
        for words in making(people, known):
            call(words, known.place.data / f"{people.name}.log")
        found = known.found(people, again=True)
        if found.why:
            raise CommandFailed(f"{people.name} was made, but cannot be read: {found.why}")
    for training in of_cells(cells):
        train(training, known)
    for cell in cells:
        for training in cell.trainings:
            for file in cell.scores(training):
                if not file.exists():
                    call(cell.test_command(training, file, known), file.with_suffix(".log"))


def train(training: Training, known: Known) -> None:
    """Unless it is finished; one that was stopped goes on."""
    if training.finished:
        return
    began = time.perf_counter()
    file = cost_of(training)
    try:
        call(training.command(known), training.place.with_suffix(".log"))
    finally:
        spent = (time.perf_counter() - began) / 60
        before = json.loads(file.read_text())["minutes"] if file.exists() else 0.0
        write_json(file, {"machine": machine(), "minutes": round(before + spent, 2)})


def cost_of(training: Training) -> Path:
    """Where the machine and the minutes of a training are kept."""
    return training.place.with_suffix(".cost.json")


def call(words: Sequence[str], log: Path) -> None:
    """Runs a command of the toolkit, whose output goes to ``log``. Ctrl-C reaches it, too: it is
    given the time to write its checkpoint. Raises CommandFailed."""
    log.parent.mkdir(parents=True, exist_ok=True)
    print(f"{' '.join(words)}\n  log: {log}", flush=True)
    command = [sys.executable, "-m", MODULES[words[0]], *words[1:]]
    with log.open("a") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file)
        try:
            code = process.wait()
        except KeyboardInterrupt:
            process.wait()
            raise
    if code:
        raise CommandFailed(f"{' '.join(words)} failed, exit code {code}: see {log}")


def machine() -> str:
    """What trains here, as others can compare it."""
    import torch

    return torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU"
