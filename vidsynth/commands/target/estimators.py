"""``vidsynth target estimators``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vidsynth.commands.errors import plain_errors

if TYPE_CHECKING:
    from vidsynth.target.estimators import Estimators
    from vidsynth.target.pipe import Pipe


def estimators(
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write.")] = Path(
        "estimators.safetensors"
    ),
    pool: Annotated[
        Path | None,
        typer.Option(
            help="Rendered images with light to learn from.", show_default="rendered once, and kept"
        ),
    ] = None,
    backgrounds: Annotated[
        Path | None, typer.Option(help="Photographs for half of the cameras of a pool.")
    ] = None,
    like: Annotated[
        Path | None,
        typer.Option(help="A target: crops go through what its crops went through."),
    ] = None,
    layout: Annotated[str, typer.Option(help="Of --like, as of target measure.")] = "folder",
    resized_to: Annotated[
        str | None, typer.Option(metavar="WxH", help="Size that all crops were resized to.")
    ] = None,
    jpeg: Annotated[
        int | None, typer.Option(min=1, max=100, help="Quality they were then coded with.")
    ] = None,
    looks: Annotated[int, typer.Option(min=1, max=16, help="Looks to develop of each image.")] = 4,
    net: Annotated[
        str,
        typer.Option(help="a: regression of frozen features; b: for large pools."),
    ] = "a",
    pictures: Annotated[
        Path | None, typer.Option(help="Folder for pictures of the response matrices.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes that render a pool.")
    ] = None,
) -> None:
    """Train estimators of what only a net can tell from crops, and say how far to trust each.

    They learn from a pool of renders; there is no target in the file. Crops of the pool are first
    resized and coded as the target's were: say --like, or --resized-to and --jpeg; by default they
    are resized to 128x256 and coded at quality 75.

    \b
      vidsynth target estimators --backgrounds photos
      vidsynth target estimators --like data/mars --layout mars --output mars.safetensors
      vidsynth target estimators --pool data/pool --resized-to 64x128 --jpeg 90
    """
    with plain_errors():
        from vidsynth.errors import TargetError
        from vidsynth.files import require_output
        from vidsynth.target.estimators import Estimators, Net
        from vidsynth.target.estimators_file import KIND, write_estimators
        from vidsynth.target.pool import read_pool
        from vidsynth.target.pool_rendering import kept_pool

        require_output(output, suffixes=(".safetensors",), mark=KIND)
        if pool is not None and backgrounds is not None:
            raise TargetError(
                "Expected --backgrounds for a pool that is to be rendered, found it with --pool, "
                "which is rendered already: leave one of the two out."
            )
        if net not in ("a", "b"):
            raise TargetError(f"Expected --net a or b, found {net!r}.")
        chosen: Net = "b" if net == "b" else "a"
        pipe = _pipe(like, layout, resized_to, jpeg)
        root = kept_pool(backgrounds, workers) if pool is None else pool
        typer.echo(f"Learning from {root}, {looks} looks of each image, crops {pipe}.")
        trained = Estimators.train(read_pool(root, looks), pipe, net=chosen)
        write_estimators(trained, output)
        typer.echo(_table(trained))
        if pictures is not None:
            from vidsynth.target.response_pictures import draw_responses

            draw_responses(trained.calibrations, pictures)
        typer.echo(f"{output}: {output.stat().st_size / 1e6:.1f} MB, {trained.mark}.")


def _pipe(like: Path | None, layout: str, resized_to: str | None, jpeg: int | None) -> Pipe:
    """What the options say that crops went through. Raises TargetError."""
    from vidsynth.errors import TargetError
    from vidsynth.target.pipe import Pipe

    if like is not None:
        from itertools import islice

        from vidsynth.target.layouts import read_target

        if resized_to is not None or jpeg is not None:
            raise TargetError("Expected --like, or --resized-to and --jpeg, found both.")
        tracklets = islice(read_target(like, layout, 1), 200)
        return Pipe.of(crop for tracklet in tracklets for crop in tracklet.crops)
    if resized_to is None:
        return Pipe((128, 256), 75 if jpeg is None else jpeg)
    width, _, height = resized_to.partition("x")
    if not (width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        raise TargetError(
            f"Expected --resized-to as width x height, such as 64x128, found {resized_to!r}."
        )
    return Pipe((int(width), int(height)), jpeg)


def _table(trained: Estimators) -> str:
    """How well each quantity is estimated of people and places that were held out."""
    from vidsynth.target.quantities import QUANTITIES

    lines = [f"{'':16} {'unit':12} {'R2':>6} {'slope':>6} {'error':>7} {'guess':>7} {'AUC':>6}"]
    for name in trained.names:
        trust = trained.trust[name]
        auc = "" if trust.auc != trust.auc else f"{trust.auc:.2f}"
        lines.append(
            f"{name:16} {QUANTITIES[name].unit:12} {trust.r2:6.2f} {trust.slope:6.2f} "
            f"{trust.mae:7.3g} {trust.guess:7.3g} {auc:>6} {trust.verdict}"
        )
    return "\n".join(lines)
