"""A style transfer from settings to a translated tree: the Python side of `uda translate`."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
import yaml
from reid_datasets.benchmarks import load as load_benchmark
from reid_models.errors import ModelError

from uda import config
from uda.monitor.loggers import require
from uda.monitor.monitor import Monitor
from uda.runs import checkpoint, directory
from uda.training.fabric import start_fabric
from uda.training.interrupt import StopRequest
from uda.training.run import seed_everything
from uda.training.session import Interrupted
from uda.translation.distances import Distance, distances
from uda.translation.domains import Domains, Learnt, Named
from uda.translation.finish import TranslationResult, write_result, write_translated
from uda.translation.loop import FORWARD, Wrapped, train_epoch
from uda.translation.methods import METHODS
from uda.translation.pictures import Pairs
from uda.translation.samples import Samples, middle_frames
from uda.translation.settings import Settings
from uda.translation.state import FORMAT, TranslationState
from uda.translation.tree import require_outside
from uda.translation.writing import Written

log = logging.getLogger(__name__)


def translate(
    settings: Settings,
    source: Named,
    targets: Sequence[Named],
    output: Path,
    *,
    resume: bool = False,
    progress: bool = True,
    inception: Path | None = None,
) -> TranslationResult:
    """Learns the targets' style and writes the source in it to ``output``/translated.

    Args:
        settings: of `uda.translation.reading.load`.
        source: a benchmark of image files; all of it is translated.
        targets: benchmarks whose training halves are pooled.
        output: a new directory, or that of the run to ``resume``.
        resume: continue where the run in ``output`` stopped.
        progress: show a progress line.
        inception: a file of the weights that FID is defined by.

    Raises:
        DatasetError: data cannot be used.
        UdaError: something is wrong with the output directory, the checkpoint or the training.
        Interrupted: after SIGINT or SIGTERM.
    """
    began = time.perf_counter()
    require(settings.monitoring.loggers)
    fabric = start_fabric(of_fabric(settings))
    kind = METHODS[settings.method.name]
    domains = Domains.read(source, targets, masks=kind.needs_masks)
    require_outside(domains.tree, output)
    saved = directory.claim(output, settings, domains.identity, resume=resume, kind=FORMAT)
    seed_everything(settings.training.seed)
    pairs = Pairs(
        domains.source, domains.targets, settings, pin_memory=fabric.device.type == "cuda"
    )
    run = TranslationState.start(settings, kind(settings), pairs.steps)
    method, *optimisers = fabric.setup(run.method, *run.optimisers.values())
    for name in FORWARD:
        if hasattr(run.method, name):
            method.mark_forward_method(name)
    wrapped = Wrapped(fabric, method, dict(zip(run.optimisers, optimisers, strict=True)))
    if saved:
        run.restore(directory.last(output), saved, fabric.device)
    directory.describe_run(output, settings, domains.identity)
    with StopRequest() as stop:
        if not run.finished:
            _train(run, wrapped, pairs, domains, output, progress, stop)
        written = write_translated(
            settings,
            run.method.to_target,
            domains.tree,
            domains.identity,
            output,
            device=fabric.device,
            progress=progress,
            stop=stop,
        )
    found = _distances(settings, domains, written, source, inception)
    return write_result(settings, domains.tree, domains.identity, output, written, found, began)


def of_fabric(settings: Settings) -> config.Training:
    """What Fabric is started by."""
    training = settings.training
    return config.Training(
        precision=training.precision,
        deterministic=training.deterministic,
        accelerator=training.accelerator,
    )


def _train(
    run: TranslationState,
    wrapped: Wrapped,
    pairs: Pairs,
    domains: Domains,
    output: Path,
    progress: bool,
    stop: StopRequest,
) -> None:
    settings, device = run.settings, wrapped.fabric.device
    monitor = Monitor(
        output,
        start=run.done,
        total=run.total,
        epochs=settings.training.epochs,
        evaluated=True,
        progress=progress,
        loggers=settings.monitoring.loggers,
        project=settings.monitoring.project,
    )
    status = "failed"
    samples = Samples(domains.source, domains.pooled, settings)

    def show() -> None:
        run.method.eval()
        monitor.samples(samples.grid(run.method, device), run.done)
        run.method.train()

    def save() -> None:
        checkpoint.save(directory.last(output), run.as_checkpoint(domains.identity), FORMAT)

    try:
        monitor.describe(yaml.safe_dump(settings.model_dump(mode="json"), sort_keys=False))
        monitor.say(_introduction(run, domains))
        while not run.finished:
            complete = train_epoch(run, wrapped, pairs, monitor, stop, show)
            if run.step == run.steps:
                run.epoch, run.step = run.epoch + 1, 0
                if run.finished:
                    show()
            if not complete and not run.finished:
                save()
                status = "aborted"
                raise Interrupted(
                    f"Stopped after step {run.done} of {run.total}; everything is in "
                    f"{directory.last(output)}. Continue with the same command and --resume."
                )
            if run.finished or run.epoch % settings.training.save_every == 0:
                save()
        status = "success"
    finally:
        monitor.close(status)


def _distances(
    settings: Settings,
    domains: Domains,
    written: Written,
    source: Named,
    inception: Path | None,
) -> list[Distance]:
    count = settings.output.compared
    if not count:
        return []
    after = load_benchmark(source.name, written.root)
    learnt: Learnt = [*after.train, *after.unlabelled]
    before, translated, target = (
        _arrays(middle_frames(each, count)) for each in (domains.source, learnt, domains.pooled)
    )
    try:
        return distances(before, translated, target, inception)
    except ModelError as error:
        if inception is not None:
            raise
        log.warning("No Frechet distances: %s", error)
        return []


def _arrays(frames: Sequence[torch.Tensor]) -> list[np.ndarray]:
    return [np.ascontiguousarray(frame.permute(1, 2, 0).numpy()) for frame in frames]


def _introduction(run: TranslationState, domains: Domains) -> str:
    height, width = run.settings.pictures.size
    identity = domains.identity
    lines = [
        f"{run.settings.method.name}: {run.total} steps of {run.settings.pictures.batch} pictures "
        f"of each domain at {height}x{width}",
        f"source {identity['source']['name']}: {identity['source']['tracklets']} tracklets, "
        f"{domains.tree.pictures} pictures to translate",
    ]
    lines += [
        f"target {each['name']}: {each['tracklets']} tracklets without identities"
        for name, each in identity.items()
        if name != "source"
    ]
    if domains.tree.left_out:
        lines.append(f"left out: {domains.tree.left_out} pictures that are of no tracklet")
    if run.done:
        lines.append(f"continuing after step {run.done}")
    return "\n".join(lines)
