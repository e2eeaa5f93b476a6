"""The check of a log finds what is wrong and says which row it is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from adsp.store.check import check
from adsp.store.log import Log
from adsp.store.rows import START, Row, Tail, checksum, read_tail

if TYPE_CHECKING:
    from pathlib import Path

    from adsp.store.events import Event

UNGUARD = (
    "DROP TRIGGER event_never_changes",
    "DROP TRIGGER event_never_goes",
    "DROP TRIGGER event_comes_last",
)


def alter(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in (*UNGUARD, *statements):
            connection.execute(statement)


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
            "id = 'other'",
            "kind = 'flag'",
            "at = at + 1",
            "zone = 0",
            "day = '2021-10-04'",
            "session = NULL",
            "question = 'q'",
            "body = json_set(body, '$.elapsed_ms', 1)",
        ],
    )
    def test_any_column(self, written: Path, change: str) -> None:
        """A change of any column shows, at its own row only."""
        alter(written, f"UPDATE event SET {change} WHERE seq = 3")
        (finding,) = check(written)
        assert finding.startswith("3번째 기록")

    def test_checksum_itself(self, written: Path) -> None:
        """A changed checksum breaks its own row and the next."""
        alter(written, "UPDATE event SET sum = 'x' WHERE seq = 3")
        assert [finding[0] for finding in check(written)] == ["3", "4"]

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
        assert any(says in finding for finding in check(written))

    @pytest.mark.parametrize("value", ["x'00'", "0", "'\x1b[2J'"])
    def test_not_even_text(self, written: Path, value: str) -> None:
        """A body that is no text at all, and a name that a terminal would obey."""
        alter(
            written,
            "PRAGMA ignore_check_constraints = ON",
            "PRAGMA writable_schema = ON",
            "UPDATE sqlite_schema SET sql = replace(sql, 'STRICT', '') WHERE name = 'event'",
            "PRAGMA writable_schema = RESET",
            f"UPDATE event SET body = {value}, id = 'a\x1b[2J' WHERE seq = 4",
        )
        findings = check(written)
        assert any(finding.startswith("4번째 기록") for finding in findings)
        assert not any("\x1b" in finding for finding in findings)

    @pytest.mark.parametrize("value", ["8", "'nine'", "NULL"])
    def test_sequence(self, written: Path, value: str) -> None:
        """SQLite's own note of the highest number is held against the rows."""
        alter(written, f"UPDATE sqlite_sequence SET seq = {value}")
        assert any("10번째부터" in finding for finding in check(written))

    def test_moved(self, written: Path) -> None:
        """Two rows that changed places show."""
        alter(
            written,
            "UPDATE event SET seq = -2 WHERE seq = 2",
            "UPDATE event SET seq = 2 WHERE seq = 3",
            "UPDATE event SET seq = 3 WHERE seq = -2",
        )
        assert [finding[0] for finding in check(written)[:2]] == ["2", "3"]

    def test_no_utf8(self, written: Path) -> None:
        """A text that is no UTF-8 any more is found by its row."""
        alter(written, "UPDATE event SET day = CAST(x'ff32303231' AS TEXT) WHERE seq = 5")
        (finding,) = check(written)
        assert finding.startswith("5번째 기록")


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
        with Log.open(path) as log:
            log.append(*(event for n, event in enumerate(story) if n not in left_out))
        findings = check(path)
        assert findings
        assert all(says in finding for finding in findings)

    def test_order(self, path: Path, story: list[Event]) -> None:
        """What comes later than it is spoken of is named as such."""
        with Log.open(path) as log:
            log.append(*reversed(story))
        findings = check(path)
        assert len(findings) == 9
        assert all("순서가 뒤바뀌었습니다" in finding for finding in findings)

    def test_unknown_kind(self, written: Path) -> None:
        """A row that is whole but says nothing that this app knows."""
        with closing(sqlite3.connect(written, isolation_level=None)) as connection:
            tail = read_tail(connection)
            row = Row(tail.seq + 1, "x", "dream", 0, 0, "", None, None, '{"type":"dream"}', "")
            row = row._replace(sum=checksum(row, tail.sum))
            connection.execute("INSERT INTO event VALUES (?,?,?,?,?,?,?,?,?,?)", row)
        (finding,) = check(written)
        assert finding.startswith("10번째 기록을 알아볼 수 없습니다")

    def test_empty_tail(self, path: Path) -> None:
        """An empty log ends where it starts."""
        Log.open(path).close()
        with closing(sqlite3.connect(path)) as connection:
            assert read_tail(connection) == START == Tail(0, "")


class TestPages:
    """SQLite's own check is part of it."""

    def test_index(self, written: Path) -> None:
        """An index that lost its entries is found, though every row is whole."""
        alter(
            written,
            "PRAGMA writable_schema = ON",
            "UPDATE sqlite_schema SET sql = NULL, rootpage ="
            " (SELECT rootpage FROM sqlite_schema WHERE name = 'event_day')"
            " WHERE name = 'sqlite_autoindex_event_1'",
        )
        assert any(finding.startswith("SQLite 검사") for finding in check(written))
