"""Pages that are written from the code say what the code says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("tool", ["benchmark_table.py", "attribute_table.py", "label_tables.py"])
def test_a_table_is_up_to_date(tool: str) -> None:
    command = [sys.executable, str(ROOT / "tools" / tool), "--check"]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


def test_files_that_guides_name_exist() -> None:
    place = re.compile(
        r"(?<![\w/-])(?:configs|datasets|models|tests|tools|uda|vidsynth)/[\w./-]+\.(?:py|ya?ml)\b"
    )
    named = {
        (page.name, found)
        for page in (ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md"))
        for found in place.findall(page.read_text())
        if "NAME" not in found
    }
    assert len(named) > 50
    assert {(page, file) for page, file in named if not (ROOT / file).exists()} == set()


def test_every_benchmark_says_what_a_person_needs_to_know() -> None:
    from reid_datasets.benchmarks import BENCHMARKS

    for name, benchmark in BENCHMARKS.items():
        for field in ("title", "obtain", "layout", "protocol"):
            text = getattr(benchmark, field)
            assert text, f"{name}: no {field}"
            assert "|" not in text


def test_the_guide_to_models_has_every_image_model_with_its_cost() -> None:
    import torch
    from reid_models import build
    from reid_models.cost import cost
    from reid_models.image_architectures import IMAGE

    rows = {
        cells[1].strip(" `"): cells
        for cells in (line.split("|") for line in (ROOT / "docs/models.md").open())
        if len(cells) > 6
    }
    for name in IMAGE:
        with torch.device("meta"):
            model = build(name, None)
        counted = cost(model, 1, model.input_size)
        said = [float(cell) for cell in rows[name][3:6]]
        places = 3 if counted.multiply_additions < 1 else 2
        assert said[:2] == [round(counted.parameters, 2), round(counted[1], places)], name
        assert said[2] == model.feature_size
