"""Connections to the log: readers that leave no trace in it, and the writer's."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final

from adsp.store.marker import read_note
from adsp.store.refusals import damaged, foreign, other, refusing, shrunk, too_new, vanished
from adsp.store.rows import COLUMNS, START, Row, checksum, highest_seq, read_tail
from adsp.store.schema import v2

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adsp.store.files import Files
    from adsp.store.marker import Note

APPLICATION_ID: Final = 0x41445350  # "ADSP"
SCHEMA_VERSION: Final = 2
"""``PRAGMA user_version`` of a file that is up to date: the number of migrations."""

SQLITE_VERSION: Final = sqlite3.sqlite_version
WAL_RESET_FAULT: Final = sqlite3.sqlite_version_info < (3, 51, 3)
"""Whether two connections that write or checkpoint at once can corrupt the file. The lock lets
only one writer in, and readers never checkpoint."""

_SCHEMA = "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL"

READER_WAIT = 5.0
"""Seconds a reader waits while a writer opens or closes the file."""
WRITER_WAIT = 2.0
"""Seconds the writer waits for a foreign program that writes; adsp itself has one writer."""


WRITER_PRAGMAS: Final = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "cell_size_check = ON",
)


def connect_writer(files: Files) -> sqlite3.Connection:
    """The one writing connection, in autocommit: transactions are begun by hand.

    WAL, so that readers and the writer never wait for each other; FULL, so that a commit is on the
    disk when it returns, power cut or not (1.8 fsyncs).

    Raises:
        sqlite3.Error: the file cannot be written.
    """
    connection = sqlite3.connect(files.database, isolation_level=None, timeout=WRITER_WAIT)
    try:
        for pragma in WRITER_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        _try_writing(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def use_wal(connection: sqlite3.Connection) -> None:
    """Switch a new file to the WAL before it comes to its place: done there, a power cut or a kill
    would leave a journal that read-only connections may not roll back, and so refuse for ever.
    """
    connection.execute("PRAGMA journal_mode = WAL")


def _try_writing(connection: sqlite3.Connection) -> None:
    """A file without write permission opens without error, and even begins a transaction."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    finally:
        connection.execute("ROLLBACK")


def roll_back(files: Files) -> None:
    """Undo what a kill left half done in a file of ours that is not in WAL mode: one that was
    copied into place by hand. Readers may not, and refuse it until the app was opened.

    Raises:
        sqlite3.Error: the file cannot be written.
    """
    if files.empty or not files.journal.exists() or not _is_ours(files):
        return
    with closing(sqlite3.connect(files.database, timeout=WRITER_WAIT)) as connection:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()


def _is_ours(files: Files) -> bool:
    """By the header alone: SQLite would roll back before it told us."""
    with files.database.open("rb") as file:
        return file.read(72)[68:] == APPLICATION_ID.to_bytes(4, "big")


@contextmanager
def reading_as_it_is(files: Files) -> Iterator[sqlite3.Connection | None]:
    """One unchanging view of a log, in whatever schema it has, beside a running writer if there is
    one; None if there never was a log. (`adsp.store.reading` shows every log in this app's schema.)

    Opened read-only: such a connection never checkpoints, so there is one process at most that
    does (two at once can corrupt a WAL up to SQLite 3.51.2).

    Raises:
        StoreDamaged: the file vanished, shrank, is no log of this app, or cannot be read.
        StoreError: it is newer than this app.
    """
    with refusing(files):
        if files.empty:
            if files.existed:
                raise vanished(files)
            yield None
            return
        note = read_note(files.marker)  # before the log: a writer beside us notes after its commit
        with closing(connect_reader(files)) as connection:
            connection.execute("BEGIN")
            refuse_foreign(files, connection)
            if note is not None:
                _refuse_shrunk(files, connection, note)
            yield connection


