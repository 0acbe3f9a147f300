"""The card of a model: what its run records, in the form that the Hugging Face Hub shows."""

from __future__ import annotations

import re
from typing import Any

import yaml
from pydantic import ValidationError
from reid_models.building import find
from reid_models.errors import ModelError

from hub_publishing.cards import UNKNOWN, environment, front_matter
from uda.config import Data
from uda.publishing.origin import Origin, origin
from uda.publishing.places import without_places
from uda.publishing.purpose import Purpose
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
    held = _with_held_out(record.description)
    origins = {
        "source": origin(record.description["source"], held),
        "target": origin(record.description["target"]),
    }
    description = without_places(record.description)
    config = description["config"]
    rows = _rows(record.result or {}, description, origins)
    made = Purpose.of(config, origins)
    page = environment("uda.publishing").get_template("card.md.j2")
    return front_matter(_metadata(record.name, config, made, origins, rows, licence)) + page.render(
        name=record.name,
        config=config,
        made=made,
        network=_network(str(config["model"]["name"])),
        domains={domain: (description[domain], of) for domain, of in origins.items()},
        init=description.get("init"),
        attributes=description.get("attributes"),
        versions=description.get("versions", {}),
        rows=rows,
        protocols={
            str(description[domain]["name"]): of.protocol
            for domain, of in origins.items()
            if of.protocol
        },
        scores=SHOWN,
        few=FEW_QUERIES,
        result=record.result or {},
        selected=(record.result or {}).get("selected_on"),
        estimated_on=config["evaluation"].get("estimated_on", "train"),
        camera_share=config["evaluation"].get("camera_share", 1),
        licence=licence,
        method=yaml.safe_dump(config["method"], sort_keys=False).strip(),
    )


def _with_held_out(description: dict[str, Any]) -> Data | None:
    """The settings by which people of the source were held out; None where nobody was."""
    if not description.get("attributes", {}).get("held_out"):
        return None
    try:
        return Data.model_validate(description["config"]["data"])
    except ValidationError:  # of another version
        return None


def _rows(
    result: dict[str, Any], description: dict[str, Any], origins: dict[str, Origin]
) -> list[dict[str, Any]]:
    """The recorded scores, each with what it is of."""
    found: list[dict[str, Any]] = []
    for half, domain in (("target_test", "target"), ("source_test", "source")):
        name = str(description[domain]["name"])

        def row(scores: dict[str, Any], more: str, name: str = name, domain: str = domain) -> None:
            parts = [f"{name} ({domain})", origins[domain].tested(name, scores), more]
            found.append({"test": ", ".join(filter(None, parts)), "data": name, **scores})

        if result.get(half):
            row(result[half], "")
        for whose, scores in (result.get(f"{half}_beside") or {}).items():
            if scores:
                row(scores, f"statistics: {whose}")
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
    made: Purpose,
    origins: dict[str, Origin],
    rows: list[dict[str, Any]],
    licence: str | None,
) -> dict[str, Any]:
    """What the Hub filters by. Scores of rows beside the main ones are in the text alone."""
    tags = ["attribute-recognition" if made.attributes_alone else "person-re-identification"]
    tags += [] if made.of_images else ["video"]
    tags += ["domain-adaptation"] if made.sees_target else []
    tags += [str(config["method"]["name"])]
    tags += ["synthetic-data"] if origins["source"].rendered else []
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
        "pipeline_tag": "image-classification"
        if made.attributes_alone
        else "image-feature-extraction",
        "tags": tags,
        "model-index": [{"name": model, "results": results}] if results else None,
    }
