"""How a subject is answered by candidates of a given ability, and which abilities to look at."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import reduce
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from adsp.forecast.pmf import convolve, mean, mix
from adsp.forecast.values import Evidence, SubjectForecast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adsp.bank.exams import Part
    from adsp.bank.syllabus import Syllabus

# Nodes and weights of 11-point Gauss-Hermite quadrature over a standard normal.
_POSITIVE_NODES = (
    (0.928868997381064, 0.24224029987396997),
    (1.876035020154846, 0.06613874607105778),
    (2.865123160643645, 0.0067202852355372706),
    (3.936166607129977, 0.0001956719302712236),
    (5.1880012243748705, 8.121849790214909e-07),
)
_NODES = (
    *((-node, weight) for node, weight in _POSITIVE_NODES),
    (0.0, 0.3694083694083693),
    *_POSITIVE_NODES,
)


@dataclass(frozen=True)
class Section:
    """A section: what is known of its rate before and from the learner's answers."""

    logit: float
    """National rate of right answers, on the logit scale."""
    right: float
    wrong: float
    strength: float
    """How many answers the national rate weighs as much as."""

    def beta(self, ability: float) -> tuple[float, float]:
        """Both parameters of the rate of candidates of that ability, before any answer."""
        rate = 1 / (1 + math.exp(-(self.logit + ability)))
        return self.strength * rate, self.strength * (1 - rate)

    def log_likelihood(self, ability: float) -> float:
        """Log of how well that ability explains the answers; 0 if there are none."""
        a, b = self.beta(ability)
        return _log_beta(a + self.right, b + self.wrong) - _log_beta(a, b)

    def items_pmf(self, ability: float, items: int) -> list[float]:
        """Chance of 0, 1, ... ``items`` right: beta-binomial, its rate shared by the items."""
        a, b = self.beta(ability)
        a, b = a + self.right, b + self.wrong
        pmf = [math.prod((b + i) / (a + b + i) for i in range(items))]
        for x in range(items):
            pmf.append(pmf[-1] * (items - x) / (x + 1) * (a + x) / (b + items - x - 1))
        return pmf


@dataclass(frozen=True)
class Subject:
    """A subject of the form: its sections, and how many items each may send."""

    part: Part
    cut_points: float
    sections: tuple[Section, ...]
    forms: tuple[tuple[float, tuple[int, ...]], ...]
    """Ways to fill a form: chance, and items of each section."""

    @property
    def answers(self) -> float:
        return sum(section.right + section.wrong for section in self.sections)

    def points_pmf(self, ability: float) -> list[float]:
        """Chance of each number of points, from 0 to the part's own."""
        pmfs = [
            {
                items: section.items_pmf(ability, items)
                for items in {counts[index] for _, counts in self.forms}
            }
            for index, section in enumerate(self.sections)
        ]
        right = mix(
            [
                (chance, reduce(convolve, [pmf[n] for pmf, n in zip(pmfs, counts, strict=True)]))
                for chance, counts in self.forms
            ]
        )
        points = [0.0] * (self.part.points + 1)
        points[:: self.part.points_each] = right
        return points

    def above_cut(self, pmf: Sequence[float]) -> list[float]:
        """The chances of the scores that do not fail by the cut; 0 for those that do."""
        return [p if score >= self.cut_points else 0.0 for score, p in enumerate(pmf)]

    def summary(self, pmf: Sequence[float]) -> SubjectForecast:
        return SubjectForecast(
            subject=self.part.subject,
            expected=mean(pmf),
            points=self.part.points,
            cut_points=self.cut_points,
            cut_probability=min(1.0, math.fsum(self.above_cut(pmf))),
        )


def subject_of(
    part: Part, cut: float, syllabus: Syllabus, evidence: Mapping[str, Evidence], strength: float
) -> Subject:
    """A part of the form, with the learner's evidence on each section of its subject."""
    codes = syllabus.covered(part.subject)
    whole = sum(syllabus.points[code] for code in codes)
    return Subject(
        part=part,
        cut_points=round(cut * part.points, 9),  # 0.7 * 30 is 20.999...
        sections=tuple(
            _section(syllabus.sections[code].correct, evidence.get(code), strength)
            for code in codes
        ),
        forms=_forms([part.items * syllabus.points[code] / whole for code in codes]),
    )


def _section(correct: float, evidence: Evidence | None, strength: float) -> Section:
    rate = min(max(correct, 0.01), 0.99)
    seen = evidence or Evidence(0.0, 0.0)
    return Section(math.log(rate / (1 - rate)), seen.right, seen.wrong, strength)


def _forms(expected: Sequence[float]) -> tuple[tuple[float, tuple[int, ...]], ...]:
    """Ways to draw a form by systematic sampling, each with its chance.

    Sections lie end to end, as long as the items expected of them; items are drawn at distance 1
    from a start between 0 and 1. Every form is full, and each section is asked as often as
    expected to the last digit, which rounding the expectations could not give.
    """
    ends = [0.0, *accumulate(expected)]
    ends[-1] = float(round(ends[-1]))
    starts = sorted({0.0, 1.0, *(round(end % 1, 12) for end in ends)})
    return tuple(
        (
            after - before,
            tuple(
                math.ceil(high - (before + after) / 2) - math.ceil(low - (before + after) / 2)
                for low, high in pairwise(ends)
            ),
        )
        for before, after in pairwise(starts)
    )


def abilities(subjects: Sequence[Subject], spread: float) -> list[tuple[float, float]]:
    """Abilities to work the score out at, each with its weight; the weights sum to 1.

    Gauss-Hermite around what the answers say: a fixed set of nodes would be too coarse once many
    answers have narrowed the ability down. Mean and deviation come from a grid, 81 cheap looks.
    """
    sections = [s for subject in subjects for s in subject.sections if s.right or s.wrong]

    def log_density(ability: float) -> float:
        explained = math.fsum(section.log_likelihood(ability) for section in sections)
        return explained - (ability / spread) ** 2 / 2

    grid = [spread * step / 8 for step in range(-40, 41)]
    weighted = _normalised([(ability, log_density(ability)) for ability in grid])
    centre = math.fsum(ability * weight for ability, weight in weighted)
    variance = math.fsum((ability - centre) ** 2 * weight for ability, weight in weighted)
    scale = math.sqrt(variance)
    return _normalised(
        [
            (ability, math.log(weight) + node**2 / 2 + log_density(ability))
            for node, weight in _NODES
            for ability in (centre + scale * node,)
        ]
    )


def _normalised(logs: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """From log weights to weights that sum to 1."""
    highest = max(log for _, log in logs)
    weights = [math.exp(log - highest) for _, log in logs]
    total = math.fsum(weights)
    return [(value, weight / total) for (value, _), weight in zip(logs, weights, strict=True)]


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
