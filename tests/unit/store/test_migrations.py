"""A schema step changes the file wholly or not at all, and never the log in it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlite_utils import Database, Migrations
from tests.unit.store.conftest import unstamped

from adsp.errors import StoreDamaged
from adsp.store.backup import copy_whole
from adsp.store.connect import SCHEMA_VERSION
from adsp.store.files import Files
from adsp.store.log import Log, read_events
from adsp.store.migrations import STEPS, m001_log, m002_order, upgrade

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from adsp.store.events import Event


def add_index(db: Database) -> None:
    db.execute("CREATE INDEX event_kind ON event (kind)")


def lose_a_row(db: Database) -> None:
    db.execute("DROP TRIGGER event_never_goes")
    db.execute("DELETE FROM event WHERE seq = 1")


def change_a_row(db: Database) -> None:
    db.execute("DROP TRIGGER event_never_changes")
    db.execute("UPDATE event SET body = replace(body, '통계', '분석') WHERE seq = 1")


def fail_half_way(db: Database) -> None:
    db.execute("CREATE INDEX event_kind ON event (kind)")
    db.execute("CREATE INDEX event_kind ON event (kind)")


def steps(*more: Callable[[Database], None]) -> Migrations:
    """The shipped steps and some later ones."""
    made = Migrations("adsp")
    for step in (m001_log, m002_order, *more):
        made()(step)
    return made


def state(path: Path) -> tuple[object, ...]:
    """Schema, version and record of migrations."""
    with closing(sqlite3.connect(path)) as connection:
        return (
            connection.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall(),
            connection.execute("PRAGMA user_version").fetchone()[0],
            connection.execute("SELECT name FROM _sqlite_migrations ORDER BY id").fetchall(),
        )


class TestSteps:
    """The steps that ship."""

    def test_version_counts_the_steps(self) -> None:
        """The version that the hot path knows is the number of steps."""
        with closing(Database(memory=True)) as empty:
            assert len(STEPS.pending(empty)) == SCHEMA_VERSION


class TestUpgrade:
    """From an older file to this app's."""

    def test_keeps_the_log(self, written: Path, story: list[Event]) -> None:
        """The step is applied, every event is there, and the backup holds the file of before."""
        upgrade(Files(written), steps(add_index), 3)
        schema, version, applied = state(written)
        assert version == 3
        assert applied == [("m001_log",), ("m002_order",), ("add_index",)]
        assert "event_kind" in str(schema)
        backup = written.parent / "backups" / "answers-before-v3-000009.db"
        assert unstamped(read_events(backup)) == story
        assert [file.name for file in backup.parent.iterdir()] == [backup.name]
        with closing(sqlite3.connect(written, isolation_level=None)) as connection:
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        assert unstamped(read_events(written)) == story

    def test_behind(self, written: Path, story: list[Event]) -> None:
        """A file that says it is older is brought up when it is opened; steps done stay done."""
        with closing(sqlite3.connect(written, isolation_level=None)) as connection:
            connection.execute("PRAGMA user_version = 1")
        with Log.open(written) as log:
            assert unstamped(log.events()) == story
        assert state(written)[1] == SCHEMA_VERSION
        backup = written.parent / "backups" / "answers-before-v2-000009.db"
        assert unstamped(read_events(backup)) == story

    def test_nothing_to_back_up(self, path: Path) -> None:
        """An empty log needs no backup."""
        Log.open(path).close()
        upgrade(Files(path), steps(add_index), 3)
        assert not (path.parent / "backups").exists()

    @pytest.mark.parametrize("bad", [lose_a_row, change_a_row, fail_half_way])
    def test_all_or_nothing(
        self, written: Path, story: list[Event], bad: Callable[[Database], None]
    ) -> None:
        """If a step fails or touches the log, none of the steps has happened."""
        before = state(written)
        with pytest.raises(StoreDamaged, match=r"손상|실패"):
            upgrade(Files(written), steps(add_index, bad), 4)
        assert state(written) == before
        assert unstamped(read_events(written)) == story


class TestBackup:
    """A copy is whole or is not there."""

    def test_takes_in_the_wal(self, path: Path, story: list[Event], tmp_path: Path) -> None:
        """What a running writer has stored is in the copy; a copy of the file would miss it."""
        with Log.open(path) as log:
            log.append(*story)
            copy_whole(Files(path), tmp_path / "copies" / "copy.db")
        assert unstamped(read_events(tmp_path / "copies" / "copy.db")) == story

    def test_damaged_source(self, written: Path, tmp_path: Path) -> None:
        """Of a file that is not whole no copy is left."""
        data = bytearray(written.read_bytes())
        data[4096 * 2 : 4096 * 4] = bytes(4096 * 2)
        written.write_bytes(data)
        with pytest.raises(StoreDamaged):
            copy_whole(Files(written), tmp_path / "copies" / "copy.db")
        assert list((tmp_path / "copies").iterdir()) == []
