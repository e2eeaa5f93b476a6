"""The plan at the desk: made from the bank, the settings and what was answered."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from adsp.desk.study import MAX_COUNT
from adsp.errors import UsageError
from adsp.plan import Plan, make_plan
from adsp.session.select import Filter
from adsp.settings import MAX_MINUTES, MIN_MINUTES, ExamGoal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from adsp.bank.syllabus import Syllabus
    from adsp.desk.desk import Desk
    from adsp.plan import PlanDay
    from adsp.session.session import Session


FARTHEST_DAYS = 5 * 365
"""An exam farther ahead is a slip of the keys; a plan of 8,000 years takes minutes."""


def check_exam_day(exam: date, start: date | None, day: date) -> None:
    """Refuse an exam day that cannot be aimed at.

    Raises:
        UsageError: with what to do instead.
    """
    if exam < day:
        raise UsageError(
            f"시험일 {exam} 은(는) 이미 지났습니다(오늘 {day}). 다가올 시험일을 주거나, "
            f"그때를 다시 살려면 --now {exam.replace(day=1)} 처럼 오늘을 정하세요."
        )
    if (exam - day).days > FARTHEST_DAYS:
        raise UsageError(
            f"시험일 {exam} 은(는) 너무 멉니다(오늘 {day}). "
            f"{FARTHEST_DAYS // 365}년 안의 날을 주세요."
        )
    if start is not None and start >= exam:
        raise UsageError(f"시작일 {start} 은(는) 시험일 {exam} 보다 앞서야 합니다.")


DEFAULT_COUNT = 10
"""Questions of a session that nobody counted."""

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def plan_for(
    desk: Desk,
    *,
    exam: date | None = None,
    start: date | None = None,
    minutes: int | None = None,
) -> Plan:
    """The plan from today, or from the start if it is still ahead; what is not given comes from
    the settings.

    Raises:
        UsageError: no exam day is known, or it cannot be planned for.
    """
    exam = exam or desk.exam
    if exam is None:
        raise UsageError(
            "시험일을 정하지 않았습니다. adsp plan --exam 2027-02-06 처럼 정하거나 앱에서 고르세요."
        )
    start = start or desk.settings.plan.start
    check_exam_day(exam, start, desk.today)
    start = start or min(_first_day(desk), exam - timedelta(days=1))
    seen = desk.study.history.seen
    done = Counter(q.section for q in desk.bank.questions if q.id in seen)
    return _make(desk, exam, start, desk.today, minutes, done)


def first_plan(desk: Desk) -> Plan | None:
    """The plan as it would have been made on the first day of study, nothing answered yet; None
    if there is no exam to plan for.
    """
    start = desk.settings.plan.start or _first_day(desk)
    if desk.exam is None or start >= desk.exam:
        return None
    return _make(desk, desk.exam, start, start, None, {})


def _make(
    desk: Desk, exam: date, start: date, day: date, minutes: int | None, done: Mapping[str, int]
) -> Plan:
    options = desk.settings.plan
    return make_plan(
        exam=exam,
        start=start,
        today=day,
        minutes=options.minutes if minutes is None else minutes,
        rest=frozenset(_WEEKDAYS.index(name) for name in options.rest),
        syllabus=desk.bank.syllabus,
        round=desk.bank.exams.on(exam),
        questions_per_section=Counter(question.section for question in desk.bank.questions),
        done=done,
    )


def day_contents(day: PlanDay, syllabus: Syllabus) -> str:
    """What a day holds, in one line."""
    if day.rest:
        return "쉬는 날"
    parts = [
        f"{load.section} {syllabus.name(load.section)} {load.questions}문항" for load in day.new
    ]
    if day.mock:
        parts.append("모의고사 90분")
    if day.review_minutes:
        parts.append(f"복습 {day.review_minutes}분")
    return " · ".join([*parts, *([day.note] if day.note else [])])


def _first_day(desk: Desk) -> date:
    """The day of the first answer; today if there is none yet."""
    answers = desk.study.history.answers
    return min((answer.day for answer in answers), default=desk.today)


def choose(desk: Desk, exam: date, start: date | None = None, minutes: int | None = None) -> None:
    """Aim at an exam day and keep it in the settings; what is not given stays.

    Raises:
        UsageError: the day is past, the start lies behind it, or the minutes are out of bounds.
        SettingsError: the settings cannot be written.
    """
    check_exam_day(exam, start, desk.today)
    options = desk.settings.plan
    kept = options.start if options.start and options.start < exam else None
    if minutes is not None and not MIN_MINUTES <= minutes <= MAX_MINUTES:
        raise UsageError(
            f"하루 공부는 {MIN_MINUTES}분에서 {MAX_MINUTES}분 사이로 정하세요(지금 {minutes})."
        )
    options = msgspec.structs.replace(
        options, start=start or kept, minutes=options.minutes if minutes is None else minutes
    )
    desk.change(msgspec.structs.replace(desk.settings, exam=ExamGoal(date=exam), plan=options))


def start_today(desk: Desk) -> Session:
    """A quiz over the new questions that today's plan holds; over everything where it holds none.

    Raises:
        UsageError: the bank has nothing that fits.
    """
    try:
        planned = plan_for(desk).day(desk.today)
    except UsageError:
        planned = None
    if planned is None or not planned.new:
        return desk.study.start_quiz(Filter(frozenset()), DEFAULT_COUNT, "전 범위")
    sections = frozenset(load.section for load in planned.new)
    count = min(planned.new_questions, MAX_COUNT)
    return desk.study.start_quiz(Filter(sections), count, "오늘의 새 문항")
