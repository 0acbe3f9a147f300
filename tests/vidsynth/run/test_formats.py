"""One config in three formats: the same people, cameras and pixels."""

import json
import tarfile

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch
import webdataset
from PIL import Image
from reid_datasets.benchmarks import load
from reid_datasets.clips import ClipDataset
from reid_datasets.errors import DatasetError
from reid_datasets.labels import columns
from reid_datasets.transforms import TrainTransform

from tests.vidsynth.run.test_local import CONFIG, tree
from tests.vidsynth.shared_sets import made_once, paint, paint_here
from vidsynth.config import OutputConfig
from vidsynth.errors import OutputError
from vidsynth.inspect.preview import crops
from vidsynth.inspect.preview.sheet import contact_sheet

FORMATS = ("mars", "mp4", "webdataset")


def formatted(layout):
    return CONFIG.model_copy(update={"output": OutputConfig(format=layout)})


@pytest.fixture(scope="session")
def sets(finished, tmp_path_factory):
    root = tmp_path_factory.mktemp("formats")
    (root / "mars").symlink_to(finished[0])
    for layout in FORMATS[1:]:
        made, _ = made_once(
            tmp_path_factory, layout, lambda folder, as_=layout: paint_here(folder, formatted(as_))
        )
        (root / layout).symlink_to(made)
    return root


def facts(split):
    return [
        [(len(t.frames), t.person_id, t.camera_id) for t in part]
        for part in (split.train, split.query, split.gallery)
    ]


@pytest.mark.parametrize("layout", ["mp4", "webdataset"])
def test_the_split_is_that_of_the_image_tree(sets, layout):
    assert facts(load("synthetic", sets / layout)) == facts(load("synthetic", sets / "mars"))
    assert not (sets / layout / "bbox_train" / "0001" / "0001C1T0001F001.jpg").exists()
    assert not (sets / layout / "info").exists()


def test_shards_give_the_same_training_clips_to_the_bit(sets):
    clips, labels = [], []
    for layout in ("mars", "webdataset"):
        train = load("synthetic", sets / layout).train
        labels.append(columns(train))
        data = ClipDataset(train, 2, TrainTransform((64, 32)), seed=3)
        clips.append([data[i] for i in range(len(data))])
    for (ours, index), (theirs, other) in zip(*clips, strict=True):
        assert index == other
        assert torch.equal(ours, theirs)
    images, shards = labels
    assert {"identity", "camera"} <= images.keys()
    for name in images.keys() | shards.keys():
        np.testing.assert_array_equal(images[name], shards[name], err_msg=name)


def test_videos_give_the_same_frames_up_to_codec_loss(sets):
    images, videos = (load("synthetic", sets / layout).gallery for layout in ("mars", "mp4"))
    for tracklet, video in zip(images, videos, strict=True):
        frames = video.frames.read(range(len(video.frames)))
        assert len({frame.shape for frame in frames}) == 1
        for frame, image in zip(frames, tracklet.frames.read(range(len(frames))), strict=True):
            height, width = frame.shape[1:]
            assert abs(height - image.shape[1]) <= 0.35 * image.shape[1]
            picture = Image.fromarray(image.permute(1, 2, 0).numpy()).resize((width, height))
            difference = np.abs(np.asarray(picture, float) - frame.permute(1, 2, 0).numpy())
            assert difference.mean() < 6


@pytest.mark.parametrize("layout", ["mp4", "webdataset"])
def test_two_workers_write_the_same_bytes_as_one(sets, layout, tmp_path):
    paint(tmp_path / "two", formatted(layout), workers=2)
    assert tree(tmp_path / "two") == tree(sets / layout)


def test_the_webdataset_library_reads_a_sample_per_tracklet(sets):
    shards = sorted(str(path) for path in (sets / "webdataset/shards").glob("train-*.tar"))
    samples = list(webdataset.WebDataset(shards, shardshuffle=False).decode())
    train = load("synthetic", sets / "webdataset").train
    assert len(samples) == len(train)
    found = {
        (sample["json"]["label_id"], sample["json"]["camera_id"], len(sample["json"]["frames"]))
        for sample in samples
    }
    assert found == {(t.person_id, t.camera_id, len(t.frames)) for t in train}
    for sample in samples:
        assert "001.jpg" in sample
        assert sample["json"]["split"] == "train"


