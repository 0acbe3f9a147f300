"""The trainings and tests behind a table's cells, where they are kept, and what they cost."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from paper_tables.description import Row, Table, Train
from paper_tables.people import Known, People
from uda.config import Config
from uda.methods.registry import find
from uda.report.models import look_up
from uda.runs.directory import FREE_TO_CHANGE, TEST_BATCH

FRAMES_PER_SECOND = 3_208
GMAC_OF_A_FRAME = 4.05
RATE = (
    f"GPU-hours are steps x clips x GMAC at the rate of {FRAMES_PER_SECOND:,} frames of ResNet-50 "
    f"({GMAC_OF_A_FRAME} GMAC each, 256x128, bf16) a second, forwards and backwards, measured on "
    "one H200 with 16 cores; lighter models are not counted faster, as frames have to be decoded. "
    "Tests, teachers' and clustering's passes, estimators and style transfer are not counted."
)

Column = Literal["published data", "rendered people"]
"""What a training's people are: those of the paper, or ours in their place."""


@dataclass(frozen=True)
class Training:
    """One run of `uda train`, shared by all cells of all tables that ask for it."""

    output: Path
    train: Train
    source: People
    target: People | None
    words: tuple[str, ...]
    seed: int
    start: Training | None

    @property
    def settings(self) -> tuple[str, ...]:
        return (*self.source.settings, *self.train.settings, *self.words)

    @property
    def place(self) -> Path:
        """Its folder: recipe and data in words, whatever else it depends on as a hash."""
        names = [self.train.recipe.replace("/", "-"), self.source.name]
        names += [f"to-{self.target.name}"] if self.target else []
        if self.start is not None or changes(self.settings):
            of = [*changes(self.settings), str(self.start.place) if self.start else ""]
            names.append(hashlib.sha256(json.dumps(of).encode()).hexdigest()[:8])
        folder = "-".join(names).replace(":", "-")
        return self.output / "trainings" / folder / f"seed-{self.seed}"

    @property
    def checkpoint(self) -> Path:
        return self.place / "checkpoints/last.pt"

    @property
    def finished(self) -> bool:
        return (self.place / "result.json").exists()

    @property
    def chain(self) -> tuple[Training, ...]:
        """All that it takes, in their order."""
        return (*(self.start.chain if self.start else ()), self)

    @property
    def people(self) -> tuple[People, ...]:
        """All that these trainings look at."""
        own = [self.source] if self.target is None else [self.source, self.target]
        return (*(self.start.people if self.start else ()), *own)

    @property
    def config(self) -> Config:
        """Raises ConfigError: a word is no setting of it."""
        return self.train.config((*self.source.settings, *self.words))

    def command(self, known: Known) -> list[str]:
        """Where no target is looked at, the source stands in: nothing of a test is seen."""
        target = self.target or self.source
        words = [
            "uda", "train", "--config", self.train.recipe,
            "--source", self.source.read_as, "--source-root", str(known.root(self.source)),
            "--target", target.read_as, "--target-root", str(known.root(target)),
            "--output", str(self.place),
        ]  # fmt: skip
        if self.start is not None:
            words += ["--init", str(self.start.checkpoint)]
        if (self.place / "run.json").exists():
            words.append("--resume")
        return [*words, *self.settings, f"training.seed={self.seed}"]

    def gpu_hours(self, known: Known) -> float:
        """Its own, without those of the training it starts from."""
        config = self.config
        clips = config.data.source_clips
        there = known.found(self.source).training
        shown = there if there and not self.source.settings else self.source.shown
        steps = config.training.steps or math.ceil(shown / clips)
        if find(config.method.name).uses_target:
            clips += config.data.target_clips or clips
        frames = config.training.epochs * steps * clips * config.data.clip_length
        heavier = max(1.0, gmac_of_a_frame(config) / GMAC_OF_A_FRAME)
        return frames * heavier / FRAMES_PER_SECOND / 3600


def changes(words: Sequence[str]) -> tuple[str, ...]:
    """Those that make another result, not the same one with other workers or logs. Re-estimated
    statistics hang on the batches of a test, so its size is one of them."""
    free = tuple(key for key in FREE_TO_CHANGE if key != TEST_BATCH)
    return tuple(word for word in words if not word.startswith(free))


