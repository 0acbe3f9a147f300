"""``vidsynth render-tracklets``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from pathlib import Path
from shlex import quote
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
    from vidsynth.planning.tracklets import TrackletPlan
    from vidsynth.run.executors.slices import Slice

HELP = """Render people walking past calibrated cameras: labelled tracklets in MARS layout.

Crops can also be written as one MP4 per tracklet or as WebDataset shards. With --format coco, mot
or frames, whole frames are rendered in place of crops: everybody of a shot in one picture, with
boxes, masks and key points as COCO or MOTChallenge have them (docs/formats.md). A whole frame costs
as much as many crops: --dry-run says how much.

The same settings always give the same data set. A run that was stopped continues where it
stopped when you give the same command again.

\b
Examples:
  vidsynth render-tracklets --dry-run
  vidsynth render-tracklets --identities 200 --cameras 8
  vidsynth render-tracklets --config configs/synth/small.yaml seed=7
  vidsynth render-tracklets --format mp4 --output data/videos
  vidsynth render-tracklets --format coco --output data/coco --dry-run
  vidsynth render-tracklets --target my-cameras --output data/fitted
  vidsynth render-tracklets --shots 3/16 --output data/shared
  vidsynth render-tracklets frames=32 'camera.gamma=[0.7,1.6]' 'weathers=[foggy]'
  vidsynth render-tracklets 'sites={choice: [plaza, mall], weights: [3, 1]}'

KEY=VALUE sets any key of the config, sections by a dot; "vidsynth settings" lists them all,
and docs/drawing.md says how what is drawn is written: ranges, weights, histograms, tables.
"""


def render_tracklets(
    overrides: Annotated[
        list[str] | None, typer.Argument(metavar="KEY=VALUE", show_default=False)
    ] = None,
    config: Annotated[Path | None, typer.Option(help="YAML file of settings.")] = None,
    target: Annotated[Path | None, TARGET] = None,
    attributes: Annotated[Path | None, ATTRIBUTES] = None,
    output: Annotated[Path, typer.Option(help="Folder to write.")] = Path("data/synthetic"),
    identities: Annotated[int | None, typer.Option(help="People seen across cameras.")] = None,
    cameras: Annotated[int | None, typer.Option(help="Over all sites, 2 to 40.")] = None,
    frames: Annotated[int | None, typer.Option(help="Per tracklet.")] = None,
    seed: Annotated[int | None, typer.Option(help="Other people, paths and cameras.")] = None,
    quality: Annotated[str | None, typer.Option(help="fast, standard or high.")] = None,
    format_: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="mars (images), mp4, webdataset; whole frames: coco, mot, frames, video.",
            show_default="mars",
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; one per core by default.")
    ] = None,
    shots: Annotated[str | None, SHOTS] = None,
    executor: Annotated[Executor, EXECUTOR] = Executor.LOCAL,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan only.")] = False,
) -> None:
    with plain_errors():
        part = chosen(shots)
        from vidsynth.config.tables import extent
        from vidsynth.settings import load_config

        config = fitted_config(target, config, output, attributes)
        words = [f"output.format={format_}"] if format_ else []
        settings = load_config(
            config,
            words + (overrides or []),
            identities=identities,
            cameras=cameras,
            frames=frames,
            seed=seed,
            quality=quality,
        )
        tell_idle(settings)
        if dry_run:
            from vidsynth.planning.tracklets import TrackletPlan
            from vidsynth.run.machine import cores
            from vidsynth.run.production import Production

            plan = TrackletPlan(settings)
            Production(plan).check()
            typer.echo(_outline(plan, workers or cores(), part))
            return
        run(settings, output, workers, "frame" if settings.whole else "crop", part, executor)
        if not part.whole:
            return
        typer.echo(f"Look at it: vidsynth preview --root {quote(str(output))} --output sheet.png")
        if settings.identities > settings.test_identities and not settings.whole:
            changing = extent(settings, "people.outfits")[1] > 1
            typer.echo(
                train_on(
                    "synthetic-cc" if changing else "synthetic",
                    output,
                    "ccvid" if changing else "mars",
                )
            )


def _outline(plan: TrackletPlan, workers: int, part: Slice) -> str:
    from vidsynth.config.tables import extent

    config = plan.config
    people, alike = config.people, config.look_alikes
    outfits = [int(bound) for bound in extent(config, "people.outfits")]
    special = f", {_span(outfits)} outfits each" if outfits[-1] > 1 else ""
    special += f", {alike} in groups of {people.lookalike_size} look-alikes" if alike else ""
    lines = [
        f"{config.identities} identities ({config.test_identities} held out for testing), "
        f"{config.distractors} distractors{special}",
        _seen(plan),
        f"{len(plan.network.ids)} cameras, at {', '.join(plan.network.sites)}{_idle(plan)}",
        f"{len(plan.outlines)} shots of {config.frames} frames at {config.fps:g} fps, "
        f"up to {config.people_per_shot} people and "
        f"{max(len(outline.camera_ids) for outline in plan.outlines)} cameras each",
        *(_frames(plan, workers, part) if config.whole else _crops(plan, workers, part)),
    ]
    return "\n".join(lines)


def _crops(plan: TrackletPlan, workers: int, part: Slice) -> list[str]:
    from vidsynth.planning.tracklets import BYTES_PER_CROP, CPU_SECONDS_PER_CROP

    quality = plan.config.quality
    hours = plan.crops * CPU_SECONDS_PER_CROP[quality] / 3600
    return [
        f"{plan.crops:,} crops at most, about {plan.crops * BYTES_PER_CROP / 1e6:,.0f} MB",
        cost(hours, quality, workers, part),
    ]


def _frames(plan: TrackletPlan, workers: int, part: Slice) -> list[str]:
    from vidsynth.planning.tracklets import BYTES_PER_PIXEL, CPU_SECONDS_PER_FRAME

    config, quality = plan.config, plan.config.quality
    sizes = {camera.camera_id: camera.width * camera.height for camera in plan.cameras}
    pixels = config.frames * sum(sizes[i] for outline in plan.outlines for i in outline.camera_ids)
    hours = pixels / (1280 * 720) * CPU_SECONDS_PER_FRAME[quality] / 3600
    return [
        f"{plan.whole_frames:,} whole frames, about {pixels * BYTES_PER_PIXEL / 1e6:,.0f} MB, with "
        f"{plan.crops:,} labelled people at most",
        cost(hours, quality, workers, part),
    ]


def _span(bounds: Collection[float]) -> str:
    """One number, or from which to which."""
    least, most = min(bounds), max(bounds)
    return f"{least:g}" if least == most else f"{least:g} to {most:g}"


def _seen(plan: TrackletPlan) -> str:
    """How often, at how many sites and on how many outings identities are seen."""
    sightings, outings, sites = {}, {}, defaultdict(set)
    for outline in plan.outlines:
        for person_id in outline.person_ids:
            if person_id <= plan.config.identities:
                sightings[person_id] = plan.sightings(person_id)
                outings[person_id] = plan.outings.count(person_id, outline.wave)
                sites[person_id].add(outline.site)
    several = sum(count > 1 for count in outings.values()) / len(outings)
    return (
        f"each identity seen {_span(sightings.values())} times, at "
        f"{_span([len(found) for found in sites.values()])} of {len(plan.network.sites)} sites, "
        f"{several:.0%} on several outings ({_span(outings.values())})"
    )


def _idle(plan: TrackletPlan) -> str:
    idle = set(plan.network.ids).difference(*(outline.camera_ids for outline in plan.outlines))
    return (
        f"; {len(idle)} of them film nobody: ask for more identities or sightings" if idle else ""
    )
