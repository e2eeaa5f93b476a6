"""Exam formats (blueprints) and rounds with their dates."""

from __future__ import annotations

import tomllib
from datetime import date  # noqa: TC003  (msgspec reads the annotation at run time)
from typing import TYPE_CHECKING

import msgspec

from adsp.errors import BankError, UsageError

if TYPE_CHECKING:
    from pathlib import Path


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A subject's share of a form."""

    subject: str
    choice: int
    short: int
    points_each: int

    @property
    def items(self) -> int:
        return self.choice + self.short

    @property
    def points(self) -> int:
        return self.items * self.points_each


class ExamFormat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How an exam is built and passed."""

    id: str
    name: str
    rounds: tuple[int, int]
    """First and last round of this format."""
    minutes: int
    pass_points: int
    cut: float
    """Share of each subject's own points below which the exam is failed."""
    parts: tuple[Part, ...] = msgspec.field(name="part")


class Round(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A round and its dates; what is not known is None."""

    number: int
    exam: date
    registration_start: date | None = None
    registration_end: date | None = None
    ticket: date | None = None
    result: date | None = None


class Exams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``exams.toml``."""

    format_version: int
    formats: tuple[ExamFormat, ...] = msgspec.field(name="format")
    rounds: tuple[Round, ...] = msgspec.field(name="round")

    def round(self, number: int) -> Round:
        """The round of that number.

        Raises:
            UsageError: its date is not known here.
        """
        for candidate in self.rounds:
            if candidate.number == number:
                return candidate
        known = ", ".join(str(r.number) for r in self.rounds)
        raise UsageError(
            f"제{number}회의 날짜를 알지 못합니다(아는 회차: {known}). "
            "--exam 2027-02-06 처럼 시험일을 직접 주세요."
        )

    def on(self, day: date) -> Round | None:
        """The round that is held on that day, if one is known."""
        return next((r for r in self.rounds if r.exam == day), None)

    def after(self, day: date) -> tuple[Round, ...]:
        """The known rounds on that day or later, the nearest first."""
        return tuple(sorted((r for r in self.rounds if r.exam >= day), key=lambda r: r.exam))

    def format_on(self, day: date) -> ExamFormat:
        """The format in force on an exam day: by its round, else by the reform of 2024."""
        held = self.on(day)
        if held is None:
            return self.formats[0] if day.year < 2024 else self.formats[-1]
        return next(f for f in self.formats if f.rounds[0] <= held.number <= f.rounds[1])


def load_exams(path: Path) -> Exams:
    """Read ``exams.toml``.

    Raises:
        BankError: it cannot be read, with the place.
    """
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Exams)
    except (OSError, ValueError, RecursionError) as error:
        raise BankError(f"시험 일정 파일 {path} 을(를) 읽을 수 없습니다: {error}") from error
