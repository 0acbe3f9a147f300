"""Everything a person can watch while a model trains."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image

from uda.methods.contract import LabelledBatch, UnlabelledBatch
from uda.monitor.charts import as_image, cmc, distances
from uda.monitor.charts import domains as domains_chart
from uda.monitor.console import Console
from uda.monitor.domains import DomainFeatures
from uda.monitor.history import History, write_json
from uda.monitor.pictures import clip_grid
from uda.monitor.tensorboard import Board


class Monitor:
    """One entry goes to the terminal, to TensorBoard and to `metrics.jsonl` in the run directory.

    ``start`` is the number of steps already done: what an interrupted run logged beyond it is
    dropped, so that a resumed curve has every step once; ``evaluated`` tells whether the
    evaluations at ``start`` itself were complete.
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
    ) -> None:
        self.output = output
        self.history = History(output, start=start, evaluated=evaluated)
        self.board = Board(output / "tensorboard", start=start)
        self.console = Console(start=start, total=total, epochs=epochs, show=progress)

    def describe(self, text: str) -> None:
        self.board.text("config", text)

    def say(self, message: str) -> None:
        self.console.say(message)

    def clips(self, labelled: LabelledBatch, unlabelled: UnlabelledBatch | None) -> None:
        self.board.image("clips/source", clip_grid(labelled.clips), 0)
        if unlabelled:
            self.board.image("clips/target", clip_grid(unlabelled.clips), 0)

    def advance(
        self, epoch: int, step: int, losses: dict[str, float], clips_per_second: float
    ) -> None:
        self.console.advance(epoch, step, losses, clips_per_second)

    def evaluating(self, done: int, total: int) -> None:
        self.console.evaluating(done, total)

    def scalars(self, epoch: int, step: int, values: dict[str, float]) -> None:
        self.history.add({"step": step, "epoch": epoch + 1, **values})
        self.board.scalars(values, step)

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
        ranked.save(path)
        self.board.scalars(numbers, step)
        self.board.image(f"{name}/ranked_list", ranked, step)
        self.board.image(f"{name}/cmc", as_image(cmc({name: curves["cmc"]})), step)
        self.board.image(f"{name}/distances", as_image(distances(curves["distances"])), step)
        self.console.say(
            f"epoch {epoch}: {name} rank-1 {scores['rank_1']:.1%}, mAP {scores['mAP']:.1%}"
        )
        return path

    def features(self, epoch: int, step: int, found: DomainFeatures) -> None:
        """Both domains as a picture, and in TensorBoard's projector."""
        picture = as_image(domains_chart(found.points()))
        picture.save(self._file("features", f"{epoch:04d}.png"))
        self.board.image("features/tsne", picture, step)
        self.board.projector(found, step)

    def _file(self, folder: str, name: str) -> Path:
        (self.output / folder).mkdir(exist_ok=True)
        return self.output / folder / name

    def close(self) -> None:
        self.console.close()
        self.board.close()
