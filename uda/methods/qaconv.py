"""Query-adaptive convolution: people are told apart by matching the places of their maps.

Liao and Shao, Interpretable and Generalizable Person Re-Identification with Query-Adaptive
Convolution and Temporal Lifting, ECCV 2020 (`qaconv`); Graph Sampling Based Deep Metric Learning
for Generalizable Person Re-Identification, CVPR 2022 (`qaconv_gs`), after their code. Learned from
the source alone. Where it differs:

- Theirs is of images; here places are averaged over a clip's frames, or matched between stretches.
- One normalisation over all pairs of a step, where theirs takes 16 classes of the memory at a time.
- Training goes on to its last epoch; theirs ends half as many epochs after the rate has dropped.
"""

from __future__ import annotations

import copy
import logging
from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal, Self

import torch
from pydantic import Field
from reid_models.domain_norm import separates_cameras
from reid_models.query_adaptive import LocalFeatures, Matcher
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from uda.batches.batch import LabelledBatch, UnlabelledBatch
from uda.clustering.processes import as_first_process, of_all_processes
from uda.comparing.contract import Comparison
from uda.comparing.query_adaptive import QueryAdaptive
from uda.config import MethodSettings
from uda.errors import ConfigError
from uda.losses.matching import batch_hard_matching, class_matching, pairwise_matching
from uda.methods.contract import Facts, Method, SourceFeatures, TargetFeatures
from uda.methods.optimisation import Optimisation, Optimised
from uda.methods.parts.counter import Counter
from uda.methods.parts.two_domains import of_source
from uda.room import zeros

log = logging.getLogger(__name__)

LARGEST = 2**28
"""Similarities of places that a single pair of clips may have: 1 GiB."""


Loss = Annotated[
    Literal["class_memory", "pairwise", "triplet"],
    Field(
        description="clips against a memory of all identities; all pairs of a batch; or each "
        "clip's hardest two pairs"
    ),
]
Sampling = Annotated[
    Literal["random", "graph"],
    Field(
        description="source batches: identities at random, or one with those most like it, found "
        "anew in each epoch"
    ),
]
Channels = Annotated[int, Field(ge=1, description="channels of the maps that are matched")]
Norms = Annotated[
    Literal["batch", "frozen"],
    Field(
        description="batch norms of student and neck: by the batch, or by the statistics they "
        "started with, which needs pretrained weights"
    ),
]
StepFactor = Annotated[
    float | None,
    Field(
        gt=0,
        lt=1,
        description="the rate drops to a tenth once an epoch's mean loss is below this share of "
        "the second epoch's; null: by the schedule alone",
    ),
]


class QAConvSettings(MethodSettings):
    """Settings of query-adaptive convolution; defaults are those of the authors' version 1.2."""

    loss: Loss = "class_memory"
    sampling: Sampling = "random"
    neck: Channels = 64
    norms: Norms = "batch"
    step_factor: StepFactor = None
    stretches: int = Field(
        default=1,
        ge=1,
        description="equal parts of a clip whose maps are kept: 1: places are averaged over all "
        "frames; T: each frame is matched with all of the other's",
    )
    score_margin: float = Field(
        default=16.0, ge=0, description="margin of the triplet loss, between scores"
    )
    focus: float = Field(
        default=2.0, ge=0, description="exponent of the class memory's focal weights"
    )


