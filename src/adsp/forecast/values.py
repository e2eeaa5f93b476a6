"""What a forecast is: frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Confidence(StrEnum):
    """How far a forecast can be trusted, by how much she has answered in each subject."""

    EARLY = "아직 이릅니다"
    """Less than one exam's worth in some subject: mostly the national rates speak."""
    ROUGH = "대략입니다"
    GOOD = "믿을 만합니다"
    """At least two exams' worth in every subject."""


@dataclass(frozen=True)
class Evidence:
    """Answers to a section, each counted by how much it says about today."""

    right: float
    wrong: float


@dataclass(frozen=True)
class SubjectForecast:
    """One subject of the form; points of the exam."""

    subject: str
    expected: float
    points: int
    cut_points: float
    """Below this the exam is failed, whatever the total."""
    cut_probability: float
    """Chance of reaching the cut, 0 to 1."""


@dataclass(frozen=True)
class Forecast:
    """The score of a form sat with what is known today."""

    expected: float
    """Mean score, points."""
    low: int
    """One score in ten at most lies below, points."""
    high: int
    """One in ten at most lies above."""
    pass_probability: float
    """Chance of reaching the total and the cut of every subject, 0 to 1."""
    by_subject: tuple[SubjectForecast, ...]
    answers: int
    """Answers that speak, old ones in part."""
    confidence: Confidence
