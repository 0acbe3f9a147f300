"""Attributes as a checkpoint recognises them, as one HTML file that needs nothing else."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from PIL import Image
from reid_datasets.labels import UNKNOWN
from reid_datasets.records import Tracklet

from uda.evaluation.attributes import AttributeScore
from uda.evaluation.attributes_of_checkpoint import AttributeRow
from uda.files import write_whole

SHOWN = 8
"""Pictures of mistakes for each attribute."""
CROP = (128, 64)
"""Their height and width, pixels."""


def write_attributes_page(checkpoint: Path, rows: Sequence[AttributeRow], output: Path) -> None:
    """One page on all ``rows``: bars and confusions of each attribute, and the worst mistakes.

    Raises DatasetError for a frame that cannot be read.
    """
    environment = Environment(
        loader=PackageLoader("uda.report", "."), autoescape=True, undefined=StrictUndefined
    )
    page = environment.get_template("attributes.html.j2").render(
        title=f"Attributes: {', '.join(row.data for row in rows)}",
        checkpoint=checkpoint.name,
        rows=[_section(row) for row in rows],
    )
    write_whole(output, page)


def worst(row: AttributeRow, name: str, count: int = SHOWN) -> list[int]:
    """Positions of the surest mistakes in an attribute, the surest first, one of each person."""
    labels, found = row.known.labels[name], row.probabilities[name]
    wrong = np.flatnonzero((labels != UNKNOWN) & (found.argmax(1) != labels))
    order = wrong[np.argsort(-found[wrong].max(1), kind="stable")]
    people: dict[object, int] = {}
    for place in order.tolist():
        tracklet = row.tracklets[place]
        who = tracklet.person_id if isinstance(tracklet, Tracklet) else tracklet.frames
        people.setdefault(who, place)
    return list(people.values())[:count]


def _section(row: AttributeRow) -> dict[str, Any]:
    return {
        "name": row.data,
        "title": row.title,
        "part": row.part,
        "scores": row.scores,
        "left_out": row.left_out,
        "attributes": [
            {
                "score": score,
                "shares": _shares(score),
                "mistakes": [_mistake(row, score, place) for place in worst(row, score.name)],
            }
            for score in row.scores.attributes
        ],
    }


def _shares(score: AttributeScore) -> list[list[float]]:
    """The confusion with rows that sum to 1, 0 in rows of classes that do not occur."""
    return (score.confusion / np.maximum(score.confusion.sum(1, keepdims=True), 1)).tolist()


def _mistake(row: AttributeRow, score: AttributeScore, place: int) -> dict[str, Any]:
    found = row.probabilities[score.name][place]
    frames = row.tracklets[place].frames
    pixels = frames.read([len(frames) // 2], CROP)[0].permute(1, 2, 0).numpy()
    crop = Image.fromarray(pixels).resize((CROP[1], CROP[0]), Image.Resampling.BILINEAR)
    out = io.BytesIO()
    crop.save(out, "JPEG", quality=88)
    return {
        "picture": f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}",
        "said": score.classes[int(found.argmax())],
        "sure": float(found.max()),
        "true": score.classes[int(row.known.labels[score.name][place])],
        "name": frames.name(len(frames) // 2),
    }