class QAConv(Method):
    """L = focal BCE against a memory, BCE of pairs, or batch-hard triplets, of matching scores."""

    Settings = QAConvSettings
    recipe = "qaconv"
    uses_target: ClassVar[bool] = False
    trains_on_target: ClassVar[bool] = False
    compares_by: ClassVar[type[Comparison]] = QueryAdaptive
    config: QAConvSettings
    memory: torch.Tensor
    known: torch.Tensor
    neighbours: torch.Tensor
    total: torch.Tensor
    second: torch.Tensor

    def __init__(self, student: nn.Module, config: QAConvSettings, facts: Facts) -> None:
        super().__init__(student, config, facts)
        if config.norms == "frozen" and separates_cameras(student):
            raise ConfigError(
                "method.norms=frozen keeps statistics, model.norm=cbn normalises every batch by "
                "camera: set method.norms=batch, or model.norm=bn."
            )
        incoming, height, width = map_size(student, facts.size)
        places = height * width
        if (config.stretches * places) ** 2 > LARGEST:
            raise ConfigError(
                f"Maps of {height}x{width} places in {config.stretches} stretches have "
                f"{(config.stretches * places) ** 2 * 4 / 2**30:.1f} GiB of similarities for each "
                "pair of clips. Lower data.size, or set method.stretches=1."
            )
        self.local = LocalFeatures(incoming, config.neck, config.stretches)
        self.matcher = Matcher(places)
        people = facts.labels.get("identity", torch.zeros(0, dtype=torch.long))
        count = int(people.max()) + 1 if len(people) else 0
        remembered = count if config.loss == "class_memory" else 0
        shape = remembered, config.neck, config.stretches, places
        self.register_buffer(
            "memory", zeros(shape, "the memory of all identities", "Use method.loss=triplet.")
        )
        self.register_buffer("known", torch.zeros(remembered, dtype=torch.bool))
        drawn = (count, facts.people - 1) if config.sampling == "graph" else (0, 0)
        self.register_buffer("neighbours", torch.zeros(drawn, dtype=torch.long))
        # Sum of this epoch's losses and their number; the mean of the second epoch, 0 before.
        self.register_buffer("total", torch.zeros(2, dtype=torch.float64))
        self.register_buffer("second", torch.zeros((), dtype=torch.float64))
        self.epochs, self.dropped = Counter(), Counter()

    def train(self, mode: bool = True) -> Self:
        super().train(mode)
        if self.config.norms == "frozen":
            for part in (self.student, self.local):
                for module in part.modules():
                    if isinstance(module, _BatchNorm):
                        module.eval()
        return self

    def optimisers(self, plan: Optimisation) -> Mapping[str, Optimised]:
        """The recipe's, at a tenth of its rate once the loss has come down."""
        return {"main": plan.build(self.parameters(), share=self._share)}

    def _share(self) -> float:
        return 0.1 if int(self.dropped) else 1.0

    @torch.no_grad()
    def begin_epoch(self, progress: float, embed: TargetFeatures) -> None:
        """Looks at the last epoch's mean loss."""
        done, (total, count) = int(self.epochs), of_all_processes(self.total[None]).sum(0)
        self.epochs.add(1)
        self.total.zero_()
        if self.config.step_factor is None or int(self.dropped) or not done:
            return
        if done == 2:
            self.second.copy_(total / count)
        if done > 2 and float(total / count) < self.config.step_factor * float(self.second):
            self.dropped.set(1)
            log.info("the learning rate drops to a tenth after %d epochs", done)

    @torch.no_grad()
    def look_at_source(self, embed: SourceFeatures) -> None:
        """Finds the identities most like each (graph sampling)."""
        if self.config.sampling != "graph":
            return
        compared = self.comparison()
        features = embed(self.student, compared.represent)
        nearest, start = self.neighbours.shape[1], 0
        for scores in compared.scores(features, features):
            rows = torch.arange(start, start + len(scores), device=scores.device)
            scores[rows - start, rows] = -torch.inf
            self.neighbours[rows] = scores.topk(nearest, dim=1).indices
            start += len(scores)
        as_first_process(self.neighbours)

    def source_neighbours(self) -> Sequence[Sequence[int]] | None:
        return self.neighbours.tolist() if self.config.sampling == "graph" else None

    def losses(
        self, labelled: LabelledBatch, unlabelled: UnlabelledBatch | None, progress: float
    ) -> dict[str, torch.Tensor]:
        maps = of_source(self.student, labelled).maps
        assert maps is not None
        local, people = self.local(maps), labelled.labels["identity"]
        if self.config.loss == "class_memory":
            scores = self.matcher(local, self.memory.clone())
            found = class_matching(scores, people, self.known.clone(), self.config.focus)
            self._remember(people, local.detach())
        else:
            scores = self.matcher(local, local)
            found = (
                batch_hard_matching(scores, people, self.config.score_margin)
                if self.config.loss == "triplet"
                else pairwise_matching(scores, people)
            )
        loss, accuracy = found
        self.total += torch.stack([loss.detach().double(), loss.new_ones((), dtype=torch.float64)])
        return {"loss": loss, self.config.loss: loss, "matching_accuracy": accuracy}

    @torch.no_grad()
    def _remember(self, people: torch.Tensor, local: torch.Tensor) -> None:
        """An identity is remembered by its last clip."""
        people, local = of_all_processes(people), of_all_processes(local)
        order = torch.arange(len(people), device=people.device)
        last = torch.where(people == people[:, None], order, -1).amax(dim=1)
        self.memory[people] = local[last].to(self.memory)
        self.known[people] = True

    def comparison(self) -> QueryAdaptive:
        local, matcher = copy.deepcopy(self.local), copy.deepcopy(self.matcher)
        return QueryAdaptive(
            local.eval().requires_grad_(False), matcher.eval().requires_grad_(False)
        )


class QAConvGSSettings(QAConvSettings):
    """Settings with graph sampling; defaults are those of the authors' version 2.1."""

    loss: Loss = "triplet"
    sampling: Sampling = "graph"
    neck: Channels = 128
    norms: Norms = "frozen"
    step_factor: StepFactor = 0.7


class QAConvGS(QAConv):
    """QAConv with graph sampling and batch-hard triplets."""

    Settings = QAConvGSSettings
    recipe = "qaconv_gs"


def map_size(student: nn.Module, size: tuple[int, int]) -> tuple[int, int, int]:
    """Channels, height and width of the maps of clips of ``size`` (height, width) pixels.

    Raises ConfigError where the student gives none, or maps of a single place.
    """
    mode = student.training
    weight = next(student.parameters())
    with torch.no_grad():
        maps = student.eval()(weight.new_zeros(1, 1, 3, *size)).maps
    student.train(mode)
    if maps is None or maps[0, 0, 0].numel() < 2:
        raise ConfigError(
            "Query-adaptive convolution matches the places of the student's maps, and this model "
            "gives none, or maps of a single place. Use an image model without "
            "model.pooling=token, or c2d, ap3d, sinet, psta."
        )
    channels, height, width = maps.shape[2:]
    return channels, height, width
