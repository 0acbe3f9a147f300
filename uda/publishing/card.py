"""The card of a model: what its run records, in the form that the Hugging Face Hub shows."""

from __future__ import annotations

import re
from typing import Any

import yaml
from reid_models.building import find
from reid_models.errors import ModelError

from hub_publishing.cards import UNKNOWN, environment, front_matter
from uda.publishing.origin import Origin, origin
from uda.publishing.places import without_places
from uda.publishing.record import Record

FEW_QUERIES = 100
"""Below, one query more or less is a point of a score."""
SHOWN = {"rank_1": "R1", "rank_5": "R5", "rank_10": "R10", "mAP": "mAP", "mINP": "mINP"}


def model_card(record: Record, licence: str | None = None) -> str:
    """The card as Markdown.

    Args:
        record: of the run or checkpoint.
        licence: of these weights, as whoever publishes them says (an identifier that the Hub
            knows, such as apache-2.0); a run records none.
    """
    source, target = (origin(record.description[domain]) for domain in ("source", "target"))
    description = without_places(record.description)
    config = description["config"]
    rows = _rows(record.result or {}, description)
    page = environment("uda.publishing").get_template("card.md.j2")
    return front_matter(_metadata(record.name, config, source, rows, licence)) + page.render(
        name=record.name,
        config=config,
        network=_network(str(config["model"]["name"])),
        domains={
            "source": (description["source"], source),
            "target": (description["target"], target),
        },
        init=description.get("init"),
        attributes=description.get("attributes"),
        versions=description.get("versions", {}),
        rows=rows,
        protocols={
            str(description[which]["name"]): of.protocol
            for which, of in (("source", source), ("target", target))
            if of.protocol
        },
        scores=SHOWN,
        few=FEW_QUERIES,
        result=record.result or {},
        selected=(record.result or {}).get("selected_on"),
        statistics=config["evaluation"].get("statistics", "running"),
        estimated_on=config["evaluation"].get("estimated_on", "train"),
        camera_share=config["evaluation"].get("camera_share", 1),
        licence=licence,
        method=yaml.safe_dump(config["method"], sort_keys=False).strip(),
    )


def _rows(result: dict[str, Any], description: dict[str, Any]) -> list[dict[str, Any]]:
    """The recorded scores, each with what it is of."""
    found: list[dict[str, Any]] = []
    for half, domain in (("target_test", "target"), ("source_test", "source")):
        name = str(description[domain]["name"])
        if result.get(half):
            found.append({"test": f"{name} ({domain})", "data": name, **result[half]})
        beside = result.get(f"{half}_beside") or {}
        found += [
            {"test": f"{name} ({domain}), statistics: {whose}", "data": name, **scores}
            for whose, scores in beside.items()
            if scores
        ]
    return found


def _network(name: str) -> dict[str, str]:
    try:
        known = find(name)
    except ModelError:
        return {"title": name, "paper": UNKNOWN}
    return {"title": known.title or name, "paper": known.paper or UNKNOWN}


def _metadata(
    model: str,
    config: dict[str, Any],
    source: Origin,
    rows: list[dict[str, Any]],
    licence: str | None,
) -> dict[str, Any]:
    """What the Hub filters by. Scores of rows beside the main ones are in the text alone."""
    tags = ["person-re-identification", "video", "domain-adaptation"]
    tags += [str(config["method"]["name"])]
    tags += ["synthetic-data"] if source.rendered else []
    first = {row["data"]: row for row in reversed(rows)}
    results = [
        {
            "task": {"type": "image-feature-extraction", "name": "Person re-identification"},
            "dataset": {"name": name, "type": re.sub(r"[^\w.-]+", "-", name)},
            "metrics": [
                {"type": key, "value": round(100 * row[key], 2), "name": f"{shown} (%)"}
                for key, shown in SHOWN.items()
                if key in row
            ],
        }
        for name, row in first.items()
    ]
    return {
        "license": licence or UNKNOWN,
        "library_name": "vidsynth-uda",
        "pipeline_tag": "image-feature-extraction",
        "tags": tags,
        "model-index": [{"name": model, "results": results}] if results else None,
    }
