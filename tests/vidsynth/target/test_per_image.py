"""TAGPerson's lists: made here, drawn from by tables, and no statistics of a target."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from tests.mars_tree import write_mars_tree
from vidsynth.drawing.tables import Table
from vidsynth.errors import TargetError
from vidsynth.target import per_image, statistics
from vidsynth.target.crops import Crop, TargetTracklet
from vidsynth.target.layouts import read_target


class Brightness:
    """Takes a crop's mean for its depression in degrees, and a hundredth for its gamma."""

    def estimate(self, crops: Sequence[Crop]) -> dict[str, np.ndarray]:
        means = np.array([crop.pixels.mean() for crop in crops])
        return {"depression": means, "gamma": means / 100, "light_azimuth": 350 + 0 * means}


def tracklets() -> list[TargetTracklet]:
    """Two of three crops each, grey at 10, 20, 30 and at 60, 80, 100."""
    crops = [Crop.of(np.full((8, 4, 3), level, np.uint8)) for level in (10, 20, 30, 60, 80, 100)]
    return [TargetTracklet("a", crops[:3], 3), TargetTracklet("b", crops[3:], 3)]


def test_every_image_has_an_entry_that_can_be_rendered() -> None:
    entries = per_image.per_image(tracklets(), Brightness())
    assert sorted(entry["camera_elev"] for entry in entries) == [10, 20, 30, 60, 80, 85]
    assert sorted(entry["gamma_value"] for entry in entries) == [0.1, 0.2, 0.3, 0.6, 0.8, 1]
    by_angle = {entry["camera_elev"]: entry["gamma_value"] for entry in entries}
    assert by_angle[20] == 0.2
    assert by_angle[85] == 1
    assert [entry["camera_elev"] for entry in entries] != sorted(by_angle)  # no order to tell by


def test_means_of_tracklets_count_as_often_as_they_have_images() -> None:
    entries = per_image.per_image(tracklets(), Brightness(), ["camera_elev"], means=True)
    assert sorted(entry["camera_elev"] for entry in entries) == [20] * 3 + [80] * 3
    turned = per_image.per_image(tracklets(), Brightness(), ["light_azim"], means=True)
    assert {entry["light_azim"] for entry in turned} == {-10}


def test_a_list_is_drawn_from_and_is_no_statistics_file(tmp_path: Path) -> None:
    path = tmp_path / "estimates.json"
    per_image.write(path, per_image.per_image(tracklets(), Brightness()))
    rows = Table.model_validate({"rows": path, "per": "image"}).content
    assert rows.columns == ("view.depression", "look.gamma")
    assert len(rows.values) == 6
    with pytest.raises(TargetError, match="JSON of another kind"):
        statistics.read(path)


def test_fields_that_nobody_estimates_are_refused() -> None:
    with pytest.raises(TargetError, match="found gamma"):
        per_image.per_image(tracklets(), Brightness(), ["gamma"])
    with pytest.raises(TargetError, match="estimators of light_elevation"):
        per_image.per_image(tracklets(), Brightness(), ["light_elev"])
    with pytest.raises(TargetError, match="found none"):
        per_image.per_image([], Brightness())


def test_a_target_in_another_gamma_is_measured_as_such(tmp_path: Path) -> None:
    root = write_mars_tree(tmp_path / "mars")
    plain, dark = (
        per_image.per_image(read_target(root, layout, 2), Brightness(), ["gamma_value"])
        for layout in ("mars", "mars+gamma2-2")
    )
    means = [np.mean([entry["gamma_value"] for entry in entries]) for entries in (plain, dark)]
    assert means[1] < 0.8 * means[0]
