"""Data cards count what tables hold."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from huggingface_hub import DatasetCard
from typer.testing import CliRunner

from tests.vidsynth.formats.painted_set import paint
from tests.vidsynth.publishing.conftest import redescribe
from tests.vidsynth.run import test_images
from tests.vidsynth.shared_sets import made_once
from vidsynth.cli import app
from vidsynth.publishing.card import data_card, size_category
from vidsynth.publishing.facts import read


def test_counts_are_those_of_the_tables(rendered: Path) -> None:
    card = data_card("walkers", read(rendered))
    tracklets = pq.read_table(rendered / "tracklets.parquet").to_pylist()
    crops = len(pq.read_table(rendered / "crops"))
    assert f"{crops:,} crops in {len(tracklets)} tracklets, by 4 cameras" in card
    for split in ("train", "test", "distractor"):
        people = {t["person_id"] for t in tracklets if t["split"] == split}
        assert f"| people, {split} | {len(people)} |" in card
    assert f"| queries | {sum(t['query'] for t in tracklets)} |" in card
    for site in ("mall", "plaza"):
        share = sum(t["site"] == site for t in tracklets)
        assert f"{site} {share / len(tracklets):.0%} ({share})" in card


def test_people_are_described_by_their_attributes(rendered: Path) -> None:
    persons = pq.read_table(rendered / "persons.parquet").to_pylist()
    facts = read(rendered)
    women = sum(row["sex"] == "female" for row in persons)
    assert dict(facts.attributes["sex"]).get("female", 0) == women
    assert facts.outfits == len(persons)
    assert {"skin tone", "upper colour", "bag"} <= facts.attributes.keys()
    low, mean, high = facts.body["age"]
    assert 12 <= low <= mean <= high <= 85


def test_settings_and_build_are_told(rendered: Path) -> None:
    facts = read(rendered)
    assert facts.changed["people_per_shot"] == 2
    assert "seed" not in facts.changed
    card = data_card("walkers", facts)
    assert f"| source | {facts.description['software']['source']} |" in card
    assert "None: bodies, clothes, places and motion are the generator's own." in card


def test_files_of_others_change_the_licence_and_are_unknown_until_somebody_speaks(
    rendered: Path,
) -> None:
    assert DatasetCard(data_card("walkers", read(rendered))).data.license == "cc0-1.0"
    redescribe(rendered, backgrounds={"a.jpg": "00", "b.jpg": "01"}, tables={"tables.x": "02"})
    silent = data_card("walkers", read(rendered))
    assert DatasetCard(silent).data.license == "other"
    assert "| photographs behind people | 2 | unknown |" in silent
    assert "whether real people are to be seen in them, are unknown" in silent
    told = data_card("walkers", read(rendered), "my own walls, CC0, nobody in them")
    assert "says of them: my own walls, CC0, nobody in them" in told


def test_the_hub_reads_the_front_matter(rendered: Path) -> None:
    data = DatasetCard(data_card("walkers", read(rendered))).data.to_dict()
    assert data["size_categories"] == ["n<1K"]
    tables = {table["config_name"]: table["data_files"] for table in data["configs"]}
    assert list(tables) == ["tracklets", "crops", "persons"]
    assert all(list(rendered.glob(files)) for files in tables.values())
    assert "synthetic" in data["tags"]


@pytest.mark.parametrize(
    ("count", "name"),
    [(999, "n<1K"), (1_000, "1K<n<10K"), (120_000, "100K<n<1M"), (10**12, "n>1T")],
)
def test_sizes_have_the_hubs_names(count: int, name: str) -> None:
    assert size_category(count) == name


def test_the_command_writes_the_card_beside_the_set(rendered: Path) -> None:
    said = CliRunner().invoke(app, ["card", str(rendered)])
    assert said.exit_code == 0, said.output
    assert "# walkers" in (rendered / "README.md").read_text()
    (rendered / "tracklets.parquet").unlink()
    said = CliRunner().invoke(app, ["card", str(rendered)])
    assert said.exit_code == 2
    assert "no tracklets.parquet" in said.output


def test_still_images_have_a_card(tmp_path_factory: pytest.TempPathFactory) -> None:
    root, summary = made_once(tmp_path_factory, "images", test_images.painted)
    card = data_card("stills", read(root))
    assert f"{summary.crops} images, by {test_images.CONFIG.cameras} cameras" in card
    assert "| layout | market1501 |" in card
    assert "uda check-data synthetic-images --root ." in card
    assert [table["config_name"] for table in DatasetCard(card).data.configs] == [
        "crops", "persons"
    ]  # fmt: skip


def test_whole_frames_are_counted_as_such(tmp_path: Path) -> None:
    root = paint(tmp_path / "set", "frames")
    frames, boxes = len(list(root.glob("frames/*/*.jpg"))), len(labelled(root))
    card = data_card("streets", read(root))
    assert frames != boxes
    assert f"{frames} whole frames with {boxes} people in " in card
    assert f"| whole frames | {frames} |\n| labelled people in them | {boxes} |" in card
    assert DatasetCard(card).data.to_dict()["task_categories"] == ["object-detection"]
    assert "uda check-data" not in card
    assert "views/*.parquet" in card.partition("---\n\n")[0]


def labelled(root: Path) -> list[dict[str, object]]:
    return [row for row in pq.read_table(root / "crops").to_pylist() if not row["ignored"]]


def test_changes_of_clothes_are_told_and_read_as_such(rendered: Path) -> None:
    assert "| outfits of a person | 1 |" in data_card("walkers", read(rendered))
    assert "uda check-data synthetic --root ." in data_card("walkers", read(rendered))
    persons = pq.read_table(rendered / "persons.parquet")
    pq.write_table(pa.concat_tables([persons, persons[:1]]), rendered / "persons.parquet")
    card = data_card("walkers", read(rendered))
    assert "| outfits of a person | 1 to 2 |" in card
    assert "uda check-data synthetic-cc --root ." in card


def test_long_lists_of_settings_are_counted_only(rendered: Path) -> None:
    config = read(rendered).description["config"]
    table = {"columns": ["camera.gamma"], "rows": [[1.234]] * 30, "weights": None, "per": "camera"}
    redescribe(rendered, config=config | {"tables": {"target": table}})
    card = data_card("walkers", read(rendered))
    assert "tables.target.rows: 30 values" in card
    assert "1.234" not in card
    assert "fitted to a target's cameras (tables.target)" in card
