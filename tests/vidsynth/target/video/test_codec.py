import io

import av
import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter

from vidsynth.target.video.codec import Stream, blockiness, period_of, stream_of


def scene(seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return gaussian_filter(rng.normal(128, 120, (120, 64, 3)), (3, 3, 0)).clip(0, 255)


def as_jpeg(picture: np.ndarray, quality: int) -> np.ndarray:
    stream = io.BytesIO()
    Image.fromarray(picture.astype(np.uint8)).save(stream, "JPEG", quality=quality)
    return np.asarray(Image.open(stream), float)


@pytest.mark.parametrize("shift", [0, 3])
def test_blocks_are_found_wherever_their_grid_begins(shift):
    coarse = as_jpeg(scene(), 8)[shift:, shift:].mean(2)
    fine = as_jpeg(scene(), 95)[shift:, shift:].mean(2)
    assert blockiness(coarse) > 0.5
    assert blockiness(fine) < 0.25


def test_a_rhythm_of_blockiness_is_a_group_of_pictures():
    rng = np.random.default_rng(0)
    signal = rng.normal(0.2, 0.02, 96)
    signal[::12] += 0.15
    found = period_of(signal)
    assert found.frames == 12
    assert found.strength > 0.5
    assert np.isnan(period_of(rng.normal(0.2, 0.02, 96)).frames)
    assert np.isnan(period_of(signal[:10]).frames)


def film(path, gop):
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.gop_size = gop
        stream.options = {"x264-params": f"keyint={gop}:min-keyint={gop}:scenecut=0"}
        for k in range(40):
            picture = np.full((48, 64, 3), 4 * k, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))


def test_a_video_says_its_group_of_pictures(tmp_path):
    film(tmp_path / "often.mp4", 8)
    film(tmp_path / "once.mp4", 250)
    often, once = stream_of(tmp_path / "often.mp4"), stream_of(tmp_path / "once.mp4")
    assert often == Stream(10.0, 8.0)
    assert once.gop == np.inf
