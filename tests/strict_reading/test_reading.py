"""YAML and JSON that people write: read, or refused with what to write instead."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from strict_reading import Unreadable, named, parse_json, parse_yaml, read_text, shown
from vidsynth.errors import ConfigError
from vidsynth.settings import load_config


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 2\na: 3", "line 3: the key a is there twice"),
        ("a: {b: 1, b: 2}", "the key b is there twice"),
        ("a: 010", "010 is octal in YAML: write 10"),
        ("a: -0_17", "octal"),
        ("a: 1:30", "sixtieths"),
        ("a: 1:30.5", "sixtieths"),
        ("a: yes", "yes is a boolean in YAML: write true"),
        ("a: [Off]", "write false"),
        ("1: 2", "expected names as keys"),
        ("a: [" * 3000, "nested too deeply"),
        ("a: " + "9" * 5000, "a number of 5000 digits"),
        ("a: !!python/object:os.system {}", "could not determine a constructor"),
        ("a: 'b", "line"),
        ("a: \x00", "special characters are not allowed"),
        ("{a: 1}\n---\n{b: 2}", "expected a single document"),
        ("a: !!bool maybe", "not of the kind its tag says"),
        ("a: !!int ''", "not of the kind its tag says"),
        ("a: !!float ''", "not of the kind its tag says"),
        ("a: !!set {b, c}", "could not determine a constructor"),
        ("a: !!timestamp x", "could not determine a constructor"),
    ],
)
def test_yaml_that_surprises_is_refused(text: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said) as error:
        parse_yaml(text)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 250


def test_plain_yaml_means_what_it_says() -> None:
    text = "a: true\nb: 10\nc: 1.5\nd: 'yes'\ne: 2020-13-45\nf: 2020-01-02\ng: &x [1, 0x10]\nh: *x"
    assert parse_yaml(text) == {
        "a": True, "b": 10, "c": 1.5, "d": "yes", "e": "2020-13-45", "f": "2020-01-02",
        "g": [1, 16], "h": [1, 16],
    }  # fmt: skip
    assert parse_yaml("a: &x {b: 1}\nc: {<<: *x, b: 2}")["c"] == {"b": 2}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 1, "a": 2}', "'a' is there twice"),
        ("[" * 100_000, "nested too deeply"),
        ("9" * 5000, "digit"),
        ("{", "Expecting"),
    ],
)
def test_json_that_surprises_is_refused(text: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        parse_json(text)


def test_only_regular_files_of_text_are_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for name, said in (
        ("pipe", "a pipe or device"),
        ("", "a folder"),
        ("absent", "no such file"),
        ("binary", "no UTF-8 text at 0"),
        ("a\0b", "null"),
    ):
        with pytest.raises(Unreadable, match=said):
            read_text(tmp_path / name)
    (tmp_path / "mark").write_bytes("\ufeffa: 1".encode())
    assert read_text(tmp_path / "mark") == "a: 1"
    with pytest.raises(Unreadable, match="7 bytes, more than 5"):
        read_text(tmp_path / "mark", 5)


def test_values_are_quoted_on_one_line() -> None:
    loop: list[object] = []
    loop.append(loop)
    for value in ("x" * 10_000, [[1] * 99] * 99, loop, 10**5000, {"a": "b\nc"}):
        assert len(shown(value)) < 500
        assert "\n" not in shown(value)
    assert "\0" not in named(Path("a\0b"))


@pytest.mark.parametrize("word", ["seed=010", "frames=1:30", "backgrounds.horizon=on"])
def test_a_setting_is_read_alike_on_the_command_line(word: str) -> None:
    with pytest.raises(ConfigError, match=f"value for {word.partition('=')[0]}"):
        load_config(None, [word])
