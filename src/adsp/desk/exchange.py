"""The log taken along: exported, imported, merged with that of another machine."""

from __future__ import annotations

import io
import string
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from adsp.errors import AdspError, StoreDamaged, StoreError, UsageError
from adsp.settings import write_atomically
from adsp.store.backup import back_up
from adsp.store.exchange.jsonl import BOM, read_jsonl, write_jsonl
from adsp.store.exchange.lines import checked
from adsp.store.exchange.table import read_csv, write_csv
from adsp.store.files import is_there, lies_within
from adsp.store.log import Log, Taken, read_events
from adsp.store.order import highest_of
from adsp.store.salvage import begun_again, salvage
from adsp.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Literal, TypeAlias

    from adsp.desk.desk import Desk
    from adsp.store.events import Event

    Form: TypeAlias = Literal["jsonl", "csv"]

LONGEST_FILE = 1 << 28
"""Bytes of a file to import at most: a million answers."""
_BLANK = BOM + string.whitespace


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
    if lies_within(path, desk.paths.data):
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
        if is_there(path, Path.is_file):
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
