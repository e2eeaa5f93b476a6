"""One R for all tests of generated questions, and the questions that it made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from adsp.bank.syllabus import Syllabus, load_syllabus
from adsp.items.generate import GENERATORS, generate
from adsp.r.open import open_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from adsp.bank.question import Question
    from adsp.r.engine import Engine

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def scripts() -> Path:
    return ROOT / "r_scripts"


@pytest.fixture(scope="session")
def syllabus() -> Syllabus:
    return load_syllabus(ROOT / "questions" / "syllabus.toml")


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    engine = open_engine(timeout=30)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def no_engine() -> Engine:
    return open_engine("none")


@pytest.fixture(scope="session")
def make(engine: Engine, scripts: Path) -> Callable[[str, int], list[Question]]:
    """The questions of the first seeds of a generator; each made once a session."""
    made: dict[str, list[Question]] = {name: [] for name in GENERATORS}

    def questions(name: str, count: int) -> list[Question]:
        for seed in range(len(made[name]), count):
            made[name].append(generate(name, seed, engine, scripts))
        return made[name][:count]

    return questions
