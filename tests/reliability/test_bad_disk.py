"""The log on bad storage: flipped bits, files that vanished, cannot be written, or are not those
that they were.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

import pytest
from tests.reliability.conftest import run
from tests.reliability.learner import ids
from tests.reliability.test_processes import WRITER
from tests.reliability.writer import batch

from adsp.clock import parse_now
from adsp.errors import StoreError
from adsp.store.backup import back_up
from adsp.store.check import Finding, check
from adsp.store.files import Files
from adsp.store.log import Log, read_events

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.reliability.conftest import Figure, Fresh

    from adsp.store.events import Event

EVENTS: list[Event] = [event for number in range(60) for event in batch("0", number)]


@pytest.fixture
def path(home: Path) -> Path:
    """A closed log of 120 events."""
    path = home / "data" / "answers.db"
    with Log.open(path) as log:
        log.append(*EVENTS)
    return path


# flipped bits


def dump(path: Path) -> object:
    """All rows as SQLite gives them, or that it cannot."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            connection.text_factory = bytes
            return connection.execute("SELECT * FROM event ORDER BY seq").fetchall()
    except (sqlite3.Error, UnicodeDecodeError):
        return None


class Flips(NamedTuple):
    """What was found of flips that changed a row."""

    tried: int
    changed: int
    found: int
    by_sqlite: int
    """By SQLite alone: its own check says so, or it cannot read the rows."""
    handed_out: int
    """Times that what was read had never been stored. (Where a bit of the schema is flipped the
    events may be whole.)"""


def flip_until(path: Path, harmful: int, seed: int) -> Flips:
    """Flip one random bit at a time in copies of a log, until ``harmful`` changed its rows."""
    rng = random.Random(seed)
    whole, sound, events = path.read_bytes(), dump(path), read_events(path)
    copy = path.with_name("flipped.db")
    tried = changed = found = by_sqlite = handed_out = 0
    while changed < harmful:
        tried += 1
        data = bytearray(whole)
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        copy.write_bytes(data)
        if (rows := dump(copy)) == sound:
            continue
        changed += 1
        findings = check(copy)
        found += any(finding.kind != "sense" for finding in findings)
        by_sqlite += rows is None or any(finding.kind == "pages" for finding in findings)
        handed_out += read_or_refused(copy) not in (None, events)
    return Flips(tried, changed, found, by_sqlite, handed_out)


def read_or_refused(path: Path) -> list[Event] | None:
    try:
        return read_events(path)
    except StoreError:
        return None


class TestFlippedBits:
    """A bit that storage turned over."""

    @pytest.mark.parametrize(
        "harmful",
        [
            pytest.param(50, id="short"),
            pytest.param(1200, id="long", marks=[pytest.mark.long, pytest.mark.timeout(1800)]),
        ],
    )
    def test_found(self, path: Path, harmful: int, figure: Figure) -> None:
        """Each that changes a row is found, and no changed row is ever handed out."""
        flips = flip_until(path, harmful, seed=harmful)
        figure("flipped bits", **flips._asdict())
        assert flips.found == harmful
        assert flips.handed_out == 0
        assert flips.by_sqlite < harmful  # else the checksums would not be needed


