"""Logs of released versions come to this one whole, even if the move is killed."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import sqlite3
import time
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from tests.reliability.conftest import FIXTURES
from tests.reliability.writer import batch

from adsp.store.check import check
from adsp.store.connect import SCHEMA_VERSION
from adsp.store.exchange.jsonl import read_jsonl
from adsp.store.files import Files
from adsp.store.log import Log, read_events
from adsp.store.rows import encode
from adsp.store.schema.v2 import Old

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import TypeAlias

    from tests.reliability.conftest import Figure, Nursery

    from adsp.store.events import Event

    State: TypeAlias = tuple[int, list[str]]

RELEASED = FIXTURES / "log-v1.db"
"""Written by version 1: all kinds of events, a clock that runs back, texts of every sort."""
EXPORTED = FIXTURES / "log-v1.jsonl"
"""What version 1 exported of it."""
MARKER = "이 폴더에 adsp의 학습 기록(answers.db)이 있다는 표시입니다.\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The log of version 1 in a learner's folder."""
    path = tmp_path / "data" / "answers.db"
    path.parent.mkdir()
    shutil.copy(RELEASED, path)
    Files(path).marker.write_text(MARKER, encoding="utf-8")
    return path


def exported() -> list[dict[str, Any]]:
    """One event a line; a line may hold other ends of line as text."""
    return [json.loads(line) for line in EXPORTED.read_text("utf-8").split("\n") if line]


def contents(events: list[Event]) -> list[dict[str, Any]]:
    """The events as version 1 knew them."""
    told = [json.loads(encode(event)) for event in events]
    for event in told:
        event.pop("stamp")
        if event["type"] == "retraction":
            assert event.pop("back") is False
    return told


def state(path: Path) -> State:
    """The version of a file and the steps that it has gone."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        steps = connection.execute("SELECT name FROM _sqlite_migrations ORDER BY id").fetchall()
    return version, [name for (name,) in steps]


OLD: State = (1, ["m001_log"])
NEW: State = (SCHEMA_VERSION, ["m001_log", "m002_order"])


class TestReleased:
    """A file that version 1 wrote, beside what version 1 exported of it."""

    def test_the_story_holds_all_kinds(self) -> None:
        """Else the rest would prove little."""
        assert {event["type"] for event in exported()} == {
            "session",
            "answer",
            "ruling",
            "retraction",
            "flag",
            "end",
        }
        moments = [event["at"] for event in exported()]
        assert moments != sorted(moments)

    def test_every_event(self, path: Path) -> None:
        """Id, time, kind and content of each, in the order of before."""
        with Log.open(path) as log:
            events = log.events()
        assert contents(events) == exported()
        assert state(path) == NEW
        assert check(path) == []

    def test_bodies_to_the_letter(self, path: Path) -> None:
        """What was stored is still stored as it was, with a stamp at its end."""
        Log.open(path).close()
        with closing(sqlite3.connect(path)) as connection:
            bodies = [body for (body,) in connection.execute("SELECT body FROM event ORDER BY seq")]
        lines = [line for line in EXPORTED.read_text("utf-8").split("\n") if line]
        assert [body.rpartition(',"stamp":')[0] + "}" for body in bodies] == lines

    def test_read_as_it_is(self, path: Path) -> None:
        """What only prints reads it without moving it."""
        before = path.read_bytes()
        assert contents(read_events(path)) == exported()
        assert check(path) == []
        assert path.read_bytes() == before
        assert state(path) == OLD

    def test_the_file_of_before_is_kept(self, path: Path) -> None:
        """As a backup that says the same."""
        Log.open(path).close()
        (backup,) = Files(path).backups.iterdir()
        assert state(backup) == OLD
        assert contents(read_events(backup)) == exported()

    def test_the_export_gives_the_same(self, path: Path) -> None:
        """To take in what version 1 exported is to move its file: stamps and all."""
        with Log.open(path) as log:
            moved = log.events()
        lines = EXPORTED.read_text("utf-8").split("\n")
        assert read_jsonl(lines, "log-v1.jsonl") == moved


# killed


def older_rows(before: Old, count: int) -> Iterator[Old]:
    """Rows as version 1 wrote them, after another."""
    events = [event for number in range(count) for event in batch("0", number)]
    for event in events[:count]:
        content = msgspec.to_builtins(event)
        content.pop("stamp")
        row = Old(
            seq=before.seq + 1,
            id=event.id,
            kind=content["type"],
            at=int(event.at.timestamp() * 1000),
            zone=540,
            day=event.day,
            session=content.get("session"),
            question=content.get("question"),
            body=msgspec.json.encode(content).decode(),
            sum="",
        )
        chained = msgspec.json.encode((before.sum, *row[:-1]))
        before = row._replace(sum=hashlib.blake2b(chained, digest_size=16).hexdigest())
        yield before


def grow(path: Path, target: Path, rows: int, in_wal: int) -> None:
    """A longer log of version 1 at ``target``; the last rows are in the WAL that a kill left."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        last = connection.execute("SELECT * FROM event ORDER BY seq DESC LIMIT 1").fetchone()
        made = [*older_rows(Old._make(last), rows)]
        for part in (made[: rows - in_wal], made[rows - in_wal :]):
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("BEGIN")
            marks = ", ".join("?" * len(Old._fields))
            connection.executemany(f"INSERT INTO event VALUES ({marks})", part)
            connection.execute("COMMIT")
        shutil.copytree(path.parent, target)


