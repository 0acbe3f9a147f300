"""What `uda` says when it cannot go on: expected errors, one paragraph each, exit code 2."""

from __future__ import annotations


class UdaError(Exception):
    """The message states what was expected, what was found and what to do."""


class ConfigError(UdaError):
    """A recipe or an override that does not fit the configuration."""


class CheckpointError(UdaError):
    """A checkpoint that cannot be read, written, or put into the model at hand."""


class RunError(UdaError):
    """An output directory that holds something else than the run asked for."""


class TrainingError(UdaError):
    """Training that cannot continue, such as a loss that is no longer a number."""
