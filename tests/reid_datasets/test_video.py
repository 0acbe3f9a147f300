"""Frames of videos by number: the right picture, whatever decodes it, or an error that says why."""

from __future__ import annotations

import gc
import os
import pickle
import struct
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
import pytest
import torch
from av.video.reformatter import ColorRange, Colorspace
from reid_datasets import video_files, video_index, video_pictures
from reid_datasets.errors import DatasetError, MissingFrame
from reid_datasets.frames import Frames
from reid_datasets.video import VideoSpan, frame_count
from reid_datasets.video_files import open_video
from torch.utils.data import DataLoader, Dataset

from strict_reading.jpeg import upright
from tests.reid_datasets.videos import (
    COUNT,
    HEIGHT,
    KINDS,
    WIDTH,
    packed,
    stamp,
    stamped,
    write,
    write_kind,
)


@pytest.fixture(params=["pyav", "decord", ""])
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "decord":
        pytest.importorskip("decord")
    monkeypatch.setenv("REID_VIDEO_BACKEND", request.param)
    return str(request.param)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.usefixtures("backend")
def test_every_frame_is_the_one_asked_for(tmp_path: Path, kind: str) -> None:
    path = write_kind(tmp_path, kind)
    assert frame_count(path) == COUNT
    span = VideoSpan(path, 0, COUNT)
    assert [stamp(frame) for frame in span.read(range(COUNT))] == list(range(COUNT))
    shuffled = np.random.default_rng(0).permutation(COUNT).tolist()
    for start in range(0, COUNT, 7):
        asked = shuffled[start : start + 7]
        assert [stamp(frame) for frame in span.read(asked)] == asked
    for alone in (59, 0, 31, 30, 31):
        assert stamp(span.read([alone])[0]) == alone
    assert [stamp(frame) for frame in span.read([5, 5, 2])] == [5, 5, 2]
    assert span.read([]) == []


@pytest.mark.usefixtures("backend")
def test_a_span_counts_from_its_own_beginning(tmp_path: Path) -> None:
    span = VideoSpan(write(tmp_path / "a.mp4"), 20, 30)
    assert len(span) == 10
    assert [stamp(frame) for frame in span.read([0, 9])] == [20, 29]
    assert span.name(9) == f"{tmp_path / 'a.mp4'} frame 29"
    assert isinstance(span, Frames)
    assert pickle.loads(pickle.dumps(span)) == span
    assert hash(span) == hash(VideoSpan(tmp_path / "a.mp4", 20, 30))
    frame = span.read([3])[0]
    assert (frame.dtype, frame.shape) == (torch.uint8, (3, HEIGHT, WIDTH))


def test_both_libraries_give_the_same_pixels(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("decord")
    for path in sorted((shared / "data/video").glob("*.mp4")):
        total = frame_count(path)
        asked = np.random.default_rng(0).choice(total, 12, replace=False).tolist()
        found = []
        for backend in ("pyav", "decord"):
            monkeypatch.setenv("REID_VIDEO_BACKEND", backend)
            found.append(VideoSpan(path, 0, total).read(asked))
        for one, other in zip(*found, strict=True):
            assert (one.int() - other.int()).abs().max() <= 2


@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("matrix", ["ITU601", "ITU709"])
def test_colours_are_those_that_the_header_means(tmp_path: Path, matrix: str, full: bool) -> None:
    """Taken for one another, matrices turn pure colours by 30 levels, ranges by 16."""
    path = tmp_path / "a.mp4"
    corners = np.array([[p >> bit & 1 for bit in range(3)] for p in range(8)], np.uint8) * 255
    pixels = corners.reshape(4, 2, 3).repeat(32, 0).repeat(32, 1)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "1"})
        stream.height, stream.width, stream.pix_fmt = *pixels.shape[:2], "yuv444p"
        space, span = Colorspace[matrix].value, (ColorRange.MPEG, ColorRange.JPEG)[full].value
        stream.codec_context.colorspace, stream.codec_context.color_range = space, span
        for number in range(3):
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(
                format="yuv444p", dst_colorspace=space, dst_color_range=span
            )
            frame.pts, frame.colorspace, frame.color_range = number, space, span
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    (found,) = VideoSpan(path, 0, 3).read([1])
    middle = found[:, 16::32, 16::32].permute(1, 2, 0).reshape(8, 3).int().numpy()
    assert np.abs(middle - corners.reshape(8, 3)).max() <= 4