@dataclass
class Tally:
    """What came of it."""

    kills: int = 0
    old: int = 0
    new: int = 0
    told: int = 0
    """It had said that it was open."""
    between: int = 0
    """Neither the one nor the other."""
    lost: int = 0
    corrupt: int = 0


class Moving:
    """A log of version 1 that is opened by this version, which is killed."""

    def __init__(self, template: Path, folder: Path) -> None:
        self.template, self.folder = template, folder
        self.path = folder / "answers.db"
        self.put_back()
        self.events = read_events(self.path)

    def put_back(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.template, self.folder)

    def time(self, nursery: Nursery) -> float:
        """Seconds that it takes if nobody kills it."""
        begun = time.monotonic()
        child = nursery.start("open", self.path)
        assert child.line() == "open"
        child.kill()
        self.put_back()
        return time.monotonic() - begun

    def kill(self, nursery: Nursery, after: float, tally: Tally) -> None:
        """The file is the old one or the new one, and either is whole."""
        child = nursery.start("open", self.path)
        time.sleep(after)
        told = child.kill()
        tally.kills += 1
        found = state(self.path)
        tally.told += bool(told)
        tally.old += found == OLD
        tally.new += found == NEW
        tally.between += found not in (OLD, NEW)
        tally.lost += bool(told) and found != NEW
        self.look(tally)

    def look(self, tally: Tally) -> None:
        tally.corrupt += bool(check(self.path))
        tally.lost += read_events(self.path) != self.events
        for backup in Files(self.path).backups.glob("*.db"):
            tally.corrupt += read_events(backup) != self.events

    def finish(self, tally: Tally) -> None:
        """The next start moves it, whatever the kill left."""
        with Log.open(self.path) as log:
            tally.lost += log.events() != self.events
        tally.between += state(self.path) != NEW
        self.look(tally)
        self.put_back()


class TestKilled:
    """kill -9 while the log is moved."""

    @pytest.mark.parametrize(
        "kills",
        [
            pytest.param(10, id="short"),
            pytest.param(300, id="long", marks=[pytest.mark.long, pytest.mark.timeout(1800)]),
        ],
    )
    def test_old_or_new(
        self, path: Path, tmp_path: Path, nursery: Nursery, kills: int, figure: Figure
    ) -> None:
        """Never between; and one start later it is the new one with everything in it."""
        grow(path, tmp_path / "template", rows=2000, in_wal=200)
        moving, tally, rng = (
            Moving(tmp_path / "template", tmp_path / "log"),
            Tally(),
            random.Random(kills),
        )
        whole = moving.time(nursery)
        for _ in range(kills):
            moving.kill(nursery, rng.uniform(0, 1.1 * whole), tally)
            if state(moving.path) == NEW or rng.random() < 0.5:  # else it is killed once more
                moving.finish(tally)
        figure("kill -9 of a migration", events=len(moving.events), **asdict(tally))
        assert tally.between == tally.lost == tally.corrupt == 0, tally
        assert kills < 100 or min(tally.old, tally.new) > 0, tally
