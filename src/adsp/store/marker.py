"""The marker beside the log: that there is one, and how far it had come.

An empty or vanished database is noticed by it, and so are answers that vanished with their WAL and
a file that an older copy of itself replaced. The note is overwritten in place after every commit
and not synced, which costs 5 µs: it survives the death of the app, and after a power cut it may
lag behind the log, but it never runs ahead of it.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from adsp.store.files import sync_folder
from adsp.store.rows import Tail

if TYPE_CHECKING:
    from pathlib import Path

_PATTERN = re.compile(rb"adsp (\d{4}) (\d{12}) ([0-9a-f]{32})\n")
_TEXT = (
    "이 폴더에 adsp의 학습 기록({name})이 있고 어디까지 쓰였는지 적은 표시입니다.\n"
    "기록 파일이 사라지거나 줄었을 때 알아차리게 합니다. 지우지 마세요.\n"
)


class Note(NamedTuple):
    """How far a log had come when it was last noted."""

    version: int
    """Schema version: another one has other checksums."""
    tail: Tail


class Marker:
    """The marker, held open by the writer."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    @classmethod
    def place(cls, path: Path, name: str, version: int, tail: Tail) -> Marker:
        """Open the marker of the log called ``name``; a new one is on the disk when it returns.

        Raises:
            OSError: it cannot be written.
        """
        new = not path.exists()
        marker = cls(path)
        if new or read_note(path) is None:  # an older app left only the text
            os.ftruncate(marker._handle, 0)
            os.pwrite(marker._handle, _line(version, tail) + _TEXT.format(name=name).encode(), 0)
            os.fsync(marker._handle)
            sync_folder(path.parent)
        marker.note(version, tail)
        return marker

    def note(self, version: int, tail: Tail) -> None:
        """Say how far the log has come. What cannot be noted is not: the answer is stored."""
        with suppress(OSError):
            os.pwrite(self._handle, _line(version, tail), 0)

    def sync(self) -> None:
        """Wait until the note is on the disk."""
        os.fsync(self._handle)

    def close(self) -> None:
        """Harmless if done before."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def read_note(path: Path) -> Note | None:
    """What was noted last; None if nothing was, or it cannot be read."""
    try:
        with path.open("rb") as file:
            found = _PATTERN.fullmatch(file.read(len(_line(0, Tail(0, "")))))
    except OSError:
        return None
    if found is None:
        return None
    version, seq, sum_ = (part.decode() for part in found.groups())
    return Note(int(version), Tail(int(seq), sum_ if int(seq) else ""))


def _line(version: int, tail: Tail) -> bytes:
    return f"adsp {version:04} {tail.seq:012} {tail.sum:0>32}\n".encode()
