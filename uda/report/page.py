"""`uda report`: runs as one HTML file that needs nothing else, not even a network."""

from __future__ import annotations

import base64
import io
import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined, UndefinedError
from PIL import Image

from strict_reading import named, shorten
from uda.errors import RunError
from uda.evaluation.scores import SHOWN
from uda.files import write_whole
from uda.monitor import charts
from uda.recipes.listing import differences
from uda.runs.directory import FREE_TO_CHANGE
from uda.runs.finished import FinishedRun

SCORES = tuple(SHOWN)
_TOLD = ("name", "root", "names_sha256")
"""What run.json tells a domain's data by."""
_SIGNS = (
    OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError,
    UndefinedError,
)  # fmt: skip
"""What reading a damaged file of a run ends in."""
GROUPS = ("loss", "metric", "gradient", "schedule", "time")
"""Of scalars, in the order a reader asks for them; others follow."""


def write_report(runs: Sequence[FinishedRun], output: Path) -> None:
    """One page on all ``runs``, each once: their scores side by side, then each run's curves and
    pictures. Raises RunError naming a run whose files are damaged."""
    runs = _told_apart(list({run.directory.resolve(): run for run in runs}.values()))
    sections = []
    for run in runs:
        with _damage_named(run):
            sections.append(_section(run))
    with _damage_named(*runs):
        page = _page(runs, sections)
    write_whole(output, page)


def _page(runs: Sequence[FinishedRun], sections: Sequence[dict[str, Any]]) -> str:
    environment = Environment(
        loader=PackageLoader("uda.report", "."), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("report.html.j2").render(
        title=" and ".join(sorted({run.domains for run in runs})),
        scores=SCORES,
        rows=[_row(run) for run in runs],
        means=_means(runs),
        cmc=_cmc(runs),
        runs=sections,
    )


@contextmanager
def _damage_named(*runs: FinishedRun) -> Iterator[None]:
    """Raises RunError in place of whatever files lead to that are not as training wrote them."""
    try:
        yield
    except _SIGNS as error:
        where = ", ".join(named(run.directory) for run in runs)
        raise RunError(
            f"Expected the scores, curves and pictures of a run in {where}, found some that cannot "
            f"be shown ({type(error).__name__}: {shorten(str(error))}): a file is damaged, or of "
            "another version. Move it out of result.json, evaluations/ or ranked-lists/, or leave "
            "the run out."
        ) from None


def _told_apart(runs: Sequence[FinishedRun]) -> list[FinishedRun]:
    """Runs whose directories have the same name go by their paths."""
    names = [run.name for run in runs]
    return [
        replace(run, name=named(run.directory)) if names.count(run.name) > 1 else run
        for run in runs
    ]


def _row(run: FinishedRun) -> dict[str, Any]:
    result = run.result or {}
    target = result.get("target_test")
    steps = max((entry["step"] for entry in run.metrics), default=0)
    return {
        "name": run.name,
        "method": run.method,
        "seed": run.seed,
        "domains": run.domains,
        "target": target,
        "source": result.get("source_test"),
        "minutes": result.get("minutes"),
        "selected_on": result.get("selected_on"),
        "state": _state(run, steps),
    }


def _state(run: FinishedRun, steps: int) -> str:
    if run.result is None:
        return f"not complete: {steps} steps so far"
    return "complete" if run.result.get("target_test") else "complete, without a test of the target"


def _means(runs: Sequence[FinishedRun]) -> list[dict[str, Any]]:
    """Mean and standard deviation over seeds, of runs that differ in nothing else."""
    groups: list[list[FinishedRun]] = []
    for run in runs:
        if not (run.result or {}).get("target_test"):
            continue
        alike = next((group for group in groups if _differ_by_seed(group[0], run)), None)
        if alike is None:
            groups.append([run])
        else:
            alike.append(run)
    several = [group for group in groups if len({run.seed for run in group}) > 1]
    methods = [group[0].method for group in groups]
    means = []
    for group in several:
        method = group[0].method
        if methods.count(method) > 1:
            method += f" ({', '.join(run.name for run in group)})"
        values = {
            key: [run.result["target_test"][key] for run in group if run.result] for key in SCORES
        }
        spread = {k: (statistics.mean(v), statistics.stdev(v)) for k, v in values.items()}
        means.append({"method": method, "runs": len(group), **spread})
    return means


def _differ_by_seed(one: FinishedRun, other: FinishedRun) -> bool:
    """Whether two runs are of the same settings and data, but for the seed."""
    changed = differences(one.description["config"], other.description["config"])
    return _data(one) == _data(other) and all(
        change.startswith((*FREE_TO_CHANGE, "training.seed:")) for change in changed
    )


def _data(run: FinishedRun) -> list[Any]:
    """What tells the data of a run, and what it started from, from others'."""
    told = {"source": _TOLD, "target": _TOLD, "init": ("method", "source")}
    parts = [(run.description.get(part, {}), keys) for part, keys in told.items()]
    return [part.get(key) for part, keys in parts for key in keys]


def _cmc(runs: Sequence[FinishedRun]) -> str | None:
    """All target curves on one chart, with their domains where these differ; None where there is
    nothing to compare."""
    tested = [run for run in runs if "target_test" in run.curves]
    several = len({run.domains for run in tested}) > 1
    curves = {
        f"{run.name}, {run.domains}" if several else run.name: run.curves["target_test"]["cmc"]
        for run in tested
    }
    return charts.as_svg(charts.cmc(curves)) if len(curves) > 1 else None


def _section(run: FinishedRun) -> dict[str, Any]:
    groups = {key.rpartition("/")[0] for entry in run.metrics for key in entry if "/" in key}
    order = sorted(groups, key=lambda g: (GROUPS.index(g) if g in GROUPS else len(GROUPS), g))
    return {
        **_row(run),
        "halves": [
            {
                "name": name,
                "cmc": charts.as_svg(charts.cmc({name: curves["cmc"]})),
                "distances": charts.as_svg(charts.distances(curves["distances"])),
                "hard": sum(value < 0.1 for value in curves["average_precision"]),
                "queries": len(curves["average_precision"]),
            }
            for name, curves in sorted(run.curves.items(), reverse=True)
        ],
        "groups": [
            (
                group,
                [
                    charts.as_svg(charts.scalars(name, {name: points}))
                    for name, points in sorted(run.lines(group).items())
                ],
            )
            for group in order
        ],
        "pictures": [
            (name, _embedded(path)) for name, path in sorted(run.pictures.items(), reverse=True)
        ],
        "config": yaml.safe_dump(run.description["config"], sort_keys=False),
        "data": {side: run.description[side] for side in ("source", "target")},
        "versions": run.description.get("versions", {}),
    }


def _embedded(path: Path) -> str:
    """A picture as a data URL; JPEG, a fifth of the PNG."""
    out = io.BytesIO()
    with Image.open(path) as picture:
        picture.convert("RGB").save(out, "JPEG", quality=88)
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"
