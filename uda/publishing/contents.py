"""What of a run is sent to the Hub: weights, settings, scores, card, and nothing of anybody."""

from __future__ import annotations

from pathlib import Path

from hub_publishing import Parcel
from uda.comparing.visual_temporal import VisualTemporal
from uda.errors import RunError
from uda.files import write_json
from uda.publishing.card import model_card
from uda.publishing.places import without_places
from uda.publishing.record import Record
from uda.runs import checkpoint
from uda.runs.initial import is_classifier

SENT = ("config", "source", "target", "init", "attributes", "position", "versions")
"""What of a checkpoint is needed, beside weights and comparison, to put the model to use."""


def pack(record: Record, folder: Path, licence: str | None = None) -> Parcel:
    """The parcel of a finished run, its files written to ``folder``, which is empty.

    Left behind are optimisers, what the method keeps beside the model (a second model, memories of
    features), random states, the identity classifier with its vector for every person of the
    source, ranked lists, pictures of features, curves, logs, and all paths.

    Raises:
        RunError: there are no scores: the run is not finished, or the weights are not its own.
        CheckpointError: the weights cannot be read.
    """
    if record.result is None:
        raise RunError(
            f"Expected the directory of a finished run, found {record.checkpoint} without a "
            "result.json of its own: nobody could say what it is worth. Give the run's directory."
        )
    saved = checkpoint.load(record.checkpoint)
    kept = without_places({key: saved[key] for key in SENT if key in saved})
    kept["source"]["identities"] = None  # the size of the classifier that is left out
    kept["model"] = {k: tensor for k, tensor in saved["model"].items() if not is_classifier(k)}
    kept |= {key: saved[key] for key in ("comparison",) if key in saved}
    checkpoint.save(folder / "model.pt", kept)
    write_json(folder / "config.json", without_places(record.description))
    scores = {key: value for key, value in record.result.items() if key not in record.description}
    write_json(folder / "result.json", without_places(scores))
    files = {path.name: path.stat().st_size for path in sorted(folder.iterdir())}
    left = sorted(p.name for p in record.checkpoint.parents[1].iterdir() if p.name not in files)
    notes = [f"not sent of the run: {', '.join(left)}"]
    if saved.get("comparison", {}).get("name") == VisualTemporal.name:
        notes.append("model.pt tells how long people take between the target's cameras")
    return Parcel("model", model_card(record, licence), folder, files, notes)
