"""What is wrong with a bank file, told so that its writer can mend it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing to mend."""

    file: str
    question: str
    """Question id, or its number in the file if it has none; empty for the whole file."""
    key: str
    """The key that is wrong: ``choice[2].why``; empty for the whole question."""
    text: str
    """A Korean sentence."""

    def __str__(self) -> str:
        place = " › ".join(part for part in (self.file, self.question, self.key) if part)
        return f"{place}: {self.text}"
