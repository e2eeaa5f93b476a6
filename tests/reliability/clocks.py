"""A clock in a test's hands, and what memory must make of a clock that strays."""

from __future__ import annotations

import math
import random
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from adsp.desk.desk import Desk
from adsp.memory import Review, replay
from adsp.session.select import Filter
from adsp.settings import find_paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from adsp.bank.load import Bank

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 24 * 60
EVENING = datetime.fromisoformat("2021-10-05T20:00+09:00")
AFTER_FOUR = datetime.fromisoformat("2021-10-06T04:30+09:00")
EXAM = date(2021, 11, 6)
EVERYTHING = Filter(frozenset())


def moment(utc: int, offset: int) -> datetime:
    """The aware moment of a minute since 1970, its wall clock ``offset`` minutes east."""
    return (EPOCH + timedelta(minutes=utc)).astimezone(timezone(timedelta(minutes=offset)))


def day_number(utc: int, offset: int, rollover: int = 4) -> int:
    """The study day, counted from 1970, in whole minutes."""
    return (utc + offset - 60 * rollover) // DAY


def number(day: date) -> int:
    return (day - EPOCH.date()).days


def day_of(at: datetime) -> date:
    """The study day of a moment, by `day_number`."""
    utc = (at - EPOCH) // timedelta(minutes=1)
    offset = (at.utcoffset() or timedelta()) // timedelta(minutes=1)
    return EPOCH.date() + timedelta(day_number(utc, offset))


def assert_no_time_ran_back(reviews: Sequence[Review]) -> None:
    """What memory makes of answers is what it makes of them where days that run back pass in no
    time; and the next review lies ahead of the latest.
    """
    found, wanted = replay(reviews), replay(forward(reviews))
    assert found.keys() == wanted.keys()
    for question, memory in found.items():
        other = wanted[question]
        assert (memory.stability, memory.difficulty) == (other.stability, other.difficulty)
        assert memory.due - memory.last == other.due - other.last >= timedelta(days=1)
        assert memory.due - memory.last <= timedelta(days=36_500)
        assert math.isfinite(memory.stability)
        assert memory.stability > 0
        assert 1 <= memory.difficulty <= 10


def forward(reviews: Iterable[Review]) -> list[Review]:
    """The same reviews on days that count up from 2000 by the intervals, none negative."""
    latest: dict[str, tuple[date, int]] = {}
    told: list[Review] = []
    for review in reviews:
        day, passed = latest.get(review.question, (review.day, 0))
        passed += max(0, (review.day - day).days)
        latest[review.question] = (review.day, passed)
        moved = date(2000, 1, 1) + timedelta(days=passed)
        told.append(Review(review.question, review.section, moved, review.verdict))
    return told


class Hands:
    """A clock that shows what a test sets it to."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


def sit_down(folder: Path, clock: Hands, bank: Bank) -> Desk:
    """A desk over a log of its own, and a small bank."""
    desk = Desk(find_paths({"ADSP_HOME": str(folder)}), clock, random.Random(1), write=True)
    desk.__dict__["bank"] = bank
    return desk
