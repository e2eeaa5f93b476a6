"""What a learner sees first: how far the exam is, what today holds, what she did lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from adsp.desk.planning import plan_for
from adsp.errors import UsageError
from adsp.forecast import Forecast, forecast, weigh

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from adsp.desk.desk import Desk
    from adsp.plan import Milestone, Plan, PlanDay
    from adsp.session.history import Answer

RECENT_DAYS = 14


@dataclass(frozen=True)
class DayRecord:
    """What was done on a day."""

    day: date
    answers: int
    right: int
    minutes: float


@dataclass(frozen=True)
class Home:
    """Everything on the first screen."""

    today: date
    exam: date | None
    round: int | None
    plan: Plan | None
    plan_problem: str
    """Why there is no plan, and what to do; empty if there is one."""
    due: int
    missed: int
    unfinished: str
    """Title of the session that waits to be resumed; empty if none does."""
    done: DayRecord
    recent: tuple[DayRecord, ...]
    """The last days, the oldest first, today last."""
    streak: int
    """Study days in a row, up to today or yesterday."""
    forecast: Forecast | None
    questions: int
    seen: int
    problems: int
    """Bank problems that keep questions out."""

    @property
    def days_left(self) -> int | None:
        return (self.exam - self.today).days if self.exam else None

    @property
    def planned(self) -> PlanDay | None:
        """Today's part of the plan."""
        return self.plan.day(self.today) if self.plan else None

    @property
    def next_milestone(self) -> Milestone | None:
        """The nearest date that must not be missed."""
        ahead = [m for m in self.plan.milestones if m.day >= self.today] if self.plan else []
        return min(ahead, key=lambda m: m.day) if ahead else None

    @property
    def next_step(self) -> tuple[str, str]:
        """What to do now: a sentence, and the command that does it."""
        if self.unfinished:
            return f"풀던 세션이 있습니다: {self.unfinished}", "adsp"
        if self.due:
            return f"복습할 문항이 {self.due}개 있습니다.", "adsp review"
        if self.exam is None:
            return "시험일을 정하면 계획을 세워 줍니다.", "adsp plan --exam 2027-02-06 --save"
        if self.planned and self.planned.new:
            section = self.planned.new[0].section
            return "오늘의 새 문항을 풉니다.", f"adsp quiz --section {section}"
        return "새 문항을 풉니다.", "adsp quiz"


def look(desk: Desk) -> Home:
    """Gather the first screen."""
    study = desk.study
    history = study.history
    plan, problem = _plan(desk)
    by_day: dict[date, list[Answer]] = {}
    for answer in history.answers:
        by_day.setdefault(answer.day, []).append(answer)
    days = (desk.today - timedelta(days=back) for back in reversed(range(RECENT_DAYS)))
    recent = tuple(_record(day, by_day.get(day, [])) for day in days)
    unfinished = history.unfinished
    return Home(
        today=desk.today,
        exam=desk.exam,
        round=desk.round.number if desk.round else None,
        plan=plan,
        plan_problem=problem,
        due=len(study.due(desk.exam)),
        missed=sum(question in desk.bank.by_id for question in history.missed),
        unfinished=unfinished.title if unfinished else "",
        done=recent[-1],
        recent=recent,
        streak=_streak(by_day.keys(), desk.today),
        forecast=forecast_for(desk),
        questions=len(desk.bank.questions),
        seen=sum(question in desk.bank.by_id for question in history.seen),
        problems=len(desk.bank.problems),
    )


def forecast_for(desk: Desk) -> Forecast | None:
    """The forecast for the exam aimed at; None before the first answer."""
    reviews = desk.study.history.reviews
    if not reviews:
        return None
    return forecast(weigh(reviews, desk.today), desk.bank.syllabus, desk.exam_format)


def _plan(desk: Desk) -> tuple[Plan | None, str]:
    try:
        return plan_for(desk), ""
    except UsageError as error:
        return None, str(error)


def _record(day: date, answers: list[Answer]) -> DayRecord:
    return DayRecord(
        day,
        len(answers),
        sum(answer.right for answer in answers),
        sum(answer.study_seconds for answer in answers) / 60,
    )


def _streak(days: AbstractSet[date], day: date) -> int:
    """Days in a row with an answer; a day that is not over yet does not break it."""
    if day not in days:
        day -= timedelta(days=1)
    length = 0
    while day - timedelta(days=length) in days:
        length += 1
    return length
