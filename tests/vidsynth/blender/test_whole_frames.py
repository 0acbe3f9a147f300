"""Whole frames out of Blender against the crops of the same moment."""

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from vidsynth.labels.masks import decode_mask
from vidsynth.run.production import produce
from vidsynth.settings import load_config

pytestmark = pytest.mark.slow

WORDS = (
    "identities=2", "test_share=0", "distractor_share=0", "people_per_shot=2", "frames=1",
    "cameras=2", "cameras_per_shot=1", "sites=[plaza]", "quality=fast", "boxes.min_frames=1",
    "camera.width=320", "camera.height=240", "camera.person_height=[70,90]",
    "boxes.min_height=30", "hours=[noon]", "weathers=[clouds]", "camera.noise=[0,0]",
)  # fmt: skip


@pytest.fixture(scope="module")
def rooms(tmp_path_factory, blender):
    folder = tmp_path_factory.mktemp("whole")
    for layout in ("mars", "coco"):
        (folder / layout).mkdir()
        blender.submit(shoot, folder / layout).result()
    return folder


def shoot(room):
    """The first shot in the layout that is the folder's name; in Blender's own process."""
    production = produce(load_config(None, [*WORDS, f"output.format={room.name}"]))
    production.shoot(0, production.make_renderer(production.renderer), room, lambda: None)


def rows(rooms, layout):
    table = pq.read_table(rooms / layout / "crops/000000.parquet").to_pylist()
    return {row["person_id"]: row for row in table if not row.get("ignored")}


def test_labels_are_those_of_the_crops(rooms):
    crops, frames = rows(rooms, "mars"), rows(rooms, "coco")
    assert crops.keys() == frames.keys() != set()
    for person_id, crop in crops.items():
        frame = frames[person_id]
        for name in ("box", "body_box", "truncation", "keypoints_2d", "keypoints_3d", "azimuth",
                     "depression", "distance", "time", "tracklet"):  # fmt: skip
            assert frame[name] == crop[name], name
        assert frame["visibility"] == pytest.approx(crop["visibility"], abs=0.05)


def test_masks_and_pixels_are_those_of_the_crops(rooms):
    crops, frames = rows(rooms, "mars"), rows(rooms, "coco")
    for person_id, crop in crops.items():
        frame = frames[person_id]
        x0, y0, x1, y1 = crop["box"]
        small = decode_mask(crop["mask"], y1 - y0, x1 - x0)
        large = decode_mask(frame["mask"], 240, 320)
        cut = large[y0:y1, x0:x1]
        assert cut.sum() == large.sum(), "the box holds all of the person"
        assert (small & cut).sum() > 0.9 * (small | cut).sum()
        with Image.open(rooms / "mars" / crop["file"]) as image:
            one = np.asarray(image.convert("RGB"), float)
        with Image.open(rooms / "coco" / frame["file"]) as image:
            other = np.asarray(image.convert("RGB"), float)[y0:y1, x0:x1]
        assert np.abs(one - other).mean() < 12
