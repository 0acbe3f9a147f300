"""``vidsynth target style``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from vidsynth.commands.errors import plain_errors
from vidsynth.commands.target.progress import counting

if TYPE_CHECKING:
    from vidsynth.target.aost.companion import Companion
    from vidsynth.target.aost.networks import Gatys

FRAMES = typer.Option(min=1, help="Most frames of a tracklet.")
CLUSTERS = typer.Option(
    min=0, help="Most kinds of crops with means of their own; each has 30 tracklets or more."
)
VGG = typer.Option(
    "--vgg",
    help="File of torchvision's VGG-19, vgg19-dcbb9e9d.pth, for the paper's network.",
    show_default="MobileNetV2",
)


def style(
    data: Annotated[Path, typer.Argument(help="The target.")],
    layout: Annotated[
        str, typer.Option(help="A benchmark of uda by name, folder, images or boxes.")
    ] = "folder",
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write.")] = Path(
        "target-aost.npz"
    ),
    frames: Annotated[int, FRAMES] = 4,
    clusters: Annotated[int, CLUSTERS] = 32,
    vgg: Annotated[Path | None, VGG] = None,
    seed: Annotated[int, typer.Option(help="Of the clusters.")] = 0,
) -> None:
    """Measure a target's style and content, for `vidsynth target select`.

    The distances of Gatys et al. see a target through means alone: one feature map, and one Gram
    matrix for each of five layers. The file holds these, of the whole target and of its clusters,
    below 4 MB; no picture, name, or number of a single tracklet. It takes 200 tracklets or more.

    \b
      vidsynth target style my-cameras
      vidsynth target style data/mars --layout mars --output target-aost.npz
      vidsynth target select data/finegpr-like target-aost.npz --output data/chosen
    """
    with plain_errors():
        from vidsynth.files import require_output
        from vidsynth.target.aost.companion import MARK, write_companion
        from vidsynth.target.aost.networks import load_network

        require_output(output, suffixes=(".npz",), mark=MARK, inputs=(vgg,))
        network = load_network(vgg)
        found = measured(data, layout, "train", network, frames, clusters, None, seed)
        written = write_companion(found, output)
        kept = f", {len(written.clusters)} clusters" if written.clusters else ""
        typer.echo(
            f"{output}: {output.stat().st_size / 1e6:.1f} MB, {written.tracklets} tracklets{kept}, "
            f"network {written.network}."
        )


def measured(
    data: Path,
    layout: str,
    part: Literal["train", "test", "all"],
    network: Gatys,
    frames: int,
    clusters: int,
    least: int | None,
    seed: int,
) -> Companion:
    """A target's means, with a bar; ``least`` tracklets of a cluster, None for what may leave."""
    from vidsynth.target.aost.companion import LEAST_IN_CLUSTER
    from vidsynth.target.aost.measuring import measure_target
    from vidsynth.target.layouts import read_target

    with counting("measuring", "tracklets", None) as more:
        return measure_target(
            lambda: (tracklet.crops for tracklet in read_target(data, layout, frames, part)),
            network,
            clusters,
            LEAST_IN_CLUSTER if least is None else least,
            seed,
            lambda done: more(1),
        )
