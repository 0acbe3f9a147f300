"""The identity of a run at a tracking service, kept so that a resumed run continues it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from pathlib import Path

from uda.files import write_json


class ContinuedRun:
    """A run's id at a service, and the last step that was logged under each name.

    Services do not forget what a killed process has logged beyond its last checkpoint. A resumed
    run logs those steps again; here it learns which ones to leave out.

    Args:
        output: The run's directory; the record is ``loggers/SERVICE.json`` in it.
        service: Name of the logger.
        where: Server and project. A record of another place is not continued.
        rows: Whether the service collects the entries of a step and writes them when a later step
            begins. Those of the open step are then kept on record no earlier.
    """

    def __init__(self, output: Path, service: str, where: str, *, rows: bool = False) -> None:
        self.path = output / "loggers" / f"{service}.json"
        self.where = where
        self.rows = rows
        self.name = output.resolve().name
        self.id: str | None = None
        self._last: dict[str, int] = {}
        self._step = -1
        if self.path.exists():
            record = json.loads(self.path.read_text(encoding="utf-8"))
            if record["where"] == where:
                self.id, self.name, self._last = record["id"], record["name"], record["last"]

    def begin(self, id: str | None = None) -> str:
        """Gives a new run its id, by default a random one, and keeps it; returns the id."""
        self.id = id or secrets.token_hex(6)
        self._last = {}
        self.keep()
        return self.id

    def fresh(self, names: Iterable[str], step: int) -> set[str]:
        """The names under which nothing of this step or a later one has been logged.

        They count as logged from now on.
        """
        found = {name for name in names if self._last.get(name, -1) < step}
        if found and self.rows and step > self._step:
            self.keep()
            self._step = step
        self._last.update(dict.fromkeys(found, step))
        if found and not self.rows:
            self.keep()
        return found

    def keep(self) -> None:
        """Writes the record. To be called when everything is logged, too."""
        record = {"id": self.id, "name": self.name, "where": self.where, "last": self._last}
        write_json(self.path, record)
