"""The log kept: checked, backed up, restored, accepted, vacuumed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from adsp.errors import StoreError, UsageError
from adsp.store.backup import back_up, copy_whole, list_backups
from adsp.store.backup import back_up_if_due as due
from adsp.store.check import Finding, check
from adsp.store.connect import count_events
from adsp.store.files import Files, is_there, lies_within
from adsp.store.log import Log
from adsp.store.restore import Restored, accept, restore, verify_backup

if TYPE_CHECKING:
    from adsp.desk.desk import Desk
    from adsp.store.backup import Backup


@dataclass(frozen=True)
class Health:
    """How the log is."""

    findings: list[Finding]
    events: int
    advice: list[str]
    """What can be done, step by step; empty if all is well."""


def health(desk: Desk) -> Health:
    """Look at every page and every row of the log."""
    findings = check(desk.paths.log)
    if not findings:
        return Health([], count_events(_files(desk)), [])
    kinds = {finding.kind for finding in findings}
    if kinds == {"closed"}:  # nothing is known to be damaged, and the finding says what to do
        return Health(findings, 0, [])
    if kinds == {"sense"}:
        return Health(
            findings,
            count_events(_files(desk)),
            ["기록은 모두 있습니다. 앱은 어긋난 것을 빼고 셉니다. 이 결과를 알려 주세요."],
        )
    return Health(findings, 0, _ways_back(desk))


def _ways_back(desk: Desk) -> list[str]:
    files = _files(desk)
    if newest := _newest_whole(files):
        path, events = newest
        return [
            f"온전한 백업이 있습니다: {path.name} (기록 {events}개).",
            "되살리기: adsp log restore (지금 파일은 지우지 않고 옆에 옮겨 둡니다)",
            "되살린 뒤 지금 파일에 남은 답 옮기기: adsp log merge (옮겨 둔 폴더)",
        ]
    return [
        f"온전한 백업이 {files.backups} 에 없습니다. 파일을 그대로 두고 다른 곳에 복사해 두세요.",
        f"{files.database.name} 으로 시작하는 파일을 모두 새 폴더로 옮기세요.",
        "읽을 수 있는 답을 새 기록으로 옮기기: adsp log merge (그 폴더)",
    ]


# backups


def _newest_whole(files: Files) -> tuple[Path, int] | None:
    """The backup made last of those that are whole, and the number of its events."""
    for backup in reversed(list_backups(files)):
        try:
            return backup.path, verify_backup(Files(backup.path))
        except StoreError:
            continue
    return None


@dataclass(frozen=True)
class Kept:
    """A backup in the list."""

    backup: Backup
    events: int | None
    """None if it cannot be read."""
    size: int
    """Bytes."""


def backups(desk: Desk) -> list[Kept]:
    """The backups, the newest first; each opened to count its events, but not verified."""
    return [_kept(backup) for backup in reversed(list_backups(_files(desk)))]


def _kept(backup: Backup) -> Kept:
    try:
        events = count_events(Files(backup.path))
    except StoreError:
        events = None
    return Kept(backup, events, backup.path.stat().st_size)


def back_up_now(desk: Desk, target: Path | None) -> Path:
    """Back the log up beside it, or to ``target``, which must not be there yet.

    Raises:
        UsageError: there is nothing to back up, or the target is there.
        StoreError: the log is not whole, or the copy cannot be written.
    """
    files = _files(desk)
    if not count_events(files):
        raise UsageError("아직 기록이 없습니다. 몇 문항을 푼 뒤에 백업하세요: adsp quiz")
    if target is None:
        made = back_up(files, desk.clock.now(), "hand")
        assert made is not None  # noqa: S101  (there is something to back up)
        return made.path
    if is_there(target, Path.is_dir):
        target /= files.database.name
    if lies_within(target.parent, desk.paths.data) and not lies_within(
        target.parent, files.backups
    ):
        raise UsageError(f"{target} 은(는) 기록이 있는 폴더입니다. 다른 곳을 주세요.")
    if is_there(target, Path.exists):
        raise UsageError(f"{target} 이(가) 이미 있어 덮어쓰지 않습니다. 다른 이름을 주세요.")
    copy_whole(files, target)
    return target


def back_up_if_due(desk: Desk) -> None:
    """The automatic backup: half an hour after the last, if there is something new. May run beside
    the writer, in another thread.

    Raises:
        StoreError: the log is not whole, or the copy cannot be written.
    """
    due(_files(desk), desk.clock.now())


def find_backup(desk: Desk, name: str | None) -> tuple[Path, int]:
    """The backup meant by a name, a path, or nothing: the newest whole one. Its path, and the
    number of its events.

    Raises:
        UsageError: there is no such backup.
        StoreError: it is not whole.
    """
    files = _files(desk)
    if name is None:
        if newest := _newest_whole(files):
            return newest
        raise UsageError(f"온전한 백업이 {files.backups} 에 없습니다.")
    for path in (files.backups / name, Path(name)):
        if is_there(path, Path.is_file):
            return path, verify_backup(Files(path))
    raise UsageError(f"'{name}' 이라는 백업은 없습니다. 목록: adsp log restore --list")


def restore_backup(desk: Desk, backup: Path) -> Restored:
    """Put a backup in the place of the log; the log is kept beside.

    Raises:
        StoreError: another app writes, the backup is not whole, or the disk is full.
    """
    return restore(_files(desk), backup, desk.clock.now())


def accept_current(desk: Desk) -> int:
    """Take the log as it is though it holds less than it did; the number of its events.

    Raises:
        StoreError: another app writes, or the log is not whole in itself.
    """
    return accept(_files(desk))


def vacuum(desk: Desk) -> tuple[int, int]:
    """Give unused room back; bytes before and after.

    Raises:
        StoreError: another app writes, or the disk is full.
    """
    files = _files(desk)
    with Log.open(files.database) as log:
        before = _size(files)
        log.vacuum()
    return before, _size(files)


def _size(files: Files) -> int:
    return sum(path.stat().st_size for path in (files.database, files.wal) if path.exists())


def _files(desk: Desk) -> Files:
    return Files(desk.paths.log)
