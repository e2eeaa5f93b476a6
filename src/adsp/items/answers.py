"""From a key and named mistakes to an answer: numbers that stay apart, statements of which one
is the key.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adsp.bank.question import Choice, Kind
from adsp.items.generator import Answer, Collision
from adsp.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

ROUNDING = {
    0: "정수로 답하시오",
    1: "소수점 아래 둘째 자리에서 반올림하여 첫째 자리까지",
    2: "소수점 아래 셋째 자리에서 반올림하여 둘째 자리까지",
}
"""What the stem says for a key of so many decimals."""

_DISTRACTORS = 3


@dataclass(frozen=True)
class Mistake:
    """A number that a named mistake leads to."""

    name: str
    value: float
    why: str


@dataclass(frozen=True)
class Task:
    """A number to find."""

    name: str
    key: float
    why: str
    """How the key comes about; closes the reason of every mistake too."""
    mistakes: tuple[Mistake, ...]
    """The likeliest first."""
    digits: int = 2
    """Decimals of the key and of all choices."""
    gap: float = 0.03
    """Least distance between two choices, as a share of the key."""
    slack: float = 0.0
    """Added to half a unit of the last decimal for a typed number."""


def shown(value: float, digits: int) -> str:
    """A number with so many decimals, never ``-0``."""
    return f"{round(value, digits) + 0.0:.{digits}f}"


def proof_of(expression: str, task: Task) -> str:
    """R that comes out TRUE if ``expression`` rounds to the key of the task."""
    key = shown(task.key, task.digits)
    return f"isTRUE(all.equal(round({expression}, {task.digits}), {key}))"


def number_answer(task: Task, kind: Kind, rng: Random) -> Answer:
    """The answer of a task, as four choices or as a number to type.

    Raises:
        Collision: the key rounds either way, or too few mistakes stay apart.
    """
    if _rounds_either_way(task.key, task.digits):
        raise Collision
    mistakes = _apart(task)
    if kind is Kind.CHOICE:
        return Answer(kind, choices=_choices(task, _pick(task.key, mistakes, rng)))
    if len(mistakes) < 2:
        raise Collision
    exact = task.digits == 0
    return Answer(
        kind,
        answer=float(shown(task.key, task.digits)),
        tolerance=round(task.slack + (0.0 if exact else 0.5 * 10**-task.digits), 6),
        mistakes={shown(m.value, task.digits): f"{m.why} {task.why}" for m in mistakes},
    )


def _rounds_either_way(value: float, digits: int) -> bool:
    """0.125 is 0.13 in class and 0.12 in R: no key may hang on that."""
    scaled = abs(value) * float(10**digits)
    return math.isclose(scaled % 1, 0.5, abs_tol=1e-6)


def _apart(task: Task) -> list[Mistake]:
    """The mistakes whose shown values are clear of the key and of each other."""
    least = max(abs(task.key) * task.gap, 2 * 10**-task.digits if task.digits else 1) - 1e-9
    kept = [Mistake(task.name, task.key, task.why)]
    for mistake in task.mistakes:
        if _rounds_either_way(mistake.value, task.digits):
            continue
        texts = {fold(shown(other.value, task.digits)) for other in kept}
        near = any(
            abs(round(mistake.value, task.digits) - round(other.value, task.digits)) < least
            for other in kept
        )
        if not near and fold(shown(mistake.value, task.digits)) not in texts:
            kept.append(mistake)
    return kept[1:]


def _pick(key: float, mistakes: list[Mistake], rng: Random) -> list[Mistake]:
    """Three mistakes, so that the rank of the key among the four tells nothing."""
    below = [m for m in mistakes if m.value < key]
    above = [m for m in mistakes if m.value > key]
    ranks = [
        rank
        for rank in range(_DISTRACTORS + 1)
        if rank <= len(below) and _DISTRACTORS - rank <= len(above)
    ]
    if not ranks:
        raise Collision
    rank = rng.choice(ranks)
    return rng.sample(below, rank) + rng.sample(above, _DISTRACTORS - rank)


def _choices(task: Task, picked: list[Mistake]) -> tuple[Choice, ...]:
    key = Choice(task.name, shown(task.key, task.digits), task.why, key=True)
    wrong = [Choice(m.name, shown(m.value, task.digits), f"{m.why} {task.why}") for m in picked]
    return tuple(sorted([key, *wrong], key=lambda choice: float(choice.text)))


@dataclass(frozen=True)
class Statement:
    """One thing to say about an output, rightly or wrongly."""

    name: str
    right: str
    right_why: str
    wrong: str
    wrong_why: str
    """The named mistake, and what is true."""
    theme: str = ""
    """Statements of one theme decide each other, so they never stand together."""


def statement_answer(statements: Sequence[Statement], negative: bool, rng: Random) -> Answer:
    """Four of the statements: one wrong among right ones if ``negative``, else one right."""
    themes: dict[str, list[Statement]] = {}
    for statement in statements:
        themes.setdefault(statement.theme or statement.name, []).append(statement)
    chosen = [rng.choice(one) for one in rng.sample(list(themes.values()), _DISTRACTORS + 1)]
    key = rng.randrange(len(chosen))
    return Answer(
        Kind.CHOICE,
        choices=tuple(
            _judged(statement, (place == key) != negative, place == key)
            for place, statement in enumerate(chosen)
        ),
    )


def _judged(statement: Statement, right: bool, key: bool) -> Choice:
    text, why = (
        (statement.right, statement.right_why) if right else (statement.wrong, statement.wrong_why)
    )
    if key:
        lead = f"{'옳은' if right else '틀린'} 해석이므로 정답이다."
    else:
        lead = "옳다." if right else "틀렸다."
    return Choice(statement.name, text, f"{lead} {why}", key=key)
