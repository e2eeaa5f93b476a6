"""The log folded: which answers count, what was missed, what is open."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import count

import pytest

from adsp.session.history import LONGEST_ANSWER_MS, History
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

AT = datetime.fromisoformat("2021-10-05T20:00:00+09:00")
RIGHT, NEAR, WRONG, SKIP = Verdict.RIGHT, Verdict.NEAR, Verdict.WRONG, Verdict.SKIP
_numbers = count()


def started(session: str = "s") -> SessionStarted:
    return SessionStarted(
        id=f"e{next(_numbers)}",
        at=AT,
        session=session,
        mode="quiz",
        title="문항",
        items=(Item("q0", 1), Item("q1", 2)),
    )


def answered(
    name: str,
    verdict: Verdict = RIGHT,
    *,
    question: str = "q0",
    place: int = 0,
    session: str = "s",
    at: datetime = AT,
    elapsed_ms: int = 20_000,
) -> Answered:
    return Answered(
        id=name,
        at=at,
        session=session,
        place=place,
        question=question,
        revision="0",
        section="3-2-2",
        given="a",
        verdict=verdict,
        elapsed_ms=elapsed_ms,
    )


def retracted(answer: str, *, back: bool = False) -> Retracted:
    return Retracted(id=f"e{next(_numbers)}", at=AT, session="s", answer=answer, back=back)


def ruled(answer: str, verdict: Verdict) -> Ruled:
    return Ruled(id=f"e{next(_numbers)}", at=AT, session="s", answer=answer, verdict=verdict)


def ended(session: str, *, finished: bool = True) -> SessionEnded:
    return SessionEnded(id=f"e{next(_numbers)}", at=AT, session=session, finished=finished)


class TestAnswersThatCount:
    def test_in_the_order_of_the_log(self) -> None:
        """Whatever the clock said: it may have run back."""
        history = History(
            [answered("a"), answered("b", question="q1", place=1, at=AT - timedelta(days=30))]
        )
        assert [answer.id for answer in history.answers] == ["a", "b"]

    def test_what_was_taken_back_does_not(self) -> None:
        history = History([answered("a"), retracted("a")])
        assert history.answers == []
        assert history.seen == {}
        assert len(history.events) == 2

    def test_a_ruling_changes_the_verdict(self) -> None:
        history = History([answered("a", NEAR), ruled("a", RIGHT)])
        assert history.answers[0].right

    def test_a_second_answer_replaces_the_first(self) -> None:
        """And what is then said of the first changes nothing."""
        history = History(
            [answered("a", WRONG), answered("b", RIGHT), ruled("a", RIGHT), retracted("a")]
        )
        assert [(answer.id, answer.verdict) for answer in history.answers] == [("b", RIGHT)]

    def test_the_same_place_of_another_session_is_another_place(self) -> None:
        history = History([answered("a"), answered("b", session="t")])
        assert history.seen == {"q0": 2}

    @pytest.mark.parametrize(
        "event", [retracted("unknown"), ruled("unknown", RIGHT), ended("unknown")]
    )
    def test_what_hangs_on_nothing_changes_nothing(self, event: Event) -> None:
        """Logs of two machines may be joined, half of one missing."""
        history = History([answered("a"), event])
        assert [answer.id for answer in history.answers] == ["a"]
        assert history.unfinished is None


class TestAnswer:
    def test_after_midnight_belongs_to_the_evening(self) -> None:
        night = datetime.fromisoformat("2021-10-06T03:59:00+09:00")
        history = History([answered("a", at=night)])
        assert history.answers[0].day == date(2021, 10, 5)
        assert len(history.on(date(2021, 10, 5))) == 1
        assert history.on(date(2021, 10, 6)) == []

    def test_who_left_the_screen_did_not_study(self) -> None:
        history = History([answered("a", elapsed_ms=LONGEST_ANSWER_MS * 10)])
        assert history.answers[0].study_seconds == 300


class TestMissed:
    def test_the_latest_answer_decides(self) -> None:
        history = History(
            [
                answered("a", WRONG, session="s"),
                answered("b", WRONG, question="q1", place=1),
                answered("c", SKIP, question="q2", place=2),
                answered("d", NEAR, question="q3", place=3),
                answered("e", RIGHT, session="t"),
            ]
        )
        assert history.missed == ["q3", "q2", "q1"]

    def test_taking_back_brings_the_answer_before_back(self) -> None:
        history = History(
            [answered("a", WRONG, session="s"), answered("b", RIGHT, session="t"), retracted("b")]
        )
        assert history.missed == ["q0"]


class TestSessions:
    def test_the_latest_open_one_waits(self) -> None:
        history = History([started("s"), started("t"), started("u"), ended("u")])
        assert history.unfinished is not None
        assert history.unfinished.session == "t"

    def test_given_up_is_over(self) -> None:
        history = History([started("s"), ended("s", finished=False)])
        assert history.unfinished is None


class TestFlags:
    def test_on_off_on(self) -> None:
        flags = [
            Flagged(id=str(n), at=AT, question="q0", on=on)
            for n, on in enumerate((True, False, True))
        ]
        assert History(flags).flagged == {"q0"}
        assert History(flags[:2]).flagged == set()


class TestReviews:
    def test_carry_rulings_and_study_days(self) -> None:
        night = AT + timedelta(hours=5)
        (review,) = History([answered("a", NEAR, at=night), ruled("a", WRONG)]).reviews
        assert (review.question, review.day, review.verdict) == ("q0", date(2021, 10, 5), WRONG)


class TestUndoTakenBack:
    """What an undo took away, a redo gives back."""

    def test_in_its_old_place(self) -> None:
        """The answer counts again where it stood, ruling and all."""
        events: list[Event] = [
            started(),
            answered("a0", NEAR),
            ruled("a0", RIGHT),
            answered("a1", WRONG, question="q1", place=1),
            retracted("a0"),
            retracted("a0", back=True),
        ]
        history = History(events)
        assert [(answer.id, answer.verdict) for answer in history.answers] == [
            ("a0", RIGHT),
            ("a1", WRONG),
        ]

    def test_last_word_holds(self) -> None:
        """Undone, redone and undone again is undone."""
        undone = History([started(), answered("a0"), *map(retracted, ["a0", "a0"])])
        undone.add(retracted("a0", back=True))
        assert [answer.id for answer in undone.answers] == ["a0"]
        undone.add(retracted("a0"))
        assert undone.answers == []

    def test_order_of_redo(self) -> None:
        """What was taken back last comes back first."""
        history = History([started(), answered("a0"), answered("a1", place=1)])
        assert history.last_answer is not None
        assert history.last_answer.id == "a1"
        for name in ("a1", "a0"):
            history.add(retracted(name))
        assert history.last_answer is None
        for name in ("a0", "a1"):
            assert history.last_retracted is not None
            assert history.last_retracted.id == name
            history.add(retracted(name, back=True))
        assert history.last_retracted is None

    def test_answered_anew_since(self) -> None:
        """An answer whose place was answered again does not come back."""
        history = History([started(), answered("a0"), retracted("a0"), answered("a1")])
        assert history.last_retracted is None
        history.add(retracted("a0", back=True))
        assert [answer.id for answer in history.answers] == ["a1"]