def test_labels_in_shards_are_json_that_others_read(sets):
    """Python alone reads NaN, which is no JSON; outdoors no lamp has a temperature."""

    def refuse(constant):
        raise AssertionError(f"{constant} is no JSON")

    told = []
    for path in (sets / "webdataset/shards").glob("*.tar"):
        with tarfile.open(path) as shard:
            for name in (name for name in shard.getnames() if name.endswith(".json")):
                file = shard.extractfile(name)
                assert file is not None
                told.append(json.loads(file.read(), parse_constant=refuse))
    assert {label["lamp_temperature"] for label in told if not label["indoor"]} == {None}


def test_held_out_people_are_in_shards_of_their_own(sets):
    for shard in (sets / "webdataset/shards").glob("*.tar"):
        with tarfile.open(shard) as tar:
            people = {int(name[:4]) for name in tar.getnames()}
        held_out = people - {1, 2, 3}
        assert (not held_out) if shard.name.startswith("train") else people == held_out


def test_the_labels_say_where_a_crop_is(sets):
    rows = pq.read_table(sets / "webdataset/crops").to_pylist()
    images = {
        (row["tracklet"], row["position"]): sets / "mars" / row["file"]
        for row in pq.read_table(sets / "mars/crops").to_pylist()
    }
    for row in rows:
        content = (sets / "webdataset" / row["file"]).read_bytes()
        inside = content[row["offset"] : row["offset"] + row["size"]]
        assert inside == images[row["tracklet"], row["position"]].read_bytes()


@pytest.mark.parametrize("layout", FORMATS)
def test_the_contact_sheet_shows_every_format(sets, layout, tmp_path):
    assert contact_sheet(sets / layout, tmp_path / "sheet.png", rows=4, columns=4) == 4
    sheet = np.asarray(Image.open(tmp_path / "sheet.png"), float)
    contact_sheet(sets / "mars", tmp_path / "reference.png", rows=4, columns=4)
    reference = np.asarray(Image.open(tmp_path / "reference.png"), float)
    # A video has one frame size: its crops are a little off, but nearer than those of other rows.
    others = np.roll(reference, len(reference) // 4, axis=0)
    assert np.abs(sheet - reference).mean() < 0.4 * np.abs(sheet - others).mean()


def test_damage_is_named(sets, tmp_path):
    video = {"file": "short.mp4", "position": 99, "offset": None, "size": None}
    source = next((sets / "mp4").rglob("*.mp4"))
    (tmp_path / "short.mp4").write_bytes(source.read_bytes())
    with pytest.raises(OutputError, match=r"short\.mp4: it ends before frame 99"):
        crops.read(tmp_path, video)
    (tmp_path / "short.mp4").write_bytes(source.read_bytes()[:60])
    with pytest.raises(OutputError, match=r"Cannot read .*short\.mp4"):
        crops.read(tmp_path, video)
    with pytest.raises(OutputError, match=r"Cannot read .*none\.tar"):
        crops.read(tmp_path, {"file": "none.tar", "offset": 0, "size": 9})


def test_tables_that_do_not_belong_together_are_refused(sets, tmp_path):
    root = tmp_path / "mixed"
    (root / "crops").mkdir(parents=True)
    for name in ("dataset.json", "tracklets.parquet"):
        (root / name).write_bytes((sets / "webdataset" / name).read_bytes())
    table = pq.read_table(sets / "webdataset/crops")
    pq.write_table(table.slice(1), root / "crops/000000.parquet")
    with pytest.raises(DatasetError, match="do not belong together"):
        load("synthetic", root)
    (root / "tracklets.parquet").write_bytes(b"PAR1")
    with pytest.raises(DatasetError, match="cannot be read"):
        load("synthetic", root)


def test_a_damaged_shard_names_itself(sets, tmp_path):
    tracklet = load("synthetic", sets / "webdataset").train[0]
    original = tracklet.frames.shard
    cut = tmp_path / original.name
    cut.write_bytes(original.read_bytes()[: tracklet.frames.places[0][0] + 20])
    damaged = type(tracklet.frames)(cut, tracklet.frames.places)
    with pytest.raises(DatasetError, match=rf"complete image in .*{original.name} image at byte"):
        damaged.read([0])
    with pytest.raises(DatasetError, match="Expected a shard at"):
        type(tracklet.frames)(tmp_path / "none.tar", tracklet.frames.places).read([0])
