"""What `uda models` prints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from reid_models import MODELS, ClipModel, build
from reid_models.building import find
from reid_models.cost import Cost, cost
from reid_models.image_architectures import Architecture
from reid_models.packaged_weights import PACKAGED
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Facts:
    """A model as people compare them; ``length`` is None for one that sees frames one by one."""

    name: str
    title: str
    paper: str
    input_size: tuple[int, int]
    length: int | None
    cost: Cost
    feature_size: int
    frame_size: int
    imagenet: bool

    @property
    def size(self) -> str:
        return f"{self.input_size[0]}x{self.input_size[1]}"

    @property
    def unit(self) -> str:
        return "frame" if self.length is None else f"clip of {self.length}"


def print_models() -> None:
    """Every model in one row: a table on a terminal, plain columns in a pipe."""
    console = Console()
    heads = ("model", "paper", "input", "M param.", "GMAC", "per", "feature", "ImageNet")
    table = Table(*heads, box=SIMPLE_HEAD if console.is_terminal else None, padding=(0, 1))
    for column in table.columns:
        column.no_wrap = column.header != "paper" or not console.is_terminal
    for number in (3, 4, 6):
        table.columns[number].justify = "right"
    for name in MODELS:
        facts = look_up(name)
        table.add_row(
            name,
            facts.paper,
            facts.size,
            f"{facts.cost.parameters:.1f}",
            f"{facts.cost.multiply_additions:.2f}",
            facts.unit,
            f"{facts.feature_size}",
            "yes" if facts.imagenet else "no",
        )
    if console.is_terminal:
        console.print(table)
        console.print("timm/NAME is any of timm's image models. One in full: uda models NAME")
    else:
        Console(width=240).print(table)


def print_model(name: str) -> None:
    """One model in full, and what to type to train it. Raises ModelError."""
    for line in describe(name):
        print(line)


def describe(name: str) -> Iterator[str]:
    architecture, facts = find(name), look_up(name, exactly=True)
    rows = {
        "paper": facts.paper,
        "input": f"{facts.size} pixels (height x width)",
        "parameters": f"{facts.cost.parameters:.2f} M without a classifier",
        "cost": f"{facts.cost.multiply_additions:.3f} GMAC per {facts.unit}",
        "feature": f"{facts.feature_size} numbers, {facts.frame_size} for each frame",
    }
    start = ""
    if isinstance(architecture, Architecture):
        stripes = f" in {architecture.stripes} stripes" if architecture.stripes > 1 else ""
        rows["pooling"] = (
            f"{architecture.pooling}{stripes} over space, {architecture.temporal} over time; "
            f"model.pooling=max|gem{'|token' if architecture.timm else ''} and "
            "model.temporal=attention|transformer change it"
        )
        if architecture.weights:
            rows["files"] = f"--pretrained FILE takes {architecture.weights}"
        if not facts.imagenet:
            start = " --pretrained FILE" if architecture.weights else " --pretrained none"
    else:
        rows["pooling"] = "its own"
        start += f" data.clip_length={architecture.clip_length}"
    rows["ImageNet"] = "--pretrained imagenet" if facts.imagenet else "no weights to download"
    if name in PACKAGED:
        rows["ImageNet"] += f", without a network if {PACKAGED[name].package} is installed"
    yield f"{name}: {facts.title}"
    yield from (f"  {key:<11} {value}" for key, value in rows.items() if value)
    size = "" if facts.size == "256x128" else f" data.size={facts.size}"
    yield ""
    yield f"  uda train{start} model.name={name}{size}"


def look_up(name: str, exactly: bool = False) -> Facts:
    """A model's facts; its cost as published, or counted where nothing is or ``exactly``."""
    architecture = find(name)
    length, imagenet = None, True
    if isinstance(architecture, Architecture):
        imagenet = architecture.imagenet is not None or architecture.timm is not None
    else:
        length = architecture.clip_length
    published = None if exactly else architecture.published
    if isinstance(architecture, Architecture) and architecture.channels and published:
        frame_size = feature_size = architecture.channels * architecture.stripes
    else:
        model = _without_numbers(name)
        frame_size, feature_size = model.frame_size, model.feature_size
    spent = Cost(*published) if published else cost(model, length or 1, architecture.input_size)
    return Facts(
        name,
        architecture.title,
        architecture.paper,
        architecture.input_size,
        length,
        spent,
        feature_size,
        frame_size,
        imagenet,
    )


def _without_numbers(name: str) -> ClipModel:
    """The model on the meta device, where it takes neither memory nor time."""
    with torch.device("meta"):
        return build(name, None)
