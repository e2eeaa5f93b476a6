"""What the suites on real processes share: processes to kill, the figures that they hand over."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol

import pytest
from tests.e2e.conftest import learner, start

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    Fresh: TypeAlias = Callable[..., "Child"]

__all__ = ["learner", "start"]  # fixtures of the end-to-end tests, used here too

FIGURES = os.environ.get("ADSP_FIGURES")
"""File that the figures go to; read before a test hides the environment."""

LEARNER = Path(__file__).with_name("learner.py")
ROOT = LEARNER.parents[2]
FIXTURES = ROOT / "tests" / "fixtures"


class Figure(Protocol):
    """Hands a suite's figures over."""

    def __call__(self, name: str, **counts: float | str) -> None: ...


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Figure:
    """One JSON line a call, if somebody wants them."""
    begun = time.monotonic()
    form = "long" if request.node.get_closest_marker("long") else "short"

    def hand_over(name: str, **counts: float | str) -> None:
        if FIGURES is None:
            return
        seconds = round(time.monotonic() - begun, 1)
        line = {"name": name, "form": form, "counts": counts, "seconds": seconds}
        handle = os.open(FIGURES, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            os.write(handle, f"{json.dumps(line, ensure_ascii=False)}\n".encode())
        finally:
            os.close(handle)

    return hand_over


def run(program: str, *arguments: object, prefix: tuple[str, ...] = ()) -> list[str]:
    """The lines that the text of a program printed in a process of its own."""
    command = [*prefix, sys.executable, "-c", program, *map(str, arguments)]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environ)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


# processes that say on stdout what is stored


class Child:
    """A process that is going to be killed."""

    def __init__(self, pid: int, output: IO[str], reap: Callable[[], int]) -> None:
        self.pid = pid
        self.output = output
        self._reap = reap
        self._alive = True

    def line(self) -> str:
        """The next line that it says; empty if it has ended."""
        return self.output.readline().removesuffix("\n")

    def kill(self) -> list[str]:
        """Kill -9; the whole lines that it had said and nobody had read.

        A process that has ended before, by itself or of an error, fails the test.
        """
        said, code = self.end()
        assert code == -signal.SIGKILL, f"it had ended by itself: {code}"
        return said.split("\n")[:-1]

    def end(self) -> tuple[str, int]:
        """The same, however it ended: what it had said, and its exit code. Harmless if repeated."""
        if not self._alive:
            return "", -signal.SIGKILL
        self._alive = False
        os.kill(self.pid, signal.SIGKILL)  # of a zombie, if it has ended: the number is not reused
        with self.output:
            said = self.output.read()
        return said, self._reap()


@pytest.fixture
def fresh() -> Iterator[Fresh]:
    """Start ``program`` as a shell starts it: a process of its own from the first line on."""
    children: list[Child] = []

    def begin(program: Path, *arguments: object) -> Child:
        process = subprocess.Popen(
            [sys.executable, program, *map(str, arguments)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        children.append(Child(process.pid, process.stdout, process.wait))
        return children[-1]

    yield begin
    for child in children:
        child.end()


class Nursery:
    """A process that has imported the app and read the bank, and forks a child for each request: a
    process like any other, without the half second of the start.
    """

    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._channel = ours
        self._child: Child | None = None
        with theirs:
            self._server = subprocess.Popen(
                [sys.executable, LEARNER, "nursery", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},  # no threads before a fork
            )
        assert ours.recv(32) == b"ready"

    def start(self, *arguments: object) -> Child:
        """A child that does what ``learner.py`` does with these arguments; one at a time."""
        self._end_child()
        reader, writer = os.pipe()
        request = json.dumps([*map(str, arguments)]).encode()
        socket.send_fds(self._channel, [request], [writer])
        os.close(writer)
        pid = int(self._channel.recv(32))
        self._child = Child(pid, os.fdopen(reader, encoding="utf-8"), self._reap)
        return self._child

    def close(self) -> None:
        self._end_child()
        self._channel.close()
        self._server.wait()

    def _end_child(self) -> None:
        """One that a failed test has left behind."""
        if self._child is not None:
            self._child.end()

    def _reap(self) -> int:
        """Its zombie has kept the number from being given to another process until now."""
        self._channel.send(b"reap")
        return os.waitstatus_to_exitcode(int(self._channel.recv(32)))


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Children to kill."""
    made = Nursery()
    yield made
    made.close()
