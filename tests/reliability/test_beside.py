"""A second app beside a running one is refused at once; commands that print read beside it."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from tests.e2e.conftest import NOW
from tests.reliability.conftest import LEARNER
from tests.reliability.learner import ids

from adsp.settings import Paths, find_paths
from adsp.store.backup import verify
from adsp.store.check import check
from adsp.store.events import Answered, Event
from adsp.store.files import Files
from adsp.store.log import read_events

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.e2e.conftest import Start
    from tests.reliability.conftest import Child, Figure, Fresh

    from adsp.bank.load import Bank

PAUSE = "0.02"
"""Seconds between two answers of the learner, who would slow the commands down otherwise."""
RUNS_PER_HOME = 50
"""Then another learner begins: commands are quick over short logs."""


class TestSecondApp:
    """One learner, two windows."""

    def test_refused_at_once(self, start: Start, paths: Paths, figure: Figure) -> None:
        """The second is told so before it takes the screen; the first goes on answering."""
        first = start("quiz", "-k", "choice", "-n", "5")
        first.sees("1/5")
        waits = []
        for _ in range(5):
            begun = time.monotonic()
            second = start()
            assert second.ends() == 1
            waits.append(time.monotonic() - begun)
            assert "다른 adsp" in second.flat
            assert f"프로세스 {first.process.pid}" in second.flat
            assert b"\x1b[?1049h" not in second.raw
        first.type("1")
        first.sees("답:")
        assert [type(event).__name__ for event in read_events(paths.log)][1:] == ["Answered"]
        figure("a second app is refused", seconds_at_most=round(max(waits), 2), times=len(waits))
        assert max(waits) < 5  # measured: 0.3 s; the machine may be busy

    def test_lock_dies_with_the_first(self, start: Start) -> None:
        """kill -9, and the next start opens at once, where the first was."""
        first = start("quiz", "-k", "choice", "-n", "5")
        first.sees("1/5")
        first.type("1")
        first.sees("답:")
        first.process.kill()
        first.process.wait()
        again = start()
        again.sees("풀던 세션이 있습니다")


# commands beside a learner


class Steady:
    """A learner who answers all the time, and what she has acknowledged so far."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self.told: list[str] = []
        self._rest = ""
        self.hear_one_more()

    def hear(self, wait: float = 0.0) -> int:
        """Take in what she has said; how many events she has acknowledged."""
        handle = self.child.output.fileno()
        while select.select([handle], [], [], wait)[0]:
            text = os.read(handle, 65_536).decode()
            assert text, "the learner has ended"
            wait = 0.0
            *lines, self._rest = (self._rest + text).split("\n")
            self.told += lines
        return len(self.told)

    def hear_one_more(self) -> int:
        """The same, once she has stored one more: what a reader has seen is acknowledged then."""
        before = self.hear()
        while self.hear(wait=10.0) == before:
            pass
        return len(self.told)


class Run(NamedTuple):
    """A command that was run beside her."""

    command: Command
    reported: int
    before: int
    """Events acknowledged when it started."""
    after: int
    """And when it had ended."""

    def right(self, events: list[Event]) -> bool:
        """Whether it told what the log was at some time while it ran."""
        least, most = (self.command.measure(events[:n]) for n in (self.before, self.after))
        return least <= self.reported <= most


class Command(NamedTuple):
    """A command that prints, and the number in what it prints that grows as she answers."""

    arguments: str
    told: Callable[[str], int]
    measure: Callable[[list[Event]], int]

    def run(self, home: Path) -> int:
        """Exit code 0, nothing wrong to be told; the number."""
        done = subprocess.run(
            [sys.executable, "-m", "adsp", *self.arguments.split()],
            env={"ADSP_HOME": str(home), "ADSP_NOW": NOW, "TZ": "Asia/Seoul", "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, (self.arguments, done.stderr)
        return self.told(done.stdout)


def answers(events: list[Event]) -> int:
    return sum(isinstance(event, Answered) for event in events)


def questions(events: list[Event]) -> int:
    """A question says as much on one day however often it is answered."""
    return len({event.question for event in events if isinstance(event, Answered)})


def _planned(text: str) -> int:
    """Questions of the bank that the plan does not hold any more."""
    plan = json.loads(text)
    return -int(plan["new_questions"]) - int(plan["left_out"])


def _exported(text: str) -> int:
    """Lines that are events."""
    return len([json.loads(line)["id"] for line in text.split("\n") if line])


def _backed_up(text: str) -> int:
    """Events in a copy every row of which was proved."""
    path = Path(json.loads(text)["path"])
    return verify(Files(path), path)


def commands(bank: Bank) -> tuple[Command, ...]:
    size = len(bank.questions)
    return (
        Command("today --json", lambda text: int(json.loads(text)["done"]["answers"]), answers),
        Command("report --json", lambda text: int(json.loads(text)["score"]["answers"]), answers),
        Command("forecast --json", lambda text: int(json.loads(text)["answers"]), questions),
        Command("plan --json", _planned, lambda events: questions(events) - size),
        Command("log check --json", lambda text: int(json.loads(text)["events"]), len),
        Command("log export", _exported, len),
        Command("log backup --json", _backed_up, len),
    )


def run_beside(child: Child, home: Path, wanted: Iterable[Command]) -> tuple[list[Run], int]:
    """Run commands beside a learner; how many told what the log never was, and what she stored."""
    steady = Steady(child)
    runs = []
    for command in wanted:
        before = steady.hear()
        reported = command.run(home)
        runs.append(Run(command, reported, before, steady.hear_one_more()))
    child.kill()
    path = find_paths({"ADSP_HOME": str(home)}).log
    assert check(path) == []
    events = read_events(path)
    assert ids(events)[: len(steady.told)] == steady.told
    return [run for run in runs if not run.right(events)], len(events)


class TestCommands:
    """What only prints, while she studies."""

    @pytest.mark.parametrize(
        "runs",
        [
            pytest.param(14, id="short"),
            pytest.param(1001, id="long", marks=[pytest.mark.long, pytest.mark.timeout(3600)]),
        ],
    )
    def test_tell_the_log_as_it_was(
        self, fresh: Fresh, shipped_bank: Bank, tmp_path: Path, runs: int, figure: Figure
    ) -> None:
        """Each tells all that was acknowledged when it started and nothing that came after its end;
        the learner notices nothing.
        """
        kinds = commands(shipped_bank)
        wrong: list[Run] = []
        stored = 0
        for first in range(0, runs, RUNS_PER_HOME):
            home = tmp_path / str(first)
            numbers = range(first, min(first + RUNS_PER_HOME, runs))
            wanted = [kinds[number % len(kinds)] for number in numbers]
            more, events = run_beside(fresh(LEARNER, "answer", home, PAUSE), home, wanted)
            wrong += more
            stored += events
        figure("commands beside a learner", runs=runs, wrong=len(wrong), stored_meanwhile=stored)
        assert wrong == []
