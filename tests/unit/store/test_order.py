"""The logs of several machines: whatever their clocks say, all come to the same story."""

from __future__ import annotations

import itertools
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adsp.session.history import History
from adsp.store.check import check
from adsp.store.events import (
    Answered,
    Event,
    Flagged,
    Item,
    Retracted,
    Ruled,
    SessionEnded,
    SessionStarted,
    Verdict,
)
from adsp.store.log import Log, Taken, read_events
from adsp.store.order import (
    MAX_STAMP,
    highest_of,
    in_order,
    milliseconds,
    next_stamp,
    place,
    stamp_older,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

EVENING = datetime.fromisoformat("2021-10-05T20:00:00+09:00")
QUESTIONS = ("q0", "q1")
wild = st.datetimes(
    datetime(1970, 1, 2),  # noqa: DTZ001
    datetime(9998, 12, 30),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=9)), timezone(timedelta(hours=-11))]),
)
calm = st.integers(0, 50).map(lambda n: EVENING + timedelta(milliseconds=n))
"""Clocks that agree to the millisecond, so that stamps meet."""
DEEDS = ("start", "answer", "answer", "rule", "undo", "redo", "flag", "end", "meet", "meet")
steps = st.lists(
    st.tuples(
        st.sampled_from(DEEDS), st.integers(0, 3), st.integers(0, 3), wild | calm, st.integers(0, 9)
    ),
    max_size=30,
)


@dataclass
class Machine:
    """A log with a clock of its own, and what it had seen before each of its deeds."""

    name: str
    log: Log
    seen: dict[str, set[str]] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        return self.log.files.database

    def do(self, deed: str, at: datetime, pick: int) -> None:
        """Append one event that fits what the log holds, or none if none fits."""
        events = self.log.events()
        event = self._event(deed, at, pick, events)
        if event is not None:
            self.log.append(event)
            self.seen[event.id] = {known.id for known in events}

    def _event(self, deed: str, at: datetime, pick: int, events: Sequence[Event]) -> Event | None:
        base: dict[str, Any] = {"id": f"{len(self.seen)}{self.name}", "at": at}
        question = QUESTIONS[pick % 2]
        if deed == "flag":
            return Flagged(**base, question=question, on=pick > 4)
        if deed == "start":
            items = tuple(Item(name, seed=1) for name in QUESTIONS)
            return SessionStarted(**base, session=base["id"], mode="quiz", title="", items=items)
        sessions = [event.session for event in events if isinstance(event, SessionStarted)]
        answers = [event for event in events if isinstance(event, Answered)]
        if deed in {"answer", "end"} and sessions:
            session = sessions[pick % len(sessions)]
            if deed == "end":
                return SessionEnded(**base, session=session, finished=True)
            return answered(base["id"], session, at, pick % 2)
        if answers and deed in {"rule", "undo", "redo"}:
            answer = answers[pick % len(answers)]
            base |= {"session": answer.session, "answer": answer.id}
            if deed == "rule":
                return Ruled(**base, verdict=Verdict.RIGHT)
            return Retracted(**base, back=deed == "redo")
        return None

    def meet(self, other: Machine) -> Taken:
        """Take in what the other holds, beside its running app."""
        return self.log.take_in(read_events(other.path))


def answered(name: str, session: str, at: datetime = EVENING, where: int = 0) -> Answered:
    return Answered(
        id=name, at=at, session=session, place=where, question=QUESTIONS[where], revision="r",
        section="3-2-2", given="a", verdict=Verdict.NEAR, elapsed_ms=1_000,
    )  # fmt: skip


def started(session: str) -> SessionStarted:
    return SessionStarted(
        id=f"start-{session}", at=EVENING, session=session, mode="quiz", title="", items=()
    )


def said(events: Sequence[Event]) -> tuple[object, ...]:
    """All that the app concludes from a log."""
    history = History(events)
    return (
        history.answers, history.flagged, history.unfinished, history.missed, history.ended,
        history.last_answer, history.last_retracted, history.reviews,
    )  # fmt: skip


