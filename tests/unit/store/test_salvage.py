"""What can still be proved of a log that is not whole."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from tests.unit.store.conftest import unstamped

from adsp.errors import StoreDamaged, StoreError
from adsp.store.events import Flagged
from adsp.store.files import Files
from adsp.store.log import Log, read_events
from adsp.store.order import place
from adsp.store.salvage import salvage

if TYPE_CHECKING:
    from pathlib import Path

    from adsp.store.events import Event


def alter(path: Path, *statements: str) -> None:
    """Change a file behind the app's back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER IF EXISTS event_never_changes")
        connection.execute("DROP TRIGGER IF EXISTS event_never_goes")
        for statement in statements:
            connection.execute(statement)


def ids(events: list[Event]) -> list[str]:
    return [event.id for event in events]


class TestRows:
    """A row counts if its checksum holds, which hangs on the row before."""

    def test_sound(self, written: Path) -> None:
        found = salvage(written)
        assert (found.events, found.lost) == (read_events(written), 0)

    @pytest.mark.parametrize("seq", range(1, 10))
    def test_body_changed(self, written: Path, story: list[Event], seq: int) -> None:
        """That row is lost, and no other."""
        alter(written, f"UPDATE event SET body = json_set(body, '$.at', '') WHERE seq = {seq}")
        found = salvage(written)
        assert found.lost == 1
        assert ids(found.events) == [e.id for n, e in enumerate(story, 1) if n != seq]

    @pytest.mark.parametrize("seq", range(1, 9))
    def test_checksum_changed(self, written: Path, story: list[Event], seq: int) -> None:
        """Nor can the row after it be proved."""
        alter(written, f"UPDATE event SET sum = '{'0' * 32}' WHERE seq = {seq}")
        found = salvage(written)
        assert found.lost == 2
        assert ids(found.events) == [
            e.id for n, e in enumerate(story, 1) if n not in {seq, seq + 1}
        ]

    @pytest.mark.parametrize("seq", range(2, 9))
    def test_row_gone(self, written: Path, story: list[Event], seq: int) -> None:
        alter(written, f"DELETE FROM event WHERE seq = {seq}")
        found = salvage(written)
        assert found.lost == 2
        assert ids(found.events) == [
            e.id for n, e in enumerate(story, 1) if n not in {seq, seq + 1}
        ]

    def test_last_rows_gone(self, written: Path, story: list[Event]) -> None:
        """SQLite remembers that there were more."""
        alter(written, "DELETE FROM event WHERE seq > 6")
        found = salvage(written)
        assert (ids(found.events), found.lost) == (ids(story)[:6], 3)

    def test_forged(self, written: Path) -> None:
        """A row whose checksum does not fit is not taken for a proved one."""
        alter(
            written,
            "UPDATE event SET body = replace(body, '\"wrong\"', '\"right\"') WHERE seq = 5",
        )
        assert "a2" not in ids(salvage(written).events)

    @pytest.mark.parametrize("count", [10**9, 2**62, -5])
    def test_count_that_is_nonsense(self, written: Path, story: list[Event], count: int) -> None:
        """A flipped bit that speaks of billions of rows does not keep anyone waiting."""
        alter(written, f"UPDATE sqlite_sequence SET seq = {count}")
        found = salvage(written)
        assert ids(found.events) == ids(story)
        assert found.lost < 1000

    def test_number_that_is_nonsense(self, written: Path, story: list[Event]) -> None:
        alter(written, "UPDATE event SET seq = 4611686018427387904 WHERE seq = 9")
        assert ids(salvage(written).events) == ids(story)[:8]


class TestFiles:
    """Whatever the file is."""

    def test_half_of_it_is_zeros(self, path: Path, story: list[Event]) -> None:
        """What lies on the pages that are left is there."""
        with Log.open(path) as log:
            log.append(*story)
            log.append(
                *(
                    Flagged(id=f"f{n}", at=story[0].at, question="q" * 50, on=True)
                    for n in range(500)
                )
            )
            whole = log.events()
        content = bytearray(path.read_bytes())
        middle = len(content) // 2 // 4096 * 4096
        content[middle : middle + 3 * 4096] = bytes(3 * 4096)
        path.write_bytes(content)
        with pytest.raises(StoreDamaged):
            read_events(path)
        found = salvage(path)
        assert 0 < found.lost < 200
        assert len(found.events) + found.lost == len(whole)
        assert found.events == [event for event in whole if event in found.events]

    def test_any_bit(self, written: Path, tmp_path: Path) -> None:
        """What is found is what was written, in order; else it is an error in words."""
        whole = {event.id: event for event in read_events(written)}
        content, rng = written.read_bytes(), random.Random(3)
        broken = tmp_path / "broken.db"
        saved = 0
        for _ in range(300):
            changed = bytearray(content)
            changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
            broken.write_bytes(changed)
            try:
                found = salvage(broken)
            except StoreError:
                continue
            assert all(whole[event.id] == event for event in found.events)
            assert found.events == sorted(found.events, key=place)
            saved += len(found.events) > 6
        assert saved > 200

    @pytest.mark.parametrize("size", [0, 1, 99, 4096, 10_000, 20_000])
    def test_cut_short(self, written: Path, size: int) -> None:
        """It is refused in words: SQLite reads no page of a file that has lost some."""
        written.write_bytes(written.read_bytes()[:size])
        with pytest.raises(StoreError, match=r"answers\.db"):
            salvage(written)

    def test_another_program(self, tmp_path: Path) -> None:
        path = tmp_path / "x.db"
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE event (seq, body, sum)")
        with pytest.raises(StoreDamaged, match="하나도 없습니다"):
            salvage(path)

    @pytest.mark.parametrize("pragma", ["application_id", "user_version"])
    def test_header(self, written: Path, pragma: str) -> None:
        """Whose the file is and how new, the checksums tell better than a flipped header."""
        alter(written, f"PRAGMA {pragma} = 99")
        found = salvage(written)
        assert (len(found.events), found.lost) == (9, 0)

    def test_gone(self, tmp_path: Path) -> None:
        with pytest.raises(StoreError):
            salvage(tmp_path / "gone.db")


class TestBesideAMarker:
    """A log moved away with all its files, as the advice says: the marker knows of more."""

    def test_shrunk(self, written: Path, story: list[Event], tmp_path: Path) -> None:
        """What it holds is had, though the marker refuses it."""
        shutil.copy(written, tmp_path / "older.db")
        with Log.open(written) as log:
            log.append(Flagged(id="lost", at=story[0].at, question="q", on=True))
        shutil.copy(tmp_path / "older.db", written)
        with pytest.raises(StoreDamaged, match="restore --current"):
            read_events(written)
        assert unstamped(salvage(written).events) == story

    def test_answers_in_the_wal(self, path: Path, story: list[Event], tmp_path: Path) -> None:
        """A WAL that came along counts, and stays as it is."""
        moved = Files(tmp_path / "moved" / "answers.db")
        moved.database.parent.mkdir()
        with Log.open(path) as log:
            log.append(*story)
            for source, target in ((path, moved.database), (Files(path).wal, moved.wal)):
                target.write_bytes(source.read_bytes())
        before = moved.wal.read_bytes()
        assert unstamped(salvage(moved.database).events) == story
        assert moved.wal.read_bytes() == before
