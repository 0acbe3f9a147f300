"""Output files appear whole or not at all, and replace nothing unasked."""

from __future__ import annotations

import errno
import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest
import torch

from uda.errors import UdaError
from uda.files import is_left_over, require_output, sweep, write_whole


class FullDisk:
    """A file that takes ``room`` bytes."""

    def __init__(self, file: BinaryIO, room: int) -> None:
        self.file, self.room = file, room

    def write(self, content: bytes) -> int:
        self.room -= len(content)
        if self.room < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self.file.write(content)


@pytest.mark.parametrize(
    "content", [b"caf\xc3\xa9\n", "café\n", lambda file: file.write("café\n".encode())]
)
def test_bytes_text_and_functions(tmp_path: Path, content: bytes | str) -> None:
    path = tmp_path / "new" / "deep" / "page.html"
    write_whole(path, content)
    assert path.read_bytes() == b"caf\xc3\xa9\n"
    assert list(path.parent.iterdir()) == [path]


def test_torch_writes_and_reads(tmp_path: Path) -> None:
    path = tmp_path / "last.pt"
    write_whole(path, lambda file: torch.save({"a": torch.arange(5)}, file))
    assert torch.equal(torch.load(path, weights_only=True)["a"], torch.arange(5))


@pytest.mark.parametrize(
    "write",
    [
        lambda file: FullDisk(file, 10).write(b"0" * 20),
        lambda file: torch.save({"a": torch.zeros(10_000)}, FullDisk(file, 9_000)),
    ],
    ids=["plain", "torch"],
)
@pytest.mark.parametrize("exists", [False, True])
def test_a_full_disk_leaves_the_old_file(
    tmp_path: Path, write: Callable[[BinaryIO], object], exists: bool
) -> None:
    path = tmp_path / "last.pt"
    if exists:
        path.write_text("old")
    with pytest.raises(UdaError, match=r"Could not write .*last.pt: No space.* MiB are free") as e:
        write_whole(path, write)
    assert ("The old last.pt is intact." in str(e.value)) == exists
    assert [p.read_text() for p in tmp_path.iterdir()] == ["old"] * exists


def test_a_disk_that_fills_when_flushed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fsync(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(UdaError, match="No space"):
        write_whole(tmp_path / "a.json", "{}")
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make = Path.mkdir

    def mkdir(self: Path, *told: int, **named: bool) -> None:
        if self == tmp_path / "runs":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))
        make(self, *told, **named)

    monkeypatch.setattr(Path, "mkdir", mkdir)
    with pytest.raises(UdaError, match="Permission denied"):
        write_whole(tmp_path / "runs/deep/a.json", "{}")
    assert not list(tmp_path.iterdir())


def interrupt(_: bytes) -> int:
    raise KeyboardInterrupt


@pytest.mark.parametrize("through_torch", [False, True])
def test_an_interrupt_leaves_the_old_file(tmp_path: Path, through_torch: bool) -> None:
    path = tmp_path / "last.pt"
    path.write_text("old")

    def write(file: BinaryIO) -> None:
        file.write(b"half")
        if through_torch:
            stopping = FullDisk(file, 0)
            stopping.write = interrupt  # type: ignore[method-assign]
            torch.save({"a": torch.zeros(10_000)}, stopping)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(path, write)
    assert [p.read_text() for p in tmp_path.iterdir()] == ["old"]


