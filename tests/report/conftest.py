"""A made-up autumn, so that figures can be checked by hand and pages be looked at."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from adsp.bank.question import Kind
from adsp.bank.syllabus import Syllabus, load_syllabus
from adsp.forecast import Confidence, Forecast
from adsp.report import Entry, Material, Report, Step, make_report
from adsp.settings import shipped

if TYPE_CHECKING:
    from collections.abc import Sequence


class Autumn:
    """Answers counted from the first day of study, Friday 2021-10-01."""

    start = date(2021, 10, 1)
    exam = date(2021, 11, 6)

    def __init__(self, syllabus: Syllabus) -> None:
        self.syllabus = syllabus

    def answer(
        self,
        day: int = 0,
        *,
        question: str = "q",
        section: str = "3-2-2",
        kind: Kind | None = Kind.CHOICE,
        stem: str = "표본 평균의 분포로 옳은 것은?",
        seconds: float = 60.0,
        right: bool = True,
    ) -> Entry:
        at = self.start + timedelta(days=day)
        return Entry(question, section, kind, stem, at, seconds, right)

    def material(self, entries: Sequence[Entry], days: int = 1, planned: int = 0) -> Material:
        """``planned`` minutes on each day but Sundays; 0 is no plan at all."""
        calendar = [self.start + timedelta(days=n) for n in range(days)]
        plan = {day: 0 if day.weekday() == 6 else planned for day in calendar}
        return Material(
            first=self.start,
            last=calendar[-1],
            today=calendar[-1],
            entries=entries,
            syllabus=self.syllabus,
            exam=self.exam,
            round=31,
            plan_start=self.start if planned else None,
            planned=plan if planned else None,
        )

    def report(self, entries: Sequence[Entry], days: int = 1, planned: int = 0) -> Report:
        return make_report(self.material(entries, days, planned))

    def hostile(self, text: str) -> Report:
        """A report into which a bank, a log and a syllabus put a text wherever they can."""
        entries = [
            self.answer(section=section, question=f"{section}{n}", stem=text, right=n % 3 == 0)
            for section in (text, "1-1-1")
            for n in range(6)
        ]
        material = self.material(entries, planned=60)
        return make_report(Material(**{**vars(material), "steps": (Step(text, "adsp"),)}))


@pytest.fixture(scope="session")
def autumn() -> Autumn:
    return Autumn(load_syllabus(shipped("questions") / "syllabus.toml"))


@pytest.fixture(scope="session")
def five_weeks(autumn: Autumn) -> Report:
    """Study on all days but Sundays, better from week to week, with a forecast and steps."""
    sections = [*autumn.syllabus.sections][:20]
    entries = [
        autumn.answer(
            day,
            question=f"{sections[(day + n) % 20]}-{n}",
            section=sections[(day + n) % 20],
            kind=[*Kind][n % 3],
            seconds=40.0 + n,
            right=(day * 7 + n * 3) % 50 < 15 + day,
        )
        for day in range(35)
        for n in range(12)
        if (autumn.start + timedelta(days=day)).weekday() != 6
    ]
    material = autumn.material(entries, 35, planned=60)
    forecast = Forecast(67.4, 58, 76, 0.83, (), 210, Confidence.GOOD)
    steps = (Step("복습할 문항이 7개 있습니다.", "adsp review"),)
    return make_report(Material(**{**vars(material), "forecast": forecast, "steps": steps}))
