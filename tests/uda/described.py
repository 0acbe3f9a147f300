"""Attributes of the miniature trees' people, in a file."""

from __future__ import annotations

from pathlib import Path


def write_attributes(file: Path, people: int = 7) -> Path:
    """A CSV of people 1 to N: sex by turns, three colours, a bag that all of them have, and a hat
    that is known of every other one."""
    rows = ["id,gender,upper colour,bag,hat"]
    for person in range(1, people + 1):
        hat = "" if person % 2 else ("yes" if person % 4 else "no")
        gender = ("female", "male")[person % 2]
        colour = ("black", "red", "white")[person % 3]
        rows.append(f"{person:04d},{gender},{colour},yes,{hat}")
    file.write_text("\n".join(rows) + "\n")
    return file
