"""The log: opened, appended to, read."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest
from tests.unit.store.conftest import unstamped

from adsp.errors import StoreError
from adsp.store.connect import APPLICATION_ID, SCHEMA_VERSION
from adsp.store.log import Log, read_events

if TYPE_CHECKING:
    from pathlib import Path

    from adsp.store.events import Event

HALF_CHANGED = """
import os, signal, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
for statement in ("PRAGMA journal_mode = DELETE", "PRAGMA cache_size = 1", "BEGIN IMMEDIATE",
                  "CREATE TABLE more (text)", "INSERT INTO more VALUES (zeroblob(1000000))"):
    connection.execute(statement)
os.kill(os.getpid(), signal.SIGKILL)
"""
HEAVY = ("sqlite_utils", "pandas", "numpy", "scipy")


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def query(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


class TestOpening:
    """Where there never was a log, one is made; a log that is there stays as it is."""

    def test_new(self, path: Path) -> None:
        """Folder and file are the learner's alone, and marked as hers."""
        with Log.open(path) as log:
            assert log.events() == []
            assert mode(path) == 0o600
        assert mode(path.parent) == 0o700
        assert sorted(file.name for file in path.parent.iterdir()) == [
            "answers.db",
            "answers.db.exists",
            "answers.db.lock",
        ]
        assert query(path, "PRAGMA application_id") == [(APPLICATION_ID,)]
        assert query(path, "PRAGMA user_version") == [(SCHEMA_VERSION,)]
        assert query(path, "PRAGMA journal_mode") == [("wal",)]

    def test_again(self, written: Path, story: list[Event]) -> None:
        """What was written is there the next time, and more goes behind it."""
        before = written.read_bytes()
        Log.open(written).close()
        assert written.read_bytes() == before
        with Log.open(written) as log:
            more = msgspec.structs.replace(story[-1], id="later")
            log.append(more)
            assert unstamped(log.events()) == [*story, more]

    def test_name_with_signs(self, tmp_path: Path, story: list[Event]) -> None:
        """A folder may have any name, also one that would be a query in a URI."""
        path = tmp_path / "내 기록?mode=rwc#1 %41" / "answers.db"
        with Log.open(path) as log:
            log.append(*story)
        assert unstamped(read_events(path)) == story

    def test_leftovers_of_a_killed_creation(self, path: Path, story: list[Event]) -> None:
        """A log that was being made when the power went is made again."""
        path.parent.mkdir()
        path.with_name("answers.db.new").write_bytes(b"half a file")
        path.with_name("answers.db.new-journal").write_bytes(b"half a journal")
        with Log.open(path) as log:
            log.append(*story)
            assert unstamped(log.events()) == story

    def test_empty_file_without_history(self, path: Path) -> None:
        """An empty file where there never was a log holds nothing to lose."""
        path.parent.mkdir()
        path.touch()
        with Log.open(path) as log:
            assert log.events() == []

    def test_killed_before_it_was_in_wal_mode(self, written: Path, story: list[Event]) -> None:
        """A copy put in place by hand is not, and a kill leaves it half changed: readers say what
        to do, and the app undoes it.
        """
        done = subprocess.run([sys.executable, "-c", HALF_CHANGED, written], check=False)
        assert done.returncode == -signal.SIGKILL
        assert written.with_name("answers.db-journal").exists()
        with pytest.raises(StoreError, match="한 번 열면"):
            read_events(written)
        with Log.open(written) as log:
            assert unstamped(log.events()) == story

    def test_lost_marker_comes_back(self, written: Path) -> None:
        """The marker is made anew for a log that is sound."""
        marker = written.with_name("answers.db.exists")
        marker.unlink()
        Log.open(written).close()
        assert "지우지 마세요" in marker.read_text(encoding="utf-8")

    def test_start_up_stays_light(self, written: Path) -> None:
        """Opening, reading and writing an up-to-date log imports nothing heavy."""
        program = (
            "import sys; from pathlib import Path; from adsp.store.log import Log, read_events\n"
            "path = Path(sys.argv[1]); read_events(path)\n"
            "with Log.open(path) as log: log.append(*log.events())\n"
            f"print([name for name in {HEAVY} if name in sys.modules])"
        )
        done = subprocess.run(
            [sys.executable, "-c", program, written], capture_output=True, text=True, check=True
        )
        assert done.stdout == "[]\n"

    def test_close_twice(self, path: Path) -> None:
        """Closing again is harmless: it must not close a file that is someone else's by now."""
        log = Log.open(path)
        log.close()
        with path.open("rb") as file:
            log.close()
            assert file.read(6) == b"SQLite"


