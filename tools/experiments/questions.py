"""What `proof.py` asks, and the trainings that answer it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import proof_sources as sources
from proof_sources import Source
from trainings import CONTROL, METHODS, STAGES, Target, Training, lasting, trainings

HISTOGRAM = "colour histogram"
"""A row without trainings (`histogram.py`)."""


@dataclass(frozen=True)
class Row:
    """One row of a table: trainings that differ in their seed alone, in order.

    ``over`` are the rows that its gains are over; ``targets`` those that are tested on."""

    question: str
    name: str
    source: Source
    runs: tuple[Training, ...]
    targets: tuple[Target, ...]
    over: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """What all questions are asked of."""

    data: Path
    output: Path
    targets: tuple[Target, ...]
    unseen: tuple[Target, ...]
    seeds: int
    starts: tuple[str, ...]
    real: Target | None

    @property
    def everywhere(self) -> tuple[Target, ...]:
        return (*self.targets, *self.unseen)


def source(asked: Asked) -> Iterator[Row]:
    """Rendered, fitted and real people, from both starts, no target seen."""
    none = Training(asked.output / "histogram", CONTROL, "scratch", 1)
    seeds = (none,) * asked.seeds
    yield Row("source", HISTOGRAM, sources.default(asked.data), seeds, asked.everywhere)
    for start in asked.starts:
        others = [HISTOGRAM]
        if asked.real:
            others.append(f"{sources.real(asked.real).name}, {start}")
        for made, place in _origins(asked):
            runs = _second_stages(asked, made, place, start, CONTROL, None)
            name = f"{made.name}, {start}"
            usual = [f"{sources.default(asked.data).name}, {start}"] if made.fitted_to else []
            over = tuple(other for other in (*others, *usual) if other != name)
            yield Row("source", name, made, runs, asked.everywhere, over)
    if "imagenet" in asked.starts:
        yield _laptop(asked)


def adaptation(asked: Asked) -> Iterator[Row]:
    """Every method, from rendered people on every target, and from fitted ones on theirs."""
    for start in asked.starts:
        for made, place in _origins(asked):
            if made.data != "synthetic":
                continue
            for target in asked.targets if made.fitted_to is None else [made.fitted_to]:
                control = f"{CONTROL}, {made.name}, {start}, {target.name}"
                for method in METHODS:
                    runs = _second_stages(asked, made, place, start, method, target)
                    name = f"{method}, {made.name}, {start}, {target.name}"
                    over = () if name == control else (control,)
                    yield Row("adaptation", name, made, runs, (target,), over)


def size(asked: Asked) -> Iterator[Row]:
    """50 to 800 people, in tracklets of 4 and of 16 frames, for equally many steps."""
    for frames in (4, 16):
        for people in (50, 100, 200, 400, 800):
            made = sources.sized(asked.data, people, frames)
            usual = "400 people, 4 frames"
            yield _alone("size", made, asked, () if made.name == usual else (usual,))


def diversity(asked: Asked) -> Iterator[Row]:
    """Fewer kinds of sites, weathers, hours or cameras, at equal crops."""
    yield from _with_the_first("diversity", asked, sources.NARROWED, sources.narrowed)


def parts(asked: Asked) -> Iterator[Row]:
    """The generator without one of its parts, at equal people."""
    yield from _with_the_first("parts", asked, sources.REMOVED, sources.without)


def video(asked: Asked) -> Iterator[Row]:
    """Image and video models by the frames of a clip, all from random weights, on 128x64 crops."""
    first = "resnet50, T = 1"
    models = {"resnet50": (1, 4, 8), "c2d": (4, 8), "sinet": (4, 8), "ap3d": (4, 8), "psta": (8,)}
    made = sources.sized(asked.data, 200, 16)
    for model, lengths in models.items():
        for length in lengths:
            name = f"{model}, T = {length}"
            words = (f"model.name={model}", f"data.clip_length={length}")
            over = () if name == first else (first,)
            yield _alone("video", made, asked, over, name, words)


QUESTIONS: dict[str, Callable[[Asked], Iterator[Row]]] = {
    "source": source,
    "adaptation": adaptation,
    "size": size,
    "diversity": diversity,
    "parts": parts,
    "video": video,
}


def _origins(asked: Asked) -> Iterator[tuple[Source, Path]]:
    """Sources that are compared, and where trainings on them lie; on the first, `compare.py`'s."""
    yield sources.default(asked.data), asked.output
    if asked.real:
        yield sources.fitted(asked.data, asked.real), asked.output / "fitted"
        yield sources.real(asked.real), asked.output / "real"


def _second_stages(
    asked: Asked, made: Source, place: Path, start: str, method: str, target: Target | None
) -> tuple[Training, ...]:
    aims = [target] if target else []
    seeds = range(1, asked.seeds + 1)
    runs = trainings(place, [start], [method], aims, seeds, data=made.data)
    return tuple(run for run in runs if run.after)


def _laptop(asked: Asked) -> Row:
    """What `uda train` does by itself where there is no GPU, on the source alone."""
    made = sources.default(asked.data)
    runs = tuple(
        Training(
            asked.output / f"laptop/seed-{seed}", CONTROL, "laptop", seed,
            settings=lasting(STAGES["laptop"]),
        )
        for seed in range(1, asked.seeds + 1)
    )  # fmt: skip
    over = (f"{made.name}, imagenet", HISTOGRAM)
    return Row("source", f"{made.name}, recipe laptop", made, runs, asked.everywhere, over)


def _alone(
    question: str,
    made: Source,
    asked: Asked,
    over: tuple[str, ...],
    name: str | None = None,
    words: Sequence[str] = (),
) -> Row:
    """Trainings from scratch that nothing follows."""
    name = name or made.name
    slug = name.replace(",", "").replace(" = ", "").replace(" ", "-")
    runs = tuple(
        Training(
            asked.output / question / slug / f"seed-{seed}", CONTROL, "scratch", seed,
            settings=(*lasting(STAGES["one"]), *words),
        )
        for seed in range(1, asked.seeds + 1)
    )  # fmt: skip
    return Row(question, name, made, runs, asked.everywhere, over)


def _with_the_first(
    question: str, asked: Asked, names: Sequence[str], made: Callable[[Path, str], Source]
) -> Iterator[Row]:
    first = next(iter(names))
    for name in names:
        over = () if name == first else (first,)
        yield _alone(question, made(asked.data, name), asked, over)
