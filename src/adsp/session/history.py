"""What the log says so far: the answers that count, the sessions, the flags."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from adsp.clock import study_day
from adsp.memory import Review
from adsp.store.events import (
    Answered,
    Event,
    Flagged,
    Retracted,
    Ruled,
    SessionEnded,
    SessionStarted,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

LONGEST_ANSWER_MS = 300_000
"""An answer counts for five minutes of study at most: who left the screen did not study."""


@dataclass(frozen=True)
class Answer:
    """An answer that counts, rulings applied."""

    id: str
    session: str
    place: int
    question: str
    section: str
    verdict: Verdict
    at: datetime
    elapsed_ms: int

    @property
    def day(self) -> date:
        return study_day(self.at)

    @property
    def right(self) -> bool:
        return self.verdict is Verdict.RIGHT

    @property
    def study_seconds(self) -> float:
        """Time that counts as study."""
        return min(self.elapsed_ms, LONGEST_ANSWER_MS) / 1000


class History:
    """The log folded, event by event."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self.events: list[Event] = []
        self.sessions: dict[str, SessionStarted] = {}
        self.ended: set[str] = set()
        self.flagged: set[str] = set()
        self._given: dict[str, Answer] = {}
        self._answers: dict[str, Answer] = {}
        """Those of them that count, in the order of the log."""
        self._places: dict[tuple[str, int], str] = {}
        """The answer given last at each place of a session: it replaces those before."""
        self._retracted: set[str] = set()
        for event in events:
            self.add(event)

    def add(self, event: Event) -> None:
        """Take in one more event."""
        self.events.append(event)
        match event:
            case SessionStarted():
                self.sessions[event.session] = event
            case SessionEnded():
                self.ended.add(event.session)
            case Answered():
                self._add_answer(event)
            case Ruled():
                self._rule(event)
            case Retracted():
                self._retract(event)
            case Flagged(question=question, on=on):
                (self.flagged.add if on else self.flagged.discard)(question)
            case _:
                pass

    def _add_answer(self, event: Answered) -> None:
        answer = Answer(
            event.id,
            event.session,
            event.place,
            event.question,
            event.section,
            event.verdict,
            event.at,
            event.elapsed_ms,
        )
        place = (event.session, event.place)
        self._answers.pop(self._places.get(place, ""), None)
        self._places[place] = event.id
        self._given[event.id] = self._answers[event.id] = answer

    def _rule(self, event: Ruled) -> None:
        for answers in (self._given, self._answers):
            if event.answer in answers:
                answers[event.answer] = replace(answers[event.answer], verdict=event.verdict)

    def _retract(self, event: Retracted) -> None:
        if not event.back:
            self._retracted.add(event.answer)
            self._answers.pop(event.answer, None)
            return
        self._retracted.discard(event.answer)
        self._answers = {a.id: a for a in self._given.values() if self._counts(a)}

    def _counts(self, answer: Answer) -> bool:
        latest = self._places[answer.session, answer.place] == answer.id
        return latest and answer.id not in self._retracted

    @property
    def answers(self) -> list[Answer]:
        """The answers that count, in the order of the log."""
        return list(self._answers.values())

    @property
    def last_answer(self) -> Answer | None:
        """The answer given last of those that count: what an undo takes back."""
        return next(reversed(self._answers.values()), None)

    @property
    def last_retracted(self) -> Answer | None:
        """The answer taken back last, if it would count again: what a redo gives back."""
        for event in reversed(self.events):
            if isinstance(event, Retracted) and event.answer in self._retracted:
                answer = self._given[event.answer]
                if self._places[answer.session, answer.place] == answer.id:
                    return answer
        return None

    @property
    def seen(self) -> Counter[str]:
        """How often each question was answered."""
        return Counter(answer.question for answer in self._answers.values())

    @property
    def missed(self) -> list[str]:
        """Questions whose latest answer was not right, the latest first."""
        latest: dict[str, Answer] = {}
        for answer in reversed(self._answers.values()):
            latest.setdefault(answer.question, answer)
        return [question for question, answer in latest.items() if not answer.right]

    @property
    def unfinished(self) -> SessionStarted | None:
        """The latest session that was neither finished nor given up."""
        started = [s for s in self.sessions.values() if s.session not in self.ended]
        return started[-1] if started else None

    def on(self, day: date) -> list[Answer]:
        """The answers of a study day."""
        return [answer for answer in self._answers.values() if answer.day == day]

    @property
    def reviews(self) -> list[Review]:
        """What the memory model needs of each answer."""
        return [Review(a.question, a.section, a.day, a.verdict) for a in self._answers.values()]
