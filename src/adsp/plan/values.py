"""What a plan is: frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003  (who draws a plan asks dataclasses for its types)
from enum import StrEnum


class Phase(StrEnum):
    """What a study day is about."""

    BASICS = "기초(1·2과목)"
    STATISTICS = "통계"
    MINING = "마이닝"
    MOCKS = "모의고사"
    FINISH = "마무리"


@dataclass(frozen=True)
class Milestone:
    """A date that the calendar holds besides study."""

    day: date
    name: str
    note: str = ""


@dataclass(frozen=True)
class SectionLoad:
    """New questions of a section on one day."""

    section: str
    questions: int
    minutes: int


@dataclass(frozen=True)
class PlanDay:
    """One day. ``minutes`` is new, mock and review together, and never above the daily limit."""

    day: date
    phase: Phase
    minutes: int
    new: tuple[SectionLoad, ...] = ()
    review_minutes: int = 0
    mock: bool = False
    rest: bool = False
    note: str = ""

    @property
    def new_minutes(self) -> int:
        return sum(load.minutes for load in self.new)

    @property
    def new_questions(self) -> int:
        return sum(load.questions for load in self.new)

    @property
    def mock_minutes(self) -> int:
        """Minutes of the mock exam; 0 on a day without one."""
        return self.minutes - self.new_minutes - self.review_minutes


@dataclass(frozen=True)
class Plan:
    """All days that are left to study, and the dates to keep."""

    exam: date
    start: date
    today: date
    milestones: tuple[Milestone, ...]
    days: tuple[PlanDay, ...]
    """From the first day of study to the exam's eve, days of rest included."""
    left_out: int
    """New questions that no day has room for."""

    @property
    def days_left(self) -> int:
        """Days until the exam: 1 on its eve, 0 on the day itself."""
        return (self.exam - self.today).days

    @property
    def study_days(self) -> tuple[PlanDay, ...]:
        return tuple(day for day in self.days if not day.rest)

    @property
    def total_minutes(self) -> int:
        return sum(day.minutes for day in self.days)

    @property
    def new_questions(self) -> int:
        return sum(day.new_questions for day in self.days)

    def day(self, day: date) -> PlanDay | None:
        """The plan of that day; None outside the plan."""
        return next((planned for planned in self.days if planned.day == day), None)
