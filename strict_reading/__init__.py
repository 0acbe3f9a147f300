"""What people give, read strictly: YAML, JSON and ``section.key=value`` words; and, in `jpeg` and
`png`, whether pictures are whole."""

from strict_reading.quoting import finite, named, shorten, shown, whole_number
from strict_reading.reading import (
    LARGEST,
    Unreadable,
    parse_json,
    parse_setting,
    parse_yaml,
    read_text,
)

__all__ = [
    "LARGEST",
    "Unreadable",
    "finite",
    "named",
    "parse_json",
    "parse_setting",
    "parse_yaml",
    "read_text",
    "shorten",
    "shown",
    "whole_number",
]
