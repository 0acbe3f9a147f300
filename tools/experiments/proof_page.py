"""docs/results.md and the README's table, made of the figures that `proof.py` keeps."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from proof_results import gain
from questions import HISTOGRAM, QUESTIONS
from scoring import HALF

from uda.evaluation.paired import Gain

BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"
DEFAULT = "pseudo_label"
"""What `uda train` adapts by unless told otherwise."""
GOALS = (
    ("mars-real", "source", "mAP", 88, "trained on rendered people alone"),
    ("mars-real", "adaptation", "mAP", 92, "adapted"),
    ("viper", "source", "rank_1", 40, "trained on rendered people alone, direct transfer"),
    ("viper", "source", "mAP", 50, "trained on rendered people alone, direct transfer"),
)
"""Target, question, score, percent that are aimed at, and of what."""

Kept = Mapping[str, Any]


def page(kept: Kept) -> str:
    """docs/results.md."""
    machine = kept["machine"]
    lines = [
        "# Results",
        "",
        "Rendered people as a source for real ones. This page is written by",
        "",
        "    uv run tools/experiments/proof.py --mars data/mars --viper data/viper",
        "",
        "which prints its plan and cost first, continues where it was stopped, and adds a row",
        "here as soon as all its trainings are scored; `--question` and `--rows` repeat some.",
        "Percent, mean ± standard deviation over seeds; *by camera*: batch-norm statistics half of",
        "each camera's, half of the target's unlabelled training clips. Gains are differences",
        "of mAP with 95 % intervals, paired over people and seeds, bold where they leave 0 out.",
        "Settings were chosen on the rendered targets.",
        "",
        f"Machine: {machine['processor']}, {machine['cores']} cores, GPU: {machine['gpu']}; "
        f"torch {machine['torch']}.",
        "",
        "## Goals",
        "",
        *_goals(kept),
        "",
    ]
    for question, asked in QUESTIONS.items():
        rows = kept["rows"].get(question, {})
        lines += [f"## {question.capitalize()}", "", (asked.__doc__ or "").strip(), ""]
        if not rows:
            lines += ["Not run yet.", ""]
            continue
        picture = kept.get("pictures", {}).get(question)
        if picture:
            lines += [f"![{question}]({picture})", ""]
        for target in dict.fromkeys(name for row in rows.values() for name in row["targets"]):
            lines += [f"### {question}, {target}", "", *_table(rows, target), ""]
    return "\n".join(lines).rstrip() + "\n"


def _table(rows: Kept, target: str) -> Iterator[str]:
    some = {name: row for name, row in rows.items() if target in row["targets"]}
    first = next(iter(some.values()))["targets"][target]
    gains = _gains(some, target)
    yield f"{first['queries']} queries of {first['people']} people."
    yield ""
    heads = "".join(f" {name} |" for name in gains)
    yield f"| | rank-1 | mAP | rank-1, by camera | mAP, by camera |{heads} seeds | CPU-min |"
    yield "|---" * (7 + len(gains)) + "|"
    for name, row in some.items():
        found = row["targets"][target]
        cells = [
            spread(found[whose][score])
            for whose in ("running", HALF)
            for score in ("rank_1", "mAP")
        ]
        for others in gains.values():
            own = [other for other in others if other in found[HALF]["gains"]]
            cells.append(_bold(gain(found, HALF, own[0], row["seeds"])) if own else "")
        cells += [str(row["seeds"]), f"{row['cpu_minutes']:.1f}"]
        yield f"| {name.removesuffix(f', {target}')} | " + " | ".join(cells) + " |"


def _gains(rows: Kept, target: str) -> dict[str, list[str]]:
    """Heads of the columns of gains, each with the rows that it is over: rows that have one control
    each share a column."""
    found = [list(row["targets"][target][HALF]["gains"]) for row in rows.values()]
    names = list(dict.fromkeys(name for some in found for name in some))
    if not names:
        return {}
    if len(names) > 1 and max(map(len, found)) == 1:
        return {f"gain over {names[0].partition(',')[0]}, by camera": names}
    return {f"gain over {name}, by camera": [name] for name in names}


def _goals(kept: Kept) -> Iterator[str]:
    for target, question, score, aim, what in GOALS:
        best = _best(kept, question, target, score)
        if best is None:
            yield f"- {target}, {what}: {score.replace('_', '-')} of {aim}: not run yet."
            continue
        value, name, whose = best
        reached = "reached" if value >= aim else "not reached"
        yield (
            f"- {target}, {what}: {score.replace('_', '-')} {value:.1f} of {aim}, {reached} "
            f"({name}{', by camera' if whose == HALF else ''})."
        )


def _best(kept: Kept, question: str, target: str, score: str) -> tuple[float, str, str] | None:
    """Of rows on rendered people: the best mean, its row, and whose statistics."""
    return max(
        (
            (statistics.mean(row["targets"][target][whose][score]), name, whose)
            for name, row in kept["rows"].get(question, {}).items()
            if target in row["targets"] and "rendered people" in name
            for whose in ("running", HALF)
        ),
        default=None,
    )


def readme(kept: Kept) -> str:
    """The README's table: what was trained on and whether it was adapted, on real people."""
    rows = kept["rows"].get("source", {})
    adapted = kept["rows"].get("adaptation", {})
    targets = [
        name for name in ("mars-real", "viper") if any(name in r["targets"] for r in rows.values())
    ]
    shown: dict[str, Kept] = {}
    for name, row in rows.items():
        shown[name] = row
        found = adapted.get(f"{DEFAULT}, {name}, mars-real")
        if found:
            shown[f"{name}, adapted (`{DEFAULT}`)"] = found
    lines = ["| mAP as trained / by camera | " + " | ".join(f"{t} | gain" for t in targets) + " |"]
    lines.append("|---" * (2 * len(targets) + 1) + "|")
    for name, row in shown.items():
        cells = []
        for target in targets:
            found = row["targets"].get(target)
            if found is None:
                cells += ["", ""]
                continue
            sides = ("running", HALF) if name != HISTOGRAM else (HALF,)
            cells.append(" / ".join(spread(found[side]["mAP"]) for side in sides))
            others = list(found[HALF]["gains"])[-1:]
            cells += [
                f"{_bold(gain(found, HALF, other, row['seeds']))} over {other.partition(',')[0]}"
                for other in others
            ] or [""]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    machine = kept["machine"]
    lines += ["", f"{machine['processor']}, {machine['cores']} cores; {_seeds(rows)}."]
    return "\n".join(lines)


def _seeds(rows: Kept) -> str:
    counts = {row["seeds"] for name, row in rows.items() if name != HISTOGRAM} or {1}
    most = max(counts)
    if len(counts) > 1:
        return f"{most} seeds where ± stands, else {min(counts)}"
    return f"{most} seeds" if most > 1 else "one seed"


def with_table(text: str, kept: Kept) -> str:
    """A README with the table of `readme` between its two marks. Raises ValueError: none there."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"expected {BEGIN} and {END} in the README")
    return f"{before}{BEGIN}\n{readme(kept)}\n{END}{after}"


def spread(values: Sequence[float]) -> str:
    """``mean ± deviation``; one value, or equal ones, as it is."""
    deviation = statistics.stdev(values) if len(values) > 1 else 0.0
    return f"{statistics.mean(values):.1f}" + (f" ± {deviation:.1f}" if deviation else "")


def _bold(gain: Gain | None) -> str:
    if gain is None:
        return ""
    return f"**{gain}**" if gain.concluded else str(gain)
