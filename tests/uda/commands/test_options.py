"""What a person is told when something goes wrong: once, however many processes there are."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from reid_datasets.errors import DatasetError

from uda.commands.options import Benchmarks, expected, expected_errors
from uda.errors import ConfigError, UdaError


def told(error: Exception, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(typer.Exit) as left, expected_errors():
        raise error
    assert left.value.exit_code == 2
    return capsys.readouterr().err


@pytest.mark.parametrize("variable", ["RANK", "LOCAL_RANK"])
def test_of_several_processes_the_first_prints_an_error_of_all(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    for name in ("RANK", "LOCAL_RANK"):
        monkeypatch.delenv(name, raising=False)
    said = {}
    for rank in range(3):
        monkeypatch.setenv(variable, str(rank))
        said[rank] = told(ConfigError("a is b"), capsys)
    assert said == {0: "error: a is b\n", 1: "", 2: ""}


def test_the_rank_among_all_counts_not_that_on_a_machine(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCAL_RANK", "0")
    monkeypatch.setenv("RANK", "2")
    assert told(UdaError("x"), capsys) == ""


def test_a_process_says_what_it_alone_has_seen(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RANK", "1")
    assert told(DatasetError("c.jpg"), capsys) == ""
    alone = DatasetError("c.jpg")
    alone.of_this_process = True  # type: ignore[attr-defined]
    assert told(alone, capsys) == "error: c.jpg\n"


def test_a_bug_is_no_expected_error() -> None:
    with pytest.raises(ZeroDivisionError), expected_errors():
        raise ZeroDivisionError


def test_roots_are_told_by_the_name_before_them(tmp_path: Path) -> None:
    black = "market1501+upper=black"
    found = Benchmarks(f"market1501,{black},mars", [f"{black}=/a=b", "mars=/c"]).roots()
    assert (found[black], found["mars"]) == (Path("/a=b"), Path("/c"))
    assert Benchmarks("mars", ["mars=d=e"]).roots() == {"mars": Path("d=e")}
    (tmp_path / "run=3").mkdir()
    assert Benchmarks("mars", [str(tmp_path / "run=3")]).roots() == {"mars": tmp_path / "run=3"}
    for names, root in (("mars", "mras=/c"), ("mars,ccvid", "/c"), ("mars,ccvid", "mras=/c")):
        with pytest.raises(ConfigError, match="expected NAME=DIR with a NAME among mars"):
            Benchmarks(names, [root]).roots()


@pytest.mark.parametrize(
    "said",
    [
        "DataLoader worker (pid 77) is killed by signal: Bus error. It is possible ...\nmore",
        "unable to allocate shared memory(shm) for file </torch_1>: No space left on device (28)",
    ],
)
def test_shared_memory_that_is_full_is_said(said: str) -> None:
    message = expected(RuntimeError(said), ValueError)
    assert message is not None
    assert "--shm-size" in message
    assert "\n" not in message
    assert expected(RuntimeError("a bug"), ValueError) is None
