"""Tracklets with photographs behind them, from the plan to the tables."""

import json

import pyarrow.parquet as pq
import pytest
from PIL import Image
from reid_datasets.benchmarks import load

from tests.vidsynth.run.test_local import CONFIG, painted
from vidsynth.config import BackgroundConfig
from vidsynth.errors import OutputError, PictureError
from vidsynth.planning.tracklets import TrackletPlan


@pytest.fixture
def photographs(tmp_path):
    folder = tmp_path / "photographs"
    folder.mkdir()
    for name, tone in (("a.jpg", 40), ("b.png", 120), ("c.webp", 200)):
        Image.new("RGB", (160, 120), (tone, tone, tone)).save(folder / name)
    return folder


def behind(folder, share=1.0, **changes):
    backgrounds = BackgroundConfig(directory=folder, share=share)
    return CONFIG.model_copy(update={"backgrounds": backgrounds, **changes})


def test_a_camera_keeps_its_picture_and_no_two_share_one(photographs):
    plan = TrackletPlan(behind(photographs, 0.75))
    found = {i: plan.backdrops.get(i) for i in range(1, 5)}
    shown = [backdrop for backdrop in found.values() if backdrop]
    assert len({backdrop.path.name for backdrop in shown}) == len(shown) == 3
    for outline in plan.outlines:
        shot = plan.shot(outline.index)
        assert {(t.camera_id, t.backdrop) for t in shot.takes} == {
            (camera_id, found[camera_id]) for camera_id in outline.camera_ids
        }


def test_more_cameras_with_pictures_leave_people_and_paths_alone(photographs):
    some, all_ = (
        TrackletPlan(behind(photographs, 0.25)).shot(1),
        TrackletPlan(behind(photographs)).shot(1),
    )
    assert (some.walkers, some.cameras, some.seed) == (all_.walkers, all_.cameras, all_.seed)
    assert TrackletPlan(CONFIG).shot(1).walkers == all_.walkers


def test_tables_say_which_picture_is_behind(photographs, tmp_path):
    root, config = tmp_path / "set", behind(photographs, 0.5)
    painted(root, config=config)
    plan = TrackletPlan(config)
    cameras = {c["camera_id"]: c for c in json.loads((root / "cameras.json").read_text())}
    for row in pq.read_table(root / "tracklets.parquet").to_pylist():
        backdrop = plan.backdrops.get(row["camera_id"])
        assert row["background"] == (backdrop.path.name if backdrop else "")
        assert (row["hour"] == row["site"] == "picture") == (backdrop is not None)
        assert cameras[row["camera_id"]]["background"] == (row["background"] or None)
    assert set(json.loads((root / "dataset.json").read_text())["backgrounds"]) == {
        "a.jpg", "b.png", "c.webp"
    }  # fmt: skip
    assert load("synthetic", root).train


def test_other_pictures_are_another_set_and_broken_ones_none(photographs, tmp_path):
    root, config = tmp_path / "set", behind(photographs)
    painted(root, config=config)
    (photographs / "d.png").write_bytes((photographs / "b.png").read_bytes())
    with pytest.raises(OutputError, match=r"background picture d\.png is None there"):
        painted(root, config=config)
    (photographs / "d.png").write_bytes(b"\x89PNG")
    with pytest.raises(PictureError, match=r"1 of 4 pictures cannot be used.*d\.png"):
        painted(tmp_path / "other", config=config)
    assert not (tmp_path / "other").exists()
