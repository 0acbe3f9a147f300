"""A rendered set of chosen images alone, which every reader of `synthetic-images` reads."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from vidsynth.errors import OutputError
from vidsynth.files import write_whole
from vidsynth.formats.market1501 import FOLDERS
from vidsynth.run.description import read_description
from vidsynth.target.aost.attributes import Images


def write_subset(
    images: Images,
    numbers: np.ndarray,
    output: Path,
    how: dict[str, Any],
    beside: Mapping[str, str],
) -> None:
    """Writes the images with these numbers as a set in Market-1501's layout.

    Files are links to those of the whole set where the disk has such, else copies. ``how`` goes
    into dataset.json, and ``beside`` it lie texts by name of file. dataset.json is written last: a
    set without it is not finished. Test images are not chosen among, and stay away.

    Raises OutputError where ``output`` holds something already.
    """
    require_free(output)
    description = read_description(images.root)
    chosen = images.rows.take(numbers)
    for name in FOLDERS:
        (output / name).mkdir(parents=True)
    for number in numbers:
        _link(images.root / images.files[number], output / images.files[number])
    (output / "crops").mkdir()
    import pyarrow.parquet as pq

    pq.write_table(chosen, output / "crops" / "selected.parquet")
    for name in ("persons.parquet", "cameras.json"):
        shutil.copyfile(images.root / name, output / name)
    for name, text in beside.items():
        write_whole(output / name, text.encode())
    # Another renderer: rendering does not take the folder for the beginning of the whole set.
    description |= {"renderer": f"chosen from {description['renderer']}", "selection": how}
    counts = dict(description.get("counts", {}))
    counts |= {"planned_crops": len(numbers)}
    described = json.dumps({**description, "counts": counts}, indent=2)
    write_whole(output / "dataset.json", described.encode())


def require_free(output: Path) -> None:
    """Raises OutputError unless a set can be begun at ``output``."""
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise OutputError(
            f"Expected no file or an empty folder at {output}, found something there. Nothing was "
            "touched: choose another --output."
        )


def _link(here: Path, there: Path) -> None:
    try:
        os.link(here, there)
    except OSError:
        shutil.copyfile(here, there)
