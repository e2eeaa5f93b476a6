"""The log of answers: one writer appends, anyone reads. The hot path; standard library only."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec

from adsp.store.connect import SCHEMA_VERSION, connect_writer, inspect, reading
from adsp.store.files import Files
from adsp.store.lock import WriterLock
from adsp.store.refusals import damaged, refusing, reused_id
from adsp.store.rows import (
    COLUMNS,
    START,
    Row,
    Tail,
    chain,
    checksum,
    decode,
    encode,
    highest_seq,
    read_tail,
    rows,
    settle,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from adsp.store.events import Event

_INSERT = f"INSERT INTO event ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608


class Log:
    """The one writer of a log. It belongs to the thread that opened it."""

    def __init__(self, files: Files, lock: WriterLock, connection: sqlite3.Connection) -> None:
        self._files = files
        self._lock = lock
        self._connection = connection

    @classmethod
    def open(cls, path: Path) -> Log:
        """Open the log at ``path`` for writing; make folder and file if there never was one.

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
                _prepare(files)
                return cls(files, lock, connect_writer(files))
        except BaseException:
            lock.release()
            raise

    def append(self, *events: Event) -> None:
        """Store events, all or none; on the disk when it returns.

        An event that is stored already is left out, so that a retry is harmless. Times are kept to
        the millisecond.

        Raises:
            StoreError: the disk is full or failed, or an id came again with another content;
                nothing was stored.
            ValueError: a time has no offset, or a text cannot be encoded.
        """
        settled = [settle(event) for event in events]
        with refusing(self._files), self._transaction():
            tail = read_tail(self._connection)
            for event in settled:
                tail = self._insert(event, tail)

    def events(self) -> list[Event]:
        """All events, in log order.

        Raises:
            StoreDamaged: a row is missing or is not as it was written.
        """
        with refusing(self._files):
            return _proved(self._files, self._connection)

    def close(self) -> None:
        """Fold the WAL into the file and let the next writer in."""
        self._connection.close()
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

    def _insert(self, event: Event, tail: Tail) -> Tail:
        body = encode(event)
        known = self._connection.execute("SELECT body FROM event WHERE id = ?", (event.id,))
        if (stored := known.fetchone()) is None:
            row = chain(event, body, tail)
            self._connection.execute(_INSERT, row)
            return Tail(row.seq, row.sum)
        if stored[0] != body:
            raise reused_id(self._files, event.id)
        return tail

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
    """All events in log order, read-only, beside a running writer; none if there never was a log.

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
    files.mark()


def _proved(files: Files, connection: sqlite3.Connection) -> list[Event]:
    """All events, each row held against the checksum chain."""
    events: list[Event] = []
    tail = START
    for row in rows(connection):
        if row.seq != tail.seq + 1 or row.sum != checksum(row, tail.sum):
            raise damaged(files, f"{tail.seq + 1}번째 기록이 없거나 쓰인 그대로가 아닙니다")
        events.append(_known(files, row))
        tail = Tail(row.seq, row.sum)
    if tail.seq != highest_seq(connection):
        raise damaged(files, f"{tail.seq}번째 뒤의 기록이 없어졌습니다")
    return events


def _known(files: Files, row: Row) -> Event:
    try:
        return decode(row)
    except msgspec.MsgspecError as error:
        raise damaged(files, f"{row.seq}번째 기록을 알아볼 수 없습니다: {error}") from error
