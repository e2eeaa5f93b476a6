"""What the log holds: one frozen value per thing that the learner did. All else is rebuilt.

A new kind of event, or a new field of one, raises the schema version with a step of its own (an
empty one will do): an older app then says that the file is newer, instead of calling it damaged.
"""

from __future__ import annotations

import secrets
from datetime import datetime  # noqa: TC003  (msgspec reads the annotation at run time)
from enum import StrEnum
from typing import Any, Literal, TypeAlias

import msgspec

from adsp.clock import study_day


class Verdict(StrEnum):
    """How an answer was judged."""

    RIGHT = "right"
    NEAR = "near"
    """A slip of the pen away from an accepted answer; wrong until the learner rules otherwise."""
    WRONG = "wrong"
    SKIP = "skip"
    """Given up: the learner asked to see the answer."""


Mode: TypeAlias = Literal["quiz", "review", "wrong", "drill"]


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One place of a session: which question, and the seed that shuffles its choices."""

    question: str
    seed: int
    generated: dict[str, Any] | None = None
    """The whole question if it was generated, so that it can be shown again without R."""


class _Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    id: str
    """Made by the client (`new_id`), so that a retry is stored once."""
    at: datetime
    """Aware instant, with the learner's offset of that moment."""
    stamp: int = 0
    """Its place in the order of all machines' logs, given by the log that stored it first (see
    `adsp.store.order`); 0 before that."""

    @property
    def day(self) -> str:
        """The study day, ``2021-10-05``."""
        return study_day(self.at).isoformat()


class SessionStarted(_Event, frozen=True, tag="session"):
    """A session was put together; it lists all that it will ask."""

    session: str
    mode: Mode
    title: str
    """What the learner chose, in words: ``통계분석 · 10문항``."""
    items: tuple[Item, ...]

    @property
    def stands_in(self) -> bool:
        """Made from the answers of a session whose own start was lost."""
        return self.id == stand_in(self.session)


class Answered(_Event, frozen=True, tag="answer"):
    """An answer was given and judged."""

    session: str
    place: int
    """Index of the item within its session, from 0."""
    question: str
    revision: str
    """Which text of the question was seen."""
    section: str
    given: str
    """The name of the choice, or the text as typed."""
    verdict: Verdict
    elapsed_ms: int
    """From the question on screen to the answer, milliseconds."""


class Ruled(_Event, frozen=True, tag="ruling"):
    """The learner ruled on a near answer."""

    session: str
    answer: str
    """Id of the answer."""
    verdict: Verdict


class Retracted(_Event, frozen=True, tag="retraction"):
    """Undo: the answer does not count. The latest word on an answer holds."""

    session: str
    answer: str
    back: bool = False
    """The undo is taken back: the answer counts again."""


class Flagged(_Event, frozen=True, tag="flag"):
    """A question was marked to come back to, or unmarked."""

    question: str
    on: bool


class SessionEnded(_Event, frozen=True, tag="end"):
    """A session was finished, or given up for good. Without this it can be resumed."""

    session: str
    finished: bool


Event: TypeAlias = SessionStarted | Answered | Ruled | Retracted | Flagged | SessionEnded


def stand_in(session: str) -> str:
    """The id of a start that was made anew: the same on every machine."""
    return f"begun-{session}"


def new_id() -> str:
    """A fresh id of 96 random bits."""
    return secrets.token_hex(12)
