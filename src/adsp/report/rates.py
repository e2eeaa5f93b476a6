"""The rate behind a count of right answers: Jeffreys' interval.

A section has few answers, often fewer than 40, and rates near 1. There the textbook interval
fails, and Wilson's and Jeffreys' both hold what they promise. Jeffreys' is taken because it is
a posterior, Beta(right + 1/2, wrong + 1/2): the bound by which weak spots are ranked is then the
very one that the tables show.
"""

from __future__ import annotations

import math

from adsp.report.values import Score

LEVEL = 0.95


def score(answers: int, right: int) -> Score:
    """The share of right answers with its interval; the interval always holds the share.

    Raises:
        ValueError: there are no answers, or more right ones than answers.
    """
    if not 0 <= right <= answers or answers == 0:
        raise ValueError(f"no rate in {right} of {answers}")
    from scipy.special import betaincinv  # a third of what scipy.stats costs to import

    a, b = right + 0.5, answers - right + 0.5
    tail = (1 - LEVEL) / 2
    return Score(
        answers=answers,
        right=right,
        share=right / answers,
        low=float(betaincinv(a, b, tail)) if right else 0.0,
        high=float(betaincinv(a, b, 1 - tail)) if right < answers else 1.0,
    )


def chance_better(before: Score, after: Score) -> float:
    """Chance that the rate behind ``after`` is the higher one, 0 to 1.

    The difference of both posteriors, taken as normal. From five answers each on it is off by 0.05
    at most: where nearly all or nearly none are right, and there on the side of doubt.
    """
    means, variances = zip(*(_moments(one) for one in (before, after)), strict=True)
    z = (means[1] - means[0]) / math.sqrt(sum(variances))
    return (1 + math.erf(z / math.sqrt(2))) / 2


def _moments(one: Score) -> tuple[float, float]:
    """Mean and variance of the posterior."""
    n = one.answers + 1
    mean = (one.right + 0.5) / n
    return mean, mean * (1 - mean) / (n + 1)
