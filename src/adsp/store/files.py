"""The files of one log: the database and what lies beside it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path  # noqa: TC003  (a field of a dataclass)

MARKER_TEXT = (
    "이 폴더에 adsp의 학습 기록({name})이 있다는 표시입니다.\n"
    "기록 파일이 사라지거나 비었을 때 새 기록으로 덮지 않도록 지킵니다. 지우지 마세요.\n"
)


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
    def marker(self) -> Path:
        """Says that the log exists, so that its loss is noticed."""
        return self._beside(".exists")

    @property
    def fresh(self) -> Path:
        """A new log under construction; renamed when it is whole."""
        return self._beside(".new")

    @property
    def backups(self) -> Path:
        return self.database.parent / "backups"

    @property
    def empty(self) -> bool:
        """There is no database, or one of no bytes."""
        return not self.database.exists() or self.database.stat().st_size == 0

    @property
    def existed(self) -> bool:
        """There was a log here. A stale WAL counts: SQLite would replay it into a new file."""
        return self.marker.exists() or (self.wal.exists() and self.wal.stat().st_size > 0)

    def mark(self) -> None:
        """Leave the marker, durably; cheap if it is there."""
        if self.marker.exists():
            return
        with self.marker.open("w", encoding="utf-8") as file:
            file.write(MARKER_TEXT.format(name=self.database.name))
            file.flush()
            os.fsync(file.fileno())
        sync_folder(self.database.parent)

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
