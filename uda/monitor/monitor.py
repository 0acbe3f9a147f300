"""Everything a person can watch while a model trains."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from PIL import Image

from uda.batches.batch import LabelledBatch, UnlabelledBatch
from uda.files import write_json, write_whole
from uda.monitor.charts import as_image, cmc, distances
from uda.monitor.charts import domains as domains_chart
from uda.monitor.console import Console
from uda.monitor.domains import DomainFeatures
from uda.monitor.history import History
from uda.monitor.loggers import require, several
from uda.monitor.pictures import clip_grid


class Monitor:
    """Passes one entry to the terminal, to `metrics.jsonl` and to the loggers. For the first
    process only.

    Args:
        output: The run's directory.
        start: Steps already done. What an interrupted run logged beyond them is dropped, so that a
            resumed curve has every step once.
        total: Steps of the whole run.
        epochs: Epochs of the whole run.
        evaluated: Whether the evaluations at ``start`` itself were complete.
        progress: Whether to show the progress line.
        loggers: Names of `uda.monitor.loggers`.
        project: W&B project, or MLflow experiment.

    Raises:
        ConfigError: a logger is unknown, or its package is not installed.
    """

    def __init__(
        self,
        output: Path,
        *,
        start: int,
        total: int,
        epochs: int,
        evaluated: bool,
        progress: bool,
        loggers: Sequence[str] = ("tensorboard",),
        project: str = "uda",
    ) -> None:
        require(loggers)
        self.output = output
        self.history = History(output, start=start, evaluated=evaluated)
        started = several.start(loggers, output, start=start, project=project)
        self.loggers = several.Loggers(started)
        self.console = Console(start=start, total=total, epochs=epochs, show=progress)
        for name in ("wandb", "mlflow"):
            if name in started:
                self.console.say(f"{name}: {started[name].place}")

    def describe(self, text: str) -> None:
        """Logs the run's settings, a YAML text."""
        self.loggers.log_hyperparams(yaml.safe_load(text))
        self.loggers.log_yaml("config", text)

    def say(self, message: str) -> None:
        self.console.say(message)

    def clips(self, labelled: LabelledBatch, unlabelled: UnlabelledBatch | None) -> None:
        self.loggers.log_image("clips/source", clip_grid(labelled.clips), 0)
        if unlabelled:
            self.loggers.log_image("clips/target", clip_grid(unlabelled.clips), 0)

    def advance(
        self, epoch: int, step: int, losses: dict[str, float], clips_per_second: float
    ) -> None:
        self.console.advance(epoch, step, losses, clips_per_second)

    def evaluating(self, done: int, total: int) -> None:
        self.console.evaluating(done, total)

    def scalars(self, epoch: int, step: int, values: dict[str, float]) -> None:
        self.history.add({"step": step, "epoch": epoch + 1, **values})
        self.loggers.log_metrics(values, step)

    def evaluation(
        self,
        name: str,
        epoch: int,
        step: int,
        scores: dict[str, Any],
        curves: dict[str, Any],
        ranked: Image.Image,
    ) -> Path:
        """Scores, `curves` and ranked list of one test half; returns the picture's path."""
        numbers = {
            f"{name}/{key}": value for key, value in scores.items() if isinstance(value, float)
        }
        self.history.add({"step": step, "epoch": epoch, **numbers})
        write_json(self._file("evaluations", f"{name}-{epoch:04d}.json"), curves)
        path = self._file("ranked-lists", f"{name}-{epoch:04d}.png")
        _save(ranked, path)
        self.loggers.log_metrics(numbers, step)
        self.loggers.log_image(f"{name}/ranked_list", ranked, step)
        self.loggers.log_image(f"{name}/cmc", as_image(cmc({name: curves["cmc"]})), step)
        self.loggers.log_image(f"{name}/distances", as_image(distances(curves["distances"])), step)
        self.console.say(
            f"epoch {epoch}: {name} rank-1 {scores['rank_1']:.1%}, mAP {scores['mAP']:.1%}"
        )
        return path

    def samples(self, picture: Image.Image, step: int) -> Path:
        """What generators make of some pictures; returns the file's path."""
        path = self._file("samples", f"{step:06d}.png")
        _save(picture, path)
        self.loggers.log_image("samples", picture, step)
        return path

    def features(self, epoch: int, step: int, found: DomainFeatures) -> None:
        """Both domains as a picture, and their features for projectors."""
        picture = as_image(domains_chart(found.points()))
        _save(picture, self._file("features", f"{epoch:04d}.png"))
        self.loggers.log_image("features/tsne", picture, step)
        self.loggers.log_features(found, step)

    def _file(self, folder: str, name: str) -> Path:
        (self.output / folder).mkdir(exist_ok=True)
        return self.output / folder / name

    def close(self, status: str = "success") -> None:
        """Ends the progress line and the loggers. ``status``: success, failed or aborted."""
        self.console.close()
        self.loggers.finalize(status)


def _save(picture: Image.Image, path: Path) -> None:
    """As PNG, all of it or none of it: `uda report` reads what a killed run has left."""
    write_whole(path, lambda file: picture.save(file, "PNG"))
