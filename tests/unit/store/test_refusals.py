"""What is no sound log is refused with a sentence that helps, and left exactly as it was."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import msgspec
import pytest

from adsp.errors import StoreDamaged, StoreError, StoreLocked
from adsp.store.check import check
from adsp.store.log import Log, read_events
from adsp.store.schema import v2

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def guard(path: Path) -> None:
    """Put the guards back that were dropped to change a row."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        have = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
        for statement in v2.GUARDS:
            if statement.split()[2] not in have:
                connection.execute(statement)


def alter(path: Path, *statements: str) -> None:
    """Change a file behind the app's back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def vanish(path: Path) -> None:
    path.unlink()


def no_database(path: Path) -> None:
    path.write_text("학습 기록이 아닌 글입니다.\n" * 400, encoding="utf-8")


def short_text(path: Path) -> None:
    path.write_bytes(b"hello")


def foreign(path: Path) -> None:
    path.unlink()
    alter(path, "CREATE TABLE note (text)", "PRAGMA application_id = 252006675")


def unnamed(path: Path) -> None:
    path.unlink()
    alter(path, "CREATE TABLE event (text)")


def newer(path: Path) -> None:
    alter(path, "PRAGMA user_version = 99")


def half_a_page(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-2000])


def half_a_file(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def tail_lost(path: Path) -> None:
    alter(path, "DROP TRIGGER event_never_goes", "DELETE FROM event WHERE seq = 9")


def tail_changed(path: Path) -> None:
    alter(
        path,
        "DROP TRIGGER event_never_changes",
        "UPDATE event SET body = replace(body, 'true', 'false') WHERE seq = 9",
    )


def another(path: Path) -> None:
    """The same rows, but for one, and chained soundly."""
    events = read_events(path)
    elsewhere = path.with_name("elsewhere.db")
    with Log.open(elsewhere) as log:
        log.append(*events[:-1], msgspec.structs.replace(events[-1], id="other"))
    elsewhere.replace(path)


def unmarked(harm: Callable[[Path], None]) -> Callable[[Path], None]:
    """The same harm where the marker knows nothing: an older app left it."""

    def both(path: Path) -> None:
        harm(path)
        path.with_name("answers.db.exists").write_text("표시", encoding="utf-8")

    return both


def unguarded(path: Path) -> None:
    alter(path, "DROP TRIGGER event_never_goes")


def no_table(path: Path) -> None:
    alter(path, "DROP VIEW answer", "DROP VIEW session", "DROP TABLE event")


CASES = [
    pytest.param(empty, StoreDamaged, "비어 있습니다", id="zero-length"),
    pytest.param(vanish, StoreDamaged, "사라졌습니다", id="vanished"),
    pytest.param(no_database, StoreDamaged, "손상되었습니다", id="text"),
    pytest.param(short_text, StoreDamaged, "손상되었습니다", id="five bytes"),
    pytest.param(foreign, StoreDamaged, "다른 프로그램의 파일", id="foreign"),
    pytest.param(unnamed, StoreDamaged, "다른 프로그램의 파일", id="no application id"),
    pytest.param(newer, StoreError, "업데이트", id="newer"),
    pytest.param(half_a_file, StoreDamaged, "손상되었습니다", id="half"),
    pytest.param(no_table, StoreDamaged, "손상되었습니다", id="no table"),
    pytest.param(tail_lost, StoreDamaged, "9번째까지 있어야 할 기록이 8번째", id="shrunk"),
    pytest.param(another, StoreDamaged, "이 자리에 있던 것과 다릅니다", id="another log"),
]
FOR_WRITERS = [
    pytest.param(unmarked(half_a_page), StoreDamaged, "파일 끝이 잘렸습니다", id="half a page"),
    pytest.param(
        unmarked(tail_lost), StoreDamaged, "마지막 기록이 없어졌습니다", id="last row lost"
    ),
    pytest.param(unguarded, StoreDamaged, "event_never_goes", id="without a guard"),
    pytest.param(tail_changed, StoreDamaged, "9번째 기록의 검사값", id="last row changed"),
]


def content(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


class TestRefusing:
    """Whatever happened to the file."""

    @pytest.mark.parametrize(("harm", "kind", "says"), [*CASES, *FOR_WRITERS])
    def test_writer(
        self, written: Path, harm: Callable[[Path], None], kind: type[StoreError], says: str
    ) -> None:
        """The app does not write to it, and would not the next time either."""
        harm(written)
        before = content(written)
        for _ in range(2):
            with pytest.raises(kind, match=says) as caught:
                Log.open(written)
            assert type(caught.value) is kind
        assert content(written) == before

    @pytest.mark.parametrize(("harm", "kind", "says"), CASES)
    def test_reader(
        self, written: Path, harm: Callable[[Path], None], kind: type[StoreError], says: str
    ) -> None:
        """A command that prints does not take it for an empty log; nor does the check."""
        harm(written)
        before = content(written)
        with pytest.raises(kind, match=says):
            read_events(written)
        assert check(written)
        assert content(written) == before

    def test_file_kept_for_the_next_try(self, written: Path) -> None:
        """After a refusal the lock is free: the restored file opens at once."""
        kept = written.read_bytes()
        written.unlink()
        with pytest.raises(StoreDamaged):
            Log.open(written)
        written.write_bytes(kept)
        with Log.open(written) as log:
            assert len(log.events()) == 9

    def test_stale_wal(self, path: Path) -> None:
        """A WAL without its database is a lost log too; a new file would replay it."""
        path.parent.mkdir()
        wal = path.with_name("answers.db-wal")
        wal.write_bytes(b"rows of a lost log")
        with pytest.raises(StoreDamaged, match="사라졌습니다"):
            Log.open(path)
        assert wal.read_bytes() == b"rows of a lost log"

    def test_folder_is_a_file(self, tmp_path: Path) -> None:
        """A path that cannot be a folder is told, not raised."""
        (tmp_path / "data").write_text("no folder")
        with pytest.raises(StoreError, match="ADSP_HOME"):
            Log.open(tmp_path / "data" / "answers.db")

    def test_file_is_a_folder(self, path: Path) -> None:
        """So is a folder in the place of the file."""
        path.mkdir(parents=True)
        with pytest.raises(StoreError, match=r"answers\.db"):
            Log.open(path)

    def test_row_changed_in_the_middle(self, written: Path) -> None:
        """A row that is not as it was written is never handed out; the file opens for salvage."""
        alter(
            written,
            "DROP TRIGGER event_never_changes",
            """UPDATE event SET body = replace(body, 'right', 'wrong') WHERE seq = 2""",
        )
        guard(written)
        with pytest.raises(StoreDamaged, match="2번째 기록"):
            read_events(written)
        with Log.open(written) as log, pytest.raises(StoreDamaged, match="2번째 기록"):
            log.events()


class TestWayBack:
    """The message names what the learner can do."""

    def test_backups(self, written: Path) -> None:
        """If there are backups, it names the command."""
        backups = written.parent / "backups"
        backups.mkdir()
        shutil.copy(written, backups / "answers-2021-10-05.db")
        written.unlink()
        with pytest.raises(StoreDamaged, match="adsp log restore"):
            Log.open(written)

    def test_no_backups(self, written: Path) -> None:
        """If there are none, it says where they would be."""
        written.unlink()
        with pytest.raises(StoreDamaged, match="backups 에서 찾을 수 없었습니다"):
            Log.open(written)

    def test_starting_over_as_told(self, written: Path) -> None:
        """So does moving everything away to start from nothing."""
        written.write_bytes(b"")
        for file in written.parent.glob("answers.db*"):
            file.rename(file.with_name(f"old-{file.name}"))
        with Log.open(written) as log:
            assert log.events() == []


class TestLocked:
    """Within one process too there is one writer."""

    def test_second_writer(self, written: Path) -> None:
        """The second is refused while the first is open, and the first goes on."""
        with Log.open(written) as log:
            with pytest.raises(StoreLocked, match="다른 adsp"):
                Log.open(written)
            log.append(*log.events())
        Log.open(written).close()

    def test_foreign_writer(self, written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A foreign program that writes the file is named as such."""
        monkeypatch.setattr("adsp.store.connect.WRITER_WAIT", 0.05)
        with closing(sqlite3.connect(written, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreLocked, match="다른 프로그램"):
                Log.open(written)
