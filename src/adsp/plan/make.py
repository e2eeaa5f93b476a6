"""Make the plan: which days, what each is for, and how much of what.

Subjects 1 and 2 first, since a failed cut there undoes everything; then subject 3, three fifths
of the points; full mocks about a week, four and two days before; at the end only what was wrong
and what is due; the eve light. Few days drop mocks first, then the quiet days, never the new.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from adsp.errors import UsageError
from adsp.plan.shares import lay_out, make_tasks
from adsp.plan.values import Milestone, Phase, Plan, PlanDay, SectionLoad
from adsp.text import particle

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from adsp.bank.exams import Round
    from adsp.bank.syllabus import Syllabus

MOCK_MINUTES = 90
"""A whole form takes as long as the exam."""

MOCK_LEAST = 30
"""Shorter days hold no mock: a third of a form says little about the pace of a whole one."""

REVIEW_SHARE = 0.3
"""Part of a day of new questions that goes to reviews, once there is something to review."""

COVERED = 0.5
"""From this share of the exam's points on, mocks and wrong answers go before what is still new."""


@dataclass(frozen=True)
class _Ending:
    """How the last days are spent."""

    least: int
    """Study days that it takes at least."""
    quiet: int
    """Days before the exam, its eve included, without new questions."""
    mocks: tuple[int, ...]
    """Days before the exam of the mock exams."""


_ENDINGS = (
    _Ending(15, 7, (7, 4, 2)),
    _Ending(8, 4, (4, 2)),
    _Ending(4, 2, (2,)),
    _Ending(2, 1, ()),
    _Ending(0, 0, ()),
)


@dataclass(frozen=True)
class _Work:
    """What the days are for."""

    points: Mapping[str, float]
    """Exam points still to be won by new questions, by section, in the order of study."""
    left: Mapping[str, int]
    """New questions by section; sections without any are left out."""
    covered: float
    """Share of the exam's points whose questions were met, 0 to 1."""
    begun: bool
    """Whether any question was met: without that there is nothing to review."""


def make_plan(  # noqa: PLR0913  (each is a fact of its own that the caller has at hand)
    *,
    exam: date,
    start: date,
    today: date,
    minutes: int,
    rest: frozenset[int],
    syllabus: Syllabus,
    round: Round | None,  # noqa: A002  (the exam's own word; nothing here rounds)
    questions_per_section: Mapping[str, int],
    done: Mapping[str, int],
    early: bool = False,
) -> Plan:
    """Plan the days from ``start``, or from ``today`` if that is later, to the exam's eve.

    What was missed is spread over the days that are left. On the exam day the plan has no days.

    Args:
        exam: The exam day.
        start: First day of study.
        today: The study day of now.
        minutes: Minutes on a study day, 5 to 960.
        rest: Weekdays without study, Monday 0 to Sunday 6.
        syllabus: Sections and their points.
        round: The round held on ``exam``; the dates of any other are not used.
        questions_per_section: Questions of the bank by section.
        done: Questions of it met already.
        early: Study from today on, even before ``start``.

    Raises:
        UsageError: the exam is over, ``start`` is not before it, ``minutes`` is out of bounds, no
            day is left for study, or the bank has no question of the syllabus.
    """
    _check(exam, start, today, minutes)
    first = today if early else max(start, today)
    calendar = _calendar(first, exam)
    whole = [day for day in _calendar(min(start, first), exam) if day.weekday() not in rest]
    days = [day for day in whole if day >= first]
    if calendar and not days:
        raise UsageError(
            f"시험일 {exam}까지 쉬는 요일을 빼면 공부할 날이 없습니다. 쉬는 요일을 줄여 주세요."
        )
    work = _work(syllabus, questions_per_section, done)
    planned, left_out = _study(days, whole, exam, minutes, work)
    return Plan(
        exam=exam,
        start=start,
        today=today,
        milestones=_milestones(exam, round),
        days=_with_rest(calendar, planned),
        left_out=left_out,
    )


