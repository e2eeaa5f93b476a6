"""Work out every figure of a report from the answers of its days."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from adsp.bank.question import KIND_NAMES
from adsp.report.rates import chance_better, score
from adsp.report.values import (
    DayLine,
    Improvement,
    KindLine,
    Report,
    SectionLine,
    Step,
    SubjectLine,
    TrendPoint,
    WeakSpot,
    WeekLine,
)
from adsp.report.words import first_words
from adsp.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    import pandas as pd

    from adsp.bank.syllabus import Syllabus
    from adsp.report.values import Entry, Material, Score

WINDOW = 7
"""Days of the moving accuracy."""

ENOUGH = 5
"""Fewer answers to a section say nothing about it."""

MOST = 3
"""Weak spots, missed questions of each, and improvements that are named: more are not read."""

SURE = 0.95
"""Chance from which on a rise is told as one: of twenty that are only luck, one is told too."""


def make_report(material: Material) -> Report:
    """Work out the report.

    Raises:
        ValueError: there is no answer.
    """
    entries = [replace(entry, section=clean(entry.section)) for entry in material.entries]
    frame = _frame(entries)
    daily = _daily(frame, material.first, material.last)
    days = _days(daily, material.planned or {})
    planned = [line.planned for line in days if line.planned is not None]
    subjects = _subjects(frame, material.syllabus)
    sections = [line for subject in subjects for line in subject.sections]
    improved = _improved(sections, entries)
    mended = {one.code for one in improved if one.after.share >= material.weak_below}
    weak = _weak(
        [line for line in sections if line.code not in mended], entries, material.weak_below
    )
    exam, today = material.exam, material.today
    return Report(
        first=material.first,
        last=material.last,
        today=today,
        exam=exam,
        round=material.round,
        days_left=(exam - today).days if exam else None,
        pass_share=material.pass_share,
        minutes=sum(line.minutes for line in days),
        planned=sum(planned) if planned else None,
        plan_start=material.plan_start if planned else None,
        study_days=sum(line.score is not None for line in days),
        score=score(len(entries), sum(entry.right for entry in entries)),
        days=days,
        weeks=tuple(_weeks(days)),
        trend=tuple(_trend(daily)),
        subjects=subjects,
        kinds=tuple(_kinds(frame)),
        weak=weak,
        improved=improved,
        recovered=_recovered(entries),
        forecast=material.forecast,
        steps=tuple(_steps(material, weak)),
    )


# frames


def _frame(entries: Sequence[Entry]) -> pd.DataFrame:
    """A row an answer, in the log's order."""
    import pandas as pd

    return pd.DataFrame(
        {
            "day": pd.to_datetime([entry.day for entry in entries]),
            "section": [entry.section for entry in entries],
            "kind": [KIND_NAMES[entry.kind] if entry.kind else "" for entry in entries],
            "seconds": [entry.seconds for entry in entries],
            "right": [int(entry.right) for entry in entries],
        }
    )


def _daily(frame: pd.DataFrame, first: date, last: date) -> pd.DataFrame:
    """A row a calendar day: ``answers``, ``right``, ``seconds``; 0 where nothing was done."""
    import pandas as pd

    days = frame.groupby("day").agg(
        answers=("right", "size"), right=("right", "sum"), seconds=("seconds", "sum")
    )
    return days.reindex(pd.date_range(first, last), fill_value=0)


def _maybe(answers: float, right: float) -> Score | None:
    return score(int(answers), int(right)) if answers else None


# days, weeks, trend


def _days(daily: pd.DataFrame, planned: Mapping[date, int]) -> tuple[DayLine, ...]:
    columns = zip(daily.index, daily["answers"], daily["right"], daily["seconds"], strict=True)
    return tuple(
        DayLine(at.date(), float(seconds) / 60, planned.get(at.date()), _maybe(answers, right))
        for at, answers, right, seconds in columns
    )


def _weeks(days: Sequence[DayLine]) -> Iterator[WeekLine]:
    """Calendar weeks; the first and the last may be short."""
    weeks: dict[date, list[DayLine]] = {}
    for line in days:
        weeks.setdefault(line.day - timedelta(days=line.day.weekday()), []).append(line)
    cumulative = 0
    for lines in weeks.values():
        scores = [line.score for line in lines if line.score]
        planned = [line.planned for line in lines if line.planned is not None]
        answers = sum(one.answers for one in scores)
        cumulative += answers
        yield WeekLine(
            first=lines[0].day,
            last=lines[-1].day,
            minutes=sum(line.minutes for line in lines),
            planned=sum(planned) if planned else None,
            study_days=len(scores),
            score=_maybe(answers, sum(one.right for one in scores)),
            cumulative=cumulative,
        )


