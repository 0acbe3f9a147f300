"""Runs as one HTML page: what it says, and that a browser shows it without a network."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from uda.cli import app
from uda.errors import RunError
from uda.report.page import write_report
from uda.runs import finished

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
needs_a_browser = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")


def scores(rank_1: float, mean_ap: float) -> dict[str, Any]:
    return {
        "rank_1": rank_1, "rank_5": 0.9, "rank_10": 0.95, "rank_20": 1.0, "mAP": mean_ap,
        "mINP": 0.4, "queries": 58, "queries_without_match": 2,
        "frames": "all frames in clips of 4",
    }  # fmt: skip


def make_run(
    folder: Path, *, method: str = "adabn", seed: int = 1, mean_ap: float = 0.5, done: bool = True
) -> Path:
    """A run's directory as training leaves it, with made-up numbers."""
    domain = {"name": "synthetic", "tracklets": 8, "frames": 80, "cameras": 2}
    description = {
        "config": {"method": {"name": method}, "training": {"seed": seed}, "note": "<b>bold</b>"},
        "source": domain,
        "target": domain | {"name": "mars"},
        "versions": {"torch": "2.13"},
    }
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(json.dumps(description))
    lines = [
        {"step": step, "epoch": 1, "loss/loss": 5.0 / step, "loss/triplet": 1.0 / step,
         "time/step_s": 0.3} for step in range(1, 20)
    ]  # fmt: skip
    (folder / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    if not done:
        with (folder / "metrics.jsonl").open("a") as file:
            file.write('{"step": 20, "lo')
        return folder
    result = {
        "target_test": scores(0.6, mean_ap), "source_test": None, "minutes": 3.2,
        "selected_on": "last",
    }  # fmt: skip
    (folder / "result.json").write_text(json.dumps(result))
    (folder / "ranked-lists").mkdir()
    picture = np.random.default_rng(seed).integers(0, 255, (60, 90, 3), dtype=np.uint8)
    for epoch in (1, 12):
        Image.fromarray(picture).save(folder / f"ranked-lists/target_test-{epoch:04d}.png")
    (folder / "evaluations").mkdir()
    curves = {
        "cmc": [0.6, 0.8, 0.9],
        "distances": {"edges": [0, 0.5, 1, 1.5, 2], "same": [9, 3, 0, 0], "other": [2, 8, 7, 0]},
        "average_precision": [0.05, 0.4, 0.9],
    }
    (folder / "evaluations/target_test-0012.json").write_text(json.dumps(curves))
    return folder


def page(*runs: Path) -> str:
    output = runs[0].parent / "page" / "report.html"
    write_report([finished.read(run) for run in runs], output)
    return output.read_text(encoding="utf-8")


def cells(html: str) -> list[str]:
    rows = re.findall(r"<tr>(.*?)</tr>", html, re.S)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


def test_scores_of_every_run_are_in_the_table(tmp_path: Path) -> None:
    html = page(make_run(tmp_path / "one", mean_ap=0.512))
    assert "one adabn 1 60.0 90.0 95.0 51.2 40.0 58 2 3.2" in cells(html)
    assert "All frames in clips of 4;" in html
    assert "1 of 3 queries have an average precision under 10 %" in html


def test_seeds_of_a_method_get_mean_and_deviation(tmp_path: Path) -> None:
    runs = [make_run(tmp_path / f"s{seed}", seed=seed, mean_ap=0.4 + seed / 10) for seed in (1, 2)]
    other = make_run(tmp_path / "other", method="source_only")
    found = [row for row in cells(page(*runs, other)) if row.startswith("mean")]
    assert found == [
        "mean ± std adabn 2 runs 60.0 ± 0.0 90.0 ± 0.0 95.0 ± 0.0 55.0 ± 7.1 40.0 ± 0.0"
    ]


def test_a_run_that_is_named_twice_counts_once(tmp_path: Path) -> None:
    runs = [make_run(tmp_path / f"$a{seed}$", seed=seed, mean_ap=0.3 * seed) for seed in (1, 2)]
    again = tmp_path / "elsewhere" / ".." / runs[0].name
    again.parent.parent.mkdir()
    assert "mean ± std adabn 2 runs" in "".join(cells(page(*runs, again)))


def test_runs_that_differ_in_more_than_their_seed_are_not_averaged(tmp_path: Path) -> None:
    runs = [make_run(tmp_path / f"s{seed}", seed=seed) for seed in (1, 2, 3, 4)]
    for run, change in (
        (runs[2], {"source": {"root": "data/fitted"}}),
        (runs[3], {"config": {"note": "longer"}}),
    ):
        described = json.loads((run / "run.json").read_text())
        for part, values in change.items():
            described[part] |= values
        (run / "run.json").write_text(json.dumps(described))
    found = [row for row in cells(page(*runs)) if row.startswith("mean")]
    assert [row.partition(" runs")[0] for row in found] == ["mean ± std adabn (s1, s2) 2"]


def test_runs_of_one_name_go_by_their_paths(tmp_path: Path) -> None:
    runs = [make_run(tmp_path / where / "run", seed=n) for n, where in enumerate(("a", "b"), 1)]
    html = page(*runs)
    for run in runs:
        assert f'<h2 id="{run}">' in html
    assert "<h3>Cumulative matching characteristics</h3>" in html  # of both


def test_a_finished_run_without_a_test_of_the_target_is_complete(tmp_path: Path) -> None:
    runs = [make_run(tmp_path / f"s{seed}", seed=seed) for seed in (1, 2)]
    for run in runs:
        result = json.loads((run / "result.json").read_text())
        (run / "result.json").write_text(json.dumps(result | {"target_test": None}))
    rows = cells(page(*runs))
    assert "s1 adabn 1 complete, without a test of the target" in rows
    assert not [row for row in rows if row.startswith("mean")]


def test_a_run_that_is_still_going_says_how_far_it_is(tmp_path: Path) -> None:
    html = page(make_run(tmp_path / "going", done=False))
    assert "not complete: 19 steps so far" in html
    assert "loss, 2 curves over steps" in html


def test_nothing_is_fetched_and_nothing_is_executed(tmp_path: Path) -> None:
    html = page(make_run(tmp_path / "one"))
    assert re.findall(r'(?:src|href)="(?!#|data:)[^"]*"', html) == []
    assert "<script" not in html
    assert "&lt;b&gt;bold&lt;/b&gt;" in html
    assert html.count("data:image/jpeg;base64,") == 1  # of the last epoch


def test_selecting_on_the_target_is_said_aloud(tmp_path: Path) -> None:
    run = make_run(tmp_path / "one")
    result = json.loads((run / "result.json").read_text()) | {"selected_on": "target_test"}
    (run / "result.json").write_text(json.dumps(result))
    assert "selected on target test scores: this is not an unsupervised result" in page(run)


def test_a_directory_that_is_no_run_is_refused(tmp_path: Path) -> None:
    found = CliRunner().invoke(app, ["report", str(tmp_path)])
    assert found.exit_code == 2
    assert "found no run.json there" in found.output
    run = make_run(tmp_path / "cut")
    (run / "result.json").write_text('{"target_test": ')
    with pytest.raises(RunError, match=r"Expected JSON in .*result\.json"):
        finished.read(run)


@needs_a_browser
def test_a_browser_shows_the_page(tmp_path: Path) -> None:
    runs = [make_run(tmp_path / f"s{seed}", seed=seed) for seed in (1, 2)]
    page(*runs)
    assert CHROMIUM is not None
    picture = tmp_path / "page.png"
    command = [
        CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--no-first-run", "--hide-scrollbars",
        f"--user-data-dir={tmp_path / 'profile'}", "--window-size=1200,1600",
    ]  # fmt: skip
    address = (tmp_path / "page/report.html").as_uri()
    seen = subprocess.run(
        [*command, "--dump-dom", address], capture_output=True, text=True, timeout=120, check=True
    ).stdout
    assert seen.count("<svg") == len(runs) * (2 + 3) + 1  # two of a test half, three scalars, CMC
    assert "mean ± std" in seen
    subprocess.run(
        [*command, f"--screenshot={picture}", address],
        capture_output=True, timeout=120, check=True,
    )  # fmt: skip
    pixels = np.asarray(Image.open(picture).convert("RGB"), int)
    assert pixels.shape == (1600, 1200, 3)
    blue = (abs(pixels - (0x2F, 0x6D, 0xB5)).sum(2) < 30).sum()
    assert blue > 200  # the curves are drawn


def test_a_run_whose_name_is_no_utf_8_is_shown(tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + "行人".encode("gbk")))
    html = page(make_run(odd), make_run(tmp_path / "two", mean_ap=0.6))
    assert r"<td>\udcd0\udcd0\udcc8\udccb" in html


