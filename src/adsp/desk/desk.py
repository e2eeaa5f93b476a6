"""The desk of one learner: her paths, her settings, the clock, the bank, the log, R."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Self

from adsp.bank.load import Bank, load_bank
from adsp.clock import today
from adsp.desk.study import Study
from adsp.settings import ExamGoal, Settings, load_settings, save_settings, shipped
from adsp.store.log import Log, read_events

if TYPE_CHECKING:
    import random
    from datetime import date
    from types import TracebackType

    from adsp.bank.exams import ExamFormat, Round
    from adsp.clock import Clock
    from adsp.desk.lab import Lab
    from adsp.settings import Paths


class Desk:
    """What every screen and command starts from. Everything is opened when it is first asked for.

    Use as a context manager, or `close` it: the log's lock and the R process end with it.
    """

    def __init__(self, paths: Paths, clock: Clock, rng: random.Random, *, write: bool) -> None:
        self.paths = paths
        self.clock = clock
        self.rng = rng
        self.settings = load_settings(paths.settings)
        self._write = write
        self._log: Log | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the log and of R."""
        if self._log is not None:
            self._log.close()
            self._log = None
        if "lab" in self.__dict__:
            self.lab.close()

    @cached_property
    def bank(self) -> Bank:
        """The shipped bank and the learner's own."""
        return load_bank(shipped("questions"), self.paths.banks)

    @cached_property
    def study(self) -> Study:
        """Sessions over the log.

        Raises:
            StoreError: the log cannot be opened; another adsp writes it, or it is damaged.
        """
        if self._write:
            self._log = Log.open(self.paths.log)
            events = self._log.events()
        else:
            events = read_events(self.paths.log)
        return Study(self.bank, events, self._log, self.clock, self.rng)

    @cached_property
    def lab(self) -> Lab:
        """R, started when it is first run."""
        from adsp.desk.lab import Lab

        return Lab(self.settings.r, shipped("r_scripts"))

    # the exam aimed at

    @property
    def today(self) -> date:
        """The study day."""
        return today(self.clock)

    @property
    def exam(self) -> date | None:
        """The exam day aimed at: the learner's choice, else the nearest round that is known."""
        goal = self.settings.exam
        if goal.date is not None:
            return goal.date
        if goal.round is not None:
            return self.bank.exams.round(goal.round).exam
        return next((r.exam for r in self.bank.exams.after(self.today)), None)

    @property
    def round(self) -> Round | None:
        """The round held on the exam day, if it is a known one."""
        return self.bank.exams.on(self.exam) if self.exam else None

    @property
    def exam_format(self) -> ExamFormat:
        """How the exam aimed at is built."""
        return self.bank.exams.format_on(self.exam or self.today)

    @property
    def goal_chosen(self) -> bool:
        """Whether the learner has said which exam she sits."""
        return self.settings.exam != ExamGoal()

    def section_name(self, code: str) -> str:
        """``3-2-2 기초 통계분석``; a section outside the syllabus stays its code."""
        section = self.bank.syllabus.sections.get(code)
        return f"{code} {section.name}" if section else code

    def change(self, settings: Settings) -> None:
        """Take and keep other settings."""
        save_settings(self.paths.settings, settings)
        self.settings = settings
