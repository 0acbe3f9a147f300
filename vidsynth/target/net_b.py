"""Net B: a small convolutional network for large pools, in place of net A's regression.

Five convolutions of stride 2 over crops of 64 x 128 pixels, and two layers over their mean,
standard deviation and 4 x 2 grid. Numbers are learnt as Gaussians by the beta-NLL (Seitzer et al.,
On the Pitfalls of Heteroscedastic Uncertainty Estimation, ICLR 2022), angles as directions, and
shares as probabilities. Crops are only mirrored, with their labels, and shifted: other colours,
blur or coding would be other truths, and a pool's looks vary them with the truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from vidsynth.target.quantities import QUANTITIES

if TYPE_CHECKING:
    import torch
    from torch import nn

SMALL = (64, 128)
"""Width and height of what the network sees."""
EPOCHS = 40
_WIDTHS = (24, 48, 96, 128, 160)
_HIDDEN = 256
_BATCH = 128
_RATE, _DECAY = 1e-3, 0.05
_KEPT = 0.995
"""Share of the averaged weights that a step keeps."""
_BETA = 0.5
_SHIFT = 3
"""Pixels that crops are shifted by at most: 5 % of the width."""


@dataclass(frozen=True, eq=False)
class ConvNet:
    """``names`` of quantities in order of outputs; ``mean`` and ``sd`` (Q,) by which outputs were
    scaled; ``state`` the weights."""

    names: tuple[str, ...]
    mean: np.ndarray
    sd: np.ndarray
    state: dict[str, np.ndarray]

    @cached_property
    def _net(self) -> nn.Module:
        import torch

        net = _build(len(self.mean))
        net.load_state_dict({name: torch.from_numpy(value) for name, value in self.state.items()})
        return net.eval()

    def __call__(self, small: np.ndarray) -> np.ndarray:
        """Outputs (N, Q) of crops uint8 (N, 128, 64, 3): of an angle its cosine and sine."""
        import torch

        found = []
        with torch.inference_mode():
            for first in range(0, len(small), _BATCH):
                said = self._net(_images(torch.from_numpy(small[first : first + _BATCH])))
                found.append(said[:, : len(self.mean)].numpy())
        outputs = np.concatenate(found).astype(float) if found else np.zeros((0, len(self.mean)))
        for column, kind in enumerate(_kinds(self.names)):
            if kind == "share":
                outputs[:, column] = 1 / (1 + np.exp(-outputs[:, column]))
            elif kind == "number":
                outputs[:, column] = outputs[:, column] * self.sd[column] + self.mean[column]
        return outputs


def train(
    names: Sequence[str],
    small: np.ndarray,
    outputs: np.ndarray,
    epochs: int = EPOCHS,
    seed: int = 0,
) -> ConvNet:
    """The network after training on crops uint8 (N, 128, 64, 3) with outputs (N, Q), NaN where
    there is no truth; on a GPU if there is one."""
    import torch

    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(seed)
    kinds = _kinds(names)
    mean, sd = np.nanmean(outputs, 0), np.nanstd(outputs, 0) + 1e-6
    plain = np.array([kind != "number" for kind in kinds])
    mean, sd = np.where(plain, 0.0, mean), np.where(plain, 1.0, sd)
    wanted = torch.from_numpy(((outputs - mean) / sd).astype(np.float32)).to(device)
    crops = torch.from_numpy(small).to(device)
    net, mirrored = _build(len(kinds)).to(device), _mirrored(names, kinds).to(device)
    averaged = {name: value.clone() for name, value in net.state_dict().items()}
    optimiser = torch.optim.AdamW(net.parameters(), _RATE, weight_decay=_DECAY)
    steps = epochs * -(-len(crops) // _BATCH)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    order = torch.Generator().manual_seed(seed)
    for _ in range(epochs):
        for rows in torch.randperm(len(crops), generator=order).split(_BATCH):
            images, truth = crops[rows], wanted[rows]
            if torch.rand((), generator=order) < 0.5:
                images, truth = images.flip(2), truth * mirrored
            shift = torch.randint(-_SHIFT, _SHIFT + 1, (2,), generator=order).tolist()
            said = net(_images(images.roll(shift, (1, 2))))
            loss = _loss(said, truth, kinds)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            for name, value in net.state_dict().items():
                averaged[name].lerp_(value, 1 - _KEPT)
    state = {name: value.cpu().numpy() for name, value in averaged.items()}
    return ConvNet(tuple(names), mean, sd, state)


def _build(outputs: int) -> nn.Module:
    """Images (N, 3, 128, 64) to (N, 2 Q): outputs and the ln of their variances."""
    import torch
    from torch import nn

    class Pooled(nn.Module):
        def forward(self, maps: torch.Tensor) -> torch.Tensor:
            return torch.cat([maps.mean((2, 3)), maps.std((2, 3)), maps.flatten(1)], 1)

    layers: list[nn.Module] = []
    before = 3
    for width in _WIDTHS:
        layers += [nn.Conv2d(before, width, 3, 2, 1), nn.GroupNorm(8, width), nn.SiLU()]
        before = width
    layers += [Pooled(), nn.Linear(before * 10, _HIDDEN), nn.SiLU(), nn.Dropout(0.2)]
    return nn.Sequential(*layers, nn.Linear(_HIDDEN, 2 * outputs))


def _images(small: torch.Tensor) -> torch.Tensor:
    return small.permute(0, 3, 1, 2).float().div(127.5).sub(1)


def _loss(said: torch.Tensor, truth: torch.Tensor, kinds: Sequence[str]) -> torch.Tensor:
    """Mean loss of all outputs (N, 2 Q) whose truth (N, Q) is known."""
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits

    outputs, log_variance = said.chunk(2, 1)
    there = torch.isfinite(truth)
    truth = torch.nan_to_num(truth)
    total = said.new_zeros(())
    for column, kind in enumerate(kinds):
        known = there[:, column]
        if not known.any() or kind == "sine":
            continue
        value, true = outputs[known, column], truth[known, column]
        if kind == "share":
            total = total + binary_cross_entropy_with_logits(value, true)
        elif kind == "cosine":
            direction = torch.stack([value, outputs[known, column + 1]])
            direction = direction / direction.norm(dim=0).clamp(min=1e-4)
            total = (
                total + (1 - direction[0] * true - direction[1] * truth[known, column + 1]).mean()
            )
        else:
            spread = log_variance[known, column].clamp(-6, 3)
            likelihood = (value - true) ** 2 / spread.exp() + spread
            total = total + 0.5 * (spread.detach().exp() ** _BETA * likelihood).mean()
    return total


def _kinds(names: Sequence[str]) -> list[str]:
    """What each output is: number, share, cosine or sine."""
    found: list[str] = []
    for name in names:
        quantity = QUANTITIES[name]
        if quantity.circular:
            found += ["cosine", "sine"]
        else:
            found.append("share" if quantity.unit == "probability" else "number")
    return found


def _mirrored(names: Sequence[str], kinds: Sequence[str]) -> torch.Tensor:
    """What outputs are multiplied by in a mirror: all angles are negated."""
    import torch

    return torch.tensor([-1.0 if kind == "sine" else 1.0 for kind in kinds])
