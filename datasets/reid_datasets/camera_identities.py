"""Batches for batch norms that keep cameras apart: several people of each camera."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from reid_datasets.samplers import NOBODY, BatchSampler, require_identities


class CameraIdentitySampler(BatchSampler):
    """Batches of C cameras with P / C identities each, and K tracklets of each under that camera.

    UnrealPerson's for camera-based norms (Zhang et al., CVPR 2021), whose statistics are then of
    several people: cameras are drawn with repetition, all equally likely however much each has
    seen; a camera's identities repeat where it has fewer than P / C, and tracklets where an
    identity has fewer than K. Those labelled `NOBODY` are never drawn, tracklets without a camera
    count as those of one more. ``batches`` as in `PKSampler`.
    """

    def __init__(
        self,
        labels: Sequence[int],
        cameras: Sequence[int | None],
        identities: int,
        instances: int,
        in_batch: int,
        *,
        seed: int,
        rank: int = 0,
        world_size: int = 1,
        batches: int | None = None,
    ) -> None:
        """``in_batch`` is C. ValueError: P is no multiple of it."""
        if identities % in_batch:
            raise ValueError(f"expected a multiple of {in_batch} identities, found {identities}")
        self.members: dict[int | None, dict[int, list[int]]] = {}
        for index, (label, camera) in enumerate(zip(labels, cameras, strict=True)):
            if label != NOBODY:
                self.members.setdefault(camera, {}).setdefault(label, []).append(index)
        require_identities(len({p for people in self.members.values() for p in people}), 1)
        self.in_batch, self.each, self.instances = in_batch, identities // in_batch, instances
        clips = identities * instances * world_size
        super().__init__(len(labels), batches or -(-len(labels) // clips), seed, rank, world_size)

    def _sequence(self, rng: np.random.Generator) -> Iterator[list[int]]:
        of_cameras = list(self.members.values())
        while True:
            batch: list[int] = []
            for camera in rng.integers(len(of_cameras), size=self.in_batch):
                people = of_cameras[camera]
                for person in _some(list(people), self.each, rng):
                    batch += _some(people[person], self.instances, rng)
            yield batch


def _some(items: Sequence[int], count: int, rng: np.random.Generator) -> list[int]:
    """So many of them in a random order, each as often as the others, or once more."""
    order = rng.permutation(len(items))
    return [items[order[i % len(order)]] for i in range(count)]
