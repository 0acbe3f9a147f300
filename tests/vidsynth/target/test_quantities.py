from __future__ import annotations

import numpy as np

from vidsynth.labels.crops import CROPS
from vidsynth.labels.images import IMAGES
from vidsynth.labels.persons import PERSONS
from vidsynth.labels.tracklets import TRACKLETS
from vidsynth.target.quantities import BINS, QUANTITIES, named


def test_every_quantity_has_equal_bins_over_a_fixed_range() -> None:
    for quantity in QUANTITIES.values():
        assert np.allclose(np.diff(quantity.edges), (quantity.high - quantity.low) / BINS)
        assert (quantity.bins(quantity.centres) == np.arange(BINS)).all()


def test_values_beyond_the_range_belong_to_the_ends() -> None:
    depression = QUANTITIES["depression"]
    assert depression.bins(np.array([-90.0, 90.0])).tolist() == [0, BINS - 1]


def test_angles_wrap_around() -> None:
    azimuth = QUANTITIES["azimuth"]
    assert azimuth.bins(np.array([-5.0, 355.0, 365.0])).tolist() == [BINS - 1, BINS - 1, 0]


def test_only_what_is_rendered_has_a_truth() -> None:
    assert all(QUANTITIES[name].label for name in named("regressed"))
    assert not any(QUANTITIES[name].label for name in named("read"))


def test_truths_are_columns_of_the_tables() -> None:
    known = {c.name for table in (CROPS, IMAGES, PERSONS, TRACKLETS) for c in table.columns}
    asked = {column for quantity in QUANTITIES.values() for column in quantity.label}
    assert asked - known == set()
