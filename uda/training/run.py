"""A training run from a configuration to a report: the Python side of `uda train`."""

from __future__ import annotations

import logging
import random
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml
from lightning_fabric import Fabric
from reid_datasets.clips import relabel
from reid_models import ClipModel
from reid_models import build as build_model

from uda import config, methods
from uda.errors import ConfigError
from uda.monitor.monitor import Monitor
from uda.training import directory
from uda.training.compiled import compile_student
from uda.training.data import Batches, Domains, describe
from uda.training.initial import start_from
from uda.training.interrupt import StopRequest
from uda.training.loop import train_epoch
from uda.training.scores import can_be_ranked
from uda.training.session import SELECTED_ON_TARGET, Session, TrainingResult
from uda.training.state import RunState
from uda.training.target_features import begin_epoch
from uda.training.torchrun import as_started

log = logging.getLogger(__name__)


def train(
    settings: config.Config,
    source_root: Path,
    target_root: Path,
    output: Path,
    resume: bool = False,
    progress: bool = True,
    *,
    source: str = "synthetic",
    target: str = "mars",
    init: Path | None = None,
) -> TrainingResult:
    """Train on labelled source and unlabelled target, test on the target, write it all to output.

    ``init`` is a checkpoint whose student's weights are started from, in place of
    ``settings.model.pretrained``; everything else starts anew.

    Raises DatasetError and ModelError for data and weights that cannot be used, UdaError for what
    is wrong with the output directory, the checkpoint or the training, and Interrupted after
    SIGINT or SIGTERM.
    """
    began = time.perf_counter()
    settings = as_started(settings)
    if init:
        bare = settings.model.model_copy(update={"pretrained": "none"})
        settings = settings.model_copy(update={"model": bare})
    fabric = start_fabric(settings.training)
    domains = Domains.read(source, source_root, target, target_root)
    require_scores(settings.evaluation, domains)
    identity = {
        "source": describe(source, source_root, domains.source.train)
        | {"identities": len(relabel(domains.source.train))},
        "target": describe(target, target_root, domains.target),
    }
    saved = directory.claim(output, settings, identity, resume=resume, init=init)
    seed_everything(settings.training.seed)
    identities = identity["source"]["identities"]
    student = build_model(
        settings.model.name,
        identities,
        settings.model.pretrained,
        pooling=settings.model.pooling,
        temporal=settings.model.temporal,
        norm=settings.model.norm,
        size=settings.data.size,
    )
    if saved and "init" in saved:
        identity["init"] = saved["init"]
    elif init:
        identity["init"] = start_from(init, student, settings.model.name, identity["source"])
    run, batches = prepare(settings, student, domains, fabric)
    method, optimiser = fabric.setup(run.method, run.optimiser)
    method.mark_forward_method("losses")
    if settings.training.compile:
        compile_student(run.method.student, fabric.device)
    if saved:
        run.restore(directory.last(output), saved, fabric)
    fabric.barrier()
    monitor = None
    if fabric.is_global_zero:
        directory.describe_run(output, settings, identity)
        monitor = Monitor(
            output,
            start=run.done,
            total=run.total,
            epochs=settings.training.epochs,
            evaluated=run.step == 0,
            progress=progress,
        )
        monitor.describe(yaml.safe_dump(settings.model_dump(mode="json"), sort_keys=False))
        monitor.say(introduction(run, identity))
    try:
        with StopRequest() as stop:
            session = Session(fabric, run, domains, identity, output, monitor, stop)
            while not run.finished:
                notes = begin_epoch(run, batches, fabric, domains) if run.step == 0 else {}
                complete = train_epoch(
                    run, batches, fabric, method, optimiser, monitor, stop, notes
                )
                if not complete:
                    session.interrupt()
                if session.save_is_due():
                    session.save()
                session.end_epoch()
                if stop.agreed(fabric):
                    session.interrupt()
            session.save()
            return session.finish(began)
    finally:
        if monitor:
            monitor.close()


