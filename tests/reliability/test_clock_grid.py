"""Faults of the clock: odd zones, summer time, travel, a clock that runs back or leaps ahead.

Whatever it does, no interval is negative, no answer is dropped and the order is that of the log.
Study days are counted here in whole minutes since 1970, not on the wall clock as the app does.
"""

from __future__ import annotations

import math
import random
import tempfile
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise, product
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adsp.cli.plain import ask
from adsp.clock import ReplayClock, SystemClock, parse_now, study_day, today
from adsp.desk.desk import Desk
from adsp.desk.home import look
from adsp.memory import Review, rank_reviews, replay, retrievability
from adsp.session.history import History
from adsp.session.select import Filter
from adsp.settings import find_paths
from adsp.store.check import check
from adsp.store.events import Answered, Verdict
from adsp.store.frames import answers_frame
from adsp.store.log import read_events

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tests.conftest import Maker, Ticks

    from adsp.bank.load import Bank
    from adsp.memory import Memory
    from adsp.session.session import Session

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 24 * 60
EVENING = datetime.fromisoformat("2021-10-05T20:00+09:00")
AFTER_FOUR = datetime.fromisoformat("2021-10-06T04:30+09:00")
EXAM = date(2021, 11, 6)
EVERYTHING = Filter(frozenset())

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

    def test_through_the_desk(self, tmp_path: Path, make: Maker) -> None:
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


def zone_data(name: str) -> ZoneInfo:
    """The zone, from the system or the package ``tzdata``."""
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError:
        pytest.skip(f"no zone data for {name} on this machine")


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
        zone = zone_data(change.zone)
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
        """They are kept as typed; one that the change skipped is at most two hours off, and on the
        same study day. A date alone is its own study day.
        """
        live_in(zone)
        for n in range(365 * 48):
            wall = datetime(2021, 1, 1) + timedelta(minutes=30 * n)  # noqa: DTZ001  (as typed)
            at = parse_now(wall.isoformat())
            off = abs(at.replace(tzinfo=None) - wall)
            assert not off or (wall.month in {3, 10} and off <= timedelta(hours=2))
            assert study_day(at) == day_of(at) == (wall - timedelta(hours=4)).date()
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


Deed: TypeAlias = Literal["right", "wrong", "near", "rule", "again", "undo", "leave", "resume"]
GIVEN = {"right": "결정계수", "wrong": "분산", "near": "결정게수"}


class Noted(NamedTuple):
    """An answer that should count."""

    question: str
    day: date
    verdict: Verdict


