"""A clock that runs back, leaps ahead or changes its zone between the deeds of a learner.

Whatever it does, no interval is negative, no answer is dropped and the order is that of the log.
What should count is noted apart from the app, in the order of doing.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import closing
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reliability.clocks import (
    AFTER_FOUR,
    EVENING,
    EVERYTHING,
    EXAM,
    Hands,
    assert_no_time_ran_back,
    day_of,
    sit_down,
)

from adsp.cli.plain import ask
from adsp.clock import parse_now
from adsp.desk.home import look
from adsp.memory import rank_reviews, retrievability
from adsp.session.history import History
from adsp.store.check import check
from adsp.store.events import Answered, Verdict
from adsp.store.frames import answers_frame
from adsp.store.log import read_events

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.conftest import Maker

    from adsp.desk.desk import Desk
    from adsp.memory import Memory
    from adsp.session.session import Session

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
