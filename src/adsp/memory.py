"""What is remembered on a given day, and what to review first for the exam date.

One FSRS-6 state per question, rebuilt from the log of answers. Days are calendar days: FSRS's
parameters are fitted on them, and a day of 23 or 25 hours stays one day. FSRS-6 has no usable
prediction within a day, so a question comes back tomorrow at the earliest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from adsp.store.events import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fsrs_rs_python import FSRS, NextStates

MAX_INTERVAL = 36_500
"""Longest interval, days. A low desired retention asks for millions of years."""

RECALLED_SECONDS = 20.0
"""What a review costs when the answer is remembered."""

LAPSED_SECONDS = 60.0
"""What it costs when it is not: the thinking, and the explanation to read."""


@dataclass(frozen=True)
class Review:
    """An answer, as far as memory cares. Retractions and rulings are applied already."""

    question: str
    section: str
    day: date
    """Study day of the answer."""
    verdict: Verdict


@dataclass(frozen=True)
class Memory:
    """What is remembered of one question after its latest answer."""

    stability: float
    """Days after which recall has fallen to 0.9."""
    difficulty: float
    """1 easy to 10 hard, to this learner."""
    decay: float
    """Exponent of the forgetting curve: it comes with the parameters that made the state."""
    last: date
    """Study day of the latest answer, latest by the log's order."""
    due: date
    reviews: int
    lapses: int
    """Times that it was forgotten: right the time before, and then not."""
    streak: int
    """Right answers in a row, up to the latest."""
    last_verdict: Verdict


def replay(
    reviews: Iterable[Review],
    *,
    desired_retention: float = 0.9,
    parameters: Sequence[float] | None = None,
    exam: date | None = None,
    start: Mapping[str, Memory] | None = None,
) -> dict[str, Memory]:
    """The memory of every question answered, by question id.

    ``reviews`` come in the log's own order, whatever their days say: where the clock ran back,
    no time has passed. ``start`` is what an earlier replay gave: ``replay(head + tail)`` equals
    ``replay(tail, start=replay(head))``. With ``exam``, a review that would fall due on the exam
    day or after it is due on its eve.

    Raises:
        ValueError: ``desired_retention`` is not between 0 and 1, or ``parameters`` are no FSRS set.
    """
    if not 0 < desired_retention < 1:
        raise ValueError(f"desired_retention must lie between 0 and 1: {desired_retention}")
    model, decay = _model(parameters)
    memories = dict(start or {})
    for review in reviews:
        before = memories.get(review.question)
        states = _next_states(model, before, review.day, desired_retention)
        memories[review.question] = _after(before, review, states, decay, exam)
    return memories


def retrievability(memory: Memory, day: date) -> float:
    """Chance of recall on ``day``, 0 to 1; 1 on the day of the latest answer and before it."""
    return _recall(memory.stability, memory.decay, _elapsed(memory, day))


def due(memories: Mapping[str, Memory], day: date) -> list[str]:
    """The questions due on ``day`` or earlier, the nearest to being forgotten first.

    One answered days after ``day`` is due too: the clock stood wrong then, or is set back now, and
    its due date may never come.
    """
    asked = [q for q, memory in memories.items() if memory.due <= day or _from_later(memory, day)]
    return _by_urgency(asked, memories, day)


def _from_later(memory: Memory, day: date) -> bool:
    """Answered after ``day``, by more than who flies west gains."""
    return (memory.last - day).days > 1


def rank_reviews(
    memories: Mapping[str, Memory],
    day: date,
    exam: date | None,
    weight: Mapping[str, float],
    section_of: Mapping[str, str],
    *,
    parameters: Sequence[float] | None = None,
) -> list[str]:
    """Every question not yet answered on ``day``, once, the most worth reviewing now first.

    Before an exam, worth is the gain in expected exam points per second: the recall on exam day
    if reviewed now less the recall if not, times ``weight``. Without one, or after it, the
    nearest to being forgotten comes first; that also orders questions of equal worth.

    Args:
        weight: By section, the exam points that one of its questions stands for: the section's
            points over the number of its questions. A section without a weight is worth nothing.
        section_of: Section of each question.
    """
    asked = [q for q, memory in memories.items() if memory.last != day]
    ranked = _by_urgency(asked, memories, day)
    if exam is None or exam < day:
        return ranked
    model, _ = _model(parameters)

    def worth(question: str) -> float:
        points = weight.get(section_of.get(question, ""), 0.0)
        return points * _gain_per_second(model, memories[question], day, exam)

    return sorted(ranked, key=worth, reverse=True)


