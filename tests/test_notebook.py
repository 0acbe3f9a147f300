"""docs/notebooks/first_steps.py is a notebook that runs from top to bottom."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.vidsynth.needs import needs_anny

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = ROOT / "docs/notebooks/first_steps.py"
FEW = "PEOPLE, FRAMES, EPOCHS = 8, 4, 1"


def cells(text: str) -> list[tuple[str, str]]:
    """What stands behind the mark of each cell, and the cell."""
    parts = re.split(r"^# %%(.*)\n", text, flags=re.MULTILINE)[1:]
    return list(zip(map(str.strip, parts[::2]), parts[1::2], strict=True))


def test_text_cells_are_comments_and_settings_are_in_a_cell_of_their_own() -> None:
    found = cells(NOTEBOOK.read_text(encoding="utf-8"))
    for mark, cell in found:
        if mark == "[markdown]":
            assert all(line.startswith("#") for line in cell.strip().splitlines()), cell
    assert [mark for mark, _ in found if mark not in ("", "[markdown]")] == ['tags=["parameters"]']


@pytest.mark.slow
def test_it_runs_on_few_people(tmp_path: Path) -> None:
    needs_anny()
    text = re.sub(r"^PEOPLE, .*$", FEW, NOTEBOOK.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert FEW in text
    script = tmp_path / "first_steps.py"
    script.write_text(text, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    for phrase in ("tracklets, ", "under camera", "upper_colour_name", "rank-1"):
        assert phrase in ran.stdout
    with Image.open(tmp_path / "first-steps/people.png") as sheet:
        assert sheet.width > 200
    (ranked,) = (tmp_path / "first-steps/run/ranked-lists").glob("target_test-*.png")
    assert ranked.stat().st_size > 0
