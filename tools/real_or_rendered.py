"""How well a linear classifier tells rendered crops from real ones, on a frozen network's features.

uv run tools/real_or_rendered.py data/synthetic data/eye-level --real mars:data/mars --real viper

Both sides have as many crops, drawn evenly over people and their tracklets. Features are those of
MobileNetV2 from ImageNet (extra `[weights]`): mean and standard deviation over positions after five
blocks, and the last means, standardised, their first 64 principal components at unit variance. The
classifier is asked about people that it did not see (grouped five-fold). The floor is what it gives
for one half of the real people against the other. 0.5: it cannot tell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from reid_datasets.benchmarks import load
from reid_datasets.records import DISTRACTOR_ID, JUNK_ID, Tracklet
from reid_models.building import build
from torch import nn
from torch.nn.functional import interpolate

from vidsynth.target.distances import domain_auc

SIZE = (256, 128)
BLOCKS = (1, 3, 6, 10, 13, 18)
"""MobileNetV2's, the last of each width; of the last one means alone."""
COMPONENTS = 64
_MEAN, _SD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def main(
    rendered: Annotated[list[Path], typer.Argument(help="Rendered sets.")],
    real: Annotated[list[str], typer.Option(help="BENCHMARK[:ROOT] of real crops.")],
    crops: Annotated[int, typer.Option(min=20, help="Crops of each side at most.")] = 400,
    seed: Annotated[int, typer.Option(help="Which crops.")] = 0,
) -> None:
    """Prints the AUC of each rendered set against each real one."""
    network = build("mobilenet_v2", None, "imagenet").get_submodule("backbone.features").eval()
    sources = {root.name: ("synthetic", root) for root in rendered}
    targets = {name.partition(":")[0]: name.partition(":")[2] for name in real}
    found = {name: Side.of(network, *source, crops, seed) for name, source in sources.items()}
    for name, root in targets.items():
        target = Side.of(network, name, Path(root) if root else None, crops, seed)
        half = target.people % 2 == 0
        parts = target.part(half), target.part(~half)
        print(f"{name}: {len(target.features)} crops; floor {auc(*parts, crops):.3f}")
        for source, side in found.items():
            print(f"  {source}: {len(side.features)} crops; AUC {auc(side, target, crops):.3f}")


class Side:
    """Features (N, D) of crops, and whom each shows (N,), counted from 0 in the order of a draw."""

    def __init__(self, features: np.ndarray, people: np.ndarray) -> None:
        self.features, self.people = features, people

    @classmethod
    def of(
        cls, network: nn.Module, benchmark: str, root: Path | None, crops: int, seed: int
    ) -> Side:
        """So many crops of a benchmark's people."""
        split = load(benchmark, root)
        chosen = draw((*split.train, *split.query, *split.gallery), crops, seed)
        pictures = [tracklet.frames.read([index])[0] for _, tracklet, index in chosen]
        return cls(features(network, pictures), np.array([number for number, *_ in chosen]))

    def part(self, chosen: np.ndarray) -> Side:
        """The crops where ``chosen`` (N,) bool."""
        return Side(self.features[chosen], self.people[chosen])


def draw(tracklets: Sequence[Tracklet], crops: int, seed: int) -> list[tuple[int, Tracklet, int]]:
    """Person's number, tracklet and frame of so many crops: everybody in turn, of their tracklets
    in turn, frames far from each other."""
    by_person: dict[int, list[Tracklet]] = defaultdict(list)
    for tracklet in {id(t.frames): t for t in tracklets}.values():
        if tracklet.person_id not in (DISTRACTOR_ID, JUNK_ID):
            by_person[tracklet.person_id].append(tracklet)
    rng = np.random.default_rng(seed)
    order = rng.permutation(sorted(by_person))
    queues = []
    for number, person in enumerate(order.tolist()):
        mine = by_person[person]
        spread = [rng.permutation(len(tracklet.frames)) for tracklet in mine]
        turns = [
            (number, tracklet, int(frames[turn]))
            for turn in range(max(map(len, spread)))
            for tracklet, frames in zip(mine, spread, strict=True)
            if turn < len(frames)
        ]
        queues.append(turns)
    longest = max(map(len, queues), default=0)
    return [q[turn] for turn in range(longest) for q in queues if turn < len(q)][:crops]


def features(network: nn.Module, crops: Sequence[torch.Tensor]) -> np.ndarray:
    """(N, D) of crops (3, H, W) uint8."""
    found = []
    for first in range(0, len(crops), 32):
        values = torch.stack([_prepared(crop) for crop in crops[first : first + 32]])
        parts = []
        with torch.inference_mode():
            for number, module in enumerate(network.children()):
                values = module(values)
                if number in BLOCKS:
                    parts.append(values.mean((2, 3)))
                    if number != BLOCKS[-1]:
                        parts.append(values.std((2, 3)))
        found.append(torch.cat(parts, 1).numpy())
    return np.concatenate(found).astype(float)


def auc(one: Side, other: Side, crops: int) -> float:
    """How well the two are told apart, on their principal components, equal crops of each."""
    count = min(len(one.features), len(other.features), crops)
    joined = np.concatenate([one.features[:count], other.features[:count]])
    joined = (joined - joined.mean(0)) / np.maximum(joined.std(0), 1e-9)
    left, scale, _ = np.linalg.svd(joined, full_matrices=False)
    kept = left[:, : min(COMPONENTS, int((scale > 1e-6 * scale[0]).sum()))]
    kept = kept / kept.std(0)
    return domain_auc(kept[:count], kept[count:], one.people[:count], other.people[:count])


def _prepared(crop: torch.Tensor) -> torch.Tensor:
    pixels = interpolate(crop[None].float() / 255, SIZE, mode="bilinear", antialias=True)
    return ((pixels - torch.tensor(_MEAN)[:, None, None]) / torch.tensor(_SD)[:, None, None])[0]


if __name__ == "__main__":
    typer.run(main)
