"""What publishing ends in where it cannot go on."""

from __future__ import annotations


class PublishingError(Exception):
    """Says what was expected, what was found and what to do, in one paragraph."""
