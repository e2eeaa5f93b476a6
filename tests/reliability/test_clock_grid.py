"""The clock grid: odd zones, rollovers and times; summer time; travel.

No interval is negative and no answer is dropped. Study days are counted here in whole minutes since
1970, not on the wall clock as the app does.
"""

from __future__ import annotations

import time
from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise, product
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from tests.reliability.clocks import (
    DAY,
    EPOCH,
    Hands,
    assert_no_time_ran_back,
    day_number,
    day_of,
    moment,
    number,
    sit_down,
)

from adsp.clock import ReplayClock, SystemClock, parse_now, study_day, today
from adsp.memory import Review, replay
from adsp.session.history import History
from adsp.store.check import check
from adsp.store.events import Verdict
from adsp.store.frames import answers_frame
from adsp.store.log import read_events

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from tests.conftest import Maker, Ticks
    from tests.reliability.conftest import Figure


OFFSETS = {"-11:00": -660, "-03:30": -210, "utc": 0, "+05:45": 345, "+09:00": 540, "+14:00": 840}
ROLLOVERS = (0, 4, 12, 23)
FIRST_TIMES = (0, 3 * 60 + 59, 4 * 60, 11 * 60 + 59, 23 * 60, 23 * 60 + 59)
LEAP_EVE = (date(2020, 2, 28) - EPOCH.date()).days


class Point(NamedTuple):
    """Two answers under one offset; times are minutes since 1970."""

    offset: int
    rollover: int
    first: int
    second: int


def later(local: int, rollover: int) -> tuple[int, ...]:
    """Minutes from a local time to the answers after it: in the same minute, just past midnight,
    at the next rollover, a day and an hour, a week (with a leap day in it) and a year later.
    """
    past_midnight = DAY - local % DAY + 1
    to_rollover = DAY - (local - 60 * rollover) % DAY
    return 0, past_midnight, to_rollover, DAY + 60, 7 * DAY, 366 * DAY


def points(
    offsets: Iterable[int], rollovers: Iterable[int], times: Iterable[int], day: int = LEAP_EVE
) -> Iterator[Point]:
    """Every combination, the first answer on the local ``day``."""
    for offset, rollover, clock in product(offsets, rollovers, times):
        first = day * DAY + clock - offset
        for minutes in later(day * DAY + clock, rollover):
            yield Point(offset, rollover, first, first + minutes)


GRID = tuple(points(OFFSETS.values(), ROLLOVERS, FIRST_TIMES))


def assert_days(point: Point) -> None:
    """Both answers fall on the day that the minutes say, the second not before the first; so does
    the last microsecond before it.
    """
    offset, rollover, first, second = point
    start, end = moment(first, offset), moment(second, offset)
    days = [study_day(at, rollover) for at in (start, end, end - timedelta(microseconds=1))]
    assert [number(day) for day in days] == [
        day_number(utc, offset, rollover) for utc in (first, second, second - 1)
    ]
    assert (days[1] - days[0]).days >= 0


class TestGrid:
    """Six offsets, four rollovers, six times of the first answer and six of the second."""

    def test_size(self) -> None:
        """Six times four times six times six points, no two alike."""
        assert len(GRID) == len(set(GRID)) == 864

    @pytest.mark.parametrize("rollover", ROLLOVERS)
    @pytest.mark.parametrize("offset", OFFSETS.values(), ids=OFFSETS.keys())
    def test_days(self, offset: int, rollover: int) -> None:
        """The days between two answers are what the minutes say, and never negative."""
        chosen = [p for p in GRID if (p.offset, p.rollover) == (offset, rollover)]
        assert len(chosen) == 36
        for point in chosen:
            assert_days(point)

    def test_through_the_desk(self, tmp_path: Path, make: Maker, figure: Figure) -> None:
        """Each point is a question answered twice; between two points the clock runs back."""
        clock = Hands(moment(0, 0))
        with sit_down(tmp_path, clock, make.bank()) as desk:
            for start in range(0, len(GRID), 200):
                chunk = GRID[start : start + 200]
                questions = [make.choice(f"x-{start + n}") for n in range(len(chunk))]
                pair = [desk.study.start_drill(questions, "격자") for _ in range(2)]
                for place, point in enumerate(chunk):
                    for n, utc in enumerate((point.first, point.second)):
                        clock.at = moment(utc, point.offset)
                        pair[n] = desk.study.answer(pair[n].go(place), "a", 1_000)
        told = [answer.id for answer in desk.study.history.answers]
        days = [day_number(utc, p.offset) for p in GRID for utc in (p.first, p.second)]
        history, frame = History(read_events(desk.paths.log)), answers_frame(desk.paths.log)
        assert [answer.id for answer in history.answers] == list(frame["id"]) == told
        assert [number(answer.day) for answer in history.answers] == days
        assert [number(day) for day in frame["day"]] == days
        assert check(desk.paths.log) == []
        memories = replay(history.reviews)
        assert len(memories) == 864
        assert {memory.reviews for memory in memories.values()} == {2}
        assert_no_time_ran_back(history.reviews)
        figure(
            "clock grid, through the desk",
            points=len(GRID),
            answers=len(told),
            dropped=0,
            disordered=0,
            negative=0,
        )

    @pytest.mark.long
    @pytest.mark.timeout(1800)
    def test_long(self) -> None:
        """Every quarter of an hour of offset, every hour of rollover, on days far apart."""
        offsets, times = range(-12 * 60, 14 * 60 + 1, 15), range(0, DAY, 60)
        for year in (1, 1969, 1999, 2020, 2099, 9998):
            day = number(date(year, 2, 28))
            for point in points(offsets, range(24), times, day):
                assert_days(point)


