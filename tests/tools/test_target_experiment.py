"""tools/experiments/target.py: equal sources, what is rendered for whom, and parts of a fit."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from tests.mars_tree import write_mars_tree
from tests.tools.made_up_scores import costs, write_scores
from vidsynth.target import statistics
from vidsynth.target.quantities import BINS, QUANTITIES


def cells_of(
    experiments: dict[str, ModuleType], place: Path, name: str
) -> list[tuple[str, Any, Any]]:
    """Row, target and source of a table on MARS."""
    target, sources = experiments["target"], experiments["target_sources"]
    table = sources.TABLES[name]
    return [
        (row, aim, sources.source(place, table.rows[row], aim, 24))
        for aim in target.aims(table, [target.named(f"mars={place / 'mars'}")])
        for row in table.rows
    ]


def test_what_is_rendered_for_a_target_is_rendered_for_each_of_its_gammas(
    experiments: dict[str, ModuleType], tmp_path: Path
) -> None:
    cells = cells_of(experiments, tmp_path, "gamma")
    assert [aim.data for _, aim, _ in cells] == [
        "mars", "mars", "mars+gamma0.5-1.5", "mars+gamma0.5-1.5",
        "mars+gamma0.5-2.0", "mars+gamma0.5-2.0",
    ]  # fmt: skip
    bases = {made.place for row, _, made in cells if row == "TAGP-Base"}
    fitted = {made.place for row, _, made in cells if row == "TAGP-G"}
    assert (len(bases), len(fitted)) == (1, 3)
    # Table 4 has the same TAGP-Base and TAGP-G, and both are rendered once.
    both = {made for _, _, made in cells} | {
        made for _, _, made in cells_of(experiments, tmp_path, "tagperson")
    }
    assert len(both) == 1 + 3 + 2


@pytest.mark.parametrize("name", ["tagperson", "gamma", "ladder"])
def test_sources_of_a_table_are_equal_in_people_and_crops(
    experiments: dict[str, ModuleType], tmp_path: Path, name: str
) -> None:
    from vidsynth.planning.images import ImagePlan
    from vidsynth.settings import load_image_config

    sources = experiments["target_sources"]
    faces = set()
    for _, _, made in cells_of(experiments, tmp_path, name):
        made.place.parent.mkdir(parents=True, exist_ok=True)
        entries = [{"camera_elev": 12.5, "gamma_value": 1.5}]
        (made.place.parent / "estimates.json").write_text(json.dumps(entries))
        config = load_image_config(made.config, sources.words(made, 24, None))
        plan = ImagePlan(config)
        assert plan.dealing.crops == sources.images(24)
        faces.add(repr([plan.population.person(i) for i in plan.population.person_ids]))
    # A fixed walking speed is all that people of the ladder differ in.
    assert len(faces) == (2 if name == "ladder" else 1)


class Bright:
    """Estimators to whom every crop looks down by 40 degrees."""

    def estimate(self, crops: list[Any]) -> dict[str, Any]:
        return {"depression": np.full(len(crops), 40.0), "gamma": np.full(len(crops), 2.0)}


def test_raw_histograms_are_of_estimates_and_keep_what_was_not_unfolded(
    experiments: dict[str, ModuleType], tmp_path: Path
) -> None:
    fitted, trainings = experiments["fitted"], experiments["trainings"]
    root = write_mars_tree(tmp_path / "mars")
    measured = made_up_statistics()
    alone = fitted.together(measured)
    assert alone.cameras == ()
    assert alone.pooled.correlation is None
    target = trainings.Target("mars", "mars", root)
    found = fitted.raw(alone, target, Bright()).pooled.quantities
    (place,) = np.flatnonzero(found["depression"].counts)
    edges = found["depression"].edges
    assert edges[place] <= 40 < edges[place + 1]
    assert np.flatnonzero(found["depression"].shares()).tolist() == [place]
    assert found["sharpness"] == measured.pooled.quantities["sharpness"]
    statistics.write(tmp_path / "raw.json", fitted.raw(alone, target, Bright()))
    assert statistics.read(tmp_path / "raw.json").pooled.quantities.keys() == found.keys()


def made_up_statistics() -> statistics.TargetStatistics:
    """Of one camera: depression, unfolded, and sharpness, computed; both even."""
    quantities = {
        name: statistics.Distribution(
            unit=QUANTITIES[name].unit,
            per="image",
            how=how,
            edges=tuple(QUANTITIES[name].edges.tolist()),
            counts=(1 / BINS,) * BINS,
            floor=0.01,
            verdict="unfold" if name == "depression" else None,
        )
        for name, how in (("depression", "regressed+unfolded"), ("sharpness", "computed"))
    }
    return statistics.TargetStatistics(
        created_with="tests",
        source=statistics.Source(tracklets=90, images=360, cameras=1, layout="mars"),
        cameras=(statistics.Camera(name="1", tracklets=90, images=360, quantities=quantities),),
        pooled=statistics.Pooled(
            quantities=quantities,
            correlation=statistics.Correlation(
                names=("depression", "sharpness"), spearman=((1, 0.5), (0.5, 1))
            ),
        ),
        privacy=statistics.Privacy(
            min_tracklets_per_bin=5, min_tracklets_per_camera=30, quantised=4
        ),
    )


def test_weighed_scenes_keep_the_pictures_that_were_weighed(
    experiments: dict[str, ModuleType], tmp_path: Path
) -> None:
    sources = experiments["target_sources"]
    told = {
        row: sources.words(made, 24, tmp_path / "photos")
        for row, _, made in cells_of(experiments, tmp_path, "ours")
    }
    behind = f"backgrounds.directory={tmp_path / 'photos'}"
    assert [row for row, words in told.items() if behind not in words] == [
        "+ weights of scenes", "+ 20 % defensive",
    ]  # fmt: skip


def test_a_plan_counts_what_is_missing(experiments: dict[str, ModuleType], tmp_path: Path) -> None:
    target = experiments["target"]
    cells = cells_of(experiments, tmp_path, "ladder")
    sources = [made for *_, made in cells]
    runs = {
        made: [target.training(tmp_path / "runs", tmp_path, made, "scratch", 600, 1, ())]
        for made in sources
    }
    pairs = [(runs[made][0], aim) for _, aim, made in cells]
    assert len({run.output for some in runs.values() for run in some}) == 7
    told = runs[sources[0]][0].command(sources[0].place)
    assert told[told.index("--source") + 1] == "synthetic-images"
    *_, sentence = target.planned(sources, runs, pairs, 24, 2)
    assert "7 trainings 0.4 CPU-h, 7 scores 0.1 CPU-h" in sentence
    runs[sources[0]][0].output.mkdir(parents=True)
    (runs[sources[0]][0].output / "result.json").write_text("{}")
    (sources[0].place / "query").mkdir(parents=True)
    *table, sentence = target.planned(sources, runs, pairs, 24, 2)
    assert "6 trainings" in sentence
    assert table[2].endswith("| yes |")


def test_gains_of_the_ladder_are_over_the_rung_below(
    experiments: dict[str, ModuleType], tmp_path: Path
) -> None:
    target, trainings = experiments["target"], experiments["trainings"]
    table = experiments["target_sources"].TABLES["ladder"]
    aim = trainings.Target("mars", "mars", tmp_path)
    rows = {}
    for better, row in ((0.0, "nothing"), (0.2, "+ background"), (0.2, "+ resolution")):
        run = trainings.Training(tmp_path / row, "source_only", "scratch", 1)
        write_scores(experiments["scoring"].file_of(run, aim), better)
        run.output.with_suffix(".cost.json").write_text(costs(60))
        rows[row] = [run]
    lines = list(target.reported(table, aim, rows))
    assert lines[0].endswith("; mars")
    assert lines[4].startswith("| nothing | 50.0 | 40.0 | 55.0 |  |  |")
    assert "**+20.0 (+20.0 to +20.0)**" in lines[5]
    assert "+0.0 (+0.0 to +0.0)" in lines[6]
    assert lines[9].startswith("- Neither + resolution nor + background")
