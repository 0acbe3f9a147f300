"""The main job in one command: render people, train on them, adapt to video nobody labelled.

    uv run tools/demo.py

A second rendered set with other places, cameras, weather and exposure stands in for a real target:
its training half is used without identities, its test half only for the final scores. What is
rendered is kept; a second run trains anew in the same folder.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from PIL import Image
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from uda.evaluation.ranking import RankingResult

# Two sightings take minutes; three, the default, teach more.
SOURCE: dict[str, Any] = {
    "seed": 1, "identities": 40, "test_share": 0.0, "sightings": 2, "frames": 4, "fps": 4.0,
    "cameras": 6, "quality": "fast", "people_per_shot": 5, "sites": ["park", "plaza", "mall"],
    "hours": ["forenoon", "noon", "afternoon"], "weathers": ["sunny", "overcast"],
}  # fmt: skip
TARGET: dict[str, Any] = {
    "seed": 2, "identities": 100, "test_share": 0.6, "sightings": 2, "frames": 2, "fps": 4.0,
    "cameras": 6, "quality": "fast", "people_per_shot": 5, "boxes": {"min_frames": 2},
    "distractor_share": 0.0, "sites": ["mall", "street"], "hours": ["afternoon", "dusk"],
    "weathers": ["overcast", "foggy"],
    "camera": {
        "gamma": [1.0, 1.3], "exposure_ev": [-0.6, 0.2], "contrast": [0.7, 1.1],
        "saturation": [0.45, 0.8],
        "red_bias": {"normal": [0, 0.22]}, "blue_bias": {"normal": [0, 0.22]},
        "noise": [3, 8], "blur": [0.6, 1.3], "jpeg_quality": [35, 70],
    },
}  # fmt: skip
METHODS = {
    "source_only": ("evaluation.statistics=running", "evaluation.beside=[camera]"),
    "pseudo_label": ("evaluation.statistics=camera", "evaluation.beside=[]"),
}
"""What is trained, and whose batch-norm statistics it is clustered and tested with."""
BESIDE = "source_only, by camera"
"""The control's weights under such statistics: what no training is needed for."""
console = Console()


def main(
    output: Annotated[Path, typer.Option(help="Folder for everything the demo makes.")] = Path(
        "demo"
    ),
    seed: Annotated[int, typer.Option(help="Seed of the two trainings.")] = 1,
    epochs: Annotated[
        int, typer.Option(min=1, help="Of each training, each shows all source tracklets once.")
    ] = 16,
) -> None:
    """Render two sets, train source-only and adapted, compare them on held-out people."""
    from reid_datasets.errors import DatasetError

    from uda.errors import UdaError
    from uda.training.session import Interrupted
    from vidsynth.errors import VidsynthError

    began = time.monotonic()
    try:
        stages = run(output, seed, epochs)
    except Interrupted:
        typer.echo("demo: stopped; the same command keeps what is rendered.", err=True)
        raise typer.Exit(130) from None
    except (DatasetError, UdaError, VidsynthError) as error:
        typer.echo(f"demo: {error}\nTo start from nothing, delete the folder {output}.", err=True)
        raise typer.Exit(2) from None
    except KeyboardInterrupt:
        typer.echo("demo: stopped; the same command continues the rendering.", err=True)
        raise typer.Exit(130) from None
    stages["total"] = time.monotonic() - began
    report(output, stages, seed)


