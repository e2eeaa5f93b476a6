"""The syllabus: subjects, chapters, sections, detail items and how often each is asked."""

from __future__ import annotations

import difflib
import tomllib
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from adsp.errors import BankError, UsageError

if TYPE_CHECKING:
    from pathlib import Path


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A 세부항목, the unit of plans and reports."""

    code: str
    name: str
    asked: int
    """Items of it that candidates remembered, of all subjects together: its weight."""
    correct: float
    """Mean share of right answers to them, 0 to 1."""
    details: tuple[str, ...]
    name_2024: str = ""


class Chapter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A 주요항목."""

    code: str
    name: str
    sections: tuple[Section, ...] = msgspec.field(name="section")
    name_2024: str = ""


class Subject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A 과목."""

    code: str
    name: str
    points: int
    """Its points in the exam, of 100."""
    chapters: tuple[Chapter, ...] = msgspec.field(name="chapter")
    name_2024: str = ""

    @property
    def sections(self) -> tuple[Section, ...]:
        return tuple(section for chapter in self.chapters for section in chapter.sections)


class Syllabus(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """The whole tree."""

    format_version: int
    subjects: tuple[Subject, ...] = msgspec.field(name="subject")

    @cached_property
    def sections(self) -> dict[str, Section]:
        """All sections by code, in the order of the syllabus."""
        return {section.code: section for subject in self.subjects for section in subject.sections}

    @cached_property
    def points(self) -> dict[str, float]:
        """Expected exam points of each section: the subject's points, shared as it was asked."""
        return {
            section.code: subject.points * section.asked / sum(s.asked for s in subject.sections)
            for subject in self.subjects
            for section in subject.sections
        }

    def name(self, code: str) -> str:
        """The name of a subject, chapter or section."""
        return self._names[code]

    def covered(self, code: str) -> tuple[str, ...]:
        """The section codes under a subject, chapter or section code.

        Raises:
            UsageError: no such code; names the nearest.
        """
        code = code.strip()
        found = tuple(c for c in self.sections if c == code or c.startswith(f"{code}-"))
        if not found:
            near = difflib.get_close_matches(code, self._names, n=1, cutoff=0.3)
            hint = f" 혹시 {near[0]} ({self._names[near[0]]})?" if near else ""
            raise UsageError(
                f"'{code}' 은(는) 없는 과목·장·절입니다.{hint} 전체 목록: adsp bank sections"
            )
        return found

    @cached_property
    def _names(self) -> dict[str, str]:
        names = {code: section.name for code, section in self.sections.items()}
        for subject in self.subjects:
            names[subject.code] = subject.name
            names.update({chapter.code: chapter.name for chapter in subject.chapters})
        return names


def load_syllabus(path: Path) -> Syllabus:
    """Read ``syllabus.toml``.

    Raises:
        BankError: it cannot be read, with the place.
    """
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Syllabus)
    except (OSError, ValueError, RecursionError) as error:
        raise BankError(f"과목 체계 파일 {path} 을(를) 읽을 수 없습니다: {error}") from error
