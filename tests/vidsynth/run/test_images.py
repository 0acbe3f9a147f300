"""A set of still images from the config to what training reads, Blender painted over."""

import json
import shutil
import tracemalloc
from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image
from reid_datasets.benchmarks import load, market1501
from reid_datasets.errors import DatasetError

from tests.vidsynth.run.test_local import tree
from tests.vidsynth.shared_sets import made_once, paint, paint_here
from vidsynth.config import TrackletConfig
from vidsynth.errors import OutputError, PictureError
from vidsynth.inspect.preview.sheet import contact_sheet
from vidsynth.labels.masks import decode_mask
from vidsynth.labels.tables import SCHEMA_VERSION
from vidsynth.planning.images import ImagePlan
from vidsynth.settings import load_image_config

PAINTED = "painted_renderer:PaintedRenderer"
WORDS = ["images_per_camera=3", "cameras=5", "cameras_per_identity=3", "sites=[plaza,park]"]
WORDS += ["identities=6", "test_share=0.5", "distractor_share=0.4"]
CONFIG = load_image_config(None, WORDS)


def painted(output, config=CONFIG):
    return paint_here(output, config, PAINTED)


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    return made_once(tmp_path_factory, "images", painted)


def test_the_set_is_complete_and_says_what_it_is(finished):
    root, summary = finished
    rows = pq.read_table(root / "crops").to_pylist()
    assert summary.crops == len(rows) == ImagePlan(CONFIG).dealing.crops == 7 * 9
    files = {p.relative_to(root).as_posix() for p in root.glob("*/*.jpg")}
    assert files == {row["file"] for row in rows}
    description = json.loads((root / "dataset.json").read_text())
    assert description["layout"] == "market1501"
    assert description["schema_version"] == SCHEMA_VERSION
    assert description["counts"]["planned_crops"] == 63
    assert len(json.loads((root / "cameras.json").read_text())) == 5
    assert pq.read_table(root / "persons.parquet").num_rows == 7


def test_labels_describe_the_image_they_belong_to(finished):
    root, _ = finished
    for row in pq.read_table(root / "crops").to_pylist()[::5]:
        x0, y0, x1, y1 = row["box"]
        with Image.open(root / row["file"]) as image:
            assert image.size == (x1 - x0, y1 - y0)
        assert decode_mask(row["mask"], y1 - y0, x1 - x0).any()
        seen = np.array(row["K"]) @ (
            np.array(row["R"]) @ row["keypoints_3d"][0] + np.array(row["t"])
        )
        assert seen[:2] / seen[2] == pytest.approx(row["keypoints_2d"][0], abs=1e-2)
        assert 0 < row["frame_size"][0] >= x1


def test_training_reads_it_as_market_and_as_itself(finished):
    root, _ = finished
    split = load("synthetic-images", root)
    assert (len(split.train), len(split.query), len(split.gallery)) == (27, 9, 27)
    assert {t.person_id for t in split.train} == {1, 2, 3}
    assert Counter(t.person_id for t in split.query) == {4: 3, 5: 3, 6: 3}
    assert Counter(t.person_id for t in split.gallery) == {0: 9, 4: 6, 5: 6, 6: 6}
    assert {t.clothes_id for t in split.train} == {1, 2, 3}
    plain = market1501.read(root)
    for part in ("train", "query", "gallery"):
        mine, theirs = getattr(split, part), getattr(plain, part)
        assert [(t.frames, t.person_id, t.camera_id) for t in mine] == [
            (t.frames, t.person_id, t.camera_id) for t in theirs
        ]


def test_two_workers_write_the_same_bytes_as_one(finished, tmp_path):
    paint(tmp_path / "two", CONFIG, 2, PAINTED)
    assert tree(tmp_path / "two") == tree(finished[0])