def count_events(files: Files) -> int:
    """How many events a log of any schema holds; 0 if there never was one.

    Raises:
        StoreError: see `reading_as_it_is`.
    """
    with reading_as_it_is(files) as connection:
        return 0 if connection is None else read_tail(connection).seq


def connect_reader(files: Files) -> sqlite3.Connection:
    """A read-only connection, in autocommit.

    Raises:
        sqlite3.Error: the file cannot be read.
    """
    uri = files.database.absolute().as_uri() + "?mode=ro"
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=READER_WAIT)


def refuse_foreign(files: Files, connection: sqlite3.Connection) -> None:
    """Refuse what is no log, or that of a newer app.

    Raises:
        StoreDamaged: it is another program's file.
        StoreError: it is newer.
    """
    if _pragma(connection, "application_id") != APPLICATION_ID:
        raise foreign(files)
    if (version := schema_version(connection)) > SCHEMA_VERSION:
        raise too_new(files, version, SCHEMA_VERSION)


def _refuse_shrunk(files: Files, connection: sqlite3.Connection, note: Note) -> None:
    """The log must hold what it was noted to hold: a WAL may have vanished, or an older copy or
    another machine's log have taken its place.
    """
    tail = read_tail(connection)
    if tail.seq < note.tail.seq:
        raise shrunk(files, note.tail.seq, tail.seq)
    if note.version == schema_version(connection) and note.tail.seq:
        query = "SELECT sum FROM event WHERE seq = ?"
        if connection.execute(query, (note.tail.seq,)).fetchone() != (note.tail.sum,):
            raise other(files, note.tail.seq)


def inspect(files: Files) -> int | None:
    """The schema version of a log that may be written to; None if there never was one. Looks at
    its ends only: the whole chain is proved whenever the events are read, and when it is upgraded.

    Raises:
        StoreError: see `reading_as_it_is`; StoreDamaged also if the file or the log was cut short.
    """
    with reading_as_it_is(files) as connection:
        if connection is None:
            return None
        version = schema_version(connection)
        _refuse_cut_file(files, _pragma(connection, "page_size"))
        if version == SCHEMA_VERSION:
            _refuse_cut_log(files, connection)
            if changed := changed_schema(connection):
                raise damaged(files, f"형식의 {changed[0]} 이(가) 쓰인 그대로가 아닙니다")
        return version


def changed_schema(connection: sqlite3.Connection) -> list[str]:
    """Names of tables, indexes, triggers and views of ours that are not as this app makes them;
    none of an older file. A flipped bit in their text would change what they mean without making
    the file any less of a database.
    """
    if schema_version(connection) != SCHEMA_VERSION:
        return []
    found = dict(connection.execute(_SCHEMA))
    with closing(sqlite3.connect(":memory:")) as made:
        for statement in v2.STATEMENTS:
            made.execute(statement)
        return [name for name, sql in made.execute(_SCHEMA) if found.get(name) != sql]


def _refuse_cut_file(files: Files, page_size: int) -> None:
    """SQLite notices missing pages by itself, but reads half a page as if zeros followed."""
    in_wal = files.wal.exists() and files.wal.stat().st_size > 0
    if not in_wal and files.database.stat().st_size % page_size:
        raise damaged(files, "파일 끝이 잘렸습니다")


def _refuse_cut_log(files: Files, connection: sqlite3.Connection) -> None:
    query = f"SELECT {COLUMNS} FROM event ORDER BY seq DESC LIMIT 2"  # noqa: S608  (a constant)
    last = [Row._make(row) for row in connection.execute(query)]
    if (last[0].seq if last else 0) != highest_seq(connection):
        raise damaged(files, "마지막 기록이 없어졌습니다")
    before = last[1].sum if len(last) > 1 else START.sum
    if last and last[0].sum != checksum(last[0], before):
        raise damaged(files, f"{last[0].seq}번째 기록의 검사값이 맞지 않습니다")


def schema_version(connection: sqlite3.Connection) -> int:
    """Which schema a file has."""
    return _pragma(connection, "user_version")


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
