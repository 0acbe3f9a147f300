"""A table of stretches of videos."""

from __future__ import annotations

from pathlib import Path

import pytest
from reid_datasets.benchmarks import load
from reid_datasets.errors import DatasetError

from tests.reid_datasets.folder.trees import write_video


def write_table(root: Path, *lines: str, columns: str = "video,first,last,id,camera") -> Path:
    (root / "tracklets.csv").write_text("\n".join((columns, *lines)) + "\n")
    return root


def test_frames_count_from_zero_and_the_last_belongs_to_it(tmp_path: Path) -> None:
    write_video(tmp_path / "videos/a.mp4", frames=6)
    write_table(tmp_path, "videos/a.mp4,0,5,anna,north", "videos/a.mp4,2,2,bert,")
    whole, one = load("folder", tmp_path).train
    assert (len(whole.frames), whole.person_id, whole.camera_id) == (6, 1, 1)
    assert (len(one.frames), one.person_id, one.camera_id) == (1, 2, None)
    assert one.frames.read([0])[0].float().mean() == whole.frames.read([2])[0].float().mean()


def test_paths_may_be_written_as_windows_does(tmp_path: Path) -> None:
    write_video(tmp_path / "day one/a.mp4", frames=6)
    write_video(tmp_path / "odd\\name.mp4", frames=6)
    lines = ("day one\\a.mp4,0,5,anna,1", "odd\\name.mp4,0,5,bert,1")
    for tracklet in load("folder", write_table(tmp_path, *lines)).train:
        assert len(tracklet.frames.read([5])) == 1


def test_rows_without_identity_are_unlabelled(tmp_path: Path) -> None:
    split = load("folder", write_table(tmp_path, "a.mp4,0,9,,1", "a.mp4,10,19,4,1"))
    assert [t.person_id for t in split.train] == [4]
    assert [(t.camera_id, len(t.frames)) for t in split.unlabelled] == [(1, 10)]
    split = load("folder", write_table(tmp_path, "a.mp4,0,9", columns="video,first,last"))
    assert (len(split.train), len(split.unlabelled)) == (0, 1)


def test_split_and_clothes(tmp_path: Path) -> None:
    lines = ("a.mp4,0,9,1,1,red,train", "a.mp4,0,9,2,1,red,query", "a.mp4,10,19,2,2,,gallery")
    write_table(tmp_path, *lines, columns="video,first,last,id,camera,clothes,split")
    split = load("folder", tmp_path)
    worn = [split.train[0].clothes_id, split.query[0].clothes_id, split.gallery[0].clothes_id]
    assert worn == [1, 2, None]  # what two people wear is two outfits


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("../a.mp4,0,1,1,1", r"under .* in line 2 of .*found '\.\./a\.mp4'"),
        ("/a.mp4,0,1,1,1", "may not leave it"),
        ("..\\a.mp4,0,1,1,1", r"under .* in line 2 of .*found '\.\./a\.mp4'"),
        ("C:\\day\\a.mp4,0,1,1,1", "may not leave it"),
        (",0,1,1,1", "found ''"),
        ("a\0.mp4,0,1,1,1", r"found 'a\\x00\.mp4'"),
        ("a.mp4,-1,1,1,1", "from 0 to 9,999,999 as `first` in line 2"),
        ("a.mp4,0,x,1,1", "as `last` in line 2"),
        ("a.mp4,0,999999999,1,1", "as `last` in line 2"),  # gigabytes of frame numbers
        ("a.mp4,5,4,1,1", "found 5 to 4"),
        ("a.mp4,0,1,1", "found fewer"),
        ("a.mp4,0,1,1,1,9", "found more"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        load("folder", write_table(tmp_path, line))


def test_wrong_columns(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="Did you mean camera"):
        load("folder", write_table(tmp_path, columns="video,first,last,camra"))
    with pytest.raises(DatasetError, match="an empty file"):
        load("folder", write_table(tmp_path, columns=""))
    with pytest.raises(DatasetError, match=r"Expected tracklets in .*found none"):
        load("folder", write_table(tmp_path))


def test_an_unknown_split_and_a_missing_one(tmp_path: Path) -> None:
    columns = "video,first,last,id,split"
    with pytest.raises(DatasetError, match="found 'test'"):
        load("folder", write_table(tmp_path, "a.mp4,0,1,1,test", columns=columns))
    write_table(tmp_path, "a.mp4,0,1,1,train", "a.mp4,0,1,1,", columns=columns)
    with pytest.raises(DatasetError, match="for every tracklet or for none, found none in line 3"):
        load("folder", tmp_path)


def test_a_video_shorter_than_its_row_names_itself_when_read(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", frames=6)
    (tracklet,) = load("folder", write_table(tmp_path, "a.mp4,0,9,1,1")).train
    with pytest.raises(DatasetError, match=r"a\.mp4"):
        tracklet.frames.read([8])


def test_a_query_without_a_camera_may_not_find_itself(tmp_path: Path) -> None:
    columns = "video,first,last,id,camera,split"
    lines = ("a.mp4,0,9,1,,query", "a.mp4,0,9,1,,gallery")
    with pytest.raises(DatasetError, match=r"a\.mp4.* in both: it would find itself"):
        load("folder", write_table(tmp_path, *lines, columns=columns))
    lines = ("a.mp4,0,9,1,x,query", "a.mp4,0,9,1,x,gallery")
    assert len(load("folder", write_table(tmp_path, *lines, columns=columns)).gallery) == 1


@pytest.mark.parametrize(
    ("query", "gallery", "shared"),
    [
        ("0,9,1,,query", "5,14,1,,gallery", True),  # in part
        ("0,9,1,x,query", "0,9,1,y,gallery", True),
        ("0,9,1,x,query", "0,9,1,,gallery", True),  # excludes nothing
        ("0,9,1,,query", "0,9,1,x,gallery", True),
        ("0,9,1,x,query", "5,14,1,x,gallery", False),  # left out as seen by the same camera
        ("0,9,1,,query", "10,14,1,,gallery", False),
        ("0,9,1,,query", "5,14,2,,gallery", False),  # somebody else
    ],
)
def test_pictures_of_a_query_are_in_the_gallery_only_under_its_camera(
    tmp_path: Path, query: str, gallery: str, shared: bool
) -> None:
    columns = "video,first,last,id,camera,split"
    write_table(tmp_path, f"a.mp4,{query}", f"a.mp4,{gallery}", columns=columns)
    if shared:
        with pytest.raises(DatasetError, match=r"a\.mp4 frame 0.* it would find itself"):
            load("folder", tmp_path)
    else:
        assert len(load("folder", tmp_path).gallery) == 1


def test_windows_that_overlap_are_no_test_of_their_own(tmp_path: Path) -> None:
    write_table(tmp_path, "a.mp4,0,9,1", "a.mp4,5,14,1", columns="video,first,last,id")
    (tmp_path / "folder.yaml").write_text("evaluate: true\n")
    with pytest.raises(DatasetError, match=r"frame 0 and what begins with .*frame 5: it would"):
        load("folder", tmp_path)
