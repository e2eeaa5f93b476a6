"""A learner of its own for each test: own folders, own time, her zone, no colours, no R yet."""

from __future__ import annotations

import os
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from adsp.bank.exams import load_exams
from adsp.bank.load import Bank, load_bank
from adsp.bank.question import Choice, Kind, Question
from adsp.bank.syllabus import load_syllabus
from adsp.clock import ReplayClock, parse_now
from adsp.desk.desk import Desk
from adsp.settings import Paths, find_paths, shipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

EVENING = "2021-10-05T20:00"
"""Five days into her autumn."""


@pytest.fixture(scope="session", autouse=True)
def _seoul() -> Iterator[None]:
    """Her zone, for this process and those that it starts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Asia/Seoul")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """All of the learner's files lie under here; nothing of this machine shines through."""
    folder = tmp_path / "home"
    for name in [*os.environ]:
        if name.startswith(("ADSP_", "_ADSP_")) or name in {"NO_COLOR", "FORCE_COLOR", "LINES"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("ADSP_HOME", str(folder))
    monkeypatch.setenv("COLUMNS", "100")
    return folder


@pytest.fixture
def paths(home: Path) -> Paths:
    """Where her files lie."""
    return find_paths({"ADSP_HOME": str(home)})


@pytest.fixture(scope="session")
def shipped_bank() -> Bank:
    """The bank as it ships."""
    return load_bank(shipped("questions"))


class Maker:
    """Makes small questions and banks, sound unless a test wants them otherwise."""

    section = "3-2-2"

    def __init__(self) -> None:
        root = shipped("questions")
        self.syllabus = load_syllabus(root / "syllabus.toml")
        self.exams = load_exams(root / "exams.toml")

    def choice(self, name: str = "x-choice", **changes: Any) -> Question:
        """Four words; the right one is called ``a``."""
        choices = tuple(
            Choice(letter, f"{word}이다.", f"{word}의 까닭", key=letter == "a")
            for letter, word in zip("abcd", ("평균", "중앙값", "최빈값", "범위"), strict=True)
        )
        return self._make(name, Kind.CHOICE, {"choices": choices} | changes)

    def short(self, name: str = "x-short", **changes: Any) -> Question:
        """결정계수, with a near miss that is refused."""
        form = {"accept": ("결정계수", "R-squared"), "refuse": {"상관계수": "제곱하기 전이다."}}
        return self._make(name, Kind.SHORT, form | changes)

    def number(self, name: str = "x-number", **changes: Any) -> Question:
        """0.95, within 0.005."""
        sum_ = {"answer": 0.95, "tolerance": 0.005, "mistakes": {"0.8": "민감도이다."}}
        return self._make(name, Kind.NUMBER, sum_ | {"proof": "TRUE"} | changes)

    def bank(self, *questions: Question) -> Bank:
        """A bank of these questions over the real syllabus and the real rounds."""
        return Bank(self.syllabus, self.exams, questions)

    def _make(self, name: str, kind: Kind, changes: dict[str, Any]) -> Question:
        section = str(changes.get("section", self.section))
        details = self.syllabus.sections[section].details
        fields: dict[str, Any] = {
            "section": section,
            "detail": details[0],
            "stem": f"{name}: 무엇인가?",
            "explanation": "풀이",
            "difficulty": 2,
            "tags": (),
            "sources": ("교재",),
        }
        return Question(id=name, kind=kind, **(fields | changes))


@pytest.fixture(scope="session")
def make() -> Maker:
    """Small questions and banks."""
    return Maker()


@dataclass
class Ticks:
    """Seconds that pass only when a test says so."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds

    def pass_by(self, *, seconds: float = 0.0, days: float = 0.0) -> None:
        self.seconds += seconds + days * 86_400


@pytest.fixture
def ticks() -> Ticks:
    """What the clocks of `sit` run on."""
    return Ticks()


@pytest.fixture
def sit(paths: Paths, shipped_bank: Bank, ticks: Ticks) -> Iterator[Callable[..., Desk]]:
    """Sit down at the learner's desk: ``sit(now=..., write=..., seed=..., bank=...)``.

    Getting up closes the log; a test that sits down again closes the desk before.
    """
    desks: list[Desk] = []

    def sit_down(
        now: str = EVENING, *, write: bool = True, seed: int = 1, bank: Bank = shipped_bank
    ) -> Desk:
        clock = ReplayClock(parse_now(now), ticks)
        desk = Desk(paths, clock, random.Random(seed), write=write)
        desk.__dict__["bank"] = bank  # read once for all tests: 0.2 s each otherwise
        desks.append(desk)
        return desk

    yield sit_down
    for desk in desks:
        desk.close()


@pytest.fixture
def desk(sit: Callable[..., Desk]) -> Desk:
    """Her desk on an evening in October, the log open for writing."""
    return sit()
