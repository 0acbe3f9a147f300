"""What a file of configs/papers/ says: a published table, and how each of its rows is repeated."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from strict_reading import Unreadable, parse_yaml, read_text
from uda.config import Config
from uda.errors import ConfigError
from uda.methods.contract import Method
from uda.methods.registry import find
from uda.recipes import load

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "configs/papers"
SETS = "sets"
"""The file of people to train on that tables share; all others are tables."""
RANKED = ("rank_1", "rank_5", "rank_10", "mAP")
"""Scores of a ranking. Any other is an attribute's accuracy, or ``mA``, their mean."""
MEAN_ACCURACY = "mA"

Percent = Annotated[float, Field(ge=0, le=100)]
T = TypeVar("T", bound=BaseModel)


class PaperError(Exception):
    """A description that cannot be used; one paragraph for people."""


@cache
def _loaded(recipe: str, words: tuple[str, ...]) -> Config:
    return load(recipe, words)


class Described(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Train(Described):
    """One run of `uda train`. In ``source`` and ``target`` ``{test}`` is what is tested on."""

    recipe: str
    source: str | None = None
    """People with identities; None: the table's own for what is tested on."""
    target: str | None = None
    """People without; named where the method looks at them."""
    settings: tuple[str, ...] = ()
    start: Train | None = None
    """The training whose network this one starts from."""

    def config(self, words: tuple[str, ...] = ()) -> Config:
        """The recipe with its settings, then ``words``. Raises ConfigError."""
        return _loaded(self.recipe, (*self.settings, *words))

    @property
    def method(self) -> type[Method]:
        return find(self.config().method.name)


class Row(Described):
    """A row as published: figures in % by what was tested on, in the order of the table's scores,
    null where none is stated. Either ``train`` says how it is repeated, or ``cannot`` why not.
    ``differs`` is what departs from the paper beyond what the recipe's first lines say;
    ``doubtful`` what is odd about the published figures."""

    name: str
    group: str = ""
    published: dict[str, tuple[Percent | None, ...]]
    train: Train | None = None
    cannot: str = ""
    evaluation: tuple[str, ...] | None = None
    """Options of `uda evaluate`; None: the table's."""
    differs: str = ""
    doubtful: str = ""

    @property
    def title(self) -> str:
        return f"{self.group}: {self.name}" if self.group else self.name

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Row:
        if (self.train is None) == (not self.cannot):
            raise ValueError(f"row {self.title}: expected either `train` or `cannot`")
        for test, figures in self.published.items():
            if not self.doubtful and not any(each is not None for each in figures):
                raise ValueError(f"row {self.title}, {test}: expected a figure, found none")
        if not self.published:
            raise ValueError(f"row {self.title}: expected figures, found none")
        return self


class Table(Described):
    """A published table."""

    title: str
    paper: str
    number: str
    scores: tuple[str, ...] = Field(min_length=1)
    about: str
    """What holds of all rows: protocol, departures, what is left out."""
    sources: dict[str, str] = {}
    """What is trained on, by what is tested on."""
    rendered: dict[str, str] = {}
    """The rendered set that stands in for a source, by the source's name."""
    evaluation: tuple[str, ...] = ()
    rows: tuple[Row, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _as_many_figures_as_scores(self) -> Table:
        for row in self.rows:
            for test, figures in row.published.items():
                if len(figures) != len(self.scores):
                    raise ValueError(
                        f"row {row.title}, {test}: expected {len(self.scores)} figures "
                        f"({', '.join(self.scores)}; null where none is stated), found "
                        f"{len(figures)}"
                    )
        titles = [row.title for row in self.rows]
        twice = {title for title in titles if titles.count(title) > 1}
        if twice:
            raise ValueError(f"expected different rows, found {', '.join(sorted(twice))} twice")
        return self

    @property
    def ranks(self) -> bool:
        return any(score in RANKED for score in self.scores)

    @property
    def recognises(self) -> bool:
        """Whether attributes are tested."""
        return any(score not in RANKED for score in self.scores)

    def source(self, train: Train, test: str) -> str:
        """The name of what a training learns from. Raises PaperError: nothing says it."""
        name = train.source or self.sources.get(test)
        if name is None:
            raise PaperError(f"{self.number}: expected a source for {test}, found none")
        return name.replace("{test}", test)


class Rendering(Described):
    """People of `vidsynth render-...`. In settings ``{photographs}`` and ``{cloth}`` are folders
    of the reader's own."""

    kind: Literal["tracklets", "images"]
    config: str
    settings: tuple[str, ...] = ()
    crops: int = Field(ge=1)
    """As --dry-run counts them."""
    estimates_of: str | None = None
    """A benchmark, every image of which is estimated (`vidsynth target per-image`)."""


class Selection(Described):
    """Images of a rendered set, chosen by AOST's first stage."""

    of: str
    target: str
    reading: Literal["clusters", "global", "random"]
    each: int = Field(ge=1)


class Translation(Described):
    """A set as a benchmark's cameras would show it."""

    of: str
    target: str
    recipe: str


class PeopleSet(Described):
    """People to train on who are no benchmark: shared by somebody (``obtain``), or made here."""

    read_as: str
    shown: int = Field(ge=1)
    """How many clips an epoch shows: training tracklets, or images."""
    obtain: str = ""
    settings: tuple[str, ...] = ()
    """Of every training on them."""
    rendered: Rendering | None = None
    selected: Selection | None = None
    translated: Translation | None = None

    @model_validator(mode="after")
    def _from_one_place(self) -> PeopleSet:
        ways = [bool(self.obtain), *(each is not None for each in self.ways)]
        if sum(ways) != 1:
            raise ValueError("expected one of obtain, rendered, selected, translated")
        return self

    @property
    def ways(self) -> tuple[Rendering | None, Selection | None, Translation | None]:
        return self.rendered, self.selected, self.translated


class SharedSets(Described):
    sets: dict[str, PeopleSet]


def names() -> list[str]:
    """All tables, as PAPER/tableN."""
    found = (path.relative_to(PLACE).with_suffix("").as_posix() for path in PLACE.rglob("*.yaml"))
    return sorted(name for name in found if name != SETS)


def read_table(name: str, place: Path = PLACE) -> Table:
    """One table. Raises PaperError: there is none, or its file is wrong."""
    path = place / f"{name}.yaml"
    if not path.is_file():
        raise PaperError(f"There is no table {name}: expected one of {', '.join(names())}.")
    return _read(path, Table)


def read_sets(place: Path = PLACE) -> dict[str, PeopleSet]:
    """The sets that tables share, by name. Raises PaperError."""
    return _read(place / f"{SETS}.yaml", SharedSets).sets


def _read(path: Path, kind: type[T]) -> T:
    try:
        return kind.model_validate(parse_yaml(read_text(path)))
    except Unreadable as error:
        raise PaperError(f"Cannot read {path}: {error}.") from None
    except ValidationError as error:
        said = "; ".join(
            f"{'.'.join(map(str, e['loc']))}: {e['msg'].removeprefix('Value error, ')}".lstrip(": ")
            for e in error.errors()
        )
        raise PaperError(f"{path}: {said}.") from None


def problems(table: Table) -> Iterator[str]:
    """What is wrong with how rows are repeated: unknown recipes and settings, a target where none
    is looked at. Names of data are `People`'s to find."""
    for row in table.rows:
        train = row.train
        while train is not None:
            try:
                looks = train.method.uses_target
            except ConfigError as error:
                yield f"row {row.title}: {error}"
                break
            if looks != (train.target is not None):
                yield (
                    f"row {row.title}: {train.recipe} "
                    + ("looks at a target: name it" if looks else "looks at no target: name none")
                )
            train = train.start
