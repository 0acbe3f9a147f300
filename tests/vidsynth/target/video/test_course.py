import numpy as np
import pytest

from vidsynth.cameras.camera import Camera, Photometry
from vidsynth.cameras.views import person_boxes
from vidsynth.target.video.course import UNKNOWN, apart, azimuth_of, circular_median, course

CAMERA = Camera(1, "plaza", 1280, 720, 900.0, (0.0, -12.0, 3.0), (0.0, 0.0, 0.9), Photometry())
TIMES = np.arange(25) / 8


def walked(azimuth: float, speed: float = 1.3) -> np.ndarray:
    """Boxes of somebody near the middle of the picture whom the camera sees from ``azimuth``."""
    # The camera lies at -y; a heading towards it is -90 degrees.
    heading = np.radians(-90.0 - azimuth)
    ahead = np.array([np.cos(heading), np.sin(heading)])
    track = speed * (TIMES - TIMES.mean())[:, None] * ahead
    return person_boxes(CAMERA, track, 1.7)[:, :4]


@pytest.mark.parametrize("azimuth", [0, 45, 90, 135, 180, 225, 270, 315])
def test_boxes_say_from_where_somebody_is_seen(azimuth):
    found = azimuth_of(course(walked(azimuth), TIMES), 1.3)
    # Straight across, a little less of the speed is a wide angle.
    assert apart(found, azimuth) < (20 if azimuth in (90, 270) else 12)


def test_boxes_that_grow_come_nearer():
    towards, away = (course(walked(azimuth), TIMES) for azimuth in (0, 180))
    assert towards.approach == pytest.approx(1.3 / 12, rel=0.15)
    assert away.approach == pytest.approx(-towards.approach, rel=0.2)
    assert abs(towards.lateral) < 0.05
    # On their left side people walk to the left of the picture.
    assert course(walked(90), TIMES).lateral == pytest.approx(-1.3, rel=0.1)


def test_who_stays_where_they_are_stands():
    still = walked(0, speed=0.0)
    jumping = still + np.random.default_rng(0).uniform(-8, 8, still.shape)
    assert course(jumping, TIMES).stands
    assert not any(course(walked(azimuth), TIMES).stands for azimuth in (0, 90, 180))
    assert UNKNOWN.stands is None


def test_boxes_that_the_frame_cuts_are_left_out():
    boxes = walked(90)
    cut = boxes.copy()
    cut[:6, 0] = 0
    inside = np.arange(len(boxes)) >= 6
    found, whole = course(cut, TIMES, inside), course(boxes, TIMES)
    assert found.across == pytest.approx(whole.across, rel=0.05)


def test_a_moment_says_nothing():
    assert course(walked(0)[:2], TIMES[:2]) == UNKNOWN
    assert np.isnan(azimuth_of(UNKNOWN, 1.3))


def test_the_median_of_angles_goes_around_the_circle():
    assert circular_median(np.array([350.0, 5.0, 10.0, np.nan])) == 5.0
    assert np.isnan(circular_median(np.array([np.nan])))
    weighed = circular_median(np.array([90.0, 270.0]), np.array([1.0, 3.0]))
    assert weighed == 270.0
