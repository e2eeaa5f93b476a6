"""What a report is made of, and what it says: frozen values. All text in a `Report` is clean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003  (JSON asks dataclasses for their types)
from typing import TYPE_CHECKING

from adsp.forecast import Forecast  # noqa: TC001  (as above)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adsp.bank.question import Kind
    from adsp.bank.syllabus import Syllabus


@dataclass(frozen=True)
class Entry:
    """An answer that counts, as far as a report cares; rulings and retractions are applied."""

    question: str
    section: str
    kind: Kind | None
    """None if the question is no longer in the bank."""
    stem: str
    """As the bank has it, unclean; empty if the question is no longer in the bank."""
    day: date
    """Study day."""
    seconds: float
    """Time that counts as study."""
    right: bool


@dataclass(frozen=True)
class Step:
    """Something to do next."""

    sentence: str
    command: str


@dataclass(frozen=True)
class Material:
    """Everything that a report is made from."""

    first: date
    last: date
    today: date
    entries: Sequence[Entry]
    """In the log's own order, each with a day from ``first`` to ``last``; at least one."""
    syllabus: Syllabus
    exam: date | None = None
    round: int | None = None
    pass_share: float = 0.6
    """Part of all points that passes the exam."""
    weak_below: float = 0.7
    """A section below this share of right answers is one to look at again."""
    plan_start: date | None = None
    planned: Mapping[date, int] | None = None
    """Minutes by day of the plan made on ``plan_start``; None if there is no plan."""
    forecast: Forecast | None = None
    steps: Sequence[Step] = ()


@dataclass(frozen=True)
class Score:
    """Right answers of those given, with the 95 % interval of the rate behind them."""

    answers: int
    """At least 1."""
    right: int
    share: float
    """``right`` of ``answers``, 0 to 1."""
    low: float
    high: float


@dataclass(frozen=True)
class DayLine:
    """One calendar day of the range, studied or not."""

    day: date
    minutes: float
    planned: int | None
    """Minutes that the plan asked for, 0 on a day of rest; None outside the plan."""
    score: Score | None
    """None on a day without answers."""


@dataclass(frozen=True)
class WeekLine:
    """A week from Monday to Sunday, cut to the range."""

    first: date
    last: date
    minutes: float
    planned: int | None
    study_days: int
    score: Score | None
    cumulative: int
    """Answers from the first day of the range to the end of the week."""


@dataclass(frozen=True)
class TrendPoint:
    """The seven days up to a day; at the start of the range, those that there are."""

    day: date
    score: Score | None
    """None if nothing was answered in them."""
    cumulative: int
    """Answers from the first day of the range."""


@dataclass(frozen=True)
class SectionLine:
    """How a section was answered."""

    code: str
    name: str
    """Its code again if it lies outside the syllabus."""
    score: Score


@dataclass(frozen=True)
class SubjectLine:
    """How a subject was answered; sections in the order of the syllabus."""

    code: str
    name: str
    minutes: float
    score: Score | None
    sections: tuple[SectionLine, ...]
    unasked: tuple[str, ...]
    """Code and name of the sections without an answer."""


@dataclass(frozen=True)
class KindLine:
    """How a kind of question was answered."""

    name: str
    score: Score


@dataclass(frozen=True)
class WeakSpot:
    """A section to look at again."""

    code: str
    name: str
    score: Score
    missed: tuple[str, ...]
    """First words of questions whose latest answer was not right, the most missed first."""


@dataclass(frozen=True)
class Improvement:
    """A section whose later answers are better than its earlier ones, hardly by luck."""

    code: str
    name: str
    before: Score
    """The earlier half of its answers."""
    after: Score


@dataclass(frozen=True)
class Report:
    """Every figure that the report shows, worked out once."""

    first: date
    last: date
    today: date
    exam: date | None
    round: int | None
    days_left: int | None
    """Until the exam; below 0 once it is over."""
    pass_share: float
    minutes: float
    planned: int | None
    """Minutes that the plan asked for in the range; None if there is no plan in it."""
    plan_start: date | None
    study_days: int
    score: Score
    days: tuple[DayLine, ...]
    weeks: tuple[WeekLine, ...]
    trend: tuple[TrendPoint, ...]
    subjects: tuple[SubjectLine, ...]
    kinds: tuple[KindLine, ...]
    weak: tuple[WeakSpot, ...]
    """The weakest first."""
    improved: tuple[Improvement, ...]
    recovered: int
    """Questions missed at first whose latest answer is right."""
    forecast: Forecast | None
    steps: tuple[Step, ...]
