"""tools/experiments/proof.py: what it asks, what it keeps, and the page that is made of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from tests.tools.made_up_scores import costs, write_scores
from uda import recipes

Modules = dict[str, ModuleType]


@pytest.fixture
def asked(experiments: Modules, tmp_path: Path) -> Any:
    target = experiments["trainings"].Target
    real = target("mars-real", "mars", tmp_path / "mars")
    dim = target("target-dim", "synthetic", tmp_path / "dim")
    viper = target("viper", "viper", tmp_path / "viper")
    return experiments["questions"].Asked(
        tmp_path / "data", tmp_path / "runs", (dim, real), (viper,), 2, ("scratch",), real
    )


def every_row(experiments: Modules, asked: Any) -> list[Any]:
    return [row for ask in experiments["questions"].QUESTIONS.values() for row in ask(asked)]


def complete(experiments: Modules, rows: list[Any], better: dict[str, float]) -> None:
    """Made-up scores of some rows, on all their targets."""
    file_of = experiments["scoring"].file_of
    for row in rows:
        for run in row.runs:
            run.output.parent.mkdir(parents=True, exist_ok=True)
            run.output.with_suffix(".cost.json").write_text(costs(60))
            for target in row.targets:
                write_scores(file_of(run, target), better.get(row.name, 0.0))


def test_questions_share_trainings_and_no_row_is_its_own_control(
    experiments: Modules, asked: Any
) -> None:
    rows = every_row(experiments, asked)
    names = {(row.question, row.name) for row in rows}
    assert len(names) == len(rows)
    for row in rows:
        assert row.name not in row.over
        assert {(row.question, other) for other in row.over} <= names
        trained = row.name != experiments["questions"].HISTOGRAM
        assert all(run.seed == seed for seed, run in enumerate(row.runs, 1)) == trained
    # A training is the same wherever it is asked for, and no two others lie in one place.
    runs = [run for row in rows for run in row.runs]
    assert len({run.output for run in runs}) == len(set(runs))
    # Those on rendered people are compare.py's.
    usual = experiments["trainings"].trainings(
        asked.output, ["scratch"], ["source_only"], asked.targets, [1, 2]
    )
    assert {run.output for run in usual if run.after} <= {run.output for run in runs}


def test_the_default_recipe_has_a_row_of_its_own(experiments: Modules, asked: Any) -> None:
    whole = replace(asked, starts=("scratch", "imagenet"))
    (row,) = [row for row in every_row(experiments, whole) if row.name.endswith("recipe laptop")]
    assert row.over[-1] == experiments["questions"].HISTOGRAM  # the README's gain is over the last
    run = row.runs[0]
    config, usual = recipes.load(run.recipe, run.words), recipes.load("laptop", [])
    assert run.steps == config.training.epochs * config.training.steps == 1344
    assert config.method.name == "source_only"
    same = ("model", "optimiser", "schedule")
    assert all(getattr(config, part) == getattr(usual, part) for part in same)
    assert config.data.size == usual.data.size


def test_sources_differ_in_what_their_names_say(experiments: Modules, tmp_path: Path) -> None:
    from vidsynth.planning.tracklets import TrackletPlan
    from vidsynth.settings import load_config

    made = experiments["proof_sources"]
    plans = {
        source.name: TrackletPlan(load_config(made.USUAL, list(source.words)))
        for source in (
            made.sized(tmp_path, 50, 4),
            *(made.narrowed(tmp_path, name) for name in made.NARROWED),
            *(made.without(tmp_path, name) for name in made.REMOVED),
        )
    }
    assert plans["50 people, 4 frames"].config.frames == 4
    whole, parts = plans["all of it"], plans["every part"]
    equal = [plan for name, plan in plans.items() if name != "50 people, 4 frames"]
    assert {plan.crops for plan in equal} == {whole.crops}
    assert plans["one weather"].config.weathers.choice == ("neutral",)
    assert len(whole.config.weathers.choice) > 1
    assert plans["24 cameras"].config.cameras == 2 * whole.config.cameras
    assert parts.config.people.lookalike_share == 0.3
    assert plans["without look-alikes"].config.people.lookalike_share == 0
    worn = plans["without accessories"].config.accessories.model_dump()
    assert {name for name, share in worn.items() if share} == {"hands"}


def test_the_fitted_source_has_the_people_of_the_usual_one(
    experiments: Modules, asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, done = experiments["proof_sources"], []
    monkeypatch.setattr(made.target_sources, "prepare", lambda some: done.append(some[0].config))
    monkeypatch.setattr(made, "render_set", lambda *given: done.append(given))
    source = made.fitted(asked.data, asked.real)
    source.prepare()
    config, (place, used, words) = done
    assert used == config
    assert place == source.place
    assert {"identities=300", "seed=1", "frames=3", "boxes.min_frames=3"} <= set(words)
    assert not any(word.startswith("sites") for word in words)


def test_rows_are_kept_as_they_finish_and_the_page_is_made_of_them(
    experiments: Modules, asked: Any, tmp_path: Path
) -> None:
    proof, page = experiments["proof"], experiments["proof_page"]
    rows = [row for row in every_row(experiments, asked) if row.question in ("source", "size")]
    real = next(row for row in rows if row.name.startswith("real people"))
    rendered = next(row for row in rows if row.name == "rendered people, scratch")
    sizes = [row for row in rows if row.name in ("50 people, 4 frames", "100 people, 4 frames")]
    docs, readme = tmp_path / "docs", tmp_path / "README.md"
    (docs / "images").mkdir(parents=True)
    readme.write_text(f"before\n{page.BEGIN}\nold\n{page.END}\nafter\n")
    complete(experiments, [rendered], {rendered.name: 0.2})
    proof.keep(rows, [rendered], docs, readme)
    kept = json.loads((docs / "results.json").read_text())
    assert not kept["rows"]["source"][rendered.name]["targets"]["viper"]["half"]["gains"]
    # Its control follows: what was kept without a gain has one now.
    complete(experiments, [real, *sizes], {})
    proof.keep(rows, [real], docs, readme)
    kept = json.loads((docs / "results.json").read_text())
    found = kept["rows"]["source"][rendered.name]
    gains = found["targets"]["mars-real"]["half"]["gains"]
    assert gains == {real.name: [20.0, 20.0, 20.0]}
    assert found["targets"]["mars-real"]["half"]["mAP"] == [75.0, 75.0]
    assert list(kept["rows"]["size"]) == [row.name for row in sizes]
    text = (docs / "results.md").read_text()
    assert "mars-real, trained on rendered people alone: mAP 75.0 of 88, not reached" in text
    assert "23 queries of 12 people." in text  # one of 24 has no match
    assert "**+20.0 (+20.0 to +20.0)**" in text
    assert "![size](images/results-size.png)" in text
    assert (docs / "images/results-size.png").stat().st_size > 1000
    assert text.count("Not run yet.") == len(experiments["questions"].QUESTIONS) - 2
    assert page.page(kept) == text
    table = readme.read_text()
    assert table.startswith("before\n")
    assert table.endswith("after\n")
    shown = "60.0 / 75.0 | **+20.0 (+20.0 to +20.0)** over real people of mars-real"
    assert f"| rendered people, scratch | {shown} | {shown} |" in table
    assert "old" not in table


def test_a_row_that_lacks_a_seed_is_not_kept(experiments: Modules, asked: Any) -> None:
    results = experiments["proof_results"]
    row = next(row for row in every_row(experiments, asked) if row.question == "size")
    complete(experiments, [replace(row, runs=row.runs[:1])], {})
    assert not results.is_complete(row)
    complete(experiments, [replace(row, runs=row.runs[1:])], {})
    assert results.is_complete(row)


def test_the_plan_counts_each_set_and_training_once(experiments: Modules, asked: Any) -> None:
    rows = every_row(experiments, asked)
    lines = list(experiments["proof_plan"].planned(rows, ["target-dim"], asked.data, 2))
    cells = {line.split("|")[1].strip(): line.split("|")[2:] for line in lines[2:8]}
    assert list(cells) == list(experiments["questions"].QUESTIONS)
    # Three sources, one start, two seeds, two stages; rows of adaptation train the others.
    assert int(cells["source"][3]) == 3 * 2 * 2
    methods = experiments["trainings"].METHODS
    direct = [row for row in methods.values() if row[0] in experiments["trainings"].ON_SOURCE]
    others = len(methods) - len(direct)
    # On rendered people for two targets, on fitted ones for one.
    assert int(cells["adaptation"][3]) == 2 * (2 * (len(direct) - 1) + 3 * others)
    assert float(cells["video"][5]) > float(cells["size"][5]) > 0


def test_the_page_and_the_readme_are_made_of_what_is_kept(experiments: Modules) -> None:
    root, page = Path(__file__).resolve().parents[2], experiments["proof_page"]
    kept = json.loads((root / "docs/results.json").read_text())
    assert (root / "docs/results.md").read_text() == page.page(kept)
    readme = (root / "README.md").read_text()
    assert page.with_table(readme, kept) == readme


def test_what_the_readme_says_in_words_is_what_is_kept() -> None:
    root = Path(__file__).resolve().parents[2]
    rows = json.loads((root / "docs/results.json").read_text())["rows"]["source"]

    def gains(name: str, target: str) -> dict[str, tuple[float, float, float]]:
        return rows[name]["targets"][target]["half"]["gains"]

    starts = ("scratch", "imagenet")
    over_real = {
        target: [
            gains(f"rendered people, {start}", target)[f"real people of mars-real, {start}"]
            for start in starts
        ]
        for target in ("mars-real", "viper")
    }
    assert all(low > 0 for found in over_real.values() for _, low, _ in found)
    assert {rows[f"{who}, {start}"]["seeds"] for start in starts for who in (
        "rendered people", "real people of mars-real"
    )} == {3}  # fmt: skip
    least, most = sorted(round(gain) for gain, _, _ in over_real["mars-real"])
    (viper,) = {round(gain) for gain, _, _ in over_real["viper"]}
    readme = " ".join((root / "README.md").read_text().split())
    assert (
        f"by {least} to {most} points of mAP on `mars-real` and by {viper} on VIPeR, with either "
        "start, over three trainings of each."
    ) in readme
    fitted = [
        gains(f"rendered people, fitted to mars-real, {start}", target)[f"rendered people, {start}"]
        for target in over_real
        for start in starts
    ]
    assert all(low < 0 < high for _, low, high in fitted[:2])
    assert [round(gain) for gain, _, _ in fitted[2:]] == [-4, -4]
    assert "teach no more about it; on VIPeR they teach 4 points less" in readme
    assert "no model is better than a histogram of colours for sure" in readme
    models = [name for name in rows if name != "colour histogram"]
    over_colours = [gains(name, t)["colour histogram"] for name in models for t in over_real]
    assert all(low <= 0 for _, low, _ in over_colours)


def test_a_readme_without_marks_is_left_alone(experiments: Modules) -> None:
    with pytest.raises(ValueError, match="expected <!-- results: begin -->"):
        experiments["proof_page"].with_table("no table", {"rows": {}})


def test_the_histogram_sees_colours_in_the_middle_and_where_they_are(
    experiments: Modules,
) -> None:
    of_frame = experiments["histogram"].of_frame
    frame = torch.zeros(3, 128, 64, dtype=torch.uint8)
    red, edge, low = frame.clone(), frame.clone(), frame.clone()
    red[0, 20:60, 24:40] = 200
    edge[0, 20:60, :16] = 200
    low[0, 80:120, 24:40] = 200
    assert of_frame(red) @ of_frame(red) == pytest.approx(1)
    # Unlike black: what is in the middle, more than what is at the edge.
    same = of_frame(frame)
    assert of_frame(red) @ same < of_frame(edge) @ same < 1
    # Red above is not red below.
    assert of_frame(red) @ of_frame(low) < np.sqrt(of_frame(red) @ same)


def test_the_readme_says_which_rows_are_of_one_seed(experiments: Modules) -> None:
    seeds_of = experiments["proof_page"]._seeds
    histogram = experiments["questions"].HISTOGRAM

    def said(**seeds: int) -> str:
        return seeds_of({histogram: {"seeds": 3}} | {n: {"seeds": k} for n, k in seeds.items()})

    assert said(one=1) == "one seed"
    assert said(one=3, other=3) == "3 seeds"
    assert said(one=3, other=1) == "3 seeds where ± stands, else 1"
