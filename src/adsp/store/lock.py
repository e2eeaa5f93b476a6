"""One writer at a time: a lock of the operating system, which dies with its process."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from adsp.store.files import make_folder
from adsp.store.refusals import locked, refusing

if TYPE_CHECKING:
    from io import FileIO

    from adsp.store.files import Files


class WriterLock:
    """Held from `take` to `release`, or to the end of the process.

    Programs that this process starts do not inherit it; a bare ``os.fork`` would share it.
    """

    def __init__(self, file: FileIO) -> None:
        self._file = file

    @classmethod
    def take(cls, files: Files) -> WriterLock:
        """Take the lock at once or not at all; makes the folder (0700) if there is none.

        Raises:
            StoreLocked: another process has it.
            StoreError: the folder cannot be written.
        """
        with refusing(files):
            make_folder(files.lock.parent)
            handle = os.open(files.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            file = os.fdopen(handle, "r+b", buffering=0)
            try:
                _lock(file)
            except BaseException:
                file.close()
                raise
        return cls(file)

    def release(self) -> None:
        """Let the next writer in; harmless if done before."""
        self._file.close()


def _lock(file: FileIO) -> None:
    """Lock the file and leave the process number in it, for whoever is refused."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise locked(file.read(20).decode("ascii", "replace")) from None
    file.truncate(0)
    file.write(str(os.getpid()).encode())
