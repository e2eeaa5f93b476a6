"""The files of one log: the database and what lies beside it."""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


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
    def journal(self) -> Path:
        """SQLite's rollback journal, left by a kill while the file was not in WAL mode: only a copy
        put in place by hand is not.
        """
        return self._beside("-journal")

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

    def clear_fresh(self) -> None:
        """Remove what a killed creation or restore left: SQLite would take a journal for one of the
        next new file.
        """
        remove_all(self.fresh)

    def _beside(self, suffix: str) -> Path:
        return self.database.with_name(self.database.name + suffix)


def sync_file(path: Path) -> None:
    """Wait until the content of a file is on the disk."""
    _fsync(path, os.O_RDWR)


def sync_folder(path: Path) -> None:
    """Wait until the names in a folder are on the disk: a rename is durable only then."""
    _fsync(path, os.O_RDONLY)


def remove_all(path: Path) -> None:
    """Remove a file that SQLite wrote, and all that it may have left beside it."""
    for left in path.parent.glob(glob.escape(path.name) + "*"):
        left.unlink(missing_ok=True)


def make_folder(path: Path) -> None:
    """Make a folder, the learner's alone, and those above it that are missing; on the disk when it
    returns: what a folder holds is lost with its own name.
    """
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)
    sync_folder(path.parent)


def _fsync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def is_there(path: Path, what: Callable[[Path], bool]) -> bool:
    """A name that is too long for the system, or that one may not look at, is nothing."""
    try:
        return what(path)
    except OSError:
        return False


def lies_within(path: Path, folder: Path) -> bool:
    """Whether a path, which need not exist, is a folder or lies in it, whatever the links."""
    real = Path(os.path.realpath(path))
    return any(
        is_there(place, lambda place: place.samefile(folder)) for place in (real, *real.parents)
    )
