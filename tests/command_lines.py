"""What the commands of a typer application take, by their own declarations."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, get_args, get_type_hints

import typer
from typer.models import ArgumentInfo, OptionInfo


class Taken(NamedTuple):
    """A parameter of a command: an argument or an option, of a type, with the option's word."""

    kind: str
    type: Any
    word: str
    required: bool


def commands(app: typer.Typer, *names: str) -> Iterator[tuple[tuple[str, ...], list[Taken]]]:
    """The words that call each command, and what it takes."""
    for group in app.registered_groups:
        yield from commands(group.typer_instance, *names, str(group.name))  # type: ignore[arg-type]
    for command in app.registered_commands:
        assert command.callback is not None
        name = command.name or command.callback.__name__.replace("_", "-")
        yield (*names, name), list(_taken(command.callback))


def _taken(callback: Callable[..., Any]) -> Iterator[Taken]:
    hints = get_type_hints(callback, include_extras=True)
    for name, parameter in inspect.signature(callback).parameters.items():
        base, *said = get_args(hints[name])
        word = f"--{name.replace('_', '-')}"
        required = parameter.default is inspect.Parameter.empty
        for info in said:
            if isinstance(info, OptionInfo):
                written = [w for w in info.param_decls or () if w.startswith("--")]
                yield Taken("option", base, (written or [word])[0].partition("/")[0], required)
            elif isinstance(info, ArgumentInfo):
                yield Taken("argument", base, name, required)