def run(output: Path, seed: int, epochs: int) -> dict[str, Any]:
    """All stages; returns their seconds and the scores by method."""
    from uda import recipes
    from uda.training.run import train
    from vidsynth.body.model import body_model
    from vidsynth.run.job import render
    from vidsynth.settings import load_config

    stages: dict[str, Any] = {"seconds": {}, "scores": {}}

    def stage(title: str) -> Any:
        console.rule(f"[bold]{title}")
        return time.monotonic()

    begun = stage("1/5 the body model (about a minute the first time on a machine)")
    with console.status("preparing bodies"):
        body_model()
    stages["seconds"]["bodies"] = time.monotonic() - begun
    for number, (name, settings) in enumerate((("source", SOURCE), ("target", TARGET)), 2):
        begun = stage(f"{number}/5 rendering the {name}")
        summary = render(load_config(**settings), output / name)
        kept = " (kept from before)" if not summary.rendered_crops else ""
        print(f"{name}: {summary.tracklets} tracklets, {summary.crops} crops{kept}")
        stages["seconds"][name] = time.monotonic() - begun
    sheet(output)
    for number, (method, tested) in enumerate(METHODS.items(), 4):
        begun = stage(f"{number}/5 training: {method}")
        place = output / "runs" / method
        if (place / "run.json").exists():
            shutil.rmtree(place)
        settings = recipes.load(
            "laptop",
            [
                f"training.seed={seed}", f"training.epochs={epochs}", "schedule.warmup=1",
                "evaluation.every=0", *tested, "training.accelerator=cpu", "monitoring.every=5",
            ],
            method=method,
        )  # fmt: skip
        result = train(settings, output / "source", output / "target", place, target="synthetic")
        assert result.evaluation is not None
        stages["scores"][method] = result.evaluation.result
        for beside in result.beside.values():
            stages["scores"][BESIDE] = beside.result
        stages["seconds"][method] = time.monotonic() - begun
    return stages


def sheet(output: Path) -> None:
    """One picture of both sets: a row a person, a column a camera."""
    from vidsynth.inspect.preview.sheet import contact_sheet

    parts = []
    for name in ("source", "target"):
        path = output / f"{name}.png"
        contact_sheet(output / name, path, rows=6, columns=8)
        with Image.open(path) as picture:
            parts.append(picture.convert("RGB"))
        path.unlink()
    whole = Image.new(
        "RGB", (max(p.width for p in parts), sum(p.height for p in parts)), (255, 255, 255)
    )
    top = 0
    for part in parts:
        whole.paste(part, (0, top))
        top += part.height
    whole.save(output / "contact-sheet.png")


def report(output: Path, stages: dict[str, Any], seed: int) -> None:
    """The table, what it allows to conclude, the result file, and what to type next."""
    import numpy as np
    from reid_datasets.benchmarks import load

    from uda.evaluation.paired import paired_gain

    rows: dict[str, RankingResult] = stages["scores"]
    table = Table("held-out target people", "rank-1", "rank-5", "rank-10", "mAP", "queries")
    for column in table.columns[1:]:
        column.justify = "right"
    for method, scores in rows.items():
        shares = [*(scores.cmc[rank] for rank in (1, 5, 10)), scores.mean_ap]
        table.add_row(method, *(f"{share:.1%}" for share in shares), str(scores.evaluated))
    console.rule("[bold]result")
    console.print(table)
    result = {
        "seed": seed,
        "source": SOURCE,
        "target": TARGET,
        "scores": {
            method: {
                **{f"rank_{k}": share for k, share in scores.cmc.items()},
                "mAP": scores.mean_ap,
                "queries": scores.evaluated,
                "queries_without_match": scores.without_match,
            }
            for method, scores in rows.items()
        },
        "seconds": {**stages["seconds"], "total": stages["total"]},
    }
    (output / "result.json").write_text(json.dumps(result, indent=2) + "\n")
    plain, adapted = METHODS
    truth = np.array([query.person_id for query in load("synthetic", output / "target").query])
    said = [
        paired_gain([rows[adapted].per_query_ap], [rows[other].per_query_ap], truth)
        .sentence(adapted, other)
        for other in (plain, BESIDE)
    ]  # fmt: skip
    print(
        f"""{said[0]}
{said[1]}
{stages["total"] / 60:.1f} minutes

pictures     {output}/contact-sheet.png, {output}/runs/*/ranked-lists/*.png
numbers      {output}/result.json
curves       uv run tensorboard --logdir {output}/runs
next         uv run vidsynth render-tracklets --dry-run
             uv run uda train --help"""
    )


if __name__ == "__main__":
    if sys.version_info[:2] != (3, 11):
        sys.exit(
            "The demo renders with Blender's Python module, which exists for Python 3.11 only; "
            f"this is {sys.version.split()[0]}. Run: uv run --python 3.11 tools/demo.py"
        )
    typer.run(main)
