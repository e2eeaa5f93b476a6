"""Is this answer right? A short answer is judged by its accepted forms, never by likeness alone."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from adsp.bank.question import Kind, Question
from adsp.store.events import Verdict
from adsp.text import fold

NEAR_LENGTH = 7
"""Jamo or letters below which one slip may turn a term into another: 분산 and 분신."""

_TURNING = frozenset("불비미과소무대반역전후상하내외정부고저다단제")
"""Syllables that turn a term into its neighbour: 내적 and 외적 are one jamo apart."""

_NUMERALS = frozenset("일이삼사")
"""일원 and 이원 are one jamo apart too; a slip that turns no numeral into another is still one."""

_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")


@dataclass(frozen=True)
class Grade:
    """A judged answer."""

    verdict: Verdict
    note: str = ""
    """What this very answer deserves to be told: the named mistake, a caution of spelling."""
    mistake: str = ""
    """The refused word or the known wrong number that it is; empty if it is none."""


def grade(question: Question, given: str) -> Grade:
    """Judge an answer: a choice's name, or the text as typed; empty text is giving up.

    Raises:
        ValueError: a number question was answered with what is no number.
    """
    if not given.strip():
        return Grade(Verdict.SKIP)
    return _GRADERS[question.kind](question, given)


def _grade_choice(question: Question, given: str) -> Grade:
    return Grade(Verdict.RIGHT if given == question.key.name else Verdict.WRONG)


def _grade_short(question: Question, given: str) -> Grade:
    answer = fold(given)
    accepted = {fold(form) for form in question.accept}
    if answer in accepted or _all_accepted(given, accepted):
        return Grade(Verdict.RIGHT, _caution(question, given))
    for word, why in question.refuse.items():
        if fold(word) == answer:
            return Grade(Verdict.WRONG, f"{word}: {why}", word)
    if any(_one_slip(answer, fold(form)) for form in question.accept):
        return Grade(Verdict.NEAR, f"'{question.accept[0]}' 을(를) 잘못 적은 듯합니다.")
    return Grade(Verdict.WRONG)


def _all_accepted(given: str, accepted: set[str]) -> bool:
    """Whether an answer gives an accepted form beside another: ``프레이밍(Framing)``."""
    forms = [fold(form) for form in re.split(r"[()\[\]=,/]", given) if form.strip()]
    return len(forms) > 1 and all(form in accepted for form in forms)


def _caution(question: Question, given: str) -> str:
    """A word of warning where the form is accepted here but is not written as the key is."""
    written = " ".join(unicodedata.normalize("NFKC", given).split())
    if written in question.accept:
        return ""
    return f"실제 시험에서는 표기에 주의하세요: {', '.join(question.accept)}"


def _one_slip(given: str, form: str) -> bool:
    """One jamo or letter wrong, missing, too many or swapped, and no other term thereby."""
    one, other = (unicodedata.normalize("NFD", text) for text in (given, form))
    if min(len(one), len(other)) < NEAR_LENGTH or re.findall(r"\d", one) != re.findall(
        r"\d", other
    ):
        return False
    if _turns(given, form):
        return False
    from rapidfuzz.distance import OSA

    return OSA.distance(one, other, score_cutoff=1) == 1


def _turns(given: str, form: str) -> bool:
    """Whether what sets two texts apart names another term: 내 and 외, 일 and 이, I and II."""
    apart = set(given) ^ set(form)
    return (
        bool(apart & _TURNING)
        or len(apart & _NUMERALS) > 1
        or ("ii" in given) is not ("ii" in form)
    )


def _grade_number(question: Question, given: str) -> Grade:
    assert question.answer is not None  # noqa: S101  (the loader refuses a number without answer)
    values = parse_number(given, question.unit)
    if any(abs(value - question.answer) <= question.tolerance + 1e-9 for value in values):
        return Grade(Verdict.RIGHT)
    for wrong, why in question.mistakes.items():
        spread = max(question.tolerance, 1e-9)
        if any(abs(value - float(wrong)) <= spread for value in values):
            return Grade(Verdict.WRONG, why, wrong)
    return Grade(Verdict.WRONG)


def parse_number(text: str, unit: str = "") -> tuple[float, ...]:
    """What a typed number may mean: ``0.2``, ``1/5``, ``20%``, ``1,000``, ``0,15``, ``６/19``.

    A percent sign means a hundredth, but where the answer itself is in percent both readings
    are given.

    Raises:
        ValueError: it is no number.
    """
    flat = _flat(text)
    percent = flat.endswith("%")
    top, slash, bottom = flat.removesuffix(_flat(unit)).removesuffix("%").partition("/")
    value = _decimal(top)
    if slash:
        if not (below := _decimal(bottom)):
            raise ValueError(text)
        value /= below
    if unit == "%":
        return (value,) if percent else (value, value * 100)
    return (value / 100,) if percent else (value,)


def _flat(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).replace("−", "-")


def _decimal(text: str) -> float:
    """A decimal number; commas group thousands, or a single one stands for the point.

    Raises:
        ValueError: it is none. `float` alone would take ``nan``, ``1_0`` and ``1e400``.
    """
    text = text.replace(",", "" if _GROUPED.fullmatch(text) else ".")
    if not _PLAIN.fullmatch(text):
        raise ValueError(text)
    return float(text)


_GRADERS = {Kind.CHOICE: _grade_choice, Kind.SHORT: _grade_short, Kind.NUMBER: _grade_number}
