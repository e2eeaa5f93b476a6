"""The words and figures that both forms of the report share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from adsp.text import clean, particle
from adsp.words import day_in_words, minutes_in_words

if TYPE_CHECKING:
    from adsp.forecast import Forecast
    from adsp.report.values import Improvement, Report, Score, SubjectLine

STEM_LENGTH = 36
"""Characters of a stem that name its question."""


def first_words(stem: str, length: int = STEM_LENGTH) -> str:
    """The first words of a stem as plain text on one line, ``…`` where it goes on."""
    text = " ".join(re.sub(r"`+|\*\*", "", clean(stem)).split())
    if len(text) <= length:
        return text
    head = text[: length + 1]
    cut = head.rsplit(" ", 1)[0] if " " in head[length // 2 :] else head[:length]
    return f"{cut}…"


def percent(share: float) -> str:
    """``67%``."""
    return f"{share:.0%}"


def interval(score: Score) -> str:
    """``52–80%``."""
    return f"{score.low * 100:.0f}–{score.high * 100:.0f}%"


def time_spent(minutes: float) -> str:
    """``1시간 5분``; what rounds to nothing but is something is ``1분 미만``."""
    return "1분 미만" if 0 < minutes < 0.5 else minutes_in_words(minutes)


def span(report: Report) -> str:
    """``2021-10-01(금) – 2021-11-05(금)``, a single day once."""
    first, last = day_in_words(report.first), day_in_words(report.last)
    return first if report.first == report.last else f"{first} – {last}"


def heading(report: Report) -> str:
    """``ADsP 공부 보고서 · 제31회``."""
    return "ADsP 공부 보고서" + (f" · 제{report.round}회" if report.round else "")


def countdown(report: Report) -> str:
    """How far the exam is; empty if its day is not known."""
    if report.exam is None or report.days_left is None:
        return ""
    day = day_in_words(report.exam)
    if report.days_left > 0:
        return f"시험일 {day}, {report.days_left}일 남음"
    return f"시험일 {day}, 오늘" if report.days_left == 0 else f"시험일 {day}, 지남"


def done_of_plan(report: Report) -> str:
    """``계획 20시간의 83%``; empty without a plan."""
    if not report.planned:
        return ""
    share = report.minutes / report.planned
    return f"계획 {minutes_in_words(report.planned)}의 {percent(share)}"


def plan_note(report: Report) -> str:
    """What the planned minutes are; empty without a plan."""
    if report.plan_start is None:
        return ""
    return (
        f"계획은 지금의 설정으로 시작일 {day_in_words(report.plan_start)}에 세웠을 때의 것입니다. "
        "밀린 몫을 뒤로 다시 나눈 것은 넣지 않았습니다."
    )


def rise(improvement: Improvement) -> str:
    """``회귀분석이 40%에서 80%로 올랐습니다``, after the code of the section."""
    name = improvement.name
    before, after = percent(improvement.before.share), percent(improvement.after.share)
    return f"{name}{particle(name, '이', '가')} {before}에서 {after}로 올랐습니다"


def recovered(report: Report) -> str:
    """How many misses are mended; empty if none is."""
    return f"틀렸다가 지금은 맞히는 문항: {report.recovered}개" if report.recovered else ""


def forecast_points(forecast: Forecast) -> str:
    """``68점 (열에 여덟은 58–76점)``."""
    return f"{forecast.expected:.0f}점 (열에 여덟은 {forecast.low}–{forecast.high}점)"


def forecast_chance(chance: float) -> str:
    """A chance that is never told as certain."""
    if chance > 0.99:
        return "99% 넘음"
    return "1% 미만" if chance < 0.01 else percent(chance)


def forecast_note(forecast: Forecast) -> str:
    """What the forecast rests on, and how far to trust it."""
    return (
        f"오늘 시험을 본다면, 지금까지의 답으로 어림한 점수입니다"
        f"(근거: 답 {forecast.answers}개). {forecast.confidence.value}."
    )


def planned_time(planned: int | None) -> str:
    """``1시간``; ``쉼`` where the plan rests, ``–`` outside it."""
    if planned is None:
        return "–"
    return minutes_in_words(planned) if planned else "쉼"


def unasked(subject: SubjectLine) -> str:
    """``1과목에서 이 기간에 풀지 않은 절: ...``; empty if all were asked."""
    if not subject.unasked:
        return ""
    return f"{subject.code}과목에서 이 기간에 풀지 않은 절: {', '.join(subject.unasked)}"


INTERVAL_NOTE = (
    "구간은 95% 신뢰구간(제프리스)입니다. 넓으면 아직 답이 적다는 뜻입니다. "
    "같은 문항을 다시 푼 답도 셉니다."
)
