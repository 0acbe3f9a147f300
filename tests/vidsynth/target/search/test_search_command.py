"""``vidsynth target search`` on a pool of grey cards, without Blender or a network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from tests.vidsynth.target.search.test_objectives import Cards, Estimators, brightness
from vidsynth.cli import app
from vidsynth.settings import load_image_config
from vidsynth.target.pipe import Pipe


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["target", "search", *map(str, words)])


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Thirty grey cards, as a gamma of 1.3 makes them."""
    root = tmp_path / "target"
    root.mkdir()
    rng = np.random.default_rng(1)
    for number in range(30):
        card = 255 * 0.5**1.3 + rng.normal(0, 9, (8, 4, 1)) + np.zeros((8, 4, 3))
        Image.fromarray(card.clip(0, 255).astype("uint8")).save(root / f"{number:02d}.png")
    return root


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    class Known(Estimators):
        pipe = Pipe()

        def of(self, described: np.ndarray) -> SimpleNamespace:
            return SimpleNamespace(features=described)

    def described(crops: Iterator[np.ndarray]) -> np.ndarray:
        return brightness(crops)

    pool = Cards()
    object.__setattr__(pool, "mark", "cards")
    monkeypatch.setattr(Cards, "__len__", lambda self: len(self.looks), raising=False)
    monkeypatch.setattr("vidsynth.target.estimators_file.read_estimators", lambda path: Known())
    monkeypatch.setattr("vidsynth.target.features.describe", described)
    monkeypatch.setattr("vidsynth.target.pool.read_pool", lambda root: pool)


def test_what_is_found_is_written_and_not_paid_for_twice(target: Path, tmp_path: Path) -> None:
    moved = tmp_path / "moved.yaml"
    moved.write_text("coordinates: {look.gamma: {low: 0.5, high: 2.1, spread: 0.05, values: 5}}\n")
    out = tmp_path / "found.yaml"
    words = [
        target, "look.exposure_ev=0", "--layout", "images", "--pool", tmp_path, "--coordinates",
        moved, "--output", out,
    ]  # fmt: skip
    first = run(*words)
    assert first.exit_code == 0, first.output
    assert "40 images an evaluation" in first.output
    assert "200 images developed" in first.output, "five values, the start among them"
    assert load_image_config(out).look.gamma.normal == (1.3, 0.05)
    assert out.read_text().startswith("# Frechet distance ")
    assert len((tmp_path / "found.jsonl").read_text().splitlines()) == 1 + 5
    again = run(*words)
    assert again.exit_code == 0
    assert again.stderr == "", "nothing is evaluated"
    other = run(*words, "--method", "evolution")
    assert other.exit_code == 2
    assert "record of another search" in other.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--camera", "7"], "Expected two tracklets or more of camera 7"),
        ([], "Expected coordinates of look for a pool"),
    ],
)
def test_bad_input_is_one_paragraph(
    target: Path, tmp_path: Path, words: list[str], said: str
) -> None:
    result = run(
        target, "--layout", "images", "--pool", tmp_path, "--output", tmp_path / "f.yaml", *words
    )
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_a_camera_of_a_statistics_file_is_refused(tmp_path: Path) -> None:
    result = run(tmp_path / "target.json", "--camera", "1")
    assert result.exit_code == 2
    assert "moments of all cameras together" in result.stderr