def _model(parameters: Sequence[float] | None) -> tuple[FSRS, float]:
    """FSRS under the learner's parameters or the default ones, and the decay of its curve."""
    # costs 1 to 4 ms to import; the start-up path does without
    from fsrs_rs_python import DEFAULT_PARAMETERS, FSRS, check_and_fill_parameters

    filled = check_and_fill_parameters(parameters or DEFAULT_PARAMETERS)
    return FSRS(filled), filled[20]


def _next_states(model: FSRS, before: Memory | None, day: date, retention: float) -> NextStates:
    from fsrs_rs_python import MemoryState

    if before is None:
        return model.next_states(None, retention, 0)
    state = MemoryState(before.stability, before.difficulty)
    return model.next_states(state, retention, _elapsed(before, day))


def _after(
    before: Memory | None, review: Review, states: NextStates, decay: float, exam: date | None
) -> Memory:
    """The memory after one more answer: right is FSRS's Good, all else its Again.

    Near is Again too: the log counts it as wrong until the learner rules otherwise, the exam may
    well do so, and FSRS takes Hard for a success, which would lengthen the interval of a term
    that she cannot write. One review too many costs a minute, a lost item two points.
    """
    right = review.verdict is Verdict.RIGHT
    state = states.good if right else states.again
    streak = before.streak if before else 0
    return Memory(
        stability=state.memory.stability,
        difficulty=state.memory.difficulty,
        decay=decay,
        last=review.day,
        due=_due(review.day, state.interval, exam),
        reviews=(before.reviews if before else 0) + 1,
        lapses=(before.lapses if before else 0) + (not right and streak > 0),
        streak=streak + 1 if right else 0,
        last_verdict=review.verdict,
    )


def _due(last: date, interval: float, exam: date | None) -> date:
    """The day of the next review: tomorrow at the earliest, the exam's eve at the latest."""
    days = max(1, round(min(interval, MAX_INTERVAL)))
    wanted = last + timedelta(days=min(days, _days_after(last)))
    if exam is None or last >= exam:
        return wanted
    return min(wanted, max(exam - timedelta(days=1), last + timedelta(days=1)))


def _days_after(day: date) -> int:
    """Days from ``day`` to the end of the calendar."""
    return (date.max - day).days


def _elapsed(memory: Memory, day: date) -> int:
    """Calendar days since the latest answer; none where the clock ran back."""
    return max(0, (day - memory.last).days)


def _recall(stability: float, decay: float, days: int) -> float:
    """The curve of FSRS-6: a power law through 1 at day 0 and 0.9 at ``stability`` days."""
    factor = 0.9 ** (-1 / decay) - 1
    return float((1 + factor * days / stability) ** -decay)


def _by_urgency(questions: Iterable[str], memories: Mapping[str, Memory], day: date) -> list[str]:
    return sorted(questions, key=lambda q: (retrievability(memories[q], day), memories[q].due, q))


def _gain_per_second(model: FSRS, memory: Memory, day: date, exam: date) -> float:
    """What a review now adds to the recall on exam day, per second that it is expected to take."""
    known = retrievability(memory, day)
    states = _next_states(model, memory, day, 0.9)
    days = (exam - day).days
    reviewed = known * _recall(states.good.memory.stability, memory.decay, days)
    reviewed += (1 - known) * _recall(states.again.memory.stability, memory.decay, days)
    seconds = known * RECALLED_SECONDS + (1 - known) * LAPSED_SECONDS
    return (reviewed - retrievability(memory, exam)) / seconds
