"""Directories of a person's own: which level is what, and what is refused."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from PIL import Image
from reid_datasets.benchmarks import load
from reid_datasets.errors import DatasetError

from tests.reid_datasets.folder.trees import write_tracklets, write_video


def test_three_levels_are_identity_camera_and_tracklet(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_tracklets(tmp_path, "0007/2/a", "0007/2/b", "0012/1/a")
    with caplog.at_level(logging.INFO):
        split = load("folder", tmp_path)
    assert [(t.person_id, t.camera_id) for t in split.train] == [(7, 2), (7, 2), (12, 1)]
    assert (split.query, split.gallery, split.unlabelled) == ((), (), ())
    assert "read as id/camera/tracklet, by its depth" in caplog.text


def test_two_levels_have_no_camera_and_one_has_no_identity(tmp_path: Path) -> None:
    two = load("folder", write_tracklets(tmp_path / "two", "anna/1", "anna/2", "bert/1"))
    assert [(t.person_id, t.camera_id) for t in two.train] == [(1, None), (1, None), (2, None)]
    one = load("folder", write_tracklets(tmp_path / "one", "x", "y"))
    assert one.train == ()
    assert [t.camera_id for t in one.unlabelled] == [None, None]


def test_frames_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    split = load("folder", write_tracklets(tmp_path, "1/1/1", frames=11))
    frames = split.train[0].frames
    assert [Path(frames.name(i)).name for i in (0, 1, 8, 9, 10)] == [
        "1.jpg", "2.jpg", "9.jpg", "10.jpg", "11.jpg",
    ]  # fmt: skip
    assert frames.read([10])[0].shape == (3, 32, 16)


def test_parts_share_their_names(tmp_path: Path) -> None:
    write_tracklets(tmp_path, "train/5/a/1", "query/9/a/1", "gallery/9/b/1", "gallery/11/a/1")
    split = load("folder", tmp_path)
    assert [t.person_id for t in split.train] == [5]
    assert [(t.person_id, t.camera_id) for t in split.query] == [(9, 1)]
    assert [(t.person_id, t.camera_id) for t in split.gallery] == [(9, 2), (11, 1)]


def test_the_settings_name_the_levels(tmp_path: Path) -> None:
    write_tracklets(tmp_path, "c1/a", "c1/b", "c2/a")
    (tmp_path / "folder.yaml").write_text("layout: camera/tracklet\n")
    split = load("folder", tmp_path)
    assert split.train == ()
    assert [t.camera_id for t in split.unlabelled] == [1, 1, 2]


def test_mixed_depths_name_one_tracklet_of_each(tmp_path: Path) -> None:
    write_tracklets(tmp_path, "1/1/a", "2/b")
    with pytest.raises(DatasetError, match=r"same depth, found .*1/1/a.* and .*2/b.*folder\.yaml"):
        load("folder", tmp_path)
    (tmp_path / "folder.yaml").write_text("layout: id/tracklet\n")
    with pytest.raises(DatasetError, match=r"as id/tracklet, 2 levels deep, found .*1/1/a"):
        load("folder", tmp_path)


@pytest.mark.parametrize(
    ("places", "message"),
    [
        ((".",), "Put each tracklet into a directory of its own"),
        (("1/2/3/4",), "at most 3 levels"),
        ((), "neither images nor videos"),
    ],
)
def test_what_is_no_tree_of_tracklets(
    tmp_path: Path, places: tuple[str, ...], message: str
) -> None:
    with pytest.raises(DatasetError, match=message):
        load("folder", write_tracklets(tmp_path, *places))


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"nowhere, found nothing there\. Point --root"):
        load("folder", tmp_path / "nowhere")


def test_what_is_left_out_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write_tracklets(tmp_path, "train/1/1/a")
    (tmp_path / "train/1/1/a/notes.txt").write_text("")
    (tmp_path / "train/2").mkdir()
    (tmp_path / "val").mkdir()
    load("folder", tmp_path)
    for phrase in (
        "other files: 1",
        "notes.txt",
        "without images or videos: 1",
        "train/2",
        ": val",
    ):
        assert phrase in caplog.text


def test_videos_of_a_directory_are_its_tracklets(tmp_path: Path) -> None:
    write_video(tmp_path / "flat/a.mp4", frames=4)
    split = load("folder", tmp_path / "flat")
    assert [len(t.frames) for t in split.unlabelled] == [4]
    write_video(tmp_path / "deep/1/c1/a.mp4")
    write_video(tmp_path / "deep/1/c1/b.mp4")
    write_video(tmp_path / "deep/2/c2/a.mp4")
    split = load("folder", tmp_path / "deep")
    assert [(t.person_id, t.camera_id, len(t.frames)) for t in split.train] == [
        (1, 1, 6), (1, 1, 6), (2, 2, 6),
    ]  # fmt: skip


def test_a_directory_with_one_video_is_a_tracklet_beside_directories_of_frames(
    tmp_path: Path,
) -> None:
    write_tracklets(tmp_path, "1/c1/a")
    write_video(tmp_path / "1/c2/a/whole.mp4")
    split = load("folder", tmp_path)
    assert [(t.camera_id, len(t.frames)) for t in split.train] == [(1, 3), (2, 6)]
    assert len(split.train[1].frames.read(range(6))) == 6


def test_one_video_in_each_directory_must_be_explained(tmp_path: Path) -> None:
    write_video(tmp_path / "1/a/x.mp4")
    write_video(tmp_path / "2/a/x.mp4")
    with pytest.raises(DatasetError, match=r"id/tracklet\), or the file \(id/camera/tracklet"):
        load("folder", tmp_path)
    (tmp_path / "folder.yaml").write_text("layout: id/camera/tracklet\n")
    assert [t.camera_id for t in load("folder", tmp_path).train] == [1, 1]
    (tmp_path / "folder.yaml").write_text("layout: id/tracklet\n")
    assert [t.camera_id for t in load("folder", tmp_path).train] == [None, None]


def test_a_file_that_is_no_video(tmp_path: Path) -> None:
    tmp_path.joinpath("a.mp4").write_bytes(b"none")
    with pytest.raises(DatasetError, match=r"Expected a video in .*a\.mp4"):
        load("folder", tmp_path)


def test_images_beside_videos_are_refused(tmp_path: Path) -> None:
    write_tracklets(tmp_path, "1/1")
    write_video(tmp_path / "1/1/x.mp4")
    with pytest.raises(DatasetError, match=r"found both: .*1\.jpg and .*x\.mp4"):
        load("folder", tmp_path)


def test_copies_have_the_content_of_what_they_are_copied_from(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Uncompressed frames that Windows has numbered have one size; they are no copies."""
    (tmp_path / "1").mkdir()
    for name, grey in (("walk.bmp", 10), ("walk (2).bmp", 20), ("walk (10).bmp", 10)):
        Image.new("RGB", (8, 16), (grey, grey, grey)).save(tmp_path / "1" / name)
    (tracklet,) = load("folder", tmp_path).unlabelled
    assert [tracklet.frames.name(i).rpartition("/")[2] for i in range(len(tracklet.frames))] == [
        "walk (2).bmp",
        "walk.bmp",
    ]
    assert "copies of images that are there: 1" in caplog.text
