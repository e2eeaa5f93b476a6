"""The end of a session: score by section, and what to look at again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adsp.store.events import Verdict

if TYPE_CHECKING:
    from adsp.session.session import Place, Session

LOOK_AGAIN = 0.7
"""A section below this share of right answers is one to look at again."""


@dataclass(frozen=True)
class SectionScore:
    """How a section went."""

    section: str
    asked: int
    right: int

    @property
    def share(self) -> float:
        return self.right / self.asked


@dataclass(frozen=True)
class Summary:
    """How a session went."""

    answered: int
    right: int
    skipped: int
    places: int
    seconds: float
    sections: tuple[SectionScore, ...]
    """In the order of the syllabus."""
    again: tuple[tuple[int, Place], ...]
    """Places to look at again: wrong, given up, near or flagged."""

    @property
    def share(self) -> float:
        """Share of right answers, 0 to 1; 0 where nothing was answered."""
        return self.right / self.answered if self.answered else 0.0

    @property
    def weak(self) -> tuple[SectionScore, ...]:
        """Sections to look at again, the weakest first."""
        low = (score for score in self.sections if score.share < LOOK_AGAIN)
        return tuple(sorted(low, key=lambda score: score.share))


def summarise(session: Session) -> Summary:
    """Count what the session's answers say."""
    replies = session.replies
    right = {n for n, reply in replies.items() if reply.verdict is Verdict.RIGHT}
    by_section: dict[str, list[int]] = {}
    for n in replies:
        by_section.setdefault(session.places[n].question.section, []).append(n)
    return Summary(
        answered=len(replies),
        right=len(right),
        skipped=sum(reply.verdict is Verdict.SKIP for reply in replies.values()),
        places=len(session.places),
        seconds=sum(reply.elapsed_ms for reply in replies.values()) / 1000,
        sections=tuple(
            SectionScore(section, len(places), len(right.intersection(places)))
            for section, places in sorted(by_section.items())
        ),
        again=tuple(
            (n, place)
            for n, place in enumerate(session.places)
            if (n in replies and n not in right) or place.question.id in session.flagged
        ),
    )