def agree(machines: Sequence[Machine]) -> list[Event]:
    """Let all exchange with all, and see that they hold and say the same; what they hold."""
    for one, other in itertools.permutations(machines, 2):
        taken = one.meet(other)
        assert not taken.waiting
        assert not taken.conflicts
    held = machines[0].log.events()
    assert all(machine.log.events() == held for machine in machines)
    assert all(read_events(machine.path) == held for machine in machines)
    assert len({repr(said(machine.log.events())) for machine in machines}) == 1
    return held


def check_order(machines: Sequence[Machine], held: Sequence[Event]) -> None:
    """What was done after something had been seen comes after it; so each machine's own order."""
    where = {event.id: n for n, event in enumerate(held)}
    for machine in machines:
        assert list(machine.seen) == sorted(machine.seen, key=lambda name: where[name])
        for name, seen in machine.seen.items():
            assert all(where[before] < where[name] for before in seen)


class TestMachines:
    """Any number of machines that answer apart and meet in any order."""

    @settings(deadline=None, max_examples=60)
    @given(st.integers(2, 4), steps)
    def test_all_agree(self, count: int, told: Any) -> None:
        """However wild their clocks: the same events, in one order that keeps each machine's."""
        explore(count, told)

    @pytest.mark.long
    @settings(deadline=None, max_examples=2_000)
    @given(st.integers(2, 4), steps)
    def test_all_agree_long(self, count: int, told: Any) -> None:
        """The same, longer."""
        explore(count, told)

    def test_meeting_twice_is_meeting_once(self, tmp_path: Path) -> None:
        with Log.open(tmp_path / "a" / "a.db") as one, Log.open(tmp_path / "b" / "b.db") as two:
            a, b = Machine("a", one), Machine("b", two)
            for deed in ("start", "answer", "undo", "flag"):
                a.do(deed, EVENING, 0)
            assert len(b.meet(a).new) == 4
            before = read_events(b.path)
            again = b.meet(a)
            assert (again.new, again.known) == ([], before)
            assert read_events(b.path) == before


