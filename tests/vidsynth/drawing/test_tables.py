"""Settings drawn together, row by row: inline, in files, for images and for cameras."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy import stats

from vidsynth.config import TrackletConfig
from vidsynth.config.images import ImageConfig
from vidsynth.drawing.draws import Draws
from vidsynth.drawing.tables import Table
from vidsynth.errors import ConfigError
from vidsynth.planning import given
from vidsynth.planning.images import ImagePlan
from vidsynth.planning.tracklets import TrackletPlan
from vidsynth.run.description import changed_settings, describe
from vidsynth.run.production import produce
from vidsynth.settings import fingerprint, load_config, load_image_config

ROWS = [[0.5, 12], [1.5, 30], [2.0, 44]]
TABLE = {"columns": ["look.gamma", "view.depression"], "rows": ROWS}


def images(table: dict[str, Any], **settings: Any) -> ImageConfig:
    return ImageConfig.model_validate({"tables": {"seen": table}, "identities": 4} | settings)


def seen(config: ImageConfig) -> list[tuple[float, float, int]]:
    """Gamma, depression and camera of every image of the set."""
    plan = ImagePlan(config)
    takes = [take for outline in plan.outlines for take in plan.shot(outline.index).takes]
    return [(t.camera.photometry.gamma, t.camera.view.depression, t.camera_id) for t in takes]


def rows_of(config: ImageConfig, count: int = 2000) -> list[tuple[float, ...]]:
    source = config.drawable()
    columns = config.tables["seen"].content.columns
    return [
        tuple(Draws(source, {"image": (k, 1, 0), "camera": (1,)})(c) for c in columns)
        for k in range(count)
    ]


def test_settings_of_a_row_come_together() -> None:
    found = seen(images({**TABLE, "per": "image"}))
    assert {(gamma, down) for gamma, down, _ in found} == {(g, d) for g, d in ROWS}


def test_a_row_per_camera_is_the_same_in_all_its_images() -> None:
    found = seen(images({**TABLE, "per": "camera"}))
    by_camera: dict[int, set[tuple[float, float]]] = {}
    for gamma, down, camera in found:
        by_camera.setdefault(camera, set()).add((gamma, down))
    assert all(len(rows) == 1 for rows in by_camera.values())
    assert len(set().union(*by_camera.values())) > 1


def test_rows_come_by_their_weights_and_equal_rows_add_up() -> None:
    weighted = Counter(rows_of(images({**TABLE, "weights": [1, 0, 3]})))
    assert stats.chisquare([weighted[0.5, 12], weighted[2.0, 44]], [500, 1500]).pvalue > 1e-3
    assert len(weighted) == 2
    doubled = Counter(rows_of(images({**TABLE, "rows": [ROWS[0], ROWS[1], ROWS[1], ROWS[1]]})))
    assert stats.chisquare([doubled[0.5, 12], doubled[1.5, 30]], [500, 1500]).pvalue > 1e-3


def test_another_row_changes_only_who_gets_it() -> None:
    before = np.array(rows_of(images(TABLE)))
    after = np.array(rows_of(images({**TABLE, "rows": [[3, 20], *ROWS]})))
    changed = (before != after).any(1)
    assert {tuple(row) for row in after[changed]} == {(3, 20)}
    assert changed.mean() == pytest.approx(0.25, abs=0.03)


def test_a_table_leaves_what_it_does_not_hold_as_it_was() -> None:
    plain, drawn = ImagePlan(ImageConfig(identities=4)), ImagePlan(images(TABLE))
    for outline in plain.outlines[:4]:
        for a, b in zip(
            plain.shot(outline.index).takes, drawn.shot(outline.index).takes, strict=True
        ):
            assert (a.camera.view.azimuth, a.light) == (b.camera.view.azimuth, b.light)
            assert a.camera.photometry.noise == b.camera.photometry.noise


def test_rows_in_files_are_the_same_rows(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "look.gamma,weight,view.depression\n0.5,1,12\n1.5,0,30\n\n2.0,3,44\n"
    )
    columns = {"look.gamma": [0.5, 1.5, 2.0], "view.depression": [12, 30, 44], "weight": [1, 0, 3]}
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    inline = rows_of(images({**TABLE, "weights": [1, 0, 3]}), 50)
    for name in ("a.csv", "a.parquet"):
        assert rows_of(images({"rows": tmp_path / name}), 50) == inline
        one = images({"rows": tmp_path / name, "columns": ["view.depression"]})
        assert {row[0] for row in rows_of(one, 50)} == {12, 44}


def test_a_files_hash_and_not_its_path_is_the_sets(tmp_path: Path) -> None:
    marks = []
    for name, row in (("a", "1,20"), ("b", "1,20"), ("c", "1,30")):
        path = tmp_path / f"{name}.csv"
        path.write_text(f"look.gamma,view.depression\n{row}\n")
        config = images({"rows": path})
        marks.append((fingerprint(config), given.digests(config)["tables"]["tables.seen"]))
    assert marks[0] == marks[1] != marks[2]
    assert marks[0][0] == marks[2][0]
    assert fingerprint(images({**TABLE, "rows": [[1, 20]]})) != fingerprint(images(TABLE))


def test_a_set_is_not_continued_with_other_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    described = []
    for rows in ("look.gamma\n1\n", "look.gamma\n2\n"):
        path.write_text(rows)
        described.append(describe(produce(images({"rows": path})), "none"))
    assert changed_settings(described[0], described[0], ImageConfig) == ""
    assert "rows of tables.seen is" in changed_settings(*described, ImageConfig)
    plain = describe(produce(ImageConfig(identities=4)), "none")
    said = changed_settings(described[0], plain, ImageConfig)
    assert "look.gamma is '{table: seen}' there and [0.5, 2.0] now" in said


def test_a_camera_is_one_row() -> None:
    rows = [[12, 2.5, 150, 0.8, 0.2], [20, 3.5, 220, 1.4, -0.3], [26, 4.5, 190, 2.2, 0.0]]
    columns = [f"camera.{name}" for name in
               ("depression", "mount_height", "person_height", "gamma", "red_bias")]  # fmt: skip
    config = TrackletConfig.model_validate(
        {"cameras": 12, "sites": ["plaza", "street", "park"],
         "tables": {"seen": {"columns": columns, "rows": rows}}}
    )  # fmt: skip
    cameras = TrackletPlan(config).cameras
    for camera in cameras:
        gamma = camera.photometry.gamma
        (row,) = (row for row in rows if row[3] == gamma)
        assert camera.depression == pytest.approx(row[0], abs=0.1)
        assert camera.position[2] == pytest.approx(row[1], abs=1e-3)
        assert camera.photometry.white_balance[0] == pytest.approx(np.exp(row[4]), abs=1e-3)
    assert len({camera.photometry.gamma for camera in cameras}) == 3


def test_height_follows_where_a_row_has_depression_and_distance() -> None:
    table = {"columns": ["camera.depression", "camera.distance"], "rows": [[20, 8], [25, 6]]}
    config = TrackletConfig.model_validate(
        {"sites": ["plaza"], "cameras": 4, "tables": {"seen": table}}
    )
    for camera in TrackletPlan(config).cameras:
        reach = np.hypot(*np.subtract(camera.position[:2], camera.look_at[:2]))
        found = (round(float(camera.depression), 1), round(float(reach), 2))
        assert found in {(20.0, 8.0), (25.0, 6.0)}


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (
            "{columns: [look.gama], rows: [[1]]}",
            "column 'look.gama': did you mean look.gamma",
        ),
        ("{columns: [look.gamma], rows: [[99]]}", "look.gamma in row 1: .* 0.1 to 10, found 99"),
        (
            "{columns: [look.jpeg_quality], rows: [[60], [60.5]]}",
            "in row 2: expected whole numbers",
        ),
        ("{columns: [look.gamma], rows: [[1], [1, 2]]}", "1 values in row 2 of rows"),
        ("{columns: [look.gamma], rows: [[.nan]]}", "finite"),
        ("{columns: [look.gamma], rows: [[1]], weights: [-1]}", "0 or more"),
        ("{columns: [look.gamma], rows: [[1]], weights: [1, 2]}", "a weight for each row"),
        ("{columns: [look.gamma], rows: []}", "expected 1 to 100,000 rows, found 0"),
        ("{columns: [], rows: [[1]]}", "at least 1"),
        ("{columns: [look.gamma, look.gamma], rows: [[1, 1]]}", "each column once"),
        ("{rows: [[1]]}", "expected columns"),
        ("{columns: [look.gamma]}", "rows"),
        ("7", "expected {columns"),
        ("{columns: [look.gamma], rows: [[1], [a]]}", "in row 2: expected numbers, found 'a'"),
        ("{columns: [look.gamma], rows: [[true]]}", "number"),
        ("{columns: [look.gamma], rows: here.txt}", "a .csv, .parquet or .json file"),
        ("{columns: [look.gamma], rows: nowhere.csv}", "no such file"),
        ("{columns: [look.gamma], rows: nowhere.parquet}", "no such file"),
        ("{rows: a.csv, weights: [1]}", "in a file they are the column weight"),
        ("{columns: [look.gamma, look.noise], rows: [[1, 2]]}", "per: camera or per: image"),
    ],
)
def test_tables_that_cannot_be_are_refused(table: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as error:
        load_image_config(None, [f"tables.seen={table}"])
    assert "tables" in str(error.value)
    assert len(str(error.value)) < 600


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"look.gamma\n1\nx\n", "look.gamma in row 2: expected numbers, found 'x'"),
        (b"look.gamma,weight\n1,x\n", "a number under weight in row 1 .* found 'x'"),
        (b"look.gamma\n1,2\n", "1 values in line 2"),
        (b"look.gamma\nnan\n", "finite"),
        (b"look.gamma\n", "found 0"),
        (b"", "in the first line"),
        (b"weight\n1\n", "columns of settings"),
        (b"\xff\xfe", "no UTF-8"),
        (b"look.gamma\n" + b"1\n" * 100_001, "found 100,001"),
    ],
)
def test_files_that_are_no_tables_are_refused(tmp_path: Path, text: bytes, said: str) -> None:
    (tmp_path / "a.csv").write_bytes(text)
    with pytest.raises(ConfigError, match=said):
        load_image_config(None, [f"tables.seen={{rows: {tmp_path / 'a.csv'}}}"])


def test_a_column_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("look.gamma, look.gamma\n0.5,0.6\n")
    columns = [pa.array([0.5]), pa.array([0.6])]
    pq.write_table(pa.table(columns, names=["look.gamma", "look.gamma"]), tmp_path / "a.parquet")
    for name in ("a.csv", "a.parquet"):
        with pytest.raises(ConfigError, match=r"each once, .*'look.gamma' twice"):
            load_image_config(None, [f"tables.seen={{rows: {tmp_path / name}}}"])


def test_a_quoted_name_may_hold_any_character(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('_,look.gamma\n"a\nb\u2028c",0.5\n"d",0.6\n', newline="")
    words = [f"tables.seen={{rows: {tmp_path / 'a.csv'}}}"]
    assert load_image_config(None, words).tables["seen"].content.whole[0] == ("a\nb\u2028c", 0.5)


def test_parquet_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    for columns, said in (
        ({"look.gamma": ["a"]}, "look.gamma in row 1: expected numbers, found 'a'"),
        ({"look.gamma": [True]}, "numbers or names, none missing, under look.gamma"),
        ({"look.gamma": [1.0, None]}, "none missing"),
        ({"look.gamma": [1.0] * 100_001}, "found 100,001"),
    ):
        pq.write_table(pa.table(columns), path)
        with pytest.raises(ConfigError, match=said):
            load_image_config(None, [f"tables.seen={{rows: {path}}}"])
    path.write_bytes(b"PAR1 and no more")
    with pytest.raises(ConfigError, match="expected Parquet"):
        load_image_config(None, [f"tables.seen={{rows: {path}}}"])
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(ConfigError, match=r"no such file|a pipe"):
        load_image_config(None, [f"tables.seen={{rows: {path}}}"])


def test_a_setting_in_a_table_and_elsewhere_is_refused() -> None:
    table = "tables.seen={columns: [look.gamma], rows: [[1]]}"
    with pytest.raises(ConfigError, match=r"look\.gamma is a column of tables\.seen.* set to 2"):
        load_image_config(None, [table, "look.gamma=2"])
    both = "tables.other={columns: [look.gamma], rows: [[1]]}"
    with pytest.raises(ConfigError, match=r"of both tables\.seen and tables\.other"):
        load_image_config(None, [table, both])
    with pytest.raises(ConfigError, match=r"camera\.gamma can be drawn per: camera"):
        load_config(None, ["tables.a={columns: [camera.gamma], rows: [[1]], per: image}"])
    again = load_image_config(None, [table, "look.gamma={table: seen}"])
    assert again == load_image_config(None, [table])


def test_tables_are_made_of_python_too() -> None:
    table = Table(columns=("look.gamma",), rows=((1.5,),))
    assert ImageConfig(tables={"a": table}).look.gamma.table == "a"
