"""A parcel holds the files that it names, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub_publishing import Parcel, PublishingError, check_repository


@pytest.fixture
def parcel(tmp_path: Path) -> Parcel:
    files = {"list.txt": b"abc", "crops/1/a.jpg": b"12345", "crops/b.jpg": b""}
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    lengths = {name: len(content) for name, content in files.items()}
    return Parcel("dataset", "# Card\n", tmp_path, lengths, ["a note"])


def test_every_file_is_listed_with_its_size_and_the_card_at_the_end(parcel: Parcel) -> None:
    lines = list(parcel.listing())
    assert [line.split() for line in lines[:4]] == [
        ["7", "B", "README.md"],
        ["3", "B", "list.txt"],
        ["5", "B", "crops/1/a.jpg"],
        ["0", "B", "crops/b.jpg"],
    ]
    assert lines[4:] == ["4 files, 15 B", "note: a note", "", "# Card\n"]


def test_what_is_not_named_is_refused_where_patterns_would_send_it(parcel: Parcel) -> None:
    assert parcel.patterns == ["crops/*", "list.txt"]
    (parcel.folder / "photos").mkdir()
    (parcel.folder / "photos/me.jpg").write_bytes(b"me")
    (parcel.folder / "crops/.hidden").write_bytes(b"")
    parcel.check()
    (parcel.folder / "crops/1/me.jpg").write_bytes(b"me")
    with pytest.raises(PublishingError, match=r"1 others: crops/1/me\.jpg"):
        parcel.check()


def test_a_link_to_pictures_of_others_is_refused(parcel: Parcel, tmp_path: Path) -> None:
    (tmp_path / "me.jpg").write_bytes(b"me")
    (parcel.folder / "crops/link.jpg").symlink_to(tmp_path / "me.jpg")
    with pytest.raises(PublishingError, match=r"crops/link\.jpg"):
        parcel.check()


@pytest.mark.parametrize("change", [lambda path: path.unlink(), lambda path: path.write_text("")])
def test_files_that_are_gone_or_shorter_are_refused(parcel: Parcel, change) -> None:
    change(parcel.folder / "list.txt")
    with pytest.raises(PublishingError, match=r"list\.txt as it was recorded"):
        parcel.check()


def test_so_many_files_come_with_advice(tmp_path: Path) -> None:
    files = {f"crops/{n}.jpg": 1 for n in range(10_001)}
    (advice,) = Parcel("dataset", "", tmp_path, files).advice()
    assert "10,001 in one folder" in advice
    assert "--format webdataset" in advice


@pytest.mark.parametrize("name", ["walkers", "a/b/c", "a/", "/b", "a b/c", "a/..", "a/b.git"])
def test_a_repository_is_owner_and_name(name: str) -> None:
    check_repository("alice/walkers-2.0")
    with pytest.raises(PublishingError, match="OWNER/NAME"):
        check_repository(name)
