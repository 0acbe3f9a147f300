"""From "red upper, black shorts, backpack" to the values that attributes are to have."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from uda.errors import ConfigError

Values = Mapping[str, tuple[str, ...]]

_FLAG = {"no", "yes"}
_NOT = {"no", "not", "without"}
_SAYS_NOTHING = {
    "a", "an", "the", "with", "in", "and", "wearing", "of", "colour", "color", "kind", "type",
    "length",
}  # fmt: skip
_SAME = {
    "top": "upper", "shirt": "upper", "bottom": "lower", "legs": "lower", "jacket": "outerwear",
    "coat": "outerwear", "cap": "hat", "man": "male", "woman": "female", "gray": "grey",
    "pants": "trousers", "sunglasses": "glasses", "shoes": "shoe", "sleeves": "sleeve",
}  # fmt: skip
_PART = {"dress": "upper"}
"""What is worn where, if the attribute's first word is not the place itself."""


class Wanted(NamedTuple):
    """A value that an attribute should have."""

    attribute: str
    value: str

    def __str__(self) -> str:
        return f"{self.attribute}={self.value}"


def parse(text: str, values: Values) -> tuple[Wanted, ...]:
    """What a description asks for, phrase by phrase between commas.

    A phrase names values ("red upper", "black shorts"), flags ("backpack", "no hat"), or says it
    outright (``upper_colour=red``). A value of several attributes, such as a colour, is that of the
    part which the phrase names or implies: shorts are worn below.

    Args:
        text: the description.
        values: of the attributes that a model recognises.

    Raises:
        ConfigError: a word is unknown, or could mean several attributes.
    """
    found: dict[str, Wanted] = {}
    for phrase in filter(None, (part.strip() for part in text.split(","))):
        for wanted in _phrase(phrase, values):
            before = found.setdefault(wanted.attribute, wanted)
            if before != wanted:
                raise ConfigError(
                    f"Expected one {wanted.attribute} in the description, found {before.value} and "
                    f"{wanted.value}. Search for one after the other."
                )
    if not found:
        raise ConfigError(
            'Expected a description such as "red upper, black shorts, backpack", found none. Known '
            f"attributes are {', '.join(values)}."
        )
    return tuple(found.values())


def _phrase(phrase: str, values: Values) -> list[Wanted]:
    if "=" in phrase:
        return [_outright(phrase, values)]
    said = [_SAME.get(word, word) for word in _words(phrase)]
    tokens = {word for word in said if word not in _NOT | _SAYS_NOTHING}
    _require_known(phrase, tokens, values)
    found = list(_flags(tokens, values, negated=any(word in _NOT for word in said)))
    shared: dict[str, list[str]] = {}
    for name, of in values.items():
        for value in of:
            if set(_words(value)) <= tokens:
                shared.setdefault(value, []).append(name)
    found += [Wanted(owners[0], value) for value, owners in shared.items() if len(owners) == 1]
    named = tokens | {_part(wanted.attribute) for wanted in found}
    for value, owners in shared.items():
        if len(owners) > 1:
            found.append(Wanted(_owner(phrase, value, owners, named), value))
    _require_used(phrase, tokens, found, values)
    return found


def _flags(tokens: set[str], values: Values, *, negated: bool) -> Iterator[Wanted]:
    """What is there or not: attributes of yes and no, or of none and what it is else."""
    for name, of in values.items():
        if not set(_words(name)) - _SAYS_NOTHING <= tokens:
            continue
        if set(of) <= _FLAG:
            yield Wanted(name, "no" if negated else "yes")
        elif negated and "none" in of and "colour" not in _words(name):
            yield Wanted(name, "none")


def _owner(phrase: str, value: str, owners: list[str], named: set[str]) -> str:
    """Which of several attributes with a value a phrase is about."""
    fits = [name for name in owners if set(_words(name)) - _SAYS_NOTHING <= named]
    if len(fits) == 1:
        return fits[0]
    choice = ", ".join(f"{name}={value}" for name in fits or owners)
    raise ConfigError(
        f'Expected a phrase that says what is {value}, found "{phrase}", which could be {choice}. '
        "Write it so, or name the part: red upper, black shorts."
    )


def _outright(phrase: str, values: Values) -> Wanted:
    name, _, value = (part.strip() for part in phrase.partition("="))
    if name not in values:
        raise ConfigError(_unknown(name, values, "an attribute of the model"))
    if value not in values[name]:
        raise ConfigError(_unknown(value, values[name], f"a value of {name}"))
    return Wanted(name, value)


def _require_known(phrase: str, tokens: set[str], values: Values) -> None:
    known = set(_SAME) | {word for name in values for word in _words(name)}
    known |= {word for of in values.values() for value in of for word in _words(value)}
    for word in sorted(tokens - known):
        raise ConfigError(_unknown(word, known, f'words that the model knows in "{phrase}"'))


def _require_used(phrase: str, tokens: set[str], found: list[Wanted], values: Values) -> None:
    """Every word is of a value that was found, or says where it is."""
    used = {word for w in found for word in (*_words(w.value), *_words(w.attribute))}
    left = tokens - used - {_part(wanted.attribute) for wanted in found}
    if left or not found:
        about = sorted(left or tokens)
        known = [
            _shown(name, values)
            for name, of in values.items()
            if any(word in _words(" ".join((name, *of))) for word in about)
        ]
        raise ConfigError(
            f'Expected values that go together in "{phrase}", found nothing that '
            f"{' or '.join(about)} could be of. The model knows {'; '.join(known)}."
        )


def _shown(name: str, values: Values) -> str:
    return f"{name} {'|'.join(values[name])}"


def _unknown(text: str, known: Iterable[str], what: str) -> str:
    known = sorted(known)
    near = difflib.get_close_matches(text, known, 3)
    hint = f"nearest: {', '.join(near)}" if near else f"there are {', '.join(known)}"
    return f"Expected {what}, found {text!r}; {hint}."


def _part(attribute: str) -> str:
    first = _words(attribute)[0]
    return _PART.get(first, first)


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())
