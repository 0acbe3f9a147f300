"""Methods by name: those of the toolkit, of installed packages, and of files.

A package registers its own with an entry point of the group ``uda.methods``:

    [project.entry-points."uda.methods"]
    mine = "my_package.mine:Mine"

A file needs no registration: ``uda train --method path/to/mine.py:Mine``. A name read from a
checkpoint never makes code run that the user has not named: see `trusted`.
"""

from __future__ import annotations

import difflib
import hashlib
import importlib
import importlib.util
import os
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType

from strict_reading import named
from uda.errors import ConfigError
from uda.methods.adabn import AdaBN
from uda.methods.attributes import Attributes
from uda.methods.cal import Cal
from uda.methods.contract import Method
from uda.methods.dann import Dann
from uda.methods.glt import Glt
from uda.methods.joint import Joint
from uda.methods.jvtc import Jvtc, JvtcPlus
from uda.methods.mean_teacher import MeanTeacher
from uda.methods.mmt import Mmt
from uda.methods.pseudo_label import PseudoLabel
from uda.methods.qaconv import QAConv, QAConvGS
from uda.methods.source_only import SourceOnly
from uda.methods.spcl import SpCL
from uda.methods.strong_baseline import StrongBaseline
from uda.methods.synthetic_to_real import SyntheticToReal

GROUP = "uda.methods"

METHODS: dict[str, type[Method]] = {
    "source_only": SourceOnly,
    "adabn": AdaBN,
    "dann": Dann,
    "mean_teacher": MeanTeacher,
    "synthetic_to_real": SyntheticToReal,
    "pseudo_label": PseudoLabel,
    "strong_baseline": StrongBaseline,
    "glt": Glt,
    "jvtc": Jvtc,
    "jvtc_plus": JvtcPlus,
    "mmt": Mmt,
    "spcl": SpCL,
    "cal": Cal,
    "attributes": Attributes,
    "joint": Joint,
    "qaconv": QAConv,
    "qaconv_gs": QAConvGS,
}


def find(name: str) -> type[Method]:
    """The method of a name, or of ``FILE.py:Class`` or ``package.module:Class``.

    Raises:
        ConfigError: there is none of that name, or what it names is no method.
    """
    if name in METHODS:
        return METHODS[name]
    installed = {point.name: point for point in _entry_points()}
    if name in installed:
        return _checked(name, installed[name].load())
    place, colon, attribute = name.rpartition(":")
    if not colon:
        raise ConfigError(f"Unknown method {name!r}. {_hint(name, list(known()))}")
    module = _file(Path(place)) if place.endswith(".py") else _module(place)
    found = getattr(module, attribute, None)
    if found is None:
        raise ConfigError(f"--method {name}: expected a class {attribute} in {place}, found none.")
    return _checked(name, found)


def known() -> Iterator[str]:
    """Names of the toolkit's methods and of those that installed packages register."""
    yield from METHODS
    yield from (point.name for point in _entry_points() if point.name not in METHODS)


def trusted(name: str) -> bool:
    """Whether a name stands for code that is installed, not for a file somebody may have sent."""
    return name in set(known())


def _entry_points() -> tuple[EntryPoint, ...]:
    return tuple(entry_points(group=GROUP))


def _hint(name: str, names: list[str]) -> str:
    near = difflib.get_close_matches(name, names, n=1)
    asked = f" Did you mean {near[0]}?" if near else ""
    return f"Known: {', '.join(names)}, or FILE.py:Class.{asked}"


def _checked(name: str, found: object) -> type[Method]:
    if isinstance(found, type) and issubclass(found, Method):
        return found
    raise ConfigError(
        f"--method {name}: expected a subclass of uda.Method, found {found!r}. See "
        "docs/methods.md, A new method."
    )


def _file(path: Path) -> ModuleType:
    """The module of a file, loaded once. ConfigError: there is none, or it does not load."""
    try:
        place = path.expanduser().resolve()
    except (OSError, RuntimeError, ValueError) as error:  # links in a circle, a NUL
        raise ConfigError(f"--method: the file {named(path)} cannot be read: {error}.") from None
    # Names of folders need not be UTF-8.
    name = f"uda_method_{hashlib.sha256(os.fsencode(place)).hexdigest()[:12]}_{place.stem}"
    if name in sys.modules:
        return sys.modules[name]
    if not place.is_file():
        raise ConfigError(f"--method: there is no file {path}.")
    spec = importlib.util.spec_from_file_location(name, place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (ImportError, SyntaxError) as error:
        del sys.modules[name]
        raise ConfigError(f"--method: {path} cannot be loaded: {error}.") from error
    return module


def _module(name: str) -> ModuleType:
    if not all(part.isidentifier() for part in name.split(".")):
        raise ConfigError(
            f"--method: expected FILE.py:Class or package.module:Class, found {name!r} before the "
            "colon."
        )
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ConfigError(f"--method: {name} cannot be imported: {error}.") from error
