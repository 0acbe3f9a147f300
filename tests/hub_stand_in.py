"""Stands in for the Hugging Face Hub: the library's own class, with nobody behind it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import Mock, create_autospec

import huggingface_hub
import pytest
from huggingface_hub.utils import filter_repo_objects

LIBRARY = huggingface_hub.HfApi


def stand_in(monkeypatch: pytest.MonkeyPatch, *, exists: bool = False) -> Mock:
    """What `HfApi()` gives from now on: it takes the calls that the library takes, no others, and
    keeps under ``sent`` the content of every file that would be there afterwards, by name."""
    api = create_autospec(LIBRARY, instance=True)
    api.sent = {}
    api.repo_exists.return_value = exists
    api.create_repo.side_effect = lambda repo_id, repo_type, **_: (
        f"https://huggingface.co/{repo_type}s/{repo_id}"
    )

    def upload_file(*, path_or_fileobj: bytes, path_in_repo: str, **_: Any) -> None:
        api.sent[path_in_repo] = path_or_fileobj

    def upload_folder(
        *,
        folder_path: Path,
        allow_patterns: list[str],
        ignore_patterns: list[str],
        delete_patterns: list[str] | None,
        **_: Any,
    ) -> None:
        # As the library chooses files (HfApi._prepare_upload_folder_additions).
        paths = [path for path in sorted(folder_path.glob("**/*")) if path.is_file()]
        names = [path.relative_to(folder_path).as_posix() for path in paths]
        chosen = filter_repo_objects(
            names, allow_patterns=allow_patterns, ignore_patterns=ignore_patterns
        )
        for old in filter_repo_objects(list(api.sent), allow_patterns=delete_patterns or []):
            del api.sent[old]
        api.sent |= {name: (folder_path / name).read_bytes() for name in chosen}

    api.upload_file.side_effect = upload_file
    api.upload_folder.side_effect = upload_folder
    monkeypatch.setattr("huggingface_hub.HfApi", lambda **_: api)
    monkeypatch.setattr("huggingface_hub.get_token", lambda: "hf_made_up")
    return api
