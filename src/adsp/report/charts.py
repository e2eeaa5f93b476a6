"""Charts as inline SVG, drawn from the report's own figures.

Shape and words carry every meaning (a bar, a dashed line, a dot on a bar of uncertainty), so that
black and white is enough; colours are classes that the page's style sheet fills in, for light and
dark. No chart has a script, an address or a size of its own: it is as wide as its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from adsp.report.words import interval, percent, time_spent
from adsp.words import day_in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from adsp.report.values import DayLine, Score, SubjectLine, TrendPoint

WIDTH = 720
"""Of every drawing, in its own units; text is 12 of them high."""

MINUTES = "날마다 공부한 시간"
ACCURACY = "정답률의 흐름(그날까지 7일)"
SECTIONS = "과목과 절의 정답률"

_LEFT, _TOP, _BOTTOM = 52, 34, 30
_HEIGHT = 220
_LABELS = 9
"""Day labels that fit side by side."""


@dataclass(frozen=True)
class _Plane:
    """Days from left to right, values from 0 at the bottom to ``top``."""

    days: Sequence[date]
    top: float

    @property
    def slot(self) -> float:
        """Width of a day."""
        return (WIDTH - _LEFT - 8) / len(self.days)

    def x(self, place: float) -> float:
        """Where a day starts; ``place`` 0.5 is the middle of the first."""
        return _LEFT + place * self.slot

    def y(self, value: float) -> float:
        return _HEIGHT - _BOTTOM - value / self.top * (_HEIGHT - _TOP - _BOTTOM)

    def axes(self, ticks: Iterable[tuple[float, str]]) -> Iterator[str]:
        """Lines across with their values, and a date under every so many days."""
        for value, label in ticks:
            style = "grid" if value else "axis"
            yield _line(_LEFT, self.y(value), WIDTH - 8, self.y(value), style)
            yield _text(_LEFT - 6, self.y(value) + 4, label, "end")
        every = -(-len(self.days) // _LABELS)
        for place in range(0, len(self.days), every):
            label = self.days[place].strftime("%m-%d")
            yield _text(self.x(place + 0.5), _HEIGHT - 10, label, "middle")


def minutes_chart(days: Sequence[DayLine]) -> str:
    """A bar of minutes a day, with the planned minutes as a dashed line."""
    most = max(max(line.minutes, line.planned or 0) for line in days)
    step = _step(most)
    plane = _Plane([line.day for line in days], max(step, -(-most // step) * step))
    ticks = [(value, f"{value}분") for value in range(0, round(plane.top) + 1, step)]
    parts = [*plane.axes(ticks), *_bars(plane, days)]
    has_plan = any(line.planned for line in days)
    if has_plan:
        parts.append(_path(_steps(plane, days), "plan"))
    studied = sum(line.minutes > 0 for line in days)
    longest = max(days, key=lambda line: line.minutes)
    return _svg(
        "minutes",
        MINUTES,
        f"{len(days)}일 가운데 {studied}일 공부. 가장 길게 공부한 날은 "
        f"{day_in_words(longest.day)}, {time_spent(longest.minutes)}.",
        [*_legend(("bar", "공부한 시간"), *([("plan", "계획")] if has_plan else [])), *parts],
    )


def accuracy_chart(trend: Sequence[TrendPoint], pass_share: float) -> str:
    """The moving accuracy as a line with its interval as a band, and the share that passes."""
    plane = _Plane([point.day for point in trend], 1.0)
    ticks = [(tenth / 10, percent(tenth / 10)) for tenth in range(0, 11, 2)]
    parts = [*plane.axes(ticks)]
    for run in _runs(trend):
        low = [(x, plane.y(one.low)) for x, one in _places(plane, run)]
        high = [(x, plane.y(one.high)) for x, one in _places(plane, run)]
        middle = [(x, plane.y(one.share)) for x, one in _places(plane, run)]
        parts += [_path([high + low[::-1]], "band", close=True), _path([middle], "line")]
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.2" class="dot"/>' for x, y in middle]
    level = plane.y(pass_share)
    parts.append(_line(_LEFT, level, WIDTH - 8, level, "pass"))
    first, last = ([p.score for p in trend if p.score][end] for end in (0, -1))
    return _svg(
        "accuracy",
        ACCURACY,
        f"처음 {percent(first.share)}, 마지막 {percent(last.share)} ({interval(last)}).",
        [
            *_legend(
                ("line", "최근 7일 정답률"),
                ("band", "95% 구간"),
                ("pass", f"합격선 {percent(pass_share)}"),
            ),
            *parts,
        ],
    )


def sections_chart(subjects: Sequence[SubjectLine]) -> str:
    """A dot for the accuracy of each section asked, on a bar for its interval."""
    rows = [row for subject in subjects for row in _rows(subject)]
    left, right = 306, 592
    height = _TOP + 22 * len(rows) + 14

    def x(share: float) -> float:
        return left + share * (right - left)

    parts = [*_legend(("dot", "정답률"), ("range", "95% 구간"))]
    for tenth in range(0, 11, 2):
        parts.append(_line(x(tenth / 10), _TOP, x(tenth / 10), height - 18, "grid"))
        parts.append(_text(x(tenth / 10), height - 4, percent(tenth / 10), "middle"))
    for place, (label, score, style) in enumerate(rows):
        y = _TOP + 22 * place + 12
        parts.append(_text(8 if style else 20, y + 4, _cut(label), style=style))
        parts.append(_line(x(score.low), y, x(score.high), y, "range"))
        parts.append(f'<circle cx="{x(score.share):.1f}" cy="{y}" r="4.5" class="dot"/>')
        parts.append(_text(right + 54, y + 4, percent(score.share), "end", style))
        parts.append(_text(WIDTH - 8, y + 4, f"{score.right}/{score.answers}", "end", style))
    told = (f"{label} {percent(score.share)}, {score.answers}문항" for label, score, _ in rows)
    return _svg("sections", SECTIONS, "; ".join(told), parts, height)


def _rows(subject: SubjectLine) -> Iterator[tuple[str, Score, str]]:
    """Label, score and style: the subject, then its sections."""
    if subject.score is None:
        return
    yield f"{subject.code}과목 {subject.name}" if subject.code else subject.name, subject.score, "b"
    for line in subject.sections:
        label = line.code if line.name == line.code else f"{line.code} {line.name}"
        yield label, line.score, ""


def _bars(plane: _Plane, days: Sequence[DayLine]) -> Iterator[str]:
    width = min(plane.slot * 0.7, 26)
    for place, line in enumerate(days):
        if line.minutes:
            x, y = plane.x(place + 0.5) - width / 2, plane.y(line.minutes)
            yield (
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" '
                f'height="{plane.y(0) - y:.1f}" class="bar"/>'
            )


def _steps(plane: _Plane, days: Sequence[DayLine]) -> list[list[tuple[float, float]]]:
    """The planned minutes as steps, broken on days of rest and outside the plan."""
    runs: list[list[tuple[float, float]]] = [[]]
    for place, line in enumerate(days):
        if line.planned:
            y = plane.y(line.planned)
            runs[-1] += [(plane.x(place), y), (plane.x(place + 1), y)]
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _runs(trend: Sequence[TrendPoint]) -> list[list[tuple[int, Score]]]:
    """The days with a moving accuracy, in runs without a gap."""
    runs: list[list[tuple[int, Score]]] = [[]]
    for place, point in enumerate(trend):
        if point.score:
            runs[-1].append((place, point.score))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _places(plane: _Plane, run: Sequence[tuple[int, Score]]) -> Iterator[tuple[float, Score]]:
    for place, score in run:
        yield plane.x(place + 0.5), score


def _step(most: float) -> int:
    """Minutes between two lines across: four or five of them, or few."""
    return next(
        step for step in (5, 10, 15, 30, 60, 120, 240, 480) if most <= step * 5 or step > 240
    )


def _legend(*marks: tuple[str, str]) -> Iterator[str]:
    """What each mark means, drawn as it is drawn below."""
    x = float(_LEFT)
    for style, label in marks:
        if style == "dot":
            yield f'<circle cx="{x + 10:.1f}" cy="13" r="4.5" class="dot"/>'
        elif style in {"bar", "band"}:
            yield f'<rect x="{x:.1f}" y="8" width="20" height="10" class="{style}"/>'
        else:
            yield _line(x, 13, x + 20, 13, style)
        yield _text(x + 26, 17, label)
        x += 26 + _width(label) + 20


def _cut(label: str, room: float = 280) -> str:
    """As much of a label as fits."""
    if _width(label) <= room:
        return label
    while _width(label) > room - 12:
        label = label[:-1]
    return f"{label}…"


def _width(text: str) -> float:
    """About how wide a text is drawn: Hangul fills its square, the rest half of it and more."""
    return sum(12.0 if east_asian_width(sign) in "WF" else 6.8 for sign in text)


def _svg(
    name: str, title: str, description: str, parts: Iterable[str], height: float = _HEIGHT
) -> str:
    """A drawing that a screen reader can name and tell."""
    return (
        f'<svg role="img" aria-labelledby="{name}-title {name}-desc" '
        f'viewBox="0 0 {WIDTH} {height:.0f}">'
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-desc">{escape(description)}</desc>{"".join(parts)}</svg>'
    )


def _text(x: float, y: float, text: str, anchor: str = "start", style: str = "") -> str:
    kind = f' class="{style}"' if style else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{kind}>{escape(text)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, style: str) -> str:
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} class="{style}"/>'


def _path(runs: Sequence[Sequence[tuple[float, float]]], style: str, *, close: bool = False) -> str:
    """One path over all runs of points."""
    end = "Z" if close else ""
    drawn = "".join(f"M{' L'.join(f'{x:.1f} {y:.1f}' for x, y in run)}{end}" for run in runs if run)
    return f'<path d="{drawn}" class="{style}"/>'
