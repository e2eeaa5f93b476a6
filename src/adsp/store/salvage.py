"""What can still be proved of a log that is not whole."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from adsp.store.files import Files
from adsp.store.order import in_order
from adsp.store.reading import reading
from adsp.store.rows import COLUMNS, Row, checksum, decode, highest_seq

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from adsp.store.events import Event

_UNREADABLE = (sqlite3.DatabaseError, UnicodeDecodeError)


@dataclass
class Salvaged:
    """What was found in a damaged log."""

    events: list[Event] = field(default_factory=list)
    """Those whose checksums hold, in the common order."""
    lost: int = 0
    """Rows that are missing, cannot be read, or cannot be proved."""


def salvage(path: Path) -> Salvaged:
    """Read row by row what a damaged log still holds. A row is taken if its checksum, which hangs
    on the row before, is right.

    Raises:
        StoreError: nothing can be read of it.
    """
    with reading(Files(path)) as connection:
        if connection is None:
            return Salvaged()
        found = Salvaged()
        before: str | None = ""
        for row in _each(connection):
            if row is None:
                found.lost += 1
                before = None
                continue
            event = _proved(row, before)
            before = row.sum
            if event is None:
                found.lost += 1
            else:
                found.events.append(event)
        in_order(found.events)
        return found


def _each(connection: sqlite3.Connection) -> Iterator[Row | None]:
    """Every row that there ever was; None for one that cannot be read."""
    query = f"SELECT {COLUMNS} FROM event WHERE seq = ?"  # noqa: S608  (a constant)
    for seq in range(1, _highest(connection) + 1):
        try:
            found = connection.execute(query, (seq,)).fetchone()
        except _UNREADABLE:
            found = None
        yield None if found is None else Row._make(found)


def _highest(connection: sqlite3.Connection) -> int:
    """The number of the last row, as far as anything tells it."""
    highest = 0
    for ask in (highest_seq, _last_seq):
        try:
            highest = max(highest, ask(connection))
        except _UNREADABLE:
            continue
    return highest


def _last_seq(connection: sqlite3.Connection) -> int:
    found = connection.execute("SELECT max(seq) FROM event").fetchone()[0]
    return found if isinstance(found, int) else 0


def _proved(row: Row, before: str | None) -> Event | None:
    try:
        if before is None or row.sum != checksum(row, before):
            return None
        return decode(row.body)
    except (msgspec.MsgspecError, UnicodeEncodeError, TypeError):
        return None
