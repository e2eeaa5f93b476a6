"""Copies of the log that are whole, verified and on the disk; how many are kept."""

from __future__ import annotations

import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, count, repeat
from typing import TYPE_CHECKING, Literal

from adsp.store.connect import (
    SCHEMA_VERSION,
    connect_reader,
    reading_as_it_is,
    refuse_foreign,
    schema_version,
)
from adsp.store.files import Files, make_folder, remove_all, sync_file, sync_folder
from adsp.store.refusals import damaged, no_copy, refusing
from adsp.store.rows import Tail, proved_bodies, read_tail

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import TypeAlias

    Reason: TypeAlias = Literal["auto", "hand", "import"]

INTERVAL = timedelta(minutes=30)
"""Between two automatic backups."""
ALL_OF = timedelta(days=2)
"""Backups of this age are all kept."""
KEPT_DAILY, KEPT_WEEKLY, KEPT_MONTHLY = 12, 10, 9
"""Of older ones the last of a day, of a week, of a month: a year in all, as Anki keeps them."""

STALE = 3600
"""Seconds after which an unfinished backup is nobody's any more."""

_NAME = re.compile(r".*-(\d{8}T\d{6}Z)-([a-z]+)(?:-(\d+))?\.db")
_FORMAT = "%Y%m%dT%H%M%SZ"
_NEVER_THINNED = "hand"


@dataclass(frozen=True)
class Backup:
    """A backup, as its name tells; nothing of it was read."""

    path: Path
    at: datetime
    """Aware instant at which it was made, to the second."""
    reason: str
    """``auto``, ``hand``, before an ``import``; empty before an upgrade."""
    number: int = 1
    """Of several made in one second."""


def list_backups(files: Files) -> list[Backup]:
    """The backups beside a log in the order in which they were made, as the file system tells it:
    the app's own clock may have been set to any day.
    """
    found = (path for path in files.backups.glob("*.db") if path.is_file())
    return sorted(map(_read_name, found), key=lambda b: (b.path.stat().st_mtime_ns, b.at, b.number))


def _read_name(path: Path) -> Backup:
    if found := _NAME.fullmatch(path.name):
        with suppress(ValueError):  # no such day
            at = datetime.strptime(found[1], _FORMAT).replace(tzinfo=UTC)
            return Backup(path, at, found[2], int(found[3] or 1))
    # before an upgrade, or put there by hand
    return Backup(path, datetime.fromtimestamp(path.stat().st_mtime, UTC), "")


def back_up(files: Files, now: datetime, reason: Reason) -> Backup | None:
    """Back the log up beside a running writer or without one, then thin the older backups; None if
    there is nothing to back up.

    Raises:
        StoreError: the log is not whole, or the copy cannot be written; no copy is left.
    """
    with reading_as_it_is(files) as connection:
        if connection is None or not read_tail(connection).seq:
            return None
    stamp = f"{now.astimezone(UTC):{_FORMAT}}"
    stem = f"{files.database.stem}-{stamp}-{reason}"
    names = (f"{stem}-{n}.db" if n > 1 else f"{stem}.db" for n in count(1))
    path = next(path for name in names if not (path := files.backups / name).exists())
    copy_whole(files, path)
    for old in thinned(list_backups(files), now):
        old.path.unlink(missing_ok=True)
    _clear_unfinished(files, path.stat().st_mtime)
    return _read_name(path)


def _clear_unfinished(files: Files, now: float) -> None:
    """Remove what killed backups left; one that is under way beside us is younger. ``now`` is by
    the file system's clock, as its files are.
    """
    for part in files.backups.glob("*.part*"):
        with suppress(OSError):  # it is finished by now
            if now - part.stat().st_mtime > STALE:
                part.unlink()


def back_up_if_due(files: Files, now: datetime) -> Backup | None:
    """An automatic backup, if the last one is old enough and the log has grown since.

    Raises:
        StoreError: see `back_up`.
    """
    backups = [backup for backup in list_backups(files) if backup.reason]
    if backups:
        newest = backups[-1]
        if abs(now - newest.at) < INTERVAL or _tail(newest.path) == _tail(files.database):
            return None
    return back_up(files, now, "auto")


