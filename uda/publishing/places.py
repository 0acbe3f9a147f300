"""Takes out of a run's description what is nobody else's business: paths of the machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reid_datasets.streaming.address import SCHEME

LOCAL = ("root", "path", "checkpoint")
"""Keys whose values are places."""


def without_places(described: dict[str, Any]) -> dict[str, Any]:
    """A copy of what a run says of itself, or of its result, with no path of this machine in it.

    Files that settings name keep their own names, those of a method of somebody's own, too, where
    they look like places; a stream of shards is a stream.
    """
    copy: dict[str, Any] = _without_keys(described)
    config = copy.get("config", {})
    model, data, method = (config.get(key, {}) for key in ("model", "data", "method"))
    if model.get("pretrained") not in (None, "none", "imagenet"):
        model["pretrained"] = Path(model["pretrained"]).name
    if data.get("attributes_file"):
        data["attributes_file"] = Path(data["attributes_file"]).name
    for holder, key in ((method, "name"), (copy, "method"), (copy.get("init", {}), "method")):
        if ".py:" in holder.get(key, ""):
            holder[key] = Path(holder[key]).name
    return copy


def _without_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_keys(inner) for key, inner in value.items() if key not in LOCAL}
    if isinstance(value, list | tuple):
        return type(value)(map(_without_keys, value))
    if isinstance(value, str) and value.startswith(f"{SCHEME}:"):
        return SCHEME
    if isinstance(value, str) and value.startswith(("/", "~", "./", "../")):
        return Path(value).name
    return value