def explore(count: int, told: Sequence[tuple[str, int, int, datetime, int]]) -> None:
    """Live through what is told on ``count`` machines, then let all agree."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        logs = [Log.open(folder / f"{n}.db") for n in range(count)]
        machines = [Machine("abcd"[n], stack.enter_context(log)) for n, log in enumerate(logs)]
        for deed, who, whom, at, pick in told:
            machine, other = machines[who % count], machines[whom % count]
            if deed == "meet":
                machine.meet(other)
            else:
                machine.do(deed, at, pick)
        held = agree(machines)
        check_order(machines, held)
        assert len(held) == sum(len(machine.seen) for machine in machines)
        assert all(check(machine.path) == [] for machine in machines[:1])


class TestWildClocks:
    """A year of nonsense on one machine does not change what the other did after."""

    @pytest.mark.parametrize("year", [1970, 2020, 2022, 9998])
    def test_undo_on_the_other_machine(self, tmp_path: Path, year: int) -> None:
        """The clock of whoever takes an answer back may be decades off: it is taken back."""
        off = EVENING.replace(year=year)
        with Log.open(tmp_path / "a.db") as one, Log.open(tmp_path / "b.db") as two:
            a, b = Machine("a", one), Machine("b", two)
            a.do("start", EVENING, 0)
            a.do("answer", EVENING, 0)
            b.meet(a)
            b.do("undo", off, 0)
            a.meet(b)
            assert said(one.events()) == said(two.events())
            assert History(one.events()).answers == []
            a.do("redo", EVENING, 0)
            b.meet(a)
            assert len(History(two.events()).answers) == 1

    def test_apart_by_the_clock(self, tmp_path: Path) -> None:
        """What two machines did apart falls into the order of the time, whoever took in whom."""
        with Log.open(tmp_path / "a.db") as one, Log.open(tmp_path / "b.db") as two:
            a, b = Machine("a", one), Machine("b", two)
            for n in (1, 3):
                a.do("flag", EVENING + timedelta(minutes=n), n)
            for n in (2, 4):
                b.do("flag", EVENING + timedelta(minutes=n), n)
            held = agree([a, b])
        assert [event.id for event in held] == ["0a", "0b", "1a", "1b"]

    def test_equal_stamps(self, tmp_path: Path) -> None:
        """At the same millisecond the ids decide, as SQLite and Python order them alike."""
        names = ["Z", "a", "é", "가", "\U0001f600", "\uffee"]
        logs = [tmp_path / f"{n}.db" for n in range(len(names))]
        for path, name in zip(logs, names, strict=True):
            with Log.open(path) as log:
                log.append(Flagged(id=name, at=EVENING, question="q", on=True))
        with Log.open(tmp_path / "all.db") as log:
            for path in reversed(logs):
                log.take_in(read_events(path))
            held = log.events()
            found = log._connection.execute("SELECT id FROM event ORDER BY stamp, id").fetchall()
        assert len({event.stamp for event in held}) == 1
        assert [event.id for event in held] == [name for (name,) in found]


@pytest.fixture
def log(path: Path) -> Any:
    """An open log."""
    with Log.open(path) as opened:
        yield opened


def stamped(*events: Event) -> list[Event]:
    return list(stamp_older(events))


class TestTaken:
    """What became of the events of another log, one by one."""

    def test_new_then_known(self, log: Log, story: list[Event]) -> None:
        events = stamped(*story)
        assert log.take_in(events) == Taken(new=events)
        assert log.take_in(events) == Taken(known=events)
        assert log.events() == events

    def test_nothing(self, log: Log) -> None:
        assert log.take_in([]) == Taken()
        assert log.events() == []

    def test_twice_in_one_call(self, log: Log) -> None:
        """The second of the two is known by then."""
        event = stamped(Flagged(id="f", at=EVENING, question="q", on=True))[0]
        assert log.take_in([event, event]) == Taken(new=[event], known=[event])

    def test_elsewhere_in_the_order(self, log: Log, story: list[Event]) -> None:
        """The same event with another stamp is known; the stamp that is here stays."""
        log.append(*story)
        held = log.events()
        moved = [msgspec.structs.replace(event, stamp=event.stamp + 5) for event in held]
        assert log.take_in(moved) == Taken(known=moved)
        assert log.events() == held

    def test_conflict(self, log: Log, story: list[Event]) -> None:
        """Another content under a known id is told and left out; the rest comes in."""
        log.append(*story)
        other = msgspec.structs.replace(log.events()[1], verdict=Verdict.WRONG)
        fresh = msgspec.structs.replace(log.events()[-2], id="fresh")
        assert log.take_in([other, fresh]) == Taken(new=[fresh], conflicts=[other])
        assert [event.id for event in log.events()].count(other.id) == 1
        assert other not in log.events()

    def test_conflict_of_kinds(self, log: Log, story: list[Event]) -> None:
        """So is an event of another kind under that id."""
        log.append(*story)
        flag = stamped(Flagged(id="a1", at=EVENING, question="q", on=True))
        assert log.take_in(flag) == Taken(conflicts=flag)

    @pytest.mark.parametrize(
        ("missing", "waiting"),
        [
            pytest.param({"e1"}, ["a0", "a1", "e2", "a2", "e3", "a3", "e5"], id="session"),
            pytest.param({"a1"}, ["e2"], id="answer ruled on"),
            pytest.param({"a2"}, ["e3"], id="answer taken back"),
            pytest.param({"e1", "e4"}, ["a0", "a1", "e2", "a2", "e3", "a3", "e5"], id="and a flag"),
        ],
    )
    def test_waiting(
        self, log: Log, story: list[Event], missing: set[str], waiting: list[str]
    ) -> None:
        """What speaks of something that is nowhere waits, is not stored, and comes in later."""
        events = stamped(*story)
        taken = log.take_in([event for event in events if event.id not in missing])
        assert [event.id for event in taken.waiting] == waiting
        assert len(log.events()) == len(story) - len(missing) - len(waiting)
        taken = log.take_in(events)
        assert {event.id for event in taken.new} == missing | {*waiting}
        assert log.events() == events

    def test_what_is_no_answer(self, log: Log, story: list[Event]) -> None:
        """A ruling on a flag waits for ever, but harms nothing."""
        log.append(*story)
        ruling = stamped(
            Ruled(id="r", at=EVENING, session="s1", answer="e4", verdict=Verdict.RIGHT)
        )
        assert log.take_in(ruling) == Taken(waiting=ruling)

    def test_all_or_none(self, log: Log, story: list[Event]) -> None:
        """If one cannot be stored, none is."""
        events = stamped(*story)
        broken = [*events, msgspec.structs.replace(events[-2], id="x\ud800")]
        with pytest.raises(ValueError, match="surrogates"):
            log.take_in(broken)
        assert log.events() == []
        assert log.take_in(events).new == events

    def test_after_it_the_next(self, log: Log) -> None:
        """What is answered next comes after all that was taken in."""
        far = msgspec.structs.replace(
            started("s"), at=EVENING.replace(year=9000), stamp=milliseconds(EVENING) * 4
        )
        log.take_in([far])
        log.append(answered("mine", "s"))
        assert [event.stamp - far.stamp for event in log.events()] == [0, 1]


class TestStamps:
    """A hybrid logical clock."""

    @given(wild | calm, st.integers(0, MAX_STAMP))
    def test_next(self, at: datetime, highest: int) -> None:
        """Never before the time, always after what was seen, and no further than it must be."""
        now = milliseconds(at)
        stamp = next_stamp(now, highest)
        assert stamp >= now
        assert stamp > highest
        assert stamp in {now, highest + 1}

    def test_milliseconds(self) -> None:
        """Whole ones, rounded down, also before 1970; zones do not count."""
        assert milliseconds(datetime(1970, 1, 1, 9, tzinfo=timezone(timedelta(hours=9)))) == 0
        assert milliseconds(datetime(1970, 1, 1, 0, 0, 0, 1_999, tzinfo=UTC)) == 1
        assert milliseconds(datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)) == -1

    def test_no_clock_comes_near_the_highest(self) -> None:
        west = timezone(-timedelta(hours=23))
        last = milliseconds(datetime(9999, 12, 31, 23, 59, 59, tzinfo=west))
        assert last < highest_of(100_000_000) < MAX_STAMP

    @given(st.lists(st.tuples(wild | calm, st.booleans()), max_size=8))
    def test_older_events(self, told: list[tuple[datetime, bool]]) -> None:
        """Those without a stamp keep the order given, and the stamps that are there stay."""
        highest, events = 0, list[Event]()
        for n, (at, has_stamp) in enumerate(told):
            highest = next_stamp(milliseconds(at), highest)
            flag = Flagged(id=f"{n}", at=at, question="q", on=True)
            events.append(msgspec.structs.replace(flag, stamp=highest) if has_stamp else flag)
        found = list(stamp_older(events))
        assert [event.id for event in found] == [event.id for event in events]
        stamps = [event.stamp for event in found]
        assert stamps == sorted({*stamps})
        assert all(not e.stamp or e == f for e, f in zip(events, found, strict=True))
        assert [*stamp_older(found)] == found

    @given(st.permutations(range(6)))
    def test_in_order(self, shuffled: list[int]) -> None:
        flags = [
            Flagged(id=f"{n}", at=EVENING, question="q", on=True, stamp=n // 2 + 1)
            for n in range(6)
        ]
        assert in_order([flags[n] for n in shuffled]) == flags
        assert place(flags[3]) == (2, "3")
