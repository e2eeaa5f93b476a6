"""Write down what R prints for the exhibits of bank files, and see whether it still does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adsp.bank.load import TRANSCRIPT_FOLDER, read_bank_file
from adsp.bank.question import code_hash
from adsp.bank.syllabus import load_syllabus
from adsp.errors import RError
from adsp.r.engine import Outcome
from adsp.settings import write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from adsp.bank.question import Question
    from adsp.desk.lab import Lab


@dataclass(frozen=True)
class Recorded:
    """What became of one exhibit."""

    question: str
    changed: bool
    error: str = ""
    """Why it could not be recorded, in Korean."""


def record(root: Path, lab: Lab) -> Iterator[Recorded]:
    """Run every R exhibit of the bank files under ``root`` and keep its transcript beside them.

    Raises:
        RError: there is no R to ask.
    """
    syllabus = load_syllabus(root / "syllabus.toml")
    for path in sorted(root.glob("*/*.toml")):
        questions, _ = read_bank_file(path, syllabus)
        for question in questions:
            if question.exhibit is not None and question.exhibit.r:
                yield _record(path.parent / TRANSCRIPT_FOLDER, question, lab)


def _record(folder: Path, question: Question, lab: Lab) -> Recorded:
    assert question.exhibit is not None  # noqa: S101  (the caller asks only for R exhibits)
    code = question.exhibit.r
    run = lab.run(code)
    if run.outcome is Outcome.UNAVAILABLE:
        raise RError(run.detail)
    if run.outcome is not Outcome.OK:
        return Recorded(question.id, changed=False, error=run.detail)
    header = f"#! R {run.r_version} | {code_hash(code)}"
    text = f"{header}\n{run.console(echo=question.exhibit.echo).rstrip()}\n"
    path = folder / f"{question.id}.txt"
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return Recorded(question.id, changed=False)
    write_atomically(path, text, private=False)
    return Recorded(question.id, changed=True)
