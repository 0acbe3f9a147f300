"""A set of twelve cameras, given as a file: what is written, and who can read it."""

import json
import shutil
from collections import defaultdict

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image
from reid_datasets.benchmarks import load
from scipy.io import loadmat

from tests.vidsynth.run.test_local import painted
from tests.vidsynth.shared_sets import made_once
from vidsynth.cameras.network_file import camera_record
from vidsynth.config import BoxConfig, TrackletConfig
from vidsynth.errors import CameraError, OutputError
from vidsynth.planning.tracklets import TrackletPlan

SETTINGS = {
    "identities": 12,
    "test_share": 0.5,
    "distractor_share": 0.2,
    "frames": 3,
    "people_per_shot": 1,
    "sites": ("mall", "plaza"),
    "cameras": 12,
    "cameras_per_shot": 3,
    "boxes": BoxConfig(min_frames=2, min_height=24),
}
SMALL = {"width": 640, "height": 360, "person_height": (65, 130)}


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    """Twelve cameras; those with an odd number deliver video streams."""
    path = tmp_path_factory.mktemp("network") / "network.json"
    records = [
        camera_record(camera)
        for camera in TrackletPlan(
            TrackletConfig.model_validate({**SETTINGS, "camera": SMALL})
        ).cameras
    ]
    for record in records[::2]:
        record["photometry"] |= {"codec": "h264", "crf": 38}
    path.write_text(json.dumps(records))
    return path


@pytest.fixture(scope="module")
def config(network):
    return TrackletConfig.model_validate({**SETTINGS, "camera": {**SMALL, "network": network}})


@pytest.fixture(scope="module")
def root(config, tmp_path_factory):
    return made_once(tmp_path_factory, "twelve", lambda folder: painted(folder, config))[0]


@pytest.fixture(scope="module")
def crops(root):
    return pq.read_table(root / "crops").to_pylist()


@pytest.fixture(scope="module")
def tracklets(root):
    return pq.read_table(root / "tracklets.parquet").to_pylist()


def test_names_tables_and_labels_agree_on_the_camera(root, crops, tracklets):
    cameras = set()
    for crop in crops:
        name = crop["file"].rpartition("/")[2]
        assert name[4] == "C"
        assert name[7] == "T"
        assert int(name[5:7]) == crop["camera_id"]
        cameras.add(crop["camera_id"])
    assert max(cameras) > 9
    assert len(cameras) >= 11
    table = loadmat(root / "info/tracks_test_info.mat")["track_test_info"]
    names = (root / "info/test_name.txt").read_text().split()
    for first, last, _, camera in table:
        assert {int(name[5:7]) for name in names[first - 1 : last]} == {camera}
    assert {t["camera_id"] for t in tracklets} == cameras


def test_our_reader_reads_it(root, tracklets):
    split = load("synthetic", root)
    assert len(split.train) + len(split.gallery) == len(tracklets)
    known = {t["tracklet"]: t for t in tracklets}
    for tracklet in (*split.train, *split.gallery):
        row = known[tracklet.frames.name(0).rpartition("/")[2].partition("F")[0]]
        assert (tracklet.person_id, tracklet.camera_id) == (row["label_id"], row["camera_id"])
    assert split.query
    for query in split.query:
        assert any(
            t.person_id == query.person_id and t.camera_id != query.camera_id for t in split.gallery
        )


def test_every_identity_is_seen_by_two_cameras(tracklets):
    seen = defaultdict(set)
    for tracklet in tracklets:
        if tracklet["split"] != "distractor":
            seen[tracklet["person_id"]].add(tracklet["camera_id"])
    assert len(seen) == 12
    assert min(map(len, seen.values())) >= 2


def test_times_are_those_of_the_plan(config, crops, tracklets):
    plan = TrackletPlan(config)
    at = defaultdict(set)
    for crop in crops:
        assert crop["time"] == pytest.approx(
            plan.timetable.moment(crop["shot"]).start + crop["frame"] / config.fps, abs=1e-5
        )
        at[crop["shot"], crop["frame"]].add(crop["time"])
    assert {len(times) for times in at.values()} == {1}, "cameras of one shot share the time"
    first = defaultdict(list)
    for crop in crops:
        first[crop["tracklet"]].append(crop["time"])
    for tracklet in tracklets:
        assert tracklet["start_time"] == min(first[tracklet["tracklet"]])


def test_a_crop_says_what_its_camera_did_to_it(root, crops, config):
    looks = {camera.camera_id: camera.photometry for camera in TrackletPlan(config).cameras}
    for crop in crops:
        look = looks[crop["camera_id"]]
        assert (crop["codec"], crop["crf"]) == (look.codec, look.crf)
        assert crop["shutter"] == pytest.approx(look.shutter)
        assert crop["temperature"] == look.temperature
        assert len(crop["keypoints_visible"]) == 17
        with Image.open(root / crop["file"]) as image:
            pixels = np.asarray(image, float)
            tables = image.quantization
        luma = pixels @ (0.2126, 0.7152, 0.0722)
        assert luma.mean() == pytest.approx(crop["brightness"], abs=1)
        if look.codec == "h264":
            assert max(tables[0]) < 20, "stored finely: the stream did the damage"
    assert {crop["codec"] for crop in crops} == {"jpeg", "h264"}


def test_cameras_json_is_a_network_again(root, config):
    again = config.model_copy(
        update={"camera": config.camera.model_copy(update={"network": root / "cameras.json"})}
    )
    assert TrackletPlan(again).cameras == TrackletPlan(config).cameras
    assert json.loads((root / "dataset.json").read_text())["counts"]["cameras"] == 12


def test_a_set_is_not_continued_with_another_network(root, config, network, tmp_path):
    records = json.loads(network.read_text())
    records[0]["photometry"]["gamma"] = 2.0
    path = tmp_path / "network.json"
    path.write_text(json.dumps(records))
    other = config.model_copy(update={"camera": config.camera.model_copy(update={"network": path})})
    with pytest.raises(OutputError, match=r"content of camera\.network is"):
        painted(shutil.copytree(root, tmp_path / "set"), other)


def test_an_impossible_camera_ends_the_run_before_anything_is_written(config, tmp_path):
    records = json.loads(config.camera.network.read_text())
    records[4]["K"][0][0] = records[4]["K"][1][1] = -5.0
    path = tmp_path / "network.json"
    path.write_text(json.dumps(records))
    bad = config.model_copy(update={"camera": config.camera.model_copy(update={"network": path})})
    with pytest.raises(CameraError, match=r"Camera 5 .* focal lengths above 0"):
        painted(tmp_path / "set", bad)
    assert not (tmp_path / "set").exists()
