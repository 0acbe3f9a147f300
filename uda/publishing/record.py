"""What a run, or a checkpoint of one, records of itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from strict_reading import named
from uda.errors import CheckpointError, RunError
from uda.runs import checkpoint, directory, finished


@dataclass(frozen=True)
class Record:
    """``checkpoint`` is the file of the weights, ``name`` what people call the model.

    ``description`` is what the run says of itself: configuration, source, target, versions, and
    where there are such init and attributes. ``result`` has the scores of these weights, None
    where none are recorded.
    """

    name: str
    checkpoint: Path
    description: dict[str, Any]
    result: dict[str, Any] | None


def read(path: Path) -> Record:
    """The record of a finished run's directory, or of a checkpoint.

    Raises:
        RunError: it is no run of `uda train`, or one that is not complete.
        CheckpointError: it is no checkpoint of `uda train`.
    """
    if path.is_dir():
        return _of_run(path)
    if path.parent.name == "checkpoints" and (path.parents[1] / "result.json").is_file():
        run = _of_run(path.parents[1])
        if run.checkpoint.resolve() == path.resolve():
            return run
    saved = checkpoint.load(path)
    kept = ("config", "source", "target", "versions", "init", "attributes")
    description = {key: saved[key] for key in kept if key in saved}
    try:
        _require_training(path, description)
    except RunError as error:
        raise CheckpointError(str(error)) from None
    return Record(named(Path(path.stem)), path, description, None)


def _of_run(path: Path) -> Record:
    run = finished.read(path)
    _require_training(path, run.description)
    if run.result is None:
        raise RunError(
            f"The run in {path} is not complete: it has no result.json. Finish it with `uda train "
            f"--resume --output {path}`, or name one of its checkpoints to have a card without "
            "scores."
        )
    best = run.result.get("selected_on", "last") != "last"
    weights = directory.named(path, "best") if best else directory.last(path)
    if not weights.is_file():
        raise RunError(
            f"Expected the weights of the run at {weights}, found no such file. Put it back, or "
            "train again."
        )
    return Record(run.name, weights, run.description, run.result)


def _require_training(path: Path, description: dict[str, Any]) -> None:
    config = description.get("config", {})
    wanted = ("model", "method", "data", "training", "evaluation")
    missing = [key for key in wanted if key not in config]
    missing += [key for key in ("source", "target") if key not in description]
    if missing:
        raise RunError(
            f"Expected a run of `uda train` at {path}, found one without {', '.join(missing)}: of "
            "`uda translate`, or of another version. Only models for re-identification have a card."
        )
