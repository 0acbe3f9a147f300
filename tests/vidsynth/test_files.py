"""Commands replace nobody's files but their own, and say so before any work."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.command_lines import commands
from vidsynth.cli import app
from vidsynth.errors import OutputError
from vidsynth.files import require_output, write_whole

OF_FOLDERS = {"render-tracklets", "render-images", "gather", "select", "doctor"}
"""Commands whose --output is a folder."""
COMMANDS = {
    names: takes
    for names, takes in commands(app)
    if any(taken.word == "--output" for taken in takes) and names[-1] not in OF_FOLDERS
}


def run(names: tuple[str, ...], output: Path, given: Path) -> tuple[int, str]:
    """A command with one file for all that it has to be given."""
    needed = [taken for taken in COMMANDS[names] if taken.required]
    words = [str(given) for taken in needed if taken.kind == "argument"]
    words += [w for t in needed if t.kind == "option" for w in (t.word, str(given))]
    found = CliRunner().invoke(app, [*names, *words, "--output", str(output)])
    return found.exit_code, found.output


def test_there_are_such_commands() -> None:
    assert {("card",), ("preview",), ("target", "fit"), ("target", "style")} <= {*COMMANDS}


@pytest.mark.parametrize("names", COMMANDS, ids=" ".join)
def test_no_command_replaces_a_file_of_somebody_else(
    names: tuple[str, ...], tmp_path: Path
) -> None:
    given = tmp_path / "given"
    given.touch()
    for suffix in (".json", ".html", ".yaml", ".md", ".png", ".safetensors", ".npz", ".txt"):
        theirs = tmp_path / f"theirs{suffix}"
        theirs.write_bytes(b"work of a week")
        code, said = run(names, theirs, given)
        assert code == 2
        assert "not known to be of this command" in said or "a name that ends in" in said
        assert theirs.read_bytes() == b"work of a week"


@pytest.mark.parametrize("names", [n for n in COMMANDS if n[-1] in {"fit", "show", "search"}])
def test_no_command_replaces_what_it_reads(names: tuple[str, ...], tmp_path: Path) -> None:
    suffix = ".html" if names[-1] == "show" else ".yaml"
    given, link = tmp_path / f"given{suffix}", tmp_path / f"link{suffix}"
    given.write_bytes(b"")
    link.symlink_to(given)
    for output in (given, link, tmp_path / "." / given.name):
        code, said = run(names, output, given)
        assert (code, "that this command reads" in said) == (2, True)


def test_a_command_replaces_its_own_file_and_an_empty_one(tmp_path: Path) -> None:
    for content in (b"# made by us\n", b""):
        path = tmp_path / "found.yaml"
        path.write_bytes(content)
        require_output(path, suffixes=(".yaml",), mark="made by us")
    with pytest.raises(OutputError, match="exists"):
        require_output(path, suffixes=(".yaml",), mark=None)


def test_folders_and_what_nothing_can_be_written_to_are_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.md").mkdir()
    (tmp_path / "file").touch()
    for path, said in (("folder.md", "is a folder"), ("file/new.md", "nothing can be written")):
        with pytest.raises(OutputError, match=said):
            require_output(tmp_path / path, suffixes=(".md",), mark=None)


def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    path = tmp_path / "new" / "deep" / "page.html"
    require_output(path, suffixes=(".html",), mark=None)
    write_whole(path, b"page")
    assert path.read_bytes() == b"page"


def test_a_link_to_itself_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "a.html").symlink_to("a.html")
    with pytest.raises(OutputError, match="leads back to itself"):
        require_output(tmp_path / "a.html", suffixes=(".html",), mark="x", inputs=(tmp_path,))