def told_by_sql(path: Path) -> object:
    """All that SQL tells of a log: the columns drawn from the events, and the views."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            return [
                connection.execute(f"SELECT * FROM {name}").fetchall()
                for name in ("event", "answer", "session")
            ]
    except (sqlite3.Error, UnicodeDecodeError):
        return None


def schema_bytes(path: Path) -> list[int]:
    """Where in the file the text of the tables, triggers and views lies."""
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL"
        texts = [text.encode() for (text,) in connection.execute(query)]
    content = path.read_bytes()
    starts = [(content.find(text), len(text)) for text in texts]
    return [at for start, size in starts if start >= 0 for at in range(start, start + size)]


class TestFlippedSchema:
    """A bit of the text that says what SQL makes of the events."""

    def test_found(self, path: Path, figure: Figure) -> None:
        """What would make the columns or the views tell something else is found."""
        rng, copy = random.Random(1), path.with_name("flipped.db")
        whole, sound, places = path.read_bytes(), told_by_sql(path), schema_bytes(path)
        changed = found = 0
        for _ in range(200):
            data = bytearray(whole)
            data[rng.choice(places)] ^= 1 << rng.randrange(8)
            copy.write_bytes(data)
            if told_by_sql(copy) != sound:
                changed += 1
                found += bool(check(copy))
        figure("flipped bits of the schema", changed=changed, found=found)
        assert found == changed > 0


# files that are not what they were


def contents(folder: Path) -> dict[str, str]:
    """A hash of every file, but for the lock and for SQLite's scratch: the index of the WAL, and a
    WAL without anything in it.
    """
    files = [file for file in folder.rglob("*") if file.is_file()]
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
        if not file.name.endswith((".lock", "-shm"))
        and not (file.name.endswith("-wal") and file.stat().st_size == 0)
    }


def assert_refused(path: Path) -> list[Finding]:
    """Neither read nor opened, told in Korean with what to do, nothing changed, whatever is tried;
    what the check finds.
    """
    before = contents(path.parent)
    for action in (read_events, Log.open):
        with pytest.raises(StoreError, match=r"(하세요|여세요|adsp log)"):
            action(path)
    findings = check(path)
    assert findings
    with pytest.raises(StoreError):
        Log.open(path)
    assert contents(path.parent) == before
    return findings


def log_check(*prefix: str) -> subprocess.CompletedProcess[str]:
    command = [*prefix, sys.executable, "-m", "adsp", "log", "check"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def assert_check_tells(path: Path) -> None:
    """``adsp log check`` says what is wrong and which way leads back, and changes nothing."""
    before = contents(path.parent)
    done = log_check()
    assert done.returncode == 1
    assert "학습 기록" in done.stdout
    assert "adsp log restore" in done.stdout
    assert contents(path.parent) == before


@pytest.fixture
def killed(home: Path, fresh: Fresh) -> Path:
    """The log of a writer that was killed: a backup, and answers in the WAL alone."""
    path = home / "data" / "answers.db"
    with Log.open(path) as log:
        log.append(*EVENTS)
    assert back_up(Files(path), parse_now("2021-10-05"), "hand")
    child = fresh(WRITER, path, "1", "few")
    for _ in range(20):
        child.line()
    child.kill()
    return path


def cut(file: Path, size: int) -> None:
    with file.open("r+b") as opened:
        opened.truncate(size)


class TestLostWal:
    """What a killed writer had stored last is in the WAL alone; the WAL is lost."""

    @pytest.mark.parametrize(
        "harm",
        [
            pytest.param(lambda wal: wal.unlink(), id="deleted"),
            pytest.param(lambda wal: cut(wal, 0), id="emptied"),
            pytest.param(lambda wal: cut(wal, 32), id="its header left"),
            pytest.param(lambda wal: cut(wal, wal.stat().st_size // 2), id="half of it left"),
            pytest.param(lambda wal: cut(wal, wal.stat().st_size - 1), id="a byte gone"),
        ],
    )
    def test_refused(self, killed: Path, harm: Callable[[Path], None]) -> None:
        """SQLite would go on without the answers; the app says how many are gone. Once the WAL is
        put back everything is there.
        """
        wal = Files(killed).wal
        stored, content = ids(read_events(killed)), wal.read_bytes()
        harm(wal)
        (finding,) = assert_refused(killed)
        assert finding.kind == "refused"
        assert wal.name in finding.text
        assert_check_tells(killed)
        wal.write_bytes(content)
        with Log.open(killed) as log:
            assert ids(log.events()) == stored


class TestOtherFile:
    """The file is not the one that was there."""

    def test_older_copy(self, killed: Path) -> None:
        """An older copy of it, as programs put there that synchronise folders."""
        Log.open(killed).close()
        (older,) = Files(killed).backups.iterdir()
        shutil.copyfile(older, killed)
        (finding,) = assert_refused(killed)
        assert finding.kind == "refused"
        assert "adsp log restore --current" in finding.text
        assert_check_tells(killed)

    def test_another_log(self, killed: Path, tmp_path: Path) -> None:
        """That of another machine, though it is longer."""
        Log.open(killed).close()
        other = tmp_path / "other" / "answers.db"
        with Log.open(other) as log:
            log.append(*(event for number in range(900) for event in batch("2", number)))
        shutil.copyfile(other, killed)
        assert_refused(killed)
        assert_check_tells(killed)

    @pytest.mark.parametrize(
        "harm",
        [
            pytest.param(lambda path: path.write_bytes(b""), id="empty"),
            pytest.param(lambda path: path.unlink(), id="gone"),
            pytest.param(lambda path: cut(path, path.stat().st_size // 2), id="cut"),
            pytest.param(lambda path: path.write_bytes(b"no database " * 500), id="no database"),
            pytest.param(lambda path: pragma(path, "application_id = 7"), id="of another program"),
            pytest.param(lambda path: pragma(path, "user_version = 99"), id="of a newer app"),
        ],
    )
    def test_no_log_of_this_app(self, killed: Path, harm: Callable[[Path], None]) -> None:
        """It is left as it is, never taken for a first start."""
        Log.open(killed).close()
        harm(killed)
        assert_refused(killed)

    def test_newer_is_not_damaged(self, killed: Path) -> None:
        """The check of a newer app's file says to update, not to put a backup in its place."""
        Log.open(killed).close()
        pragma(killed, "user_version = 99")
        done = log_check()
        assert done.returncode == 1
        assert "업데이트" in done.stdout
        assert "adsp log restore" not in done.stdout


