import numpy as np
import pytest

from vidsynth.cameras.boxes import crop_box, truncation
from vidsynth.cameras.camera import Camera, Photometry
from vidsynth.config import BoxConfig

CAMERA = Camera(1, "plaza", 1280, 720, 900.0, (8, 0, 3), (0, 0, 1), Photometry())


def test_boxes_grow_outward_by_at_most_the_jitter():
    rng = np.random.default_rng(0)
    body = (600.0, 300.0, 660.0, 460.0)
    rules = BoxConfig(min_width=0.0)
    boxes = np.array([crop_box(body, CAMERA, rules, rng) for _ in range(200)])
    assert (boxes[:, :2] <= (600, 300)).all()
    assert (boxes[:, 2:] >= (660, 460)).all()
    assert (boxes.min(0)[:2] >= (593, 283)).all()
    assert (boxes.max(0)[2:] <= (667, 477)).all()
    assert len(np.unique(boxes, axis=0)) > 20


def test_a_narrow_person_gets_a_box_of_the_least_width():
    rules = BoxConfig(jitter=0.0, min_width=0.5)
    box = crop_box((600.0, 300.0, 640.0, 460.0), CAMERA, rules, np.random.default_rng(0))
    assert box == (580, 300, 660, 460)


def test_a_box_of_a_given_shape_keeps_its_height_and_middle():
    body = (600.0, 300.0, 660.0, 460.0)
    rules = BoxConfig(jitter=0.1, min_width=0.0)
    drawn = [crop_box(body, CAMERA, rules, np.random.default_rng(3), a) for a in (None, 0.25, 0.5)]
    for (x0, y0, x1, y1), aspect in zip(drawn[1:], (0.25, 0.5), strict=True):
        assert (y0, y1) == (drawn[0][1], drawn[0][3])
        assert (x1 - x0) / (y1 - y0) == pytest.approx(aspect, abs=2 / (y1 - y0))
        assert (x0 + x1) / 2 == pytest.approx((drawn[0][0] + drawn[0][2]) / 2, abs=1)


def test_a_box_is_clipped_to_the_frame_and_its_loss_counted():
    body = (-30.0, 300.0, 70.0, 500.0)
    assert truncation(body, CAMERA) == pytest.approx(0.3)
    box = crop_box(body, CAMERA, BoxConfig(max_truncation=0.5), np.random.default_rng(0))
    assert box is not None
    assert box[0] == 0


def test_nobody_renders_what_the_filters_drop():
    rng = np.random.default_rng(0)
    assert crop_box((-60.0, 300.0, 40.0, 500.0), CAMERA, BoxConfig(), rng) is None
    assert crop_box((600.0, 300.0, 610.0, 320.0), CAMERA, BoxConfig(), rng) is None
    assert crop_box((2000.0, 300.0, 2060.0, 460.0), CAMERA, BoxConfig(), rng) is None


@pytest.mark.parametrize("left", [-300.0, -100.0, 1280.0, 1400.0])
def test_nobody_renders_who_is_beside_the_frame_whatever_truncation_is_allowed(left):
    rules = BoxConfig(max_truncation=1.0, min_visibility=0.0)
    body = (left, 300.0, left + 100.0, 500.0)
    assert truncation(body, CAMERA) == 1.0
    assert crop_box(body, CAMERA, rules, np.random.default_rng(0)) is None
    almost = (-99.0, 300.0, 1.0, 500.0)
    assert crop_box(almost, CAMERA, rules, np.random.default_rng(0)) is not None
