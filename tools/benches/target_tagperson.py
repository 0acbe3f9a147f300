"""Row 12: what TAGPerson's recipes render, and that its variants change no more than they say."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.dataset as ds
from benches.target import Row

from vidsynth.run.job import render
from vidsynth.settings import load_image_config

FOLDER = Path(__file__).resolve().parents[2] / "configs/target"
VARIANTS = {"tagp-c": {"depression"}, "tagp-g": {"gamma"}, "tagp-cg": {"depression", "gamma"}}
"""Columns that may differ from those of TAGP-Base."""
DRAWN = (
    "person_id", "camera_id", "number", "depression", "distance", "phase", "colour_bias",
    "exposure_ev", "gamma", "contrast", "saturation", "noise", "blur", "jpeg_quality",
    "light_azimuth", "light_elevation", "light_intensity", "background", "motion",
    "person_height", "occluder", "companion_id",
)  # fmt: skip
"""Columns that say what was drawn for an image."""


def rows() -> Iterator[Row]:
    """Renders 48 images, one CPU-minute."""
    with tempfile.TemporaryDirectory(prefix="tagperson-") as made:
        root = Path(made)
        rng = np.random.default_rng(12)
        entries = [
            {"camera_elev": round(angle, 3), "gamma_value": round(gamma, 3)}
            for angle, gamma in rng.uniform((5, 0.5), (40, 2), (100, 2)).tolist()
        ]
        (root / "estimates.json").write_text(json.dumps(entries))
        base = _rendered(root, "tagp-base")
        gammas, heights = set(base["gamma"]), base["light_elevation"]
        yield Row(
            12,
            "TAGP-Base has gamma exactly 1 in every row",
            f"{sorted(gammas)} in {len(base['gamma'])} rows",
            gammas == {1.0},
        )
        off = max(abs(height - 73) for height in heights)
        yield Row(
            12,
            "its lamp is 73 degrees high in every row",
            f"at most {off:.1e} degrees off",
            off < 1e-3,
        )
        for name, allowed in VARIANTS.items():
            other = _rendered(root, name)
            changed = {column for column in DRAWN if not _same(base[column], other[column])}
            yield Row(
                12,
                f"{name} changes {' and '.join(sorted(allowed))} alone",
                ", ".join(sorted(changed)) or "nothing",
                changed == allowed,
            )


def _rendered(root: Path, name: str) -> dict[str, list[Any]]:
    """Columns of the labels of twelve images, in order."""
    words = [
        "identities=2", "cameras=3", "cameras_per_identity=3", "images_per_camera=2",
        "quality=fast", f"backgrounds.directory={FOLDER / 'plain'}",
    ]  # fmt: skip
    if name != "tagp-base":
        words.append(f"tables.estimates.rows={root / 'estimates.json'}")
    render(load_image_config(FOLDER / f"{name}.yaml", words), root / name)
    table = ds.dataset(root / name / "crops").to_table()
    return dict(table.sort_by([("person_id", "ascending"), ("number", "ascending")]).to_pydict())


def _same(one: list[Any], other: list[Any]) -> bool:
    """Whether two columns are equal, up to what float32 makes of an angle."""
    return len(one) == len(other) and all(
        np.allclose(a, b, atol=1e-3) if isinstance(a, float | list) else a == b
        for a, b in zip(one, other, strict=True)
    )
