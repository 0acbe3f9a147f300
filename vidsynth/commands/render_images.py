"""``vidsynth render-images``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vidsynth.commands.errors import plain_errors
from vidsynth.commands.fitted import ATTRIBUTES, TARGET, fitted_config
from vidsynth.commands.running import (
    EXECUTOR,
    SHOTS,
    Executor,
    chosen,
    cost,
    run,
    tell_idle,
    train_on,
)

if TYPE_CHECKING:
    from vidsynth.planning.images import ImagePlan
    from vidsynth.run.executors.slices import Slice

HELP = """Render one person at a time, every option drawn: labelled images in Market-1501 layout.

Camera angle, distance, resolution, light, pose, colours, background and what stands in front are
each a number or a distribution. The same settings always give the same data set. A run that was
stopped continues where it stopped when you give the same command again.

\b
Examples:
  vidsynth render-images --dry-run
  vidsynth render-images --identities 200 backgrounds.directory=photos
  vidsynth render-images --config configs/synth/images.yaml seed=7
  vidsynth render-images 'view.azimuth={choice: [0, 90, 180, 270]}' view.depression=20
  vidsynth render-images 'look.gamma={histogram: {edges: [0.5, 1, 2], counts: [3, 1]}}'
  vidsynth render-images grid.views=36 'hours=[noon]' 'weathers=[sunny]' 'sites=[plaza]'

KEY=VALUE sets any key of the config, sections by a dot; "vidsynth settings render-images" lists
them all, and docs/drawing.md says how what is drawn is written: ranges, weights, histograms and
tables.
"""


def render_images(
    overrides: Annotated[
        list[str] | None, typer.Argument(metavar="KEY=VALUE", show_default=False)
    ] = None,
    config: Annotated[Path | None, typer.Option(help="YAML file of settings.")] = None,
    target: Annotated[Path | None, TARGET] = None,
    attributes: Annotated[Path | None, ATTRIBUTES] = None,
    output: Annotated[Path, typer.Option(help="Folder to write.")] = Path("data/synthetic-images"),
    identities: Annotated[int | None, typer.Option(help="People seen across cameras.")] = None,
    cameras: Annotated[int | None, typer.Option(help="Virtual cameras.")] = None,
    seed: Annotated[int | None, typer.Option(help="Other people, other images.")] = None,
    quality: Annotated[str | None, typer.Option(help="fast, standard or high.")] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; one per core by default.")
    ] = None,
    shots: Annotated[str | None, SHOTS] = None,
    executor: Annotated[Executor, EXECUTOR] = Executor.LOCAL,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan only.")] = False,
) -> None:
    with plain_errors():
        part = chosen(shots)
        from vidsynth.settings import load_image_config

        config = fitted_config(target, config, output, attributes)
        settings = load_image_config(
            config,
            overrides or [],
            identities=identities,
            cameras=cameras,
            seed=seed,
            quality=quality,
        )
        tell_idle(settings)
        if dry_run:
            from vidsynth.planning.images import ImagePlan
            from vidsynth.run.machine import cores

            plan = ImagePlan(settings)
            plan.check()
            typer.echo(_outline(plan, workers or cores(), part))
            return
        run(settings, output, workers, "image", part, executor)
        if part.whole and settings.identities > settings.test_identities:
            typer.echo(train_on("synthetic-images", output, "market1501"))


def _outline(plan: ImagePlan, workers: int, part: Slice) -> str:
    from vidsynth.planning.images import BYTES_PER_IMAGE, CPU_SECONDS_PER_IMAGE

    config, dealing = plan.config, plan.dealing
    people = plan.population.config
    hours = dealing.crops * CPU_SECONDS_PER_IMAGE[config.quality] / 3600
    if config.grid.views:
        scenes = dealing.crops // (config.grid.views * len(plan.population.person_ids))
        how = f"a grid of {config.grid.views} views in {scenes} scenes, each once per person"
    else:
        how = (
            f"{config.cameras} cameras, {config.cameras_per_identity} for each person, "
            f"{config.images_per_camera} images by each"
        )
    shots, exact = dealing.shots_from(200)
    lines = [
        f"{config.identities} identities ({people.test_identities} held out for testing), "
        f"{people.distractors} distractors",
        how,
        f"{len(dealing.pictures)} photographs, sites {', '.join(config.sites.names)}"
        if dealing.pictures
        else f"sites {', '.join(config.sites.names)}",
        f"{'' if exact else 'about '}{shots:,} shots, {dealing.crops:,} images, "
        f"about {dealing.crops * BYTES_PER_IMAGE / 1e6:,.0f} MB",
        cost(hours, config.quality, workers, part),
    ]
    return "\n".join(lines)
