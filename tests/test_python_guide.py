"""docs/python.md is a script that runs as it stands."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.slow
def test_the_guide_runs_from_top_to_bottom(tmp_path: Path, mars_tree: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs/python.md").read_text(), re.DOTALL)
    (tmp_path / "data").mkdir()
    (tmp_path / "data/mars").symlink_to(mars_tree)
    script = tmp_path / "guide.py"
    script.write_text("".join(blocks))
    ran = subprocess.run(
        [sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    for phrase in ("tracklets to train on", "rank-1", "mars, re-ranked", "features in", "hardest"):
        assert phrase in ran.stdout


def test_public_names_are_imported_when_they_are_used() -> None:
    code = (
        "import sys, uda, reid_datasets, reid_models\n"
        "assert 'torch' not in sys.modules and 'numpy' not in sys.modules\n"
        "for package in (uda, reid_datasets, reid_models):\n"
        "    for name in package.__all__:\n"
        "        assert getattr(package, name) is not None, name\n"
        "try:\n"
        "    uda.nothing\n"
        "except AttributeError as error:\n"
        "    assert 'nothing' in str(error)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
