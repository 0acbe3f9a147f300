"""Sends a parcel to the Hugging Face Hub."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from hub_publishing.errors import PublishingError
from hub_publishing.parcel import CARD, HIDDEN, Parcel, check_repository

if TYPE_CHECKING:
    from huggingface_hub import HfApi


def send(parcel: Parcel, repository: str, *, public: bool = False, update: bool = False) -> str:
    """Sends a parcel to OWNER/NAME and returns the repository's address.

    The card goes first: there is never data without it. Files go by `HfApi.upload_folder`, which
    commits in batches; what an upload that broke off has sent is not sent again.

    Args:
        parcel: what to send; its folder is not changed.
        repository: OWNER/NAME.
        public: whether everybody can see a new repository. One that exists stays as it is.
        update: whether the repository may exist. Where the parcel has files or folders of the same
            names, it holds what the parcel has afterwards, and no remainder of an older one.

    Raises:
        PublishingError: the parcel's files have changed; huggingface_hub or a token is missing;
            the repository exists; the Hub refuses, or cannot be reached.
    """
    check_repository(repository)
    parcel.check()
    api = _api()
    with _explained(repository):
        if not update and api.repo_exists(repository, repo_type=parcel.kind):
            raise PublishingError(
                f"The {parcel.kind} {repository} exists on the Hub. Nothing was sent: choose "
                "another name, or add to it with --update, which also continues an upload that "
                "broke off."
            )
        address = api.create_repo(
            repository, repo_type=parcel.kind, private=not public, exist_ok=update
        )
        for name, content in {CARD: parcel.card.encode(), **parcel.instead}.items():
            api.upload_file(
                path_or_fileobj=content,
                path_in_repo=name,
                repo_id=repository,
                repo_type=parcel.kind,
                commit_message=f"{'Card' if name == CARD else name} of the {parcel.kind}",
            )
        api.upload_folder(
            folder_path=parcel.folder,
            repo_id=repository,
            repo_type=parcel.kind,
            allow_patterns=parcel.patterns,
            ignore_patterns=[*HIDDEN, *parcel.instead],
            delete_patterns=sorted({*parcel.patterns} - {*parcel.instead}) if update else None,
            commit_message=f"Files of the {parcel.kind}",
        )
    return str(address)


def _api() -> HfApi:
    """With the token of this machine."""
    try:
        from huggingface_hub import HfApi, get_token
    except ImportError:
        raise PublishingError(
            'Sending needs huggingface_hub: pip install "vidsynth-uda[hub]". --dry-run shows what '
            "would be sent without it."
        ) from None
    token = get_token()
    if not token:
        raise PublishingError(
            "Expected a token of the Hugging Face Hub in HF_TOKEN or from `hf auth login`, found "
            "none. Make one that may write at https://huggingface.co/settings/tokens."
        )
    return HfApi(token=token, library_name="vidsynth-uda")


@contextmanager
def _explained(repository: str) -> Iterator[None]:
    """Turns what the Hub and the network answer into PublishingErrors."""
    from huggingface_hub import errors

    broken = (OSError, RuntimeError, errors.HTTPError)
    try:
        yield
    except errors.HfHubHTTPError as error:
        code = error.response.status_code
        owner = repository.partition("/")[0]
        hint = (
            f"Use a token that may write to {owner} (HF_TOKEN, or `hf auth login`)."
            if code in (401, 403, 404)
            else "Try again later; --update continues."
        )
        said = error.server_message or str(error).splitlines()[0]
        raise PublishingError(f"The Hub refused {repository} ({code}: {said}). {hint}") from None
    except broken as error:
        raise PublishingError(
            f"The Hub could not be reached, or the upload broke off ({type(error).__name__}: "
            f"{error}). Check the network and HF_HUB_OFFLINE; the same command with --update goes "
            "on where it stopped."
        ) from None
