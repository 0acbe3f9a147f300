"""Batch norms that keep domains, or cameras, apart.

The same weights see pictures of different brightness, contrast and colour; what is normalised by
the statistics of its own kind looks alike afterwards.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.modules.batchnorm import _BatchNorm

from reid_models.errors import ModelError

Norm = Literal["bn", "dsbn", "cbn", "adabn"]
"""bn: one normalisation for all; dsbn: one for each domain; cbn: one for each camera; adabn: one,
whose statistics are those of the target's training half at test time."""

Domain = Literal["source", "target"]


class DomainBatchNorm(nn.Module):
    """A batch norm for each domain, weights and statistics.

    Chang et al., Domain-Specific Batch Normalization for Unsupervised Domain Adaptation, CVPR 2019.
    Both start as the norm they replace. The target's is used unless `reading` says otherwise.
    """

    def __init__(self, norm: _BatchNorm) -> None:
        super().__init__()
        self.source = norm
        self.target = copy.deepcopy(norm)  # with the activation that some of timm's have in them
        self.domain: Domain = "target"

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.source(x) if self.domain == "source" else self.target(x)


class CamerasOfBatch:
    """Which rows of a batch of clips are of one camera, found once for all norms of a model."""

    def __init__(self, cameras: Sequence[int]) -> None:
        """``cameras``: of the B clips; numbers of the host, so that no device is waited for."""
        self._cameras = list(cameras)
        self._found: dict[tuple[int, bool, torch.device], list[torch.Tensor]] = {}

    def groups(self, rows: int, values: int, device: torch.device) -> list[torch.Tensor]:
        """Indices of the ``rows`` of each camera; B clips have equally many, one after another.

        Cameras that have a single value in all, of ``values`` in a row, are one group.
        """
        each = rows // len(self._cameras)
        merged = each * values < 2
        key = each, merged, device
        if key not in self._found:
            members: dict[int | None, list[int]] = {}
            for clip, camera in enumerate(self._cameras):
                alone = merged and self._cameras.count(camera) < 2
                own = members.setdefault(None if alone else camera, [])
                own += range(clip * each, (clip + 1) * each)
            self._found[key] = [
                torch.tensor(own).to(device, non_blocking=True) for own in members.values()
            ]
        return self._found[key]


class CameraBatchNorm(nn.Module):
    """A batch norm whose training batches are normalised camera by camera; one affine for all.

    Zhuang et al., Rethinking the Distribution Gap of Person Re-identification with Camera-based
    Batch Normalization, ECCV 2020. Their code forwards each camera's part of a batch by itself and
    drops cameras with one picture; here those with a single value are normalised together, or with
    the whole batch where there is only one such; a batch of a single value says nothing about
    spread, and running statistics are used. At test time the running statistics must be those
    of the camera at hand (`uda.features.extraction`).

    ``share`` is that of a camera's statistics; the rest are the running ones, the target's then.
    """

    def __init__(self, norm: _BatchNorm) -> None:
        super().__init__()
        self.norm = norm
        self.share = 1.0
        self.cameras: CamerasOfBatch | None = None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training or self.cameras is None:
            return self.norm(x)
        values = x[0, 0].numel() if x.ndim > 2 else 1
        if len(x) * values < 2:
            norm = self.norm
            mean, variance = norm.running_mean, norm.running_var
            x = F.batch_norm(x, mean, variance, norm.weight, norm.bias, eps=norm.eps)
            return _activated(norm, x)
        out = torch.empty_like(x)
        for members in self.cameras.groups(len(x), values, x.device):
            seen = x[members]
            if seen.numel() // seen.shape[1] > 1:
                out[members] = self._normalised(seen).to(out.dtype)
            else:
                out[members] = self._normalised(x)[members].to(out.dtype)
        return _activated(self.norm, out)

    def _normalised(self, x: torch.Tensor) -> torch.Tensor:
        if self.share < 1:
            kept_mean, kept_variance = self.norm.running_mean, self.norm.running_var
            assert kept_mean is not None
            assert kept_variance is not None
            variance, mean = torch.var_mean(x.float(), [0, *range(2, x.ndim)])
            mean, variance = (
                own.lerp(kept, 1 - self.share)
                for own, kept in ((mean, kept_mean), (variance, kept_variance))
            )
            return F.batch_norm(
                x, mean, variance, self.norm.weight, self.norm.bias, eps=self.norm.eps
            )
        return F.batch_norm(
            x, None, None, self.norm.weight, self.norm.bias, training=True, eps=self.norm.eps
        )


