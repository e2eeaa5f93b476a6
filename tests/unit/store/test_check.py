"""The check of a log finds what is wrong and says which row it is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from adsp.store.check import check
from adsp.store.log import Log
from adsp.store.rows import START, Row, Tail, chain, checksum, read_tail
from adsp.store.schema import v2

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from adsp.store.events import Event

UNGUARD = (
    "DROP TRIGGER event_never_changes",
    "DROP TRIGGER event_never_goes",
    "DROP TRIGGER event_comes_last",
)


def alter(path: Path, *statements: str) -> None:
    """Change a log past its guards, which stand there again afterwards."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in (*UNGUARD, *statements, *v2.GUARDS):
            connection.execute(statement)


def scribble(path: Path, value: str, seq: int) -> None:
    """Put what is no event into a row, past all that SQLite would say to it: the schema is
    exchanged for one that allows anything, and put back.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        ours = "FROM sqlite_schema WHERE tbl_name = 'event'"
        schema = connection.execute(f"SELECT * {ours}").fetchall()
        root = next(row[3] for row in schema if row[0] == "table")
        bare = "CREATE TABLE event (seq INTEGER PRIMARY KEY AUTOINCREMENT, body, sum)"
        connection.execute(f"DELETE {ours}")
        put = "INSERT INTO sqlite_schema VALUES (?, ?, ?, ?, ?)"
        connection.execute(put, ("table", "event", "event", root, bare))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"UPDATE event SET body = {value} WHERE seq = ?", (seq,))
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(f"DELETE {ours}")
        connection.executemany(put, schema)


def write_behind(path: Path, events: Iterable[Event]) -> None:
    """Store events, soundly chained, that the log itself would refuse."""
    Log.open(path).close()
    tail, stamped = START, enumerate(events, start=1)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for number, event in stamped:
            row = chain(msgspec.structs.replace(event, stamp=number), tail)
            connection.execute("INSERT INTO event VALUES (?, ?, ?)", row)
            tail = Tail(row.seq, row.sum)


class TestSound:
    """Nothing to say."""

    def test_never_was(self, path: Path) -> None:
        """Of a log that never was."""
        assert check(path) == []

    def test_story(self, written: Path) -> None:
        """Of a whole story."""
        assert check(written) == []

    def test_beside_a_writer(self, written: Path) -> None:
        """Of a log that is being written."""
        with Log.open(written):
            assert check(written) == []


class TestChain:
    """Each row is held against its checksum and the row before."""

    @pytest.mark.parametrize(
        "change",
        [
            "body = json_set(body, '$.elapsed_ms', 1)",
            "body = json_set(body, '$.id', 'other')",
            "body = json_set(body, '$.stamp', 1)",
            "body = body || ' '",
        ],
    )
    def test_any_change(self, written: Path, change: str) -> None:
        """A change of anything shows, at its own row only."""
        alter(written, f"UPDATE event SET {change} WHERE seq = 2")
        (finding,) = (found for found in check(written) if found.kind == "chain")
        assert finding.text.startswith("2번째 기록")

    def test_checksum_itself(self, written: Path) -> None:
        """A changed checksum breaks its own row and the next."""
        alter(written, "UPDATE event SET sum = 'x' WHERE seq = 3")
        assert [found.text[0] for found in check(written)] == ["3", "4"]

    @pytest.mark.parametrize(
        ("gone", "says"),
        [
            pytest.param("seq = 1", "1번째부터 1번째까지", id="first"),
            pytest.param("seq IN (6, 7)", "6번째부터 7번째까지", id="middle"),
            pytest.param("seq >= 8", "8번째부터 9번째까지", id="last"),
            pytest.param("true", "1번째부터 9번째까지", id="all"),
        ],
    )
    def test_missing(self, written: Path, gone: str, says: str) -> None:
        """Missing rows show, the last ones too."""
        alter(written, f"DELETE FROM event WHERE {gone}")
        written.with_name("answers.db.exists").unlink()  # which would tell before the check does
        assert any(says in found.text for found in check(written))

    @pytest.mark.parametrize("value", ["x'00'", "0", "'\x1b[2J'"])
    def test_not_even_text(self, written: Path, value: str) -> None:
        """A body that is no text at all, or one that a terminal would obey."""
        scribble(written, value, seq=4)
        findings = check(written)
        assert any(found.text.startswith("4번째 기록") for found in findings)
        assert not any("\x1b" in found.text for found in findings)

    @pytest.mark.parametrize("value", ["8", "'nine'", "NULL"])
    def test_sequence(self, written: Path, value: str) -> None:
        """SQLite's own note of the highest number is held against the rows."""
        alter(written, f"UPDATE sqlite_sequence SET seq = {value}")
        assert any("10번째부터" in found.text for found in check(written))

    def test_moved(self, written: Path) -> None:
        """Two rows that changed places show."""
        alter(
            written,
            "UPDATE event SET seq = -2 WHERE seq = 2",
            "UPDATE event SET seq = 2 WHERE seq = 3",
            "UPDATE event SET seq = 3 WHERE seq = -2",
        )
        assert [found.text[0] for found in check(written)[:2]] == ["2", "3"]

    def test_no_utf8(self, written: Path) -> None:
        """A text that is no UTF-8 any more is found by its row."""
        scribble(written, "CAST(x'22ff22' AS TEXT)", seq=5)
        assert any(found.text.startswith("5번째 기록이 쓰인") for found in check(written))


