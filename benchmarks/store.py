"""What a durable answer, a check, a backup and an exchange of a long log cost.

    python benchmarks/store.py [ANSWERS]

Makes a log of 100,000 answers (or so many) in a folder of its own, on the disk of the system's
temporary folder, and prints a table in Markdown; a bare SQLite commit stands beside the answer, in
the same run on the same disk. Nothing is asserted: a shared machine is no stopwatch.
"""

from __future__ import annotations

import io
import sqlite3
import statistics
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from adsp.store.backup import copy_whole
from adsp.store.check import check
from adsp.store.events import Answered, Event, Item, SessionStarted, Verdict, new_id
from adsp.store.exchange.jsonl import read_jsonl, write_jsonl
from adsp.store.exchange.segments import read_segments, write_segments
from adsp.store.files import Files
from adsp.store.log import Log, read_events

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

AT = datetime(2021, 10, 1, 11, 0, tzinfo=UTC)
ITEMS = 20
COMMITS = 1000
RUNS = 5


def session(number: int) -> Iterator[Event]:
    """A session of twenty questions, all answered."""
    name = f"s{number}"
    at = AT + timedelta(minutes=10 * number)
    items = tuple(Item(f"3-2-2-question-{n}", seed=n * 7919) for n in range(ITEMS))
    yield SessionStarted(
        id=new_id(), at=at, session=name, mode="quiz", title="통계분석 · 20문항", items=items
    )
    for place in range(ITEMS):
        yield answer(name, place, at + timedelta(seconds=20 * place))


def answer(name: str, place: int, at: datetime) -> Answered:
    return Answered(
        id=new_id(),
        at=at,
        session=name,
        place=place,
        question=f"3-2-2-question-{place}",
        revision="0123456789ab",
        section="3-2-2",
        given="median",
        verdict=Verdict.RIGHT,
        elapsed_ms=21_500,
    )


def fill(path: Path, answers: int) -> None:
    with Log.open(path) as log:
        for first in range(0, answers // ITEMS, 50):
            sessions = range(first, min(first + 50, answers // ITEMS))
            log.append(*(event for n in sessions for event in session(n)))


def commits(path: Path, bare: Path) -> tuple[list[float], list[float]]:
    """Milliseconds of single durable answers, and of bare commits of as many bytes, in turn."""
    ours, theirs = [], []
    with Log.open(path) as log, closing(sqlite3.connect(bare, isolation_level=None)) as plain:
        plain.execute("PRAGMA journal_mode = WAL")
        plain.execute("PRAGMA synchronous = FULL")
        plain.execute("CREATE TABLE answer (id INTEGER PRIMARY KEY, body TEXT)")
        for n in range(COMMITS):
            given = answer("s0", n % ITEMS, AT + timedelta(days=365, seconds=n))
            ours.append(timed(lambda given=given: log.append(given)))  # type: ignore[misc]
            theirs.append(timed(lambda: bare_commit(plain)))
    return ours, theirs


def bare_commit(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO answer (body) VALUES (?)", ("x" * 300,))
    connection.execute("COMMIT")


def timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1000


def best(name: str, action: Callable[[], object]) -> None:
    figures = [timed(action) for _ in range(RUNS)]
    print(f"| {name} | {statistics.median(figures):.0f} | {max(figures):.0f} |")


def backup(files: Files) -> None:
    target = files.backups / "benchmark.db"
    copy_whole(files, target)
    target.unlink()


def exchange(path: Path, folder: Path) -> None:
    write_segments(folder, read_events(path))
    read_segments(folder)


def lines(path: Path) -> None:
    file = io.StringIO()
    write_jsonl(read_events(path), file)
    read_jsonl(file.getvalue().split("\n"), "export")


def main() -> None:
    answers = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data" / "answers.db"
        fill(path, answers)
        ours, theirs = commits(path, Path(folder) / "bare.db")
        print(f"{answers:,} answers, {path.stat().st_size / 1e6:.0f} MB, SQLite ", end="")
        print(f"{sqlite3.sqlite_version}, Python {sys.version.split()[0]}\n")
        print("| | median ms | worst ms |\n|---|--:|--:|")
        for name, figures in (("a durable answer", ours), ("a bare WAL + FULL commit", theirs)):
            print(f"| {name} | {statistics.median(figures):.2f} | {max(figures):.2f} |")
        best("check", lambda: check(path))
        best("backup, verified", lambda: backup(Files(path)))
        best("read and prove all events", lambda: read_events(path))
        best("export and read JSON lines", lambda: lines(path))
        best("write and read segments", lambda: exchange(path, Path(folder) / "shared"))
        ratio = statistics.median(ours) / statistics.median(theirs)
        print(f"\nA durable answer costs {ratio:.2f} times the bare commit.")


if __name__ == "__main__":
    main()
