"""tools/experiments: which trainings a comparison has, and what its tables say of their scores."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.tools.made_up_scores import costs, write_scores
from uda import recipes
from uda.features.extraction import Extraction
from uda.methods import registry


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


def test_direct_transfer_never_sees_a_target(
    experiments: dict[str, ModuleType], tmp_path: Path
) -> None:
    trainings = experiments["trainings"]
    on_source = {name for name, method in registry.METHODS.items() if not method.uses_target} & {
        method for method, _ in trainings.METHODS.values()
    }
    assert on_source == set(trainings.ON_SOURCE)
    targets = [trainings.Target("dim", "synthetic", tmp_path / "dim")]
    rows = list(trainings.METHODS)
    for run in trainings.trainings(tmp_path / "runs", ["scratch"], rows, targets, [1]):
        direct = run.after is None or trainings.METHODS[run.row][0] in on_source
        assert any("dim" in word for word in run.command(tmp_path / "s")) != direct


def test_settings_of_each_row_are_known_to_its_method(
    experiments: dict[str, ModuleType],
) -> None:
    for method, words in experiments["trainings"].METHODS.values():
        config = recipes.load("laptop", [f"method.name={method}", *words])
        assert config.method.name == method


def test_plans_count_what_networks_and_batches_cost(
    experiments: dict[str, ModuleType], tmp_path: Path
) -> None:
    costs, trainings = experiments["costs"], experiments["trainings"]
    targets = [trainings.Target("dim", "synthetic", tmp_path / "dim")]
    rows = ["source_only", "pseudo_label"]
    first, control, adapted = trainings.trainings(tmp_path, ["scratch"], rows, targets, [1])
    assert costs.cpu_seconds(first) == costs.STEP * first.steps
    # Sixteen clips of two frames of 128x64 through the slim ResNet-18, as `uda models` counts it.
    assert costs.forward(first) == pytest.approx(16 * 2 * 0.129, rel=0.01)
    assert costs.forward(control) == costs.forward(first)
    assert costs.forward(adapted) == 2 * costs.forward(control)
    longer = replace(first, settings=("model.name=resnet50", "data.clip_length=8"))
    short = replace(first, settings=("model.name=resnet50", "data.clip_length=4"))
    assert costs.forward(longer) == pytest.approx(2 * costs.forward(short))
    assert costs.forward(short) == pytest.approx(16 * 4 * 1.03, rel=0.02)


@pytest.mark.parametrize("steps", [7, 100, 120, 250, 600, 1800])
def test_a_training_lasts_as_many_steps_as_asked(
    experiments: dict[str, ModuleType], tmp_path: Path, steps: int
) -> None:
    trainings = experiments["trainings"]
    words = trainings.lasting(steps)
    run = trainings.Training(tmp_path, "source_only", "scratch", 1, settings=words)
    assert run.steps == steps
    assert 0 < int(words[1].partition("=")[2]) <= 100


def test_cost_is_that_of_all_calls_and_of_the_first_stage(
    experiments: dict[str, ModuleType], tmp_path: Path
) -> None:
    trainings = experiments["trainings"]
    first, control = trainings.trainings(tmp_path, ["scratch"], ["source_only"], [], [1])
    for run, spent in ((first, [60.0, 30.0]), (control, [30.0])):
        calls = [{"cpu_s": each, "peak_kib": each * 2**20} for each in spent]
        run.output.parent.mkdir(parents=True, exist_ok=True)
        run.output.with_suffix(".cost.json").write_text(json.dumps(calls))
    assert first.cpu_minutes == 1.5
    assert control.cpu_minutes == 2.0
    assert (first.peak_gib, control.peak_gib) == (60.0, 30.0)


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
            write_scores(experiments["scoring"].file_of(run, target), better)
            run.output.with_suffix(".cost.json").write_text(costs(120))
    lines = list(tables.of_target(target, "scratch", runs))
    assert lines[2].startswith("| `source_only` | 50.0 ± 0.0 | 40.0 ± 0.0 | 45.0 ± 0.0 | 50.0")
    assert "**+20.0 (+20.0 to +20.0)**" in lines[3]
    assert "+0.0 (+0.0 to +0.0)" in lines[4]
    assert "**" not in lines[4]
    assert lines[3].endswith("| 2.0 | 1.5 |")
    whole = list(tables.overview("scratch", [target], runs))
    assert whole[2] == "| `source_only` | 40.0 ± 0.0 / 50.0 ± 0.0 / 55.0 ± 0.0 | 2.0 | 1.5 |"
    assert whole[-2:] == [
        "| `pseudo_label` | **+20.0 (+20.0 to +20.0)** |",
        "| `dann` | +0.0 (+0.0 to +0.0) |",
    ]
    said = list(tables.conclusions(target, "scratch", runs))
    assert said[0].startswith("source_only under statistics of each camera alone is better than")
    assert said[1].startswith("source_only under half camera, half target statistics is better")
    assert said[2].startswith("pseudo_label under half camera, half target statistics is better")
    assert said[3].startswith("Neither dann under half camera, half target statistics nor source")


def test_scores_on_other_queries_are_not_paired(
    experiments: dict[str, ModuleType], tmp_path: Path
) -> None:
    write_scores(tmp_path / "a.json", 0.0)
    one = json.loads((tmp_path / "a.json").read_text())
    other = json.loads((tmp_path / "a.json").read_text())
    other["half"]["person_id"].reverse()
    gain_of = experiments["tables"].gain_of
    with pytest.raises(ValueError, match="the target was made anew"):
        gain_of([one], "half", [other], "half")
    assert gain_of([one], "half", [other], "running").mean == pytest.approx(0.15)


def test_sources_in_which_people_are_seen_again_have_equal_crops(
    experiments: dict[str, ModuleType], tmp_path: Path
) -> None:
    changes = experiments["source_changes"]
    sources = [changes.rendered_source(tmp_path / "data", name, 24) for name in changes.SOURCES]
    assert len({source.place for source in sources}) == len(sources)
    runs = {
        (source.name, steps): [
            changes.training(tmp_path / "runs", source, steps, seed, ()) for seed in (1, 2)
        ]
        for source in sources
        for steps in (600, 1800)
    }
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in changes.planned(sources, runs, [], 2)
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
    changes, trainings = experiments["source_changes"], experiments["trainings"]
    target = trainings.Target("target-dim", "synthetic", tmp_path / "dim")
    names = [changes.TODAY, "two sightings, all return"]
    sources = [changes.rendered_source(tmp_path / "data", name, 24) for name in names]
    runs = {}
    for source, better in zip(sources, (0.0, 0.2), strict=True):
        (source.place / "crops").mkdir(parents=True)
        table = pa.table({"frame": list(range(570))})
        pq.write_table(table, source.place / "crops/000000.parquet")
        some = [changes.training(tmp_path / "runs", source, 600, seed, ()) for seed in (1, 2)]
        for run in some:
            write_scores(experiments["scoring"].file_of(run, target), better)
            run.output.with_suffix(".cost.json").write_text(costs(240))
        runs[source.name, 600] = some
    lines = list(changes.reported(sources, runs, [target]))
    assert lines[0] == "### target-dim (dim and noisy), 600 steps"
    assert lines[4].startswith("| two sightings | 570 | 50.0 ± 0.0 | 40.0 ± 0.0 | 55.0 ± 0.0 |  |")
    assert "**+20.0 (+20.0 to +20.0)**" in lines[5]
    assert lines[5].endswith("| 4.0 |")
    assert lines[7].startswith("- two sightings, all return is better than two sightings: mAP +20")


def test_every_choice_of_statistics_is_one_that_features_are_extracted_by(
    experiments: dict[str, ModuleType],
) -> None:
    scoring = experiments["scoring"]
    trained = Extraction(size=(64, 32), clip_length=2)
    found = {
        whose: scoring.chosen(whose, "synthetic").apply(trained) for whose in scoring.STATISTICS
    }
    assert [(how.statistics, how.camera_share) for how in found.values()] == [
        ("running", 1.0), ("target", 1.0), ("camera", 1.0), ("camera", 0.5),
    ]  # fmt: skip
    assert {how.frames for how in found.values()} == {2}
