"""R at the desk: exhibits run live beside their record, proofs, demos, the R screen."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adsp.errors import RError
from adsp.r.engine import Outcome
from adsp.r.open import open_engine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from adsp.bank.question import Exhibit, Question
    from adsp.r.engine import Engine, Event, Run
    from adsp.settings import ROptions

SAFE_LEVEL = 2
"""Confinement below which R of an imported bank is shown, not run."""

_SUFFIXES = {"image/png": ".png", "image/svg+xml": ".svg"}


@dataclass(frozen=True)
class LiveExhibit:
    """An exhibit run now, beside what was recorded."""

    run: Run
    live: str
    recorded: str
    same: bool
    """Whether both print the same, blanks at line ends aside."""


@dataclass(frozen=True)
class Demo:
    """A script to try out."""

    title: str
    description: str
    path: Path

    @property
    def code(self) -> str:
        return self.path.read_text(encoding="utf-8")


class Lab:
    """R, started when it is first needed. Every method but `stop` may block: call off the screen's
    thread.
    """

    def __init__(self, options: ROptions, scripts: Path) -> None:
        self._options = options
        self._scripts = scripts
        self._opening = threading.Lock()
        self._engine: Engine | None = None

    @property
    def engine(self) -> Engine:
        """The best engine that works here, opened once."""
        with self._opening:
            if self._engine is None:
                self._engine = open_engine(self._options.engine, timeout=self._options.timeout)
            return self._engine

    def run(self, code: str, on_event: Callable[[Event], None] | None = None) -> Run:
        """Run a snippet in a fresh R."""
        return self.engine.run(code, on_event=on_event)

    def stop(self) -> None:
        """End the snippet that runs now, from another thread."""
        if self._engine is not None:
            self._engine.stop()

    def close(self) -> None:
        if self._engine is not None:
            self._engine.close()
            self._engine = None

    def keep_plots(self, run: Run, folder: Path) -> tuple[Path, ...]:
        """Write the plots of a run where a viewer finds them; those of the run before go.

        The names are ours: R may call a plot anything, and the folder may hold the learner's files.

        Raises:
            OSError: they cannot be written there.
        """
        if not run.plots:
            return ()
        folder.mkdir(parents=True, exist_ok=True)
        for suffix in _SUFFIXES.values():
            for old in folder.glob(f"plot[0-9][0-9][0-9]{suffix}"):
                old.unlink(missing_ok=True)
        paths = tuple(
            folder / f"plot{number:03}{_SUFFIXES[plot.media_type]}"
            for number, plot in enumerate(run.plots, start=1)
        )
        for path, plot in zip(paths, run.plots, strict=True):
            path.write_bytes(plot.data)
        return paths

    def refusal(self, question: Question) -> str:
        """Why the R of a question must not run here; empty if it may."""
        if question.trusted or self.engine.level >= SAFE_LEVEL:
            return ""
        return (
            "가져온 문제 은행의 R 코드는 격리 단계 2 이상에서만 실행합니다"
            f"(지금 {self.engine.level}). 자세히: adsp doctor"
        )

    def run_exhibit(self, question: Question) -> LiveExhibit:
        """Run the exhibit of a question now.

        Raises:
            RError: the question has no R, or its R must not run here.
        """
        exhibit = _runnable(question)
        if refusal := self.refusal(question):
            raise RError(refusal)
        run = self.run(exhibit.r)
        live, recorded = run.console(echo=exhibit.echo), exhibit.shown
        return LiveExhibit(run, live, recorded, _flat(live) == _flat(recorded))

    def prove(self, question: Question) -> bool:
        """Whether the proof of a question comes out TRUE.

        Raises:
            RError: there is no R to ask.
        """
        run = self.engine.run("", values={"proof": f"isTRUE({{\n{question.proof}\n}})"})
        if run.outcome is Outcome.UNAVAILABLE:
            raise RError(run.detail)
        return run.outcome is Outcome.OK and run.values.get("proof") == [True]

    def demos(self) -> tuple[Demo, ...]:
        """The scripts that ship with the app, in order."""
        return tuple(_read_demo(path) for path in sorted((self._scripts / "demos").glob("*.R")))


def _runnable(question: Question) -> Exhibit:
    if question.exhibit is None or not question.exhibit.r:
        raise RError("이 문항에는 실행할 R 코드가 없습니다.")
    return question.exhibit


def _flat(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


def _read_demo(path: Path) -> Demo:
    lines = path.read_text(encoding="utf-8").splitlines()
    title, description = (line.lstrip("# ").strip() for line in [*lines, "", ""][:2])
    return Demo(title or path.stem, description, path)