def pragma(path: Path, text: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA {text}")


class TestLocked:
    """Another program writes."""

    def test_foreign_program(self, path: Path) -> None:
        """One that holds SQLite's own lock: told after a moment, nothing changed."""
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            before = contents(path.parent)
            with pytest.raises(StoreError, match="다른 프로그램이"):
                Log.open(path)
            assert contents(path.parent) == before
            assert ids(read_events(path)) == ids(EVENTS)
        Log.open(path).close()


# permissions

OPEN = """
import sys
from pathlib import Path
from adsp.errors import StoreError
from adsp.store.log import Log

try:
    Log.open(Path(sys.argv[1]))
except StoreError as error:
    print(type(error).__name__, error)
"""


def as_ordinary_user() -> tuple[str, ...]:
    """What to put before a command so that permissions count for root too."""
    if os.geteuid() != 0:
        return ()
    if shutil.which("setpriv") is None:
        pytest.skip("root without setpriv: permissions cannot be tried")
    return ("setpriv", "--bounding-set", "-dac_override,-dac_read_search")


class TestReadOnly:
    """Permissions, as an ordinary user meets them."""

    @pytest.mark.parametrize("lock", [True, False], ids=["with a lock file", "without one"])
    def test_folder(self, path: Path, lock: bool) -> None:
        """A folder that cannot be written: told so, the files untouched."""
        if not lock:
            Files(path).lock.unlink()
        before = contents(path.parent)
        path.parent.chmod(0o500)
        try:
            (refused,) = run(OPEN, path, prefix=as_ordinary_user())
        finally:
            path.parent.chmod(0o700)
        assert refused.startswith("StoreError")
        assert "ADSP_HOME" in refused
        assert contents(path.parent) == before

    @pytest.mark.parametrize("mode", [0o400, 0o000], ids=["read-only", "not even read"])
    def test_file(self, path: Path, mode: int) -> None:
        """A file that cannot be written, or not even read."""
        before = contents(path.parent)
        path.chmod(mode)
        (refused,) = run(OPEN, path, prefix=as_ordinary_user())
        path.chmod(0o600)
        assert refused.startswith("StoreError")
        assert "ADSP_HOME" in refused
        assert contents(path.parent) == before

    def test_check_sends_nobody_back(self, path: Path) -> None:
        """A file that cannot be read is not damaged: no backup need take its place."""
        assert back_up(Files(path), parse_now("2021-10-05"), "hand")
        path.chmod(0)
        done = log_check(*as_ordinary_user())
        path.chmod(0o600)
        assert done.returncode == 1
        assert "권한" in done.stdout
        assert "adsp log restore" not in done.stdout

    def test_new_folder(self, tmp_path: Path) -> None:
        """Where no folder can be made."""
        tmp_path.chmod(0o500)
        try:
            (refused,) = run(OPEN, tmp_path / "data" / "answers.db", prefix=as_ordinary_user())
        finally:
            tmp_path.chmod(0o700)
        assert refused.startswith("StoreError")
        assert "ADSP_HOME" in refused
