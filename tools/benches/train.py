"""How fast training is, and what it waits for."""

from __future__ import annotations

import multiprocessing
import tempfile
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from benches.made_crops import write_mars

if TYPE_CHECKING:
    from benches.train_loops import Case
    from benches.train_process import Figures

DEFAULTS: dict[str, dict[str, Any]] = {
    "cuda": {"model": ["resnet50", "sinet"], "size": "256x128", "batch": "8x4", "steps": 64},
    "cpu": {"model": ["slim_resnet18"], "size": "128x64", "batch": "4x4", "steps": 8},
}
BOTTLENECK = 0.1
"""Share of a step that waits for data from which on it is data that decides the speed."""


def train(
    model: Annotated[list[str] | None, typer.Option(help="Repeat it for several.")] = None,
    size: Annotated[str | None, typer.Option(help="HxW of a crop, in pixels.")] = None,
    clip_length: Annotated[int, typer.Option(min=1, help="Frames in a clip.")] = 4,
    batch: Annotated[
        str | None, typer.Option(help="PxK: identities, and clips of each of them.")
    ] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Timed in a round.")] = None,
    rounds: Annotated[int, typer.Option(min=1, help="In turns; the fastest counts.")] = 3,
    workers: Annotated[
        int | None, typer.Option(min=0, help="As uda train has them, but at least 2.")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    precision: Annotated[
        str, typer.Option(help="Ours: auto, 32-true, bf16-mixed or 16-mixed.")
    ] = "auto",
    compiled: Annotated[
        bool | None,
        typer.Option(
            "--compile/--no-compile",
            help="Ours with training.compile=true, too.",
            show_default="on a GPU",
        ),
    ] = None,
    profile: Annotated[
        bool, typer.Option("--profile", help="Also where the time of our steps goes.")
    ] = False,
) -> None:
    """Training clips per second, of source_only on a MARS tree that is made for it.

    The reference is plain PyTorch as torchreid trains: the same model, losses, batches and number
    of workers; frames opened by Pillow and augmented, made floats and normalised by torchvision in
    the workers; fp32 as PyTorch has it unasked, channels first. Each loop has a process of its
    own; they take turns. Floor: the same steps on one batch that is on the device already, which
    is computing alone.
    """
    import torch
    from benches.train_loops import Case
    from reid_models import ModelError

    from uda.batches.feed import default_workers
    from uda.errors import UdaError
    from uda.recipes import load

    gpu = device == "cuda" or (device == "auto" and torch.cuda.is_available())
    usual = DEFAULTS["cuda" if gpu else "cpu"]
    people, _, instances = (batch or usual["batch"]).partition("x")
    workers = max(default_workers(), 2) if workers is None else workers
    steps = steps or usual["steps"]
    warm_up = max(3, 2 * workers)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        tree = None
        for name in model or usual["model"]:
            changes: dict[str, object] = {
                "model.name": name,
                "data.size": size or usual["size"],
                "data.clip_length": clip_length,
                "data.identities": people,
                "data.instances": instances,
                "data.pad": 10,
                "data.workers": workers,
                "training.steps": warm_up + steps + 2 * workers,
                "training.epochs": 1000,
                "training.accelerator": "cuda" if gpu else device,
                "training.precision": precision,
                "monitoring.gradient_norms_every": 0,
            }
            overrides = [f"{key}={value}" for key, value in changes.items()]
            try:
                settings = load(overrides=overrides, method="source_only", pretrained="none")
                tree = tree or write_mars(Path(folder) / "mars", 2 * settings.data.identities)
                logs = Path(folder) / name.replace("/", "-")
                forking = multiprocessing.get_start_method()
                case = Case(settings, tree, logs, warm_up, forking)
                also = gpu if compiled is None else compiled
                _compare(case, steps, rounds, compiled=also, profiled=profile)
            except (UdaError, ModelError) as error:
                raise typer.BadParameter(str(error)) from None


def _compare(case: Case, steps: int, rounds: int, *, compiled: bool, profiled: bool) -> None:
    from benches.train_process import LOOPS, Figures, profile, start

    from uda.errors import ConfigError

    context = multiprocessing.get_context("spawn")
    with ExitStack() as stack:
        processes, found = {}, {}
        for name in LOOPS:
            if name == "compiled" and not compiled:
                continue
            process = stack.enter_context(ProcessPoolExecutor(1, context))
            try:
                found[name] = Figures(process.submit(start, name, case).result())
            except ConfigError as error:
                print(f"{name}: left out. {error}")
                continue
            processes[name] = process
        for _ in range(rounds):
            for name, process in processes.items():
                found[name].time(process, steps)
            for name, process in processes.items():
                found[name].time_floor(process, steps)
        if case.settings.training.accelerator == "cuda":
            for name, process in processes.items():
                found[name].time_waiting(process, steps)
        table = processes["ours"].submit(profile, steps).result() if profiled else ""
    _print(case, found)
    if table:
        print(f"ours, {min(steps, 10)} steps on one batch that is on the device already:\n{table}")


def _print(case: Case, found: dict[str, Figures]) -> None:
    data = case.settings.data
    ours, plain = found["ours"], found["plain PyTorch"]
    print(
        f"{case.settings.model.name}, clips of {data.clip_length} frames at "
        f"{data.size[0]}x{data.size[1]}, P{data.identities} x K{data.instances}, "
        f"{data.workers} workers; {ours.start.device}; ours in {ours.start.precision}"
    )
    print(
        f"{'':16}{'clips/s':>10}{'ms/step':>10}{'ms waiting':>12}{'floor clips/s':>15}"
        f"{'peak GiB':>10}"
    )
    for name, each in found.items():
        print(
            f"{name:16}{data.source_clips / each.step:10.1f}{1000 * each.step:10.1f}"
            f"{1000 * each.waited:12.1f}{data.source_clips / each.floor:15.1f}"
            f"{each.start.peak:10.2f}"
        )
    for name, each in found.items():
        if each is not plain:
            print(
                f"{name + ', times':16}{plain.step / each.step:10.2f}{'':22}"
                f"{plain.floor / each.floor:15.2f}{each.start.peak / plain.start.peak:9.2f}x"
            )
    for name, each in found.items():
        verdict = "the bottleneck" if each.share > BOTTLENECK else "no bottleneck"
        print(
            f"{name}: data loading is {verdict}, {each.share:.0%} of a step waits for it; "
            f"{each.floor / each.step:.0%} of the floor's speed"
        )
