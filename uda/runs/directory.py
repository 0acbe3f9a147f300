"""The output directory of a run: what lies where, and whose it is.

run.json              configuration, source, target, versions
metrics.jsonl         every logged scalar
result.json           scores, once the run is complete
checkpoints/last.pt   everything needed to continue; best.pt where evaluation.select_on asks
ranked-lists/         a picture per evaluation
features/             training clips of both domains as the student sees them
evaluations/          its CMC curve and distances, for `uda report`
tensorboard/          the same as curves
not-finite.json       where a loss was no number: step, losses, files of the batch
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from strict_reading import Unreadable, parse_json, read_text
from uda import config
from uda.errors import RunError
from uda.files import is_left_over, sweep, write_json
from uda.recipes.listing import differences
from uda.runs import checkpoint

TEST_BATCH = "evaluation.batch"
FREE_TO_CHANGE = (
    "data.workers",
    "pictures.workers",
    TEST_BATCH,
    "monitoring.",
    "training.save_every",
)
"""Keys that do not change the curve: a resumed run may set them anew. `TEST_BATCH` only where no
features are normalised by the batch they are in: the target's groups would hang on it."""


def named(output: Path, name: str) -> Path:
    return output / "checkpoints" / f"{name}.pt"


def last(output: Path) -> Path:
    return named(output, "last")


def claim(
    output: Path,
    settings: config.Section,
    identity: dict[str, dict[str, Any]],
    *,
    resume: bool,
    init: Path | None = None,
    kind: checkpoint.Format = checkpoint.TRAINED,
) -> dict[str, Any] | None:
    """The checkpoint to continue from, or None for a fresh start. Writes nothing.

    Args:
        output: the run's directory.
        settings: this run's configuration.
        identity: what `describe` says of source and target, and of ``target_2`` and so on where
            there are several.
        resume: whether a run in ``output`` is to be continued.
        init: the checkpoint that the run starts from.
        kind: of its checkpoint.

    Raises:
        RunError: the directory holds something else than this run.
        CheckpointError: its checkpoint cannot be continued.
    """
    if not resume:
        _require_empty(output)
        return None
    if not (output / "run.json").is_file():
        raise RunError(
            f"--resume found no run in {output}: expected its run.json. Check --output, or start "
            "a new run without --resume."
        )
    # Stopped before its first checkpoint: the same run from the start.
    saved = checkpoint.load(last(output), kind) if last(output).exists() else None
    if saved:
        checkpoint.require_resumable(last(output), saved, kind)
    known = saved or _described(output)
    changed = [
        change
        for change in differences(known["config"], settings.model_dump(mode="json"))
        if not change.startswith(_free_to_change(settings))
    ]
    named = {name for name in known if name.startswith("target")}
    for domain in sorted(named | identity.keys()):
        changed += [
            f"{domain} {change}"
            for change in differences(known.get(domain, {}), identity.get(domain, {}))
            if not change.startswith("root:")
        ]
    # By name alone: the run it is from may have gone on, and is not needed any more.
    before = known.get("init", {}).get("path")
    if before != (init and str(init)):
        changed.append(f"--init: {before} -> {init}")
    if changed:
        raise RunError(
            f"--resume would not continue the run in {output}: {'; '.join(changed)} (then -> now). "
            "Resume with the same configuration and data, or start a new run in another --output."
        )
    return saved


def _free_to_change(settings: config.Section) -> tuple[str, ...]:
    together = isinstance(settings, config.Config) and (
        settings.model.norm not in ("bn", "dsbn") or settings.evaluation.statistics != "running"
    )
    return tuple(key for key in FREE_TO_CHANGE if not (together and key == TEST_BATCH))


def _described(output: Path) -> dict[str, Any]:
    """What run.json says. Raises RunError."""
    path = output / "run.json"
    try:
        found = parse_json(read_text(path))
        if not isinstance(found, dict) or "config" not in found:
            raise Unreadable("no configuration in it")
    except Unreadable as error:
        raise RunError(
            f"--resume expected the configuration of a run in {path}, but it cannot be read "
            f"({error}), and there is no checkpoint. Delete {output} and start anew."
        ) from None
    return found


def _require_empty(output: Path) -> None:
    if output.exists() and not output.is_dir():
        raise RunError(f"--output {output} is a file. Name a directory that does not exist yet.")
    held = output.iterdir() if output.exists() else ()
    found = sorted(path.name for path in held if not is_left_over(path))
    if "run.json" in found:
        raise RunError(
            f"{output} already holds a run{_what(output / 'run.json')}. Nothing was overwritten. "
            "Continue it with --resume, or choose another --output."
        )
    if found:
        raise RunError(
            f"{output} is not empty: found {', '.join(found[:4])}. Expected a new or empty "
            "directory. Nothing was overwritten; choose another --output."
        )


def _what(path: Path) -> str:
    try:
        run = parse_json(read_text(path))
        method, seed = run["config"]["method"]["name"], run["config"]["training"]["seed"]
        return f" ({method}, {run['source']['name']} to {run['target']['name']}, seed {seed})"
    except (Unreadable, KeyError, TypeError):
        return ""


def describe_run(
    output: Path, settings: config.Section, identity: dict[str, dict[str, Any]]
) -> None:
    """Writes run.json: from now on the directory is this run's. What a killed process left
    unfinished, which may be as large as a checkpoint, is removed."""
    output.mkdir(parents=True, exist_ok=True)
    for folder in (output, last(output).parent):
        sweep(folder)
    write_json(
        output / "run.json",
        {
            "config": settings.model_dump(mode="json"),
            **identity,
            "versions": checkpoint.versions(),
        },
    )
