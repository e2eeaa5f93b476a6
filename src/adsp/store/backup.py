"""A copy of the log that is whole, verified and on the disk, or none at all."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from adsp.store.files import sync_file, sync_folder

if TYPE_CHECKING:
    from pathlib import Path


def back_up(connection: sqlite3.Connection, target: Path) -> None:
    """Copy the database of ``connection`` to ``target``, replacing what is there.

    ``VACUUM INTO`` takes in what is still in the WAL, which a copy of the file would miss.

    Raises:
        sqlite3.Error: it cannot be read or written, or the copy is not whole.
        OSError: the folder cannot be written.
    """
    target.parent.mkdir(exist_ok=True, mode=0o700)
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    try:
        connection.execute("VACUUM INTO ?", (str(part),))
        _verify(connection, part)
        part.chmod(0o600)
        sync_file(part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(target.parent)


def _verify(connection: sqlite3.Connection, copy: Path) -> None:
    """The copy is sound and ends where the original ends."""
    end = "SELECT count(*), max(seq), (SELECT sum FROM event ORDER BY seq DESC LIMIT 1) FROM event"
    with closing(sqlite3.connect(copy.absolute().as_uri() + "?mode=ro", uri=True)) as copied:
        finding = copied.execute("PRAGMA integrity_check").fetchone()[0]
        if finding != "ok" or copied.execute(end).fetchone() != connection.execute(end).fetchone():
            raise sqlite3.DatabaseError(f"백업이 온전하지 않습니다: {finding}")
