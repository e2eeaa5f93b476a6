"""The log kept: checked, backed up, restored, taken along, merged with that of another machine."""

from __future__ import annotations

import io
import os
import string
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from adsp.errors import AdspError, StoreDamaged, StoreError, UsageError
from adsp.settings import write_atomically
from adsp.store.backup import back_up, copy_whole, list_backups
from adsp.store.backup import back_up_if_due as due
from adsp.store.check import Finding, check
from adsp.store.connect import count_events
from adsp.store.exchange.jsonl import BOM, read_jsonl, write_jsonl
from adsp.store.exchange.lines import checked
from adsp.store.exchange.table import read_csv, write_csv
from adsp.store.files import Files
from adsp.store.log import Log, Taken, read_events
from adsp.store.order import highest_of
from adsp.store.restore import Restored, accept, restore, verify_backup
from adsp.store.salvage import begun_again, salvage
from adsp.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Literal, TypeAlias

    from adsp.desk.desk import Desk
    from adsp.store.backup import Backup
    from adsp.store.events import Event

    Form: TypeAlias = Literal["jsonl", "csv"]

LONGEST_FILE = 1 << 28
"""Bytes of a file to import at most: a million answers."""
_BLANK = BOM + string.whitespace


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
        return Health([], len(read_events(desk.paths.log)), [])
    kinds = {finding.kind for finding in findings}
    if kinds == {"closed"}:  # nothing is known to be damaged, and the finding says what to do
        return Health(findings, 0, [])
    if kinds == {"sense"}:
        return Health(
            findings,
            len(read_events(desk.paths.log)),
            ["기록은 모두 있습니다. 앱은 어긋난 것을 빼고 셉니다. 이 결과를 알려 주세요."],
        )
    return Health(findings, 0, _ways_back(desk))


def _ways_back(desk: Desk) -> list[str]:
    files = _files(desk)
    for backup in reversed(list_backups(files)):
        try:
            events = verify_backup(Files(backup.path))
        except StoreError:
            continue
        return [
            f"온전한 백업이 있습니다: {backup.path.name} (기록 {events}개).",
            "되살리기: adsp log restore (지금 파일은 지우지 않고 옆에 옮겨 둡니다)",
            "되살린 뒤 지금 파일에 남은 답 옮기기: adsp log merge (옮겨 둔 폴더)",
        ]
    return [
        f"온전한 백업이 {files.backups} 에 없습니다. 파일을 그대로 두고 다른 곳에 복사해 두세요.",
        f"{files.database.name} 으로 시작하는 파일을 모두 새 폴더로 옮기세요.",
        "읽을 수 있는 답을 새 기록으로 옮기기: adsp log merge (그 폴더)",
    ]


# backups


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
    if _is(target, Path.is_dir):
        target /= files.database.name
    if _within(target.parent, desk.paths.data) and not _within(target.parent, files.backups):
        raise UsageError(f"{target} 은(는) 기록이 있는 폴더입니다. 다른 곳을 주세요.")
    if _is(target, Path.exists):
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
        for backup in reversed(list_backups(files)):
            try:
                return backup.path, verify_backup(Files(backup.path))
            except StoreError:
                continue
        raise UsageError(f"온전한 백업이 {files.backups} 에 없습니다.")
    for path in (files.backups / name, Path(name)):
        if _is(path, Path.is_file):
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


# taking the log along


def exported(desk: Desk, form: Form) -> tuple[str, int]:
    """The whole log as text, and the number of its events.

    Raises:
        StoreError: the log cannot be read whole.
    """
    events = read_events(desk.paths.log)
    file = io.StringIO(newline="")
    (write_csv if form == "csv" else write_jsonl)(events, file)
    return file.getvalue(), len(events)


def save_export(desk: Desk, text: str, path: Path) -> None:
    """Write an export, whole or not at all, for its owner alone.

    Raises:
        UsageError: it would take the place of the log, or of what belongs to it.
        AdspError: it cannot be written.
    """
    if _within(path, desk.paths.data):
        raise UsageError(f"{path} 은(는) 기록이 있는 폴더 안입니다. 다른 곳을 주세요.")
    try:
        write_atomically(path, text)
    except OSError as error:
        raise AdspError(f"{path} 에 쓸 수 없습니다: {error.strerror}. 다른 곳을 주세요.") from error


