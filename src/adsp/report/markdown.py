"""The report as GitHub Markdown: tables, bars of text, and bank text that stays text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from adsp.report import words
from adsp.text import clean
from adsp.words import day_in_words, minutes_in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from adsp.report.values import Report, Score, SubjectLine, WeakSpot

_CELLS = 10
"""Length of a bar of text; each cell is a tenth."""

_SIGNS = re.compile(r"[\\`*_{}\[\]<>|#~&!@$]|:(?=/)|(?<=www)\.", re.IGNORECASE)
"""What Markdown would obey inside a line: markup, HTML, and addresses that turn into links."""


def to_markdown(report: Report) -> str:
    """The whole report."""
    blocks = (
        _head(report),
        _forecast(report),
        _steps(report),
        _weak(report),
        _improved(report),
        _weeks(report),
        _sections(report),
        _kinds(report),
        _days(report),
    )
    return "\n\n".join("\n".join(lines) for block in blocks if (lines := list(block))) + "\n"


def escape(text: str) -> str:
    """Foreign text on one line, every sign of Markdown in it shown as itself.

    It must not begin a line: there ``1.`` or ``-`` alone would open a list.
    """
    return _SIGNS.sub(r"\\\g<0>", " ".join(clean(text).split()))


def bar(share: float) -> str:
    """``███████░░░`` for 0.7."""
    full = round(share * _CELLS)
    return "█" * full + "░" * (_CELLS - full)


def _head(report: Report) -> Iterator[str]:
    yield f"# {words.heading(report)}\n"
    yield " · ".join(part for part in (words.span(report), words.countdown(report)) if part) + "\n"
    plan = words.done_of_plan(report)
    score = report.score
    yield f"- 공부 시간: **{words.time_spent(report.minutes)}**{f' ({plan})' if plan else ''}"
    yield f"- 공부한 날: **{report.study_days}일** ({len(report.days)}일 가운데)"
    yield f"- 답한 문항: **{score.answers}** (정답 {score.right})"
    yield f"- 정답률: **{words.percent(score.share)}** (95% 구간 {words.interval(score)})"


def _forecast(report: Report) -> Iterator[str]:
    if (seen := report.forecast) is None:
        return
    chance = words.forecast_chance(seen.pass_probability)
    yield "## 합격 예측\n"
    yield f"> **예상 {words.forecast_points(seen)} · 합격 확률 {chance}**"
    yield ">"
    yield f"> {words.forecast_note(seen)}"


def _steps(report: Report) -> Iterator[str]:
    if report.steps:
        yield "## 다음 할 일\n"
    for number, step in enumerate(report.steps, start=1):
        yield f"{number}. {escape(step.sentence)} `{step.command}`"


def _weak(report: Report) -> Iterator[str]:
    if report.weak:
        yield "## 약한 곳\n"
    for number, spot in enumerate(report.weak, start=1):
        yield from _spot(number, spot)


def _spot(number: int, spot: WeakSpot) -> Iterator[str]:
    score = spot.score
    yield (
        f"{number}. **{escape(spot.code)} {escape(spot.name)}** {words.percent(score.share)} "
        f"({score.answers}문항 중 {score.right}, 구간 {words.interval(score)})"
    )
    yield from (f"   - “{escape(stem)}”" for stem in spot.missed)


def _improved(report: Report) -> Iterator[str]:
    mended = words.recovered(report)
    if report.improved or mended:
        yield "## 나아진 곳\n"
    for improvement in report.improved:
        yield f"- {escape(f'{improvement.code} {words.rise(improvement)}')}."
    if mended:
        yield f"- {mended}"


def _weeks(report: Report) -> Iterator[str]:
    if len(report.weeks) == 1:
        return
    yield "## 주마다\n"
    planned = report.planned is not None
    yield from _table(
        ["주", "시간", *(["계획"] if planned else []), "공부한 날", "답", "누적", "정답률"],
        (
            [
                f"{day_in_words(week.first, year=False)} – {day_in_words(week.last, year=False)}",
                words.time_spent(week.minutes),
                *([words.planned_time(week.planned)] if planned else []),
                f"{week.study_days}일",
                *_counts(week.score)[:1],
                f"{week.cumulative}",
                *_counts(week.score)[1:],
            ]
            for week in report.weeks
        ),
    )


def _sections(report: Report) -> Iterator[str]:
    yield "## 과목과 절\n"
    rows = [row for subject in report.subjects for row in _subject(subject)]
    yield from _table(["과목·절", "답", "정답률", "95% 구간", ""], rows)
    yield ""
    for subject in report.subjects:
        if subject.unasked:
            yield f"- {escape(words.unasked(subject))}"
    yield f"- {words.INTERVAL_NOTE}"


def _subject(subject: SubjectLine) -> Iterator[list[str]]:
    if subject.score is None:
        return
    name = f"{subject.code}과목 {subject.name}" if subject.code else subject.name
    yield [f"**{escape(name)}**", *_figures(subject.score)]
    for line in subject.sections:
        name = line.code if line.code == line.name else f"{line.code} {line.name}"
        yield [escape(name), *_figures(line.score)]


def _kinds(report: Report) -> Iterator[str]:
    yield "## 문항 종류\n"
    yield from _table(
        ["종류", "답", "정답률", "95% 구간", ""],
        ([kind.name, *_figures(kind.score)] for kind in report.kinds),
    )


def _days(report: Report) -> Iterator[str]:
    yield "## 날마다\n"
    planned = report.planned is not None
    rows = [
        [
            day_in_words(line.day, year=False),
            words.time_spent(line.minutes),
            *([words.planned_time(line.planned)] if planned else []),
            *_counts(line.score),
        ]
        for line in report.days
    ]
    total = [words.time_spent(report.minutes), *_counts(report.score)]
    if report.planned is not None:
        total.insert(1, minutes_in_words(report.planned))
    rows.append([f"**{cell}**" for cell in ("모두", *total)])
    yield from _table(["날", "시간", *(["계획"] if planned else []), "답", "정답률"], rows)
    if note := words.plan_note(report):
        yield f"\n{note}"


def _counts(score: Score | None) -> list[str]:
    """Answers and accuracy."""
    return [f"{score.answers}", words.percent(score.share)] if score else ["0", "–"]


def _figures(score: Score) -> list[str]:
    """Answers, accuracy, interval and bar."""
    return [*_counts(score), words.interval(score), bar(score.share)]


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The first column of names, the others of figures; a column without a name is a bar."""
    yield f"| {' | '.join(columns)} |"
    rules = ["---", *("---:" if column else "---" for column in columns[1:])]
    yield f"| {' | '.join(rules)} |"
    yield from (f"| {' | '.join(row)} |" for row in rows)
