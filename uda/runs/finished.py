"""What `uda train` left in a run's directory, read back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from strict_reading import Unreadable, named, parse_json, read_text, shown
from uda.errors import RunError


@dataclass(frozen=True)
class FinishedRun:
    """``result`` is None while the run is not complete; ``metrics`` are the lines of
    metrics.jsonl; ``curves`` and ``pictures`` of each test half are of the weights that were kept,
    or of the last evaluation where these were not tested.
    ``name`` is the directory's unless somebody needs another."""

    directory: Path
    description: dict[str, Any]
    result: dict[str, Any] | None
    metrics: list[dict[str, Any]]
    curves: dict[str, dict[str, Any]]
    pictures: dict[str, Path]
    name: str

    @property
    def method(self) -> str:
        return str(self.description["config"]["method"]["name"])

    @property
    def seed(self) -> int:
        return int(self.description["config"]["training"]["seed"])

    @property
    def domains(self) -> str:
        return f"{self.description['source']['name']} → {self.description['target']['name']}"

    def lines(self, prefix: str) -> dict[str, list[tuple[float, float]]]:
        """(step, value) of every scalar logged under ``prefix/``, by the rest of its name."""
        found: dict[str, list[tuple[float, float]]] = {}
        for entry in self.metrics:
            for key, value in entry.items():
                group, slash, name = key.rpartition("/")
                if slash and group == prefix:
                    found.setdefault(name, []).append((entry["step"], value))
        return found


def read(directory: Path) -> FinishedRun:
    """The run in ``directory``. Raises RunError."""
    if not (directory / "run.json").is_file():
        raise RunError(
            f"Expected a run of `uda train` in {directory}, found no run.json there. Give the "
            "directory that was its --output."
        )
    result = _json(directory / "result.json") if (directory / "result.json").exists() else None
    epoch = (result or {}).get("epoch")
    curves = _of_epoch(directory / "evaluations", "json", epoch)
    found = FinishedRun(
        directory=directory,
        description=_json(directory / "run.json"),
        result=result,
        metrics=_metrics(directory / "metrics.jsonl"),
        curves={name: _json(path) for name, path in curves.items()},
        pictures=_of_epoch(directory / "ranked-lists", "png", epoch),
        name=named(Path(directory.resolve().name)),
    )
    try:
        _ = found.method, found.seed, found.domains
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RunError(
            f"Expected what a run of `uda train` says of itself in {directory / 'run.json'}, found "
            f"no {error}: it is damaged, or of `uda translate` or another program. Leave it out."
        ) from None
    return found


def _of_epoch(folder: Path, kind: str, epoch: object) -> dict[str, Path]:
    """The file of an epoch among ``NAME-EPOCH.kind``, else of the highest one, by name."""

    def rank(path: Path) -> tuple[bool, int, str]:
        number = path.stem.rpartition("-")[2]
        found = int(number) if number.isdecimal() else -1
        return found == epoch, found, path.name

    paths = sorted(folder.glob(f"*-*.{kind}"), key=rank)
    return {path.stem.rpartition("-")[0]: path for path in paths}


def _metrics(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    entries = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            entry = parse_json(line)
        except Unreadable:  # the line a running or killed training has not finished
            continue
        if isinstance(entry, dict) and all(map(_is_number, (entry.get("step"), *entry.values()))):
            entries.append(entry)
    return entries


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _json(path: Path) -> dict[str, Any]:
    try:
        found = parse_json(read_text(path))
        if not isinstance(found, dict):
            raise Unreadable(f"no object, but {shown(found)}")
        return found
    except Unreadable as error:
        raise RunError(
            f"Expected JSON in {path}, but it cannot be read ({error}). Continue the run with "
            "--resume to have it written again."
        ) from None
