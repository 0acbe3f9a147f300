"""Whole frames: the same labels as crops, one picture for all of a frame's people."""

import json

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image
from reid_datasets.benchmarks import load
from reid_datasets.errors import DatasetError

from tests.vidsynth.formats.painted_set import config, gather, paint
from vidsynth.errors import ConfigError
from vidsynth.inspect.preview import crops
from vidsynth.inspect.preview.sheet import contact_sheet
from vidsynth.inspect.report.page import write_report
from vidsynth.labels.masks import decode_mask
from vidsynth.run.production import produce
from vidsynth.settings import load_config

_ASIDE = ("file", "mask", "position", "offset", "size", "brightness", "sharpness", "visibility")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return paint(tmp_path_factory.mktemp("frames") / "set", "frames")


@pytest.fixture(scope="module")
def rows(root):
    return pq.read_table(root / "crops").to_pylist()


def test_a_frame_has_a_file_a_row_and_the_people_in_it(root, rows):
    views = pq.read_table(root / "views").to_pylist()
    files = {p.relative_to(root).as_posix() for p in (root / "frames").rglob("*.jpg")}
    assert files == {view["file"] for view in views}
    assert len(views) == len(files) == produce(config("frames")).plan.whole_frames
    assert {row["file"] for row in rows} <= files
    description = json.loads((root / "dataset.json").read_text())
    assert (description["layout"], description["counts"]["planned_frames"]) == (
        "frames",
        len(files),
    )


def test_the_mask_is_over_the_frame_and_lies_in_the_box(rows):
    for row in rows[::3]:
        mask = decode_mask(row["mask"], 240, 320)
        x0, y0, x1, y1 = row["box"]
        assert mask.any()
        assert mask[y0:y1, x0:x1].sum() == mask.sum()


def test_who_is_not_in_a_tracklet_is_ignored_but_labelled(root):
    strict = paint(root.parent / "strict", "frames", "boxes.min_visibility=0.97")
    rows = pq.read_table(strict / "crops").to_pylist()
    assert any(row["ignored"] for row in rows)
    for row in rows:
        assert (row["position"] is None) == row["ignored"]
        assert row["ignored"] or row["visibility"] >= 0.97
    tracklets = pq.read_table(strict / "tracklets.parquet").to_pylist()
    assert sum(t["frames"] for t in tracklets) == sum(not row["ignored"] for row in rows)


def test_halves_do_not_meet(root, rows):
    split = {v["file"]: v["split"] for v in pq.read_table(root / "views").to_pylist()}
    assert {split[r["file"]] for r in rows if r["person_id"] <= 3} == {"train"}
    assert {split[r["file"]] for r in rows if r["person_id"] > 3} == {"test"}


def test_a_video_stream_codes_the_whole_frame(root, rows, tmp_path):
    coded = paint(tmp_path / "coded", "frames", "camera.codec=h264", "camera.crf=[45,45]")
    streamed = pq.read_table(coded / "crops").to_pylist()
    assert {row["codec"] for row in streamed} == {"h264"}
    assert not list(coded.rglob("*.mkv"))
    for row in streamed[::5]:
        x0, y0, x1, y1 = row["box"]
        with Image.open(coded / row["file"]) as image:
            part = np.asarray(image.convert("RGB"), float)[y0:y1, x0:x1]
        assert (part @ (0.2126, 0.7152, 0.0722)).mean() == pytest.approx(row["brightness"], abs=1)
    plain = {(r["file"], r["person_id"]): r["sharpness"] for r in rows}
    lost = [r["sharpness"] < plain[r["file"], r["person_id"]] for r in streamed]
    assert np.mean(lost) > 0.8


def test_people_move_and_the_place_stands_still(root):
    blurred = paint(root.parent / "blurred", "frames", "camera.shutter=[0.05,0.05]")
    sharp, soft = (
        np.asarray(Image.open(folder / "frames/C01/S000000F001.jpg"), float)
        for folder in (root, blurred)
    )
    rows = pq.read_table(root / "crops/000000.parquet").to_pylist()
    near = np.zeros((240, 320), bool)
    for row in rows:
        if row["file"] == "frames/C01/S000000F001.jpg":
            x0, y0, x1, y1 = row["box"]
            near[max(0, y0 - 30) : y1 + 30, max(0, x0 - 30) : x1 + 30] = True
    difference = np.abs(sharp - soft).mean(-1)
    assert difference[near].mean() > 2 * difference[~near].mean()


def test_sheets_and_reports_cut_people_out(root, tmp_path):
    assert contact_sheet(root, tmp_path / "sheet.png", rows=3, columns=3) == 3
    assert Image.open(tmp_path / "sheet.png").width > 3 * 96
    write_report(root, tmp_path / "page.html", rows=2)
    assert "identities" in (tmp_path / "page.html").read_text()


def test_a_sheet_looks_into_no_tables_of_people_it_does_not_show(root, tmp_path, monkeypatch):
    read, looked = crops.of_tracklet, []
    monkeypatch.setattr(
        crops, "of_tracklet", lambda *of: looked.append(of[1]["person_id"]) or read(*of)
    )
    assert contact_sheet(root, tmp_path / "sheet.png", rows=2, columns=3) == 2
    assert len(set(looked)) == 2


def test_training_says_that_it_needs_crops(root):
    with pytest.raises(DatasetError, match=r"found whole frames.*--format mars"):
        load("synthetic", root)


def test_listing_again_changes_nothing(root):
    before = (root / "tracklets.parquet").read_bytes()
    gather(root, produce(config("frames")))
    assert (root / "tracklets.parquet").read_bytes() == before


def test_format_and_frames_imply_each_other():
    assert load_config(None, ["output.format=mot"]).render.frames == "whole"
    assert load_config(None, ["render.frames=whole"]).output.format == "frames"
    assert load_config(None, ["render.frames=whole", "output.format=coco"]).whole
    assert not load_config(None, []).whole


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["output.format=coco", "render.frames=crops"], "coco, which holds whole frames"),
        (
            ["output.format=mp4", "render.frames=whole"],
            "mp4, which holds crops.*frames, video, coco",
        ),
    ],
)
def test_what_contradicts_itself_is_refused(words, said):
    with pytest.raises(ConfigError, match=said):
        load_config(None, words)
