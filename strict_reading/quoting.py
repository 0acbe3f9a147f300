"""Values, paths and words as error messages quote them."""

from __future__ import annotations

import math
import reprlib
from pathlib import Path
from typing import Any


def shown(value: Any) -> str:
    """A value as an error message quotes it: never longer than a line."""
    return _SHORT.repr(value)


def shorten(text: str, most: int = 200) -> str:
    """One line of at most so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 3]}..."


def whole_number(word: str) -> int | None:
    """The number that ASCII digits say, at most twelve of them; None for anything else."""
    return int(word) if word.isascii() and word.isdigit() and len(word) <= 12 else None


def finite(value: float | None) -> float | None:
    """A number of the command line itself, to be an option's callback: bounds let NaN pass.

    Raises typer.BadParameter: NaN, or infinite.
    """
    if value is not None and not math.isfinite(value):
        import typer  # the libraries need none

        raise typer.BadParameter(f"expected a finite number, found {value}.")
    return value


def named(path: Path) -> str:
    """A path as error messages say it, without what a terminal could not show."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in str(path))


class _Short(reprlib.Repr):
    def repr_int(self, x: int, level: int) -> str:
        if x.bit_length() > 400:  # Python refuses to print thousands of digits
            return f"a number of {int(x.bit_length() * 0.30103) + 1} digits"
        return super().repr_int(x, level)


_SHORT = _Short()
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = 80
_SHORT.maxlevel, _SHORT.maxlist, _SHORT.maxtuple, _SHORT.maxdict = 4, 8, 8, 8
