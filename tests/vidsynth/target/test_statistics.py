from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.vidsynth.target.measured_numbers import measured, stand_in
from vidsynth.errors import TargetError
from vidsynth.target import statistics
from vidsynth.target.quantities import QUANTITIES
from vidsynth.target.summary import summarise


@pytest.fixture(scope="module")
def content() -> str:
    found = summarise(measured(240, cameras=2, features=64), "mars", stand_in(64))
    return statistics.encoded(found).decode()


def test_a_file_is_read_as_it_was_written(tmp_path: Path, content: str) -> None:
    path = tmp_path / "target.json"
    path.write_text(content)
    found = statistics.read(path)
    statistics.write(tmp_path / "again.json", found)
    assert (tmp_path / "again.json").read_text() == content
    assert found.pooled.embedding is not None
    assert found.pooled.embedding.vector().shape == (1024,)
    assert found.pooled.moments is not None
    assert (found.pooled.moments.matrix() == found.pooled.moments.matrix().T).all()


def test_numbers_are_where_the_format_has_them(content: str) -> None:
    found = json.loads(content)
    assert (found["schema"], found["kind"]) == (1, "vidsynth-target")
    median = found["cameras"][0]["quantities"]["luma_q50"]
    assert len(median["edges"]) == len(median["counts"]) + 1
    assert sum(median["counts"]) == pytest.approx(1, abs=1e-3)
    assert median["how"] == "computed"


def test_bins_are_published_and_not_the_datas(content: str) -> None:
    for name, found in json.loads(content)["pooled"]["quantities"].items():
        assert np.allclose(found["edges"], QUANTITIES[name].edges, atol=1e-6)


def test_many_cameras_still_fit_into_a_file() -> None:
    found = summarise(measured(70 * 31, cameras=70), "msmt17")
    assert len(statistics.encoded(found)) <= statistics.LARGEST
    assert found.source.cameras == 70
    assert found.cameras[-1].name == "others"


def changed(key: str, value: object) -> Callable[[dict[str, Any]], None]:
    return lambda found: found.update({key: value})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (changed("kind", "something"), "another kind"),
        (changed("schema", 2), "another version of vidsynth"),
        (changed("names", ["a.jpg"]), "names"),
        (lambda found: found["pooled"]["quantities"].update(shoe_size={}), "shoe_size"),
        (lambda f: f["pooled"]["quantities"]["luma_q50"]["counts"].pop(), "counts"),
        (lambda f: f["pooled"]["quantities"]["luma_q50"]["counts"].__setitem__(0, 0.9), "sum to 1"),
        (lambda f: f["pooled"]["quantities"]["luma_q50"]["edges"].__setitem__(16, 7), "other bins"),
        (lambda f: f["pooled"]["correlation"]["spearman"].pop(), "a row and a column"),
        (lambda f: f["pooled"]["embedding"].update(mean="AAAA"), "1024 finite"),
        (lambda f: f["pooled"]["embedding"].update(mean="no base64"), "1024 finite"),
        (lambda f: f["source"].update(tracklets="many"), "tracklets"),
    ],
)
def test_damaged_and_foreign_files_are_refused(
    tmp_path: Path, content: str, change: Callable[[dict[str, Any]], None], said: str
) -> None:
    found = json.loads(content)
    change(found)
    path = tmp_path / "target.json"
    path.write_text(json.dumps(found))
    with pytest.raises(TargetError, match=said) as error:
        statistics.read(path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[1]", b"null", b"1e999"])
def test_what_is_no_statistics_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "target.json"
    path.write_bytes(content)
    with pytest.raises(TargetError, match="Expected statistics of a target"):
        statistics.read(path)


def test_missing_files_and_folders_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(TargetError, match="cannot be read"):
            statistics.read(path)
