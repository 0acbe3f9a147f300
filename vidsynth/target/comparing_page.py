"""One HTML page on how far sets of crops are from a target."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from PIL import Image

from vidsynth.files import write_text
from vidsynth.target.comparing import Comparison, Distance
from vidsynth.target.quantities import QUANTITIES

_MEANINGS = {
    "fd": "Frechet distance of features",
    "mmd2": "MMD^2 of features, RBF kernel, unbiased",
    "kid": "unbiased MMD^2 with KID's cubic kernel",
    "auc": "how well a classifier tells rendered from real: .5 not at all, 1 always",
    "fd_tracklets": "Frechet distance of tracklets' mean features",
    "fd_motion": "Frechet distance of features' standard deviation over a tracklet",
}
_HIGH = 128
"""Pixels of a crop on the page."""


MARK = "<title>Compared with a target</title>"
"""In every page."""


def write_comparison(
    path: Path, comparison: Comparison, crops: Mapping[str, Sequence[np.ndarray]]
) -> None:
    """Writes the page, with a row of ``crops`` for each name: the target's, where there are any,
    and each set's."""
    environment = Environment(
        loader=PackageLoader("vidsynth.target", "."), autoescape=True, undefined=StrictUndefined
    )
    page = environment.get_template("comparing_page.html.j2").render(
        comparison=comparison,
        sets=list(comparison.tracklets),
        features=[_row(distance) for distance in comparison.features],
        quantities=[_row(distance) for distance in comparison.quantities],
        crops={name: [_embedded(crop) for crop in some] for name, some in crops.items()},
    )
    write_text(path, page)


def lines(comparison: Comparison) -> list[str]:
    """The distances as text, a line each."""
    found = []
    for distance in (*comparison.features, *comparison.quantities):
        values = ", ".join(f"{name} {value:.3g}" for name, value in distance.of.items())
        floor = "" if distance.floor is None else f" (floor {distance.floor:.3g})"
        found.append(f"{distance.name:18s} {values}{floor}")
    return found


def _row(distance: Distance) -> dict[str, object]:
    quantity = QUANTITIES.get(distance.name)
    return {
        "name": distance.name,
        "meaning": quantity.meaning if quantity else _MEANINGS.get(distance.name, ""),
        "unit": distance.unit,
        "floor": distance.floor,
        "cells": [
            {
                "value": value,
                "scaled": value / distance.scale if distance.scale else None,
                "matched": distance.matched(name),
            }
            for name, value in distance.of.items()
        ],
    }


def _embedded(crop: np.ndarray) -> str:
    height, width = crop.shape[:2]
    picture = Image.fromarray(crop).resize((max(1, round(width * _HIGH / height)), _HIGH))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=88)
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode()
