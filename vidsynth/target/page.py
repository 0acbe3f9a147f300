"""One HTML page with everything that a statistics file holds, drawn."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined

from vidsynth.colour import EXEMPLARS
from vidsynth.files import write_text
from vidsynth.target.attributes.words import VALUES
from vidsynth.target.quantities import QUANTITIES, How
from vidsynth.target.statistics import (
    Camera,
    Correlation,
    Distribution,
    Pooled,
    TargetStatistics,
    encoded,
)

_KINDS: dict[How, tuple[str, str]] = {
    "read": ("Read from files", "Sizes and tables of JPEG files."),
    "computed": ("Computed from pixels, boxes and lists", "Without any net."),
    "regressed": (
        "Regressed",
        "By a net that has seen rendered people alone. Unfolded distributions are what the "
        "estimates come from; refused quantities are what the net cannot tell.",
    ),
}
MARK = "<title>Statistics of a target</title>"
"""In every page."""
_WIDTH, _HEIGHT, _BASE = 300, 110, 88
"""Pixels of a chart, and of its bars."""


def write_page(statistics: TargetStatistics, output: Path) -> None:
    """Writes the page, which needs no other file and no network."""
    write_text(output, page(statistics))


def page(statistics: TargetStatistics) -> str:
    """The page's HTML."""
    environment = Environment(
        loader=PackageLoader("vidsynth.target", "."), autoescape=True, undefined=StrictUndefined
    )
    pooled = statistics.pooled
    kinds = [
        (title, said, [_row(name, statistics) for name in QUANTITIES if _is(name, how, pooled)])
        for how, (title, said) in _KINDS.items()
    ]
    return environment.get_template("page.html.j2").render(
        statistics=statistics,
        size=len(encoded(statistics)),
        kinds=[kind for kind in kinds if kind[2]],
        clothes=_clothes(statistics),
        attributes=_attributes(statistics),
        correlations=_correlations(statistics),
        embedding=_embedding(statistics),
        floors=statistics.floors,
        table=_table(statistics),
        text=_text(statistics),
    )


def _is(name: str, how: How, pooled: Pooled) -> bool:
    return name in pooled.quantities and QUANTITIES[name].how == how


def _row(name: str, statistics: TargetStatistics) -> dict[str, object]:
    """A quantity: the chart of all cameras, and of each that has one of its own."""
    groups: list[tuple[str, Pooled | Camera]] = [("all cameras", statistics.pooled)]
    groups += [(_called(camera), camera) for camera in statistics.cameras]
    held = [(title, group.quantities[name]) for title, group in groups if name in group.quantities]
    top = max(max(found.counts) for _, found in held)
    return {
        "name": name,
        "meaning": QUANTITIES[name].meaning,
        "charts": [chart(title, found, top) for title, found in held],
    }


def _called(camera: Camera) -> str:
    """A number is "camera 3"; names and the others stand for themselves."""
    return f"camera {camera.name}" if camera.name.isdecimal() else camera.name


def chart(title: str, found: Distribution, top: float) -> str:
    """A distribution as SVG; ``top`` is the share as high as the chart."""
    edges, wide = np.array(found.edges), _WIDTH / len(found.counts)
    parts = []
    for place, share in enumerate(found.counts):
        few = share <= found.floor
        high = _BASE * share / max(top, 1e-9)
        said = "5 tracklets or fewer" if few else f"{100 * share:.1f} %"
        parts.append(
            f'<rect class="{"few" if few else "bar"}" x="{place * wide + 1:.1f}" '
            f'y="{_BASE - high:.1f}" width="{wide - 2:.1f}" height="{high:.1f}"><title>'
            f"{edges[place]:.4g} to {edges[place + 1]:.4g}: {said}</title></rect>"
        )
        if found.sd is not None and not few:
            half = _BASE * found.sd[place] / max(top, 1e-9)
            middle = (place + 0.5) * wide
            parts.append(
                f'<line class="error" x1="{middle:.1f}" x2="{middle:.1f}" '
                f'y1="{max(0, _BASE - high - half):.1f}" y2="{_BASE - max(0, high - half):.1f}"/>'
            )
    if found.mean is not None:
        x = _WIDTH * (found.mean - edges[0]) / (edges[-1] - edges[0])
        parts.append(f'<line class="mean" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{_BASE}"/>')
    for x, edge, anchor in ((0, edges[0], "start"), (_WIDTH, edges[-1], "end")):
        parts.append(f'<text x="{x}" y="{_HEIGHT - 8}" text-anchor="{anchor}">{edge:.4g}</text>')
    parts.append(
        f'<text x="{_WIDTH / 2}" y="{_HEIGHT - 8}" text-anchor="middle">{escape(found.unit)}</text>'
    )
    return (
        f"<figure><figcaption><b>{escape(title)}</b> {escape(_said(found))}</figcaption>"
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(title)}">'
        f'{"".join(parts)}<line class="axis" x1="0" x2="{_WIDTH}" y1="{_BASE}" y2="{_BASE}"/>'
        "</svg></figure>"
    )