def convert(model: nn.Module, norm: Norm) -> None:
    """Replaces a model's batch norms, in place; weights and statistics are kept.

    Names of parameters change, so published weights are loaded before. Raises ModelError for a
    batch norm that computes in a way of its own: what it does would be lost.
    """
    kinds = {"dsbn": DomainBatchNorm, "cbn": CameraBatchNorm}
    if norm not in kinds:
        return
    places = [
        (parent, name, child)
        for parent in model.modules()
        for name, child in parent.named_children()
        if isinstance(child, _BatchNorm)
    ]
    for _, name, child in places:
        if type(child).forward is not _BatchNorm.forward and not hasattr(child, "act"):
            raise ModelError(
                f"Expected torch's or timm's batch norms for model.norm={norm} or statistics by "
                f"camera, found a {type(child).__name__} ({name}) that computes in a way of its "
                "own. Use model.norm=bn, or another model."
            )
    for parent, name, child in places:
        setattr(parent, name, kinds[norm](child))


def _activated(norm: _BatchNorm, x: torch.Tensor) -> torch.Tensor:
    """What follows the normalisation inside of a norm: nothing in torch's own, dropout and an
    activation in those of timm's convolutional networks (`timm.layers.BatchNormAct2d`)."""
    for part in ("drop", "act"):
        if hasattr(norm, part):
            x = getattr(norm, part)(x)
    return x


def from_plain(model: nn.Module, weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """A state dict of the model as it was before `convert`, under the names of after.

    Both norms of a `DomainBatchNorm` get the plain one's. Other names stay as they are, those of a
    model that was converted, too.
    """
    parts = {CameraBatchNorm: ("norm",), DomainBatchNorm: ("source", "target")}
    named = dict(weights)
    for place, module in model.named_modules():
        for part in parts.get(type(module), ()):
            for name in getattr(module, part).state_dict():
                if (plain := f"{place}.{name}") in weights:
                    named[f"{place}.{part}.{name}"] = weights[plain]
                    named.pop(plain, None)
    return named


def separates_domains(model: nn.Module) -> bool:
    return any(isinstance(module, DomainBatchNorm) for module in model.modules())


def separates_cameras(model: nn.Module) -> bool:
    return any(isinstance(module, CameraBatchNorm) for module in model.modules())


@torch.no_grad()
def share_weights(model: nn.Module) -> None:
    """Norms of the target take the weights of the source's, statistics stay each domain's own: one
    norm to learn, as long as there is no loss on the target."""
    norms = [module for module in model.modules() if isinstance(module, DomainBatchNorm)]
    for norm in norms:
        for mine, theirs in zip(norm.target.parameters(), norm.source.parameters(), strict=True):
            mine.copy_(theirs)


@contextmanager
def reading(
    model: nn.Module, domain: Domain, cameras: Sequence[int] | None = None
) -> Iterator[None]:
    """B clips are of this domain, and of these B cameras, while the context lasts."""
    domains = [module for module in model.modules() if isinstance(module, DomainBatchNorm)]
    by_camera = [module for module in model.modules() if isinstance(module, CameraBatchNorm)]
    for module in domains:
        module.domain = domain
    if by_camera and cameras is not None:
        of_batch = CamerasOfBatch(cameras)
        for camera in by_camera:
            camera.cameras = of_batch
    try:
        yield
    finally:
        for module in domains:
            module.domain = "target"
        for camera in by_camera:
            camera.cameras = None
