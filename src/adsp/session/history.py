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
        self._answers: dict[str, Answer] = {}
        self._places: dict[tuple[str, int], str] = {}
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
            case Ruled() if event.answer in self._answers:
                ruled = replace(self._answers[event.answer], verdict=event.verdict)
                self._answers[event.answer] = ruled
            case Retracted():
                self._answers.pop(event.answer, None)
            case Flagged(question=question, on=on):
                (self.flagged.add if on else self.flagged.discard)(question)
            case _:
                pass

    def _add_answer(self, event: Answered) -> None:
        """A second answer at one place of a session replaces the first."""
        place = (event.session, event.place)
        self._answers.pop(self._places.get(place, ""), None)
        self._places[place] = event.id
        self._answers[event.id] = Answer(
            event.id,
            event.session,
            event.question,
            event.section,
            event.verdict,
            event.at,
            event.elapsed_ms,
        )

    @property
    def answers(self) -> list[Answer]:
        """The answers that count, in the order of the log."""
        return list(self._answers.values())

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
