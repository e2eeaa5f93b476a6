"""Distributions of points: a list whose place ``x`` holds the chance of ``x`` points."""

from __future__ import annotations

import math
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def convolve(one: Sequence[float], other: Sequence[float]) -> list[float]:
    """The chances of the sum of two independent scores."""
    total = [0.0] * (len(one) + len(other) - 1)
    for i, p in enumerate(one):
        if p:
            for j, q in enumerate(other):
                total[i + j] += p * q
    return total


def mix(weighted: Sequence[tuple[float, Sequence[float]]]) -> list[float]:
    """The mixture of distributions of equal length."""
    length = len(weighted[0][1])
    return [math.fsum(weight * pmf[x] for weight, pmf in weighted) for x in range(length)]


def mean(pmf: Sequence[float]) -> float:
    return math.fsum(x * p for x, p in enumerate(pmf))


def quantile(pmf: Sequence[float], share: float) -> int:
    """The lowest score that at least ``share`` of all scores do not exceed."""
    return next((x for x, below in enumerate(accumulate(pmf)) if below >= share), len(pmf) - 1)
