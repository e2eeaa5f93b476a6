"""A log as this app's schema shows it, whatever schema the file has."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from adsp.store.connect import SCHEMA_VERSION, reading_as_it_is, schema_version

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from adsp.store.files import Files


@contextmanager
def reading(files: Files) -> Iterator[sqlite3.Connection | None]:
    """One unchanging view of a log, beside a running writer if there is one; None if there never
    was a log. An older file is shown by a copy in memory, and stays as it is.

    Raises:
        StoreDamaged: the file vanished, shrank, is no log of this app, or cannot be read.
        StoreError: it is newer than this app.
    """
    with reading_as_it_is(files) as connection:
        if connection is None or schema_version(connection) == SCHEMA_VERSION:
            yield connection
            return
        from adsp.store.migrations import upgraded_copy  # sqlite-utils takes 0.4 s

        with closing(upgraded_copy(files, connection)) as copy:
            yield copy