def _check(exam: date, start: date, today: date, minutes: int) -> None:
    if exam < today:
        replayed = str(min(start, exam - timedelta(days=30)))
        raise UsageError(
            f"시험일 {exam}{particle(str(exam), '은', '는')} 이미 지났습니다(오늘은 {today}). "
            "앞으로 볼 시험일을 --exam 으로 주거나, "
            f"그때로 돌아가 보려면 --now {replayed}{particle(replayed, '을', '를')} 함께 주세요."
        )
    if start >= exam:
        raise UsageError(
            f"시작일이 시험일보다 앞서야 합니다(시작일 {start}, 시험일 {exam}). "
            "--start 를 당겨 주세요."
        )
    if not 5 <= minutes <= 960:
        raise UsageError(f"하루 공부 시간은 5분에서 960분 사이로 주세요(지금: {minutes}분).")


def _calendar(first: date, exam: date) -> list[date]:
    """All days from ``first`` to the exam's eve."""
    return [first + timedelta(days=n) for n in range((exam - first).days)]


def _work(syllabus: Syllabus, available: Mapping[str, int], done: Mapping[str, int]) -> _Work:
    """What is still new: a section half met has half its points to be won."""
    asked = {code: count for code in syllabus.sections if (count := available.get(code, 0)) > 0}
    met = {code: min(max(done.get(code, 0), 0), count) for code, count in asked.items()}
    left = {code: count - met[code] for code, count in asked.items() if count > met[code]}
    if not asked:
        raise UsageError(
            "문제 은행에 시험 범위의 문항이 없어 계획을 세울 수 없습니다. "
            "adsp bank sections 로 절마다 문항이 몇 개인지 보세요."
        )
    # a section that no exam has asked yet is worth next to nothing, but can be shared by
    worth = {code: syllabus.points[code] or 1e-9 for code in asked}
    points = {code: worth[code] * count / asked[code] for code, count in left.items()}
    return _Work(
        points=points,
        left=left,
        covered=1 - sum(points.values()) / sum(worth.values()),
        begun=any(met.values()),
    )


def _study(
    days: Sequence[date], whole: Sequence[date], exam: date, minutes: int, work: _Work
) -> tuple[list[PlanDay], int]:
    """The study days, and how many new questions found no place in them.

    ``whole`` holds the days that have gone by as well: the mocks have their days in it, so that
    a plan made anew does not move them, nor hold one again.
    """
    span = len(whole) if work.covered >= COVERED else len(days)
    ending = next(ending for ending in _ENDINGS if span >= ending.least)
    wanted = ending.mocks if minutes >= MOCK_LEAST else ()
    mocks = _mock_days([d for d in whole if (exam - d).days <= ending.quiet], exam, wanted)
    learning = [day for day in days if (exam - day).days > ending.quiet]
    closing = days[len(learning) :]
    reviews = [round(minutes * REVIEW_SHARE)] * len(learning)
    if learning and not work.begun:
        reviews[0] = 0
    room = [minutes - review for review in reviews]
    loads = lay_out(make_tasks(work.points, work.left, sum(room)), room, minutes)
    met = sum(load.questions for day in loads for load in day)
    planned = [
        *_learning_days(learning, exam, minutes, reviews, loads),
        *(_closing_day(day, exam, minutes, mocks) for day in closing),
    ]
    return planned, sum(work.left.values()) - met


def _learning_days(
    days: Sequence[date],
    exam: date,
    minutes: int,
    reviews: Sequence[int],
    loads: Sequence[Sequence[SectionLoad]],
) -> Iterator[PlanDay]:
    """Days of new questions; once these are used up, of reviews alone."""
    phase = Phase.MOCKS
    for day, wanted, new in zip(days, reviews, loads, strict=True):
        new_minutes = sum(load.minutes for load in new)
        review = min(wanted, minutes - new_minutes) if new else minutes
        phase = _phase(new) if new else phase
        eve = (exam - day).days == 1
        yield PlanDay(
            day=day,
            phase=Phase.FINISH if eve else phase,
            minutes=new_minutes + review,
            new=tuple(new),
            review_minutes=review,
            note=_learning_note(new, eve),
        )


