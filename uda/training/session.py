"""What happens around the epochs of a run: checkpoints, evaluations, the final report."""

from __future__ import annotations

import logging
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NoReturn

import torch
from lightning_fabric import Fabric
from reid_datasets.records import Split
from reid_models import ClipModel
from reid_models.domain_norm import Domain, reading, separates_cameras
from torch import nn

from uda.attributes.calibrating import calibrate
from uda.batches.domains import Domains
from uda.batches.feed import workers_for
from uda.errors import UdaError
from uda.evaluation.curves import curves
from uda.evaluation.protocol import Evaluation, can_be_ranked, evaluate_split
from uda.evaluation.ranked_list import draw
from uda.evaluation.scores import as_scores
from uda.features.extraction import Extraction, Statistics, pixels
from uda.features.extractor import Extractor, as_trained
from uda.features.statistics import estimate_statistics, has_statistics
from uda.files import write_json
from uda.monitor.domains import look
from uda.monitor.monitor import Monitor
from uda.runs import checkpoint, directory
from uda.training.interrupt import StopRequest
from uda.training.state import RunState

log = logging.getLogger(__name__)

SELECTED_ON_TARGET = (
    "weights are selected on target test scores (evaluation.select_on=target_test): "
    "this is not an unsupervised result"
)


class Interrupted(UdaError):
    """The run was asked to stop and has written a checkpoint to continue from."""


@dataclass(frozen=True)
class TrainingResult:
    """What a finished run leaves: the weights kept, and their scores on both test halves.

    ``evaluation`` (of the target, with its ``ranked_list``) and ``source_evaluation`` are None
    where there are no queries, the latter also where source and target are the same. ``beside``
    are scores of the target with other batch-norm statistics, by whose they are. ``minutes`` are
    those of the whole run, however often it was resumed.
    """

    output: Path
    checkpoint: Path
    evaluation: Evaluation | None
    source_evaluation: Evaluation | None
    minutes: float
    ranked_list: Path | None
    beside: Mapping[str, Evaluation] = field(default_factory=dict)


class _StopEvaluation(Exception):
    pass


