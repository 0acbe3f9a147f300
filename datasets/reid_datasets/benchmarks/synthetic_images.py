"""Still images that vidsynth wrote: Market-1501's layout, with what people wear in its tables."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from reid_datasets.benchmarks import market1501, rendered
from reid_datasets.benchmarks.layout import require_layout
from reid_datasets.benchmarks.listing import IMAGES, names_in
from reid_datasets.errors import DatasetError
from reid_datasets.records import Split, Tracklet
from strict_reading import Unreadable, parse_json, read_text

OBTAIN = "`vidsynth render-images`"
_TABLES = "crops"


def read(root: Path) -> Split:
    """The split of a finished set. Raises DatasetError, also for one not rendered to its end.

    Query and gallery are empty where nobody was held out for testing.
    """
    description = _description(root)
    if description.get("layout") != "market1501":
        raise DatasetError(
            f"Expected a set of still images at {root}, found the layout "
            f"{description.get('layout')!r}. Read it as `synthetic`."
        )
    missing = [name for name in market1501.FOLDERS if not (root / name).is_dir()]
    if missing:
        raise _unfinished(root, f"no {missing[0]}")
    require_layout(root, "rendered images", market1501.FOLDERS, OBTAIN)
    worn = _clothes(root)
    train, query, gallery = (_scan(root / name, worn) for name in market1501.FOLDERS)
    if not train and not gallery:
        raise _unfinished(root, "no images")
    return Split(train, query, gallery)


def _scan(folder: Path, worn: dict[str, int]) -> tuple[Tracklet, ...]:
    if not any(name.lower().endswith(IMAGES) for name in names_in(folder)):
        return ()
    return tuple(
        replace(
            tracklet, clothes_id=worn.get(f"{folder.name}/{Path(tracklet.frames.name(0)).name}")
        )
        for tracklet in market1501.scan(folder)
    )


def _clothes(root: Path) -> dict[str, int]:
    """What people wear by file, where the tables say so."""
    if not (root / _TABLES).is_dir():
        return {}
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(root / _TABLES, columns=["file", "clothes_id"]).to_pydict()
    except (OSError, pa.ArrowException) as error:
        raise DatasetError(
            f"Expected the columns file and clothes_id in {root / _TABLES}, but they cannot be "
            f"read ({str(error).splitlines()[0]}). Give the command that rendered the set again."
        ) from error
    return dict(zip(table["file"], table["clothes_id"], strict=True))


def _description(root: Path) -> dict[str, Any]:
    path = root / "dataset.json"
    rendered.require_utf_8(root)
    if not root.is_dir() or not any(root.iterdir()):
        found = "an empty directory" if root.is_dir() else "no directory"
        raise DatasetError(
            f"Expected rendered images at {root}, found {found}. Render some with "
            f"`vidsynth render-images --output {root}`, or name the folder of a set "
            "(--root, or --source-root when training)."
        )
    if not path.exists():
        raise _unfinished(root, "no dataset.json")
    try:
        description = parse_json(read_text(path))
    except Unreadable as error:
        raise DatasetError(
            f"Expected JSON in {path}, but it cannot be read ({error}). Render the set again."
        ) from error
    if not isinstance(description, dict):
        raise DatasetError(f"Expected a JSON object in {path}. Render the set again.")
    return description


def _unfinished(root: Path, found: str) -> DatasetError:
    return DatasetError(
        f"Expected a finished set of images at {root}, found {found}: rendering was not "
        f"completed. Run `vidsynth render-images --output {root}` with the same options again; it "
        "continues where it stopped."
    )
