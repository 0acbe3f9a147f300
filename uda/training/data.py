"""Source and target of a run, and the batches of an epoch from any step on."""

from __future__ import annotations

import hashlib
import itertools
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from reid_datasets.benchmarks import load
from reid_datasets.clips import NO_CAMERA, ClipDataset, UnlabelledClipDataset, cut, relabel
from reid_datasets.errors import DatasetError, from_worker
from reid_datasets.records import Split, Tracklet, UnlabelledTracklet
from reid_datasets.samplers import BatchSampler, CameraSampler, PKSampler, ShuffledSampler
from reid_datasets.temporal import restricted, strided
from reid_datasets.transforms import TrainTransform
from torch.utils.data import DataLoader, Sampler

from uda import config
from uda.errors import ConfigError
from uda.methods.contract import LabelledBatch, UnlabelledBatch
from uda.training.interrupt import leave_signals_to_parent


@dataclass(frozen=True)
class Domains:
    """What a run learns from and is tested on. The target's identities are dropped on arrival:
    ``target`` is all that training sees; ``target_split`` goes to the evaluation alone."""

    source: Split
    target: tuple[UnlabelledTracklet, ...]
    target_split: Split

    @classmethod
    def read(cls, source: str, source_root: Path, target: str, target_root: Path) -> Domains:
        source_split = load(source, source_root)
        same = (source, source_root.resolve()) == (target, target_root.resolve())
        target_split = source_split if same else load(target, target_root)
        if not source_split.train and source_split.unlabelled:
            raise DatasetError(
                f"Expected identities to train on in the source {source} at {source_root}, found "
                f"{len(source_split.unlabelled)} tracklets that have no identities. Use it as the "
                "target, and a labelled set as the source."
            )
        unlabelled = tuple(t.unlabelled() for t in target_split.train) + target_split.unlabelled
        for name, root, found in (
            (source, source_root, source_split.train),
            (target, target_root, unlabelled),
        ):
            if not found:
                raise DatasetError(
                    f"Expected training tracklets of {name} in {root}, found none. "
                    f"Look at it with `uda check-data {name} --root {root}`."
                )
        return cls(source_split, unlabelled, target_split)


def describe(
    name: str, root: Path, tracklets: Sequence[Tracklet] | Sequence[UnlabelledTracklet]
) -> dict[str, Any]:
    """What a checkpoint remembers of a domain, to refuse to continue on other data."""
    digest = hashlib.sha256()
    for tracklet in tracklets:
        digest.update(f"{Path(tracklet.frames.name(0)).name} {len(tracklet.frames)}\n".encode())
    return {
        "name": name,
        "root": str(root),
        "tracklets": len(tracklets),
        "frames": sum(len(tracklet.frames) for tracklet in tracklets),
        "cameras": len({tracklet.camera_id for tracklet in tracklets}),
        "names_sha256": digest.hexdigest(),
    }


class FromStep(Sampler[list[int]]):
    """The batches of an epoch, without the first ``start`` of them."""

    def __init__(self, batches: BatchSampler) -> None:
        self.batches = batches
        self.start = 0

    def __iter__(self) -> Iterator[list[int]]:
        return itertools.islice(iter(self.batches), self.start, None)

    def __len__(self) -> int:
        return len(self.batches) - self.start


Pair = tuple[LabelledBatch, UnlabelledBatch | None]
"""A source and a target batch."""


