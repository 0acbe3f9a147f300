import numpy as np
import pytest

from vidsynth.labels.masks import decode_mask, encode_mask


@pytest.mark.parametrize("fill", [0.0, 0.02, 0.5, 1.0])
@pytest.mark.parametrize("shape", [(1, 1), (7, 5), (190, 83)])
def test_masks_survive_the_round_trip(shape, fill):
    mask = np.random.default_rng(3).random(shape) < fill
    assert np.array_equal(decode_mask(encode_mask(mask), *shape), mask)


def test_a_mask_reads_as_coco_writes_it():
    # pycocotools.mask.encode of a 4 x 4 square with its middle 2 x 2 set: runs 5 2 2 2 5.
    mask = np.zeros((4, 4), dtype=bool)
    mask[1:3, 1:3] = True
    assert encode_mask(mask) == "52203"


@pytest.mark.parametrize("counts", ["522", "", "5", "5220333", "zzzz", "52é03"])
def test_a_broken_mask_is_refused(counts):
    with pytest.raises(ValueError, match="do not describe"):
        decode_mask(counts, 4, 4)
