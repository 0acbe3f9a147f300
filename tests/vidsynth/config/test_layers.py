"""A config over another one changes what it says and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from vidsynth.config.images import ImageConfig
from vidsynth.errors import ConfigError
from vidsynth.planning.images import ImagePlan
from vidsynth.settings import load_config, load_image_config

PLAIN = Path(__file__).parents[3] / "configs/target/plain"
"""A picture behind people: no wall is in the way of a distance."""

BASE = """
identities: 6
cameras: 4
cameras_per_identity: 2
view: {azimuth: [0, 90], height: {normal: [150, 60], within: [64, 320]}}
look: {gamma: 1, contrast: 1}
tables:
  aim:
    per: image
    columns: [view.depression, view.distance]
    rows: [[10, 3], [20, 4], [30, 5], [40, 6]]
  tint: {columns: [look.red_bias], rows: [[0], [0.2]], weights: [1, 3]}
"""


def config(folder: Path, over: str, *words: str) -> ImageConfig:
    (folder / "base.yaml").write_text(f"{BASE}backgrounds: {{directory: {PLAIN}}}\n")
    (folder / "over.yaml").write_text(over)
    return load_image_config(folder / "over.yaml", words)


def takes(config: ImageConfig) -> list[tuple[float, ...]]:
    """Depression, distance, gamma, gain of red and azimuth of every image."""
    plan = ImagePlan(config)
    found = [t for o in plan.outlines for t in plan.shot(o.index).takes]
    return [
        (
            t.camera.view.depression,
            t.camera.view.distance,
            t.camera.photometry.gamma,
            t.camera.photometry.white_balance[0],
            t.camera.view.azimuth,
        )
        for t in found
    ]


def test_sections_are_changed_key_by_key_and_a_distribution_is_one_value(tmp_path: Path) -> None:
    found = config(
        tmp_path, "base: base.yaml\nview: {height: {choice: [90, 120]}}\nlook: {noise: 3}"
    )
    assert found.view.height.choice == (90, 120)
    assert found.view.azimuth.support == (0, 90)
    assert (found.look.gamma.constant, found.look.noise.constant) == (1, 3)
    assert found.identities == 6


def test_words_win_over_files_and_files_over_their_base(tmp_path: Path) -> None:
    found = config(tmp_path, "base: base.yaml\nidentities: 8\ncameras: 5", "cameras=7")
    assert (found.identities, found.cameras) == (8, 7)


def test_a_column_of_the_base_can_be_set_and_the_rest_of_its_rows_stays(tmp_path: Path) -> None:
    before = takes(config(tmp_path, "base: base.yaml"))
    for over in (
        "view: {depression: [50, 60]}",
        "tables: {angles: {per: image, columns: [view.depression], rows: [[50], [60]]}}",
    ):
        after = takes(config(tmp_path, f"base: base.yaml\n{over}"))
        assert all(50 <= row[0] <= 60 for row in after)
        assert [row[1:] for row in after] == [row[1:] for row in before]
    assert len({row[1] for row in before}) == 4


def test_a_setting_of_the_base_can_become_a_column(tmp_path: Path) -> None:
    before = takes(config(tmp_path, "base: base.yaml"))
    over = "tables: {dark: {per: image, columns: [look.gamma], rows: [[1.5], [2]]}}"
    after = takes(config(tmp_path, f"base: base.yaml\n{over}"))
    assert {row[2] for row in after} == {1.5, 2}
    assert [row[:2] + row[3:] for row in after] == [row[:2] + row[3:] for row in before]


def test_a_table_of_the_base_is_changed_key_by_key_and_goes_with_its_last_column(
    tmp_path: Path,
) -> None:
    found = config(tmp_path, "base: base.yaml\ntables: {tint: {rows: [[0.1], [0.3]]}}")
    assert found.tables["tint"].content.weights == (1, 3)
    assert {round(row[3], 3) for row in takes(found)} == {1.105, 1.35}
    found = config(tmp_path, "base: base.yaml\nlook: {red_bias: 0}")
    assert list(found.tables) == ["aim"]


def test_what_cannot_be_a_base_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is its own base"):
        config(tmp_path, "base: over.yaml")
    with pytest.raises(ConfigError, match="nowhere"):
        config(tmp_path, "base: nowhere.yaml")
    with pytest.raises(ConfigError, match="another config's path as base"):
        config(tmp_path, "base: [base.yaml]")
    (tmp_path / "circle.yaml").symlink_to("circle.yaml")
    for base, said in (("circle.yaml", "Symlink loop"), ('"a\\0b"', "null byte")):
        with pytest.raises(ConfigError, match=f"another config's path as base .*{said}"):
            config(tmp_path, f"base: {base}")
    config(tmp_path, "base: base.yaml")
    with pytest.raises(ConfigError, match="These settings are for vidsynth render-images"):
        load_config(tmp_path / "over.yaml")


def test_a_column_that_is_held_out_tells_rows_apart(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="a column that is a setting beside _"):
        config(tmp_path, "tables: {t: {columns: [_, _], rows: [[1, 2]]}}")
    found = config(
        tmp_path, "tables: {t: {columns: [_, look.gamma, _], rows: [[1, 2, a], [3, 2, b]]}}"
    )
    assert found.tables["t"].content.shares("look.gamma") == {2: 2}