class Diary:
    """A learner, and what she did as noted apart from the app, in the order of doing."""

    def __init__(self, folder: Path, make: Maker, at: datetime) -> None:
        self._folder = folder
        self._bank = make.bank(*(make.short(f"x-{n}") for n in range(3)))
        self.clock = Hands(at)
        self.desk = self._sit_down()
        self.told: list[tuple[str, datetime]] = []
        self.counted: dict[str, Noted] = {}
        self.session = self._begin()

    def do(self, deed: Deed) -> None:
        """Do it now, and note it down; what cannot be done now is left."""
        study, session = self.desk.study, self.session
        match deed:
            case "right" | "wrong" | "near":
                if session.complete:
                    self._step(study.end(session))
                    self.session = self._begin()
                self._answer(self.session.next_open(), deed)
            case "again":
                self._answer(session.go(0), "wrong")
            case "rule" if session.reply and session.reply.verdict is Verdict.NEAR:
                answer = session.reply.id
                self.counted[answer] = self.counted[answer]._replace(verdict=Verdict.RIGHT)
                self.session = self._step(study.rule(session, right=True))
            case "undo" if session.replies:
                mine = {reply.id for reply in session.replies.values()}
                self.counted.pop([name for name in self.counted if name in mine][-1])
                self.session = self._step(study.undo(session))
            case "leave":
                self.session = self._begin()
            case "resume":
                self._resume()
            case _:
                pass

    def assert_nothing_lost(self) -> None:
        """Log, history, frame, memory and what is due agree with the diary."""
        path, study = self.desk.paths.log, self.desk.study
        events = read_events(path)
        assert [(event.id, event.at, event.at.utcoffset()) for event in events] == [
            (name, at, at.utcoffset()) for name, at in self.told
        ]
        frame = answers_frame(path)
        for history in (History(events), study.history):
            assert [a.id for a in history.answers] == list(self.counted) == list(frame["id"])
            answers = [Noted(a.question, a.day, a.verdict) for a in history.answers]
            assert answers == [*self.counted.values()]
        assert list(frame["day"]) == [noted.day for noted in self.counted.values()]
        assert check(path) == []
        assert_no_time_ran_back(study.history.reviews)
        for exam in (None, EXAM):
            self._assert_none_forgotten(study.memories(exam), exam)

    def _assert_none_forgotten(self, memories: Mapping[str, Memory], exam: date | None) -> None:
        """Each answer is remembered once, and each question is asked again when it is due."""
        latest = {noted.question: noted.day for noted in self.counted.values()}
        assert {question: memory.last for question, memory in memories.items()} == latest
        times = Counter(noted.question for noted in self.counted.values())
        assert {question: memory.reviews for question, memory in memories.items()} == times
        known = {day for memory in memories.values() for day in (memory.last, memory.due)}
        for day in {near + timedelta(days=n) for near in known for n in (-1, 0, 1)}:
            waiting = {question for question, last in latest.items() if last != day}
            sections = dict.fromkeys(memories, "3-2-2")
            ranked = rank_reviews(memories, day, exam, {"3-2-2": 2.0}, sections)
            assert sorted(ranked) == sorted(waiting)
            due = self.desk.study.due(exam, day)
            assert len(due) == len(set(due))
            assert {q for q in waiting if memories[q].due <= day} <= set(due) <= waiting
            assert all(0 < retrievability(memory, day) <= 1 for memory in memories.values())

    def _answer(self, session: Session, how: Literal["right", "wrong", "near"]) -> None:
        self.session = self._step(self.desk.study.answer(session, GIVEN[how], 21_500))
        assert self.session.reply is not None
        if session.reply is not None:
            self.counted.pop(session.reply.id)
        day, verdict = day_of(self.clock.at), Verdict(how)
        self.counted[self.session.reply.id] = Noted(session.question.id, day, verdict)

    def close(self) -> None:
        self.desk.close()

    def _sit_down(self) -> Desk:
        return sit_down(self._folder, self.clock, self._bank)

    def _begin(self) -> Session:
        return self._step(self.desk.study.start_quiz(EVERYTHING, 3, "셋"))

    def _step(self, session: Session) -> Session:
        self.told.append((self.desk.study.history.events[-1].id, self.clock.at))
        return session

    def _resume(self) -> None:
        """The app dies and is opened again: the session is as it was left."""
        self.desk.close()
        self.desk = self._sit_down()
        back = self.desk.study.unfinished()
        assert back is not None
        assert back.go(self.session.at) == self.session
        assert list(back.replies) == list(self.session.replies)
        self.session = back


STORIES = {
    "an-hour-back": "2021-10-06T04:30+09:00 2021-10-06T03:30+09:00 2021-10-06T04:31+09:00",
    "a-day-back": "2021-10-05T20:00+09:00 2021-10-04T20:01+09:00 2021-10-05T20:02+09:00",
    "to-1999": "2021-10-05T20:00+09:00 1999-01-01T00:00+09:00 2021-10-05T20:05+09:00",
    "before-1970": "2021-10-05T20:00+09:00 1969-12-31T23:59:59.999+09:00 2021-10-06T20:00+09:00",
    "to-2099": "2021-10-05T20:00+09:00 2099-12-31T23:59+09:00 2021-10-05T20:05+09:00",
    "2099-for-good": "2021-10-05T20:00+09:00 2099-01-01T00:00+09:00 2099-01-03T00:00+09:00",
    "seoul-to-utc": "2021-10-06T04:05+09:00 2021-10-05T19:10+00:00 2021-10-06T21:00+00:00",
    "over-the-date-line": "2021-10-06T09:00+14:00 2021-10-05T08:05-11:00 2021-10-06T09:05+14:00",
    "samoa-without-a-day": "2011-12-29T23:50-10:00 2011-12-31T00:10+14:00 2012-01-01T08:00+14:00",
    "the-hour-that-comes-twice": "2021-11-07T01:50-04:00 2021-11-07T01:10-05:00"
    " 2021-11-07T04:10-05:00",
    "the-hour-that-is-skipped": "2021-03-14T01:59-05:00 2021-03-14T03:01-04:00"
    " 2021-03-14T04:01-04:00",
    "leap-day": "2020-02-29T23:00+09:00 2020-02-28T23:00+09:00 2021-03-01T03:59+09:00",
}
"""Three moments of a clock: before, at and after its fault."""

