"""What people are to cite is what is released."""

from __future__ import annotations

import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]


def test_the_citation_is_of_this_version_and_licence() -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert str(cited["version"]) == project["version"]
    assert cited["license"] == project["license"]
    assert cited["authors"] == [{"name": "The vidsynth-uda authors"}]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"title   = {{{cited['title']}}}" in readme
    assert f"version = {{{cited['version']}}}" in readme
    assert f"author  = {{{{{cited['authors'][0]['name']}}}}}" in readme
