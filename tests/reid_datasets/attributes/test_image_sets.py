"""PETA, PA-100K and RAP in miniature."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reid_datasets.attributes import describe
from reid_datasets.attributes.image_sets import BENCHMARKS
from reid_datasets.benchmarks import find, load
from reid_datasets.check import check
from reid_datasets.errors import DatasetError
from reid_datasets.records import Tracklet
from scipy.io import savemat

from tests.reid_datasets.benchmarks.test_video_benchmarks import put

FLAGS = np.random.default_rng(0).integers(0, 2, (10, 60))


def cells(*values: Any) -> np.ndarray:
    column: np.ndarray = np.empty((len(values), 1), object)
    column[:, 0] = values
    return column


def numbers(tracklets: tuple[Tracklet, ...]) -> list[int]:
    return [int(Path(tracklet.frames.name(0)).stem) for tracklet in tracklets]


def write_peta(root: Path) -> Path:
    put(root / "images", *(f"{number + 1:05d}.png" for number in range(10)))
    data = np.hstack([np.full((10, 4), 7), FLAGS[:, :40]])
    names = cells(*(f"flag{number}" for number in range(40)))
    splits = cells(
        *(
            {
                "train": np.arange(1, 6)[:, None],
                "val": np.array([[6]]),
                "test": np.array([[10 - shift], [7]]),
            }
            for shift in range(3)
        )
    )
    savemat(
        root / "PETA.mat",
        {"peta": {"data": data, "attribute": names, "unit": names, "partition": splits}},
    )
    return root


def write_rap(root: Path) -> Path:
    put(root / "RAP_dataset", *(f"{number}.png" for number in range(10)))
    (root / "RAP_annotation").mkdir()
    fields = {
        "partion": cells(
            *({"train": [np.arange(1, 9)], "test": [np.arange(9, 11)]} for _ in range(2))
        ),
        "label": np.where(FLAGS[:, :55] == 0, 0, 1) + np.eye(10, 55, dtype=int) * 2,
        "attribute_chinese": cells(*["x"] * 55),
        "attribute_eng": cells(*(f"flag{number}" for number in range(55))),
        "position": np.zeros((10, 16)),
        "imagesname": cells(*(f"{number}.png" for number in range(10))),
    }
    savemat(root / "RAP_annotation/RAP_annotation.mat", {"RAP_annotation": fields})
    return root


def write_pa100k(root: Path, folder: str = "data") -> Path:
    put(root / folder, *(f"{number:06d}.jpg" for number in range(10)))
    content: dict[str, Any] = {"attributes": cells(*(f"flag{number}" for number in range(26)))}
    for part, places in (("train", range(6)), ("val", range(6, 7)), ("test", range(7, 10))):
        content[f"{part}_images_name"] = cells(*(f"{number:06d}.jpg" for number in places))
        content[f"{part}_label"] = FLAGS[places.start : places.stop, :26]
    savemat(root / "annotation.mat", content)
    return root


def test_peta_trains_on_validation_images_too(tmp_path: Path) -> None:
    root = write_peta(tmp_path)
    split = load("peta:2", root)
    assert (numbers(split.train), split.query, numbers(split.gallery)) == (
        [1, 2, 3, 4, 5, 6],
        (),
        [7, 8],
    )
    assert len({t.person_id for t in split.train + split.gallery}) == 8
    found = describe("peta:2", root, split.gallery)
    assert list(found.values) == [f"flag{number}" for number in range(35)]
    assert found.values["flag0"] == ("no", "yes")
    assert (np.stack(list(found.labels.values()), 1) == FLAGS[[6, 7], :35]).all()


def test_rap_has_flags_that_nobody_knows(tmp_path: Path) -> None:
    root = write_rap(tmp_path)
    split = load("rap", root)
    assert (numbers(split.train), numbers(split.gallery)) == (list(range(8)), [8, 9])
    found = describe("rap", root, split.train)
    wanted = np.where(np.eye(10, 51, dtype=bool), -1, FLAGS[:, :51])[:8]  # neither 0 nor 1
    assert (np.stack(list(found.labels.values()), 1) == wanted).all()


@pytest.mark.parametrize("folder", ["data", "release_data/release_data"])
def test_pa100k_with_and_without_validation_images(tmp_path: Path, folder: str) -> None:
    root = write_pa100k(tmp_path, folder)
    split = load("pa-100k", root)
    assert (numbers(split.train), numbers(split.gallery)) == (list(range(6)), [7, 8, 9])
    assert numbers(load("pa-100k-trainval", root).train) == list(range(7))
    found = describe("pa-100k", root, split.gallery[::-1])
    assert (np.stack(list(found.labels.values()), 1) == FLAGS[[9, 8, 7], :26]).all()


def test_published_counts_are_asked_for(tmp_path: Path) -> None:
    report = check("pa-100k", write_pa100k(tmp_path))
    assert not report.as_published
    counts = {name: find(name).published for name in BENCHMARKS}
    assert {name: (c["train"].images, c["gallery"].images) for name, c in counts.items() if c} == {
        "peta": (11_400, 7_600),
        "pa-100k": (80_000, 10_000),
        "pa-100k-trainval": (90_000, 10_000),
        "rap": (33_268, 8_317),
    }


def test_damaged_annotations_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"Expected PETA\.mat in .* found no such file"):
        load("peta", tmp_path)
    (tmp_path / "PETA.mat").write_bytes(b"MATLAB 5.0")
    with pytest.raises(DatasetError, match=r"published annotations in .*PETA\.mat"):
        load("peta", tmp_path)
    root = write_pa100k(tmp_path / "pa")
    savemat(root / "annotation.mat", {"attributes": cells("a")})
    with pytest.raises(DatasetError, match="KeyError: 'train_images_name'"):
        load("pa-100k", root)
    root = write_rap(tmp_path / "rap")
    (root / "RAP_dataset").rename(root / "elsewhere")
    with pytest.raises(DatasetError, match=r"a RAP tree \(RAP_dataset\)"):
        load("rap", root)
