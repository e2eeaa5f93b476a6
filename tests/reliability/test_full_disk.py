"""No room for one more answer."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from tests.reliability.conftest import FIXTURES, run

from adsp.store.log import Log

if TYPE_CHECKING:
    from pathlib import Path

    from tests.reliability.conftest import Figure

PRELUDE = """
import json, resource, shutil, sys
from pathlib import Path
from adsp.clock import parse_now
from adsp.errors import StoreError
from adsp.store.backup import back_up
from adsp.store.check import check
from adsp.store.files import Files
from adsp.store.log import Log, read_events
from adsp.store.restore import restore
from tests.reliability.writer import batch

path, now = Path(sys.argv[1]) / "answers.db", parse_now("2021-10-05")
files = Files(path)

def fill(log, run):
    # batches until one is refused; what was stored, and what was said
    stored = []
    for n in range(10_000):
        try:
            log.append(*batch(run, n))
        except StoreError as error:
            assert "빈 공간" in str(error), error
            return stored, n
        stored += batch(run, n)

def ids(events):
    return [event.id for event in events]

def limit(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
"""

ANSWERING = """
with Log.open(path) as log:
    shrink()
    stored, late = fill(log, "1")
    assert stored and ids(log.events()) == ids(stored)
    assert ids(read_events(path)) == ids(stored) and check(path) == []
    grow()
    log.append(*batch("1", late))
    stored += batch("1", late)
with Log.open(path) as log:
    assert ids(log.events()) == ids(stored)
assert check(path) == []
"""

LIMITED = """
def shrink():
    limit(200_000)

def grow():
    limit(resource.RLIM_INFINITY)
"""

ON_TMPFS = """
ballast = path.with_name("ballast")
ballast.write_bytes(bytes(300_000))

def shrink():
    pass

def grow():
    ballast.unlink()

def fill_up(room):
    # a file that leaves so much room on the disk, and can give back the rest
    filler = path.with_name("filler").open("ab", buffering=0)
    try:
        while True:
            filler.write(bytes(4096))
    except OSError:
        filler.truncate(max(filler.tell() - room, 0))
        return filler

def full():
    # a log that has come to the end of the disk, closed
    with Log.open(path) as log:
        return fill(log, "1")[0]

def assert_refused(action):
    try:
        action()
    except StoreError as error:
        assert "빈 공간" in str(error), error
    else:
        raise AssertionError("not refused")
"""

BACKING_UP = """
stored = full()
assert_refused(lambda: back_up(files, now, "hand"))
assert [*files.backups.iterdir()] == []
assert ids(read_events(path)) == ids(stored) and check(path) == []
"""

RESTORING = """
with Log.open(path) as log:
    log.append(*batch("0", 0))
backup = back_up(files, now, "hand")
stored = batch("0", 0) + full()
before = path.read_bytes()
assert_refused(lambda: restore(files, backup.path, now))
assert path.read_bytes() == before and not files.replaced.exists()
assert ids(read_events(path)) == ids(stored) and check(path) == []
"""

MOVING = """
shutil.copy(sys.argv[2], path)
for room in range(0, 1_000_000, 8192):
    filler = fill_up(room)
    try:
        log = Log.open(path)
        break
    except StoreError as error:
        assert "빈 공간" in str(error), error
    filler.truncate(0)
    assert check(path) == [] and len(read_events(path)) == 27, room
assert room > 50_000
with log:
    assert len(log.events()) == 27
assert check(path) == []
"""

MAKING = """
filler = fill_up(0)
assert_refused(lambda: Log.open(path))
assert not path.exists()
filler.truncate(0)
with Log.open(path) as log:
    assert log.events() == []
"""


class TestFileSizeLimit:
    """No room for one more answer: the system says so by a limit on files."""

    def test_answering(self, tmp_path: Path) -> None:
        """The answer is refused, what was stored stays, and with room again it goes on."""
        run(PRELUDE + LIMITED + ANSWERING, tmp_path)

    def test_making(self, tmp_path: Path) -> None:
        """No half-made log is left, and with room again it is made."""
        program = "limit(8192)\ntry: Log.open(path)\nexcept StoreError as error: print(error)"
        (refused,) = run(PRELUDE + program, tmp_path)
        assert "빈 공간" in refused
        assert not (tmp_path / "answers.db").exists()
        with Log.open(tmp_path / "answers.db") as log:
            assert log.events() == []


def on_small_disk(folder: Path) -> tuple[str, ...]:
    """What to put before a command so that ``folder`` is a disk of 2 MB for it."""
    mount = 'mount -t tmpfs -o size=2m none "$0" && exec "$@"'
    prefix = ("unshare", "-Urm", "sh", "-c", mount, str(folder))
    if shutil.which("unshare") is None or subprocess.run([*prefix, "true"], check=False).returncode:
        pytest.skip("no user namespaces here: no small disk can be mounted")
    return prefix


class TestSmallDisk:
    """No room for one more answer: a real file system of 2 MB is full."""

    @pytest.mark.parametrize(
        "program",
        [
            pytest.param(ANSWERING, id="answering"),
            pytest.param(BACKING_UP, id="backing up"),
            pytest.param(RESTORING, id="restoring"),
            pytest.param(MOVING, id="moving an older log"),
            pytest.param(MAKING, id="making a log"),
        ],
    )
    def test_refused(
        self, tmp_path: Path, program: str, figure: Figure, request: pytest.FixtureRequest
    ) -> None:
        """It is refused in words, nothing half is left, and with room again it can be done."""
        lines = PRELUDE + ON_TMPFS + program
        run(lines, tmp_path, FIXTURES / "log-v1.db", prefix=on_small_disk(tmp_path))
        figure(f"a full disk: {request.node.callspec.id}", refused_and_whole=1)
