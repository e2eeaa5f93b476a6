"""The score that a candidate may expect in a form of the exam, and how likely she is to pass.

One ability is shared by all sections: taking each section's rate for a certainty instead is
over-confident ("95 %" then passes 92 % of the time). So the score is worked out at several
abilities, each weighted by how well it explains her answers:

    ability ~ Normal(0, SPREAD), on the logit scale; 0 is the mean candidate
    rate of a section, given ability ~ Beta with the mean of candidates of that ability
    answers to it and items of the form are right at that rate

Rates are of answers as given, lucky ticks included, as the national rates are.
"""

from __future__ import annotations

import math
from functools import reduce
from typing import TYPE_CHECKING

from adsp.forecast.model import abilities, subject_of
from adsp.forecast.pmf import convolve, mean, mix, quantile
from adsp.forecast.values import Confidence, Forecast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adsp.bank.exams import ExamFormat
    from adsp.bank.syllabus import Syllabus
    from adsp.forecast.model import Subject
    from adsp.forecast.values import Evidence

STRENGTH = 6.0
"""How many answers the national rate of a section weighs as much as."""

SPREAD = 0.6
"""Standard deviation of ability among candidates, logits. With the national rates it lets six in
ten pass, as 53 to 68 % did in the years 2021 to 2025."""

INTERVAL = 0.8
"""Share of possible scores between ``low`` and ``high``, at least."""


def forecast(
    evidence: Mapping[str, Evidence],
    syllabus: Syllabus,
    exam_format: ExamFormat,
    *,
    strength: float = STRENGTH,
    spread: float = SPREAD,
) -> Forecast:
    """The score of a form of ``exam_format`` for one who answers as ``evidence`` says.

    Sections outside the syllabus are passed over. It is the score of the form sat today:
    neither forgetting nor learning until the exam is foreseen.
    """
    subjects = [
        subject_of(part, exam_format.cut, syllabus, evidence, strength)
        for part in exam_format.parts
    ]
    worlds = [
        (weight, [subject.points_pmf(ability) for subject in subjects])
        for ability, weight in abilities(subjects, spread)
    ]
    total = mix([(weight, reduce(convolve, pmfs)) for weight, pmfs in worlds])
    passing = 0.0
    for weight, pmfs in worlds:
        kept = [subject.above_cut(pmf) for subject, pmf in zip(subjects, pmfs, strict=True)]
        passing += weight * math.fsum(reduce(convolve, kept)[exam_format.pass_points :])
    return Forecast(
        expected=mean(total),
        low=quantile(total, (1 - INTERVAL) / 2),
        high=quantile(total, (1 + INTERVAL) / 2),
        pass_probability=min(1.0, passing),
        by_subject=tuple(
            subject.summary(mix([(weight, pmfs[index]) for weight, pmfs in worlds]))
            for index, subject in enumerate(subjects)
        ),
        answers=round(sum(subject.answers for subject in subjects)),
        confidence=_confidence(subjects),
    )


def _confidence(subjects: Sequence[Subject]) -> Confidence:
    forms = min(subject.answers / subject.part.items for subject in subjects)
    if forms < 1:
        return Confidence.EARLY
    return Confidence.ROUGH if forms < 2 else Confidence.GOOD
