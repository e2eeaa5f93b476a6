"""Which questions a session asks: the learner's filter, then what she has seen least."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping, Sequence

    from adsp.bank.question import Kind, Question


@dataclass(frozen=True)
class Filter:
    """What the learner asked for."""

    sections: frozenset[str]
    """Section codes; empty means all."""
    kinds: frozenset[Kind] = frozenset()
    """Empty means all."""
    exhibits_only: bool = False
    """Only questions with an R exhibit or a table to read."""
    flagged: frozenset[str] | None = None
    """Only these question ids."""

    def admits(self, question: Question) -> bool:
        return (
            (not self.sections or question.section in self.sections)
            and (not self.kinds or question.kind in self.kinds)
            and (not self.exhibits_only or question.exhibit is not None)
            and (self.flagged is None or question.id in self.flagged)
        )


def pick(
    questions: Sequence[Question],
    count: int,
    *,
    seen: Mapping[str, int],
    points: Mapping[str, float],
    rng: random.Random,
) -> tuple[Question, ...]:
    """Choose ``count`` questions: sections in proportion to their exam ``points``, within a section
    those ``seen`` the fewest times first, and then mixed.

    A section that runs out gives its share to the others.
    """
    pools: dict[str, list[Question]] = {}
    for question in questions:
        pools.setdefault(question.section, []).append(question)
    for pool in pools.values():
        rng.shuffle(pool)
        pool.sort(key=lambda question: seen.get(question.id, 0), reverse=True)  # taken from the end
    chosen: list[Question] = []
    taken = dict.fromkeys(pools, 0)
    starts = {code: rng.random() for code in pools}  # else small sessions ask the same sections
    while len(chosen) < count and any(pools.values()):
        code = max(
            (code for code, pool in pools.items() if pool),
            key=lambda code: points.get(code, 1.0) / (taken[code] + starts[code] + 1e-9),
        )
        chosen.append(pools[code].pop())
        taken[code] += 1
    rng.shuffle(chosen)
    return tuple(chosen)
