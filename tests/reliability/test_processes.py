"""The log among real processes: killed, run twice, read while written."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from adsp.errors import StoreLocked
from adsp.store.check import check
from adsp.store.log import Log, read_events

if TYPE_CHECKING:
    from collections.abc import Iterator

WRITER = Path(__file__).with_name("writer.py")
STARTS = 0.25
"""Share of the kills that come whenever they come, mostly before the log is open."""
RUNS_PER_LOG = 20
"""A log is killed so many times before a new one is begun: its creation is killed too."""


@contextmanager
def writing(path: Path, run: str, mode: str) -> Iterator[subprocess.Popen[str]]:
    """A writer in a process of its own, killed at the end."""
    with subprocess.Popen(
        [sys.executable, WRITER, path, run, mode], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def kill_at_random(path: Path, run: str, rng: random.Random) -> list[str]:
    """Kill a writer while it starts, or within 60 ms of its first acknowledgement;
    the ids that it acknowledged.
    """
    with writing(path, run, "append") as process:
        told = ""
        if rng.random() < STARTS:
            time.sleep(rng.uniform(0.02, 0.3))
        else:
            told = first_line(process)
            time.sleep(rng.uniform(0, 0.06))
        process.kill()
        assert process.stdout is not None
        return f"{told} {process.stdout.read()}".split()


def assert_whole(path: Path, acknowledged: list[str]) -> None:
    """Every acknowledged event is there, no batch is torn, the chain holds."""
    stored = [event.id for event in read_events(path)]
    assert set(acknowledged) <= set(stored)
    batches: dict[tuple[str, ...], int] = {}
    for name in stored:
        run, number, _, size = name.split("-")
        batches[run, number, size] = batches.get((run, number, size), 0) + 1
    assert all(found == int(size) for (_, _, size), found in batches.items())
    assert check(path) == []


def kill_many(folder: Path, kills: int, seed: int) -> int:
    """Kill writers at random moments; how many events were acknowledged in all."""
    rng = random.Random(seed)
    path, acknowledged, total = folder / "answers.db", list[str](), 0
    for run in range(kills):
        if run % RUNS_PER_LOG == 0:
            path, acknowledged = folder / f"log-{run}" / "answers.db", []
        told = kill_at_random(path, str(run), rng)
        total += len(told)
        acknowledged += told
        assert_whole(path, acknowledged)
    return total


class TestKill:
    """kill -9 at any moment: before the log is made, while it is opened, within a commit."""

    def test_short(self, tmp_path: Path) -> None:
        """No acknowledged event is lost, and the next writer goes on."""
        assert kill_many(tmp_path, kills=40, seed=1) > 40

    @pytest.mark.long
    @pytest.mark.timeout(1800)
    def test_long(self, tmp_path: Path) -> None:
        """The same, a thousand times."""
        assert kill_many(tmp_path, kills=1000, seed=2) > 1000


class TestSecondProcess:
    """Two apps at once."""

    def test_refused_until_the_first_is_gone(self, tmp_path: Path) -> None:
        """The second is told who writes; the lock dies with the first, however that ends."""
        path = tmp_path / "answers.db"
        with writing(path, "0", "hold") as process:
            assert first_line(process) == "open"
            before = path.read_bytes()
            with pytest.raises(StoreLocked, match=f"프로세스 {process.pid}"):
                Log.open(path)
            assert path.read_bytes() == before
            assert read_events(path) == []
        Log.open(path).close()


class TestReaderBesideWriter:
    """A command that prints while the app runs."""

    @pytest.mark.parametrize("mode", ["append", "reopen"])
    def test_never_fails(self, tmp_path: Path, mode: str) -> None:
        """Two hundred reads and more: none fails, each sees all that the one before saw."""
        path = tmp_path / "answers.db"
        with writing(path, "0", mode) as process:
            first_line(process)
            seen: list[str] = []
            sizes: set[int] = set()
            reads = 0
            while reads < 200 or len(sizes) < 5:
                reads += 1
                found = [event.id for event in read_events(path)]
                assert found[: len(seen)] == seen
                seen = found
                sizes.add(len(found))
            assert process.poll() is None
        assert check(path) == []
