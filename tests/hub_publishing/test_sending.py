"""Sending: the calls that the Hub's library gets, and what a person is told when it fails."""

from __future__ import annotations

import sys
from pathlib import Path

import httpx2
import pytest
from huggingface_hub.errors import HfHubHTTPError

from hub_publishing import Parcel, PublishingError, send
from tests.hub_stand_in import stand_in


@pytest.fixture
def parcel(tmp_path: Path) -> Parcel:
    (tmp_path / "model.pt").write_bytes(b"weights")
    (tmp_path / "secret.txt").write_bytes(b"not yours")
    return Parcel("model", "# Card\n", tmp_path, {"model.pt": 7})


def test_the_card_goes_first_and_only_named_files_follow(
    parcel: Parcel, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = stand_in(monkeypatch)
    assert send(parcel, "alice/walkers") == "https://huggingface.co/models/alice/walkers"
    assert api.sent == {"README.md": b"# Card\n", "model.pt": b"weights"}
    calls = [call[0] for call in api.method_calls]
    assert calls == ["repo_exists", "create_repo", "upload_file", "upload_folder"]
    api.create_repo.assert_called_once_with(
        "alice/walkers", repo_type="model", private=True, exist_ok=False
    )


def test_a_repository_that_exists_is_left_alone_unless_asked(
    parcel: Parcel, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = stand_in(monkeypatch, exists=True)
    with pytest.raises(PublishingError, match="exists on the Hub"):
        send(parcel, "alice/walkers", public=True)
    assert api.sent == {}
    api.create_repo.assert_not_called()
    api.sent = {"model.pt": b"older", "notes.txt": b"theirs"}
    send(parcel, "alice/walkers", public=True, update=True)
    assert api.sent == {"README.md": b"# Card\n", "model.pt": b"weights", "notes.txt": b"theirs"}
    assert api.create_repo.call_args.kwargs["exist_ok"] is True
    assert api.create_repo.call_args.kwargs["private"] is False


def test_an_update_leaves_nothing_of_an_older_set_between_the_newer_ones_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = stand_in(monkeypatch, exists=True)
    (tmp_path / "crops").mkdir()
    (tmp_path / "crops/new.jpg").write_bytes(b"new")
    newer = Parcel("dataset", "# Card\n", tmp_path, {"crops/new.jpg": 3})
    api.sent = {"crops/old.jpg": b"old", "mine/old.jpg": b"old"}
    send(newer, "alice/walkers", update=True)
    assert api.sent.keys() == {"README.md", "crops/new.jpg", "mine/old.jpg"}


def test_what_is_sent_in_a_files_place_is_all_that_arrives_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dataset.json").write_bytes(b"/home/alice")
    (tmp_path / "list.txt").write_bytes(b"abc")
    lengths = {"dataset.json": 11, "list.txt": 3}
    parcel = Parcel("dataset", "# Card\n", tmp_path, lengths, instead={"dataset.json": b"alice"})
    assert "5 B  dataset.json" in list(parcel.listing())
    for exists in (False, True):
        api = stand_in(monkeypatch, exists=exists)
        api.sent = {"dataset.json": b"older"} if exists else {}
        send(parcel, "alice/walkers", update=exists)
        assert api.sent == {
            "README.md": b"# Card\n", "dataset.json": b"alice", "list.txt": b"abc"
        }  # fmt: skip
    assert (tmp_path / "dataset.json").read_bytes() == b"/home/alice"


def test_changed_files_are_noticed_before_anything_is_asked(
    parcel: Parcel, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = stand_in(monkeypatch)
    (parcel.folder / "model.pt").write_bytes(b"other weights")
    with pytest.raises(PublishingError, match="found it changed"):
        send(parcel, "alice/walkers")
    assert api.method_calls == []


def test_without_the_package_or_a_token_it_says_what_to_do(
    parcel: Parcel, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch)
    monkeypatch.setattr("huggingface_hub.get_token", lambda: None)
    with pytest.raises(PublishingError, match=r"HF_TOKEN or from `hf auth login`"):
        send(parcel, "alice/walkers")
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(PublishingError, match=r"vidsynth-uda\[hub\]"):
        send(parcel, "alice/walkers")


@pytest.mark.parametrize(
    ("code", "hint"), [(403, "a token that may write to alice"), (500, "--update continues")]
)
def test_what_the_hub_refuses_is_said_with_its_reason(
    parcel: Parcel, monkeypatch: pytest.MonkeyPatch, code: int, hint: str
) -> None:
    api = stand_in(monkeypatch)
    response = httpx2.Response(code, request=httpx2.Request("POST", "https://huggingface.co"))
    api.create_repo.side_effect = HfHubHTTPError(
        "no", response=response, server_message="not your namespace"
    )
    with pytest.raises(PublishingError, match=f"not your namespace.*{hint}"):
        send(parcel, "alice/walkers")


@pytest.mark.parametrize(
    "error", [httpx2.ConnectError("no route"), ConnectionError("reset"), RuntimeError("xet")]
)
def test_a_broken_network_says_how_to_go_on(
    parcel: Parcel, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    stand_in(monkeypatch).upload_folder.side_effect = error
    with pytest.raises(PublishingError, match="goes on where it stopped"):
        send(parcel, "alice/walkers")
