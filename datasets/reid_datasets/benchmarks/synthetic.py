"""What vidsynth wrote: a MARS tree with a description of how it was rendered."""

from __future__ import annotations

import json
from pathlib import Path

from reid_datasets.benchmarks import mars
from reid_datasets.errors import DatasetError
from reid_datasets.records import Split

_TABLES = ("tracks_train_info.mat", "tracks_test_info.mat", "query_IDX.mat")


def read(root: Path) -> Split:
    """The split of a finished set. Raises DatasetError, also for one not rendered to its end."""
    if not root.is_dir() or not any(root.iterdir()):
        found = "an empty directory" if root.is_dir() else "no directory"
        raise DatasetError(
            f"Expected a rendered data set at {root}, found {found}. Render one with "
            f"`vidsynth render-tracklets --output {root}`, or name the folder of one "
            "(--root, or --source-root when training)."
        )
    _require_description(root / "dataset.json")
    missing = [name for name in _TABLES if not (root / "info" / name).is_file()]
    if missing:
        raise _unfinished(root, f"no info/{missing[0]}")
    split = mars.read(root)
    shared = {t.person_id for t in split.train} & {t.person_id for t in split.gallery}
    if shared:
        raise DatasetError(
            f"Expected training and test identities of {root} to be different people, found "
            f"{len(shared)} in both (e.g. {min(shared)}). Render the set again into an empty "
            "directory."
        )
    return split


def _require_description(path: Path) -> None:
    try:
        description = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise _unfinished(path.parent, "no dataset.json") from None
    except (OSError, ValueError) as error:
        raise DatasetError(
            f"Expected JSON in {path}, but it cannot be read ({error}). Render the set again."
        ) from error
    if not isinstance(description, dict):
        raise DatasetError(f"Expected a JSON object in {path}. Render the set again.")


def _unfinished(root: Path, found: str) -> DatasetError:
    return DatasetError(
        f"Expected a finished data set at {root}, found {found}: rendering was not completed. Run "
        f"`vidsynth render-tracklets --output {root}` with the same options again; it continues "
        "where it stopped."
    )