@dataclass
class Session:
    """The parts of a run; ``monitor`` is None on all processes but the first."""

    fabric: Fabric
    run: RunState
    domains: Domains
    identity: dict[str, dict[str, Any]]
    output: Path
    monitor: Monitor | None
    stop: StopRequest

    def save_is_due(self) -> bool:
        return (self.run.epoch + 1) % self.run.settings.training.save_every == 0

    def save(self, name: str = "last") -> None:
        state = self.run.as_checkpoint(self.fabric, self.identity)
        if self.fabric.is_global_zero:
            checkpoint.save(directory.named(self.output, name), state)
        self.fabric.barrier()

    def interrupt(self) -> NoReturn:
        if not self.run.finished:  # else the last weights are saved, and here may be the best
            self.save()
        raise Interrupted(
            f"Stopped after step {self.run.done} of {self.run.total}; everything is in "
            f"{directory.last(self.output)}. Continue with the same command and --resume."
        )

    def end_epoch(self) -> None:
        """Evaluations that are due, best weights, on to the next epoch."""
        settings = self.run.settings.evaluation
        epoch = self.run.epoch + 1
        last = epoch == self.run.settings.training.epochs
        halves = {
            "source_test": (settings.every, self.domains.source),
            "target_test": (settings.target_every, self.domains.target_split),
        }
        for name, (every, split) in halves.items():
            selects = settings.select_on == name
            # The final report scores the last epoch anyway.
            due = every and (epoch % every == 0 or last) and (selects or not last)
            if due and can_be_ranked(split):
                found = self.evaluate(name, split, epoch)
                if selects:
                    self._keep_best(found, epoch)
                if name == "source_test":
                    self.show_features(epoch)
        self.run.epoch, self.run.step = epoch, 0

    def _keep_best(self, found: Evaluation | None, epoch: int) -> None:
        mean_ap = float(self.fabric.broadcast(found.result.mean_ap if found else 0.0))
        if mean_ap > self.run.best.get("mAP", -1.0):
            self.run.best = {"mAP": mean_ap, "epoch": epoch}
            self.save("best")

    def evaluate(
        self, name: str, split: Split, epoch: int, statistics: Statistics | None = None
    ) -> Evaluation | None:
        """Scores and ranked list of a test half, on the first process; the others wait.

        ``statistics``: of batch norms, None: those that the settings name.
        """
        found = None
        if self.monitor:
            try:
                # Looking leaves no trace in the training, and compiles nothing.
                domain: Domain = "source" if name == "source_test" else "target"
                with (
                    torch.random.fork_rng(devices=[]),
                    torch.compiler.set_stance("force_eager"),
                    reading(self._tested(), domain),
                ):
                    found = self._evaluate(split, domain, statistics)
            except _StopEvaluation:
                self.interrupt()
            self.monitor.evaluation(
                name,
                epoch,
                self.run.done,
                as_scores([found.result], found.frames),
                curves(split, found),
                draw(split, found),
            )
        self.fabric.barrier()
        return found

    def _evaluate(self, split: Split, domain: Domain, statistics: Statistics | None) -> Evaluation:
        """The tested model as it is now, compared as its method compares."""
        comparison = self.run.method.comparison()
        how = self._how() if statistics is None else replace(self._how(), statistics=statistics)
        own = domain == "target"
        half = self.domains.target if own else [t.unlabelled() for t in split.train]
        extractor = Extractor(self._tested(), how, comparison, self.fabric.device).knowing(half)
        return evaluate_split(
            split,
            lambda tracklets: extractor(tracklets, self._evaluating),
            extractor.how.describe(),
            comparison,
        )

    def _evaluate_beside(self, epoch: int) -> dict[str, Evaluation]:
        """The target's test half with statistics that no training has left, by whose they are.

        Not of a model without batch norms, nor of one that keeps cameras apart anyway, nor where
        the target is the source.
        """
        model, settings, target = self._tested(), self.run.settings, self.domains.target_split
        if separates_cameras(model) or not has_statistics(model):
            return {}
        if target is self.domains.source or not can_be_ranked(target):
            return {}
        known = {settings.evaluation.statistics}
        if settings.model.norm == "adabn":
            known |= {"target"}
        found = {
            whose: self.evaluate(f"target_test_{whose}", target, epoch, statistics=whose)
            for whose in settings.evaluation.beside
            if whose not in known
        }
        return {whose: each for whose, each in found.items() if each}

    def _how(self) -> Extraction:
        settings = self.run.settings
        workers = workers_for(settings.data)
        return as_trained(settings.model, settings.data, settings.evaluation, workers)

    def show_features(self, epoch: int) -> None:
        """Both domains as the student sees them now, by the first process; the others wait."""
        settings = self.run.settings
        if self.monitor and settings.monitoring.features:
            with torch.random.fork_rng(devices=[]), torch.compiler.set_stance("force_eager"):
                found = look(
                    self.run.method.student,
                    self.domains.source.train,
                    self.domains.target,
                    settings,
                    device=self.fabric.device,
                )
            if found:
                self.monitor.features(epoch, self.run.done, found)
        self.fabric.barrier()

    def _evaluating(self, done: int, total: int) -> None:
        assert self.monitor
        self.monitor.evaluating(done, total)
        if self.stop.requested and self.fabric.world_size == 1:
            raise _StopEvaluation

    def _adapt_statistics(self) -> None:
        """The target's batch-norm statistics instead of those of the training (AdaBN)."""
        how = self._how()
        with torch.random.fork_rng(devices=[]):
            clips = pixels(self.domains.target, how, self.fabric.device)
            if not estimate_statistics(self._tested(), clips):
                log.warning("model.norm=adabn: one target clip is too few to take statistics from")

    def _calibrate(self) -> None:
        """Temperatures of attribute heads, on source people that no loss has seen.

        Batch norms normalise them as they will the target's people: where the target is seen under
        statistics of its own, or of its cameras, the source is under those of its.
        """
        model, source = self._tested(), self.domains.source
        assert isinstance(model, ClipModel)
        assert model.attribute_heads is not None
        how, device = self._how(), self.fabric.device
        if self.run.settings.model.norm == "adabn":  # its running statistics are the target's
            how = replace(how, statistics="target")
        heads, held_out = model.attribute_heads, self.domains.held_out
        half = [tracklet.unlabelled() for tracklet in (*source.train, *held_out)]
        with torch.random.fork_rng(devices=[]), reading(model, "source"):
            found = calibrate(model, heads, held_out, how, device, half)
        if self.monitor:
            told = ", ".join(f"{name} {value:.2f}" for name, value in found.items())
            self.monitor.say(f"temperatures, of {len(held_out)} tracklets held out: {told}")

    def _tested(self) -> nn.Module:
        return self.run.method.model()

    def finish(self) -> TrainingResult:
        """Score the weights that are kept on the test halves there are and write result.json."""
        settings = self.run.settings
        epoch, kept = settings.training.epochs, directory.last(self.output)
        if settings.evaluation.select_on != "last":
            kept = directory.named(self.output, "best")
            saved = checkpoint.load(kept)
            self.run.take_method(kept, saved)
            # What it says of itself: a process that was killed may have written it after the last
            # checkpoint, and on a GPU its epoch does not come again as it was.
            self.run.best = saved["position"]["best"]
            epoch = self.run.best["epoch"]
            log.warning("kept epoch %d, best on %s", epoch, settings.evaluation.select_on)
        if self.run.settings.model.norm == "adabn":
            self._adapt_statistics()
            self.save(kept.stem)
        if self.domains.held_out:
            self._calibrate()
            self.save(kept.stem)
        source, target = self.domains.source, self.domains.target_split
        on_source = on_target = None
        if source is not target and can_be_ranked(source):
            on_source = self.evaluate("source_test", source, epoch)
        if can_be_ranked(target):
            on_target = self.evaluate("target_test", target, epoch)
        beside = self._evaluate_beside(epoch)

        self.show_features(epoch)
        minutes = self.run.minutes
        if not self.monitor:
            raise SystemExit(0)  # the first process reports
        write_json(
            self.output / "result.json",
            {
                "method": settings.method.name,
                "seed": settings.training.seed,
                "selected_on": settings.evaluation.select_on,
                "epoch": epoch,
                "checkpoint": str(kept),
                "minutes": round(minutes, 2),
                "machine": _machine(self.fabric.device, self.fabric.world_size),
                "target_test": _scores(on_target),
                "target_test_beside": {whose: _scores(each) for whose, each in beside.items()},
                "source_test": _scores(on_source),
                "config": settings.model_dump(mode="json"),
                **self.identity,
            },
        )
        picture = self.output / "ranked-lists" / f"target_test-{epoch:04d}.png"
        return TrainingResult(
            output=self.output,
            checkpoint=kept,
            evaluation=on_target,
            source_evaluation=on_source,
            minutes=minutes,
            ranked_list=picture if on_target else None,
            beside=beside,
        )


def _machine(device: torch.device, processes: int) -> str:
    """What trained, as others can compare it; nothing that tells one machine from its like."""
    if device.type == "cuda":
        return f"{processes} x {torch.cuda.get_device_name(device)}"
    return f"processor ({platform.machine()}), {os.cpu_count()} cores"


def _scores(found: Evaluation | None) -> dict[str, Any] | None:
    return as_scores([found.result], found.frames) if found else None
