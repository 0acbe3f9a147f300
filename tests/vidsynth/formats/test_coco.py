"""COCO files as pycocotools reads them, and as they describe what was painted."""

import contextlib
import io
import json
from collections import defaultdict

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image
from pycocotools import mask as coco_masks
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from tests.vidsynth.formats.painted_set import config, gather, paint
from tests.vidsynth.painted_renderer import PaintedRenderer
from tests.vidsynth.run.test_local import tree
from vidsynth.formats.coco import KEYPOINTS
from vidsynth.run.production import produce


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return paint(tmp_path_factory.mktemp("coco") / "set", "coco")


def read(root, split, kind="person_keypoints"):
    with contextlib.redirect_stdout(io.StringIO()):
        return COCO(str(root / f"annotations/{kind}_{split}.json"))


@pytest.fixture(scope="module")
def halves(root):
    return {split: read(root, split) for split in ("train", "test")}


def test_every_frame_is_there_once_and_people_are_in_one_half(root, halves):
    people = {}
    for split, labels in halves.items():
        for image in labels.dataset["images"]:
            with Image.open(root / split / image["file_name"]) as frame:
                assert frame.size == (image["width"], image["height"]) == (320, 240)
        people[split] = {a["person_id"] for a in labels.dataset["annotations"] if a.get("track_id")}
    assert people["train"] == {1, 2, 3}
    assert people["test"] == {4, 5, 6, 7}, "7 is a distractor"
    files = {p.relative_to(root).as_posix() for p in root.glob("t*/*/*.jpg")}
    named = {f"{s}/{i['file_name']}" for s, c in halves.items() for i in c.dataset["images"]}
    assert files == named
    assert len(files) == produce(config("coco")).plan.whole_frames


def test_masks_decode_to_what_was_painted(halves):
    production = produce(config("coco"))
    renderer = PaintedRenderer("fast", "cpu", production.config.boxes)
    masks = defaultdict(dict)
    for labels in halves.values():
        for a in labels.dataset["annotations"]:
            image = labels.loadImgs(a["image_id"])[0]
            key = (image["shot"], image["camera_id"], image["frame"])
            masks[key][a["person_id"]] = labels.annToMask(a).astype(bool)
            assert a["area"] == masks[key][a["person_id"]].sum()
            assert coco_masks.toBbox(a["segmentation"]).tolist() == a["bbox"]
    crowd = 0
    for index in range(production.shots):
        shot = production.plan.shot(index)
        known = [w.person.person_id for w in (*shot.walkers, *shot.bystanders)]
        for frame in renderer.render(shot):
            found = masks[index, frame.take.camera_id, frame.take.frame]
            shown = [k for k in np.unique(frame.index) if k]
            assert found.keys() == {known[k - 1] for k in shown}
            for k in shown:
                np.testing.assert_array_equal(found[known[k - 1]], frame.index == k)
                crowd += k > len(shot.walkers)
    assert crowd, "bystanders are regions nobody is asked for"


def test_keypoints_are_those_of_the_tables_with_flags(root, halves):
    rows = {
        (row["file"], row["person_id"]): row for row in pq.read_table(root / "crops").to_pylist()
    }
    flags = set()
    for split, labels in halves.items():
        for a in labels.dataset["annotations"]:
            if a["iscrowd"]:
                assert a["num_keypoints"] == 0
                continue
            image = labels.loadImgs(a["image_id"])[0]
            row = rows[f"{split}/{image['file_name']}", a["person_id"]]
            points = np.array(a["keypoints"]).reshape(len(KEYPOINTS), 3)
            seen = points[:, 2] > 0
            expected = np.array(row["keypoints_2d"])
            assert np.abs(points[seen, :2] - expected[seen]).max() < 0.01
            inside = ((expected >= 0) & (expected < (320, 240))).all(1)
            np.testing.assert_array_equal(seen, inside)
            np.testing.assert_array_equal(points[:, 2] == 2, inside & row["keypoints_visible"])
            flags |= set(points[:, 2])
            matrix = np.array(image["K"]) @ (
                np.array(image["R"]) @ a["keypoints_3d"][0] + np.array(image["t"])
            )
            assert matrix[:2] / matrix[2] == pytest.approx(expected[0], abs=0.05)
    assert {1, 2} <= flags <= {0, 1, 2}


@pytest.mark.parametrize("kind", ["bbox", "segm", "keypoints"])
def test_labels_found_again_are_perfect(halves, kind):
    labels = halves["train"]
    found = [
        {name: a[name] for name in ("image_id", "category_id", "bbox", "segmentation", "keypoints")}
        | {"score": 1.0}
        for a in labels.dataset["annotations"]
        if not a["iscrowd"]
    ]
    if kind != "segm":
        found = [{k: v for k, v in a.items() if k != "segmentation"} for a in found]
    if kind == "keypoints":
        found = [{k: v for k, v in a.items() if k != "bbox"} for a in found]
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation = COCOeval(labels, labels.loadRes(found), kind)
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    assert evaluation.stats[0] == pytest.approx(1.0)


def test_tracks_are_tracklets(root, halves):
    tracks = defaultdict(set)
    for split, labels in halves.items():
        for a in labels.dataset["annotations"]:
            if not a["iscrowd"]:
                camera = labels.loadImgs(a["image_id"])[0]["camera_id"]
                tracks[split, a["track_id"]].add((a["tracklet"], a["person_id"], camera))
    assert all(len(facts) == 1 for facts in tracks.values())
    names = {name for facts in tracks.values() for name, _, _ in facts}
    assert names == set(pq.read_table(root / "tracklets.parquet")["tracklet"].to_pylist())


def test_listing_again_gives_the_same_bytes(root):
    before = tree(root)
    for path in (root / "annotations").iterdir():
        path.write_text("{")
    gather(root, produce(config("coco")))
    assert tree(root) == before


def test_instances_are_the_same_without_keypoints(root):
    for split in ("train", "test"):
        plain, pointed = read(root, split, "instances"), read(root, split)
        assert plain.dataset["images"] == pointed.dataset["images"]
        stripped = [
            {k: v for k, v in a.items() if k not in ("keypoints", "num_keypoints")}
            for a in pointed.dataset["annotations"]
        ]
        assert plain.dataset["annotations"] == stripped


def test_a_set_nobody_is_held_out_of_has_an_empty_test(tmp_path):
    root = paint(tmp_path / "set", "coco", "test_share=0", "identities=2", "frames=2")
    empty = json.loads((root / "annotations/person_keypoints_test.json").read_text())
    assert (empty["images"], empty["annotations"]) == ([], [])
