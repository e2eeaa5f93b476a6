"""The log on bad storage: flipped bits, a full disk, a folder that cannot be written."""

from __future__ import annotations

import os
import random
import runpy
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from adsp.errors import StoreError
from adsp.store.check import check
from adsp.store.log import Log, read_events

if TYPE_CHECKING:
    from adsp.store.events import Event

batch = runpy.run_path(str(Path(__file__).with_name("writer.py")))["batch"]
EVENTS: list[Event] = [event for number in range(60) for event in batch("0", number)]

FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from adsp.errors import StoreError
from adsp.store.log import Log

def limit(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

path, events = Path(sys.argv[1]), []
with Log.open(path) as log:
    events = log.events()
    limit(200_000)
    stored, refused = 0, ""
    for n in range(10_000):
        try:
            log.append(*(replace(e, id=f"{n}-{e.id}") for e in events[:3]))
        except StoreError as error:
            refused = str(error)
            break
        stored += 3
    assert len(log.events()) == len(events) + stored
    limit(resource.RLIM_INFINITY)
    log.append(*(replace(e, id=f"after-{e.id}") for e in events[:3]))
print(stored)
print(refused)
""".replace("import resource", "from msgspec.structs import replace\nimport resource", 1)

NO_ROOM_AT_ALL = """
import resource, sys
from pathlib import Path
from adsp.errors import StoreError
from adsp.store.log import Log

resource.setrlimit(resource.RLIMIT_FSIZE, (8192, resource.RLIM_INFINITY))
try:
    Log.open(Path(sys.argv[1]))
except StoreError as error:
    print(error)
"""

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


def run(program: str, path: Path, *prefix: str) -> list[str]:
    """The lines that a program of its own process printed."""
    command = [*prefix, sys.executable, "-c", program, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def as_ordinary_user() -> list[str]:
    """What to put before a command so that permissions count for root too."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("root without setpriv: permissions cannot be tried")
    return ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A closed log of 120 events."""
    path = tmp_path / "data" / "answers.db"
    with Log.open(path) as log:
        log.append(*EVENTS)
    return path


def dump(path: Path) -> object:
    """All rows as SQLite gives them, or that it cannot."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            connection.text_factory = bytes
            return connection.execute("SELECT * FROM event ORDER BY seq").fetchall()
    except (sqlite3.Error, UnicodeDecodeError):
        return None


def flip_until(path: Path, harmful: int, seed: int) -> tuple[int, int]:
    """Flip one random bit at a time in copies of a log, until ``harmful`` flips changed its rows.
    How many of them `check` found, and how many SQLite's integrity check alone.
    """
    rng = random.Random(seed)
    whole, sound = path.read_bytes(), dump(path)
    copy = path.with_name("flipped.db")
    changed = found = by_sqlite = 0
    while changed < harmful:
        data = bytearray(whole)
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        copy.write_bytes(data)
        if dump(copy) == sound:
            continue
        changed += 1
        findings = check(copy)
        found += bool(findings)
        by_sqlite += any(not finding[0].isdigit() for finding in findings)
        with pytest.raises(StoreError):
            read_events(copy)
    return found, by_sqlite


class TestFlippedBits:
    """A bit that storage turned over."""

    def test_short(self, path: Path) -> None:
        """Each that changes a row is found, and no changed row is ever handed out."""
        found, by_sqlite = flip_until(path, harmful=50, seed=1)
        assert found == 50
        assert by_sqlite < 50  # else the checksums would not be needed

    @pytest.mark.long
    @pytest.mark.timeout(1800)
    def test_long(self, path: Path) -> None:
        """The same for a thousand."""
        assert flip_until(path, harmful=1000, seed=2)[0] == 1000


class TestFullDisk:
    """No room for one more answer."""

    def test_while_writing(self, path: Path) -> None:
        """The answer is refused, what was stored stays, and with room again it goes on."""
        stored, refused = run(FULL_DISK, path)
        assert int(stored) > 0
        assert "빈 공간" in refused
        assert len(read_events(path)) == len(EVENTS) + int(stored) + 3
        assert check(path) == []

    def test_while_creating(self, tmp_path: Path) -> None:
        """No half-made log is left, and with room again it is made."""
        path = tmp_path / "data" / "answers.db"
        (refused,) = run(NO_ROOM_AT_ALL, path)
        assert "빈 공간" in refused
        assert not path.exists()
        with Log.open(path) as log:
            assert log.events() == []


class TestReadOnly:
    """Permissions, as an ordinary user meets them."""

    def test_folder(self, path: Path) -> None:
        """A folder that cannot be written: told so, the file untouched."""
        before = path.read_bytes()
        path.with_name("answers.db.lock").unlink()
        path.parent.chmod(0o500)
        try:
            (refused,) = run(OPEN, path, *as_ordinary_user())
        finally:
            path.parent.chmod(0o700)
        assert refused.startswith("StoreError")
        assert "ADSP_HOME" in refused
        assert path.read_bytes() == before

    def test_folder_with_lock_file(self, path: Path) -> None:
        """The same where the lock file is there already."""
        before = path.read_bytes()
        path.parent.chmod(0o500)
        try:
            (refused,) = run(OPEN, path, *as_ordinary_user())
        finally:
            path.parent.chmod(0o700)
        assert refused.startswith("StoreError")
        assert path.read_bytes() == before

    @pytest.mark.parametrize("mode", [0o400, 0o000])
    def test_file(self, path: Path, mode: int) -> None:
        """A file that cannot be written, or not even read."""
        before = path.read_bytes()
        path.chmod(mode)
        (refused,) = run(OPEN, path, *as_ordinary_user())
        path.chmod(0o600)
        assert refused.startswith("StoreError")
        assert "ADSP_HOME" in refused
        assert path.read_bytes() == before

    def test_new_folder(self, tmp_path: Path) -> None:
        """Where no folder can be made."""
        tmp_path.chmod(0o500)
        try:
            (refused,) = run(OPEN, tmp_path / "data" / "answers.db", *as_ordinary_user())
        finally:
            tmp_path.chmod(0o700)
        assert refused.startswith("StoreError")
        assert "ADSP_HOME" in refused
