"""Whole frames as videos: the labels of `frames`, and a picture for each row."""

import av
import numpy as np
import pyarrow.parquet as pq
import pytest
from reid_datasets.benchmarks import load
from reid_datasets.errors import DatasetError

from tests.vidsynth.formats.painted_set import paint
from vidsynth.inspect.preview import crops
from vidsynth.inspect.preview.sheet import contact_sheet


@pytest.fixture(scope="module")
def sets(tmp_path_factory):
    folder = tmp_path_factory.mktemp("video")
    return {name: paint(folder / name, name, "output.crf=8") for name in ("frames", "video")}


def labels(root, table):
    return [
        {name: value for name, value in row.items() if name != "file"}
        for row in pq.read_table(root / table).to_pylist()
    ]


def test_labels_are_those_of_frames(sets):
    for table in ("crops", "views"):
        assert labels(sets["video"], table) == labels(sets["frames"], table)


def test_there_is_a_video_per_camera_and_shot_and_nothing_else(sets):
    root = sets["video"]
    views = pq.read_table(root / "views").to_pylist()
    files = {
        p.relative_to(root).as_posix() for p in root.rglob("*") if p.suffix in (".mp4", ".jpg")
    }
    assert files == {view["file"] for view in views}
    assert len(files) == len({(view["shot"], view["camera_id"]) for view in views})
    for name in files:
        with av.open(str(root / name)) as video:
            frames = sorted(view["frame"] for view in views if view["file"] == name)
            assert [f.to_image().size for f in video.decode(video=0)] == [(320, 240)] * len(frames)
            assert frames == list(range(len(frames)))


def test_videos_say_how_colours_are_coded(sets):
    """Where they say nothing, players take BT.709 for pictures of 720 lines and more, and greens
    come out another."""
    path = next((sets["video"] / "videos").rglob("*.mp4"))
    with av.open(str(path)) as video:
        coded = video.streams.video[0].codec_context
        found = coded.colorspace, coded.color_range, coded.color_primaries, coded.color_trc
    assert found == (6, 1, 1, 13), "codes of ITU-T H.273: BT.601, 16 to 235, sRGB"


def test_a_persons_pixels_are_where_the_row_says(sets):
    tracklets = pq.read_table(sets["video"] / "tracklets.parquet").to_pylist()
    apart = []
    for tracklet in tracklets[:4]:
        both = [
            [
                np.asarray(crops.read(root, crop), float)
                for crop in crops.of_tracklet(root, tracklet)
            ]
            for root in (sets["video"], sets["frames"])
        ]
        apart += [np.abs(a - b).mean() for a, b in zip(*both, strict=True)]
    assert len(apart) > 8
    assert max(apart) < 4


def test_a_contact_sheet_shows_it(sets, tmp_path):
    contact_sheet(sets["video"], tmp_path / "sheet.png", 3, 4)
    assert (tmp_path / "sheet.png").stat().st_size > 1000


def test_training_refuses_it_by_name(sets):
    with pytest.raises(DatasetError, match=r"whole frames \(layout 'video'\)"):
        load("synthetic", sets["video"])