@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("layout", ["+faststart", "+frag_keyframe+empty_moov", ""])
def test_a_truncated_file_names_itself_and_never_invents(
    tmp_path: Path, share: float, layout: str
) -> None:
    path = tmp_path / "cut.mp4"
    with av.open(str(path), "w", options={"movflags": layout} if layout else {}) as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {"g": "12", "bf": "2"}
        for number in range(COUNT):
            frame = av.VideoFrame.from_ndarray(stamped(number), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    span = VideoSpan(path, 0, COUNT)
    if share < 0.99:  # the last bytes of a file may be about the video, not part of it
        with pytest.raises(DatasetError, match=r"cut\.mp4"):
            span.read(range(COUNT))
    for number in range(0, COUNT, 5):
        try:
            (found,) = span.read([number])
        except DatasetError:
            continue
        assert stamp(found) == number


@pytest.mark.usefixtures("backend")
def test_what_is_no_video_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingFrame, match=r"gone\.mp4, found no such file"):
        VideoSpan(tmp_path / "gone.mp4", 0, 4).read([0])
    (tmp_path / "text.mp4").write_text("no video at all")
    with pytest.raises(DatasetError, match=r"Expected a complete video in .*text\.mp4"):
        VideoSpan(tmp_path / "text.mp4", 0, 4).read([0])
    with pytest.raises(DatasetError, match=r"Expected frame 60 .* found a video of 60"):
        VideoSpan(write(tmp_path / "short.mp4"), 0, 90).read([3, 60])
    with pytest.raises(DatasetError, match="at least one"):
        VideoSpan(tmp_path / "a.mp4", 4, 4)


def test_an_unknown_backend_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REID_VIDEO_BACKEND", "ffmpeg")
    with pytest.raises(DatasetError, match=r"decord or pyav .* found 'ffmpeg'"):
        VideoSpan(write(tmp_path / "a.mp4"), 0, 4).read([0])


def test_pyav_takes_over_where_decord_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    decord = pytest.importorskip("decord")

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no such codec")

    monkeypatch.setattr(decord, "VideoReader", broken)
    monkeypatch.setattr(video_index, "SHORT", 0)
    span = VideoSpan(write(tmp_path / "a.mp4"), 0, COUNT)
    assert [stamp(frame) for frame in span.read([7, 50])] == [7, 50]
    span.read([1])
    (record,) = caplog.records
    assert "decord fails (no such codec); PyAV decodes it" in record.getMessage()


