import numpy as np

from vidsynth.config import TrackletConfig
from vidsynth.motion.routes import in_view, person_boxes
from vidsynth.plan import Plan
from vidsynth.sites import SITES


def test_cameras_see_people_in_the_middle_of_their_site_at_reid_size():
    for seed in range(4):
        for camera in Plan(TrackletConfig(seed=seed, cameras=9)).cameras:
            x0, y0, x1, y1 = SITES[camera.site](np.random.default_rng(0)).walk_area
            middle = np.array([[(x0 + x1) / 2, (y0 + y1) / 2]])
            box = person_boxes(camera, middle, 1.7)
            assert in_view(camera, box, 60)[0], (seed, camera)
            assert box[0, 3] - box[0, 1] < 420


def test_cameras_differ_in_place_and_look():
    cameras = Plan(TrackletConfig()).cameras
    assert len({camera.position for camera in cameras}) == len(cameras)
    assert len({camera.photometry for camera in cameras}) == len(cameras)


def test_looks_stay_in_the_configured_ranges():
    config = TrackletConfig.model_validate({"camera": {"gamma": [1.5, 1.6], "colour_bias": 0}})
    for camera in Plan(config).cameras:
        assert 1.5 <= camera.photometry.gamma <= 1.6
        assert camera.photometry.white_balance == (1, 1, 1)
