"""YAML and JSON that people write, read strictly: what could mean two things is refused.

A key that is there twice, numbers that YAML 1.1 takes for octal or for sixtieths, yes and no as
booleans: each is answered with what to write instead. Every way in which a parser can
fail on damaged text ends in `Unreadable`.
"""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from strict_reading.quoting import shorten, shown

LARGEST = 64 * 2**20
"""Bytes of a file that is still read."""

_OCTAL = re.compile(r"[-+]?0[0-9_]+\Z")
_SIXTIETHS = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?\Z")
_NO_SETTINGS = ("set", "omap", "pairs", "binary", "timestamp")
"""Tags of values that no setting takes; YAML without tags never makes any of them."""
_WORDS = {"yes": "true", "on": "true", "no": "false", "off": "false"}


class Unreadable(ValueError):
    """Text that is no YAML or JSON, or that can be read in two ways; the message says where."""


def read_text(path: Path, largest: int = LARGEST) -> str:
    """The text of a regular file, UTF-8. Raises Unreadable: no such file, a folder, a pipe, too
    large, no text."""
    try:
        kind = path.stat()
        if not stat.S_ISREG(kind.st_mode):
            raise Unreadable("a folder" if path.is_dir() else "a pipe or device, not a file")
        if kind.st_size > largest:
            raise Unreadable(f"{kind.st_size:,} bytes, more than {largest:,}")
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise Unreadable("no such file") from None
    except OSError as error:
        raise Unreadable(error.strerror or str(error)) from None
    except UnicodeDecodeError as error:
        raise Unreadable(f"bytes that are no UTF-8 text at {error.start}") from None
    except Unreadable:
        raise
    except ValueError as error:  # a NUL in the path
        raise Unreadable(str(error)) from None


def parse_yaml(text: str) -> Any:
    """The value of a YAML document. Raises Unreadable."""
    try:
        return yaml.load(text, _Strict)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}: " if mark else ""
        said = ", ".join(filter(None, (error.context, error.problem)))
        raise Unreadable(shorten(f"{where}{said}")) from None
    except RecursionError:
        raise Unreadable("brackets nested too deeply") from None
    except (yaml.YAMLError, ValueError, TypeError, OverflowError, AttributeError) as error:
        raise Unreadable(shorten(str(error))) from None
    except LookupError:  # !!bool maybe, !!int ""
        raise Unreadable("a value that is not of the kind its tag says") from None


def parse_setting(word: str) -> tuple[str, Any]:
    """Key and value of ``section.key=value``, the value in YAML. Raises Unreadable."""
    key, equals, text = word.partition("=")
    if not equals or not key.strip("- "):
        raise Unreadable(f"Expected settings as section.key=value, found {shown(word)}.")
    try:
        return key.strip(), parse_yaml(text)
    except Unreadable as error:
        raise Unreadable(
            f"Expected a YAML value for {key.strip()}, found {shown(text)}: {error}."
        ) from None


def parse_json(text: str) -> Any:
    """The value of a JSON document; NaN is for those who use it to refuse. Raises Unreadable."""
    try:
        return json.loads(text, object_pairs_hook=_once)
    except RecursionError:
        raise Unreadable("brackets nested too deeply") from None
    except Unreadable:
        raise
    except ValueError as error:
        raise Unreadable(shorten(str(error))) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise Unreadable(f"the key {shown(twice)} is there twice in one object: leave one out")
    return found


class _Strict(yaml.SafeLoader):
    """YAML less what surprises."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                continue
            key: Any = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise yaml.constructor.ConstructorError(
                    None, None, f"expected names as keys, found {shown(key)}", key_node.start_mark
                )
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key} is there twice: leave one out", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


def _whole(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Any:
    text = str(loader.construct_scalar(node))
    if _OCTAL.match(text):
        decimal = text.replace("_", "").lstrip("+-").lstrip("0") or "0"
        raise _unclear(node, f"{text} is octal in YAML: write {decimal}, or quote it")
    if _SIXTIETHS.match(text):
        raise _unclear(node, f"{text} counts in sixtieths in YAML: write one number, or quote it")
    if len(text) > 400:
        raise _unclear(node, f"a number of {len(text)} digits")
    return loader.construct_yaml_int(node)


def _real(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Any:
    text = str(loader.construct_scalar(node))
    if _SIXTIETHS.match(text):
        raise _unclear(node, f"{text} counts in sixtieths in YAML: write one number, or quote it")
    return loader.construct_yaml_float(node)


def _truth(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Any:
    text = str(loader.construct_scalar(node))
    if text.lower() in _WORDS:
        advice = f"write {_WORDS[text.lower()]}, or quote it"
        raise _unclear(node, f"{text} is a boolean in YAML: {advice}")
    return loader.construct_yaml_bool(node)


def _unclear(node: yaml.Node, text: str) -> yaml.constructor.ConstructorError:
    return yaml.constructor.ConstructorError(None, None, text, node.start_mark)


# Sets have no order that lasts from one process to the next, pairs no meaning in a setting.
_Strict.yaml_constructors = {
    tag: construct
    for tag, construct in yaml.SafeLoader.yaml_constructors.items()
    if tag is None or tag.rpartition(":")[2] not in _NO_SETTINGS
}
_Strict.add_constructor("tag:yaml.org,2002:int", _whole)
_Strict.add_constructor("tag:yaml.org,2002:float", _real)
_Strict.add_constructor("tag:yaml.org,2002:bool", _truth)
# 2020-13-45 is text, which no setting takes; so PyYAML never makes a date of it.
_Strict.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in known if tag != "tag:yaml.org,2002:timestamp"]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