class Change(NamedTuple):
    """A zone changes its offset (minutes east). Written down, as zone data may be missing."""

    zone: str
    at: str
    before: int
    after: int
    hours: float
    """Length of the study day that the change falls into."""

    @property
    def minute(self) -> int:
        return (datetime.fromisoformat(self.at) - EPOCH) // timedelta(minutes=1)

    @property
    def around(self) -> Iterator[tuple[int, int]]:
        """Every quarter of an hour of the three days before and after, and its offset."""
        for step in range(-3 * DAY, 3 * DAY, 15):
            yield self.minute + step, self.before if step < 0 else self.after

    def days(self, rollover: int) -> list[date]:
        return [study_day(moment(*at), rollover) for at in self.around]


SUMMER = [
    Change("America/New_York", "2021-03-14T07:00Z", -300, -240, 23),
    Change("America/New_York", "2021-11-07T06:00Z", -240, -300, 25),
    Change("Europe/Berlin", "2021-03-28T01:00Z", 60, 120, 23),
    Change("Europe/Berlin", "2021-10-31T01:00Z", 120, 60, 25),
    Change("Australia/Lord_Howe", "2021-04-03T15:00Z", 660, 630, 24.5),
    Change("Australia/Lord_Howe", "2021-10-02T15:30Z", 630, 660, 23.5),
    Change("Antarctica/Troll", "2021-03-28T01:00Z", 0, 120, 22),
    Change("Antarctica/Troll", "2021-10-31T01:00Z", 120, 0, 26),
]
SAMOA = Change("Pacific/Apia", "2011-12-30T10:00Z", -600, 840, 20)
KIRIBATI = Change("Pacific/Kiritimati", "1994-12-31T10:00Z", -600, 840, 20)


def changes(*chosen: Change) -> pytest.MarkDecorator:
    """Run a test for each change."""
    names = [f"{change.zone}-{change.at[:7]}" for change in chosen]
    return pytest.mark.parametrize("change", chosen, ids=names)


class TestSummerTime:
    """Days of 22 to 26 hours, and one of none."""

    @changes(*SUMMER)
    def test_a_short_and_a_long_day_are_one_day(self, change: Change) -> None:
        """The day of the change is longer or shorter; those around it have their 24 hours."""
        quarters = Counter(change.days(4))
        day = study_day(moment(change.minute - 15, change.before))
        hours = [quarters[day + timedelta(days=n)] / 4 for n in (-1, 0, 1)]
        assert hours == [24, change.hours, 24]

    @changes(*SUMMER)
    @pytest.mark.parametrize("rollover", ROLLOVERS)
    def test_days_go_one_by_one(self, change: Change, rollover: int) -> None:
        """No day is skipped or comes twice, although the wall clock runs back or leaps."""
        days = change.days(rollover)
        assert {(b - a).days for a, b in pairwise(days)} == {0, 1}
        assert [number(day) for day in days] == [day_number(*at, rollover) for at in change.around]

    @changes(SAMOA, KIRIBATI)
    def test_a_date_that_never_was(self, change: Change) -> None:
        """Its night still belongs to the evening before it; from midnight on there is none."""
        skipped = moment(change.minute, change.after).date() - timedelta(days=1)
        eve = skipped - timedelta(days=1)
        usual, from_midnight = Counter(change.days(4)), Counter(change.days(0))
        assert (usual[eve] / 4, usual[skipped] / 4) == (change.hours, 4)
        assert (from_midnight[eve] / 4, from_midnight[skipped]) == (24, 0)
        for rollover in ROLLOVERS:
            assert {(b - a).days for a, b in pairwise(change.days(rollover))} <= {0, 1, 2}

    @changes(*SUMMER, SAMOA, KIRIBATI)
    def test_with_zone_data(self, change: Change) -> None:
        """The same where the moments carry a zone with rules instead of an offset."""
        zone = ZoneInfo(change.zone)
        for utc, offset in change.around:
            at = moment(utc, 0).astimezone(zone)
            assert at.utcoffset() == timedelta(minutes=offset)
            assert number(study_day(at)) == day_number(utc, offset)


