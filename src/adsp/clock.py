"""The one clock: the instant, the local offset and the study day. Nothing else reads the time."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

ROLLOVER_HOUR = 4
"""A study day runs from 04:00 to 04:00: what is learnt after midnight belongs to the evening."""

FIRST_YEAR, LAST_YEAR = 1970, 9998
"""Years of ``--now``: at the ends of the calendar a time zone or a study day would fall out."""

_NOON = time_of_day(12)


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> datetime:
        """The instant, aware, in the learner's own zone."""
        ...


def study_day(moment: datetime, rollover_hour: int = ROLLOVER_HOUR) -> date:
    """The study day that holds an aware ``moment``, by the wall clock of its own offset.

    Calendar arithmetic on the wall clock, never 86,400-second days: a day of 23 or 25 hours
    stays one day.
    """
    return (moment.replace(tzinfo=None) - timedelta(hours=rollover_hour)).date()


def today(clock: Clock) -> date:
    """The study day of this instant."""
    return study_day(clock.now())


class SystemClock:
    """The machine's time, in the machine's zone."""

    def now(self) -> datetime:
        return datetime.now().astimezone()


@dataclass(frozen=True)
class ReplayClock:
    """A clock that starts at a given instant and runs on from there, so that an autumn can be
    lived again: a mock exam that starts at 20:00 still ends 90 minutes later.
    """

    start: datetime
    """Aware instant at which the clock was made."""

    monotonic: Callable[[], float] = time.monotonic
    made: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "made", self.monotonic())

    def now(self) -> datetime:
        passed = timedelta(seconds=self.monotonic() - self.made)
        return (self.start.astimezone(UTC) + passed).astimezone(self.start.tzinfo)


def parse_now(text: str) -> datetime:
    """Read ``--now``: ``2021-10-05``, ``2021-10-05T20:00`` or with an offset.

    A date alone means noon, the middle of its study day. Without an offset the machine's zone
    on that day is meant.

    Raises:
        ValueError: the text is no ISO date or time, or one that no clock shows.
    """
    try:
        moment = datetime.combine(date.fromisoformat(text), _NOON)
    except ValueError:
        moment = datetime.fromisoformat(text)
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"year {moment.year}")
    return moment.astimezone() if moment.tzinfo is None else moment