DEEDS: tuple[tuple[Deed, ...], ...] = (
    ("right", "wrong", "near"),
    ("rule", "again", "undo", "right", "leave", "resume"),
    ("right", "undo", "right", "resume", "right", "right"),
)
"""What is done at each of them."""


class TestFaults:
    """Through the real desk and the real log."""

    @pytest.mark.parametrize("moments", STORIES.values(), ids=STORIES.keys())
    def test_nothing_is_lost(self, tmp_path: Path, make: Maker, moments: str) -> None:
        """After every deed around a fault all agrees, and the first screen can be drawn."""
        clock = [datetime.fromisoformat(text) for text in moments.split()]
        with closing(Diary(tmp_path, make, clock[0])) as diary:
            for diary.clock.at, deeds in zip(clock, DEEDS, strict=True):
                for deed in deeds:
                    diary.do(deed)
                    diary.assert_nothing_lost()
                done = diary.desk.study.history.on(day_of(diary.clock.at))
                assert look(diary.desk).done.answers == len(done)

    def test_between_question_and_answer(
        self, tmp_path: Path, make: Maker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """While she thinks the clock is set back an hour: she has not thought for minus an hour."""
        with closing(Diary(tmp_path, make, AFTER_FOUR)) as diary:

            def think(_prompt: str) -> str:
                diary.clock.at -= timedelta(hours=1)
                return GIVEN["wrong"]

            monkeypatch.setattr("builtins.input", think)
            ask(diary.desk, diary.session)
            events, found = read_events(diary.desk.paths.log), check(diary.desk.paths.log)
        answers = [event for event in events if isinstance(event, Answered)]
        assert [event.at.hour for event in events] == [4, 3, 2, 1, 1]
        assert [answer.day for answer in answers] == ["2021-10-05"] * 3
        assert all(answer.elapsed_ms >= 0 for answer in answers)
        assert [answer.id for answer in History(events).answers] == [a.id for a in answers]
        assert found == []

    @pytest.mark.parametrize("wrong", ["1999-01-01", "2099-01-01", "9998-12-31"])
    def test_what_was_missed_comes_back(self, tmp_path: Path, make: Maker, wrong: str) -> None:
        """What was missed while the clock was wrong is due tomorrow all the same."""
        with closing(Diary(tmp_path, make, EVENING)) as diary:
            for diary.clock.at in (EVENING, parse_now(wrong), EVENING):
                diary.do("wrong")
            due = diary.desk.study.due(EXAM, EVENING.date() + timedelta(days=1))
        assert sorted(due) == ["x-0", "x-1", "x-2"]


LONGEST_AGO, FARTHEST = datetime(1960, 1, 1, tzinfo=UTC), datetime(2120, 1, 1, tzinfo=UTC)
jumps = st.one_of(
    st.integers(-90, 90).map(lambda n: timedelta(seconds=n)),
    st.integers(-48, 48).map(lambda n: timedelta(hours=n)),
    st.integers(-400, 400).map(lambda n: timedelta(days=n)),
    st.integers(-80, 80).map(lambda n: timedelta(days=366 * n)),
)
zones = st.just(540) | st.integers(-12 * 60, 14 * 60)
steps_ = st.tuples(jumps, zones, st.sampled_from(get_args(Deed)))


def walk(make: Maker, steps: Iterable[tuple[timedelta, int, Deed]]) -> None:
    """Let the clock stray, and do something at each step."""
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(Diary(Path(folder), make, EVENING)) as diary,
    ):
        for jump, zone, deed in steps:
            at = min(max(diary.clock.at + jump, LONGEST_AGO), FARTHEST)
            diary.clock.at = at.astimezone(timezone(timedelta(minutes=zone)))
            diary.do(deed)
        diary.assert_nothing_lost()
        diary.do("resume")
        diary.assert_nothing_lost()


class TestStrayingClock:
    """Jumps of seconds to decades both ways, and any zone."""

    @settings(deadline=None, max_examples=100)
    @given(st.lists(steps_, max_size=12))
    def test_short(self, make: Maker, steps: list[tuple[timedelta, int, Deed]]) -> None:
        """Nothing is lost, counted twice or reordered."""
        walk(make, steps)

    @pytest.mark.long
    @pytest.mark.timeout(1800)
    @settings(deadline=None, max_examples=1500)
    @given(st.lists(steps_, max_size=40))
    def test_long(self, make: Maker, steps: list[tuple[timedelta, int, Deed]]) -> None:
        """The same, more often and for longer."""
        walk(make, steps)
