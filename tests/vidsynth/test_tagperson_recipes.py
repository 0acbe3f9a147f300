"""TAGPerson's recipes: what each row of its Tables 3 and 4 changes, and that it changes no more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from vidsynth.planning.images import ImagePlan
from vidsynth.settings import load_image_config

FOLDER = Path(__file__).parents[2] / "configs/target"
LADDER = (
    "tagp-1-nothing", "tagp-2-background", "tagp-3-resolution", "tagp-4-light", "tagp-5-pose",
    "tagp-6-depression", "tagp-7-colour",
)  # fmt: skip


@pytest.fixture(scope="module")
def estimates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A list as TAGPerson's estimators write one: depression and gamma of 300 images."""
    rng = np.random.default_rng(0)
    path = tmp_path_factory.mktemp("estimates") / "market.json"
    angles, gammas = rng.normal(17, 4, 300), rng.normal(1.3, 0.2, 300)
    entries = [
        {"camera_elev": round(a, 3), "gamma_value": round(g, 3), "file_name": f"{n}.jpg"}
        for n, (a, g) in enumerate(zip(angles.tolist(), gammas.tolist(), strict=True))
    ]
    path.write_text(json.dumps(entries))
    return path


def images(name: str, *words: str, people: int = 40) -> list[dict[str, Any]]:
    """What is drawn for each image of a recipe's first people, by name; no walls are in the way."""
    place = FOLDER / f"{name}.yaml"
    words = (f"identities={people}", f"backgrounds.directory={FOLDER / 'plain'}", *words)
    plan = ImagePlan(load_image_config(place, words))
    found = []
    for outline in plan.outlines:
        shot = plan.shot(outline.index)
        for take in shot.takes:
            view, look, light = take.camera.view, take.camera.photometry, take.light
            found.append(
                {
                    "image": (outline.person_id, take.camera.camera_id, take.frame),
                    "azimuth": view.azimuth,
                    "depression": view.depression,
                    "distance": view.distance,
                    "height": view.height,
                    "aspect": view.aspect,
                    "gamma": look.gamma,
                    "tint": look.white_balance,
                    "light_azimuth": light.azimuth,
                    "light_elevation": light.elevation,
                    "walkers": repr(shot.walkers),
                }
            )
    return found


def column(rows: list[dict[str, Any]], name: str) -> list[Any]:
    return [row[name] for row in rows]


def differing(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> set[str]:
    """Columns in which two sets with the same images differ."""
    return {name for name in one[0] if column(one, name) != column(other, name)}


def test_options_of_tagp_base_are_those_of_its_configuration() -> None:
    made = ImagePlan(load_image_config(FOLDER / "tagp-base.yaml"))
    assert len(made.population.person_ids) * made.dealing.cameras_each * 5 == 2954 * 25
    shots = [made.shot(index) for index in range(200)]
    takes = [take for shot in shots for take in shot.takes]
    views, looks = ([getattr(t.camera, name) for t in takes] for name in ("view", "photometry"))
    downs = {view.depression for view in views}
    assert downs == set(range(10, 46))
    for view in views:
        away = 0.02 + 1.4 * 1.7 + 0.012 * 1.02 * (view.depression - 10)
        # Nearer only where a wall is in the way.
        assert view.distance < away + 0.3
    assert np.mean([v.distance > 2.2 for v in views]) > 0.95
    tall = np.array([view.height * 1.06 for view in views])
    wide = tall * [view.aspect for view in views]
    assert (wide.min(), wide.max()) == pytest.approx((23, 78), abs=0.1)
    assert wide.mean() == pytest.approx(50, abs=2)
    assert (tall / wide).mean() == pytest.approx((2 + 3.9) / 2, abs=0.08)
    assert {take.light.elevation for take in takes} == {73}
    turned = np.array([take.light.azimuth for take in takes])
    assert turned.min() < -70
    assert turned.max() > 70
    assert np.abs(turned).max() <= 75
    assert {(k.gamma, k.exposure_ev, k.contrast, k.saturation, k.noise, k.blur) for k in looks} == {
        (1, 0, 1, 1, 0, 0)
    }
    assert not any(take.occluder or take.bystanders for take in takes)


def test_tagp_base_has_no_gamma_and_a_lamp_at_73_degrees_in_every_row() -> None:
    rows = images("tagp-base")
    assert len(rows) == 40 * 25
    assert set(column(rows, "gamma")) == {1}
    assert set(column(rows, "light_elevation")) == {73}


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("tagp-c", {"depression"}),
        ("tagp-g", {"gamma"}),
        ("tagp-cg", {"depression", "gamma"}),
    ],
)
def test_estimates_change_their_columns_and_no_other(
    name: str, changed: set[str], estimates: Path
) -> None:
    base, rows = images("tagp-base"), images(name, f"tables.estimates.rows={estimates}")
    assert differing(base, rows) == changed
    listed = json.loads(estimates.read_text())
    fields = {"depression": "camera_elev", "gamma": "gamma_value"}
    for drawn in changed:
        entries = [entry[fields[drawn]] for entry in listed]
        assert set(column(rows, drawn)) <= set(entries)
        assert stats.ks_2samp(column(rows, drawn), entries).pvalue > 0.01
    if len(changed) == 2:  # both from one entry
        pairs = {(entry["camera_elev"], entry["gamma_value"]) for entry in listed}
        assert {(row["depression"], row["gamma"]) for row in rows} <= pairs


@pytest.mark.parametrize(
    ("lower", "upper", "changed"),
    [
        (1, 2, {"height", "aspect"}),
        (2, 3, {"light_azimuth"}),
        (3, 4, {"walkers"}),
        (4, 5, {"depression", "distance"}),
        (5, 6, {"tint"}),
    ],
)
def test_every_rung_of_the_ladder_adds_one_option(
    lower: int, upper: int, changed: set[str]
) -> None:
    below, above = images(LADDER[lower], people=12), images(LADDER[upper], people=12)
    assert differing(below, above) == changed
    for name in changed - {"walkers", "aspect"}:
        assert len(set(column(above, name))) > len(set(column(below, name)))


def test_the_lowest_rung_has_even_grey_behind_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER.parents[1])
    plan = ImagePlan(load_image_config(FOLDER / "tagp-1-nothing.yaml", ["identities=3"]))
    takes = [take for o in plan.outlines for take in plan.shot(o.index).takes]
    assert {take.backdrop.path.name for take in takes if take.backdrop} == {"grey.png"}
    assert all(take.backdrop for take in takes)
    wide = [take.camera.view.height * 1.06 * take.camera.view.aspect for take in takes]
    assert min(wide) == pytest.approx(50, abs=0.2)
    assert max(wide) == pytest.approx(50, abs=0.2)


def test_the_last_rung_is_tagp_base() -> None:
    assert differing(images("tagp-7-colour", people=4), images("tagp-base", people=4)) == set()


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("tagp-*.yaml")))
def test_a_recipe_names_its_own_command(name: str) -> None:
    assert f"configs/target/{name}.yaml" in (FOLDER / f"{name}.yaml").read_text()
