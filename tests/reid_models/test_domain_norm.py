"""Norms that keep domains and cameras apart."""

from __future__ import annotations

import copy

import pytest
import torch
from reid_models import build
from reid_models.domain_norm import (
    CameraBatchNorm,
    DomainBatchNorm,
    convert,
    from_plain,
    reading,
    share_weights,
)
from reid_models.errors import ModelError
from torch import nn

CLIPS = (4, 2, 3, 32, 16)


def dark_and_bright() -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(0)
    return torch.randn(CLIPS) - 3, 2 * torch.randn(CLIPS) + 3


def test_a_converted_model_starts_as_the_one_it_was() -> None:
    clips = torch.randn(CLIPS)
    torch.manual_seed(1)
    plain = build("slim_resnet18", 3).eval()
    for norm in ("dsbn", "cbn"):
        torch.manual_seed(1)
        other = build("slim_resnet18", 3, norm=norm).eval()
        torch.testing.assert_close(other(clips).embedding, plain(clips).embedding)


@pytest.mark.parametrize("norm", ["bn", "dsbn", "cbn"])
def test_weights_of_before_the_conversion_fit_after_it(norm: str) -> None:
    clips = torch.randn(CLIPS)
    plain = build("slim_resnet18", 3).eval()
    other = build("slim_resnet18", 3, norm=norm).eval()
    other.load_state_dict(from_plain(other, plain.state_dict()))
    for domain in ("source", "target"):
        with reading(other, domain):
            torch.testing.assert_close(other(clips).embedding, plain(clips).embedding)
    again = from_plain(other, other.state_dict())
    assert again.keys() == other.state_dict().keys()


def test_each_domain_has_weights_and_statistics_of_its_own() -> None:
    dark, bright = dark_and_bright()
    model = nn.Sequential(nn.Flatten(0, 1), nn.BatchNorm2d(3))
    convert(model, "dsbn")
    norm = model[1]
    assert isinstance(norm, DomainBatchNorm)
    with reading(model, "source"):
        model(dark).sum().backward()
    assert norm.source.bias.grad is not None
    assert norm.target.bias.grad is None
    model(bright)
    torch.testing.assert_close(norm.source.running_mean, 0.1 * dark.mean((0, 1, 3, 4)))
    torch.testing.assert_close(norm.target.running_mean, 0.1 * bright.mean((0, 1, 3, 4)))
    assert norm.domain == "target"


def test_what_needs_no_gradient_needs_none_in_either_domain() -> None:
    model = build("slim_resnet18", 3, norm="dsbn")
    assert not model.head.norm.source.bias.requires_grad
    assert not model.head.norm.target.bias.requires_grad


def test_a_batch_is_normalised_camera_by_camera() -> None:
    dark, bright = dark_and_bright()
    clips = torch.cat([dark, bright])[[0, 4, 1, 5, 2, 6, 3, 7]]
    cameras = torch.tensor([7, 2] * 4)
    model = nn.Sequential(nn.Flatten(0, 1), nn.BatchNorm2d(3))
    convert(model, "cbn")
    model[1].norm.weight.data = torch.tensor([1.0, 2.0, 3.0])
    with reading(model, "source", cameras.tolist()):
        found = model(clips).unflatten(0, (8, 2))
    for camera in (7, 2):
        alone = model[1].norm(clips[cameras == camera].flatten(0, 1)).unflatten(0, (4, 2))
        torch.testing.assert_close(found[cameras == camera], alone)


def test_one_clip_of_a_camera_has_others_to_be_normalised_with() -> None:
    """A single value per channel has no deviation; nothing may become zero or NaN for that."""
    norm = CameraBatchNorm(nn.BatchNorm1d(3))
    x = torch.randn(5, 3)
    with reading(nn.Sequential(norm), "source", [1, 1, 1, 4, 6]):
        found = norm(x)
    torch.testing.assert_close(found[3:], norm.norm(x[3:]))
    with reading(nn.Sequential(norm), "source", [1, 1, 1, 1, 6]):
        found = norm(x)
    torch.testing.assert_close(found[4], norm.norm(x)[4])
    with reading(nn.Sequential(norm), "source", [6]):
        found = norm(x[:1])
    torch.testing.assert_close(found, norm.norm.eval()(x[:1]))


