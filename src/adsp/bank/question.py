"""What a question is: frozen values, and the words that name its parts."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Literal

import msgspec


class Kind(StrEnum):
    """How a question is answered."""

    CHOICE = "choice"
    SHORT = "short"
    NUMBER = "number"


KIND_NAMES = {Kind.CHOICE: "객관식", Kind.SHORT: "단답형", Kind.NUMBER: "계산형"}

Tag = Literal["negative", "calculation", "output", "concept", "combination"]


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of the four choices. No text refers to its position: they are shuffled on display."""

    name: str
    """The choice's own name within the question; the log of answers keeps it."""
    text: str
    why: str
    """Why it is right, or what it is in truth if it is wrong."""
    key: bool = False


class Transcript(msgspec.Struct, frozen=True):
    """What R printed when the exhibit was recorded."""

    text: str
    r_version: str
    """``4.2.2``."""
    code_hash: str
    """Hash of the R code that it was recorded from; another code makes it stale."""


class Exhibit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is shown with the stem: R code and its recorded transcript, or a fixed text."""

    r: str = ""
    """R code; base and recommended packages only."""
    text: str = ""
    """A fixed text in columns: a table, or the print of a package that Debian lacks."""
    caption: str = ""
    echo: bool = True
    """Whether the transcript shows the code, as a console does."""
    transcript: Transcript | None = None
    """Attached by the loader from ``transcripts/<question id>.txt`` beside the bank file."""

    @property
    def shown(self) -> str:
        """The text that the question shows: the fixed text, or the recorded transcript."""
        return self.transcript.text if self.transcript else self.text


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question of the bank. Its id is never reused: the learner's history hangs on it."""

    id: str
    section: str
    detail: str
    kind: Kind
    stem: str
    explanation: str
    difficulty: int
    """1 gives itself away, 2 easy, 3 normal, 4 hard, 5 for those who want 90 points."""
    tags: tuple[Tag, ...]
    sources: tuple[str, ...]
    """Where a doubter can look it up."""
    exhibit: Exhibit | None = None
    choices: tuple[Choice, ...] = msgspec.field(default=(), name="choice")
    accept: tuple[str, ...] = ()
    """Accepted short answers; the first is the one shown."""
    refuse: dict[str, str] = {}
    """Near misses of a short answer, each with why it is not the answer."""
    answer: float | None = None
    tolerance: float = 0.0
    """Largest distance from ``answer`` that still counts as right."""
    unit: str = ""
    mistakes: dict[str, str] = {}
    """Wrong numbers that a known mistake leads to, each with the mistake."""
    proof: str = ""
    """An R expression that must come out TRUE."""
    origin: str = "built-in"
    """``built-in`` for the shipped bank, else the file that it was read from."""

    @property
    def chapter(self) -> str:
        """Chapter code: ``3-2`` of section ``3-2-2``."""
        return self.section.rsplit("-", 1)[0]

    @property
    def subject(self) -> str:
        """Subject code: ``3`` of section ``3-2-2``; ``extra`` banks have their own."""
        return self.section.split("-", 1)[0]

    @property
    def key(self) -> Choice:
        """The right choice of a choice question."""
        return next(choice for choice in self.choices if choice.key)

    @property
    def trusted(self) -> bool:
        """Whether its R may run without asking: only what ships with the app."""
        return self.origin == "built-in"

    @property
    def revision(self) -> str:
        """Short hash of all that is asked and judged, so that the log knows which text was seen."""
        seen = (self.stem, self.choices, self.accept, self.refuse, self.answer, self.tolerance)
        shown = self.exhibit.shown if self.exhibit else ""
        return hashlib.sha256(msgspec.json.encode((seen, shown))).hexdigest()[:12]


def code_hash(code: str) -> str:
    """Short hash of R code, kept with its transcript."""
    return hashlib.sha256(code.strip().encode()).hexdigest()[:12]
