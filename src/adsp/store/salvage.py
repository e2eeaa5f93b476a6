"""What can still be proved of a log that is not whole."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from adsp.store.connect import connect_reader
from adsp.store.events import Answered, Item, SessionEnded, SessionStarted, stand_in
from adsp.store.files import Files
from adsp.store.order import in_order
from adsp.store.refusals import damaged, refusing, vanished
from adsp.store.rows import COLUMNS, Row, checksum, decode, highest_seq

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from adsp.store.events import Event

LONGEST_SESSION = 1000
"""Places of a session that is made from its answers, at most: no session has so many."""
LEAST_ROW = 100
"""Bytes: no event with its checksum takes less."""
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
    files = Files(path)
    with _opened(files) as connection:
        found = Salvaged()
        before: str | None = ""
        for row in _each(connection, _most(files)):
            event = None if row is None else _proved(row, before)
            before = None if row is None else row.sum
            if event is None:
                found.lost += 1
            else:
                found.events.append(event)
        if not found.events:
            raise damaged(files, "온전하다고 증명되는 기록이 하나도 없습니다")
        in_order(found.events)
        return found


@contextmanager
def _opened(files: Files) -> Iterator[sqlite3.Connection]:
    """The file as it is. What its header says of whose it is and how new does not count, nor what
    the marker says: the checksums tell.
    """
    with refusing(files):
        if files.empty:
            raise vanished(files)
        with closing(connect_reader(files)) as connection:
            connection.execute("BEGIN")
            yield connection


def _most(files: Files) -> int:
    """Rows that the file has room for: a flipped bit may speak of billions."""
    room = sum(path.stat().st_size for path in (files.database, files.wal) if path.exists())
    return room // LEAST_ROW


def _each(connection: sqlite3.Connection, most: int) -> Iterator[Row | None]:
    """Every row that there ever was; None for one that cannot be read."""
    query = f"SELECT {COLUMNS} FROM event WHERE seq = ?"  # noqa: S608  (a constant)
    for seq in range(1, min(_highest(connection), most) + 1):
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


def begun_again(orphans: Sequence[Event]) -> list[Event]:
    """Starts and ends for the sessions of answers whose own were lost, made from the answers: the
    same answers give the same events on every machine.
    """
    sessions: dict[str, list[Answered]] = {}
    for event in orphans:
        if isinstance(event, Answered) and 0 <= event.place < LONGEST_SESSION:
            sessions.setdefault(event.session, []).append(event)
    ended = {event.session for event in orphans if isinstance(event, SessionEnded)}
    made: list[Event] = []
    for session, answers in sessions.items():
        made.append(_start(session, answers))
        if session not in ended:
            made.append(_end(session, answers[-1]))
    return made


def _start(session: str, answers: Sequence[Answered]) -> SessionStarted:
    asked = {answer.place: answer.question for answer in answers}
    items = (Item(asked.get(place, ""), seed=0) for place in range(max(asked) + 1))
    first = answers[0]
    return SessionStarted(
        id=stand_in(session),
        at=first.at,
        stamp=max(1, first.stamp - 1),
        session=session,
        mode="quiz",
        title=f"되살린 세션 · {len(asked)}문항",
        items=tuple(items),
    )


def _end(session: str, last: Answered) -> SessionEnded:
    return SessionEnded(
        id=f"ended-{session}", at=last.at, stamp=last.stamp + 1, session=session, finished=False
    )
