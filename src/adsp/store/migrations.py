"""The schema, step by step. Imported only when a file is new or behind: sqlite-utils takes 0.4 s.

A step that was released is never edited. All pending steps, their records and the proof that the
log came through unchanged are one transaction: a kill leaves the old file or the new one.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from sqlite_utils import Database, Migrations

from adsp.store.backup import copy_whole
from adsp.store.connect import APPLICATION_ID, SCHEMA_VERSION, use_wal
from adsp.store.files import sync_file, sync_folder
from adsp.store.refusals import damaged, refusing
from adsp.store.rows import fingerprint, read_tail
from adsp.store.schema import v1, v2

if TYPE_CHECKING:
    from adsp.store.files import Files

STEPS = Migrations("adsp")


@STEPS()
def m001_log(db: Database) -> None:
    """The append-only log and its views."""
    for statement in v1.STATEMENTS:
        db.execute(statement)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")


@STEPS()
def m002_order(db: Database) -> None:
    """One order for the logs of several machines, and foreign keys."""
    v2.move(db.conn)


def create(files: Files) -> None:
    """Make a new log under another name and rename it when it is whole.

    Raises:
        StoreError: the folder cannot be written, or the disk is full.
    """
    with refusing(files):
        files.clear_fresh()
        with closing(sqlite3.connect(files.fresh)) as connection:
            _apply(files, connection, STEPS, SCHEMA_VERSION)
            use_wal(connection)
        files.fresh.chmod(0o600)  # SQLite gives the same to the files that it makes beside it
        sync_file(files.fresh)
        files.fresh.replace(files.database)
        sync_folder(files.database.parent)


def upgrade(files: Files, steps: Migrations = STEPS, version: int = SCHEMA_VERSION) -> None:
    """Bring an older log to ``version``, after a verified backup if it holds anything.

    Raises:
        StoreError: it failed; the file is as it was.
    """
    with refusing(files), closing(sqlite3.connect(files.database)) as connection:
        if tail := read_tail(connection).seq:
            name = f"{files.database.stem}-before-v{version}-{tail:06}.db"
            copy_whole(files, files.backups / name)
        _apply(files, connection, steps, version)


def upgraded_copy(files: Files, connection: sqlite3.Connection) -> sqlite3.Connection:
    """An older log in memory, in this app's schema; the file stays as it is.

    Raises:
        StoreError: it is not whole.
    """
    copy = sqlite3.connect(":memory:", isolation_level=None)
    try:
        connection.backup(copy)
        _apply(files, copy, STEPS, SCHEMA_VERSION)
    except BaseException:
        copy.close()
        raise
    return copy


def _apply(files: Files, connection: sqlite3.Connection, steps: Migrations, version: int) -> None:
    connection.execute("PRAGMA synchronous = FULL")
    db = Database(connection, execute_plugins=False)
    with db.atomic():
        before = fingerprint(connection) if db["event"].exists() else None
        steps.apply(db)
        db.execute(f"PRAGMA user_version = {version}")
        if before not in (None, fingerprint(connection)):
            raise damaged(files, "기록을 새 형식으로 옮기는 데 실패했습니다")
        for check in ("integrity_check", "foreign_key_check"):
            found = db.execute(f"PRAGMA {check}").fetchone()
            if found not in (None, ("ok",)):
                raise damaged(files, f"{check}: {found}")
