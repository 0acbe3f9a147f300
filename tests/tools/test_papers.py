"""tools/papers.py: every table's file can be used, plans work without data, a row really runs."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest
import typer
from typer.testing import CliRunner

from tests.mars_tree import write_mars_tree
from tests.uda.miniature import FEW, TINY, undrawn

TOOLS = Path(__file__).resolve().parents[2] / "tools"
TABLES = sorted(
    path.relative_to(TOOLS.parent / "configs/papers").with_suffix("").as_posix()
    for path in (TOOLS.parent / "configs/papers").glob("*/*.yaml")
)
PARTS = ("description", "people", "trainings", "plan", "running", "results")
WORDS = [*FEW, "training.epochs=1", "model.pretrained=none"]


@pytest.fixture(scope="module")
def tool() -> Iterator[Any]:
    sys.path.insert(0, str(TOOLS))
    found = {name: importlib.import_module(f"paper_tables.{name}") for name in PARTS}
    found |= {name: importlib.import_module(name) for name in ("papers", "papers_page")}
    yield SimpleNamespace(**found)
    sys.path.remove(str(TOOLS))
    for name in [name for name in sys.modules if name.partition(".")[0].startswith("paper")]:
        sys.modules.pop(name)


def known_at(tool: Any, data: Path, **more: Any) -> Any:
    return tool.people.Known(tool.description.read_sets(), tool.people.Place(data, **more))


def asked(tool: Any, name: str, known: Any, output: Path, words: Sequence[str] = ()) -> list[Any]:
    table = tool.description.read_table(name)
    return list(tool.trainings.cells(table, known, output, [1, 2], tuple(words)))


@cache
def command_lines() -> dict[str, click.Command]:
    from uda.cli import app as uda
    from vidsynth.cli import app as vidsynth

    return {"uda": typer.main.get_command(uda), "vidsynth": typer.main.get_command(vidsynth)}


def parsed(words: Sequence[str]) -> None:
    """Takes a command apart as the command line does. Raises click.UsageError."""
    command = command_lines()[words[0]]
    rest = list(words[1:])
    while isinstance(command, click.Group):
        name, found, rest = command.resolve_command(click.Context(command), rest)
        assert found is not None, name
        command = found
    command.make_context(words[0], rest)


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_valid_and_its_plan_works_without_data(
    tool: Any, tmp_path: Path, name: str
) -> None:
    table = tool.description.read_table(name)
    assert list(tool.description.problems(table)) == []
    known = known_at(tool, tmp_path)
    some = asked(tool, name, known, tmp_path)
    lines = list(tool.plan.planned(table, table.rows, some, known))
    rows = [line for line in lines if line.startswith("| ") and not line.startswith("| row")]
    assert len(rows) == len(some) + sum(row.train is None for row in table.rows)
    for cell in some:
        assert not cell.tested
        assert cell.lacking(known)
        training = cell.trainings[0]
        assert training.gpu_hours(known) > 0
        for each in training.chain:
            parsed(each.command(known))
        for file in cell.scores(training):
            parsed(cell.test_command(training, file, known))
    assert "0 trainings, 0.0 GPU-h" in lines[-2]
    # All that is published stands in the page, and nothing of ours.
    page = tool.results.page(table, some)
    published = [figures for row in table.rows for figures in row.published.values()]
    assert all(f"| {tool.results.shown(figures)} |  |  |" in page for figures in published)


def test_a_training_is_one_wherever_it_is_asked_for(tool: Any, tmp_path: Path) -> None:
    known = known_at(tool, tmp_path)
    places: dict[Path, tuple[Any, ...]] = {}
    shared = 0
    for name in TABLES:
        for cell in asked(tool, name, known, tmp_path):
            for training in (t for some in cell.trainings for t in some.chain):
                what = (training.command(known), training.start and training.start.place)
                shared += places.setdefault(training.place, what) == what
                assert places[training.place] == what, training.place
    assert shared > len(places)
    for word in ("training.epochs=2", "evaluation.batch=8"):
        other = asked(tool, TABLES[0], known, tmp_path, [word])
        assert places.keys().isdisjoint(t.place for cell in other for t in cell.trainings)
    same = asked(tool, TABLES[0], known, tmp_path, ["data.workers=8"])
    assert places.keys() >= {t.place for cell in same for t in cell.trainings}


def test_what_rows_share_differs_by_column(tool: Any, tmp_path: Path) -> None:
    known = known_at(tool, tmp_path)
    some = asked(tool, "unrealperson/table5", known, tmp_path)
    fine = [cell for cell in some if cell.row.title == "Market-1501: from Unreal"]
    sources = {cell.column: tool.plan.trained_on(cell) for cell in fine}
    assert sources == {
        "published data": "unrealperson then market1501",
        "rendered people": "unreal-like then market1501",
    }
    first = fine[0].trainings[0]
    told = first.command(known)
    assert told[told.index("--init") + 1] == str(first.start.checkpoint)
    # Direct transfer never sees what it is tested on; adaptation does.
    direct = asked(tool, "synthetic_to_real/table3", known, tmp_path)
    for cell in direct:
        looks = any(cell.test.name in word for word in cell.trainings[0].command(known))
        assert looks == (cell.row.group == "Ours")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"train": {"recipe": "sinet"}}, "There is no recipe sinet"),
        ({"train": {"recipe": "source_only", "settings": ["model.nmae=ap3d"]}}, "model.name"),
        ({"train": {"recipe": "source_only", "target": "mars"}}, "looks at no target"),
        ({"train": {"recipe": "glt"}}, "looks at a target: name it"),
        ({"published": {"marz": [1, 2]}}, "Did you mean mars"),
        ({"published": {}}, "expected figures, found none"),
        ({"published": {"mars": [None, None]}}, "expected a figure, found none"),
        ({"published": {"mars": [48.1]}}, r"expected 2 figures \(rank_1, mAP"),
        ({"published": {"mars": [481, 30.8]}}, "less than or equal to 100"),
        ({"cannot": "because"}, "either `train` or `cannot`"),
        ({"figures": 1}, "rows.0.figures: Extra inputs"),
    ],
)
def test_a_wrong_description_is_explained(
    tool: Any, tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    row = {
        "name": "Ours", "published": {"mars": [48.1, 30.8]},
        "train": {"recipe": "source_only", "source": "ccvid"},
    } | change  # fmt: skip
    row["train"] = {"source": "ccvid"} | row["train"]
    table = {"title": "t", "paper": "p", "number": "Table 9", "about": "a"}
    text = json.dumps(table | {"scores": ["rank_1", "mAP"], "rows": [row]})
    (tmp_path / "table9.yaml").write_text(text)

    def use() -> None:
        read = tool.description.read_table("table9", tmp_path)
        for problem in tool.description.problems(read):
            raise tool.description.PaperError(problem)
        list(tool.trainings.cells(read, known_at(tool, tmp_path), tmp_path, [1]))

    with pytest.raises(tool.description.PaperError, match=said):
        use()


def test_every_set_is_made_by_commands_that_exist(tool: Any, tmp_path: Path) -> None:
    from vidsynth.planning.images import ImagePlan
    from vidsynth.planning.tracklets import TrackletPlan
    from vidsynth.settings import load_config, load_image_config

    known = known_at(tool, tmp_path, photographs=tmp_path, cloth=tmp_path, render=True)
    there = tmp_path / "estimates"
    there.mkdir()
    (there / "grid.safetensors").touch()
    (there / "grid.json").write_text(json.dumps([{"camera_elev": 12.5, "gamma_value": 1.5}]))
    for name, made in known.sets.items():
        if made.obtain:
            continue
        people = known.people(name.replace("{target}", "grid"))
        for words in tool.people.making(people, known):
            parsed(words)
        rendered = people.made.rendered
        if rendered is None:
            continue
        config, settings = words[words.index("--config") + 1], words[6:]
        if rendered.kind == "tracklets":
            tracklets = load_config(Path(config), settings)
            if name in ("svreid-like", "svreid-cc-like", "unreal-800-34"):
                crops = TrackletPlan(tracklets).crops
                assert crops == rendered.crops
                assert made.shown in (round(crops / tracklets.frames), 35_000)
            continue
        images = load_image_config(Path(config), settings)
        each = images.cameras_per_identity * images.images_per_camera
        if images.grid.views:
            each = images.grid.views * len(images.hours.names) * len(images.weathers.names)
        assert rendered.crops == each * images.identities, name
        assert made.shown == each * (images.identities - images.test_identities), name
        if images.identities * each < 100_000:
            assert ImagePlan(images).dealing.crops == rendered.crops
    lacks = list(known.lacking(known.people("finegpr-aost-for-market1501")))
    names = [each.partition(":")[0] for each in lacks]
    assert [name for name in names if name != "bpy"] == ["market1501", "msmt17"]


@pytest.fixture
def miniature(
    tool: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., list[list[str]]]:
    """``miniature(*words)``: what papers.py calls, its commands run in this process."""
    import torch
    from reid_models.building import MODELS

    from uda.cli import app

    monkeypatch.setitem(MODELS, "tiny", TINY)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    write_mars_tree(tmp_path / "data/mars", seed=1)
    write_mars_tree(tmp_path / "data/svreid-like")
    (tmp_path / "data/svreid-like/dataset.json").write_text('{"seed": 0}')

    def run(*words: str) -> list[list[str]]:
        calls: list[list[str]] = []

        def call(command: Sequence[str], log: Path) -> None:
            calls.append(list(command))
            with undrawn():
                done = CliRunner().invoke(app, list(command[1:]))
            assert done.exit_code == 0, done.output

        monkeypatch.setattr(tool.running, "call", call)
        script = typer.Typer()
        script.command()(tool.papers.main)
        places = ["--data", str(tmp_path / "data"), "--output", str(tmp_path / "runs")]
        result = CliRunner().invoke(script, [*words, *places, *WORDS])
        assert result.exit_code == 0, result.output
        return calls

    return run


def test_rows_run_and_stand_beside_the_published_ones(
    tool: Any, miniature: Callable[..., list[list[str]]], tmp_path: Path
) -> None:
    words = ("synthetic_to_real/table1", "--rows", "SINet", "--rows", "Ours", "--seeds", "2")
    assert miniature(*words, "--plan") == []
    calls = miniature(*words)
    assert [call[1] for call in calls] == ["train", "train", "evaluate", "evaluate"] * 2
    assert not any("--resume" in call for call in calls)
    (page,) = (tmp_path / "runs/synthetic_to_real").glob("table1-*.md")
    text = page.read_text()
    lines = {
        cells[0]: cells
        for cells in ([c.strip() for c in line.split("|")[1:-1]] for line in text.splitlines())
        if len(cells) == 6 and cells[1] == "mars"
    }
    for name, published in (
        ("SINet (the baseline)", "42.8 / 57.6 / 63.1 / 23.4"),
        ("Ours", "48.1 / 62.9 / 68.8 / 30.8"),
    ):
        assert lines[name][2] == published
        assert lines[name][3] == ""  # no SVReID there
        assert lines[name][4].count("±") == 4
    assert lines["CAViT"][2:5] == ["13.8 / 24.9 / - / 6.5", "", ""]
    assert "Not the published settings" in text
    assert text.count("| 4 | ") == 4  # people of each training
    # Everything is there: nothing is done twice, whether asked for in the same words or not.
    assert miniature(*words) == []
    assert miniature("synthetic_to_real/table1", "--rows", "Ours") == []
    # What was stopped goes on.
    stopped = next((tmp_path / "runs/trainings").glob("source_only-*/seed-2"))
    (stopped / "result.json").unlink()
    (again,) = miniature(*words)
    assert again[1] == "train"
    assert "--resume" in again
    assert page.read_text() == text


def test_attributes_and_ranks_stand_in_one_cell(tool: Any, tmp_path: Path) -> None:
    known = known_at(tool, tmp_path)
    table = tool.description.read_table("synthetic18k/table7")
    cell = asked(tool, "synthetic18k/table7", known, tmp_path)[0]
    for number, training in enumerate(cell.trainings):
        ranked, recognised = cell.scores(training)
        ranked.parent.mkdir(parents=True)
        scores = {"rank_1": 0.88, "rank_5": 0.9, "rank_10": 1.0, "mAP": 0.7 + 0.02 * number}
        ranked.write_text(json.dumps({"rows": [scores]}))
        known_ones = {"gender": {"accuracy": 0.9}, "hat": {"accuracy": 0.8}}
        row = {"accuracy": 0.85, "attributes": known_ones}
        recognised.write_text(json.dumps({"rows": [row]}))
    figures = tool.results.own_figures(table, cell)
    assert figures[0][0] == pytest.approx(90)
    shown = tool.results.shown_over_seeds(figures)
    parts = shown.split(" / ")
    assert parts[:2] == ["90.0 ± 0.0", "-"]
    assert parts[9:] == ["80.0 ± 0.0", "-", "-", "85.0 ± 0.0", "71.0 ± 1.4", "88.0 ± 0.0"]


def test_the_guides_tables_are_up_to_date(tool: Any) -> None:
    page = tool.papers_page.PAGE.read_text(encoding="utf-8")
    assert tool.papers_page.with_tables(page) == page