def test_errors_of_the_content_are_passed_on(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        write_whole(tmp_path / "a.json", lambda _: 1 // 0)
    with pytest.raises(FileNotFoundError, match="missing"):
        write_whole(tmp_path / "a.json", lambda _: (tmp_path / "missing").read_bytes())
    try:
        raise OSError(errno.ENOSPC, "of somebody else, handled here")
    except OSError:
        with pytest.raises(ZeroDivisionError):
            write_whole(tmp_path / "a.json", lambda _: 1 // 0)
    assert not list(tmp_path.iterdir())


def test_permissions(tmp_path: Path) -> None:
    path, before = tmp_path / "a.json", os.umask(0o027)
    try:
        write_whole(path, "new")
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        path.chmod(0o604)
        write_whole(path, "newer")
        assert stat.S_IMODE(path.stat().st_mode) == 0o604
    finally:
        os.umask(before)


def test_links(tmp_path: Path) -> None:
    """A symbolic link stays; a hard link keeps the old content."""
    for name in ("far", "near"):
        (tmp_path / name).mkdir()
    real, link, hard = (tmp_path / n for n in ("far/a.json", "near/a.json", "near/b.json"))
    real.write_text("old")
    link.symlink_to(real)
    hard.hardlink_to(real)
    write_whole(link, "new")
    assert link.is_symlink()
    assert (real.read_text(), hard.read_text()) == ("new", "old")
    (tmp_path / "dangling").symlink_to(tmp_path / "later/c.json")
    write_whole(tmp_path / "dangling", "new")
    assert (tmp_path / "later/c.json").read_text() == "new"


def test_a_long_name(tmp_path: Path) -> None:
    path = tmp_path / ("é" * 125 + ".json")
    write_whole(path, "new")
    with pytest.raises(UdaError, match="File name too long"):
        write_whole(tmp_path / ("é" * 126 + ".json"), "new")
    assert list(tmp_path.iterdir()) == [path]


def pipe(path: Path) -> None:
    os.mkfifo(path)


def listening_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.path.relpath(path))


@pytest.mark.parametrize(
    ("make", "kind"), [(Path.mkdir, "a folder"), (pipe, "a named pipe"), (listening_socket, "a so")]
)
@pytest.mark.parametrize("linked", [False, True])
def test_only_files_are_replaced(
    tmp_path: Path, make: Callable[[Path], None], kind: str, linked: bool
) -> None:
    path = tmp_path / "a.json"
    make(path)
    before = path.stat()
    if linked:
        path = tmp_path / "link.json"
        path.symlink_to("a.json")
    with pytest.raises(UdaError, match=f"is {kind}"):
        write_whole(path, "new")
    with pytest.raises(UdaError, match=f"--output .*json is {kind}"):
        require_output(path, suffixes=(".json",), overwrite=True)
    assert os.path.samestat(before, path.stat())


def test_what_may_be_written(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "model.ONNX"
    require_output(path, suffixes=(".onnx",), inputs=[tmp_path / "gone.pt"], overwrite=False)
    require_output(tmp_path / "any.name", suffixes=(), overwrite=False)
    assert not list(tmp_path.iterdir())
    write_whole(path, "old")
    with pytest.raises(UdaError, match=r"exists \(3 bytes\).*with --overwrite"):
        require_output(path, suffixes=(".onnx",), overwrite=False)
    require_output(path, suffixes=(".onnx",), overwrite=True)
    path.chmod(0o444)
    with pytest.raises(UdaError, match="write-protected"):
        require_output(path, suffixes=(".onnx",), overwrite=True)
    assert path.read_text() == "old"


@pytest.mark.parametrize("name", ["model.engine", "model", ".onnx", "model.onnx.pt"])
def test_another_ending_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UdaError, match=r"--page .*expected a name that ends in .onnx or .html"):
        require_output(
            tmp_path / name, suffixes=(".onnx", ".html"), overwrite=True, option="--page"
        )


@pytest.mark.parametrize("kind", ["itself", "spelling", "symbolic", "hard", "dangling"])
def test_an_input_is_never_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    source, output = tmp_path / "last.onnx", tmp_path / "output.onnx"
    source.write_text("weights")
    if kind == "itself":
        output = source
    elif kind == "spelling":
        monkeypatch.chdir(tmp_path)
        output = Path("../") / tmp_path.name / source.name
    elif kind == "symbolic":
        output.symlink_to(source)
    elif kind == "hard":
        output.hardlink_to(source)
    else:
        source.unlink()
        output.symlink_to(source)
    with pytest.raises(UdaError, match="is a file that this command reads"):
        require_output(output, suffixes=(".onnx",), inputs=[source], overwrite=True)


def test_folders_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    for name in ("file/a.html", "file/deep/a.html"):
        with pytest.raises(UdaError, match=r"/file is not a folder"):
            require_output(tmp_path / name, suffixes=(".html",), overwrite=True)
        with pytest.raises(UdaError, match="Could not write"):
            write_whole(tmp_path / name, "")
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(UdaError, match="cannot be written"):
        require_output(tmp_path / "loop/a.html", suffixes=(".html",), overwrite=True)
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) != tmp_path)  # root may do all
    with pytest.raises(UdaError, match="nothing can be written to the folder"):
        require_output(tmp_path / "deep/a.html", suffixes=(".html",), overwrite=True)


def test_what_a_killed_process_was_writing_is_swept_away(tmp_path: Path) -> None:
    """SIGKILL leaves no time to clean up: the unfinished file stays."""

    def killed(file: BinaryIO) -> None:
        file.write(b"half a check")
        os._exit(9)

    child = os.fork()
    if not child:
        write_whole(tmp_path / "last.pt", killed)
    os.waitpid(child, 0)
    (left,) = tmp_path.iterdir()
    assert is_left_over(left)
    others = [tmp_path / name for name in (".mine.part", "x.0123abcd.part", "last.pt")]
    for path in others:
        path.write_text("kept")
    sweep(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted(others)
