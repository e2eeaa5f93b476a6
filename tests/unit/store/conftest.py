"""A log in a folder of its own, and a small story to put into it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
import pytest

from adsp.store.events import (
    Answered,
    Event,
    Flagged,
    Item,
    Retracted,
    Ruled,
    SessionEnded,
    SessionStarted,
    Verdict,
)
from adsp.store.log import Log

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

EVENING = datetime.fromisoformat("2021-10-05T20:00:00.123+09:00")
AFTER_MIDNIGHT = datetime.fromisoformat("2021-10-06T00:30:00+09:00")


def answered(name: str, place: int, verdict: Verdict, at: datetime) -> Answered:
    return Answered(
        id=name,
        at=at,
        session="s1",
        place=place,
        question=f"3-2-2-q{place}",
        revision="0123456789ab",
        section="3-2-2",
        given="결정계수",
        verdict=verdict,
        elapsed_ms=21_500,
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "answers.db"


@pytest.fixture
def story() -> list[Event]:
    """Four answers: right, near and ruled right, taken back, and one after midnight."""
    return [
        SessionStarted(
            id="e1",
            at=EVENING,
            session="s1",
            mode="quiz",
            title="통계분석 · 4문항",
            items=tuple(Item(f"3-2-2-q{place}", seed=place) for place in range(4)),
        ),
        answered("a0", 0, Verdict.RIGHT, EVENING),
        answered("a1", 1, Verdict.NEAR, EVENING),
        Ruled(id="e2", at=EVENING, session="s1", answer="a1", verdict=Verdict.RIGHT),
        answered("a2", 2, Verdict.WRONG, EVENING),
        Retracted(id="e3", at=EVENING, session="s1", answer="a2"),
        Flagged(id="e4", at=EVENING, question="3-2-2-q2", on=True),
        answered("a3", 3, Verdict.SKIP, AFTER_MIDNIGHT),
        SessionEnded(id="e5", at=AFTER_MIDNIGHT, session="s1", finished=True),
    ]


def unstamped(events: Iterable[Event]) -> list[Event]:
    """Events as they were before the log gave them their places in the common order."""
    return [msgspec.structs.replace(event, stamp=0) for event in events]


@pytest.fixture
def written(path: Path, story: list[Event]) -> Path:
    """The path of a closed log that holds the story."""
    with Log.open(path) as log:
        log.append(*story)
    return path
