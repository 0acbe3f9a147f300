"""Masks of rendered crops, read beside their pictures."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from reid_datasets.benchmarks import load
from reid_datasets.errors import DatasetError
from reid_datasets.frames import Frames
from reid_datasets.masks import MaskedFrames, has_masks, with_masks

from tests.masked_tree import write_masked_tree


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_masked_tree(tmp_path / "set", size=(64, 32))


def test_a_mask_is_the_fourth_channel(root: Path) -> None:
    split = load("synthetic", root)
    (plain, masked) = (split.train[1], with_masks(root, split.train)[1])
    assert isinstance(masked.frames, Frames)
    assert len(masked.frames) == len(plain.frames)
    pictures = masked.frames.read([2, 0])
    for picture, alone in zip(pictures, plain.frames.read([2, 0]), strict=True):
        assert torch.equal(picture[:3], alone)
        assert picture[3, 16:48, 8:24].min() == 255
        assert picture[3].sum() == 255 * 32 * 16
    assert masked.frames.name(2) == plain.frames.name(2)
    assert masked.camera_id == plain.camera_id


def test_a_smaller_picture_of_a_decoder_has_a_smaller_mask(root: Path) -> None:
    frames = with_masks(root, load("synthetic", root).train)[1].frames
    (picture,) = frames.read([0], (16, 8))
    assert picture.shape[1] < 64
    share = (picture[3] > 0).float().mean()
    assert share == pytest.approx(0.25, abs=0.02)


def test_a_real_set_has_none(mars_tree: Path) -> None:
    assert not has_masks(mars_tree)
    with pytest.raises(DatasetError, match=r"Expected masks of people at .*a method that needs no"):
        with_masks(mars_tree, load("mars", mars_tree).train)


def test_pictures_without_a_row_are_named(root: Path) -> None:
    table = pq.read_table(root / "crops/000000.parquet")
    pq.write_table(table.slice(0, 3), root / "crops/000000.parquet")
    with pytest.raises(DatasetError, match=r"Expected a mask of bbox_train/.*do not belong"):
        with_masks(root, load("synthetic", root).train)


@pytest.mark.parametrize("counts", ["é", "", "12", "nonsense"])
def test_counts_that_do_not_fill_the_picture_are_refused(root: Path, counts: str) -> None:
    frames = load("synthetic", root).train[1].frames
    broken = MaskedFrames(frames, (counts,) * len(frames), ((64, 32),) * len(frames))
    with pytest.raises(DatasetError, match="Expected the mask of"):
        broken.read([0])


@pytest.mark.parametrize("damage", ["zeros", "null", "short"])
def test_damaged_tables_of_masks_are_named(root: Path, damage: str) -> None:
    path = root / "crops/000001.parquet"
    table = pq.read_table(root / "crops/000000.parquet")
    pq.write_table(table, path)
    boxes = {"null": [None] * len(table), "short": [[0, 0]] * len(table)}.get(damage)
    if boxes is None:
        path.write_bytes(bytes(path.stat().st_size))
    else:
        place = table.column_names.index("box")
        column = pa.array(boxes, pa.list_(pa.int64()))
        pq.write_table(table.set_column(place, "box", column), root / "crops/000000.parquet")
        path.unlink()
    with pytest.raises(DatasetError, match=r"columns file, box, mask in .*renders what is damaged"):
        with_masks(root, load("synthetic", root).train)
