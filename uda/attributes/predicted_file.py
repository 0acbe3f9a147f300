"""Predicted attributes as a table: a row for each tracklet, a column for each value.

first_frame,hat=no,hat=yes,upper_colour=black,upper_colour=red,...
0001/lobby/walk-1/000.jpg,0.93100,0.06900,0.81000,0.02000,...
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from reid_datasets.frames import first_frame
from reid_datasets.records import Tracklet, UnlabelledTracklet

from uda.attributes.predicting import Predicted
from uda.files import write_whole


def write_predicted(
    path: Path,
    found: Predicted,
    tracklets: Sequence[Tracklet | UnlabelledTracklet],
    root: Path,
) -> None:
    """Writes probabilities of N tracklets as CSV, UTF-8.

    Args:
        path: the file, which appears whole or not at all.
        found: attributes of the N tracklets.
        tracklets: they go by their first frame.
        root: where the data lies, which paths are relative to.
    """
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    columns = [
        (name, place, value) for name, of in found.values.items() for place, value in enumerate(of)
    ]
    writer.writerow(["first_frame", *(f"{name}={value}" for name, _, value in columns)])
    for row, tracklet in enumerate(tracklets):
        numbers = [f"{found.probabilities[name][row, place]:.5f}" for name, place, _ in columns]
        writer.writerow([first_frame(tracklet.frames, root), *numbers])
    write_whole(path, table.getvalue())