def test_curves_and_pictures_are_of_the_weights_that_were_kept(tmp_path: Path) -> None:
    """Epoch 1 was the best, and was tested again after the last one."""
    run = make_run(tmp_path / "one")
    (run / "evaluations/target_test-10000.json").write_text("{}")
    curves = json.loads((run / "evaluations/target_test-0012.json").read_text())
    curves["average_precision"] = [0.5] * 7
    (run / "evaluations/target_test-0001.json").write_text(json.dumps(curves))
    result = json.loads((run / "result.json").read_text())
    (run / "result.json").write_text(json.dumps(result | {"epoch": 1}))
    found = finished.read(run)
    assert len(found.curves["target_test"]["average_precision"]) == 7
    assert found.pictures["target_test"].name == "target_test-0001.png"
    (run / "result.json").unlink()
    assert finished.read(run).curves["target_test"] == {}


def test_curves_of_several_domains_say_whose_they_are(tmp_path: Path) -> None:
    runs = [make_run(tmp_path / name) for name in ("one", "two", "three")]
    told = json.loads((runs[1] / "run.json").read_text())
    (runs[1] / "run.json").write_text(json.dumps(told | {"target": told["target"] | {"name": "x"}}))

    def legend(*shown: Path) -> str:
        html = page(*shown)
        return html[html.index("<h3>Cumulative") : html.index('<h2 id="one">')]

    assert "two, synthetic → x" in legend(*runs)
    assert "synthetic" not in legend(runs[0], runs[2])


def test_a_run_whose_name_begins_with_an_underscore_is_in_the_legend(tmp_path: Path) -> None:
    html = page(make_run(tmp_path / "_one"), make_run(tmp_path / "two", mean_ap=0.6))
    legend = html[html.index("<h3>Cumulative") : html.index('<h2 id="_one">')]
    assert "_one" in legend


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("ranked-lists/target_test-0012.png", b"\x89PNG\r\n\x1a\n"),
        ("evaluations/target_test-0012.json", b"{}"),
        ("evaluations/target_test-0012.json", b'{"cmc": null, "distances": 3}'),
        ("result.json", b'{"target_test": {"mAP": "high"}}'),
        ("result.json", b'{"target_test": []}'),
        ("result.json", b"[" * 5000),
    ],
)
def test_a_damaged_file_of_a_run_is_an_error_that_names_the_run(
    tmp_path: Path, file: str, content: bytes
) -> None:
    run, whole = make_run(tmp_path / "cut"), make_run(tmp_path / "whole")
    (run / file).write_bytes(content)
    if content == b'{"target_test": []}':
        assert "without a test of the target" in page(run)
        return
    with pytest.raises(RunError, match="cut"):
        page(whole, run)
    assert not (tmp_path / "page").exists()
