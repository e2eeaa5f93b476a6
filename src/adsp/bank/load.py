"""Read bank files. All problems of all files are collected; one bad question costs only itself."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adsp.bank.check import check_question
from adsp.bank.decode import decode_question
from adsp.bank.exams import Exams, load_exams
from adsp.bank.problem import Problem
from adsp.bank.question import Question, Transcript
from adsp.bank.syllabus import Syllabus, load_syllabus
from adsp.errors import BankError
from adsp.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FORMAT_VERSION = 1
MAX_FILE_BYTES = 5_000_000
TRANSCRIPT_FOLDER = "transcripts"


@dataclass(frozen=True)
class Bank:
    """All questions that could be read, what they hang on, and what could not be read."""

    syllabus: Syllabus
    exams: Exams
    questions: tuple[Question, ...]
    problems: tuple[Problem, ...] = ()

    @cached_property
    def by_id(self) -> dict[str, Question]:
        return {question.id: question for question in self.questions}

    @cached_property
    def points_each(self) -> dict[str, float]:
        """Exam points that one question of a section stands for, by section."""
        have = Counter(question.section for question in self.questions)
        points = self.syllabus.points
        return {code: points.get(code, 0.0) / count for code, count in have.items()}


def load_bank(root: Path, *own: Path) -> Bank:
    """Read the shipped bank under ``root`` and the learner's ``own`` folders (missing ones count
    as empty).

    Raises:
        BankError: the shipped syllabus or the exam formats cannot be read.
    """
    syllabus, exams = load_syllabus(root / "syllabus.toml"), load_exams(root / "exams.toml")
    loader = _Loader(syllabus)
    for path in sorted(root.glob("*/*.toml")):
        loader.read(path, "built-in")
    for folder in own:
        for path in sorted(folder.glob("*.toml")):
            loader.read(path, str(path))
    if not loader.questions:
        raise BankError(
            f"{root} 에서 문항을 하나도 읽지 못했습니다. "
            "다시 설치하거나 adsp bank lint 로 살펴보세요."
        )
    return Bank(syllabus, exams, tuple(loader.questions), tuple(loader.problems))


def read_bank_file(path: Path, syllabus: Syllabus) -> tuple[Sequence[Question], Sequence[Problem]]:
    """Read one bank file on its own, as an import does before it takes it in."""
    loader = _Loader(syllabus)
    loader.read(path, str(path))
    return loader.questions, loader.problems


def read_transcript(folder: Path, question_id: str) -> Transcript | None:
    """The recorded transcript of a question, or None if none that can be read was recorded.

    The first line of the file is its header: ``#! R 4.2.2 | 0123456789ab``.
    """
    if Path(question_id).name != question_id:  # no id is sound that leads into another folder
        return None
    try:
        text = (folder / TRANSCRIPT_FOLDER / f"{question_id}.txt").read_text(encoding="utf-8")
    except (OSError, ValueError):  # no text, or an id that no file can have
        return None
    header, _, body = text.partition("\n")
    version, _, code = header.removeprefix("#! R ").partition(" | ")
    return Transcript(body.rstrip("\n"), version, code)


class _Loader:
    """Collects questions and problems over files; sees to it that no id is used twice."""

    def __init__(self, syllabus: Syllabus) -> None:
        self.syllabus = syllabus
        self.questions: list[Question] = []
        self.problems: list[Problem] = []
        self.places: dict[str, str] = {}

    def read(self, path: Path, origin: str) -> None:
        try:
            tables = _tables(path)
        except BankError as error:
            self._tell(path, "", "", str(error))
            return
        for number, table in enumerate(tables, start=1):
            self._take(path, origin, number, table)

    def _take(self, path: Path, origin: str, number: int, table: dict[str, Any]) -> None:
        name = str(table.get("id") or f"{number}번째 문항")
        question, problems = decode_question(
            table, origin, lambda i: read_transcript(path.parent, i)
        )
        if question is not None:
            problems += check_question(question, self.syllabus)
            problems += self._check_unique(question)
        for key, text in problems:
            self._tell(path, name, key, text)
        if question is not None and not problems:
            self.questions.append(question)
            self.places[question.id] = path.name

    def _check_unique(self, question: Question) -> Iterator[tuple[str, str]]:
        if first := self.places.get(question.id):
            yield "id", f"이미 {first} 에서 쓴 id입니다. 기록이 id에 달려 있으므로 새 id를 주세요."

    def _tell(self, path: Path, *parts: str) -> None:
        """Keep a problem; what it quotes of the file may hold anything."""
        self.problems.append(Problem(*(clean(part) for part in (path.name, *parts))))


def _tables(path: Path) -> list[dict[str, Any]]:
    """The ``[[question]]`` tables of a file."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise BankError(f"파일이 {MAX_FILE_BYTES // 1_000_000} MB보다 큽니다. 나누어 주세요.")
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))  # Notepad writes a BOM
    except OSError as error:
        raise BankError(f"파일을 열 수 없습니다: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BankError(
            "UTF-8이 아닙니다. 메모장에서 만들었다면 'UTF-8'로 다시 저장하세요."
        ) from error
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits is a ValueError
        raise BankError(f"TOML 문법이 틀렸습니다: {error}") from error
    if data.get("format_version") != FORMAT_VERSION:
        raise BankError(
            f"format_version = {FORMAT_VERSION} 이(가) 있어야 합니다"
            f"(지금: {data.get('format_version', '없음')}). 더 새 앱의 파일일 수 있습니다."
        )
    if unknown := sorted(set(data) - {"format_version", "question"}):
        raise BankError(
            f"모르는 항목입니다: {', '.join(unknown)}. 문항은 [[question]] 아래에 씁니다."
        )
    tables = data.get("question", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise BankError("문항은 [[question]] 으로 시작해야 합니다(대괄호 두 겹).")
    return tables