def _phase(new: Sequence[SectionLoad]) -> Phase:
    """What most of the day's new minutes are about."""
    section = max(new, key=lambda load: load.minutes).section
    if not section.startswith("3-"):
        return Phase.BASICS
    return Phase.MINING if section.startswith("3-3") else Phase.STATISTICS


def _learning_note(new: Sequence[SectionLoad], eve: bool) -> str:
    if not new:
        return "새 문항을 모두 풀었습니다. 복습할 문항과 틀린 문항을 풉니다."
    return "하루뿐이므로 배점이 큰 절부터 풉니다." if eve else ""


def _mock_days(closing: Sequence[date], exam: date, wanted: Sequence[int]) -> frozenset[date]:
    """The days of the closing nearest to those wanted, one each, the eve never."""
    free = [day for day in closing if (exam - day).days > 1]
    chosen: list[date] = []
    for before in wanted[: len(free)]:
        nearest = min(free, key=lambda day: abs((exam - day).days - before))
        free.remove(nearest)
        chosen.append(nearest)
    return frozenset(chosen)


def _closing_day(day: date, exam: date, minutes: int, mocks: frozenset[date]) -> PlanDay:
    """A day without new questions: a mock, wrong and due ones, or the light eve."""
    if (exam - day).days == 1:
        light = -(-minutes // 2)
        return PlanDay(day, Phase.FINISH, light, review_minutes=light, note=_eve_note(exam))
    if day in mocks:
        review = max(0, minutes - MOCK_MINUTES)
        note = _mock_note(minutes)
        return PlanDay(day, Phase.MOCKS, minutes, review_minutes=review, mock=True, note=note)
    note = "새 문항 없이, 틀린 문항과 복습할 문항만 풉니다."
    return PlanDay(day, Phase.MOCKS, minutes, review_minutes=minutes, note=note)


def _eve_note(exam: date) -> str:
    terms = "단답형 용어와 공식" if exam.year < 2024 else "용어와 공식"
    return f"{terms}, 틀린 문항만 가볍게 보고 일찍 쉽니다. 수험표와 신분증을 챙기세요."


def _mock_note(minutes: int) -> str:
    if minutes >= MOCK_MINUTES:
        return f"{MOCK_MINUTES}분을 재고 전체 모의고사를 봅니다."
    return (
        f"모의고사를 {minutes}분 봅니다. {MOCK_MINUTES}분을 낼 수 있으면 끝까지 한 번에 보고, "
        "아니면 남은 문항은 이튿날 이어서 풉니다."
    )


def _with_rest(calendar: Sequence[date], planned: Sequence[PlanDay]) -> tuple[PlanDay, ...]:
    """All days of the calendar: those without study are days of rest in the phase around them."""
    by_day = {day.day: day for day in planned}
    phase = planned[0].phase if planned else Phase.BASICS
    days: list[PlanDay] = []
    for day in calendar:
        days.append(by_day.get(day) or PlanDay(day, phase, 0, rest=True, note="쉬는 날"))
        phase = days[-1].phase
    return tuple(days)


def _milestones(exam: date, held: Round | None) -> tuple[Milestone, ...]:
    """The known dates of the round in their order; of an exam day of one's own, that day alone."""
    dates = [(exam, "시험일", "입실 09:30까지, 시험 10:00–11:30. 수험표의 안내가 우선입니다.")]
    if held is not None and held.exam == exam:
        known = (
            (held.registration_start, "접수 시작", "10:00부터. 고사장 자리는 먼저 찹니다."),
            (held.registration_end, "접수 마감", "18:00까지."),
            (held.ticket, "수험표 출력", "10:00부터."),
            (held.result, "결과 발표", "10:00부터."),
        )
        dates += [(day, name, note) for day, name, note in known if day is not None]
    return tuple(Milestone(*one) for one in sorted(dates, key=lambda one: one[0]))