def test_a_stopped_run_continues_to_the_same_bytes(finished, tmp_path):
    root = shutil.copytree(finished[0], tmp_path / "stopped")
    (root / "shots/000001.json").unlink()
    (root / "shots/000003.json").write_text('{"half": ')
    victim = sorted(root.glob("bounding_box_train/*.jpg"))[0]
    victim.write_bytes(victim.read_bytes()[:40])
    assert painted(root).reused_shots <= len(ImagePlan(CONFIG).outlines) - 3
    assert tree(root) == tree(finished[0])


def test_another_config_or_kind_over_a_set_is_refused(finished, tmp_path):
    root = shutil.copytree(finished[0], tmp_path / "set")
    before = tree(root)
    other = load_image_config(None, [*WORDS, "look.gamma=1"])
    with pytest.raises(OutputError, match=r"look\.gamma is \[0\.5, 2\.0\] there and 1\.0 now"):
        painted(root, config=other)
    with pytest.raises(OutputError, match="another config"):
        paint_here(root, TrackletConfig())
    assert tree(root) == before


def test_a_set_nobody_is_held_out_of_has_no_test(tmp_path):
    config = load_image_config(None, ["images_per_camera=1"], identities=2, test_share=0)
    painted(tmp_path, config=config)
    split = load("synthetic-images", tmp_path)
    assert (len(split.train), split.query, split.gallery) == (10, (), ())


def test_pictures_are_part_of_the_set(tmp_path):
    folder, root = tmp_path / "photos", tmp_path / "set"
    folder.mkdir()
    for name, tone in (("a.jpg", 60), ("b.jpg", 160)):
        Image.new("RGB", (160, 120), (tone,) * 3).save(folder / name)
    words = [f"backgrounds.directory={folder}", "images_per_camera=1"]
    config = load_image_config(None, words, identities=2)
    painted(root, config=config)
    rows = pq.read_table(root / "crops").to_pylist()
    assert {row["background"] for row in rows} == {"a.jpg", "b.jpg"}
    assert {row["hour"] for row in rows} == {"picture"}
    Image.new("RGB", (160, 120), (190, 190, 190)).save(folder / "a.jpg")
    with pytest.raises(OutputError, match=r"background picture a\.jpg is"):
        painted(root, config=config)
    (folder / "a.jpg").write_text("no picture")
    with pytest.raises(PictureError, match=r"a\.jpg"):
        painted(tmp_path / "other", config=config)
    assert not (tmp_path / "other").exists()


def test_an_unfinished_set_says_how_to_finish_it(finished, tmp_path):
    with pytest.raises(DatasetError, match="vidsynth render-images"):
        load("synthetic-images", tmp_path)
    root = shutil.copytree(finished[0], tmp_path / "half")
    shutil.rmtree(root / "query")
    with pytest.raises(DatasetError, match=r"found no query.*it continues"):
        load("synthetic-images", root)
    (root / "dataset.json").write_text('{"layout": "mars"}')
    with pytest.raises(DatasetError, match="Read it as `synthetic`"):
        load("synthetic-images", root)


def test_the_contact_sheet_shows_images_too(finished, tmp_path):
    assert contact_sheet(finished[0], tmp_path / "sheet.png", rows=4, columns=5) == 4
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.width > 5 * 96


def test_a_sheet_of_a_large_set_reads_the_rows_it_shows(finished, tmp_path):
    """A million rows as dictionaries are a gigabyte, of which a sheet needs a hundred."""
    root, _ = finished
    shutil.copytree(root, tmp_path / "set")
    table = pq.read_table(next((root / "crops").glob("*.parquet"))).slice(0, 1)
    more = pa.concat_tables([table] * 20_000)
    names = more.schema.names
    people = pa.array(np.arange(20_000) + 1000, more.schema.field("person_id").type)
    more = more.set_column(names.index("person_id"), more.schema.field("person_id"), people)
    pq.write_table(more, tmp_path / "set/crops/999999.parquet")
    contact_sheet(tmp_path / "set", tmp_path / "warm.png", rows=4)
    tracemalloc.start()
    try:
        assert contact_sheet(tmp_path / "set", tmp_path / "sheet.png", rows=4) == 4
        assert tracemalloc.get_traced_memory()[1] < 6e6
    finally:
        tracemalloc.stop()