class TestAppending:
    """One call is one transaction; an id is stored once; order is the log's own."""

    def test_clock_runs_back(self, path: Path, story: list[Event]) -> None:
        """An answer an hour before the last one still comes after it."""
        earlier = msgspec.structs.replace(
            story[1], id="earlier", at=story[1].at - timedelta(hours=1)
        )
        with Log.open(path) as log:
            log.append(*story)
            log.append(earlier)
            assert unstamped(log.events()[-1:]) == [earlier]

    def test_retry(self, path: Path, story: list[Event]) -> None:
        """The same event again is stored once, in one call or in two."""
        with Log.open(path) as log:
            log.append(*story, story[0])
            log.append(*story)
            assert unstamped(log.events()) == story

    def test_other_content(self, path: Path, story: list[Event]) -> None:
        """Another content under a known id is refused, with all that came along with it."""
        other = msgspec.structs.replace(story[1], at=story[1].at + timedelta(seconds=1))
        fresh = msgspec.structs.replace(story[1], id="fresh")
        with Log.open(path) as log:
            log.append(*story)
            with pytest.raises(StoreError, match="같은 id"):
                log.append(fresh, other)
            assert unstamped(log.events()) == story
            log.append(fresh)
            assert unstamped(log.events()) == [*story, fresh]

    def test_session_begun_twice(self, path: Path, story: list[Event]) -> None:
        """Two starts under one session's id are refused, and left out of a merge."""
        again = msgspec.structs.replace(story[0], id="other")
        with Log.open(path) as log:
            log.append(*story)
            with pytest.raises(StoreError, match="같은 id"):
                log.append(again)
            taken = log.take_in([again])
            assert (taken.new, taken.conflicts) == ([], [again])
            assert unstamped(log.events()) == story

    def test_nothing(self, path: Path) -> None:
        """No events, no rows."""
        with Log.open(path) as log:
            log.append()
            assert log.events() == []

    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            pytest.param(
                "2021-10-05T20:00:00.123999+09:00", "2021-10-05T20:00:00.123+09:00", id="fraction"
            ),
            pytest.param(
                "2021-10-05T20:00:00-03:30", "2021-10-05T20:00:00-03:30", id="half an hour"
            ),
            pytest.param("2021-10-05T20:00:00+00:00", "2021-10-05T20:00:00+00:00", id="utc"),
            pytest.param(
                "1907-10-05T20:00:00+08:27:52", "1907-10-05T19:59:08+08:27", id="old Seoul"
            ),
            pytest.param(
                "1907-10-05T20:00:00-00:00:30", "1907-10-05T19:59:30-00:01", id="west by seconds"
            ),
        ],
    )
    def test_time(self, path: Path, story: list[Event], given: str, kept: str) -> None:
        """Milliseconds and the learner's offset come back as they went in."""
        with Log.open(path) as log:
            log.append(msgspec.structs.replace(story[0], at=datetime.fromisoformat(given)))
            (event,) = log.events()
        assert event.at.isoformat(timespec="milliseconds") == datetime.fromisoformat(
            kept
        ).isoformat(timespec="milliseconds")

    def test_time_without_offset(self, path: Path, story: list[Event]) -> None:
        """A time that could mean any instant is refused."""
        naive = msgspec.structs.replace(story[0], at=story[0].at.replace(tzinfo=None))
        with Log.open(path) as log, pytest.raises(ValueError, match="aware"):
            log.append(naive)

    @pytest.mark.parametrize("field", ["id", "question"])
    def test_name_with_a_nul(self, path: Path, story: list[Event], field: str) -> None:
        """SQLite would end the name there, and take two names for one."""
        with Log.open(path) as log, pytest.raises(ValueError, match="NUL"):
            log.append(story[0], msgspec.structs.replace(story[1], **{field: "a\0b"}))

    def test_text_that_is_none(self, path: Path, story: list[Event]) -> None:
        """Half a surrogate pair cannot be stored: refused, with what came along."""
        broken = msgspec.structs.replace(story[1], id="\ud800")
        with Log.open(path) as log:
            with pytest.raises(ValueError, match="surrogates"):
                log.append(story[0], broken)
            assert log.events() == []

    def test_columns(self, written: Path) -> None:
        """SQLite draws from the event what keys and views need; each has a stamp of its own."""
        assert query(written, "SELECT id, kind, stamp, session, opens, answer FROM event") == [
            ("e1", "session", 1633431600123, "s1", "s1", None),
            ("a0", "answer", 1633431600124, "s1", None, None),
            ("a1", "answer", 1633431600125, "s1", None, None),
            ("e2", "ruling", 1633431600126, "s1", None, "a1"),
            ("a2", "answer", 1633431600127, "s1", None, None),
            ("e3", "retraction", 1633431600128, "s1", None, "a2"),
            ("e4", "flag", 1633431600129, None, None, None),
            ("a3", "answer", 1633447800000, "s1", None, None),
            ("e5", "end", 1633447800001, "s1", None, None),
        ]


