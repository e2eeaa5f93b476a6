"""Habits of a bank that give answers away: judged over many questions, warned of, not refused."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adsp.bank.problem import Problem
from adsp.bank.question import Kind, Question

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ABSOLUTE = re.compile(r"항상|반드시|절대로?|오직|전혀|무조건|만을")
LONG_RATIO = 1.3
"""A key this many times as long as the mean of the wrong choices stands out."""


@dataclass(frozen=True)
class LengthCue:
    """How far 'pick the longest' would get: 0.25 is chance."""

    questions: int
    longest: float
    """Share of choice questions whose longest choice is the key, ties shared evenly."""
    shortest: float


def length_cue(questions: Sequence[Question]) -> LengthCue:
    """What the length of the choices gives away."""
    asked = [q for q in questions if q.kind is Kind.CHOICE]
    if not asked:
        return LengthCue(0, 0.0, 0.0)
    longest = sum(_hit(q, max(len(c.text) for c in q.choices)) for q in asked)
    shortest = sum(_hit(q, min(len(c.text) for c in q.choices)) for q in asked)
    return LengthCue(len(asked), longest / len(asked), shortest / len(asked))


def _hit(question: Question, length: int) -> float:
    """Chance that a blind pick among the choices of this length is the key."""
    at = [choice for choice in question.choices if len(choice.text) == length]
    return sum(choice.key for choice in at) / len(at)


def warnings(questions: Sequence[Question]) -> Iterator[Problem]:
    """Flaws of single questions that a writer should look at again."""
    for question in questions:
        for key, text in (*_cues(question), *_readability(question)):
            yield Problem(question.section, question.id, key, text)


def _cues(question: Question) -> Iterator[tuple[str, str]]:
    if question.kind is not Kind.CHOICE:
        return
    wrong = [choice.text for choice in question.choices if not choice.key]
    key = question.key.text
    if len(key) > LONG_RATIO * sum(map(len, wrong)) / len(wrong) and len(key) > max(
        map(len, wrong)
    ):
        yield "choice", "정답이 눈에 띄게 깁니다. 틀린 보기를 같은 길이로 채우세요."
    if not _ABSOLUTE.search(key) and any(_ABSOLUTE.search(text) for text in wrong):
        yield "choice", "'항상', '반드시' 같은 말이 틀린 보기에만 있습니다."
    endings = Counter(_ending(choice.text) for choice in question.choices)
    if len(endings) == 2 and endings[_ending(key)] == 1:
        yield "choice", "정답만 말끝이 다릅니다."


def _ending(text: str) -> str:
    """Sentence or phrase: the form of a choice."""
    return "sentence" if text.rstrip().endswith((".", "다")) else "phrase"


def _readability(question: Question) -> Iterator[tuple[str, str]]:
    if len(question.stem) > 400 and "|" not in question.stem:
        yield "stem", "줄기가 400자를 넘습니다."
    if question.kind is Kind.CHOICE and max(len(c.text) for c in question.choices) > 120:
        yield "choice", "보기가 120자를 넘습니다."
