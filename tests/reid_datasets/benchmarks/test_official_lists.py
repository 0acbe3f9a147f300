"""The official lists give the published counts."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from reid_datasets.benchmarks import BENCHMARKS, load
from reid_datasets.check import without_match
from reid_datasets.counts import count
from reid_datasets.records import Split
from scipy.io import loadmat


def agree(name: str, split: Split) -> None:
    published = BENCHMARKS[name.partition(":")[0]].published
    assert published is not None
    for part, wanted in published.items():
        found = count(getattr(split, part))
        assert wanted.agrees(found), (name, part, found)


@pytest.fixture(scope="module")
def skeletons(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Trees with the real names of images."""
    root = tmp_path_factory.mktemp("skeletons")
    script = shared / "tools/make_skeletons.py"
    subprocess.run([sys.executable, script, root, "ccvid", "prid2011"], check=True)
    return root


def test_ccvid(skeletons: Path) -> None:
    split = load("ccvid", skeletons / "CCVID")
    agree("ccvid", split)
    assert not {t.person_id for t in split.train} & {t.person_id for t in split.gallery}


def test_all_splits_of_prid(skeletons: Path) -> None:
    people = set()
    for number in range(10):
        split = load(f"prid2011:{number}", skeletons / "prid2011")
        agree("prid2011", split)
        people.add(frozenset(t.person_id for t in split.query))
    assert len(people) == 10
    assert max(set().union(*people)) == 198


def test_x_mars(shared: Path, tmp_path: Path) -> None:
    lists = shared / "data/benchmark-lists"
    for part in ("train", "test"):
        (tmp_path / f"bbox_{part}").mkdir()
        (tmp_path / "info").mkdir(exist_ok=True)
        names = gzip.decompress((lists / f"mars/{part}_name.reconstructed.txt.gz").read_bytes())
        (tmp_path / f"info/{part}_name.txt").write_bytes(names)
    shutil.copytree(lists / "x-mars", tmp_path / "x-mars/info")
    split = load("x-mars", tmp_path)
    agree("x-mars", split)
    assert without_match(split) == 0
    assert not {t.person_id for t in split.train} & {t.person_id for t in split.gallery}
    # A person of MARS's training half who is tested here.
    moved = [t for t in split.query if "bbox_train" in t.frames.name(0)]
    assert moved


@pytest.fixture(scope="module")
def image_skeletons(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("images")
    script = shared / "tools/make_skeletons.py"
    names = ("market1501", "dukemtmc-reid", "msmt17", "grid")
    subprocess.run([sys.executable, script, root, *names], check=True)
    for path in (shared / "data/benchmark-lists/grid").glob("grid-cv?-train.txt"):
        shutil.copy(path, root / "grid")
    return root


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["market1501", "dukemtmc-reid", "msmt17", "msmt17-trainval", *(f"grid:{i}" for i in range(10))],
)
def test_images(image_skeletons: Path, name: str) -> None:
    root = image_skeletons / name.partition(":")[0].removesuffix("-trainval")
    split = load(name, root)
    agree(name, split)
    assert without_match(split) == 0
    trained = {t.person_id for t in split.train}
    assert not trained & {t.person_id for t in split.query + split.gallery}


def link(names: list[str], folder: Path) -> None:
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).touch()


def test_occluded_duke(shared: Path, tmp_path: Path) -> None:
    lists = shared / "data/benchmark-lists/occluded-duke"
    for part, folder in (
        ("train", "bounding_box_train"),
        ("query", "query"),
        ("gallery", "bounding_box_test"),
    ):
        link((lists / f"{part}.list").read_text().split(), tmp_path / folder)
    agree("occluded-duke", load("occluded-duke", tmp_path))


@pytest.mark.parametrize("boxes", ["detected", "labeled"])
def test_cuhk03_np(shared: Path, tmp_path: Path, boxes: str) -> None:
    """Names as the archive in Market-1501's layout gives them: person, camera, number."""
    table = loadmat(
        shared / f"data/benchmark-lists/cuhk03-np/cuhk03_new_protocol_config_{boxes}.mat"
    )
    people, cameras = table["labels"].ravel(), table["camId"].ravel()
    for key, folder in (
        ("train_idx", "bounding_box_train"),
        ("query_idx", "query"),
        ("gallery_idx", "bounding_box_test"),
    ):
        rows = table[key].ravel().astype(int) - 1
        names = [f"{people[row]:04d}_c{cameras[row]}_{row}.png" for row in rows]
        link(names, tmp_path / boxes / folder)
    name = f"cuhk03-np-{boxes.replace('labeled', 'labelled')}"
    split = load(name, tmp_path)
    agree(name, split)
    assert without_match(split) == 0
