"""What a generator is made of: the draw that R returns, the body of a question, the errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from adsp.errors import AdspError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

    from adsp.bank.question import Choice, Exhibit, Kind, Tag

Numbers: TypeAlias = dict[str, float]
"""Named quantities before rounding."""


class GenerationError(AdspError):
    """No question can be made: no R and no record, or R and Python disagree."""

    title = "문항을 만들지 못했습니다"


class Collision(Exception):
    """The draw gives two choices that are too near, or a key that rounds either way."""


class Draw(msgspec.Struct, frozen=True):
    """What R drew and computed for one try of a seed."""

    attempt: int
    drawn: dict[str, list[float | str]]
    """The raw numbers and names, as vectors."""
    quantities: Numbers
    """What R computed from them: the key and the results of named mistakes."""
    printed: str
    """What R printed; empty where nothing is shown."""
    r_version: str

    def numbers(self, name: str) -> list[float]:
        """A drawn vector of numbers."""
        return [float(value) for value in self.drawn[name]]

    def whole(self, name: str) -> list[int]:
        """A drawn vector of whole numbers."""
        return [int(value) for value in self.drawn[name]]

    def texts(self, name: str) -> list[str]:
        """A drawn vector of strings."""
        return [str(value) for value in self.drawn[name]]

    def text(self, name: str) -> str:
        """A drawn string."""
        return self.texts(name)[0]


@dataclass(frozen=True)
class Answer:
    """How the question is answered: four choices, or a number with its known mistakes."""

    kind: Kind
    choices: tuple[Choice, ...] = ()
    answer: float | None = None
    tolerance: float = 0.0
    mistakes: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Body:
    """A question without its name and place."""

    stem: str
    explanation: str
    difficulty: int
    tags: tuple[Tag, ...]
    sources: tuple[str, ...]
    proof: str
    answer: Answer
    exhibit: Exhibit | None = None


@dataclass(frozen=True)
class Generator:
    """One kind of generated question."""

    name: str
    """Also the name of its R script: ``r_scripts/generators/<name>.R``."""
    title: str
    section: str
    detail: str
    description: str
    drawn: tuple[str, ...]
    """The elements of ``drawn`` in the R script."""
    recompute: Callable[[Draw], Numbers]
    """The quantities again, by numpy and scipy, from the drawn numbers alone."""
    compose: Callable[[Draw, Random], Body]
    """The question of a draw; raises `Collision` for a draw that does not serve."""
