from __future__ import annotations

import os
import struct
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from vidsynth.errors import TargetError
from vidsynth.target.crops import evenly
from vidsynth.target.layouts import read_target


def picture(path: Path, level: int = 100, size: tuple[int, int] = (32, 64)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (level, level, level)).save(path, quality=80)


def video(path: Path, frames: int = 12) -> None:
    """Frames of 96 x 64; frame n is grey at 20 n, its right half 50 brighter."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "1", "preset": "fast"})
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for number in range(frames):
            pixels = np.full((64, 96, 3), 10 * number, np.uint8)
            pixels[:, 48:] += 100
            for packet in stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)


def test_a_folder_of_tracklets(tmp_path: Path) -> None:
    for camera in ("lobby", "yard"):
        for frame in range(10):
            picture(tmp_path / "anna" / camera / "1" / f"{frame}.jpg", 20 * frame)
    found = list(read_target(tmp_path, "folder", frames=5))
    assert [tracklet.camera for tracklet in found] == ["lobby", "yard"]
    assert [tracklet.length for tracklet in found] == [10, 10]
    levels = [int(crop.pixels.mean()) for crop in found[0].crops]
    assert levels == [20, 60, 100, 140, 180]
    crop = found[0].crops[0]
    assert crop.size == (32, 64)
    assert crop.pixels.shape == (64, 32, 3)
    assert crop.tables is not None
    assert "anna" not in repr(found[0].camera)


def test_a_benchmark_by_its_unlabelled_view(tmp_path: Path) -> None:
    for part, name in (
        ("bounding_box_train", "0002_c1s1_000451_03"),
        ("query", "0003_c2s1_000451_00"),
        ("bounding_box_test", "0003_c1s1_000451_01"),
        ("bounding_box_test", "0003_c2s1_000452_01"),
    ):
        picture(tmp_path / part / f"{name}.jpg")
    train = list(read_target(tmp_path, "market1501"))
    assert [tracklet.camera for tracklet in train] == ["1"]
    assert len(list(read_target(tmp_path, "market1501", part="test"))) == 3
    assert len(list(read_target(tmp_path, "market1501", part="all"))) == 4


def test_images_that_lie_about(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        picture(tmp_path / "door" / "2024" / name)
    picture(tmp_path / "hall" / "c.jpg")
    found = list(read_target(tmp_path, "images"))
    assert [tracklet.camera for tracklet in found] == ["door", "door", "hall"]
    assert found[0].crops[0].tables is None


def test_thumbnails_and_copies_are_nobody_and_linked_cameras_count(tmp_path: Path) -> None:
    data, far = tmp_path / "data", tmp_path / "far"
    for name in (
        *("lobby/a.jpg", "lobby/a (1).jpg", "lobby/@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg"),
        *("$RECYCLE.BIN/b.jpg", ".trash/b.jpg"),
    ):
        picture(data / name)
    picture(far / "c.jpg")
    (data / "yard").symlink_to(far)
    (data / "yard" / "round").symlink_to(data)
    found = [(t.camera, t.crops.frames.name(0)) for t in read_target(data, "images")]
    assert found == [("lobby", f"{data}/lobby/a.jpg"), ("yard", f"{data}/yard/c.jpg")]


def test_a_table_of_spans_of_videos(tmp_path: Path) -> None:
    video(tmp_path / "hall.mp4")
    (tmp_path / "tracklets.csv").write_text("video,first,last,camera\nhall.mp4,2,7,hall\n")
    (tracklet,) = read_target(tmp_path, "folder", frames=None)
    assert (tracklet.camera, tracklet.length, len(tracklet.crops)) == ("hall", 6, 6)


def test_boxes_in_videos(tmp_path: Path) -> None:
    video(tmp_path / "hall.mp4")
    rows = [f"hall.mp4,7,{frame},40,-5,60,50" for frame in (8, 2, 4)]
    header = "video,tracklet,frame,x0,y0,x1,y1"
    (tmp_path / "boxes.csv").write_text("\n".join([header, *rows, "hall.mp4,8,3,0,0,20,40"]))
    first, second = read_target(tmp_path, "boxes", frames=None)
    assert first.camera == "hall"
    assert first.numbers == (2, 4, 8)
    assert first.fps == 25
    assert first.frame_size == (96, 64)
    assert first.boxes is not None
    assert first.boxes[0].tolist() == [40, -5, 60, 50]
    crops = list(first.crops)
    assert crops[0].pixels.shape == (50, 20, 3)
    assert [round(int(c.pixels[20, 2, 0]), -1) for c in crops] == [20, 40, 80]
    assert int(crops[0].pixels[20, 15, 0]) > 110
    assert len(second.crops) == 1


def test_boxes_in_videos_say_who_is_behind_whom(tmp_path: Path) -> None:
    video(tmp_path / "hall.mp4")
    rows = ["hall.mp4,7,2,40,10,60,50", "hall.mp4,7,4,40,10,60,50", "hall.mp4,8,4,40,0,80,60"]
    header = "video,tracklet,frame,x0,y0,x1,y1"
    (tmp_path / "boxes.csv").write_text("\n".join([header, *rows]))
    behind, before = read_target(tmp_path, "boxes", frames=None)
    assert behind.hidden is not None
    assert behind.hidden == pytest.approx([0, 0.5], abs=0.05)
    assert before.hidden == pytest.approx([0])
    assert behind.gop is not None


@pytest.mark.parametrize(
    ("layout", "files", "said"),
    [
        ("mras", [], "Did you mean mars"),
        ("folder", ["1.jpg", "2.jpg"], "--layout images"),
        ("folder", ["boxes.csv"], "--layout boxes"),
        ("images", [], "Expected images"),
        ("boxes", [], "table of boxes"),
        ("mars", [], "info"),
    ],
)
def test_other_data_is_refused(tmp_path: Path, layout: str, files: list[str], said: str) -> None:
    for name in files:
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(TargetError, match=said):
        list(read_target(tmp_path, layout))


def test_a_damaged_frame_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8\xffnothing")
    (tracklet,) = read_target(tmp_path, "images")
    with pytest.raises(TargetError, match=r"a\.jpg"):
        list(tracklet.crops)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("a.mp4,1,-1,0,0,5,5", "frame from 0"),
        ("a.mp4,1,0,9,0,5,5", "x0 < x1"),
        ("a.mp4,1,0,1,5,2,5,30,5", "7 values in line 2 .* found more"),
        ("a.mp4,1,0,1,5,2", "7 values in line 2 .* found fewer"),
        ("../a.mp4,1,0,0,0,5,5", "may not leave it"),
        ("a.mp4,,0,0,0,5,5", "a tracklet in line 2"),
        ("a.mp4,1,0,0,0,5,5\na.mp4,1,0,9,0,15,5", "one box of tracklet 1 in frame 0 .* line 3"),
    ],
)
def test_boxes_that_cannot_be_are_refused(tmp_path: Path, rows: str, said: str) -> None:
    (tmp_path / "boxes.csv").write_text(f"video,tracklet,frame,x0,y0,x1,y1\n{rows}\n")
    with pytest.raises(TargetError, match=said):
        list(read_target(tmp_path, "boxes"))


def test_a_column_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    table = "video,tracklet,frame,x0,y0,x1,y1,x0\na.mp4,1,0,0,0,5,5,2\n"
    (tmp_path / "boxes.csv").write_text(table)
    with pytest.raises(TargetError, match="Expected the columns"):
        list(read_target(tmp_path, "boxes"))


@pytest.mark.parametrize("layout", ["images", "boxes"])
def test_what_has_no_parts_has_no_test_part(tmp_path: Path, layout: str) -> None:
    with pytest.raises(TargetError, match="not divided"):
        list(read_target(tmp_path, layout, part="test"))


def test_frames_are_taken_evenly() -> None:
    assert evenly(10, 5) == (1, 3, 5, 7, 9)
    assert evenly(3, 8) == (0, 1, 2)
    assert evenly(1000, 1) == (500,)


def test_boxes_of_a_video_that_was_filmed_upright(tmp_path: Path) -> None:
    """A phone codes such frames lying on their side, and the header turns them."""
    video(tmp_path / "hall.mp4")
    data = bytearray((tmp_path / "hall.mp4").read_bytes())
    start = data.find(b"tkhd") + 8 + 20 + 16
    data[start : start + 36] = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)
    (tmp_path / "hall.mp4").write_bytes(bytes(data))
    table = "video,tracklet,frame,x0,y0,x1,y1\nhall.mp4,7,2,10,30,60,90"
    (tmp_path / "boxes.csv").write_text(table)
    (tracklet,) = read_target(tmp_path, "boxes", frames=None)
    assert tracklet.crops[0].pixels.shape == (60, 50, 3)
    assert tracklet.frame_size == (64, 96)


def test_cameras_whose_names_are_no_utf_8_have_names(tmp_path: Path) -> None:
    odd = os.fsdecode(os.fsencode(tmp_path) + b"/anna/" + "门".encode("gbk"))
    picture(Path(odd) / "1" / "0.jpg")
    for layout, root in (("folder", tmp_path), ("images", tmp_path / "anna")):
        (tracklet,) = read_target(root, layout, frames=1)
        assert tracklet.camera == r"\udcc3\udcc5"