def test_frames_of_a_short_video_are_decoded_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is asked for in whichever order; the same pixels as with an index."""
    path = write(tmp_path / "a.mp4")
    span = VideoSpan(path, 0, COUNT)
    asked = [[7, 50], [50, 3, 3], [0], list(range(COUNT))]
    begun: list[Path] = []
    decoded = video_pictures._decoded
    monkeypatch.setattr(
        video_pictures, "_decoded", lambda file, opened: begun.append(file) or decoded(file, opened)
    )
    found = [span.read(numbers) for numbers in asked]
    assert begun == [path]
    assert [stamp(frame) for frame in found[1]] == [50, 3, 3]
    monkeypatch.setenv("REID_VIDEO_BACKEND", "pyav")
    for numbers, frames in zip(asked, found, strict=True):
        for frame, again in zip(frames, span.read(numbers), strict=True):
            assert torch.equal(frame, again)


@pytest.mark.parametrize(
    ("name", "limit"), [("SHORT", COUNT - 1), ("SMALL", COUNT * 3 * HEIGHT * WIDTH // 2 - 1)]
)
def test_long_or_large_videos_are_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, limit: int
) -> None:
    path = write(tmp_path / "a.mp4")
    assert open_video(path)._kept is not None
    video_files._open.clear()
    monkeypatch.setattr(video_index, name, limit)
    assert open_video(path)._kept is None
    assert stamp(VideoSpan(path, 0, COUNT).read([41])[0]) == 41


def test_without_decord_everything_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "decord", None)
    span = VideoSpan(write(tmp_path / "a.mp4"), 0, COUNT)
    assert stamp(span.read([41])[0]) == 41
    monkeypatch.setenv("REID_VIDEO_BACKEND", "decord")
    with pytest.raises(DatasetError, match="not installed"):
        span.read([0])


def test_few_files_stay_open_and_changed_ones_are_read_anew(tmp_path: Path) -> None:
    for number in range(video_files.OPEN_FILES + 3):
        VideoSpan(write(tmp_path / f"{number}.mp4"), 0, 4).read([0])
    assert len(video_files._open[os.getpid()]) == video_files.OPEN_FILES
    path = write(tmp_path / "again.mp4")
    assert VideoSpan(path, 0, COUNT).read([0])[0].shape == (3, HEIGHT, WIDTH)
    path.write_bytes(b"overwritten")
    with pytest.raises(DatasetError, match="again"):
        VideoSpan(path, 0, COUNT).read([0])


class _Spans(Dataset):
    """One frame of each span."""

    def __init__(self, spans: list[VideoSpan]) -> None:
        self.spans = spans

    def __len__(self) -> int:
        return len(self.spans)

    def __getitem__(self, index: int) -> torch.Tensor:
        return self.spans[index].read([7 * index + 3])[0]


@pytest.mark.slow
@pytest.mark.parametrize("context", ["fork", "spawn"])
def test_worker_processes_read_videos_the_parent_has_open(tmp_path: Path, context: str) -> None:
    spans = [VideoSpan(write(tmp_path / f"{i}.mp4"), 0, COUNT) for i in range(3)]
    spans.append(VideoSpan(turned(tmp_path / "turned.mp4", 6), 0, COUNT))
    spans.append(VideoSpan(write_kind(tmp_path, "avi-b-frames"), 0, COUNT))
    data = _Spans(spans)
    here = [data[i] for i in range(len(spans))]
    for number in range(video_files.OPEN_FILES):  # a worker closes none of them
        VideoSpan(write(tmp_path / f"other{number}.mp4"), 0, COUNT).read([0])
    gc.collect()  # a worker that collected an encoder of this test would wait for its threads
    loader = DataLoader(data, None, num_workers=2, multiprocessing_context=context, timeout=600)
    for frame, wanted in zip(loader, here, strict=True):
        assert torch.equal(frame, wanted)


@pytest.mark.slow
def test_no_damage_crashes_the_process(tmp_path: Path) -> None:
    """Decoders in C may take the interpreter with them; this runs in a process of its own."""
    write(tmp_path / "whole.mp4", g="12", bf="2")
    code = (
        "import sys; from pathlib import Path; import numpy as np\n"
        "from reid_datasets.video import VideoSpan; from reid_datasets.errors import DatasetError\n"
        "folder = Path(sys.argv[1]); data = (folder / 'whole.mp4').read_bytes()\n"
        "rng = np.random.default_rng(0); failed = 0\n"
        "for trial in range(60):\n"
        "    hurt = bytearray(data)\n"
        "    for place in rng.integers(0, len(hurt), 12): hurt[place] = rng.integers(256)\n"
        "    path = folder / f'{trial}.mp4'\n"
        "    path.write_bytes(hurt[: rng.integers(40, len(hurt))] if trial % 2 else hurt)\n"
        "    try: VideoSpan(path, 0, 60).read([0, 17, 59])\n"
        "    except DatasetError: failed += 1\n"
        "print(failed)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) >= 30


MATRICES = {  # by EXIF orientation: a, b, c, d of the header's display matrix
    1: (1, 0, 0, 1),
    2: (-1, 0, 0, 1),
    3: (-1, 0, 0, -1),
    4: (1, 0, 0, -1),
    5: (0, 1, 1, 0),
    6: (0, 1, -1, 0),
    7: (0, -1, -1, 0),
    8: (0, -1, 1, 0),
}


def turned(path: Path, orientation: int, matrix: Sequence[float] | None = None) -> Path:
    """A video whose header says how to turn it."""
    write(path, g="12", bf="2")
    data = bytearray(path.read_bytes())
    a, b, c, d = (round(65536 * v) for v in matrix or MATRICES[orientation])
    start = data.find(b"tkhd") + 8 + 20 + 16
    data[start : start + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    path.write_bytes(bytes(data))
    return path


@pytest.mark.parametrize("orientation", MATRICES)
@pytest.mark.usefixtures("backend")
def test_a_video_comes_out_as_its_header_turns_it(tmp_path: Path, orientation: int) -> None:
    coded = VideoSpan(write(tmp_path / "a.mp4", g="12", bf="2"), 0, COUNT).read([41])[0]
    found = VideoSpan(turned(tmp_path / "b.mp4", orientation), 0, COUNT).read([41])[0]
    wanted = upright(coded.permute(1, 2, 0).numpy(), orientation)
    assert np.array_equal(found.permute(1, 2, 0).numpy(), wanted)


@pytest.mark.usefixtures("backend")
def test_a_slanted_video_is_refused(tmp_path: Path) -> None:
    path = turned(tmp_path / "a.mp4", 0, (0.8, 0.6, -0.6, 0.8))
    with pytest.raises(DatasetError, match=r"a\.mp4 to be upright or turned by quarters"):
        VideoSpan(path, 0, COUNT).read([3])


@pytest.mark.parametrize("hidden", [1, 5, 30])
@pytest.mark.usefixtures("backend")
def test_frames_that_an_edit_list_hides_are_not_counted(tmp_path: Path, hidden: int) -> None:
    path = write(tmp_path / "a.mp4", g="12", bf="2")
    data = bytearray(path.read_bytes())
    start = data.find(b"elst") + 16
    begin = struct.unpack(">i", data[start : start + 4])[0]
    data[start : start + 4] = struct.pack(">i", begin + hidden * 512)
    path.write_bytes(bytes(data))
    with av.open(str(path)) as container:
        shown = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert frame_count(path) == len(shown) < COUNT
    span = VideoSpan(path, 0, len(shown))
    for number in (len(shown) - 1, 0, len(shown) // 2):
        found = span.read([number])[0].permute(1, 2, 0).numpy()
        assert np.array_equal(found, shown[number])


@pytest.mark.parametrize("suffix", ["mkv", "mp4", "avi"])
@pytest.mark.usefixtures("backend")
def test_two_pictures_in_one_packet_are_two_frames(tmp_path: Path, suffix: str) -> None:
    """As XviD and DivX write AVI: P and B together, then an empty packet for the B."""
    path = packed(write_kind(tmp_path, "avi-b-frames"), tmp_path / f"packed.{suffix}")
    with av.open(str(path)) as container:
        shown = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert frame_count(path) == len(shown)
    span = VideoSpan(path, 0, len(shown))
    for number in np.random.default_rng(0).permutation(len(shown))[:12].tolist():
        found = span.read([number])[0].permute(1, 2, 0).numpy()
        assert np.array_equal(found, shown[number])


@pytest.mark.parametrize("kind", ["ts", "ts-open-gop", "mpg-b-frames"])
@pytest.mark.usefixtures("backend")
def test_a_recording_may_begin_between_key_frames(tmp_path: Path, kind: str) -> None:
    path = write_kind(tmp_path, kind)
    data = path.read_bytes()
    start = len(data) // 5 // 188 * 188
    path.write_bytes(data[data.find(b"\0\0\1\xba", start) :] if "mpg" in kind else data[start:])
    count = frame_count(path)
    assert 20 < count < COUNT
    span = VideoSpan(path, 0, count)
    first = COUNT - count
    assert [stamp(frame) for frame in span.read(range(count))] == list(range(first, COUNT))
    assert stamp(span.read([17])[0]) == first + 17


CONTAINERS = [
    "plain",
    "fragmented",
    "mov",
    "matroska",
    "webm",
    "avi",
    "avi-h264",
    "wmv",
    "flv",
    "gif",
]


@pytest.mark.parametrize("kind", CONTAINERS)
@pytest.mark.parametrize("damage", ["cut", "zeros", "noise"])
def test_a_file_that_ends_early_is_recognised(tmp_path: Path, kind: str, damage: str) -> None:
    path = write_kind(tmp_path, kind)
    assert frame_count(path) == COUNT
    data = path.read_bytes()
    for share in (0.3, 0.6, 0.9):
        if kind == "wmv" and damage != "cut" and share == 0.9:
            continue  # inside of its last packet, of 3,200 bytes
        kept = data[: int(share * len(data))]
        lost = len(data) - len(kept)
        tail = {"cut": b"", "zeros": bytes(lost), "noise": np.random.default_rng(0).bytes(lost)}
        path.write_bytes(kept + tail[damage])
        with pytest.raises(DatasetError, match="Expected a complete video in"):
            frame_count(path)


@pytest.mark.parametrize("kind", ["ts", "ts-open-gop"])
def test_a_transport_stream_cut_inside_of_a_packet_is_recognised(tmp_path: Path, kind: str) -> None:
    path = write_kind(tmp_path, kind)
    data = path.read_bytes()
    for share in (0.3, 0.6, 0.9):
        path.write_bytes(data[: int(share * len(data)) // 188 * 188 + 77])
        with pytest.raises(DatasetError, match="inside of a transport packet"):
            frame_count(path)


@pytest.mark.parametrize("kind", ["plain", "matroska", "avi", "mov"])
def test_what_follows_a_whole_file_does_no_harm(tmp_path: Path, kind: str) -> None:
    path = write_kind(tmp_path, kind)
    path.write_bytes(path.read_bytes() + bytes(4096))
    assert frame_count(path) == COUNT
    assert stamp(VideoSpan(path, 0, COUNT).read([COUNT - 1])[0]) == COUNT - 1


def test_reading_in_order_decodes_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []
    begin = video_files.InOrder

    def counted(path: Path) -> video_files.InOrder:
        opened.append(path)
        return begin(path)

    monkeypatch.setattr(video_files, "InOrder", counted)
    span = VideoSpan(write_kind(tmp_path, "avi-b-frames"), 0, COUNT)
    for start in range(0, COUNT, 4):
        assert [stamp(f) for f in span.read(range(start, start + 4))] == [*range(start, start + 4)]
    assert len(opened) == 1
    span.read([2])
    assert len(opened) == 2
    with pytest.raises(DatasetError, match=r"Expected frame 60 .* found a video of 60"):
        VideoSpan(span.path, 0, 70).read([60])


def test_a_long_video_that_is_slow_to_read_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(video_files, "LONG", 40)
    span = VideoSpan(write_kind(tmp_path, "avi-b-frames"), 0, COUNT)
    for number in (3, 50, 41):
        span.read([number])
    (record,) = caplog.records
    assert "can only be decoded from its beginning" in record.getMessage()
