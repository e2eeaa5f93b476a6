"""What is told after an answer: the key, why it is right, and why each other choice is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adsp.bank.question import Kind
from adsp.grading import Grade, grade
from adsp.store.events import Verdict

if TYPE_CHECKING:
    from adsp.bank.question import Question
    from adsp.session.session import Place, Reply

VERDICT_WORDS = {
    Verdict.RIGHT: "정답",
    Verdict.NEAR: "거의 맞음",
    Verdict.WRONG: "오답",
    Verdict.SKIP: "모름",
}
VERDICT_MARKS = {Verdict.RIGHT: "O", Verdict.NEAR: "△", Verdict.WRONG: "X", Verdict.SKIP: "-"}


@dataclass(frozen=True)
class Reason:
    """A choice, a near miss or a known mistake, and what is to be said of it."""

    label: str
    """How the screen names it: its number, or the word itself."""
    text: str
    why: str
    key: bool
    chosen: bool


@dataclass(frozen=True)
class Feedback:
    """All that is said after an answer."""

    verdict: Verdict
    headline: str
    """``정답``, ``오답`` ... with the right answer in words."""
    note: str
    """What this very answer deserves to be told; may be empty."""
    reasons: tuple[Reason, ...]
    explanation: str
    sources: tuple[str, ...]


def feedback(place: Place, reply: Reply) -> Feedback:
    """Compose the feedback for an answered place."""
    question = place.question
    judged = _judge_again(question, reply)
    return Feedback(
        reply.verdict,
        f"{VERDICT_WORDS[reply.verdict]} · 답: {right_answer(place)}",
        judged.note,
        _reasons(place, reply, judged.mistake),
        question.explanation,
        question.sources,
    )


def _judge_again(question: Question, reply: Reply) -> Grade:
    """Why the reply was judged so; nothing is said where the question was mended since."""
    try:
        judged = grade(question, reply.given)
    except ValueError:  # it is a number question now, and was none
        return Grade(reply.verdict)
    if judged.verdict is Verdict.NEAR and reply.verdict is Verdict.RIGHT:
        return Grade(reply.verdict, "스스로 맞은 것으로 했습니다.")
    if judged.verdict in {reply.verdict, Verdict.NEAR}:
        return judged
    return Grade(reply.verdict)


def right_answer(place: Place) -> str:
    """The key in words: ``3번``, the accepted forms, or the number with its unit."""
    question = place.question
    match question.kind:
        case Kind.CHOICE:
            return f"{place.choices.index(question.key) + 1}번"
        case Kind.SHORT:
            return " = ".join(question.accept)
        case Kind.NUMBER:
            return f"{question.answer:g}{question.unit}"


def _reasons(place: Place, reply: Reply, mistake: str) -> tuple[Reason, ...]:
    question = place.question
    if question.kind is Kind.CHOICE:
        return tuple(
            Reason(str(n), c.text, c.why, c.key, c.name == reply.given)
            for n, c in enumerate(place.choices, start=1)
        )
    near = question.refuse if question.kind is Kind.SHORT else question.mistakes
    return tuple(Reason(word, word, why, False, word == mistake) for word, why in near.items())
