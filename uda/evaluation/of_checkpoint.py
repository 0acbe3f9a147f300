"""A checkpoint put to use: its scores on benchmarks, and its features in files."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import torch
from reid_datasets.benchmarks import find, parse
from reid_datasets.records import Split, Tracklet, UnlabelledTracklet

from uda.comparing.distance import Array
from uda.comparing.lifted import Lift
from uda.evaluation.benchmark import Row, evaluate_benchmark, read_splits, require_ranking
from uda.evaluation.protocol import ranking_explained, test_tracklets
from uda.features import store
from uda.features.extraction import Progress
from uda.features.extractor import Choices, Extractor
from uda.files import file_sha256, require_output
from uda.runs.restored import restore

log = logging.getLogger(__name__)

Shown = Callable[[str], AbstractContextManager[Progress | None]]
"""What shows the progress of a piece of work to people, by its name."""


def silent(what: str) -> AbstractContextManager[Progress | None]:
    """Shows nothing."""
    return nullcontext()


def evaluate(
    checkpoint: Path,
    roots: Mapping[str, Path],
    choices: Choices | None = None,
    *,
    rerank: bool = False,
    centralise: bool = False,
    lift: Lift | None = None,
    cache: Path | None = None,
    method: str | None = None,
    shown: Shown = silent,
) -> list[Row]:
    """A checkpoint's scores on benchmarks, compared as the checkpoint says.

    Every benchmark is read before the first is evaluated.

    Args:
        checkpoint: a file of `uda train`.
        roots: where each benchmark lies, by name.
        choices: what is done otherwise than in training.
        rerank: rows that are re-ranked, too.
        centralise: rows of features averaged with their mutual neighbours', too.
        lift: rows that are lifted by who was seen together with a query, too.
        cache: a folder of `extract`, used where it fits.
        method: the method whose code may be run, see `uda.runs.restored.restore`.
        shown: shows progress.

    Raises:
        DatasetError: a benchmark cannot be read.
        UdaError: the checkpoint or the choices are wrong, or a test half cannot be ranked.
    """
    session = _Session(checkpoint, choices, method, shown)
    splits = {name: read_splits(name, root) for name, root in roots.items()}
    for name, each in splits.items():
        with ranking_explained(f"The test half of {name}"):
            require_ranking(each, lift)
    rows = []
    for name, root in roots.items():
        session.know(_half(splits[name]))

        def extract(tracklets: Sequence[Tracklet], name: str = name) -> Array:
            return session.features(name, tracklets, cache)

        with ranking_explained(f"The test half of {name}"):
            rows += evaluate_benchmark(
                name,
                root,
                splits[name],
                extract,
                session.extractor.how.describe(),
                session.extractor.comparison,
                rerank=rerank,
                centralise=centralise,
                lift=lift,
            )
    return rows


def extract(
    checkpoint: Path,
    roots: Mapping[str, Path],
    choices: Choices | None = None,
    *,
    output: Path,
    train: bool = False,
    overwrite: bool = False,
    method: str | None = None,
    shown: Shown = silent,
) -> list[tuple[Path, int]]:
    """Writes the features of benchmarks: of the test half, or of all tracklets where there is none.

    Args:
        checkpoint: a file of `uda train`.
        roots: where each benchmark lies, by name.
        choices: what is done otherwise than in training.
        output: the folder to write to.
        train: features of training halves, too, as NAME-train.
        overwrite: whether files that exist are replaced.
        method: see `evaluate`.
        shown: shows progress.

    Returns:
        The files, and how many features are in each.

    Raises:
        DatasetError: a benchmark cannot be read.
        UdaError: the checkpoint or the choices are wrong, or a file exists.
    """
    session = _Session(checkpoint, choices, method, shown)
    parts = {
        f"{_file(name)}{suffix}": part
        for name, root in roots.items()
        for suffix, part in _parts(name, root, train).items()
    }
    for stem in parts:
        for place in (output / f"{stem}.safetensors", output / f"{stem}.csv"):
            require_output(place, suffixes=(), inputs=[checkpoint], overwrite=overwrite)
    written = []
    for stem, (names, members, half) in parts.items():
        session.know(half)
        tracklets = [tracklet for _, tracklet in members]
        place = output / f"{stem}.safetensors"
        features = session.features(stem, tracklets)
        store.store(place, features, members, session.origin(tracklets), names)
        written.append((place, len(features)))
    return written


Members = list[tuple[str, Tracklet | UnlabelledTracklet]]
Part = tuple[store.Names, Members, Sequence[UnlabelledTracklet]]
"""Names of people and cameras, tracklets and what they are part of, the training half."""


def _parts(name: str, root: Path, train: bool) -> dict[str, Part]:
    """What files hold, by the suffix of their names."""
    _, number = parse(name)
    benchmark = find(name)
    if benchmark.splits == 1:
        split = benchmark.load(root, number)
        if not split.query and not split.gallery:
            return {"": (split.names, _training(split), _half([split]))}
    splits = read_splits(name, root)
    names, half = splits[0].names, _half(splits)
    queries = {t.frames for split in splits for t in split.query}
    tested: Members = [
        ("query" if t.frames in queries else "gallery", t) for t in test_tracklets(splits)
    ]
    if not train:
        return {"": (names, tested, half)}
    seen = {t.frames: (part, t) for split in splits for part, t in _training(split)}
    return {"": (names, tested, half), "-train": (names, list(seen.values()), half)}


def _training(split: Split) -> Members:
    return [("train", t) for t in split.train] + [("unlabelled", t) for t in split.unlabelled]


def _half(splits: Sequence[Split]) -> Sequence[UnlabelledTracklet]:
    """The training half, without identities; of several splits none: what one trains on another
    tests."""
    if len(splits) > 1:
        return ()
    return [t.unlabelled() for t in splits[0].train] + list(splits[0].unlabelled)


class _Session:
    """The model of a checkpoint on the device there is, and features that are there already."""

    def __init__(
        self, checkpoint: Path, choices: Choices | None, method: str | None, shown: Shown
    ) -> None:
        restored = restore(checkpoint, method)
        self.path, self.shown = checkpoint, shown
        self._trained = Extractor.of(
            restored.model, restored.comparison, restored.settings, choices
        )
        self.extractor = self._trained.knowing(())

    def know(self, half: Sequence[UnlabelledTracklet]) -> None:
        """Takes a benchmark's training half to estimate statistics on."""
        self.extractor = self._trained.knowing(half)

    def features(
        self,
        name: str,
        tracklets: Sequence[Tracklet | UnlabelledTracklet],
        cache: Path | None = None,
    ) -> Array:
        if cache is not None:
            place = cache / f"{_file(name)}.safetensors"
            found, said = store.lookup(place, self.origin(tracklets), len(tracklets))
            log.info("%s: %s", name, said if found is not None else f"{said}, extracting")
            if found is not None:
                return torch.from_numpy(found).to(self.extractor.device)
        with self.shown(f"extracting {name}") as progress:
            return self.extractor(tracklets, progress)

    def origin(self, tracklets: Sequence[Tracklet | UnlabelledTracklet]) -> store.Origin:
        how = self.extractor.how
        seen = [*tracklets]
        if how.statistics != "running" and how.estimated_on == "train":
            seen += self.extractor.unlabelled
        return store.Origin(
            file_sha256(self.path),
            store.data_sha256(seen, cameras=how.statistics == "camera"),
            self.extractor.protocol(),
        )


def _file(name: str) -> str:
    """A benchmark's name as a file's; a split's number follows a dash."""
    return name.replace(":", "-")