class TestTable:
    """The table itself refuses what would rewrite history, whichever tool asks."""

    @pytest.mark.parametrize(
        "sql",
        [
            pytest.param("UPDATE event SET sum = ''", id="update"),
            pytest.param("DELETE FROM event WHERE seq = 1", id="delete"),
            pytest.param("DELETE FROM event", id="delete all"),
            pytest.param(
                "INSERT OR REPLACE INTO event SELECT seq, body, sum FROM event WHERE seq = 2",
                id="replace",
            ),
            pytest.param(
                "INSERT OR REPLACE INTO event SELECT 10, body, sum FROM event WHERE seq = 2",
                id="replace by id",
            ),
            pytest.param(
                "INSERT OR REPLACE INTO event"
                " SELECT 10, json_set(body, '$.id', 'x'), sum FROM event WHERE seq = 1",
                id="replace by session",
            ),
            pytest.param(
                "INSERT INTO event"
                " SELECT 12, json_set(body, '$.id', 'x'), sum FROM event WHERE seq = 2",
                id="gap",
            ),
        ],
    )
    def test_append_only(self, written: Path, story: list[Event], sql: str) -> None:
        """No row changes, goes, or comes anywhere but last."""
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            query(written, sql)
        assert unstamped(read_events(written)) == story

    def test_body_is_json(self, written: Path) -> None:
        """A body that no view could read is refused."""
        with pytest.raises(sqlite3.Error, match=r"JSON|CHECK"):
            query(written, "INSERT INTO event VALUES (10, '{', '')")

    @pytest.mark.parametrize(
        "body",
        [
            pytest.param(
                '{"id": "x", "type": "answer", "stamp": 1, "session": "s9"}', id="session"
            ),
            pytest.param('{"id": "x", "type": "ruling", "stamp": 1, "answer": "a9"}', id="answer"),
        ],
    )
    def test_foreign_keys(self, written: Path, body: str) -> None:
        """What speaks of a session or an answer that is not there is refused by SQLite too."""
        with closing(sqlite3.connect(written, isolation_level=None)) as connection:
            connection.execute("PRAGMA foreign_keys = ON")
            with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
                connection.execute("INSERT INTO event VALUES (10, ?, '')", (body,))

    @pytest.mark.parametrize("left_out", [0, 2])
    def test_what_hangs_on_nothing(self, path: Path, story: list[Event], left_out: int) -> None:
        """The log refuses it with all that came along, in words."""
        with Log.open(path) as log:
            with pytest.raises(StoreError, match="없는 세션이나 답"):
                log.append(*(event for n, event in enumerate(story) if n != left_out))
            assert log.events() == []


class TestReading:
    """Readers need no lock and leave the file alone."""

    def test_never_was(self, path: Path) -> None:
        """Where there never was a log there are no events, and none is made."""
        assert read_events(path) == []
        assert not path.parent.exists()

    def test_beside_a_writer(self, path: Path, story: list[Event]) -> None:
        """What the writer has stored is seen before it closes."""
        with Log.open(path) as log:
            log.append(*story)
            assert unstamped(read_events(path)) == story

    def test_after_a_crash(self, path: Path, tmp_path: Path, story: list[Event]) -> None:
        """Rows that are only in the WAL are read, and stay there."""
        with Log.open(path) as log:
            log.append(*story)
            left = tmp_path / "left"
            left.mkdir()
            for name in ("answers.db", "answers.db-wal"):
                (left / name).write_bytes(path.with_name(name).read_bytes())
        before = (left / "answers.db").read_bytes(), (left / "answers.db-wal").read_bytes()
        assert unstamped(read_events(left / "answers.db")) == story
        after = (left / "answers.db").read_bytes(), (left / "answers.db-wal").read_bytes()
        assert after == before

    def test_lock_is_not_inherited(self, path: Path) -> None:
        """A program that the writer started does not keep the lock when the writer is gone."""
        log = Log.open(path)
        with subprocess.Popen(["sleep", "60"], close_fds=False) as child:
            log.close()
            Log.open(path).close()
            child.kill()

    def test_lock_says_who(self, path: Path) -> None:
        """The lock file holds the writer's process number."""
        with Log.open(path):
            assert path.with_name("answers.db.lock").read_text() == str(os.getpid())
