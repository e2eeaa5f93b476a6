"""A session as it stands: what is asked, what was answered, where the learner is.

A session is nothing but its events folded, so that a killed app resumes from the log alone.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping  # noqa: TC003  (a field of a dataclass)
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from adsp.bank.question import Choice, Kind, Question
from adsp.grading import grade
from adsp.store.events import (
    Answered,
    Event,
    Flagged,
    Item,
    Mode,
    Retracted,
    Ruled,
    SessionEnded,
    SessionStarted,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?")


@dataclass(frozen=True)
class Place:
    """One place of a session."""

    question: Question
    choices: tuple[Choice, ...]
    """The choices in the order shown; empty for a typed answer."""
    number: int = 0
    """Its place as the log counts it: the session as it was put together, whatever questions the
    bank has lost since."""


@dataclass(frozen=True)
class Reply:
    """An answer that counts."""

    id: str
    given: str
    verdict: Verdict
    """As judged, or as the learner ruled on a near answer."""
    elapsed_ms: int


@dataclass(frozen=True)
class Session:
    """Everything about one session; every change gives a new one."""

    id: str
    mode: Mode
    title: str
    places: tuple[Place, ...]
    replies: Mapping[int, Reply] = field(default_factory=dict)
    """Answers that count, by place, the latest last."""
    flagged: frozenset[str] = frozenset()
    """Ids of questions marked to come back to."""
    at: int = 0
    """The place on the screen."""
    ended: bool = False

    @property
    def place(self) -> Place:
        return self.places[self.at]

    @property
    def question(self) -> Question:
        return self.place.question

    @property
    def reply(self) -> Reply | None:
        """The answer to the question on the screen, if it was given."""
        return self.replies.get(self.at)

    @property
    def open_places(self) -> tuple[int, ...]:
        """Places without an answer."""
        return tuple(n for n in range(len(self.places)) if n not in self.replies)

    @property
    def complete(self) -> bool:
        return not self.open_places

    def go(self, place: int) -> Session:
        """Show another place; beyond the ends the end stays."""
        return replace(self, at=min(max(place, 0), len(self.places) - 1))

    def next_open(self) -> Session:
        """The next place without an answer, past the end from the start; stays if there is none."""
        later = [n for n in self.open_places if n > self.at]
        return self.go(next(iter([*later, *self.open_places]), self.at))

    def apply(self, event: Event) -> Session:
        """The session after one of its events; foreign events change nothing."""
        match event:
            case Flagged():
                mark = {event.question}
                return replace(
                    self, flagged=self.flagged | mark if event.on else self.flagged - mark
                )
            case SessionStarted():
                return self
            case _ if event.session != self.id:
                return self
            case SessionEnded():
                return replace(self, ended=True)
            case Answered():
                return self._with_reply(event)
            case Ruled():
                return self._with_replies(
                    lambda r: replace(r, verdict=event.verdict) if r.id == event.answer else r
                )
            case Retracted() if event.back:
                return self  # `restore` leaves out both, the undo and what takes it back
            case Retracted():
                return self._with_replies(lambda r: None if r.id == event.answer else r)

    def _with_reply(self, event: Answered) -> Session:
        reply = Reply(event.id, event.given, event.verdict, event.elapsed_ms)
        at = [n for n, place in enumerate(self.places) if place.number == event.place]
        others = {n: r for n, r in self.replies.items() if n not in at}
        return replace(self, replies=others | dict.fromkeys(at, reply))

    def _with_replies(self, change: Callable[[Reply], Reply | None]) -> Session:
        changed = {n: new for n, old in self.replies.items() if (new := change(old)) is not None}
        return replace(self, replies=changed)

    def answer(self, given: str, *, id: str, at: datetime, elapsed_ms: int) -> Answered:  # noqa: A002
        """The event of answering the question on the screen; `apply` it once it is stored.

        Raises:
            ValueError: a number question was answered with what is no number.
        """
        question = self.question
        return Answered(
            id=id,
            at=at,
            session=self.id,
            place=self.place.number,
            question=question.id,
            revision=question.revision,
            section=question.section,
            given=given,
            verdict=grade(question, given).verdict,
            elapsed_ms=elapsed_ms,
        )

    @property
    def last_answered(self) -> int | None:
        """The place answered last: what undo takes back."""
        return tuple(self.replies)[-1] if self.replies else None


def arrange(question: Question, seed: int) -> Place:
    """Put a question in its place: choices shuffled by the stored seed, numbers in rising order."""
    if question.kind is not Kind.CHOICE:
        return Place(question, ())
    numbers = [_number(choice.text) for choice in question.choices]
    if all(number is not None for number in numbers):
        return Place(
            question, tuple(sorted(question.choices, key=lambda c: (_number(c.text) or 0, c.name)))
        )
    choices = sorted(question.choices, key=lambda choice: choice.name)  # file order must not count
    random.Random(seed).shuffle(choices)  # noqa: S311  (shuffling, not secrecy)
    return Place(question, tuple(choices))


def _number(text: str) -> float | None:
    """What a choice is worth if it is a number; `float` alone would take ``nan``, which no order
    holds.
    """
    flat = text.replace(",", "").removesuffix("%")
    return float(flat) if _NUMBER.fullmatch(flat) else None


def restore(
    started: SessionStarted,
    events: Iterable[Event],
    question_of: Callable[[Item], Question | None],
) -> Session:
    """Fold a session out of the log. Places whose question is gone from the bank fall away with
    their answers; the learner comes back to the first place without an answer.
    """
    found = [(n, question_of(item), item.seed) for n, item in enumerate(started.items)]
    places = tuple(
        replace(arrange(question, seed), number=n)
        for n, question, seed in found
        if question is not None
    )
    session = Session(started.session, started.mode, started.title, places)
    for event in without_undone_undo(events):
        session = session.apply(event)
    return session.go(next(iter(session.open_places), 0))


def without_undone_undo(events: Iterable[Event]) -> list[Event]:
    """The events without the retractions that were taken back later."""
    kept = list(events)
    back: set[str] = set()
    for n in reversed(range(len(kept))):
        event = kept[n]
        if not isinstance(event, Retracted):
            continue
        if event.back:
            back.add(event.answer)
        if event.answer in back:
            del kept[n]
    return kept
