"""One order for the logs of all machines, which keeps the order of each.

An event's stamp is a hybrid logical clock: the time of the event in milliseconds, or one more than
the highest stamp that its log had seen, whichever is later. So a clock that runs back reorders
nothing, what a machine did after it had seen another's events comes after them, and what two
machines did apart falls into the order of the time. Events are ordered by stamp, and by id where
two stamps are equal: every machine that has the same events has them in the same order.

After Kulkarni et al., "Logical physical clocks" (2014).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from adsp.store.events import Event

MAX_STAMP = 2**48
"""Beyond the year 9999: no stamp of a log is higher, and one that says so is no stamp."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_TIME = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)


def milliseconds(moment: datetime) -> int:
    """Whole milliseconds since 1970."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def next_stamp(at: int, highest: int) -> int:
    """The stamp of an event at ``at`` in a log that has seen ``highest``."""
    return max(at, highest + 1)


def highest_of(count: int) -> int:
    """The highest stamp that so many events can have come to, whatever their clocks said: each is
    the time, or one more than another. Whatever lies beyond was not made by this app, and with it
    the log would climb to where no other machine can follow.
    """
    return _LAST_TIME + count


def place(event: Event) -> tuple[int, str]:
    """Sorting key: the event's place in the common order."""
    return event.stamp, event.id


def in_order(events: list[Event]) -> list[Event]:
    """The events in the common order. A log of one machine is so already."""
    events.sort(key=place)
    return events


def stamp_older(events: Sequence[Event]) -> Iterable[Event]:
    """Stamp those that have none yet, written by an app that knew no stamps, in the order given."""
    highest = 0
    for event in events:
        stamp = event.stamp or next_stamp(milliseconds(event.at), highest)
        highest = max(highest, stamp)
        yield event if event.stamp else msgspec.structs.replace(event, stamp=stamp)
