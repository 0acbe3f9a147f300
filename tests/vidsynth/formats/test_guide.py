"""docs/formats.md: the five lines on each format run as they stand, on sets that were painted."""

import ast
import re
from pathlib import Path

import pytest

from tests.vidsynth.formats.painted_set import paint
from tests.vidsynth.painted_renderer import PaintedRenderer
from vidsynth.formats import FORMATS
from vidsynth.run.markers import publish, read_finished
from vidsynth.run.production import produce
from vidsynth.settings import fingerprint, load_image_config

GUIDE = (Path(__file__).parents[3] / "docs/formats.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"^#+ (\w+)\n[^#]*?```python\n(.*?)```", GUIDE, re.DOTALL | re.MULTILINE))
FEW = ("identities=4", "distractor_share=0", "frames=2", "crowd.density=0")


IMPORTS = (ast.Import, ast.ImportFrom)


def test_every_format_is_described():
    assert BLOCKS.keys() == FORMATS.keys()
    for block in BLOCKS.values():
        statements = [s for s in ast.parse(block).body if not isinstance(s, IMPORTS)]
        assert len(statements) <= 6


@pytest.mark.parametrize("layout", sorted(FORMATS))
def test_its_lines_read_it(layout, tmp_path, monkeypatch, capsys):
    if layout == "market1501":
        _images(tmp_path / "data/market1501")
    else:
        paint(tmp_path / "data" / layout, layout, *FEW)
    monkeypatch.chdir(tmp_path)
    exec(compile(BLOCKS[layout], f"docs/formats.md, {layout}", "exec"), {})
    said = capsys.readouterr().out
    assert said.strip()
    assert "False" not in said


def _images(root: Path) -> None:
    production = produce(
        load_image_config(None, ["identities=2", "test_share=0", "images_per_camera=1",
                                 "cameras=2", "cameras_per_identity=1", "sites=[plaza]"])
    )  # fmt: skip
    renderer = PaintedRenderer("fast", "cpu", production.config.boxes)
    mark = fingerprint(production.config)
    root.mkdir(parents=True)
    for index in range(production.shots):
        marker = production.shoot(index, renderer, root / "room", lambda: None)
        publish(root, index, mark, root / "room", marker)
    markers = [read_finished(root, index, mark) for index in range(production.shots)]
    production.gather(root, [marker for marker in markers if marker])
