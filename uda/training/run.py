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
from reid_datasets.errors import DatasetError
from reid_models import ClipModel
from reid_models.lora import LowRank
from torch import nn

from uda import config
from uda.batches.attributes import with_attributes
from uda.batches.domains import Domains, describe
from uda.batches.pairs import Batches
from uda.errors import ConfigError
from uda.evaluation.protocol import can_be_ranked
from uda.methods.contract import Facts
from uda.methods.registry import find
from uda.monitor.loggers import require
from uda.monitor.monitor import Monitor
from uda.runs import directory
from uda.runs.initial import start_from
from uda.runs.student import build_student
from uda.training.before_epoch import begin_epoch
from uda.training.compiled import compile_student
from uda.training.fabric import (
    as_started,
    can_fuse,
    end_others,
    require_one_scale,
    start_fabric,
)
from uda.training.interrupt import StopRequest
from uda.training.loop import Wrapped, train_epoch
from uda.training.session import SELECTED_ON_TARGET, Interrupted, Session, TrainingResult
from uda.training.state import RunState

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

    Args:
        settings: of `uda.recipes.load`.
        source_root: where the source lies.
        target_root: where the target lies.
        output: a new directory, or that of the run to ``resume``.
        resume: continue where the run in ``output`` stopped.
        progress: show a progress line.
        source: the source's name, such as ``synthetic`` or ``webdataset://data/synthetic``.
        target: the target's name.
        init: a checkpoint whose student's weights are started from, in place of
            ``settings.model.pretrained``; everything else starts anew.

    Raises:
        DatasetError, ModelError: data and weights cannot be used.
        UdaError: something is wrong with the output directory, the checkpoint or the training.
        Interrupted: after SIGINT or SIGTERM.
    """
    began = time.perf_counter()
    settings = as_started(settings)
    if init:
        bare = settings.model.model_copy(update={"pretrained": "none"})
        settings = settings.model_copy(update={"model": bare})
    elif settings.model.pretrained == "none":
        settings = settings.model_copy(update={"model": _nothing_kept(settings.model)})
    require(settings.monitoring.loggers)
    fabric = start_fabric(settings.training)
    domains = Domains.read(source, source_root, target, target_root)
    require_scores(settings.evaluation, domains)
    described = None
    if find(settings.method.name).wants_attributes:
        described = with_attributes(domains, source, source_root, settings.data)
        domains = described.domains
    identity = {
        "source": domains.describe_source(source, source_root),
        "target": describe(target, target_root, domains.target),
    }
    if described:
        identity["attributes"] = described.describe()
    saved = directory.claim(output, settings, identity, resume=resume, init=init)
    seed_everything(settings.training.seed)
    people = identity["source"]["identities"]
    values = described.values if described else None
    student = build_student(settings.model, settings.data.size, people, values)
    if saved and "init" in saved:
        identity["init"] = saved["init"]
    elif init:
        identity["init"] = start_from(init, student, settings.model.name, identity["source"])
    run = prepare(settings, student, domains, fabric)
    run.began = began
    wrapped = wrap(run, fabric)
    if settings.training.compile:
        compile_student(run.method.student, fabric.device)
    if saved:
        run.restore(directory.last(output), saved, fabric)
    fabric.barrier()
    monitor, status = None, "success"
    try:
        if fabric.is_global_zero:
            directory.describe_run(output, settings, identity)
            monitor = Monitor(
                output,
                start=run.done,
                total=run.total,
                epochs=settings.training.epochs,
                evaluated=run.step == 0,
                progress=progress,
                loggers=settings.monitoring.loggers,
                project=settings.monitoring.project,
            )
            monitor.describe(yaml.safe_dump(settings.model_dump(mode="json"), sort_keys=False))
            monitor.say(introduction(run, identity))
        with StopRequest() as stop:
            session = Session(fabric, run, domains, identity, output, monitor, stop)
            while not run.finished:
                notes = begin_epoch(run, fabric, domains) if run.step == 0 else {}
                if not train_epoch(run, wrapped, monitor, stop, notes):
                    session.interrupt()
                if session.save_is_due():
                    session.save()
                session.end_epoch()
                # After the last epoch its weights are saved first, and the report stops.
                if not run.finished and stop.agreed(fabric):
                    session.interrupt()
            session.save()
            return session.finish()
    except BaseException as error:
        status = "aborted" if isinstance(error, Interrupted | KeyboardInterrupt) else "failed"
        if not isinstance(error, Interrupted):  # which all processes agree about
            end_others(fabric)
        if isinstance(error, DatasetError):  # of this process's batches: no other one says it
            error.of_this_process = True  # type: ignore[attr-defined]
        raise
    finally:
        if monitor:
            monitor.close(status)


def prepare(
    settings: config.Config, student: ClipModel, domains: Domains, fabric: Fabric
) -> RunState:
    """Method, optimisers and batches; student and seed decide all of them."""
    owner = find(settings.method.name)
    batches = Batches(
        domains,
        settings,
        uses_target=owner.uses_target,
        rank=fabric.global_rank,
        world_size=fabric.world_size,
        pin_memory=fabric.device.type == "cuda",
    )
    tracklets, target = len(batches.target_tracklets), batches.target_labels
    facts = Facts.of(student, tracklets, batches.labels, settings.data, target)
    method = owner(student, settings.method, facts)
    seed_everything(settings.training.seed + fabric.global_rank)  # dropout differs between them
    run = RunState.start(settings, method, batches, fused=can_fuse(fabric))
    require_one_scale(fabric, len(run.optimised))
    return run


def _nothing_kept(settings: config.Model) -> config.Model:
    """Of weights that start at random all learn, with a warning."""
    for key in ("frozen", "lora_rank"):
        if getattr(settings, key) is not None:
            log.warning(
                "model.%s=%s is left out: the weights start at random, there is nothing to keep",
                key,
                getattr(settings, key),
            )
    return settings.model_copy(update={"frozen": None, "lora_rank": None})


def wrap(run: RunState, fabric: Fabric) -> Wrapped:
    """Method and optimisers for this device and these processes."""
    names = list(run.optimised)
    method, *optimisers = fabric.setup(run.method, *(run.optimised[n].optimiser for n in names))
    for turn in run.turns:
        method.mark_forward_method(turn.losses)
    return Wrapped(fabric, method, dict(zip(names, optimisers, strict=True)))


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


def seed_everything(seed: int) -> None:
    """Seeds the global generators of Python, NumPy and torch."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 (libraries that draw from the global generator)
    torch.manual_seed(seed)


