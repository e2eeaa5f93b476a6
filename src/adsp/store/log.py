"""The log of answers: one writer appends, anyone reads. The hot path; standard library only."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from adsp.store.connect import SCHEMA_VERSION, connect_writer, inspect, roll_back
from adsp.store.events import (
    Answered,
    Retracted,
    Ruled,
    SessionEnded,
    SessionStarted,
    stand_in,
)
from adsp.store.files import Files
from adsp.store.lock import WriterLock
from adsp.store.marker import Marker
from adsp.store.order import in_order, milliseconds, next_stamp
from adsp.store.reading import reading
from adsp.store.refusals import damaged, dangling, refusing, reused_id
from adsp.store.rows import (
    Tail,
    chain,
    decode,
    proved_bodies,
    read_tail,
    same,
    settle,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from types import TracebackType
    from typing import Self, TypeGuard

    from adsp.store.events import Event

_INSERT = "INSERT INTO event VALUES (?, ?, ?)"


@dataclass
class Taken:
    """What became of the events of another log."""

    new: list[Event] = field(default_factory=list)
    known: list[Event] = field(default_factory=list)
    """They were here already."""
    waiting: list[Event] = field(default_factory=list)
    """What they speak of is neither here nor there: a part that has not come yet."""
    conflicts: list[Event] = field(default_factory=list)
    """Their ids, or those of the sessions that they start, are here with another content. Ids are
    random, so one of the two was changed."""


class Log:
    """The one writer of a log. It belongs to the thread that opened it."""

    def __init__(
        self, files: Files, lock: WriterLock, connection: sqlite3.Connection, marker: Marker
    ) -> None:
        self.files = files
        self._lock = lock
        self._connection = connection
        self._marker = marker

    @classmethod
    def open(cls, path: Path) -> Log:
        """Open the log at ``path`` for writing; make folder and file if there never was one, and
        bring an older file up to date after a backup.

        Raises:
            StoreLocked: another process writes it.
            StoreDamaged: it vanished, was cut short, or is no log of this app.
            StoreError: it is newer than this app, or cannot be written.

        In each case the file is as it was.
        """
        files = Files(path)
        lock = WriterLock.take(files)
        try:
            with refusing(files):
                roll_back(files)
                _prepare(files)
                connection = connect_writer(files)
                try:
                    tail = read_tail(connection)
                    marker = Marker.place(files.marker, path.name, SCHEMA_VERSION, tail)
                except BaseException:
                    connection.close()
                    raise
                return cls(files, lock, connection, marker)
        except BaseException:
            lock.release()
            raise

    def append(self, *events: Event) -> None:
        """Store events, all or none; on the disk when it returns.

        An event that is stored already is left out, so that a retry is harmless. Times are kept to
        the millisecond.

        Raises:
            StoreError: the disk is full or failed, an id came again with another content, or the
                session or answer that an event speaks of is not there; nothing was stored.
            ValueError: a time has no offset, or a text cannot be encoded.
        """
        settled = [settle(event) for event in events]
        with refusing(self.files), self._transaction():
            tail = read_tail(self._connection)
            for event in settled:
                tail = self._append(event, tail)
        self._marker.note(SCHEMA_VERSION, tail)

    def take_in(self, events: Iterable[Event]) -> Taken:
        """Store what another log holds and this one lacks, all or none; a set union by id.

        ``events`` are settled and stamped and come in the common order. What speaks of a session or
        an answer that is nowhere waits, and an id that is here with another content is told.

        Raises:
            StoreError: the disk is full or failed; nothing was stored.
        """
        taken = Taken()
        with refusing(self.files), self._transaction():
            tail = read_tail(self._connection)
            for event in events:
                if (stored := self._stored(event.id)) is not None:
                    (taken.known if same(event, stored) else taken.conflicts).append(event)
                elif self._begins_again(event):
                    (taken.known if self._stands_in(event) else taken.conflicts).append(event)
                elif self._dangles(event):
                    taken.waiting.append(event)
                else:
                    tail = self._insert(event, tail)
                    taken.new.append(event)
        self._marker.note(SCHEMA_VERSION, tail)
        return taken

    def events(self) -> list[Event]:
        """All events, in the common order of all machines' logs (`adsp.store.order`).

        Raises:
            StoreDamaged: a row is missing or is not as it was written.
        """
        with refusing(self.files):
            return _proved(self.files, self._connection)

    def vacuum(self) -> None:
        """Fold the WAL in and give the room of nothing back to the disk.

        Raises:
            StoreError: the disk is full or failed; the log is as it was.
        """
        with refusing(self.files):
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Fold the WAL into the file and let the next writer in."""
        self._connection.close()
        self._marker.close()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _append(self, event: Event, tail: Tail) -> Tail:
        if (stored := self._stored(event.id)) is not None:
            if same(event, stored):
                return tail
            raise reused_id(self.files, event.id)
        if self._begins_again(event):
            raise reused_id(self.files, event.session)
        if self._dangles(event):
            raise dangling(self.files)
        highest = self._connection.execute("SELECT max(stamp) FROM event").fetchone()[0]
        stamp = next_stamp(milliseconds(event.at), highest or 0)
        return self._insert(msgspec.structs.replace(event, stamp=stamp), tail)

    def _insert(self, event: Event, tail: Tail) -> Tail:
        row = chain(event, tail)
        self._connection.execute(_INSERT, row)
        return Tail(row.seq, row.sum)

    def _stored(self, name: str) -> str | None:
        """The body under an id."""
        found = self._connection.execute("SELECT body FROM event WHERE id = ?", (name,)).fetchone()
        return None if found is None else str(found[0])

    def _begins_again(self, event: Event) -> TypeGuard[SessionStarted]:
        """Whether it starts a session that another event has started."""
        return isinstance(event, SessionStarted) and self._has_begun(event.session)

    def _stands_in(self, event: SessionStarted) -> bool:
        """Whether it, or the start that is stored, was made from answers: then both mean the same
        session.
        """
        return event.stands_in or self._stored(stand_in(event.session)) is not None

    def _has_begun(self, session: str) -> bool:
        query = "SELECT 1 FROM event WHERE opens = ?"
        return self._connection.execute(query, (session,)).fetchone() is not None

    def _dangles(self, event: Event) -> bool:
        """Whether the session or the answer that an event speaks of is not stored."""
        match event:
            case Answered() | SessionEnded():
                return not self._has_begun(event.session)
            case Ruled() | Retracted():
                query = "SELECT 1 FROM event WHERE id = ? AND kind = 'answer'"
                found = self._connection.execute(query, (event.answer,)).fetchone()
                return found is None or not self._has_begun(event.session)
            case _:
                return False

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """IMMEDIATE takes the write lock at the start, where waiting for it is harmless."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:  # a full disk may have rolled back already
                self._connection.execute("ROLLBACK")
            raise


def read_events(path: Path) -> list[Event]:
    """All events in the common order, read-only, beside a running writer; none if there never was a
    log.

    Raises:
        StoreDamaged: the file vanished, is no log of this app, or a row is not as it was written.
        StoreError: it is newer than this app, or cannot be read.
    """
    files = Files(path)
    with reading(files) as connection:
        return [] if connection is None else _proved(files, connection)


def _prepare(files: Files) -> None:
    """See to it that there is a sound log of this version."""
    version = inspect(files)
    if version is None:
        from adsp.store.migrations import create

        create(files)
    elif version < SCHEMA_VERSION:
        from adsp.store.migrations import upgrade

        upgrade(files)


def _proved(files: Files, connection: sqlite3.Connection) -> list[Event]:
    bodies = enumerate(proved_bodies(connection), start=1)
    return in_order([_known(files, seq, body) for seq, body in bodies])


def _known(files: Files, seq: int, body: str) -> Event:
    try:
        return decode(body)
    except msgspec.MsgspecError as error:
        raise damaged(files, f"{seq}번째 기록을 알아볼 수 없습니다: {error}") from error
