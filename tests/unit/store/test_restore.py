"""A backup comes back whole, and what it replaces is kept."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from tests.unit.store.conftest import unstamped

from adsp.errors import StoreDamaged, StoreError, StoreLocked
from adsp.store.backup import back_up, list_backups
from adsp.store.check import check
from adsp.store.events import Flagged
from adsp.store.files import Files
from adsp.store.log import Log, read_events
from adsp.store.marker import read_note
from adsp.store.restore import Restored, accept, restore, verify_backup

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from adsp.store.events import Event

NOW = datetime.fromisoformat("2021-10-06T20:00:00+09:00")


@pytest.fixture
def files(written: Path) -> Files:
    """The files of a log that was backed up with the story in it, and has grown since."""
    files = Files(written)
    back_up(files, NOW, "hand")
    study(files)
    return files


@pytest.fixture
def backup(files: Files) -> Path:
    """The backup of the story."""
    return list_backups(files)[0].path


def study(files: Files, name: str = "later") -> None:
    with Log.open(files.database) as log:
        log.append(Flagged(id=name, at=NOW, question="q", on=True))


def spoil(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    path.write_bytes(content)


def zero(path: Path) -> None:
    path.write_bytes(b"")


def remove(path: Path) -> None:
    path.unlink()


def text(path: Path) -> None:
    path.write_text("글\n" * 3000, encoding="utf-8")


def foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE note (text)")


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA user_version = 99")


HARMS = [spoil, zero, remove, text, foreign, newer]


class TestRestoring:
    """The backup takes the place of the log."""

    def test_comes_back(self, files: Files, backup: Path, story: list[Event]) -> None:
        """It opens, is whole, goes on; the backup is still there."""
        done = restore(files, backup, NOW)
        assert done == Restored(9, files.replaced / "20211006T110000Z")
        assert unstamped(read_events(files.database)) == story
        assert check(files.database) == []
        assert backup.exists()
        assert files.database.stat().st_mode & 0o777 == 0o600
        study(files, "after")
        assert len(read_events(files.database)) == 10

    def test_what_it_replaced_is_whole(self, files: Files, backup: Path) -> None:
        """Each time in a folder of its own, also within one second."""
        kept = [restore(files, backup, NOW).kept for _ in range(3)]
        assert [folder.name for folder in kept if folder] == [
            f"20211006T110000Z{more}" for more in ("", "-2", "-3")
        ]
        assert kept[0] is not None
        assert [event.id for event in read_events(kept[0] / "answers.db")][-1] == "later"

    def test_of_a_killed_app(
        self, files: Files, backup: Path, tmp_path: Path, story: list[Event]
    ) -> None:
        """Answers that were only in the WAL are in what is kept, and not in what came back."""
        left = tmp_path / "left"
        left.mkdir()
        with Log.open(files.database) as log:
            log.append(Flagged(id="in the wal", at=NOW, question="q", on=True))
            for path in (files.database, files.wal):
                (left / path.name).write_bytes(path.read_bytes())
        kept = restore(Files(left / "answers.db"), backup, NOW).kept
        assert unstamped(read_events(left / "answers.db")) == story
        assert kept is not None
        assert read_events(kept / "answers.db")[-1].id == "in the wal"

    @pytest.mark.parametrize("harm", HARMS)
    def test_in_place_of_what_is_no_log(
        self, files: Files, backup: Path, story: list[Event], harm: Callable[[Path], None]
    ) -> None:
        """Whatever has become of the log: kept as it is, to the byte."""
        harm(files.database)
        before = files.database.read_bytes() if files.database.exists() else None
        done = restore(files, backup, NOW)
        assert unstamped(read_events(files.database)) == story
        if before is None:
            assert done.kept is None
        else:
            assert done.kept is not None
            assert (done.kept / "answers.db").read_bytes() == before

    def test_where_there_never_was_one(
        self, backup: Path, tmp_path: Path, story: list[Event]
    ) -> None:
        """On a new machine."""
        files = Files(tmp_path / "new" / "data" / "answers.db")
        assert restore(files, backup, NOW) == Restored(9, None)
        assert unstamped(read_events(files.database)) == story
        study(files)

    def test_marker_follows(self, files: Files, backup: Path) -> None:
        """The log holds less than it did, and that is how it shall be."""
        restore(files, backup, NOW)
        note = read_note(files.marker)
        assert note is not None
        assert note.tail.seq == 9

    def test_back_and_forth(self, files: Files, backup: Path) -> None:
        """What was replaced can itself be restored."""
        kept = restore(files, backup, NOW).kept
        assert kept is not None
        assert restore(files, kept / "answers.db", NOW + timedelta(hours=1)).events == 10
        assert [event.id for event in read_events(files.database)][-1] == "later"

    def test_itself(self, files: Files) -> None:
        """Pointless, but harmless."""
        before = read_events(files.database)
        restore(files, files.database, NOW)
        assert read_events(files.database) == before


class TestRefused:
    """Then the log is as it was."""

    @pytest.mark.parametrize("harm", HARMS)
    def test_backup_that_is_none(
        self, files: Files, backup: Path, harm: Callable[[Path], None]
    ) -> None:
        harm(backup)
        before = files.database.read_bytes(), files.marker.read_bytes()
        for ask in (lambda: verify_backup(Files(backup)), lambda: restore(files, backup, NOW)):
            with pytest.raises(StoreError):
                ask()
        assert (files.database.read_bytes(), files.marker.read_bytes()) == before
        assert not files.replaced.exists()
        assert not files.fresh.exists()
        study(files, "on")

    def test_a_row_of_it_was_changed(self, files: Files, backup: Path) -> None:
        """Though SQLite finds no fault with it."""
        with closing(sqlite3.connect(backup, isolation_level=None)) as connection:
            connection.execute("DROP TRIGGER event_never_changes")
            connection.execute("UPDATE event SET body = replace(body, 'right', 'wrong')")
        with pytest.raises(StoreDamaged, match="쓰인 그대로가 아닙니다"):
            restore(files, backup, NOW)
        assert len(read_events(files.database)) == 10

    def test_app_is_open(self, files: Files, backup: Path) -> None:
        with Log.open(files.database) as log:
            for ask in (lambda: restore(files, backup, NOW), lambda: accept(files)):
                with pytest.raises(StoreLocked):
                    ask()
            log.append(Flagged(id="on", at=NOW, question="q", on=True))
        assert len(read_events(files.database)) == 11

    def test_nowhere_to_keep_the_old(self, files: Files, backup: Path) -> None:
        """A file in the place of the folder."""
        files.replaced.write_text("")
        with pytest.raises(StoreError, match="쓸 수 없습니다"):
            restore(files, backup, NOW)
        assert len(read_events(files.database)) == 10
        study(files, "on")


class TestAccept:
    """Take the file as it is, though the marker knows of more."""

    def test_shrunk(self, files: Files, backup: Path, story: list[Event]) -> None:
        files.database.write_bytes(backup.read_bytes())
        with pytest.raises(StoreDamaged, match="restore --current"):
            read_events(files.database)
        assert accept(files) == 9
        assert unstamped(read_events(files.database)) == story
        study(files, "on")

    def test_another(self, files: Files, tmp_path: Path) -> None:
        """The log of another machine in its place."""
        other = Files(tmp_path / "other" / "answers.db")
        for n in range(20):
            study(other, f"o{n}")
        files.database.write_bytes(other.database.read_bytes())
        with pytest.raises(StoreDamaged, match="이 자리에 있던 것과 다릅니다"):
            read_events(files.database)
        assert accept(files) == 20
        assert len(read_events(files.database)) == 20

    def test_nothing_was_wrong(self, files: Files) -> None:
        assert accept(files) == 10
        assert len(read_events(files.database)) == 10

    @pytest.mark.parametrize("harm", HARMS)
    def test_what_is_no_log(self, files: Files, harm: Callable[[Path], None]) -> None:
        """It must be whole in itself; else nothing changes, the marker neither."""
        harm(files.database)
        before = files.marker.read_bytes()
        with pytest.raises(StoreError):
            accept(files)
        assert files.marker.read_bytes() == before
