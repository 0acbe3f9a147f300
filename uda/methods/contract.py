"""What a method is: a student to train, and everything that makes its way of training one.

A method owns its settings, its losses, its optimisers and their schedules, what a checkpoint must
hold of it, and how its features are compared at test time. Loop and evaluation know none by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple

import torch
from torch import nn

from uda.batches.batch import LabelledBatch, Labels, UnlabelledBatch
from uda.comparing.contract import Comparison, Represent
from uda.comparing.cosine import Cosine
from uda.config import Data, MethodSettings
from uda.methods.optimisation import Optimisation, Optimised


class Facts(NamedTuple):
    """What a method knows of student and data before the first step.

    ``frame`` and ``video`` are the dimensions of the student's frame and video features,
    ``tracklets`` the number of target tracklets, ``labels`` those of all S source training
    tracklets, (S,) by name: without clothes where the source does not say what is worn. ``size`` is
    height and width of clips (pixels), ``people`` the number of identities in a source batch.
    ``attributes`` are the values of each attribute that the student has a head for, by its name.
    ``target`` are labels of the N target tracklets that need no annotator, (N,) by name: camera
    and, where it is known, time.
    """

    frame: int
    video: int
    tracklets: int = 0
    labels: Labels = MappingProxyType({})
    size: tuple[int, int] = Data().size
    people: int = Data().identities
    attributes: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    target: Labels = MappingProxyType({})

    @classmethod
    def of(
        cls,
        student: nn.Module,
        tracklets: int = 0,
        labels: Labels | None = None,
        data: Data | None = None,
        target: Labels | None = None,
    ) -> Facts:
        """The facts about a student with ``frame_size`` and ``feature_size``; ``data`` None: clips
        are of the size that it is meant for."""
        sizes = int(student.frame_size), int(student.feature_size)  # type: ignore[arg-type]
        known = data or Data(size=student.input_size)
        heads = getattr(student, "attribute_heads", None)
        values = {} if heads is None else heads.values
        size, people = known.size, known.identities
        return cls(*sizes, tracklets, labels or {}, size, people, values, target or {})


class Turn(NamedTuple):
    """A part of a step: the method's function ``losses`` gives what its ``optimisers`` minimise."""

    losses: str
    optimisers: Sequence[str]


TargetFeatures = Callable[[nn.Module], torch.Tensor]
"""A model's embeddings of all N target tracklets, (N, D) of length 1; no gradient."""

SourceFeatures = Callable[[nn.Module, Represent], torch.Tensor]
"""What is kept of a model's features of one clip of each of the K source identities, (K, D) of
length 1; no gradient. Other clips in each epoch."""


class Method(nn.Module):
    """One way to train a student; see `source_only` for the shortest.

    Whatever a method keeps between steps (teacher, classifiers, memory) is a parameter or a buffer:
    then a checkpoint holds it, and resuming and several processes work.
    """

    Settings: ClassVar[type[MethodSettings]] = MethodSettings
    recipe: ClassVar[str | Path | None] = None
    """What `uda train --method NAME` alone trains: a recipe of configs/uda, or a file."""
    uses_target: ClassVar[bool] = True
    trains_on_target: ClassVar[bool] = True
    """Whether a loss on the target reaches the student's weights."""
    compares_people: ClassVar[bool] = True
    """Whether a loss compares clips of a person: then a batch holds two or more of each."""
    wants_attributes: ClassVar[bool] = False
    """Whether the student has attribute heads, and source labels hold ``attribute:NAME``."""
    compares_by: ClassVar[type[Comparison]] = Cosine
    """How its features are compared at test time; see also `comparison`."""

    def __init__(self, student: nn.Module, config: Any, facts: Facts) -> None:
        super().__init__()
        self.student = student
        self.config = config
        self.facts = facts
        # The module that is evaluated and kept as the run's model.
        teaches = getattr(config, "tested", "student") == "teacher"
        self.tested = "teacher.model" if teaches else "student"

    def losses(
        self, labelled: LabelledBatch, unlabelled: UnlabelledBatch | None, progress: float
    ) -> dict[str, torch.Tensor]:
        """Scalars by name: "loss" is minimised; others with a gradient are its terms, the rest
        are metrics. ``progress`` is the share of the training that is done, in [0, 1)."""
        raise NotImplementedError

    def optimisers(self, plan: Optimisation) -> Mapping[str, Optimised]:
        """Optimisers by name, each with its schedule. Default: the recipe's, of all weights."""
        return {"main": plan.build(self.parameters())}

    def turns(self) -> Sequence[Turn]:
        """The parts of a step, one after the other, on the same batches.

        None: one turn, in which all optimisers minimise what `losses` gives. A GAN has two.
        """
        return ()

    def begin_epoch(self, progress: float, embed: TargetFeatures) -> None:
        """Called before an epoch's first step, with the share of the training that is done."""

    def look_at_source(self, embed: SourceFeatures) -> None:
        """Called before an epoch's first step, as `begin_epoch` is and after it."""

    def source_neighbours(self) -> Sequence[Sequence[int]] | None:
        """For each source identity others, nearest first, that this epoch's source batches are
        drawn with (an identity and the P - 1 nearest, K clips each); None: drawn at random."""
        return None

    def target_groups(self) -> Sequence[int] | None:
        """Groups of target tracklets, N numbers with -1 for none, that this epoch's target
        batches are drawn by (P groups, K clips each); None: batches are drawn at random."""
        return None

    def target_clusters(self) -> Sequence[int] | None:
        """Clusters of the N target tracklets, -1 for none, to be looked at; None: no clusters."""
        return self.target_groups()

    def after_step(self) -> None:
        """Called once the optimisers have moved the weights."""

    def comparison(self) -> Comparison:
        """How features of the tested model are compared now; its state goes to the checkpoint."""
        return self.compares_by()

    def state_beside_model(self) -> dict[str, torch.Tensor]:
        """What a checkpoint holds of the method beside the tested model. Default: all tensors."""
        tested = f"{self.tested}."
        state = self.state_dict()
        return {name: tensor for name, tensor in state.items() if not name.startswith(tested)}

    def model(self) -> nn.Module:
        """The module that is evaluated and kept."""
        return self.get_submodule(self.tested)
