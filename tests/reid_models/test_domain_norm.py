"""Norms that keep domains and cameras apart."""

from __future__ import annotations

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