@pytest.mark.parametrize("norm", ["dsbn", "cbn"])
def test_the_context_ends_with_an_error_too(norm: str) -> None:
    model = build("slim_resnet18", 3, norm=norm)
    with pytest.raises(RuntimeError), reading(model, "source", [0, 0, 0]):
        raise RuntimeError
    kinds = [m for m in model.modules() if isinstance(m, DomainBatchNorm | CameraBatchNorm)]
    assert len(kinds) > 5
    for module in kinds:
        assert getattr(module, "domain", "target") == "target"
        assert getattr(module, "cameras", None) is None


def test_one_camera_alone_is_a_batch_norm() -> None:
    torch.manual_seed(0)
    plain, apart = nn.BatchNorm2d(4), nn.Sequential(nn.BatchNorm2d(4))
    convert(apart, "cbn")
    x = 3 * torch.randn(6, 4, 2, 2) + 1
    with reading(apart, "source", [7] * 6):
        torch.testing.assert_close(apart(x), plain(x))


def test_norms_of_both_domains_can_share_weights_but_no_statistics() -> None:
    model = nn.Sequential(nn.BatchNorm1d(3))
    convert(model, "dsbn")
    with torch.no_grad():
        model[0].source.weight.copy_(torch.tensor([1.0, 2.0, 3.0]))
        model[0].source.bias.fill_(0.5)
        model[0].source.running_mean.fill_(4.0)
    share_weights(model)
    assert torch.equal(model[0].target.weight, model[0].source.weight)
    assert torch.equal(model[0].target.bias, model[0].source.bias)
    assert model[0].target.running_mean.abs().sum() == 0
    with torch.no_grad():
        model[0].source.weight.add_(1)
    assert not torch.equal(model[0].target.weight, model[0].source.weight)


class Activated(nn.BatchNorm2d):
    """A norm with its activation in it, as in timm's convolutional networks."""

    def __init__(self, features: int, act: nn.Module) -> None:
        super().__init__(features)
        self.drop, self.act = nn.Identity(), act

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.act(self.drop(super().forward(x)))
        return found


@pytest.mark.parametrize("act", [nn.SiLU(), nn.ReLU(inplace=True), nn.Identity()])
def test_an_activation_inside_of_a_norm_stays(act: nn.Module) -> None:
    """In either domain, and in training by camera as in testing."""
    dark, _ = dark_and_bright()
    wanted = act(nn.BatchNorm2d(3)(dark.flatten(0, 1)))
    for norm in ("dsbn", "cbn"):
        model = nn.Sequential(nn.Flatten(0, 1), Activated(3, act))
        convert(model, norm)
        for domain in ("source", "target"):
            with reading(model, domain, [5] * 4):
                torch.testing.assert_close(model(dark), wanted)
    still = nn.Sequential(Activated(3, act))
    convert(still, "cbn")
    with reading(still, "target", [5]):
        single = still(torch.ones(1, 3, 1, 1))
    torch.testing.assert_close(single, act(torch.full_like(single, 1 / (1 + 1e-5) ** 0.5)))


def test_the_norms_of_timm_are_such() -> None:
    """What this file stands for: its names are timm's own."""
    layers = pytest.importorskip("timm.layers")
    norm = layers.BatchNormAct2d(3, act_layer=nn.SiLU)
    x = dark_and_bright()[0].flatten(0, 1)
    model = nn.Sequential(copy.deepcopy(norm))
    convert(model, "cbn")
    with reading(model, "source", [1] * 8):
        torch.testing.assert_close(model(x), norm(x))


def test_a_norm_that_computes_otherwise_is_refused() -> None:
    class Odd(nn.BatchNorm2d):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return super().forward(x) + 1

    with pytest.raises(ModelError, match="found a Odd"):
        convert(nn.Sequential(Odd(3)), "cbn")
