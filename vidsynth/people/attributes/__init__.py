"""People in words, and the same words as other data sets annotate people."""

from vidsynth.people.attributes.finegpr import FINEGPR, as_finegpr
from vidsynth.people.attributes.synthetic18k import (
    SYNTHETIC18K,
    SYNTHETIC18K_COLUMNS,
    as_synthetic18k,
)
from vidsynth.people.attributes.words import ATTRIBUTES, PREFIX, describe

__all__ = [
    "ATTRIBUTES",
    "FINEGPR",
    "PREFIX",
    "SYNTHETIC18K",
    "SYNTHETIC18K_COLUMNS",
    "as_finegpr",
    "as_synthetic18k",
    "describe",
]
