from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from vidsynth.cli import app
from vidsynth.errors import OutputError
from vidsynth.target.backgrounds import background_files, write_backgrounds

SIZE = (96, 64)


def place(frame: int) -> int:
    """Where the person's left is: they cross the picture."""
    return -16 + frame


def scene(frame: int, shift: int = 0) -> np.ndarray:
    """A ramp of greys with a bright person in it."""
    ramp = np.tile((40 + np.arange(SIZE[0]) + shift) % 200, (SIZE[1], 1))
    pixels = np.repeat(ramp[..., None], 3, 2).astype(np.uint8)
    left = place(frame)
    pixels[10:60, max(0, left) : max(0, left + 12)] = (255, 60, 20)
    return pixels


def film(path: Path, frames: int, picture: Callable[[int], np.ndarray]) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "8", "preset": "fast"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv444p"
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(picture(number), format="rgb24")
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)


def boxes(root: Path, frames: int, fixed: int | None = None) -> None:
    rows = ["video,tracklet,frame,x0,y0,x1,y1"]
    for number in range(frames):
        left = place(number) if fixed is None else fixed
        rows.append(f"gate.mp4,1,{number},{left},10,{left + 12},60")
    (root / "boxes.csv").write_text("\n".join(rows))


def test_whoever_walks_by_is_not_in_the_background(tmp_path: Path) -> None:
    film(tmp_path / "gate.mp4", 125, scene)
    boxes(tmp_path, 125)
    (said,) = write_backgrounds(tmp_path, tmp_path / "out")
    assert said == f"camera 1: {tmp_path / 'out' / '1.png'}", "the camera's name stays here"
    found = np.array(Image.open(tmp_path / "out" / "1.png")).astype(int)
    assert np.abs(found - scene(-999)).max() < 25


@pytest.mark.parametrize(
    ("frames", "fixed", "moving", "said"),
    [
        (60, None, False, "takes 100 frames, found 60"),
        (125, 40, False, "outside all boxes"),
        (125, None, True, "camera moves"),
    ],
)
def test_other_cameras_have_no_background(
    tmp_path: Path, frames: int, fixed: int | None, moving: bool, said: str
) -> None:
    film(tmp_path / "gate.mp4", frames, lambda n: scene(n, 2 * n if moving else 0))
    boxes(tmp_path, frames, fixed)
    (found,) = write_backgrounds(tmp_path, tmp_path / "out")
    assert said in found
    assert not (tmp_path / "out").exists()


def test_pictures_of_somebody_else_stay(tmp_path: Path) -> None:
    film(tmp_path / "gate.mp4", 8, scene)
    boxes(tmp_path, 8)
    theirs = tmp_path / "out" / "1.png"
    theirs.parent.mkdir()
    Image.new("RGB", (9, 9)).save(theirs)
    before = theirs.read_bytes()
    words = ["measure", str(tmp_path), "--layout", "boxes", "--backgrounds", str(theirs.parent)]
    output = tmp_path / "target.json"
    said = CliRunner().invoke(app, ["target", *words, "--output", str(output)])
    assert said.exit_code == 2
    assert "--backgrounds" in said.output
    assert (theirs.read_bytes(), output.exists()) == (before, False)


def test_cameras_whose_files_would_be_one_are_refused(tmp_path: Path) -> None:
    rows = "hall/a.mp4,1,0,0,0,9,9,hall/a\nhall/a.mp4,2,0,0,0,9,9,hall-a"
    table = f"video,tracklet,frame,x0,y0,x1,y1,camera\n{rows}"
    (tmp_path / "boxes.csv").write_text(table)
    assert len(background_files(tmp_path, tmp_path / "out")) == 2
    with pytest.raises(OutputError, match=r"both hall-a\.png"):
        background_files(tmp_path, tmp_path / "out", keep_names=True)


def test_a_damaged_video_has_no_background(tmp_path: Path) -> None:
    film(tmp_path / "gate.mp4", 125, scene)
    data = (tmp_path / "gate.mp4").read_bytes()
    (tmp_path / "gate.mp4").write_bytes(data[: len(data) // 2])
    boxes(tmp_path, 125)
    (said,) = write_backgrounds(tmp_path, tmp_path / "out")
    assert "no background" in said
    assert "gate.mp4" in said