def _trend(daily: pd.DataFrame) -> Iterator[TrendPoint]:
    moving = daily[["answers", "right"]].rolling(WINDOW, min_periods=1).sum()
    columns = zip(
        daily.index, moving["answers"], moving["right"], daily["answers"].cumsum(), strict=True
    )
    for at, answers, right, cumulative in columns:
        yield TrendPoint(at.date(), _maybe(answers, right), int(cumulative))


# subjects, sections, kinds


def _subjects(frame: pd.DataFrame, syllabus: Syllabus) -> tuple[SubjectLine, ...]:
    """The subjects of the syllabus, and after them what lies outside it if there is any."""
    lines = [
        _subject(frame, subject.code, subject.name, {s.code: s.name for s in subject.sections})
        for subject in syllabus.subjects
    ]
    outside = {
        str(code): str(code) for code in sorted(set(frame["section"]) - {*syllabus.sections})
    }
    if outside:
        lines.append(_subject(frame, "", "시험 범위 밖", outside))
    return tuple(lines)


def _subject(frame: pd.DataFrame, code: str, name: str, sections: Mapping[str, str]) -> SubjectLine:
    part = frame[frame["section"].isin(list(sections))]
    asked = part.groupby("section")["right"].agg(["size", "sum"])
    return SubjectLine(
        code=code,
        name=clean(name),
        minutes=float(part["seconds"].sum()) / 60,
        score=_maybe(len(part), part["right"].sum()),
        sections=tuple(
            SectionLine(
                section,
                clean(title),
                score(int(asked["size"][section]), int(asked["sum"][section])),
            )
            for section, title in sections.items()
            if section in asked.index
        ),
        unasked=tuple(
            clean(f"{section} {title}")
            for section, title in sections.items()
            if section not in asked.index
        ),
    )


def _kinds(frame: pd.DataFrame) -> Iterator[KindLine]:
    for kind in (*KIND_NAMES.values(), ""):
        part = frame[frame["kind"] == kind]
        if len(part):
            name = kind or "지금은 없는 문항"
            yield KindLine(name, score(len(part), int(part["right"].sum())))


# weak spots and what improved


def _weak(
    sections: Iterable[SectionLine], entries: Sequence[Entry], below: float
) -> tuple[WeakSpot, ...]:
    """The sections that may be the worst: low, and asked often enough to say so."""
    low = [line for line in sections if line.score.answers >= ENOUGH and line.score.share < below]
    low.sort(key=lambda line: (line.score.low, line.score.share))
    return tuple(
        WeakSpot(line.code, line.name, line.score, _missed(line.code, entries))
        for line in low[:MOST]
    )


def _missed(section: str, entries: Sequence[Entry]) -> tuple[str, ...]:
    """First words of the section's open misses: the most missed first, then the latest."""
    own = [entry for entry in entries if entry.section == section]
    latest = {entry.question: (place, entry) for place, entry in enumerate(own)}
    misses = Counter(entry.question for entry in own if not entry.right)
    still = [(place, e) for place, e in latest.values() if not e.right and e.stem.strip()]
    still.sort(key=lambda one: (misses[one[1].question], one[0]), reverse=True)
    return tuple(first_words(entry.stem) for _, entry in still[:MOST])


def _improved(sections: Iterable[SectionLine], entries: Sequence[Entry]) -> tuple[Improvement, ...]:
    """The sections whose later half of answers is better, the surest first."""
    found: list[tuple[float, Improvement]] = []
    for line in sections:
        rights = [entry.right for entry in entries if entry.section == line.code]
        half = len(rights) // 2
        if half < ENOUGH:
            continue
        before = score(half, sum(rights[:half]))
        after = score(len(rights) - half, sum(rights[half:]))
        if (chance := chance_better(before, after)) >= SURE:
            found.append((chance, Improvement(line.code, line.name, before, after)))
    found.sort(key=lambda one: one[0], reverse=True)
    return tuple(improvement for _, improvement in found[:MOST])


def _recovered(entries: Iterable[Entry]) -> int:
    missed: set[str] = set()
    latest: dict[str, bool] = {}
    for entry in entries:
        latest[entry.question] = entry.right
        if not entry.right:
            missed.add(entry.question)
    return sum(latest[question] for question in missed)


def _steps(material: Material, weak: Sequence[WeakSpot]) -> Iterator[Step]:
    """The steps given, and the weakest section after them while there is an exam to come."""
    for step in material.steps:
        yield Step(clean(step.sentence), step.command)
    known = [spot for spot in weak if spot.code in material.syllabus.sections]
    if material.steps and known:
        spot = known[0]
        sentence = f"가장 약한 절을 다시 풉니다: {spot.name}"
        yield Step(sentence, f"adsp quiz --section {spot.code}")