LIVES_IN = {
    "new-york": "EST5EDT,M3.2.0,M11.1.0",
    "berlin": "CET-1CEST,M3.5.0,M10.5.0/3",
    "lord-howe": "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
    "troll": "<+00>0<+02>-2,M3.5.0/1,M10.5.0/3",
}
"""Zones as rules, for which the machine needs no data."""
lives = pytest.mark.parametrize("zone", LIVES_IN.values(), ids=LIVES_IN.keys())


@pytest.fixture
def live_in() -> Iterator[Callable[[str], None]]:
    """Move the machine to another zone, and back at the end."""
    with pytest.MonkeyPatch.context() as patch:

        def move(zone: str) -> None:
            patch.setenv("TZ", zone)
            time.tzset()

        yield move
    time.tzset()


class TestMachineWithSummerTime:
    """``--now`` and the clocks on a machine whose zone has summer time."""

    @lives
    def test_typed_times(self, live_in: Callable[[str], None], zone: str) -> None:
        """They are kept as typed, but for one that the change skipped: it is at most two hours off,
        which way is Python's choice. A date alone is its own study day.
        """
        live_in(zone)
        for n in range(365 * 48):
            wall = datetime(2021, 1, 1) + timedelta(minutes=30 * n)  # noqa: DTZ001  (as typed)
            at = parse_now(wall.isoformat())
            off = abs(at.replace(tzinfo=None) - wall)
            assert not off or (wall.month in {3, 10} and off <= timedelta(hours=2))
            assert study_day(at) == day_of(at)
            assert off or study_day(at) == (wall - timedelta(hours=4)).date()
            assert parse_now(at.isoformat()) == at
            assert study_day(parse_now(wall.date().isoformat())) == wall.date()

    @lives
    @pytest.mark.parametrize("evening", ["2021-03-13", "2021-10-02", "2021-10-30", "2021-11-06"])
    def test_a_replayed_night(
        self, live_in: Callable[[str], None], zone: str, evening: str, ticks: Ticks
    ) -> None:
        """The replay runs on through the change second by second, and its days one by one."""
        live_in(zone)
        start = parse_now(f"{evening}T20:00")
        clock = ReplayClock(start, ticks)
        before = today(clock)
        assert before == date.fromisoformat(evening)
        for quarter in range(1, 3 * 96):
            ticks.pass_by(seconds=15 * 60)
            assert clock.now() - start == timedelta(minutes=15 * quarter)
            assert today(clock) == day_of(clock.now())
            assert 0 <= (today(clock) - before).days <= 1
            before = today(clock)

    def test_a_machine_that_travels(self, live_in: Callable[[str], None]) -> None:
        """The offset is that of each moment, and the instant does not jump with it."""
        clock = SystemClock()
        live_in("KST-9")
        seoul = clock.now()
        live_in("UTC0")
        utc = clock.now()
        assert (seoul.utcoffset(), utc.utcoffset()) == (timedelta(hours=9), timedelta())
        assert timedelta() <= utc - seoul < timedelta(hours=1)


class TestTravel:
    """Two answers in two zones."""

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            pytest.param(540, 0, id="seoul-utc"),
            pytest.param(0, 540, id="utc-seoul"),
            pytest.param(540, -600, id="seoul-honolulu"),
            pytest.param(840, -660, id="kiribati-niue"),
            pytest.param(-660, 840, id="niue-kiribati"),
            pytest.param(345, -210, id="nepal-newfoundland"),
        ],
    )
    def test_no_interval_is_negative(self, before: int, after: int) -> None:
        """The day may go back by the way; what memory makes of it is that no time has passed."""
        for hour, flight in product(range(24), (0, 5, 60, 11 * 60, DAY, 3 * DAY)):
            utc = LEAP_EVE * DAY + hour * 60
            days = study_day(moment(utc, before)), study_day(moment(utc + flight, after))
            passed = day_number(utc + flight, after) - day_number(utc, before)
            assert (days[1] - days[0]).days == passed
            assert_no_time_ran_back([Review("q", "3-2-2", day, Verdict.RIGHT) for day in days])
