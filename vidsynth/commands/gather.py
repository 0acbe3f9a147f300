"""``vidsynth gather``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vidsynth.commands.errors import plain_errors

HELP = """Put slices of a data set together: check that all shots are there, and write its lists.

Slices are rendered by "vidsynth render-tracklets --shots I/N" (or render-images), side by side on
as many machines as you like, into one shared folder or into folders of their own. Gathering checks
every file's hash. Where shots are missing, it names them and the command that renders them; a
folder of other settings, of another build or from another type of processor is refused.

\b
  vidsynth gather data/synthetic                                # all slices wrote to one folder
  vidsynth gather data/synthetic --from part1 --from part2      # each had its own
  vidsynth gather data/synthetic --quick                        # lengths of files instead of hashes

docs/scale.md has job files for SLURM and Kubernetes.
"""


def gather(
    output: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder of the whole data set.")
    ] = Path("data/synthetic"),
    sources: Annotated[
        list[Path] | None,
        typer.Option(
            "--from",
            metavar="DIR",
            help="A folder with some of its shots; repeat it for each. It stays as it is: files "
            "are linked where possible, else copied.",
        ),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Compare lengths of what is in DIR, not hashes.")
    ] = False,
) -> None:
    with plain_errors():
        from rich.console import Console
        from rich.progress import Progress

        from vidsynth.run.assemble import assemble

        with Progress(console=Console(stderr=True)) as progress:
            bar = progress.add_task("checking shots")
            made = assemble(
                output,
                sources or [],
                not quick,
                lambda done, total: progress.update(bar, completed=done, total=total),
            )
        several = f"{made.tracklets} tracklets, " if made.unit != "image" else ""
        taken = f", {made.adopted} of them taken from other folders" if made.adopted else ""
        typer.echo(
            f"{output} holds {several}{made.crops} {made.unit}s in {made.shots} shots{taken}."
        )
