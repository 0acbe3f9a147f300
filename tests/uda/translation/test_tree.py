"""What a translated tree has beside its pictures."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from reid_datasets.errors import DatasetError

from tests.reid_datasets.folder.trees import write_tracklets
from uda.translation.tree import _raise, copy_lists, tree_of


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_tracklets(tmp_path / "mine", "anna/hall/1", "ben/hall/1")


@pytest.mark.parametrize("content", ["[1, 2]", "no JSON", '{"mine": 1}'])
def test_a_description_of_another_program_is_copied(
    root: Path, tmp_path: Path, content: str
) -> None:
    (root / "dataset.json").write_text(content)
    copy_lists(tree_of("folder", root), tmp_path / "to", {"method": "spgan"})
    copied = (tmp_path / "to/dataset.json").read_text()
    assert copied == content or json.loads(copied)["mine"] == 1
    assert json.loads((tmp_path / "to/translation.json").read_text()) == {"method": "spgan"}


def test_linked_folders_are_named(
    root: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home/diary.txt").write_text("dear diary")
    tracklet = next(path.parent for path in sorted(root.rglob("*.jpg")))
    (tracklet.parent / "far").symlink_to(tmp_path / "home")
    with caplog.at_level(logging.WARNING):
        tree = tree_of("folder", root)
    assert not [name for name in tree.lists if name.name == "diary.txt"]
    assert f"left out: the linked folder {tracklet.parent / 'far'}" in caplog.text


def test_a_folder_that_cannot_be_listed_is_named() -> None:
    with pytest.raises(DatasetError, match="Expected to list /data/crops"):
        _raise(PermissionError(13, "Permission denied", "/data/crops"))


def test_linked_pictures_are_pictures_of_the_tree(root: Path, tmp_path: Path) -> None:
    """Splits are often made of links to the files of another folder."""
    linked = tmp_path / "split"
    for path in sorted(root.rglob("*.jpg")):
        place = linked / path.relative_to(root)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(path)
    tree, whole = tree_of("folder", linked), tree_of("folder", root)
    assert tree.left_out == 0
    places = [
        [each.place(path).as_posix() for frames in each.tracklets for path in frames]
        for each in (tree, whole)
    ]
    assert places[0] == places[1]


def test_pictures_of_another_place_are_refused_before_any_work(root: Path, tmp_path: Path) -> None:
    tracklet = next(path.parent for path in sorted(root.rglob("*.jpg")))
    far = tmp_path / "far"
    tracklet.rename(far)
    tracklet.symlink_to(far)
    with pytest.raises(DatasetError, match=f"under {root}, found the folder .* which is {far}"):
        tree_of("folder", root)
