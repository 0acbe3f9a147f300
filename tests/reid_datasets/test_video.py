"""Frames of videos by number: the right picture, whatever decodes it, or an error that says why."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import torch
from reid_datasets import video_files
from reid_datasets.clips import UnlabelledClipDataset
from reid_datasets.errors import DatasetError, MissingFrame
from reid_datasets.frames import Frames
from reid_datasets.records import UnlabelledTracklet
from reid_datasets.transforms import TrainTransform
from reid_datasets.video import VideoSpan, frame_count
from torch.utils.data import DataLoader

COUNT, WIDTH, HEIGHT = 60, 96, 64
BITS = 6


def stamped(number: int) -> np.ndarray:
    """A picture with its number in black and white stripes."""
    pixels = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    for bit in range(BITS):
        pixels[:, 16 * bit : 16 * bit + 14] = 235 * (number >> bit & 1) + 10
    return pixels


def stamp(frame: torch.Tensor) -> int:
    bright = frame.float().mean((0, 1)) > 128
    return sum(int(bright[16 * bit + 6]) << bit for bit in range(BITS))


def write(
    path: Path, *, times: Sequence[int] | None = None, codec: str = "libx264", **options: str
) -> Path:
    """A video of COUNT stamped frames, shown at ``times`` (units of 1/1000 s)."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=Fraction(25))
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = options
        if times is not None:
            stream.codec_context.time_base = Fraction(1, 1000)
        for number in range(COUNT):
            frame = av.VideoFrame.from_ndarray(stamped(number), format="rgb24")
            if times is not None:
                frame.pts, frame.time_base = times[number], Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


UNEVEN = [40 * i + (17 if i % 3 == 1 else 0) + (500 if i > 30 else 0) for i in range(COUNT)]
VIDEOS = {
    "plain": ("a.mp4", {}),
    "b-frames": ("a.mp4", {"bf": "3", "g": "24"}),
    "open-gop": ("a.mp4", {"bf": "3", "g": "12", "x264-params": "open-gop=1:scenecut=0"}),
    "one-key-frame": ("a.mp4", {"g": "1000", "bf": "2"}),
    "uneven": ("a.mp4", {"times": UNEVEN, "bf": "2", "g": "10"}),
    "late-start": ("a.mp4", {"times": [3_000 + 40 * i for i in range(COUNT)], "g": "10"}),
    "matroska": ("a.mkv", {"bf": "3", "g": "20"}),
    "avi": ("a.avi", {"codec": "mpeg4", "g": "12"}),
}


@pytest.fixture(params=["pyav", "decord", ""])
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "decord":
        pytest.importorskip("decord")
    monkeypatch.setenv("REID_VIDEO_BACKEND", request.param)
    return str(request.param)


@pytest.mark.parametrize("kind", VIDEOS)
@pytest.mark.usefixtures("backend")
def test_every_frame_is_the_one_asked_for(tmp_path: Path, kind: str) -> None:
    name, options = VIDEOS[kind]
    path = write(tmp_path / name, **options)  # type: ignore[arg-type]
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
            (frame,) = span.read([number])
        except DatasetError:
            continue
        assert stamp(frame) == number


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
    span = VideoSpan(write(tmp_path / "a.mp4"), 0, COUNT)
    assert [stamp(frame) for frame in span.read([7, 50])] == [7, 50]
    span.read([1])
    (record,) = caplog.records
    assert "decord fails (no such codec); PyAV decodes it" in record.getMessage()


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


@pytest.mark.slow
@pytest.mark.parametrize("context", ["fork", "spawn"])
def test_worker_processes_read_videos_the_parent_has_open(tmp_path: Path, context: str) -> None:
    spans = [VideoSpan(write(tmp_path / f"{i}.mp4"), 0, COUNT) for i in range(3)]
    for number in range(video_files.OPEN_FILES):  # a worker closes none of them
        VideoSpan(write(tmp_path / f"other{number}.mp4"), 0, COUNT).read([0])
    data = UnlabelledClipDataset(
        [UnlabelledTracklet(span, 1) for span in spans], 4, TrainTransform((32, 16)), 0
    )
    here = [data[i][0] for i in range(3)]
    loader = DataLoader(data, 1, num_workers=2, multiprocessing_context=context, timeout=600)
    for (clip, _), wanted in zip(loader, here, strict=True):
        assert torch.equal(clip[0], wanted)


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
