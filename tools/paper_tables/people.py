"""People to train and test on: where they lie, how they are made, and what is missing of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from reid_datasets import attributes
from reid_datasets.benchmarks import BENCHMARKS, find, parse
from reid_datasets.errors import DatasetError
from reid_datasets.records import Split

from paper_tables.description import ROOT, PaperError, PeopleSet, Rendering

OWN = ("{photographs}", "{cloth}")
"""Folders of the reader's own in settings of a rendering, and options of papers.py."""


@dataclass(frozen=True)
class Place:
    """Where data lie, and what a reader gives and allows."""

    data: Path
    photographs: Path | None = None
    cloth: Path | None = None
    render: bool = False
    """Whether sets that are missing may be made."""


@dataclass(frozen=True)
class Found:
    """What lies at a place; ``why`` says what is wrong where nothing can be read."""

    why: str = ""
    training: int = 0
    """Tracklets of the training half."""
    tested: bool = False
    described: bool = False
    """Whether attributes of its people are known."""


@dataclass(frozen=True)
class People:
    """A benchmark by its name, or one of the sets of configs/papers/sets.yaml."""

    name: str
    read_as: str
    made: PeopleSet | None = None

    @property
    def is_made(self) -> bool:
        """Whether the toolkit makes it, rather than somebody sharing it."""
        return self.made is not None and not self.made.obtain

    @property
    def obtain(self) -> str:
        """Where to get it, for people."""
        if self.made is not None and self.made.obtain:
            return self.made.obtain
        return find(self.read_as).obtain

    @property
    def shown(self) -> int:
        """Clips of an epoch that shows each once. Raises PaperError: nothing says how many."""
        if self.made is not None:
            return self.made.shown
        counts = (find(self.read_as).published or {}).get("train")
        if counts is None:
            raise PaperError(f"{self.name}: its training half has no published size.")
        return counts.tracklets

    @property
    def settings(self) -> tuple[str, ...]:
        return self.made.settings if self.made else ()

    def root(self, data: Path) -> Path:
        """Where it lies in the folder of all data."""
        if self.made is None:
            own, _ = parse(self.read_as)
            return data / (BENCHMARKS[own].folder or own)
        return data / self.name / "translated" if self.made.translated else data / self.name


class Known:
    """All people by name, and what was found of them, read once."""

    def __init__(self, sets: Mapping[str, PeopleSet], place: Place) -> None:
        self.sets, self.place = sets, place
        self._found: dict[str, Found] = {}

    def people(self, name: str) -> People:
        """By name; ``NAME-for-TARGET`` is the set ``NAME-for-{target}``. PaperError: unknown."""
        if name in self.sets:
            return People(name, self.sets[name].read_as, self.sets[name])
        base, of, target = name.partition("-for-")
        template = self.sets.get(f"{base}-for-{{target}}") if of else None
        if template is not None:
            text = template.model_dump_json().replace("{target}", target)
            return People(name, template.read_as, PeopleSet.model_validate_json(text))
        try:
            parse(name)
        except DatasetError as error:
            raise PaperError(f"{error} Sets: {', '.join(self.sets)}.") from None
        return People(name, name)

    def root(self, people: People) -> Path:
        return people.root(self.place.data)

    def found(self, people: People, again: bool = False) -> Found:
        """What lies there; names of files are read, no picture is."""
        if again or people.name not in self._found:
            self._found[people.name] = self._look(people)
        return self._found[people.name]

    def _look(self, people: People) -> Found:
        root = self.root(people)
        if not root.is_dir():
            return Found(why=f"no folder {root}")
        try:
            split = find(people.read_as).load(root, parse(people.read_as)[1])
        except DatasetError as error:
            return Found(why=str(error))
        return Found("", len(split.train), bool(split.query), _described(people, root, split))

    def there(self, people: People) -> bool:
        return not self.found(people).why

    def lacking(self, people: People) -> Iterator[str]:
        """What is missing before these people can be used, each thing with where to get it."""
        if self.there(people):
            return
        why = self.found(people).why
        if not people.is_made:
            said = "" if why.startswith("no folder") else f" ({_first_sentence(why)})"
            yield f"{people.name}{said}: {people.obtain}"
            return
        yield from self.making_lacks(people)
        if not self.place.render:
            yield f"{people.name}: --render makes it ({self._price(people)})"

    def making_lacks(self, people: People) -> Iterator[str]:
        """What is missing to make a set with, besides the permission."""
        for needed in self.needed(people):
            yield from self.lacking(needed)
        rendering = people.made.rendered if people.made else None
        if rendering is None:
            return
        for own in OWN:
            given = getattr(self.place, own.strip("{}"))
            if given is None and any(own in word for word in rendering.settings):
                yield f"--{own.strip('{}')} DIR, a folder of pictures for {people.name}"
        if find_spec("bpy") is None:
            yield "bpy: pip install vidsynth-uda[render], Python 3.11"

    def needed(self, people: People) -> list[People]:
        """The data that a set is made of."""
        made = people.made
        if made is None:
            return []
        ways = [way for way in (made.selected, made.translated) if way]
        names = [name for way in ways for name in (way.of, way.target)]
        if made.rendered and made.rendered.estimates_of:
            names.append(made.rendered.estimates_of)
        return [self.people(name) for name in names]

    def _price(self, people: People) -> str:
        return f"{cpu_hours(people, self):.0f} CPU-hours"


