"""What all forms of an exported log share: events checked one by one, all faults told at once.

A file may come from anywhere, and what is taken in is never deleted again. So nothing passes that
would later keep the app from opening the log, or the log from being exported once more.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from adsp.errors import StoreError
from adsp.store.events import Answered, SessionStarted
from adsp.store.order import MAX_STAMP, in_order, stamp_older
from adsp.store.rows import settle
from adsp.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from adsp.store.events import Event

    T = TypeVar("T")

MAX_TOLD = 20
"""Faults of a file that are told; more are counted."""
MAX_COUNTED = 1_000
"""Faults after which the rest of the file is not read."""
LONGEST_LINE = 16 * 2**20
"""Characters of a line or a cell; a session of 200 generated questions takes half a million."""
YEARS = range(1900, 10_000)
"""Of an event: with others a study day or a time zone may fall out of the calendar."""

_DEEPEST = 32
"""Levels of an event; a generated question takes six. Python gives up at a thousand, less what the
screens have taken.
"""
_INTEGERS = range(-(2**63), 2**63)
"""What SQLite and pandas can hold."""
_LONGEST_FAULT = 200
"""Characters of a fault that are told: it may quote the line."""


def read_all(
    lines: Iterable[tuple[int, T]], decode: Callable[[T], Event], source: str
) -> list[Event]:
    """The events of numbered lines or rows, settled, stamped and in the common order.

    Raises:
        StoreError: some are no events; all of them are told, with their numbers.
    """
    events: list[Event] = []
    faults: list[str] = []
    for number, line in lines:
        try:
            events.append(_settled(decode(line)))
        except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as error:
            faults.append(fault(number, str(error)))
            if len(faults) > MAX_COUNTED:
                break
    if faults:
        raise unreadable(source, faults)
    return in_order(list(stamp_older(events)))


def checked(events: Iterable[Event], source: str) -> list[Event]:
    """The same of events that were read elsewhere: of another machine's database.

    Raises:
        StoreError: see `read_all`.
    """
    return read_all(enumerate(events, start=1), lambda event: event, source)


def _settled(event: Event) -> Event:
    """The event, settled.

    Raises:
        ValueError: no log holds such an event.
    """
    if not event.id:
        raise ValueError("id 가 비어 있습니다")
    if not 0 <= event.stamp <= MAX_STAMP:
        raise ValueError(f"stamp 가 맞지 않습니다: {event.stamp}")
    if event.at.year not in YEARS:
        raise ValueError(f"때가 맞지 않습니다: {event.at.isoformat()}")
    match event:
        case Answered():
            _check_size([event.place, event.elapsed_ms], 1)
        case SessionStarted():
            _check_size([[item.seed, item.generated] for item in event.items], _DEEPEST)
        case _:
            pass
    return settle(event)


def _check_size(value: Any, levels: int) -> None:
    match value:
        case int() if value not in _INTEGERS:
            raise ValueError("수가 너무 큽니다")
        case dict() | list() if not levels:
            raise ValueError("너무 깊이 겹쳐 있습니다")
        case dict():
            _check_size([*value.values()], levels)
        case list():
            for inner in value:
                _check_size(inner, levels - 1)
        case _:
            pass


def refuse_repeats(text: str) -> None:
    """See to it that no object in a JSON text names a field twice: msgspec would take the last.

    Raises:
        ValueError: one does.
    """
    json.loads(text, object_pairs_hook=_once)


def _once(pairs: list[tuple[str, Any]]) -> None:
    ((name, times),) = Counter(name for name, _ in pairs).most_common(1) or [("", 0)]
    if times > 1:
        raise ValueError(f"'{name}' 이(가) 두 번 나옵니다")


def fault(number: int, what: str) -> str:
    """What is wrong with a line: one line, safe to print, though it may quote the file."""
    return f"{number}번째 줄: {' '.join(clean(what[:_LONGEST_FAULT]).split())}"


def unreadable(source: str, faults: list[str]) -> StoreError:
    """A file that is no exported log, with all that is wrong with it."""
    count = f"{len(faults)}곳" if len(faults) <= MAX_COUNTED else f"{MAX_COUNTED}곳 넘게"
    more = f"\n... 그 밖에 {len(faults) - MAX_TOLD}곳" if len(faults) > MAX_TOLD else ""
    told = "\n".join(faults[:MAX_TOLD])
    return StoreError(
        f"{clean(source)} 에서 읽을 수 없는 줄이 {count} 있어 아무것도 받지 않았습니다. "
        f"고치거나 다시 내보낸 뒤 시도하세요.\n{told}{more}"
    )
