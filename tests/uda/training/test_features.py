"""Looking at both domains while training: pictures, and no trace in the run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from reid_models import build

from tests.uda.miniature import Run
from tests.uda.training.test_resume import assert_same, entries, stop_at
from uda.batches.domains import Domains
from uda.config import Config
from uda.monitor.domains import look
from uda.runs import checkpoint
from uda.training.session import Interrupted


def test_looking_leaves_no_trace(
    run: Run, trained: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blind = trained()
    with monkeypatch.context() as patch:
        stop_at(patch, 8)
        with pytest.raises(Interrupted):
            run("seen", "monitoring.features=5")
    seen = run("seen", "monitoring.features=5", resume=True, drawn=True)
    assert_same(blind.checkpoint, seen.checkpoint)
    assert entries(tmp_path / "seen") == entries(blind.output)
    states = [checkpoint.load(result.checkpoint)["random"][0] for result in (blind, seen)]
    assert states[0]["python"] == states[1]["python"]
    assert states[0]["numpy"] == states[1]["numpy"]
    assert torch.equal(states[0]["torch"], states[1]["torch"])
    assert not (blind.output / "features").exists()
    pictures = sorted((tmp_path / "seen" / "features").iterdir())
    assert [path.name for path in pictures] == ["0002.png", "0004.png"]
    pixels = np.asarray(Image.open(pictures[1])).reshape(-1, 3)
    assert len(np.unique(pixels, axis=0)) > 20
    projector = tmp_path / "seen" / "tensorboard" / "00012" / "features"
    rows = (projector / "metadata.tsv").read_text().splitlines()
    assert rows[0] == "domain\tcamera"
    assert {row.split("\t")[0] for row in rows[1:]} == {"source", "target"}
    assert len(rows) == 1 + 2 * 5
    assert Image.open(projector / "sprite.png").size == (4 * 32, 4 * 32)


@pytest.fixture
def domains(miniatures: tuple[Path, Path]) -> Domains:
    return Domains.read("mars", miniatures[0], "mars", miniatures[1])


def settings(clips: int) -> Config:
    data = {"size": (32, 16), "clip_length": 2}
    return Config.model_validate({"data": data, "monitoring": {"features": clips}})


def test_clips_are_the_same_every_time_and_bounded(tiny: str, domains: Domains) -> None:
    student = build(tiny, 4).train()
    before = {name: tensor.clone() for name, tensor in student.state_dict().items()}
    torch.manual_seed(0)
    state = torch.get_rng_state()
    found, again = (
        look(student, domains.source.train, domains.target, settings(6), device=torch.device("cpu"))
        for _ in range(2)
    )
    assert found is not None
    assert again is not None
    assert np.array_equal(found.features, again.features)
    assert found.domains == ["source"] * 6 + ["target"] * 6
    assert set(found.cameras) == {"1", "2"}
    assert found.sprites.shape == (12, 3, 32, 32)
    assert {name: len(points) for name, points in found.points().items()} == {
        "source": 6,
        "target": 6,
    }
    assert student.training
    assert torch.equal(torch.get_rng_state(), state)
    for name, tensor in student.state_dict().items():
        assert torch.equal(tensor, before[name]), name


def test_fewer_clips_than_asked_for_and_none_worth_a_picture(tiny: str, domains: Domains) -> None:
    student = build(tiny, 4)
    source, target, cpu = domains.source.train, domains.target, torch.device("cpu")
    found = look(student, source, target[:2], settings(200), device=cpu)
    assert found is not None
    assert found.domains.count("target") == 2
    assert look(student, source[:1], target[:1], settings(200), device=cpu) is None
    with torch.no_grad():
        student.head.norm.weight.fill_(torch.nan)
    assert look(student, source, target, settings(200), device=cpu) is None
