"""Sessions at the desk: put together, answered, taken back, resumed. Every step is stored first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from adsp import memory
from adsp.bank.question import Question
from adsp.clock import today
from adsp.errors import StoreError, UsageError
from adsp.session.history import Answer, History
from adsp.session.select import Filter, pick
from adsp.session.session import Session, restore
from adsp.session.summary import summarise
from adsp.store.events import (
    Event,
    Flagged,
    Item,
    Mode,
    Retracted,
    Ruled,
    SessionEnded,
    SessionStarted,
    Verdict,
    new_id,
)

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Sequence
    from datetime import date

    from adsp.bank.load import Bank
    from adsp.clock import Clock
    from adsp.store.log import Log

MAX_COUNT = 200
"""Questions in one session at most."""


def check_count(count: int) -> None:
    """Refuse a session of no questions, or of too many.

    Raises:
        UsageError: with the bounds.
    """
    if not 1 <= count <= MAX_COUNT:
        raise UsageError(f"문항 수는 1에서 {MAX_COUNT} 사이로 정하세요(지금 {count}).")


def revive(generated: dict[str, Any]) -> Question | None:
    """A generated question out of the log; None if it is none: an app that is too old wrote it, or
    it came by a merge.
    """
    try:
        return msgspec.convert(generated, Question)
    except msgspec.ValidationError:
        return None


class Study:
    """One learner at the desk. With no ``log`` she only looks: every answer is refused."""

    def __init__(
        self, bank: Bank, events: Iterable[Event], log: Log | None, clock: Clock, rng: random.Random
    ) -> None:
        self.bank = bank
        self.history = History(events)
        self._log = log
        self._clock = clock
        self._rng = rng

    # putting a session together

    def start_quiz(self, wanted: Filter, count: int, title: str) -> Session:
        """A quiz over the bank: sections by exam weight, the least seen questions first.

        Raises:
            UsageError: the count is out of range, or nothing in the bank fits.
        """
        check_count(count)
        fitting = [question for question in self.bank.questions if wanted.admits(question)]
        if not fitting:
            raise UsageError("고른 조건에 맞는 문항이 없습니다. 범위나 종류를 넓혀 보세요.")
        chosen = pick(
            fitting,
            count,
            seen=self.history.seen,
            points=self.bank.syllabus.points,
            rng=self._rng,
        )
        return self._start("quiz", f"{title} · {len(chosen)}문항", chosen)

    def start_review(self, exam: date | None, count: int, day: date | None = None) -> Session:
        """A review of what is due, in the order of what it adds on the exam day.

        Raises:
            UsageError: the count is out of range, or nothing is due.
        """
        check_count(count)
        due = self.due(exam, day)[:count]
        if not due:
            raise UsageError("오늘 복습할 문항이 없습니다. 새 문항을 풀어 보세요: adsp quiz")
        return self._start("review", f"복습 · {len(due)}문항", self._questions(due))

    def start_wrong(self, count: int) -> Session:
        """The questions whose latest answer was wrong.

        Raises:
            UsageError: the count is out of range, or there are none.
        """
        check_count(count)
        missed = [q for q in self.history.missed if q in self.bank.by_id][:count]
        if not missed:
            raise UsageError("틀린 문항이 없습니다. 새 문항을 풀어 보세요: adsp quiz")
        return self._start("wrong", f"오답 · {len(missed)}문항", self._questions(missed))

    def start_drill(self, generated: Sequence[Question], title: str) -> Session:
        """A drill of questions that were generated for it.

        Raises:
            UsageError: there are none, or too many.
        """
        check_count(len(generated))
        return self._start("drill", f"{title} · {len(generated)}문항", generated)

    def start_again(self, session: Session) -> Session:
        """What is to be looked at again of a session, asked again.

        Raises:
            UsageError: all was right.
        """
        again = [place.question for _, place in summarise(session).again]
        if not again:
            raise UsageError("다시 볼 문항이 없습니다. 새 문항을 풀어 보세요: adsp quiz")
        return self._start("wrong", f"다시 풀기 · {len(again)}문항", again)

    def _questions(self, ids: Iterable[str]) -> list[Question]:
        return [self.bank.by_id[question] for question in ids]

    def _start(self, mode: Mode, title: str, questions: Sequence[Question]) -> Session:
        items = tuple(Item(q.id, self._rng.getrandbits(32), self._kept(q)) for q in questions)
        started = SessionStarted(
            id=new_id(), at=self._clock.now(), session=new_id(), mode=mode, title=title, items=items
        )
        self._store(started)
        return self._restore(started)

    def _kept(self, question: Question) -> dict[str, Any] | None:
        """The whole of a generated question; one of the bank is found there by its id."""
        return None if question.id in self.bank.by_id else msgspec.to_builtins(question)

    # resuming

    def unfinished(self) -> Session | None:
        """The latest session that was left open, where it was left."""
        started = self.history.unfinished
        return self._restore(started) if started else None

    def _restore(self, started: SessionStarted) -> Session:
        session = restore(started, self.history.events, self._question_of)
        if not session.places:
            raise UsageError("이 세션의 문항이 모두 문제 은행에서 사라졌습니다. 새로 시작하세요.")
        return session

    def _question_of(self, item: Item) -> Question | None:
        if item.generated is not None:
            return revive(item.generated)
        return self.bank.by_id.get(item.question)

    # answering

    def answer(self, session: Session, given: str, elapsed_ms: int) -> Session:
        """Judge and store an answer; the session comes back once it is on the disk.

        Raises:
            ValueError: a number question was answered with what is no number.
            StoreError: it could not be stored; the session is as before.
        """
        at = self._clock.now()
        return self._step(session, session.answer(given, id=new_id(), at=at, elapsed_ms=elapsed_ms))

    def rule(self, session: Session, *, right: bool) -> Session:
        """The learner's ruling on the near answer on the screen."""
        if session.reply is None or session.reply.verdict is not Verdict.NEAR:
            return session
        verdict = Verdict.RIGHT if right else Verdict.WRONG
        return self._step(
            session,
            Ruled(
                id=new_id(),
                at=self._clock.now(),
                session=session.id,
                answer=session.reply.id,
                verdict=verdict,
            ),
        )

    def undo(self, session: Session) -> Session:
        """Take back the latest answer and show its question again; nothing to take back: as is."""
        place = session.last_answered
        if place is None:
            return session
        retracted = self._retracted(session.id, session.replies[place].id)
        return self._step(session, retracted).go(place)

    def undo_last(self, count: int) -> list[Answer]:
        """Take back the answers given last, whichever sessions they were given in; those taken
        back, the latest first.

        Raises:
            UsageError: there is none.
            StoreError: it could not be stored.
        """
        last = self.history.answers[::-1][:count]
        if not last:
            raise UsageError("되돌릴 답이 없습니다.")
        self._store(*(self._retracted(answer.session, answer.id) for answer in last))
        return last

    def redo_last(self, count: int) -> list[Answer]:
        """Let the answers that were taken back last count again.

        Raises:
            UsageError: there is none.
            StoreError: it could not be stored.
        """
        back: list[Answer] = []
        while len(back) < count and (answer := self.history.last_retracted):
            self._store(self._retracted(answer.session, answer.id, back=True))
            back.append(answer)
        if not back:
            raise UsageError("되살릴 답이 없습니다. 되돌린 답만 되살립니다: adsp log undo")
        return back

    def _retracted(self, session: str, answer: str, *, back: bool = False) -> Retracted:
        return Retracted(
            id=new_id(), at=self._clock.now(), session=session, answer=answer, back=back
        )

    def flag(self, session: Session) -> Session:
        """Mark the question on the screen to come back to, or unmark it."""
        question = session.question.id
        on = question not in session.flagged
        return self._step(
            session, Flagged(id=new_id(), at=self._clock.now(), question=question, on=on)
        )

    def end(self, session: Session) -> Session:
        """Close a session: finished if all is answered, else given up for good."""
        return self._step(
            session,
            SessionEnded(
                id=new_id(), at=self._clock.now(), session=session.id, finished=session.complete
            ),
        )

    def _step(self, session: Session, event: Event) -> Session:
        self._store(event)
        return session.apply(event)

    def _store(self, *events: Event) -> None:
        if self._log is None:
            raise StoreError("읽기만 하는 중이라 저장할 수 없습니다.")
        self._log.append(*events)
        for event in events:
            self.history.add(event)

    # what is remembered

    def memories(self, exam: date | None) -> dict[str, memory.Memory]:
        """What is remembered of each question of the bank that was answered."""
        known = self.bank.by_id
        return memory.replay([r for r in self.history.reviews if r.question in known], exam=exam)

    def due(self, exam: date | None, day: date | None = None) -> list[str]:
        """Questions due for review, in the order of what a review adds on the exam day."""
        day = day or today(self._clock)
        memories = self.memories(exam)
        due = set(memory.due(memories, day))
        section_of = {question: self.bank.by_id[question].section for question in memories}
        ranked = memory.rank_reviews(memories, day, exam, self.bank.points_each, section_of)
        return [question for question in ranked if question in due]
