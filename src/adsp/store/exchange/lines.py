"""What all forms of an exported log share: events checked one by one, all faults told at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from adsp.errors import StoreError
from adsp.store.order import MAX_STAMP, in_order, stamp_older
from adsp.store.rows import settle
from adsp.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from adsp.store.events import Event

    T = TypeVar("T")

MAX_TOLD = 20
"""Faults of a file that are told; more are counted."""


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
            events.append(_checked(decode(line)))
        except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as error:
            faults.append(f"{number}번째 줄: {clean(str(error))}")
    if faults:
        raise unreadable(source, faults)
    return in_order(list(stamp_older(events)))


def _checked(event: Event) -> Event:
    if not 0 <= event.stamp <= MAX_STAMP:
        raise ValueError(f"stamp {event.stamp}")
    if not event.id:
        raise ValueError("id")
    return settle(event)


def unreadable(source: str, faults: list[str]) -> StoreError:
    """A file that is no exported log, with all that is wrong with it."""
    more = f"\n... 그 밖에 {len(faults) - MAX_TOLD}곳" if len(faults) > MAX_TOLD else ""
    told = "\n".join(faults[:MAX_TOLD])
    return StoreError(
        f"{source} 에서 읽을 수 없는 줄이 {len(faults)}곳 있어 아무것도 받지 않았습니다. "
        f"고치거나 다시 내보낸 뒤 시도하세요.\n{told}{more}"
    )