def cpu_hours(people: People, known: Known) -> float:
    """Of rendering what is missing of some people."""
    from vidsynth.planning.images import CPU_SECONDS_PER_IMAGE
    from vidsynth.planning.tracklets import CPU_SECONDS_PER_CROP

    if known.there(people) or people.made is None:
        return 0.0
    rendering, own = people.made.rendered, 0.0
    if rendering is not None:
        rates = CPU_SECONDS_PER_CROP if rendering.kind == "tracklets" else CPU_SECONDS_PER_IMAGE
        own = rendering.crops * rates["standard"] / 3600
    return own + sum(cpu_hours(needed, known) for needed in known.needed(people))


def making(people: People, known: Known) -> Iterator[list[str]]:
    """The commands that make a set, once what it is made of is there; `uda` or `vidsynth` first."""
    made, root = people.made, known.root(people)
    assert made is not None
    if made.rendered is not None:
        yield from _rendering(made.rendered, people, known)
    elif made.selected is not None:
        of, target = (known.people(name) for name in (made.selected.of, made.selected.target))
        yield [
            "vidsynth", "target", "select", str(known.root(of)), str(known.root(target)),
            "--layout", target.read_as, "--reading", made.selected.reading,
            "--of", "images", "--unscaled", "--each", str(made.selected.each),
            "--output", str(root),
        ]  # fmt: skip
    elif made.translated is not None:
        of, target = (known.people(name) for name in (made.translated.of, made.translated.target))
        resumed = ["--resume"] if (root.parent / "run.json").exists() else []
        yield [
            "uda", "translate", "--config", made.translated.recipe,
            "--source-data", of.read_as, "--source", str(known.root(of)),
            "--target", target.read_as, "--target-root", str(known.root(target)),
            "--output", str(root.parent), *resumed,
        ]  # fmt: skip


def _rendering(rendering: Rendering, people: People, known: Known) -> Iterator[list[str]]:
    words = list(rendering.settings)
    for own in OWN:
        words = [word.replace(own, str(getattr(known.place, own.strip("{}")))) for word in words]
    if rendering.estimates_of:
        target = known.people(rendering.estimates_of)
        there = known.place.data / "estimates"
        estimators, rows = (there / f"{target.name}.{end}" for end in ("safetensors", "json"))
        of = [str(known.root(target)), "--layout", target.read_as]
        if not estimators.exists():
            behind = known.place.photographs
            yield [
                "vidsynth", "target", "estimators", "--like", *of, "--output", str(estimators),
                *(["--backgrounds", str(behind)] if behind else []),
            ]  # fmt: skip
        if not rows.exists():
            yield [
                "vidsynth", "target", "per-image", *of, "--estimators", str(estimators),
                "--output", str(rows),
            ]  # fmt: skip
        words.append(f"tables.estimates.rows={rows}")
    config = ROOT / "configs" / rendering.config
    yield [
        "vidsynth", f"render-{rendering.kind}", "--config", str(config),
        "--output", str(known.root(people)), *words,
    ]  # fmt: skip


def _described(people: People, root: Path, split: Split) -> bool:
    try:
        attributes.describe(people.read_as, root, [*split.train, *split.query])
    except DatasetError:
        return False
    return True


def _first_sentence(text: str) -> str:
    return text.partition(". ")[0].rstrip(".")
