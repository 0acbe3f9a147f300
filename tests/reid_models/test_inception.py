from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import torch
from reid_models.errors import ModelError
from reid_models.inception import (
    INCEPTION,
    inception_features,
    inception_network,
    is_published,
)
from torch.nn import functional
from torchvision.models import Inception3


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights of the published file's shape, drawn."""
    torch.manual_seed(0)
    network = Inception3(num_classes=1008, aux_logits=False, init_weights=False)
    path = tmp_path_factory.mktemp("inception") / "drawn.pth"
    torch.save(network.state_dict(), path)
    return path


def test_it_gives_2048_features_of_crops_of_any_size(file: Path) -> None:
    rng = np.random.default_rng(0)
    crops = [rng.integers(0, 255, (h, w, 3), dtype=np.uint8) for h, w in ((60, 30), (130, 61))]
    found = inception_features(inception_network(file), crops)
    assert found.shape == (2, 2048)
    assert not np.allclose(found[0], found[1])


def test_blocks_pool_as_the_published_network(file: Path) -> None:
    # torch-fidelity and pytorch-fid: means without the padding, and a maximum in the last block.
    network = inception_network(file)
    x = torch.rand(1, 2048, 8, 8)
    block = network.get_submodule("Mixed_7c")
    pooled = block.branch_pool(functional.max_pool2d(x, 3, 1, 1))
    torch.testing.assert_close(block(x)[:, -192:], pooled)
    x = torch.rand(1, 768, 17, 17)
    block = network.get_submodule("Mixed_6c")
    pooled = block.branch_pool(functional.avg_pool2d(x, 3, 1, 1, count_include_pad=False))
    torch.testing.assert_close(block(x)[:, -192:], pooled)


def test_another_file_is_refused_in_plain_words(tmp_path: Path) -> None:
    torch.save({"a": torch.zeros(3)}, tmp_path / "other.pth")
    (tmp_path / "text.pth").write_text("no weights")
    for name in ("other.pth", "text.pth", "none.pth"):
        with pytest.raises(ModelError, match=r"Expected the weights of FID's Inception"):
            inception_network(tmp_path / name)


def test_only_the_published_file_gives_a_true_fid(tmp_path: Path, file: Path) -> None:
    assert not is_published(file, INCEPTION)
    mine = tmp_path / "mine.pth"
    mine.write_bytes(b"weights")
    digest = hashlib.sha256(b"weights").hexdigest()[:8]
    assert is_published(mine, f"mine-{digest}.pth")
