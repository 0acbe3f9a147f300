import numpy as np
import pytest

from vidsynth.cameras.boxes import crop_box
from vidsynth.cameras.camera import Camera, Photometry
from vidsynth.config import BoxConfig
from vidsynth.target.video.jitter import jitter_of_boxes, jitter_of_sizes

CAMERA = Camera(1, "plaza", 1280, 720, 900.0, (0.0, -12.0, 3.0), (0.0, 0.0, 0.9), Photometry())


@pytest.mark.parametrize("jitter", [0.0, 0.05, 0.1, 0.2])
def test_jitter_is_found_as_it_was_set(jitter):
    rng = np.random.default_rng(1)
    found, sizes = [], []
    for _ in range(20):
        boxes = []
        for k in range(30):
            body = (500.0 + 3 * k, 200.0 + k, 580.0 + 3 * k, 420.0 + 1.5 * k)
            boxes.append(crop_box(body, CAMERA, BoxConfig(jitter=jitter), rng))
        found.append(jitter_of_boxes(np.array(boxes)))
        sizes.append(jitter_of_sizes(np.array(boxes)[:, 3] - np.array(boxes)[:, 1]))
    assert np.median(found) == pytest.approx(jitter, abs=0.1 * jitter + 0.008)
    assert np.median(sizes) == pytest.approx(jitter, abs=0.12 * jitter + 0.012)


def test_a_few_boxes_say_nothing():
    assert np.isnan(jitter_of_boxes(np.ones((4, 4))))
    assert np.isnan(jitter_of_sizes(np.ones(4)))
