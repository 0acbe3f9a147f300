"""From "red upper, black shorts, backpack" to the values that attributes are to have."""

from __future__ import annotations

import difflib
import re
import unicodedata
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
    "coat": "outerwear", "cap": "hat", "man": "male", "men": "male", "woman": "female",
    "women": "female", "gray": "grey", "grey": "gray", "pants": "trousers",
    "sunglasses": "glasses", "blonde": "blond", "blond": "blonde",
}  # fmt: skip
"""What else a word may be called, for models that do not know it."""
_PART = {"dress": "upper"}
"""What is worn where, if the attribute's first word is not the place itself."""


class Wanted(NamedTuple):
    """A value that an attribute should have, or with ``absent`` any other one."""

    attribute: str
    value: str
    absent: bool = False

    def __str__(self) -> str:
        return f"{self.attribute}{'!' * self.absent}={self.value}"


def parse(text: str, values: Values) -> tuple[Wanted, ...]:
    """What a description asks for, phrase by phrase between commas.

    A phrase names values ("red upper", "black shorts"), flags ("backpack", "no hat"), or says it
    outright (``upper_colour=red``, ``bag!=backpack``). A value of several attributes, such as a
    colour, is that of the part which the phrase names or implies: shorts are worn below. What
    follows "no", "not" or "without" is one thing that nobody should have: "no backpack" is of
    everybody with another bag or none.

    Args:
        text: the description.
        values: of the attributes that a model recognises.

    Raises:
        ConfigError: a word is unknown, or could mean several attributes.
    """
    found: dict[Wanted, None] = {}
    for phrase in filter(None, (part.strip() for part in text.split(","))):
        for wanted in _phrase(phrase, values):
            other = next((before for before in found if _contradict(before, wanted)), None)
            if other is not None:
                raise ConfigError(
                    f"Expected one {wanted.attribute} in the description, found {other.value} and "
                    f"{'no ' * wanted.absent}{wanted.value}. Search for one after the other."
                )
            found[wanted] = None
    if not found:
        raise ConfigError(
            'Expected a description such as "red upper, black shorts, backpack", found none. Known '
            f"attributes are {', '.join(values)}."
        )
    return tuple(found)


def _contradict(one: Wanted, other: Wanted) -> bool:
    """Whether nobody can have both: not two values of one attribute, but two that nobody has."""
    if one.attribute != other.attribute or (one.absent and other.absent):
        return False
    return one.value != other.value if one.absent == other.absent else one.value == other.value


def _phrase(phrase: str, values: Values) -> list[Wanted]:
    if "=" in phrase:
        return [_outright(phrase, values)]
    said = _words(phrase)
    nots = [place for place, word in enumerate(said) if word in _NOT]
    if not nots:
        return _present(phrase, said, values)
    first, absent = said[: nots[0]], said[nots[0] + 1 :]
    found = _present(phrase, first, values) if first else []
    return [*found, _absent(phrase, absent, values)]


def _absent(phrase: str, said: list[str], values: Values) -> Wanted:
    """The one thing that nobody should have who is looked for."""
    tokens = _understood(said, values)
    for flag in _flags(tokens, values, negated=True):
        if tokens <= {*_words(flag.attribute)}:
            return flag
    found = _present(phrase, said, values) if tokens and not tokens & _NOT else []
    if len(found) != 1:
        what = " and ".join(map(str, found)) or "nothing, or no twice"
        raise ConfigError(
            f'Expected one thing after "no", "not" or "without" in "{phrase}", found {what}. Write '
            "a phrase for each, or say it outright, such as upper_colour!=red."
        )
    return found[0]._replace(absent=True)


def _present(phrase: str, said: list[str], values: Values) -> list[Wanted]:
    """The values that words name."""
    tokens = _understood(said, values)
    _require_known(phrase, tokens, values)
    found = list(_flags(tokens, values, negated=False))
    shared: dict[str, list[str]] = {}
    for name, of in values.items():
        for value in of:
            if _named(set(_words(value)), tokens):
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
        if not _named(set(_words(name)) - _SAYS_NOTHING, tokens):
            continue
        if set(of) <= _FLAG:
            yield Wanted(name, "no" if negated else "yes")
        elif negated and "none" in of and "colour" not in _words(name):
            yield Wanted(name, "none")


def _owner(phrase: str, value: str, owners: list[str], named: set[str]) -> str:
    """Which of several attributes with a value a phrase is about."""
    fits = [name for name in owners if _named(set(_words(name)) - _SAYS_NOTHING, named)]
    if len(fits) == 1:
        return fits[0]
    choice = ", ".join(f"{name}={value}" for name in fits or owners)
    raise ConfigError(
        f'Expected a phrase that says what is {value}, found "{phrase}", which could be {choice}. '
        "Write it so, or name the part: red upper, black shorts."
    )


def _outright(phrase: str, values: Values) -> Wanted:
    name, _, value = (part.strip() for part in phrase.partition("="))
    absent, name = name.endswith("!"), name.removesuffix("!").rstrip()
    if name not in values:
        raise ConfigError(_unknown(name, values, "an attribute of the model"))
    if value not in values[name]:
        raise ConfigError(_unknown(value, values[name], f"a value of {name}"))
    return Wanted(name, value, absent)


def _named(words: set[str], said: set[str]) -> bool:
    """Whether all of some words were said; what has no words (``?``) cannot be."""
    return bool(words) and words <= said


def _understood(said: Iterable[str], values: Values) -> set[str]:
    """Words as the model has them: its own first, then one hat for hats, then what means the same.
    A word that it does not know stays as it is."""
    known = _vocabulary(values)
    return {_as_known(word, known) for word in said if word not in _SAYS_NOTHING}


def _as_known(word: str, known: set[str]) -> str:
    forms = [word]
    if word != "shorts":  # are no short ones
        forms += [word.removesuffix(end) for end in ("s", "es") if word.endswith(end)]
    candidates = [*forms, *(_SAME[form] for form in forms if form in _SAME)]
    return next((form for form in candidates if form in known), word)


def _vocabulary(values: Values) -> set[str]:
    """Words of all attributes and values of a model, and the places that `_PART` adds."""
    named = {word for name in values for word in _words(name)}
    said = {word for of in values.values() for value in of for word in _words(value)}
    return named | said | {_part(name) for name in values if _words(name)}


def _require_known(phrase: str, tokens: set[str], values: Values) -> None:
    known = _vocabulary(values)
    for word in sorted(tokens - known):
        same = {other for other, meant in _SAME.items() if meant in known}
        raise ConfigError(_unknown(word, known | same, f'words that the model knows in "{phrase}"'))


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
    first = next(iter(_words(attribute)), "")
    return _PART.get(first, first)


def _words(text: str) -> list[str]:
    """Letters and digits of any script, in lower case."""
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFC", text).casefold())