@dataclass(frozen=True)
class TargetSampler:
    """How target clips are drawn: at random, evenly from cameras, or by groups found among them.

    ``cameras`` of all target tracklets, and where the batches lie: seed, number, rank.
    """

    cameras: Sequence[int | None]
    data: config.Data
    place: dict[str, int]

    def sampler(self, groups: Sequence[int] | None) -> BatchSampler:
        """P groups with K clips each where there are ``groups`` (-1: a tracklet of none), with P
        and K as for source identities, and P no more than there are groups."""
        size = self.data.target_clips or self.data.source_clips
        if groups is not None:
            found = len(set(groups) - {-1})
            people = max(min(size // self.data.instances, found), 1)
            return PKSampler(
                groups, self.cameras, people, self.data.instances, **self.place,
                spread_cameras=self.data.source_sampling == "identity_camera",
            )  # fmt: skip
        if self.data.target_sampling == "camera_balanced":
            return CameraSampler(self.cameras, size, **self.place)
        return ShuffledSampler(len(self.cameras), size, **self.place)


class Batches:
    """Pairs of a source and a target batch, a pure function of (seed, epoch, step, rank).

    ``steps`` make an epoch, and ``accumulate`` pairs a step.
    """

    def __init__(
        self,
        domains: Domains,
        settings: config.Config,
        *,
        uses_target: bool,
        rank: int = 0,
        world_size: int = 1,
        pin_memory: bool = False,
    ) -> None:
        data, seed = settings.data, settings.training.seed
        self.accumulate = settings.training.accumulate
        transform = TrainTransform(
            data.size, data.flip, data.pad, data.erase, data.jitter, data.jitter, data.jitter
        )
        sampling = (
            partial(strided, stride=data.stride) if data.sampling == "strided" else restricted
        )
        labelled = (
            domains.source.train if data.dense is None else cut(domains.source.train, data.dense)
        )
        labels = relabel(labelled)
        if len(labels) < 2:
            raise ConfigError(
                f"The source has {len(labels)} identities to train on; telling people apart needs "
                "at least two. Render or collect more."
            )
        if len(labels) < data.identities:
            raise ConfigError(
                f"data.identities={data.identities} asks for that many identities in a batch, but "
                f"the source has {len(labels)}. Set data.identities={len(labels)} or lower, or "
                "train on more identities."
            )
        how = (data.clip_length, transform)
        source = ClipDataset(labelled, labels, *how, seed, sampling, data.unreadable)
        place = {"rank": rank, "world_size": world_size}
        batches = PKSampler(
            source.labels,
            source.cameras,
            data.identities,
            data.instances,
            seed=seed,
            batches=settings.training.steps and settings.training.steps * self.accumulate,
            spread_cameras=data.source_sampling == "identity_camera",
            **place,
        )
        self.worn, self.clothes = wardrobe(labelled, source.labels)
        self.steps = -(-len(batches) // self.accumulate)
        batches.batches = self.steps * self.accumulate
        self.loaders = [self._loader(source, batches, data.workers, pin_memory)]
        self.target: Sequence[UnlabelledTracklet] = ()
        if uses_target:
            self.target = domains.target if data.dense is None else cut(domains.target, data.dense)
            target = UnlabelledClipDataset(self.target, *how, seed + 1, sampling, data.unreadable)
            self.target_sampler = TargetSampler(
                [tracklet.camera_id for tracklet in self.target],
                data,
                {"seed": seed + 1, "batches": len(batches), **place},
            )
            shuffled = self.target_sampler.sampler(None)
            self.loaders.append(self._loader(target, shuffled, data.workers, pin_memory))

    @staticmethod
    def _loader(
        dataset: ClipDataset | UnlabelledClipDataset,
        batches: BatchSampler,
        workers: int | None,
        pin_memory: bool,
    ) -> DataLoader:
        workers = default_workers() if workers is None else workers
        return DataLoader(
            dataset,
            batch_sampler=FromStep(batches),
            num_workers=workers,
            persistent_workers=workers > 0,
            pin_memory=pin_memory,
            worker_init_fn=leave_signals_to_parent,
            generator=torch.Generator().manual_seed(0),  # leaves the global generator alone
        )

    def files(self, pairs: Sequence[Pair]) -> dict[str, list[str]]:
        """The first frames of the tracklets in some batches, for people, by domain."""
        names: dict[str, list[str]] = {"source": [], "target": []}
        for pair in pairs:
            for found, loader, batch in zip(names.values(), self.loaders, pair, strict=False):
                assert batch is not None
                assert batch.tracklets is not None
                tracklets = loader.dataset.tracklets  # type: ignore[attr-defined]
                found += [tracklets[int(index)].frames.name(0) for index in batch.tracklets]
        return names

    def _worn(self, tracklets: torch.Tensor) -> torch.Tensor | None:
        """Clothes of source clips; None where the source does not say what is worn."""
        return self.worn[tracklets] if self.clothes else None

    def _target(self, clips: torch.Tensor, tracklets: torch.Tensor) -> UnlabelledBatch:
        cameras = [self.target_sampler.cameras[index] for index in tracklets.tolist()]
        known = [NO_CAMERA if camera is None else camera for camera in cameras]
        return UnlabelledBatch(clips, tracklets, torch.tensor(known))

    def epoch(
        self, number: int, start: int = 0, groups: Sequence[int] | None = None
    ) -> Iterator[Pair]:
        """The batches of an epoch from step ``start`` on. DatasetError: a frame is damaged.

        ``groups`` are the numbers of groups that target tracklets are drawn by (`TargetSampler`).
        """
        if len(self.loaders) > 1:
            self.loaders[1].batch_sampler.batches = self.target_sampler.sampler(groups)  # type: ignore[union-attr]
        for loader in self.loaders:
            assert isinstance(loader.batch_sampler, FromStep)
            loader.batch_sampler.start = start * self.accumulate
            loader.batch_sampler.batches.set_epoch(number)
            loader.dataset.set_epoch(number)  # type: ignore[attr-defined]
        try:
            for items in zip(*self.loaders, strict=True):
                target = self._target(*items[1]) if len(items) > 1 else None
                clips, labels, cameras, tracklets = items[0]
                worn = self._worn(tracklets)
                yield LabelledBatch(clips, labels, cameras, tracklets, worn), target
        except DatasetError as error:
            raise from_worker(error) from None


def wardrobe(
    tracklets: Sequence[Tracklet], labels: Sequence[int]
) -> tuple[torch.Tensor, tuple[int, ...]]:
    """Clothes of each tracklet, numbered 0..C-1, and the label of who wears each of them.

    Nothing where a tracklet's clothes are not known: then no clothes are.
    """
    if any(tracklet.clothes_id is None for tracklet in tracklets):
        return torch.empty(0, dtype=torch.long), ()
    numbers: dict[int | None, int] = {}
    for tracklet in tracklets:
        numbers.setdefault(tracklet.clothes_id, len(numbers))
    worn = [numbers[tracklet.clothes_id] for tracklet in tracklets]
    owners = dict(zip(worn, labels, strict=True))
    return torch.tensor(worn), tuple(owners[number] for number in range(len(numbers)))


def default_workers() -> int:
    """One core trains, the others decode: up to four processes for each domain."""
    return min(4, max(((os.cpu_count() or 1) - 2) // 2, 0))
