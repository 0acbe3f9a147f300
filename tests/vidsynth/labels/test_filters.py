from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.vidsynth.develop.test_photometry import CAMERA, crop
from vidsynth.config import BoxConfig
from vidsynth.labels.filters import worth_keeping
from vidsynth.settings import load_config

UNREALPERSON = load_config(
    Path(__file__).parents[3] / "configs/synth/unrealperson-crops.yaml"
).boxes


def seen(x0=600, y0=300, width=40, height=120, fill=0.6, margin=10, **labels):
    """A crop whose mask fills a share of a box of that size at (x0, y0) in the frame."""
    box = (x0 - margin, y0 - margin, x0 + width + margin, y0 + height + margin)
    index = np.zeros((height + 2 * margin, width + 2 * margin), np.int16)
    inside = index[margin:-margin, margin:-margin]
    inside[:] = (np.indices(inside.shape).sum(0) % 100) < 100 * fill
    inside[0, 0] = inside[-1, -1] = 1
    body = (float(x0), float(y0), float(x0 + width), float(y0 + height))
    return replace(crop(0.2, box, CAMERA, body_box=body, **labels), index=index)


def kept(picture, boxes):
    return worth_keeping(picture, picture.people[0], boxes)


def test_unrealpersons_rules_are_a_set_of_settings():
    assert kept(seen(), UNREALPERSON)
    assert UNREALPERSON.jitter == 0.1


@pytest.mark.parametrize(
    ("bad", "good"),
    [
        ({"width": 44, "height": 80, "fill": 0.5}, {"width": 44, "height": 80, "fill": 0.7}),
        ({"width": 29, "height": 100, "fill": 1}, {"width": 31, "height": 100, "fill": 1}),
        ({"width": 80, "height": 110}, {"width": 76, "height": 110}),
        ({"width": 80, "height": 200, "fill": 0.2}, {"width": 80, "height": 200, "fill": 0.4}),
        ({"x0": 4, "margin": 4}, {"x0": 5, "margin": 4}),
        ({"y0": 596, "margin": 4}, {"y0": 595, "margin": 4}),
    ],
    ids=["mask", "area", "aspect", "fill", "left edge", "lower edge"],
)
def test_each_rule_drops_what_it_is_about(bad, good):
    assert not kept(seen(**bad), UNREALPERSON)
    assert kept(seen(**good), UNREALPERSON)
    assert kept(seen(**bad), BoxConfig()), "not by default"


def test_a_crop_without_the_person_is_dropped():
    empty = replace(seen(), index=np.zeros((140, 60), np.int16))
    assert not kept(empty, BoxConfig())


def test_the_old_rules_still_hold():
    assert not kept(seen(visibility=0.3), BoxConfig())
    assert not kept(seen(truncation=0.4), BoxConfig())
    assert not kept(seen(height=40), BoxConfig())
