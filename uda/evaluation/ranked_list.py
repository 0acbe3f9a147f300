"""A picture of what a model ranks first: green frames match, red frames do not."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw
from reid_datasets.frames import Frames
from reid_datasets.records import Split

from uda.evaluation.protocol import Evaluation

CROP = (128, 64)
"""Height and width of a crop, pixels."""
BORDER = 4
GAP = 6
LABEL = 14
QUERY, MATCH, OTHER = (60, 110, 220), (40, 170, 70), (215, 50, 45)


def draw(split: Split, evaluation: Evaluation, queries: int = 6, ranks: int = 8) -> Image.Image:
    """One row per query: the query, then its nearest gallery tracklets, by their middle frames.

    The queries are spread evenly over those that have a match. Raises DatasetError for an
    unreadable frame.
    """
    matched = np.flatnonzero(~np.isnan(evaluation.result.per_query_ap))
    count = min(queries, len(matched))
    chosen = [int(matched[i * len(matched) // count]) for i in range(count)]
    height, width = CROP[0] + 2 * BORDER + LABEL + GAP, CROP[1] + 2 * BORDER + GAP
    sheet = Image.new("RGB", ((ranks + 1) * width + 2 * GAP, count * height + GAP), "white")
    for row, query in enumerate(chosen):
        top = GAP + row * height
        person = split.query[query]
        caption = f"AP {evaluation.result.per_query_ap[query]:.2f}"
        paste(sheet, (GAP, top), person.frames, QUERY, caption)
        for rank, index in enumerate(evaluation.ranked[query][:ranks]):
            entry = split.gallery[index]
            colour = MATCH if entry.person_id == person.person_id else OTHER
            left = 2 * GAP + (rank + 1) * width
            camera = "" if entry.camera_id is None else f" cam {entry.camera_id}"
            paste(sheet, (left, top), entry.frames, colour, f"{rank + 1}{camera}")
    return sheet


def paste(
    sheet: Image.Image,
    corner: tuple[int, int],
    frames: Frames,
    colour: tuple[int, int, int],
    caption: str,
) -> None:
    """Puts the middle frame of ``frames`` on a sheet, framed in ``colour``, with its left upper
    corner at ``corner`` and ``caption`` below it."""
    left, top = corner
    pixels = frames.read([len(frames) // 2], CROP)[0].permute(1, 2, 0).numpy()
    crop = Image.fromarray(pixels).resize((CROP[1], CROP[0]), Image.Resampling.BILINEAR)
    box = (left, top, left + CROP[1] + 2 * BORDER - 1, top + CROP[0] + 2 * BORDER - 1)
    pen = ImageDraw.Draw(sheet)
    pen.rectangle(box, fill=colour)
    sheet.paste(crop, (left + BORDER, top + BORDER))
    pen.text((left, box[3] + 2), caption, fill="black")