class TestSense:
    """Each event speaks of what came before it."""

    @pytest.mark.parametrize(
        ("left_out", "says"),
        [
            pytest.param({0}, "모르는 세션(s1)", id="session"),
            pytest.param({2}, "모르는 답(a1)", id="ruled answer"),
            pytest.param({4}, "모르는 답(a2)", id="retracted answer"),
        ],
    )
    def test_unknown(self, path: Path, story: list[Event], left_out: set[int], says: str) -> None:
        """What was never stored is named."""
        write_behind(path, (event for n, event in enumerate(story) if n not in left_out))
        findings = check(path)
        assert all(found.kind == "sense" for found in findings)
        assert any(says in found.text for found in findings)

    def test_order(self, path: Path, story: list[Event]) -> None:
        """What comes later than it is spoken of is named as such."""
        write_behind(path, reversed(story))
        findings = [found for found in check(path) if "순서가 뒤바뀌었습니다" in found.text]
        assert len(findings) == 9

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param({"place": 4}, id="beyond the session"),
            pytest.param({"place": -1}, id="before it"),
            pytest.param({"question": "3-2-2-q1"}, id="question of another place"),
        ],
    )
    def test_place(self, path: Path, story: list[Event], change: dict[str, Any]) -> None:
        """An answer is of the question that its session asks at its place."""
        with Log.open(path) as log:
            log.append(story[0], msgspec.structs.replace(story[1], **change))
        (finding,) = check(path)
        assert "세션의 그 자리에 없습니다" in finding.text

    def test_unknown_kind(self, written: Path) -> None:
        """A row that is whole but says nothing that this app knows."""
        with closing(sqlite3.connect(written, isolation_level=None)) as connection:
            tail = read_tail(connection)
            row = Row(tail.seq + 1, '{"type":"dream","id":"x","stamp":1}', "")
            row = row._replace(sum=checksum(row, tail.sum))
            connection.execute("INSERT INTO event VALUES (?, ?, ?)", row)
        (finding,) = check(written)
        assert finding.text.startswith("10번째 기록을 알아볼 수 없습니다")

    def test_empty_tail(self, path: Path) -> None:
        """An empty log ends where it starts."""
        Log.open(path).close()
        with closing(sqlite3.connect(path)) as connection:
            assert read_tail(connection) == START == Tail(0, "")


class TestPages:
    """SQLite's own check is part of it."""

    def test_index(self, written: Path) -> None:
        """Two indexes that hold each other's entries are found, though every row is whole."""
        alter(
            written,
            "PRAGMA writable_schema = ON",
            "UPDATE sqlite_schema SET rootpage = (SELECT sum(rootpage) FROM sqlite_schema"
            " WHERE name IN ('event_stamp', 'sqlite_autoindex_event_1')) - rootpage"
            " WHERE name IN ('event_stamp', 'sqlite_autoindex_event_1')",
        )
        assert any(found.text.startswith("SQLite 검사") for found in check(written))
