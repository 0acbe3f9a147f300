"""`uda evaluate`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from strict_reading import finite
from uda.commands.options import (
    Benchmarks,
    Overwrite,
    Trained,
    expanded,
    expected_errors,
    require_outputs,
)


@expanded
def evaluate(
    trained: Trained,
    benchmarks: Benchmarks,
    rerank: Annotated[
        bool, typer.Option("--rerank", help="Also rank by k-reciprocal neighbours.")
    ] = False,
    centralise: Annotated[
        bool,
        typer.Option(
            "--centralise",
            help="Also average features with their mutual nearest neighbours' (transductive).",
        ),
    ] = False,
    lift: Annotated[
        bool,
        typer.Option(
            "--lift",
            help="Also weigh by who is seen near a query and near its match (TLift, transductive); "
            "needs times.",
        ),
    ] = False,
    lift_within: Annotated[
        float,
        typer.Option(
            min=0, callback=finite, help="Seconds between queries that are seen together."
        ),
    ] = 100.0,
    lift_spread: Annotated[
        float,
        typer.Option(
            min=0.001, callback=finite, help="Seconds that a match may be from who is seen near it."
        ),
    ] = 200.0,
    cache: Annotated[
        Path | None, typer.Option(help="Folder of `uda extract`, used where it fits.")
    ] = None,
    json: Annotated[Path | None, typer.Option(help="Write the scores to this file.")] = None,
    figures: Annotated[
        Path | None,
        typer.Option(help="Write ranked lists, CMC curves and distances to this folder (PNG)."),
    ] = None,
    attributes: Annotated[
        bool,
        typer.Option("--attributes", help="Test how attributes are recognised instead."),
    ] = False,
    attributes_file: Annotated[
        Path | None,
        typer.Option(help="CSV that describes people or tracklets, for --attributes."),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(help="Page with bars, confusions and mistakes (HTML), for --attributes."),
    ] = None,
    overwrite: Overwrite = False,
) -> None:
    """Rank a benchmark's gallery for each query: exact CMC, mAP and mINP.

    Features are compared as the checkpoint says, by cosine for most methods. Each benchmark is
    tested under its own protocol: CCVID for all, same and changed clothes; those with
    several splits as mean and standard deviation over them, or one of them (prid2011:3). Several
    benchmarks make a table of direct transfer.

    \b
      uda evaluate --checkpoint runs/adapted/checkpoints/last.pt --data mars --root data/mars
      uda evaluate --checkpoint last.pt --data market1501,msmt17,mars --json scores.json
      uda evaluate --checkpoint last.pt --data ccvid --root ccvid=/data/CCVID --rerank
      uda evaluate --checkpoint last.pt --frames 4 --flip --figures figures
    \b
    Batch-norm statistics of each camera, of training clips or of the test's own, without labels:
      uda evaluate --checkpoint last.pt --statistics camera
      uda evaluate --checkpoint last.pt --statistics camera --statistics-of test
    \b
    Attributes, of a model that was trained to recognise them (docs/attributes.md):
      uda evaluate --checkpoint last.pt --data market1501 --attributes --report attributes.html
    """
    with expected_errors():
        _require_fitting(
            attributes,
            {
                "--rerank": rerank,
                "--centralise": centralise,
                "--lift": lift,
                "--cache": cache,
                "--figures": figures,
                "--method": trained.method,
            },
            {"--attributes-file": attributes_file, "--report": report},
        )
        if attributes:
            _attributes(trained, benchmarks, attributes_file, json, report, overwrite)
            return
        from uda.comparing.lifted import Lift
        from uda.errors import ConfigError
        from uda.evaluation import of_checkpoint
        from uda.monitor.console import progress_bar
        from uda.report import tables

        require_outputs(trained, overwrite, {"--json": (json, (".json",))})
        if figures and figures.exists() and not figures.is_dir():
            raise ConfigError(f"--figures {figures}: expected a folder, found a file.")
        rows = of_checkpoint.evaluate(
            trained.checkpoint,
            benchmarks.roots(),
            trained.choices(),
            rerank=rerank,
            centralise=centralise,
            lift=Lift(lift_within, lift_spread) if lift else None,
            cache=cache,
            method=trained.method,
            shown=progress_bar,
        )
        if json:
            tables.write_scores(json, trained.checkpoint, rows)
        tables.print_rows(rows)  # whatever becomes of the figures
        if figures:
            tables.write_figures(figures, rows)


def _require_fitting(
    attributes: bool, of_ranking: Mapping[str, object], of_attributes: Mapping[str, object]
) -> None:
    """ConfigError: an option that says nothing about what is tested."""
    from uda.errors import ConfigError

    odd = [
        option for option, value in (of_ranking if attributes else of_attributes).items() if value
    ]
    if odd:
        raise ConfigError(
            f"{odd[0]} is about ranking: leave it out, or --attributes."
            if attributes
            else f"{odd[0]} is about attributes: give --attributes, too."
        )


def _attributes(
    trained: Trained,
    benchmarks: Benchmarks,
    file: Path | None,
    json: Path | None,
    page: Path | None,
    overwrite: bool,
) -> None:
    from uda.errors import ConfigError
    from uda.evaluation.attributes_of_checkpoint import evaluate_attributes
    from uda.monitor.console import progress_bar
    from uda.report import attribute_tables
    from uda.report.attributes import write_attributes_page

    roots = benchmarks.roots()
    if file and len(roots) > 1:
        raise ConfigError(
            f"--attributes-file {file}: expected one benchmark that it describes, found "
            f"{', '.join(roots)}. Evaluate them one by one."
        )
    files = {"--json": (json, (".json",)), "--report": (page, (".html", ".htm"))}
    require_outputs(trained, overwrite, files, file)
    rows = evaluate_attributes(
        trained.checkpoint, roots, trained.choices(), file=file, shown=progress_bar
    )
    if json:
        attribute_tables.write_attribute_scores(json, trained.checkpoint, rows)
    if page:
        write_attributes_page(trained.checkpoint, rows, page)
    attribute_tables.print_attributes(rows)
