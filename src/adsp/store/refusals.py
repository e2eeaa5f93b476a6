"""Why the log is refused, in the learner's words. Nothing here touches a file."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from adsp.errors import StoreDamaged, StoreError, StoreLocked
from adsp.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from adsp.store.files import Files

_LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
_FORBIDDEN = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR, None}
"""SQLITE_ERROR: a table is gone. None: sqlite3 gives no code for text that is no UTF-8."""


@contextmanager
def refusing(files: Files) -> Iterator[None]:
    """Turn errors of SQLite and of the system into sentences of the store."""
    try:
        yield
    except sqlite3.ProgrammingError:
        raise
    except sqlite3.Error as error:
        raise _of_sqlite(files, error) from error
    except UnicodeDecodeError as error:  # sqlite3, of a schema that is no UTF-8
        raise damaged(files, str(error)) from error
    except OSError as error:
        raise forbidden(files, error.strerror or str(error)) from error


def _of_sqlite(files: Files, error: sqlite3.Error) -> StoreError:
    code: int | None = getattr(error, "sqlite_errorcode", None)  # none where we raised it
    primary = None if code is None else code & 0xFF
    if primary in _DAMAGED:
        return damaged(files, str(error))
    if primary in _LOCKED:
        return StoreLocked(
            f"다른 프로그램이 {files.database} 을(를) 쓰고 있습니다. "
            "그 프로그램을 끝낸 뒤 다시 시도하세요."
        )
    if primary in _FULL:
        return StoreError(
            f"{files.database} 을(를) 읽거나 쓰지 못했습니다({error}). "
            "이미 저장된 기록은 그대로입니다. 디스크의 빈 공간을 확인하고 다시 시도하세요."
        )
    if code == sqlite3.SQLITE_READONLY_ROLLBACK:
        return StoreError(
            f"{files.database} 은(는) 쓰는 도중에 꺼졌습니다. adsp 를 한 번 열면 정리됩니다."
        )
    if primary in _FORBIDDEN:
        return forbidden(files, str(error))
    return StoreError(f"{files.database} 에서 뜻밖의 오류가 났습니다: {error}. 다시 시도하세요.")


def forbidden(files: Files, reason: str) -> StoreError:
    """The folder or the file cannot be written, or not even read."""
    return StoreError(
        f"{files.database} 을(를) 열거나 쓸 수 없습니다({reason}). "
        f"폴더 {files.database.parent} 의 권한과 빈 공간을 확인하거나, "
        "환경 변수 ADSP_HOME 으로 쓸 수 있는 폴더를 정하세요."
    )


def locked(owner: str) -> StoreLocked:
    """Another adsp writes. ``owner`` is its process number, or empty."""
    who = f"(프로세스 {owner})" if owner else ""
    return StoreLocked(
        f"다른 adsp{who}가 이미 학습 기록을 쓰고 있습니다. "
        "그 창에서 이어서 하거나, 그쪽을 끝낸 뒤 다시 시작하세요."
    )


def vanished(files: Files) -> StoreDamaged:
    """The database is gone or empty though there was one."""
    what = "비어 있습니다" if files.database.exists() else "사라졌습니다"
    return StoreDamaged(
        f"학습 기록 {files.database} 이(가) {what}. 새 기록으로 덮지 않고 그대로 두었습니다. "
        f"파일을 옮겼다면 제자리에 되돌리세요. {_way_back(files)} "
        f"처음부터 다시 시작하려면 이 폴더에서 {files.database.name} 으로 시작하는 파일을 "
        "모두 다른 곳으로 옮기세요."
    )


def shrunk(files: Files, noted: int, found: int) -> StoreDamaged:
    """The log holds less than it did."""
    return StoreDamaged(
        f"학습 기록 {files.database} 에 {noted}번째까지 있어야 할 기록이 {found}번째까지만 "
        f"있습니다. {files.wal.name} 파일이 사라졌거나 옛 파일로 바뀌었습니다. "
        f"아무것도 바꾸지 않았습니다. 그 파일을 옮겼다면 제자리에 되돌리세요. {_way_back(files)} "
        "지금 파일을 그대로 쓰려면: adsp log restore --current"
    )


def other(files: Files, seq: int) -> StoreDamaged:
    """The log is not the one that was here."""
    return StoreDamaged(
        f"학습 기록 {files.database} 의 {seq}번째 기록이 이 자리에 있던 것과 다릅니다. "
        "다른 컴퓨터의 파일이나 다른 백업으로 바뀌었습니다. 아무것도 바꾸지 않았습니다. "
        f"{_way_back(files)} 지금 파일을 그대로 쓰려면: adsp log restore --current "
        "(두 컴퓨터의 기록을 합치려면: adsp log merge)"
    )


def no_copy(files: Files, target: Path, reason: str) -> StoreError:
    """A copy of the log cannot be written."""
    return StoreError(
        f"{target} 을(를) 쓸 수 없어 백업하지 못했습니다({reason}). "
        f"기록 {files.database.name} 은(는) 그대로입니다. "
        f"폴더 {target.parent} 의 권한과 빈 공간을 확인하세요."
    )


def dangling(files: Files) -> StoreError:
    """An event speaks of a session or an answer that is not there."""
    return StoreError(
        f"학습 기록 {files.database} 에 없는 세션이나 답에 딸린 것이라 저장하지 않았습니다. "
        "앱을 다시 시작하세요."
    )


def damaged(files: Files, reason: str) -> StoreDamaged:
    """The database is not whole. ``reason`` may quote it, and so hold anything."""
    return StoreDamaged(
        f"학습 기록 {files.database} 이(가) 손상되었습니다({clean(reason)}). "
        "아무것도 바꾸지 않았습니다. "
        f"adsp log check 로 자세히 살펴보세요. {_way_back(files)}"
    )


def foreign(files: Files) -> StoreDamaged:
    """A SQLite file of another program."""
    return StoreDamaged(
        f"{files.database} 은(는) adsp의 학습 기록이 아니라 다른 프로그램의 파일입니다. "
        f"아무것도 바꾸지 않았습니다. 그 파일을 다른 곳으로 옮기세요. {_way_back(files)}"
    )


def too_new(files: Files, version: int, known: int) -> StoreError:
    """Written by a later adsp."""
    return StoreError(
        f"학습 기록 {files.database} 은(는) 더 새로운 adsp가 쓴 것입니다"
        f"(기록 {version}판, 이 앱은 {known}판까지). adsp를 업데이트한 뒤 다시 여세요."
    )


def reused_id(files: Files, identity: str) -> StoreError:
    """An id came again with another content."""
    return StoreError(
        f"학습 기록 {files.database} 에 같은 id({identity})의 다른 기록이 이미 있습니다. "
        "이번 것은 저장하지 않았습니다. 앱을 다시 시작하세요."
    )


def _way_back(files: Files) -> str:
    if any(files.backups.glob("*.db")):
        return "백업에서 되살리려면: adsp log restore (목록: adsp log restore --list)"
    return f"백업은 {files.backups} 에서 찾을 수 없었습니다."
