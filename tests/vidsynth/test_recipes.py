"""The recipes of configs/synth can all be planned, and are as large as they say."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from vidsynth.planning.images import ImagePlan
from vidsynth.planning.population import Population
from vidsynth.planning.tracklets import TrackletPlan
from vidsynth.settings import load_config, load_image_config

FOLDER = Path(__file__).parents[2] / "configs/synth"
IMAGES = ("images", "finegpr-like", "synthetic18k-like")
KEPT = 0.77
"""Share of crops that UnrealPerson's filters keep in `unreal-like`: docs/rendering.md."""
RECIPES = sorted(path.stem for path in FOLDER.glob("*.yaml"))


def plan(name: str) -> TrackletPlan:
    return TrackletPlan(load_config(FOLDER / f"{name}.yaml"))


@pytest.mark.parametrize("name", [name for name in RECIPES if name not in IMAGES])
def test_a_recipe_of_tracklets_is_planned_and_names_its_own_command(name: str) -> None:
    made = plan(name)
    made.check()
    shot = made.shot(len(made.outlines) - 1)
    assert shot.walkers
    assert f"configs/synth/{name}.yaml" in (FOLDER / f"{name}.yaml").read_text()


@pytest.mark.parametrize("name", IMAGES)
def test_a_recipe_of_images_is_planned(name: str) -> None:
    load_image_config(FOLDER / f"{name}.yaml")
    assert f"configs/synth/{name}.yaml" in (FOLDER / f"{name}.yaml").read_text()


def counts(plan: TrackletPlan, of: Callable[[int, int], int]) -> dict[int, float]:
    """The share of identities that have so many of something, which an identity and wave say."""
    found = Counter({i: of(i, o.wave) for o in plan.outlines for i in o.person_ids}.values())
    return {number: count / found.total() for number, count in found.items()}


def test_sets_like_published_ones_are_as_large() -> None:
    svreid, changing, unreal = map(plan, ("svreid-like", "svreid-cc-like", "unreal-like"))
    assert [len(made.population.person_ids) for made in (svreid, changing, unreal)] == [
        333,
        333,
        3000,
    ]
    assert [len(made.network.ids) for made in (svreid, changing, unreal)] == [10, 10, 34]
    assert [len(made.network.sites) for made in (svreid, changing)] == [5, 5]
    assert svreid.crops / svreid.config.frames == pytest.approx(1164, rel=0.15)
    assert changing.crops / changing.config.frames == pytest.approx(3187, rel=0.1)
    assert 120_000 < KEPT * unreal.crops < 1.15 * 120_000
    assert counts(svreid, svreid.outings.count) == pytest.approx({1: 0.5, 2: 0.5}, abs=0.02)
    outfits = counts(changing, lambda person_id, _: changing.population.outfits(person_id))
    assert (min(outfits), max(outfits)) == (2, 8)
    assert all(count > 1 for count in counts(changing, changing.outings.count))
    sites = defaultdict(set)
    for outline in unreal.outlines:
        for person_id in outline.person_ids:
            sites[person_id].add(outline.site)
    assert {len(each) for each in sites.values()} == {5}
    assert counts(unreal, unreal.outings.count) == {3: 1}


def test_a_person_of_finegpr_is_seen_from_everywhere_in_every_light_once() -> None:
    made = images("finegpr-like")
    people = len(made.population.person_ids)
    assert made.dealing.crops == people * 1764 == people * 36 * 7 * 7
    mine = [outline for outline in made.outlines if outline.person_id == 5]
    assert len({(outline.hour, outline.weather) for outline in mine}) == len(mine) == 49
    assert {len(outline.images) for outline in mine} == {36}
    at = Counter(outline.site for outline in made.outlines)
    assert len(at) == 9
    assert max(at.values()) < 1.05 * min(at.values())


def test_synthetic18k_has_77_images_of_everybody_at_every_place() -> None:
    assert (
        len(Population(load_image_config(FOLDER / "synthetic18k-like.yaml")).person_ids) == 18_306
    )
    made = images("synthetic18k-like", "identities=60")
    assert made.dealing.crops == 77 * 60
    assert {outline.site for outline in made.outlines} == set(made.config.sites.names)
    assert {outline.hour for outline in made.outlines} == set(made.config.hours.names)
    assert {outline.weather for outline in made.outlines} == set(made.config.weathers.names)


def images(name: str, *words: str) -> ImagePlan:
    return ImagePlan(load_image_config(FOLDER / f"{name}.yaml", words))
