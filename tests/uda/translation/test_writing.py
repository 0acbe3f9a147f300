"""How tracklets are translated: one style each, in batches of any size."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import pytest
import torch
from reid_datasets.frames import ImageFiles
from reid_models.translation.generator import Generator

from tests.reid_datasets.folder.trees import write_tracklets
from tests.uda.translation.miniature import settings
from uda.translation.flicker import Flicker
from uda.translation.tree import tree_of
from uda.translation.writing import at_size_of, batches_of, changed, translated, write_tree

CPU = torch.device("cpu")


@pytest.fixture
def generator() -> Generator:
    torch.manual_seed(0)
    return Generator(4, 1).eval()


def tracklet(frames: int, seed: int = 0) -> torch.Tensor:
    """A still scene, into which something bright comes in the last third of the frames."""
    draw = torch.Generator().manual_seed(seed)
    still = torch.randint(40, 120, (3, 64, 32), dtype=torch.uint8, generator=draw)
    found = still.expand(frames, -1, -1, -1).clone()
    found[frames - frames // 3 :, :, :12, 20:] = 250
    return found


def test_batches_are_whole_tracklets() -> None:
    lengths = [3, 4, 2, 20, 1, 1]
    tracklets = [ImageFiles(Path(f"{i}"), ("x",) * n) for i, n in enumerate(lengths)]
    found = [[len(frames) for frames in batch] for batch in batches_of(tracklets, 8)]
    assert found == [[3, 4], [2], [20], [1, 1]]


def test_one_style_does_not_flicker_where_frame_by_frame_does(generator: Generator) -> None:
    """Far from what comes in, nothing changes in the scene."""
    pixels, still = tracklet(9), {}
    for style in ("tracklet", "frame"):
        how = settings("cyclegan", f"output.style={style}", "output.batch=16")
        (found,) = translated(generator, [pixels], how, CPU)
        flicker = Flicker()
        flicker.see(pixels[..., -8:, :8], found[..., -8:, :8])
        means = flicker.means()
        assert means is not None
        assert means["source"] == 0
        still[style] = means["still"]
    assert still["tracklet"] == 0
    assert still["frame"] is not None
    assert still["frame"] > 0.05


@pytest.mark.parametrize("style", ["tracklet", "frame"])
def test_neighbours_in_a_batch_change_nothing(generator: Generator, style: str) -> None:
    how = settings("cyclegan", f"output.style={style}", "output.batch=32")
    several = [tracklet(3, 1), tracklet(5, 2), tracklet(1, 3)]
    together = translated(generator, several, how, CPU)
    for pixels, found in zip(several, together, strict=True):
        (alone,) = translated(generator, [pixels], how, CPU)
        assert (alone.int() - found.int()).abs().max() <= 1


def test_a_tracklet_longer_than_a_batch_has_one_style(generator: Generator) -> None:
    pixels = tracklet(12)
    whole = translated(generator, [pixels], settings("cyclegan", "output.batch=12"), CPU)[0]
    how = settings("cyclegan", "output.batch=5", "output.measured_on=12")
    assert (translated(generator, [pixels], how, CPU)[0].int() - whole.int()).abs().max() <= 1
    few = settings("cyclegan", "output.batch=5", "output.measured_on=1")
    (found,) = translated(generator, [pixels], few, CPU)
    assert torch.equal(found[0], found[7])  # equal frames, in two batches


def test_a_change_keeps_what_is_finer_than_it() -> None:
    fine = torch.randint(0, 200, (3, 64, 32), dtype=torch.uint8, generator=torch.Generator())
    brighter = changed(fine, torch.full((3, 16, 8), 40.0))
    assert torch.equal(brighter, fine + 40)
    assert changed(fine, torch.full((3, 16, 8), 400.0)).min() == 255
    coarse = at_size_of(fine, torch.full((3, 16, 8), 40, dtype=torch.uint8))
    assert coarse.shape == fine.shape
    assert (coarse == 40).all()


def test_flicker_is_of_changes_from_frame_to_frame() -> None:
    flicker = Flicker()
    steady = torch.full((4, 3, 16, 8), 100.0)
    blinking = steady.clone()
    blinking[1::2] += 10
    flicker.see(steady, blinking)
    flicker.see(steady[:1], blinking[:1])  # a still image
    assert flicker.means() == {"source": 0.0, "translated": 10.0, "still": 10.0}
    brighter = Flicker()
    brighter.see(blinking, blinking + 50)
    assert brighter.means() == {"source": 10.0, "translated": 10.0, "still": None}
    assert Flicker().means() is None


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts open files as Linux does")
def test_a_long_tracklet_needs_no_open_file_for_each_frame(
    generator: Generator, tmp_path: Path
) -> None:
    """What a process that decodes hands over is an open file for each tensor, of 1,024 in all."""
    tree = tree_of("folder", write_tracklets(tmp_path / "set", "anna/hall/1", frames=150))
    how = settings("cyclegan", "pictures.workers=1", "output.batch=64")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    few = len(os.listdir("/proc/self/fd")) + 64
    resource.setrlimit(resource.RLIMIT_NOFILE, (few, before[1]))
    try:
        written = write_tree(
            tree,
            generator,
            how,
            tmp_path / "translated",
            {},
            device=CPU,
            progress=lambda done, total: None,
            stopped=lambda: False,
        )
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert written is not None
    assert written.pictures == len(list((tmp_path / "translated").rglob("*.jpg"))) == 150