def _tail(path: Path) -> Tail | None:
    try:
        with closing(connect_reader(Files(path))) as connection:
            return read_tail(connection)
    except sqlite3.Error:
        return None


def copy_whole(files: Files, target: Path) -> None:
    """Copy a log of any schema to ``target``, which is there whole or not at all.

    SQLite's backup takes in what is still in the WAL, which a copy of the file would miss, and is
    one moment of the log however busy its writer is. (``VACUUM INTO`` would do, but it takes four
    times as long from a read-only connection, and fails there on columns drawn from others.)

    Raises:
        StoreError: the log is not whole, or the copy cannot be written.
    """
    with refusing(files), _telling_of(files, target):
        make_folder(target.parent)
        part = target.with_name(target.name + ".part")
        remove_all(part)
        try:
            with closing(connect_reader(files)) as source, closing(sqlite3.connect(part)) as copy:
                copy.execute("PRAGMA synchronous = OFF")  # synced as a whole, below
                source.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
            verify(files, part, "quick_check")
            part.chmod(0o600)
            sync_file(part)
            part.replace(target)
        finally:
            remove_all(part)
        sync_folder(target.parent)


@contextmanager
def _telling_of(files: Files, target: Path) -> Iterator[None]:
    """What keeps a copy from being written is told of the copy, not of the log."""
    try:
        yield
    except OSError as error:
        raise no_copy(files, target, error.strerror or str(error)) from error
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", None) in {
            sqlite3.SQLITE_FULL,
            sqlite3.SQLITE_CANTOPEN,
        }:
            raise no_copy(files, target, str(error)) from error
        raise


def verify(
    files: Files, copy: Path, pages: Literal["quick_check", "integrity_check"] = "integrity_check"
) -> int:
    """See to it that ``copy`` is a whole log; the number of its events. ``files`` is the log that
    an error speaks of. The quick check of the pages leaves out whether the indexes fit the rows,
    which the copy has from the log, and which can be made anew.

    Raises:
        StoreError: it is not.
    """
    with (
        refusing(files),
        closing(connect_reader(Files(copy))) as connection,
        ThreadPoolExecutor(1) as pool,
    ):
        finding = pool.submit(_check_pages, copy, pages)  # SQLite's own check needs no Python
        refuse_foreign(files, connection)
        if schema_version(connection) == SCHEMA_VERSION:
            events = sum(1 for _ in proved_bodies(connection))
        else:
            events = read_tail(connection).seq  # it is proved when it is brought up to date
        if finding.result() != "ok":
            raise damaged(files, finding.result())
        return events


def _check_pages(copy: Path, pages: str) -> str:
    with closing(connect_reader(Files(copy))) as connection:
        return str(connection.execute(f"PRAGMA {pages}").fetchone()[0])


def thinned(backups: Iterable[Backup], now: datetime) -> list[Backup]:
    """The backups that need not be kept any longer; days are those of ``now``'s zone.

    Those made by hand or before an upgrade stay, and so does the newest.
    """
    ours = [b for b in backups if b.reason not in {"", _NEVER_THINNED}]
    stages: Iterator[str] = chain(
        repeat("%Y-%m-%d", KEPT_DAILY), repeat("%G-%V", KEPT_WEEKLY), repeat("%Y-%m", KEPT_MONTHLY)
    )
    period = next(stages, None)
    kept: list[Backup] = []
    dropped: list[Backup] = []
    for backup in sorted(ours, key=lambda b: (b.at, b.number), reverse=True):
        if not kept or now - backup.at < ALL_OF:
            kept.append(backup)
        elif period and _in(period, backup, now) != _in(period, kept[-1], now):
            kept.append(backup)
            period = next(stages, None)
        else:
            dropped.append(backup)
    return dropped


def _in(period: str, backup: Backup, now: datetime) -> str:
    return backup.at.astimezone(now.tzinfo).strftime(period)
