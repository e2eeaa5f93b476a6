"""Bring a backup back. What it replaces is kept, and a kill leaves the old file or the new one."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC
from itertools import count
from typing import TYPE_CHECKING

from adsp.errors import StoreError
from adsp.store.backup import copy_whole, verify
from adsp.store.connect import (
    SCHEMA_VERSION,
    connect_reader,
    connect_writer,
    inspect,
    reading_as_it_is,
    schema_version,
    use_wal,
)
from adsp.store.files import Files, make_folder, sync_file, sync_folder
from adsp.store.lock import WriterLock
from adsp.store.marker import Marker
from adsp.store.refusals import refusing, vanished
from adsp.store.rows import START, read_tail

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


@dataclass(frozen=True)
class Restored:
    """What a restore did."""

    events: int
    """In the log as it is now."""
    kept: Path | None
    """The folder that holds what was replaced; None if there was nothing."""


def restore(files: Files, backup: Path, now: datetime) -> Restored:
    """Put ``backup`` in the place of the log. ``now`` names the folder that keeps the old file.

    Raises:
        StoreLocked: another process writes the log.
        StoreError: the backup is no whole log of this app, or the disk is full; the log is as it
            was.
    """
    source = Files(backup)
    events = verify_backup(source)
    lock = WriterLock.take(files)
    try:
        with refusing(files):
            files.clear_fresh()
            copy_whole(source, files.fresh)
            with closing(sqlite3.connect(files.fresh)) as connection:
                use_wal(connection)
            sync_file(files.fresh)
            kept = _keep_old(files, now)
            # told less for a moment: killed here, the log opens as it is, old or new
            marker = Marker.place(files.marker, files.database.name, SCHEMA_VERSION, START)
            marker.sync()
            files.fresh.replace(files.database)
            sync_folder(files.database.parent)
            _note_end(files, marker)
        return Restored(events, kept)
    finally:
        lock.release()


def verify_backup(source: Files) -> int:
    """The number of events in a backup, every page and row of which was looked at.

    Raises:
        StoreError: it is no whole log of this app.
    """
    with reading_as_it_is(source) as connection:
        if connection is None:
            raise vanished(source)
    return verify(source, source.database)


def accept(files: Files) -> int:
    """Take the log as it is, though it holds less than it did, or is another one; the number of
    its events.

    Raises:
        StoreLocked: another process writes the log.
        StoreError: it is no whole log of this app.
    """
    lock = WriterLock.take(files)
    try:
        with refusing(files):
            if files.empty:
                raise vanished(files)
            events = verify(files, files.database)
            marker = Marker.place(files.marker, files.database.name, SCHEMA_VERSION, START)
            _note_end(files, marker)
        return events
    finally:
        lock.release()


def _note_end(files: Files, marker: Marker) -> None:
    with closing(connect_reader(files)) as connection:
        marker.note(schema_version(connection), read_tail(connection))
    marker.close()


def _keep_old(files: Files, now: datetime) -> Path | None:
    """Give the old file a second name and move its WAL or journal there: SQLite would replay them
    into the new file.
    """
    if not files.database.exists() and not files.wal.exists():
        return None
    _fold_wal(files)
    stamp = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    names = (f"{stamp}-{n}" if n > 1 else stamp for n in count(1))
    folder = next(path for name in names if not (path := files.replaced / name).exists())
    make_folder(folder)
    if files.database.exists():
        _link(files.database, folder / files.database.name)
    for left in (files.wal, files.journal):
        if left.exists():
            left.replace(folder / left.name)
    files.shm.unlink(missing_ok=True)
    sync_folder(folder)
    # the WAL is gone before the new file comes: a power cut may keep the one and undo the other
    sync_folder(files.database.parent)
    return folder


def _link(file: Path, kept: Path) -> None:
    try:
        os.link(file, kept)
    except OSError:  # a file system without links
        shutil.copy2(file, kept)
        sync_file(kept)


def _fold_wal(files: Files) -> None:
    """A sound log becomes one file, so that a kill leaves no half of it in its place; what is not
    sound is kept as it is.
    """
    try:
        inspect(files)
    except StoreError:
        return
    with closing(connect_writer(files)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