def import_file(desk: Desk, content: bytes, source: str) -> Taken:
    """Take in an exported log: JSON lines or CSV, told apart by how it begins.

    Raises:
        StoreError: some lines are no events, which are all told; or it cannot be stored. Nothing
            was stored.
    """
    return take_in(desk, read_export(content, source))


def read_export(content: bytes, source: str) -> list[Event]:
    """The events of an exported log.

    Raises:
        StoreError: it is none.
    """
    source = clean(source)
    text = _text(content, source)
    if text.lstrip(_BLANK).startswith("{"):
        return read_jsonl(text.split("\n"), source)
    return read_csv(io.StringIO(text, newline=""), source)


def _text(content: bytes, source: str) -> str:
    """The text, in UTF-8 or in what a Korean Excel saves."""
    for encoding in ("utf-8", "cp949"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not text.strip(_BLANK):
            raise StoreError(f"{source} 은(는) 빈 파일입니다.")
        return text
    raise StoreError(f"{source} 은(는) 글이 아닙니다. adsp log export 로 내보낸 파일을 주세요.")


@dataclass(frozen=True)
class Merged:
    """What a merge did."""

    taken: Taken
    lost: int
    """Rows of a damaged log that could not be read or proved."""


def merge(desk: Desk, source: Path) -> Merged:
    """Take in the log of another machine, or what can still be proved of a damaged one.

    Raises:
        UsageError: there is no log, or it is the learner's own.
        StoreError: nothing can be read of it, or it cannot be stored.
    """
    path = _log_in(desk, source)
    try:
        return Merged(take_in(desk, checked(read_events(path), str(path))), 0)
    except StoreDamaged:
        found = salvage(path)
    taken = take_in(desk, checked(found.events, str(path)))
    if begun := begun_again(taken.waiting):  # the starts of their sessions are what was damaged
        more = take_in(desk, [*begun, *taken.waiting])
        taken.new += more.new
        taken.waiting = more.waiting
    return Merged(taken, found.lost)


def _log_in(desk: Desk, source: Path) -> Path:
    """The log that is meant by a file, a data folder, or a folder that holds one."""
    name = desk.paths.log.name
    for path in (source, source / name, source / "data" / name):
        if _is(path, Path.is_file):
            if desk.paths.log.exists() and path.samefile(desk.paths.log):
                raise UsageError("지금 쓰는 기록 자신입니다. 다른 컴퓨터의 기록을 주세요.")
            return path
    raise UsageError(f"{source} 에 기록이 없습니다. {name} 파일이나 그것이 든 폴더를 주세요.")


def take_in(desk: Desk, events: Sequence[Event]) -> Taken:
    """Store what is not here yet, after a backup.

    Raises:
        StoreError: another app writes, the log is not whole, or the disk is full; nothing was
            stored.
    """
    with Log.open(desk.paths.log) as log:
        return absorb(desk, log, log.events(), events)


def absorb(desk: Desk, log: Log, own: Iterable[Event], events: Sequence[Event]) -> Taken:
    """The same into a log that is open, and holds ``own``."""
    known = {event.id for event in own}
    highest = highest_of(len(known) + len(events))
    if far := next((event for event in events if not 0 < event.stamp <= highest), None):
        raise StoreError(
            f"받을 기록({clean(far.id)})의 순서(stamp {far.stamp})가 있을 수 없는 것이라 "
            "아무것도 받지 않았습니다. 손상되었거나 누가 고친 기록입니다."
        )
    if any(event.id not in known for event in events):
        back_up(log.files, desk.clock.now(), "import")
    return log.take_in(events)


def _is(path: Path, what: Callable[[Path], bool]) -> bool:
    """A name that is too long for the system, or that one may not look at, is nothing."""
    try:
        return what(path)
    except OSError:
        return False


def _within(path: Path, folder: Path) -> bool:
    """Whether a path, which need not exist, is a folder or lies in it, whatever the links."""
    real = Path(os.path.realpath(path))
    return any(_is(place, lambda place: place.samefile(folder)) for place in (real, *real.parents))


def _files(desk: Desk) -> Files:
    return Files(desk.paths.log)
