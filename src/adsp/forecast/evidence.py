"""What the log of answers says about the learner of today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adsp.forecast.values import Evidence
from adsp.store.events import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from adsp.memory import Review

HALF_LIFE = 30
"""Days after which an answer says half as much about the learner of today."""


def weigh(reviews: Iterable[Review], day: date) -> dict[str, Evidence]:
    """The evidence of each section on ``day``, from answers in the log's order.

    The exam asks other questions, so one question is one piece of evidence however often it is
    answered, its later answers saying more; a repeat on the same day shows only that the
    explanation was read. Age halves the weight every `HALF_LIFE` days.
    """
    latest: dict[str, tuple[Review, float]] = {}
    for review in reviews:
        right = float(review.verdict is Verdict.RIGHT)
        before = latest.get(review.question)
        if before is None:
            latest[review.question] = (review, right)
        elif before[0].day != review.day:
            latest[review.question] = (review, (before[1] + right) / 2)
    return _by_section(latest.values(), day)


def _by_section(latest: Iterable[tuple[Review, float]], day: date) -> dict[str, Evidence]:
    evidence: dict[str, Evidence] = {}
    for review, right in latest:
        weight = 0.5 ** (max(0, (day - review.day).days) / HALF_LIFE)
        sofar = evidence.get(review.section, Evidence(0.0, 0.0))
        evidence[review.section] = Evidence(
            sofar.right + weight * right, sofar.wrong + weight * (1 - right)
        )
    return evidence
