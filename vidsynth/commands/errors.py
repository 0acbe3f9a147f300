"""Expected errors as one paragraph, never a traceback."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from vidsynth.errors import VidsynthError


@contextmanager
def plain_errors() -> Iterator[None]:
    """Expected errors end in one paragraph on stderr and exit code 2."""
    for stream in (sys.stdout, sys.stderr):  # names of files need not be UTF-8
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        yield
    except VidsynthError as error:
        typer.echo(f"vidsynth: {error}", err=True)
        raise typer.Exit(2) from None
    except OSError as error:
        said = error.strerror or error
        what = f"Cannot use {error.filename}: {said}." if error.filename else f"{said}."
        typer.echo(f"vidsynth: {what}", err=True)
        raise typer.Exit(2) from None
    except MemoryError:
        typer.echo("vidsynth: Out of memory: ask for fewer workers, or a smaller set.", err=True)
        raise typer.Exit(2) from None
    except KeyboardInterrupt:
        typer.echo("vidsynth: stopped.", err=True)
        raise typer.Exit(130) from None