def _said(found: Distribution) -> str:
    """All of a distribution's numbers beside its bars."""
    said = [] if found.tracklets is None else [f"{found.tracklets:,} tracklets"]
    if found.how == "regressed+unfolded":
        said.append("unfolded")
    if found.verdict is not None:
        said.append({"unfold": "trusted", "weak": "weak", "refuse": "refused"}[found.verdict])
    for name in ("mean", "within_sd", "mae", "slope", "r2", "rest", "floor"):
        value = getattr(found, name)
        if value is not None and (value or name not in ("rest", "floor")):
            said.append(f"{_WORDS[name]} {value:.3g}")
    return ", ".join(said)


_WORDS = {
    "mean": "value",
    "within_sd": "scatter",
    "mae": "mean error",
    "slope": "slope",
    "r2": "R²",
    "rest": "in bins of few",
    "floor": "a bin of few is drawn as",
}


def _clothes(statistics: TargetStatistics) -> list[tuple[str, list[tuple[str, float, str]]]]:
    """Colours above and below: name, percent, and what to paint."""
    clothes = statistics.clothes
    if clothes is None:
        return []
    return [
        (title, [(name, 100 * share, _paint(name)) for name, share in _falling(shares)])
        for title, shares in (("above", clothes.upper), ("below", clothes.lower))
    ]


def _attributes(statistics: TargetStatistics) -> list[dict[str, object]]:
    """For each attribute and camera: a cell for each value, whether it tells of few tracklets, and
    how sure the model is."""
    called = {camera.name: _called(camera) for camera in statistics.cameras}
    cameras = {called.get(name, name): told for name, told in statistics.attributes.items()}
    found: list[dict[str, object]] = []
    for name, values in VALUES.items():
        told = [(title, of[name]) for title, of in cameras.items() if name in of]
        if told:
            found.append({"name": name, "values": values, "cameras": told})
    return found


def _falling(shares: dict[str, float]) -> list[tuple[str, float]]:
    return sorted(shares.items(), key=lambda item: -item[1])


def _paint(name: str) -> str:
    if name not in EXEMPLARS:
        return "#ffffff"
    shades = EXEMPLARS[name]
    return "#" + "".join(f"{round(255 * c):02x}" for c in shades[len(shades) // 2])


def _correlations(statistics: TargetStatistics) -> list[tuple[str, Correlation]]:
    groups: list[tuple[str, Pooled | Camera]] = [("all cameras", statistics.pooled)]
    groups += [(_called(camera), camera) for camera in statistics.cameras]
    return [(title, held.correlation) for title, held in groups if held.correlation is not None]


def _embedding(statistics: TargetStatistics) -> list[tuple[str, list[str]]]:
    """The embedding's and the moments' numbers, each as a cell's colour."""
    pooled, rows = statistics.pooled, []
    if pooled.embedding is not None:
        rows.append(("mean of the embedding", pooled.embedding.vector()))
    if pooled.moments is not None:
        rows.append(("mean of features", pooled.moments.vector()))
        rows.append(("variances of features", np.diag(pooled.moments.matrix())))
    return [(title, [_shade(v, np.abs(values).max()) for v in values]) for title, values in rows]


def _shade(value: float, most: float) -> str:
    """Orange for positive, blue for negative, white for 0."""
    share = min(1.0, abs(value) / most) if most > 0 else 0.0
    end = np.array((209, 89, 43) if value > 0 else (47, 109, 181))
    red, green, blue = (round(c) for c in 255 + share * (end - 255))
    return f"rgb({red},{green},{blue})"


def _table(statistics: TargetStatistics) -> list[tuple[int, ...]]:
    """Rows of the files' quantisation."""
    table = statistics.source.jpeg_table
    return [] if table is None else [table[start : start + 8] for start in range(0, 64, 8)]


def _text(statistics: TargetStatistics) -> str:
    """The file itself, a line for each list."""
    return json.dumps(json.loads(encoded(statistics)), indent=1, ensure_ascii=False)
