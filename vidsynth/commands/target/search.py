"""``vidsynth target search``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vidsynth.commands.errors import plain_errors

if TYPE_CHECKING:
    import numpy as np

    from vidsynth.target.estimators import Estimators
    from vidsynth.target.search.evaluations import Evaluations, Point
    from vidsynth.target.search.target_moments import Sought

DEVELOPED = 200
"""Images of a pool that each evaluation develops."""
SMALL = ["identities=40", "test_share=0", "cameras_per_identity=5", "images_per_camera=1"]
"""What each evaluation renders unless settings say otherwise: 200 images."""


class Method(StrEnum):
    DESCENT = "descent"
    EVOLUTION = "evolution"


def search(
    target: Annotated[
        Path, typer.Argument(help="Statistics of a target (target.json), or its own folder.")
    ],
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="KEY=VALUE", help="Settings of render-images.", show_default=False),
    ] = None,
    estimators: Annotated[
        Path, typer.Option(help="Estimators: their features are compared.")
    ] = Path("estimators.safetensors"),
    output: Annotated[Path, typer.Option("--output", "-o", help="Config to write.")] = Path(
        "searched.yaml"
    ),
    config: Annotated[
        Path | None, typer.Option(help="Config of render-images to begin with.")
    ] = None,
    coordinates: Annotated[
        Path | None,
        typer.Option(help="YAML file of what is searched.", show_default="twelve likely means"),
    ] = None,
    pool: Annotated[
        Path | None,
        typer.Option(
            help="A pool with light: develop it rather than render. For settings of look alone."
        ),
    ] = None,
    method: Annotated[
        Method,
        typer.Option(help="descent: one setting after the other; evolution: CMA-ES, [search]."),
    ] = Method.DESCENT,
    sweeps: Annotated[int, typer.Option(min=1, help="Of descent over all settings.")] = 2,
    generations: Annotated[int, typer.Option(min=1, help="Of evolution.")] = 8,
    layout: Annotated[str, typer.Option(help="Of the target's folder.")] = "folder",
    camera: Annotated[
        str | None, typer.Option(help="One camera of the folder.", show_default="all")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of evolution; `seed=1` is that of images.")] = 0,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes that render.")] = None,
) -> None:
    """Search settings whose renders are nearest to a target: attribute descent, or CMA-ES.

    Each candidate is rendered, 200 images unless KEY=VALUE says otherwise, with the same people
    and random numbers as the others, and compared by the Frechet distance of features. The best so
    far is kept, so the end is never worse than the start. It is slow by nature, for two sweeps
    over twelve settings two hours of two cores: `vidsynth target fit` does most of it in seconds.
    Every evaluation is recorded beside --output, and the same command continues a stopped search.

    \b
    Examples:
      vidsynth target search target.json
      vidsynth target search data/mars --layout mars --camera 3 --output camera3.yaml
      vidsynth target search target.json --config fitted.yaml --method evolution
      vidsynth target search target.json --pool data/pool --coordinates look.yaml
      vidsynth target search target.json --coordinates configs/target/coordinates.yaml identities=20
      vidsynth render-images --config searched.yaml
    """
    with plain_errors():
        import numpy as np

        from vidsynth.files import require_output
        from vidsynth.settings import load_image_config
        from vidsynth.target.estimators_file import read_estimators
        from vidsynth.target.features import describe
        from vidsynth.target.pool import read_pool
        from vidsynth.target.search.coordinates import begin
        from vidsynth.target.search.developing import DevelopedDistance
        from vidsynth.target.search.evaluations import Evaluations
        from vidsynth.target.search.recipe import read_recipe
        from vidsynth.target.search.rendering import RenderedDistance, planned_images
        from vidsynth.target.search.searching import MARK, problem, starting, write_found

        inputs = (target, estimators, config, coordinates)
        require_output(output, suffixes=(".yaml", ".yml"), mark=MARK, inputs=inputs)
        known = read_estimators(estimators)
        moved = read_recipe(coordinates)
        words = ["quality=fast", *(words or [])]
        if config is not None:
            moved = starting(moved, load_image_config(config, words))
        sought = _sought(target, layout, camera, known)

        def features(crops: Iterator[np.ndarray]) -> np.ndarray:
            return known.of(describe(map(known.pipe.apply, crops))).features

        objective: RenderedDistance | DevelopedDistance
        if pool is None:
            told = [*(SMALL if config is None else []), *words]
            folder = output.with_name(f".{output.name}.images")
            objective = RenderedDistance(
                config, told, moved, sought.moments, features, folder, workers
            )
            first = objective.config(begin(moved))
            images, how = planned_images(first), ""
        else:
            light = read_pool(pool)
            rows = np.linspace(0, len(light) - 1, min(DEVELOPED, len(light))).astype(int)
            objective = DevelopedDistance(
                light, rows, config, words, moved, sought.moments, features
            )
            first = objective.config(begin(moved))
            images, how = len(rows), light.mark
        evaluate = Evaluations(
            objective,
            images,
            output.with_suffix(".jsonl"),
            problem(first, moved, sought.moments, f"{method.value} {seed} {how}"),
            _tell,
        )
        typer.echo(
            f"{images} images an evaluation, kept in {evaluate.record}. Floor of the distance: "
            f"{'unknown' if sought.floor is None else f'{sought.floor:.2f}'}."
        )
        if method is Method.DESCENT:
            from vidsynth.target.search.descent import descend

            found = descend(evaluate, moved, sweeps)
        else:
            from vidsynth.target.search.evolution import evolve

            found = evolve(evaluate, moved, seed, generations)
        start, end = evaluate(begin(moved)), evaluate(found)
        said = (
            f"{MARK} {start:.2f} at the start, {end:.2f} at the end"
            f"{'' if sought.floor is None else f', floor {sought.floor:.2f}'}; "
            f"{evaluate.rendered:,} images {'rendered' if pool is None else 'developed'}."
        )
        base = None if config is None else Path(os.path.relpath(config, output.parent))
        write_found(output, base, moved, found, said)
        typer.echo(said)
        typer.echo(f"Render with it: vidsynth render-images --config {output}")


def _sought(target: Path, layout: str, camera: str | None, known: Estimators) -> Sought:
    from vidsynth.errors import TargetError
    from vidsynth.target.layouts import read_target
    from vidsynth.target.search.target_moments import of_statistics, of_tracklets
    from vidsynth.target.statistics import read

    if target.is_dir():
        return of_tracklets(read_target(target, layout, 4), known, camera)
    if camera is not None:
        raise TargetError(
            "Expected the target's own folder with --camera, found a statistics file: it has "
            "moments of all cameras together."
        )
    return of_statistics(read(target), known)


def _tell(account: Evaluations, point: Point, value: float) -> None:
    mark = "  best so far" if value <= account.least else ""
    typer.echo(f"{account.done:4d}  {value:8.2f}{mark}", err=True)
