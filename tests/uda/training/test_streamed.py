"""Training on shards that are read front to back, as on the same set in any order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from typer.testing import CliRunner

from tests.reid_datasets.shard_set import walks, write_shards
from tests.uda.miniature import FEW, settings
from uda.batches.domains import Domains
from uda.batches.pairs import Batches
from uda.cli import app
from uda.errors import ConfigError
from uda.runs import checkpoint

pytestmark = pytest.mark.usefixtures("blank_pictures")


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight people in four shards; not to be written to."""
    return write_shards(tmp_path_factory.mktemp("streamed") / "set", walks(8))


def batches(shards: Path, mars_tree: Path, name: str, *overrides: str, **more: Any) -> Batches:
    domains = Domains.read(name, shards, "mars", mars_tree)
    return Batches(domains, settings("source_only", *overrides), uses_target=False, **more)


def test_a_streamed_batch_has_the_labels_of_the_set(shards: Path, mars_tree: Path) -> None:
    streamed = batches(shards, mars_tree, f"webdataset://{shards}")
    indexed = batches(shards, mars_tree, "synthetic")
    assert {name: column.tolist() for name, column in streamed.labels.items()} == {
        name: column.tolist() for name, column in indexed.labels.items()
    }
    assert set(streamed.labels) == {"identity", "camera", "clothes", "time"}
    for labelled, unlabelled in streamed.rest(0):
        assert unlabelled is None
        assert labelled.clips.shape == (4, 2, 3, 32, 16)
        for name, column in labelled.labels.items():
            assert torch.equal(column, streamed.labels[name][labelled.tracklets])
        assert len(labelled.labels["identity"].unique()) == 2


def test_a_streamed_source_continues_where_it_stood(shards: Path, mars_tree: Path) -> None:
    def of(pairs: Any) -> list[Any]:
        return [(pair.tracklets.tolist(), pair.clips.sum().item()) for pair, _ in pairs]

    name = f"webdataset://{shards}"
    whole = batches(shards, mars_tree, name)
    wanted = of(whole.rest(1))
    broken = batches(shards, mars_tree, name)
    pairs = broken.rest(1)
    first = of([next(pairs)])
    again = batches(shards, mars_tree, name)
    again.load_state_dict(broken.state_dict())
    assert first + of(again.rest(1)) == wanted


def test_training_on_a_stream_from_the_command_line(
    shards: Path, mars_tree: Path, tmp_path: Path, tiny: str
) -> None:
    def train(name: str, *more: str) -> dict[str, Any]:
        command = ["train", "--source", f"webdataset://{shards}", "--target", "mars"]
        command += ["--target-root", str(mars_tree), "--method", "source_only"]
        command += ["--config", "laptop-scratch", "--output", str(tmp_path / name), *FEW, *more]
        result = CliRunner().invoke(app, command)
        assert result.exit_code == 0, (result.output, result.exception)
        return checkpoint.load(tmp_path / name / "checkpoints/last.pt")

    saved = train("one")
    assert saved["source"]["tracklets"] == 32
    assert saved["source"]["identities"] == 8
    other = train("workers", "data.workers=1")
    for name, tensor in saved["model"].items():
        assert torch.equal(tensor, other["model"][name]), name


def test_pieces_of_streamed_tracklets_are_refused(shards: Path, mars_tree: Path) -> None:
    with pytest.raises(ConfigError, match=r"data\.dense=4 cuts"):
        batches(shards, mars_tree, f"webdataset://{shards}", "data.dense=4")


def test_shards_are_not_balanced_by_camera(shards: Path, mars_tree: Path) -> None:
    balanced = ("data.source_sampling=camera_balanced", "data.cameras=2")
    with pytest.raises(ConfigError, match="Read the set as `synthetic`"):
        batches(shards, mars_tree, f"webdataset://{shards}", *balanced)
