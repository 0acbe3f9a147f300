import numpy as np

from vidsynth.develop.codec import through_h264


def walk(frames=6):
    """A textured square that crosses a textured ground, and its boxes."""
    rng = np.random.default_rng(0)
    ground = rng.integers(60, 200, (40, 120, 1), dtype=np.uint8).repeat(3, 2)
    ground = ground.repeat(3, 0).repeat(3, 1)
    crops, boxes = [], []
    for frame in range(frames):
        picture = ground.copy()
        picture[40:80, 60 + 9 * frame : 90 + 9 * frame] = (200, 40, 30)
        box = (50 + 9 * frame, 31, 101 + 9 * frame, 90 + frame % 2)
        crops.append(picture[box[1] : box[3], box[0] : box[2]])
        boxes.append((box[0] + 500, box[1] + 7, box[2] + 500, box[3] + 7))
    return crops, boxes


def error(crops, decoded):
    return [np.abs(a.astype(int) - b).mean() for a, b in zip(crops, decoded, strict=True)]


def test_crops_keep_their_place_and_lose_with_the_quality():
    crops, boxes = walk()
    fine, coarse = (through_h264(crops, boxes, crf, 8.0) for crf in (10, 40))
    assert [c.shape for c in coarse] == [c.shape for c in crops]
    assert max(error(crops, fine)) < 6
    assert np.mean(error(crops, coarse)) > 2 * np.mean(error(crops, fine))


def test_equal_crops_give_equal_pixels_whatever_memory_held_before():
    """x264's own choice of code gave other pixels in 1 to 5 of 100 of these."""
    crops, boxes = walk()
    first = through_h264(crops, boxes, 30, 8.0)
    rng = np.random.default_rng(0)
    rubbish = []
    for _ in range(200):
        rubbish.append(np.full(rng.integers(10, 300_000), rng.integers(256), np.uint8))
        if len(rubbish) > 60:
            rubbish.pop(rng.integers(60))
        again = through_h264(crops, boxes, 30, 8.0)
        assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))


def test_a_frames_damage_depends_on_the_frame_before():
    """A still frame is predicted: it is not what it would be alone."""
    crops, boxes = walk(3)
    stream = through_h264(crops, boxes, 36, 8.0)
    alone = through_h264(crops[2:], boxes[2:], 36, 8.0)[0]
    assert not np.array_equal(stream[2], alone)


def test_a_tracklet_of_one_crop_is_a_video_too():
    crops, boxes = walk(1)
    assert through_h264(crops, boxes, 30, 8.0)[0].shape == crops[0].shape
