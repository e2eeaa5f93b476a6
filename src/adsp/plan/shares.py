"""How the time for new questions is shared among sections, and laid out over days."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from adsp.plan.values import SectionLoad

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

QUESTION_MINUTES = 2
"""Least time for a new question and its explanation; the exam gives 1.8 minutes without one."""

UNHURRIED_MINUTES = 5
"""Most that it may fill: the concept read up, its R code run. More would be made-up work."""


@dataclass(frozen=True)
class Task:
    """A new question to be met: whose, and how long it may take."""

    section: str
    minutes: int


def make_tasks(points: Mapping[str, float], left: Mapping[str, int], minutes: int) -> list[Task]:
    """The new questions that ``minutes`` hold, in the order of ``points``.

    Sections get time by their exam points, none more than its questions can fill. Each one gets
    a question at least; where that would take more than half of the time, only those worth most.

    Args:
        points: Exam points that are still to be won in each section.
        left: New questions in each section, at least 1.
    """
    if minutes < QUESTION_MINUTES:
        return []
    kept = sorted(left, key=lambda code: -points[code])[: max(1, minutes // 2 // QUESTION_MINUTES)]
    bounds = {
        code: (QUESTION_MINUTES, UNHURRIED_MINUTES * left[code]) for code in points if code in kept
    }
    return [
        task
        for code, share in _share(points, bounds, minutes).items()
        for task in _split(code, share, min(left[code], share // QUESTION_MINUTES))
    ]


def _share(
    points: Mapping[str, float], bounds: Mapping[str, tuple[int, int]], minutes: int
) -> dict[str, int]:
    """Whole minutes in proportion to ``points``, each section within its bounds."""
    if sum(high for _, high in bounds.values()) <= minutes:
        return {code: high for code, (_, high) in bounds.items()}

    def clamped(rate: float) -> dict[str, float]:
        return {
            code: min(max(points[code] * rate, low), high) for code, (low, high) in bounds.items()
        }

    # minutes a point: halving 100 times leaves no error that rounding to minutes could show
    low, high = 0.0, max((top / points[code] for code, (_, top) in bounds.items()), default=0.0)
    for _ in range(100):
        middle = (low + high) / 2
        if sum(clamped(middle).values()) < minutes:
            low = middle
        else:
            high = middle
    return _rounded(clamped(high))


def _rounded(exact: Mapping[str, float]) -> dict[str, int]:
    """Whole numbers within 1 of the exact ones, their sum within 1 of the exact sum."""
    ends = [0]
    sofar = 0.0
    for value in exact.values():
        sofar += value
        ends.append(math.floor(sofar + 0.5 - 1e-6))
    return {
        code: after - before for code, (before, after) in zip(exact, pairwise(ends), strict=True)
    }


def _split(section: str, minutes: int, questions: int) -> list[Task]:
    """A section's minutes over its questions, as even as whole minutes allow."""
    ends = [minutes * index // questions for index in range(questions + 1)]
    return [Task(section, after - before) for before, after in pairwise(ends)]


def lay_out(tasks: Sequence[Task], room: Sequence[int], limit: int) -> list[list[SectionLoad]]:
    """The loads of each day: tasks in their order, each day its part of what is left.

    Every day gets a task while there are any; what finds no room on the last day is dropped.

    Args:
        tasks: What is to be met, in order.
        room: Minutes that each day has for new questions.
        limit: Minutes that a day has in all; the last question may run into the review's time.
    """
    days: list[list[SectionLoad]] = []
    taken = 0
    for index, minutes in enumerate(room):
        remaining = sum(task.minutes for task in tasks[taken:])
        wanted = remaining * minutes / sum(room[index:])
        count = _fitting(tasks[taken:], wanted, limit)
        days.append(_grouped(tasks[taken : taken + count]))
        taken += count
    return days


def _fitting(tasks: Sequence[Task], wanted: float, limit: int) -> int:
    """How many of the first tasks, one at least, come nearest to the minutes wanted."""
    used = 0
    for count, task in enumerate(tasks):
        enough = count > 0 and used + task.minutes / 2 > wanted
        if enough or used + task.minutes > limit:
            return count
        used += task.minutes
    return len(tasks)


def _grouped(tasks: Sequence[Task]) -> list[SectionLoad]:
    """Tasks of a day, a load a section, in their order."""
    return [
        SectionLoad(
            section,
            sum(task.section == section for task in tasks),
            sum(task.minutes for task in tasks if task.section == section),
        )
        for section in dict.fromkeys(task.section for task in tasks)
    ]