def gmac_of_a_frame(config: Config) -> float:
    """Of the model's forward pass on crops of the configuration's size."""
    spent, height, width = _cost(config.model.name)
    crop = config.data.size[0] * config.data.size[1]
    return spent * crop / (height * width)


@lru_cache
def _cost(model: str) -> tuple[float, int, int]:
    facts = look_up(model)
    return facts.cost.multiply_additions / (facts.length or 1), *facts.input_size


@dataclass(frozen=True)
class Cell:
    """A row tested on one set by the trainings of one column, one for each seed."""

    row: Row
    column: Column
    test: People
    trainings: tuple[Training, ...]
    ranks: bool
    recognises: bool
    evaluation: tuple[str, ...]

    @property
    def figures(self) -> tuple[float | None, ...]:
        return self.row.published[self.test.name]

    @property
    def people(self) -> tuple[People, ...]:
        """All that has to be there, each once."""
        return tuple(dict.fromkeys([*self.trainings[0].people, self.test]))

    def scores(self, training: Training) -> list[Path]:
        """Files of a training's scores: of ranking, and of attributes."""
        name = "".join([self.test.name.replace(":", "-"), *self.evaluation]).replace("--", "-")
        ends = ["json"] * self.ranks + ["attributes.json"] * self.recognises
        return [training.place / "scores" / f"{name}.{end}" for end in ends]

    def test_command(self, training: Training, file: Path, known: Known) -> list[str]:
        attributes = ["--attributes"] if file.name.endswith(".attributes.json") else []
        return [
            "uda", "evaluate", "--checkpoint", str(training.checkpoint),
            "--data", self.test.read_as, "--root", str(known.root(self.test)),
            "--json", str(file), *attributes, *self.evaluation,
        ]  # fmt: skip

    @property
    def tested(self) -> bool:
        """Whether all of it is done."""
        return all(
            training.finished and all(file.exists() for file in self.scores(training))
            for training in self.trainings
        )

    def lacking(self, known: Known) -> list[str]:
        """What is missing to train and test it, each thing once."""
        found = [each for people in self.people for each in known.lacking(people)]
        looked = known.found(self.test)
        if not looked.why and not looked.tested:
            found.append(f"{self.test.name}: a test half, which it does not have")
        for training in self.trainings[0].chain:
            source = known.found(training.source)
            if not source.why and not source.training:
                found.append(f"{training.source.name}: a training half, which it does not have")
            if training.train.method.wants_attributes and not source.why and not source.described:
                found.append(f"{training.source.name}: a file of attributes (docs/attributes.md)")
        return list(dict.fromkeys(found))


def cells(
    table: Table, known: Known, output: Path, seeds: Sequence[int], words: tuple[str, ...] = ()
) -> Iterator[Cell]:
    """All that a table asks for, row by row. Raises PaperError: data are unknown."""
    for row in table.rows:
        if row.train is None:
            continue
        for test in row.published:
            for column, stand_ins in (("published data", {}), ("rendered people", table.rendered)):
                some = tuple(
                    _training(row.train, table, test, stand_ins, known, output, words, seed)
                    for seed in seeds
                )
                made = any(training.source.is_made for training in some[0].chain)
                if made != (column == "rendered people"):
                    continue
                evaluation = table.evaluation if row.evaluation is None else row.evaluation
                yield Cell(
                    row, column, known.people(test), some, table.ranks, table.recognises, evaluation
                )


def _training(
    train: Train,
    table: Table,
    test: str,
    stand_ins: dict[str, str],
    known: Known,
    output: Path,
    words: tuple[str, ...],
    seed: int,
) -> Training:
    named = table.source(train, test)
    source = known.people(stand_ins.get(named, named))
    target = known.people(train.target.replace("{test}", test)) if train.target else None
    start = None
    if train.start is not None:
        start = _training(train.start, table, test, stand_ins, known, output, words, seed)
    return Training(output, train, source, target, words, seed, start)
