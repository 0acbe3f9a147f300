"""tools/experiments: which trainings a comparison has, and what its tables say of their scores."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

PLACE = Path(__file__).resolve().parents[2] / "tools" / "experiments"


@pytest.fixture
def experiments(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, ModuleType]]:
    """The modules of the folder, as its scripts see each other."""
    monkeypatch.syspath_prepend(str(PLACE))
    names = (
        "trainings", "scoring", "costs", "options", "rendering", "tables", "compare",
        "seen_again", "target_sources", "target",
    )  # fmt: skip
    yield {name: importlib.import_module(name) for name in names}
    for name in names:
        sys.modules.pop(name, None)


def test_control_is_trained_once_and_others_for_each_target(
    experiments: dict[str, ModuleType], tmp_path: Path
) -> None:
    trainings = experiments["trainings"]
    targets = [trainings.Target(name, "synthetic", tmp_path / name) for name in ("dim", "night")]
    rows = ["source_only", "pseudo_label"]
    runs = list(trainings.trainings(tmp_path / "runs", ["imagenet"], rows, targets, [1, 2]))
    assert len(runs) == 2 * (1 + 1 + 2)
    assert len({run.output for run in runs}) == len(runs)
    first, control, dim, _ = runs[:4]
    assert (first.after, control.after, dim.after) == (None, first, first)
    told = dim.command(tmp_path / "source")
    assert told[told.index("--init") + 1] == str(first.checkpoint)
    assert told[told.index("--target-root") + 1] == str(tmp_path / "dim")
    assert told[told.index("--config") + 1].endswith("recipes/imagenet-two.yaml")
    assert Path(told[told.index("--config") + 1]).is_file()
    # The control never sees a target, not even its name.
    assert not any("dim" in word or "night" in word for word in control.command(tmp_path / "s"))


def test_cost_is_that_of_all_calls_and_of_the_first_stage(
    experiments: dict[str, ModuleType], tmp_path: Path
) -> None:
    trainings = experiments["trainings"]
    first, control = trainings.trainings(tmp_path, ["scratch"], ["source_only"], [], [1])
    for run, spent in ((first, [60.0, 30.0]), (control, [30.0])):
        run.output.parent.mkdir(parents=True, exist_ok=True)
        run.output.with_suffix(".cost.json").write_text(json.dumps(spent))
    assert first.cpu_minutes == 1.5
    assert control.cpu_minutes == 2.0


def test_tables_pair_queries_and_say_what_can_be_concluded(
    experiments: dict[str, ModuleType], tmp_path: Path
) -> None:
    trainings, tables = experiments["trainings"], experiments["tables"]
    target = trainings.Target("dim", "synthetic", tmp_path / "dim")
    rows = ["source_only", "pseudo_label", "dann"]
    runs = list(trainings.trainings(tmp_path, ["scratch"], rows, [target], [1, 2]))
    for run in runs:
        if run.after:
            better = {"source_only": 0.0, "pseudo_label": 0.2, "dann": 0.0}[run.row]
            _write(experiments["scoring"].file_of(run, target), better)
            run.output.with_suffix(".cost.json").write_text("[120.0]")
    lines = list(tables.of_target(target, "scratch", runs))
    assert lines[2].startswith("| `source_only` | 50.0 ± 0.0 | 40.0 ± 0.0 | 45.0 ± 0.0 | 50.0")
    assert "**+20.0 (+20.0 to +20.0)**" in lines[3]
    assert "+0.0 (+0.0 to +0.0)" in lines[4]
    assert "**" not in lines[4]
    assert lines[3].endswith("| 2.0 |")
    said = list(tables.conclusions(target, "scratch", runs))
    assert said[0].startswith("source_only under camera statistics is better than source_only as")
    assert said[1].startswith("pseudo_label under camera statistics is better than source_only")
    assert said[2].startswith("Neither dann under camera statistics nor source_only")


def test_sources_in_which_people_are_seen_again_have_equal_crops(
    experiments: dict[str, ModuleType], tmp_path: Path
) -> None:
    seen_again = experiments["seen_again"]
    sources = [
        seen_again.rendered_source(tmp_path / "data", name, 24) for name in seen_again.SOURCES
    ]
    assert len({source.place for source in sources}) == len(sources)
    runs = {
        (source.name, steps): [
            seen_again.training(tmp_path / "runs", source, steps, seed, ()) for seed in (1, 2)
        ]
        for source in sources
        for steps in (600, 1800)
    }
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in seen_again.planned(sources, runs, [], 2)
    ][2 : 2 + len(sources)]
    assert {row[4] for row in rows} == {"576"}
    outings = {row[0]: int(row[2].rstrip("%")) for row in rows}
    assert outings["two sightings"] == outings["six sightings"] == 0
    assert 15 <= outings["two sightings, 0.3 return"] <= 45
    assert {share for name, share in outings.items() if "all return" in name} == {100}
    told = runs["six sightings", 1800][0].command(sources[7].place)
    assert "training.epochs=18" in told
    assert "training.steps=100" in told
    assert sources[7].name == "six sightings"


def test_the_report_on_people_seen_again_pairs_each_source_with_todays(
    experiments: dict[str, ModuleType], tmp_path: Path
) -> None:
    seen_again, trainings = experiments["seen_again"], experiments["trainings"]
    target = trainings.Target("target-dim", "synthetic", tmp_path / "dim")
    names = [seen_again.TODAY, "two sightings, all return"]
    sources = [seen_again.rendered_source(tmp_path / "data", name, 24) for name in names]
    runs = {}
    for source, better in zip(sources, (0.0, 0.2), strict=True):
        (source.place / "crops").mkdir(parents=True)
        table = pa.table({"frame": list(range(570))})
        pq.write_table(table, source.place / "crops/000000.parquet")
        some = [seen_again.training(tmp_path / "runs", source, 600, seed, ()) for seed in (1, 2)]
        for run in some:
            _write(experiments["scoring"].file_of(run, target), better)
            run.output.with_suffix(".cost.json").write_text("[240.0]")
        runs[source.name, 600] = some
    lines = list(seen_again.reported(sources, runs, [target]))
    assert lines[0] == "### target-dim (dim and noisy), 600 steps"
    assert lines[4].startswith("| two sightings | 570 | 50.0 ± 0.0 | 40.0 ± 0.0 | 50.0 ± 0.0 |  |")
    assert "**+20.0 (+20.0 to +20.0)**" in lines[5]
    assert lines[5].endswith("| 4.0 |")
    assert lines[7].startswith("- two sightings, all return is better than two sightings: mAP +20")


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
    assert "7 trainings 0.4 CPU-h, 7 scores 0.2 CPU-h" in sentence
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
        _write(experiments["scoring"].file_of(run, aim), better)
        run.output.with_suffix(".cost.json").write_text("[60.0]")
        rows[row] = [run]
    lines = list(target.reported(table, aim, rows))
    assert lines[0].endswith("; mars")
    assert lines[4].startswith("| nothing | 50.0 | 40.0 | 50.0 |  |  |")
    assert "**+20.0 (+20.0 to +20.0)**" in lines[5]
    assert "+0.0 (+0.0 to +0.0)" in lines[6]
    assert lines[9].startswith("- Neither + resolution nor + background")


def _write(place: Path, better: float) -> None:
    """Scores of 12 people with two queries each, some without a match."""
    found: dict[str, Any] = {}
    for whose, mean in (("running", 0.4), ("target", 0.45), ("camera", 0.5)):
        precision = [None if n == 5 else mean + better for n in range(24)]
        found[whose] = {
            "rank_1": 0.5 + better,
            "mAP": mean + better,
            "person_id": [n // 2 for n in range(24)],
            "average_precision": precision,
        }
    place.parent.mkdir(parents=True)
    place.write_text(json.dumps(found))
