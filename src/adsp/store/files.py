"""The files of one log: the database and what lies beside it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path  # noqa: TC003  (a field of a dataclass)


@dataclass(frozen=True)
class Files:
    """Names of what belongs to a log."""

    database: Path

    @property
    def wal(self) -> Path:
        """SQLite's write-ahead log: answers that are not yet folded into the database."""
        return self._beside("-wal")

    @property
    def lock(self) -> Path:
        """Locked by the one writer; never removed."""
        return self._beside(".lock")

    @property
    def shm(self) -> Path:
        """The index of the WAL, in memory shared by all who have the log open."""
        return self._beside("-shm")

    @property
    def marker(self) -> Path:
        """Says that the log exists and how far it has come, so that its loss is noticed."""
        return self._beside(".exists")

    @property
    def fresh(self) -> Path:
        """A new log under construction; renamed when it is whole."""
        return self._beside(".new")

    @property
    def backups(self) -> Path:
        return self.database.parent / "backups"

    @property
    def replaced(self) -> Path:
        """What a restore took away, kept: a folder a restore."""
        return self.database.parent / "replaced"

    @property
    def empty(self) -> bool:
        """There is no database, or one of no bytes."""
        return not self.database.exists() or self.database.stat().st_size == 0

    @property
    def existed(self) -> bool:
        """There was a log here. A stale WAL counts: SQLite would replay it into a new file."""
        return self.marker.exists() or (self.wal.exists() and self.wal.stat().st_size > 0)

    def _beside(self, suffix: str) -> Path:
        return self.database.with_name(self.database.name + suffix)


def sync_file(path: Path) -> None:
    """Wait until the content of a file is on the disk."""
    _fsync(path, os.O_RDWR)


def sync_folder(path: Path) -> None:
    """Wait until the names in a folder are on the disk: a rename is durable only then."""
    _fsync(path, os.O_RDONLY)


def _fsync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