def start_fabric(settings: config.Training) -> Fabric:
    """Device, precision and processes. ConfigError: this machine does not have them."""
    require_hardware(settings)
    gpu = torch.cuda.is_available() and settings.accelerator != "cpu"
    mixed = "bf16-mixed" if gpu and torch.cuda.is_bf16_supported() else "16-mixed"
    automatic = mixed if gpu else "32-true"
    fabric = Fabric(
        accelerator="cuda" if gpu else settings.accelerator.replace("auto", "cpu"),
        devices=settings.devices,
        precision=automatic if settings.precision == "auto" else settings.precision,  # type: ignore[arg-type]
        strategy="ddp_find_unused_parameters_true" if settings.devices > 1 else "auto",
    )
    fabric.launch()
    return fabric


def require_hardware(settings: config.Training) -> None:
    gpus = 0 if settings.accelerator == "cpu" else torch.cuda.device_count()
    if settings.accelerator == "cuda" and not gpus:
        raise ConfigError(
            "training.accelerator=cuda asks for a GPU, but torch finds none here. Install a torch "
            "build and driver that match the GPU, or use training.accelerator=auto."
        )
    if gpus and settings.devices > gpus:
        raise ConfigError(
            f"training.devices={settings.devices} asks for more GPUs than the {gpus} torch finds."
        )
    if not gpus and settings.precision == "16-mixed":
        raise ConfigError(
            "training.precision=16-mixed needs a GPU. On a CPU use auto, 32-true or bf16-mixed."
        )


def require_scores(settings: config.Evaluation, domains: Domains) -> None:
    """Warns of a test that cannot be. ConfigError: weights are to be selected by it."""
    halves = {"source_test": domains.source, "target_test": domains.target_split}
    for name, split in halves.items():
        half, scored = name.removesuffix("_test"), can_be_ranked(split)
        if settings.select_on == name and not scored:
            what = "a match under another camera" if split.query else "queries"
            raise ConfigError(
                f"evaluation.select_on={name} needs {what}, but the {half} has none. "
                "Use evaluation.select_on=last."
            )
        if split.query and not scored:
            log.warning(
                "The %s's test half is not scored: no query has a match under another camera.", half
            )


def prepare(
    settings: config.Config, student: ClipModel, domains: Domains, fabric: Fabric
) -> tuple[RunState, Batches]:
    """Method, optimiser and batches; student and seed decide all of them."""
    batches = Batches(
        domains,
        settings,
        uses_target=methods.METHODS[type(settings.method)].uses_target,
        rank=fabric.global_rank,
        world_size=fabric.world_size,
        pin_memory=fabric.device.type == "cuda",
    )
    method = methods.build(settings.method, student, len(batches.target), batches.clothes)
    seed = settings.training.seed + fabric.global_rank  # dropout differs between processes
    seed_everything(seed)
    return RunState.start(settings, method, batches.steps), batches


def seed_everything(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 (libraries that draw from the global generator)
    torch.manual_seed(seed)


def introduction(run: RunState, identity: dict[str, dict[str, Any]]) -> str:
    settings, source, target = run.settings, identity["source"], identity["target"]
    height, width = settings.data.size
    unused = "" if run.method.uses_target else " (not used by this method)"
    lines = [
        f"{settings.method.name} with {settings.model.name}: {run.total} steps, "
        f"clips of {settings.data.clip_length} frames at {height}x{width}",
        f"source {source['name']}: {source['tracklets']} tracklets, {source['identities']} people",
        f"target {target['name']}: {target['tracklets']} tracklets without identities{unused}",
    ]
    if "init" in identity:
        first = identity["init"]
        lines.append(f"starting from {first['path']} ({first['method']} on {first['source']})")
    if settings.evaluation.select_on == "target_test":
        lines.append(SELECTED_ON_TARGET)
    if settings.monitoring.target_identities:
        lines.append(
            "target identities are read for monitoring alone: monitoring_only/cluster_purity"
        )
    if run.done:
        lines.append(f"continuing after step {run.done}")
    return "\n".join(lines)
