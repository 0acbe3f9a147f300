"""Older translations for the discriminators. Shrivastava et al., Learning from Simulated and
Unsupervised Images through Adversarial Training, CVPR 2017."""

from __future__ import annotations

from typing import Any

import torch


class PictureBuffer:
    """Keeps up to ``size`` pictures; half of those it returns are older ones.

    Until it is full, every picture is kept and returned. Then each is returned as it is, or
    exchanged for one that was kept, with equal probability.

    Args:
        size: Pictures kept; 0 returns all as they come.
        seed: Of its own random generator.
    """

    def __init__(self, size: int, seed: int) -> None:
        self.size = size
        self.generator = torch.Generator().manual_seed(seed)
        self.kept: list[torch.Tensor] = []

    def exchange(self, pictures: torch.Tensor) -> torch.Tensor:
        """Pictures (N, 3, H, W) without a gradient, some of them for older ones."""
        returned = []
        for picture in pictures.detach():
            if len(self.kept) < self.size:
                self.kept.append(picture.clone())
                returned.append(picture)
            elif self.size and self._draw(2):
                place = self._draw(self.size)
                returned.append(self.kept[place])
                self.kept[place] = picture.clone()
            else:
                returned.append(picture)
        return torch.stack(returned)

    def _draw(self, end: int) -> int:
        return int(torch.randint(end, (), generator=self.generator))

    def state_dict(self) -> dict[str, Any]:
        """What is kept, and where the generator stands."""
        kept = [picture.cpu() for picture in self.kept]
        return {"kept": kept, "random": self.generator.get_state()}

    def load_state_dict(self, state: dict[str, Any], device: torch.device) -> None:
        """Goes on where `state_dict` was taken."""
        self.kept = [picture.to(device) for picture in state["kept"]]
        self.generator.set_state(state["random"])
