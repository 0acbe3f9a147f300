"""Two training loops over the same data: this toolkit's, and plain PyTorch after torchreid's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Protocol

import numpy as np
import torch
from benches.torchreid_clips import FrameByFrame
from reid_datasets.labels import as_classes, columns
from reid_datasets.samplers import PKSampler
from reid_models import build
from torch import nn
from torch.utils.data import DataLoader

from uda.batches.domains import Domains
from uda.config import Config
from uda.methods.parts.source_losses import source_losses
from uda.monitor.monitor import Monitor
from uda.runs.student import build_student
from uda.training.compiled import compile_student
from uda.training.fabric import start_fabric
from uda.training.interrupt import StopRequest
from uda.training.loop import train_epoch
from uda.training.run import prepare, seed_everything, wrap


@dataclass(frozen=True)
class Case:
    """What both loops do: the settings of a run, the MARS tree it reads, a folder for its logs.

    An epoch of ``settings.training.steps`` is ``warm_up`` steps, those that are timed, and those
    that the loader is busy with when the last timed one ends. ``forking`` is how workers start.
    """

    settings: Config
    root: Path
    logs: Path
    warm_up: int
    forking: str


class Loop(Protocol):
    """A model in training; ``run`` goes through some batches once, ``ready`` is one of them where
    the model is."""

    device: torch.device
    precision: str

    def epoch(self) -> Iterator[Any]: ...
    def ready(self, batch: Any) -> Any: ...
    def run(self, batches: Iterator[Any]) -> None: ...


class Toolkit:
    """`uda.training` as `uda train` sets it up, with its log files, without a terminal."""

    compiled = False

    def __init__(self, case: Case) -> None:
        settings = case.settings
        self.fabric = start_fabric(settings.training)
        self.device = self.fabric.device
        self.precision = str(self.fabric.strategy.precision.precision)
        domains = Domains.read("mars", case.root, "mars", case.root)
        seed_everything(settings.training.seed)
        people = len(np.unique(domains.identities()))
        student = build_student(settings.model, settings.data.size, people)
        self.state = prepare(settings, student, domains, self.fabric)
        self.batches = self.state.batches
        self.wrapped = wrap(self.state, self.fabric)
        if self.compiled:
            compile_student(self.state.method.student, self.device)
        self.monitor = Monitor(
            case.logs / ("compiled" if self.compiled else "ours"),
            start=0,
            total=self.state.total,
            epochs=settings.training.epochs,
            evaluated=True,
            progress=False,
        )

    def epoch(self) -> Iterator[Any]:
        self.batches.load_state_dict({"epoch": self.state.epoch, "drawn": 0})
        return self.batches.rest(self.state.epoch)

    def ready(self, batch: Any) -> Any:
        return self.fabric.to_device(batch)

    def run(self, batches: Iterator[Any]) -> None:
        given: Any = SimpleNamespace(
            rest=lambda *place: batches,
            files=self.batches.files,
            steps=self.batches.steps,
            accumulate=self.batches.accumulate,
        )
        self.state.batches = given
        train_epoch(self.state, self.wrapped, self.monitor, StopRequest(), {})
        self.state.epoch, self.state.step = self.state.epoch + 1, 0


class Compiled(Toolkit):
    """The same with ``training.compile=true``."""

    compiled = True


class Plain:
    """fp32, channels first, batches as floats, losses read after each step; on a GPU cuDNN tries
    its algorithms out, as torchreid has it."""

    def __init__(self, case: Case) -> None:
        settings, data = case.settings, case.settings.data
        gpu = torch.cuda.is_available() and settings.training.accelerator != "cpu"
        self.device, self.precision = torch.device("cuda" if gpu else "cpu"), "32-true"
        torch.backends.cudnn.benchmark = gpu
        tracklets = Domains.read("mars", case.root, "mars", case.root).source.train
        self.labels = torch.from_numpy(as_classes(columns(tracklets))["identity"])
        self.sampler = PKSampler(
            self.labels.tolist(),
            [tracklet.camera_id for tracklet in tracklets],
            data.identities,
            data.instances,
            seed=settings.training.seed,
            batches=settings.training.steps,
        )
        frames: Any = [tracklet.frames for tracklet in tracklets]
        self.loader = DataLoader(
            FrameByFrame(frames, data.size, data.clip_length),
            batch_sampler=self.sampler,
            num_workers=data.workers or 0,
            persistent_workers=bool(data.workers),
            pin_memory=gpu,
        )
        seed_everything(settings.training.seed)
        model = build(settings.model.name, int(self.labels.max()) + 1, size=data.size)
        self.model = channels_first(model).to(self.device).train()
        self.losses: Any = settings.method
        self.optimiser = torch.optim.Adam(
            self.model.parameters(),
            lr=settings.optimiser.lr,
            weight_decay=settings.optimiser.weight_decay,
        )

    def epoch(self) -> Iterator[Any]:
        self.sampler.set_epoch(self.sampler.epoch + 1)
        return iter(self.loader)

    def ready(self, batch: Any) -> Any:
        clips, tracklets = batch
        return clips.to(self.device), tracklets

    def run(self, batches: Iterator[Any]) -> None:
        for clips, tracklets in batches:
            labels = self.labels[tracklets].to(self.device)
            terms = source_losses(self.model(clips.to(self.device)), labels, self.losses)
            self.optimiser.zero_grad()
            (terms["identity"] + terms["triplet"]).backward()
            self.optimiser.step()
            for term in terms.values():
                term.item()


def channels_first(model: nn.Module) -> nn.Module:
    """Our models ask for channels last, in their weights and before their first convolution."""
    model.to(memory_format=torch.contiguous_format)
    stem = next(module for module in model.modules() if isinstance(module, nn.Conv2d))
    stem.register_forward_pre_hook(lambda _, inputs: (inputs[0].contiguous(),))
    return model


LOOPS = {"ours": Toolkit, "compiled": Compiled, "plain PyTorch": Plain}
