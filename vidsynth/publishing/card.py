"""The card of a data set: what its files record, in the form that the Hugging Face Hub shows."""

from __future__ import annotations

from typing import Any

import yaml

from hub_publishing.cards import environment, front_matter, shares
from vidsynth.publishing.facts import MATERIAL, NUMBERS, Facts

TABLES = {
    "tracklets": "tracklets.parquet",
    "crops": "crops/*.parquet",
    "views": "views/*.parquet",
    "persons": "persons.parquet",
}
"""What the Hub shows, and `datasets.load_dataset` reads by these names; the first by default."""
UNITS = {"age": "years", "stature": "m", "bmi": "kg/m2"}


def data_card(name: str, facts: Facts, rights: str | None = None) -> str:
    """The card as Markdown.

    Args:
        name: what people call the set.
        facts: of the set.
        rights: what whoever publishes it says of the licences of other people's files in it, and
            of people in them.
    """
    page = environment("vidsynth.publishing").get_template("card.md.j2")
    return front_matter(_metadata(name, facts)) + page.render(
        name=name,
        facts=facts,
        description=facts.description,
        material=facts.given(MATERIAL),
        numbers=facts.given(NUMBERS),
        rights=rights,
        units=UNITS,
        shares=shares,
        config=yaml.safe_dump(facts.changed, sort_keys=False, allow_unicode=True).strip(),
    )


def _metadata(name: str, facts: Facts) -> dict[str, Any]:
    """What the Hub filters by. With files of others in it, its licence is not the generator's."""
    licence = str(facts.description["licence"]).lower()
    there = {"tracklets": facts.unit == "tracklet", "views": facts.whole}
    return {
        "license": "other" if facts.given(MATERIAL) else licence,
        "pretty_name": name,
        "task_categories": ["object-detection" if facts.whole else "image-feature-extraction"],
        "size_categories": [size_category(facts.pictures)],
        "annotations_creators": ["machine-generated"],
        "source_datasets": ["original"],
        "tags": ["person-re-identification", "synthetic", "multi-camera", "vidsynth"],
        "configs": [
            {"config_name": name, "data_files": files}
            for name, files in TABLES.items()
            if there.get(name, True)
        ],
    }


def size_category(pictures: int) -> str:
    """The Hub's name for so many examples."""
    if pictures < 1_000:
        return "n<1K"
    ends = [10**k for k in range(3, 13)]
    words = ["1K", "10K", "100K", "1M", "10M", "100M", "1B", "10B", "100B", "1T"]
    for place in range(len(ends) - 1):
        if pictures < ends[place + 1]:
            return f"{words[place]}<n<{words[place + 1]}"
    return "n>1T"