def what_learns(student: nn.Module, settings: config.Model) -> str:
    """How much of a student learns, where part of its backbone does not; else nothing."""
    if settings.lora_rank is None and settings.frozen is None:
        return ""
    all_of = sum(weight.numel() for weight in student.parameters())
    learning = sum(weight.numel() for weight in student.parameters() if weight.requires_grad)
    how = f"up to {settings.frozen} nothing does"
    if settings.lora_rank is not None:
        places = sum(isinstance(module, LowRank) for module in student.modules())
        how = f"of the backbone LoRA's of rank {settings.lora_rank} in {places} layers"
    return f"{learning / 1e6:.3f} of {all_of / 1e6:.3f} million weights learn: {how}"


def introduction(run: RunState, identity: dict[str, dict[str, Any]]) -> str:
    """What a person is told before the first step."""
    settings, source, target = run.settings, identity["source"], identity["target"]
    height, width = settings.data.size
    unused = "" if run.method.uses_target else " (not used by this method)"
    lines = [
        f"{settings.method.name} with {settings.model.name}: {run.total} steps, "
        f"clips of {settings.data.clip_length} frames at {height}x{width}",
        f"source {source['name']}: {source['tracklets']} tracklets, {source['identities']} people",
        f"target {target['name']}: {target['tracklets']} tracklets without identities{unused}",
    ]
    if "attributes" in identity:
        described = identity["attributes"]
        names = ", ".join(f"{n} ({len(v)})" for n, v in described["values"].items())
        lines.append(f"attributes {names}; {described['held_out']} people held out")
    if "init" in identity:
        first = identity["init"]
        lines.append(f"starting from {first['path']} ({first['method']} on {first['source']})")
    if told := what_learns(run.method.student, settings.model):
        lines.append(told)
    if settings.evaluation.select_on == "target_test":
        lines.append(SELECTED_ON_TARGET)
    if settings.monitoring.target_identities:
        lines.append(
            "target identities are read for monitoring alone: monitoring_only/cluster_purity"
        )
    if run.done:
        lines.append(f"continuing after step {run.done}")
    return "\n".join(lines)
