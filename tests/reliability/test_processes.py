"""The log among real processes: killed, run twice, read and backed up while written."""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.reliability.learner import ids
from tests.reliability.writer import batch

from adsp.errors import StoreError, StoreLocked
from adsp.store.backup import verify
from adsp.store.check import check
from adsp.store.files import Files
from adsp.store.log import Log, read_events

if TYPE_CHECKING:
    from tests.reliability.conftest import Figure, Fresh, Nursery

    from adsp.store.events import Event

WRITER = Path(__file__).with_name("writer.py")
AT_START = 0.25
"""Share of the kills that come whenever they come, mostly before the log is open."""
KILLS_PER_LOG = 20
"""Then a new log is begun: its making is killed too."""
RETRIED = 0.25
"""Share of the kills after which the batch that was not acknowledged is stored once more."""


@dataclass
class Tally:
    """What came of it."""

    kills: int = 0
    acknowledged: int = 0
    retried: int = 0
    """Events stored once more, as an app does that does not know whether they were."""
    lost: int = 0
    torn: int = 0
    twice: int = 0
    corrupt: int = 0

    @property
    def faults(self) -> int:
        return self.lost + self.torn + self.twice + self.corrupt


def kill_at_random(fresh: Fresh, path: Path, run: int, rng: random.Random) -> list[list[str]]:
    """Kill a writer while it starts, or within 60 ms of its first acknowledgement; the batches
    that it acknowledged.
    """
    child = fresh(WRITER, path, run, "append")
    told: list[str] = []
    if rng.random() < AT_START:
        time.sleep(rng.uniform(0.02, 0.3))
    else:
        told = [child.line()]
        time.sleep(rng.uniform(0, 0.06))
    return [line.split() for line in told + child.kill()]


def judge(path: Path, acknowledged: list[str], tally: Tally) -> None:
    """Every acknowledged event is there once, no batch is torn, the chain holds."""
    stored = ids(read_events(path))
    tally.lost += len(set(acknowledged) - set(stored))
    tally.twice += len(stored) - len(set(stored))
    batches: Counter[tuple[str, ...]] = Counter()
    for name in stored:
        run, number, _, size = name.split("-")
        batches[run, number, size] += 1
    tally.torn += sum(found != int(size) for (_, _, size), found in batches.items())
    tally.corrupt += bool(check(path))


def retry(path: Path, events: list[Event]) -> None:
    """What was on its way is stored again, by an app that starts in the dead one's place."""
    with Log.open(path) as log:
        log.append(*events)


def kill_many(fresh: Fresh, folder: Path, kills: int) -> Tally:
    """Kill writers at random moments."""
    rng, tally = random.Random(kills), Tally()
    path, acknowledged = folder / "answers.db", list[str]()
    for run in range(kills):
        if run % KILLS_PER_LOG == 0:
            path, acknowledged = folder / f"log-{run}" / "answers.db", []
        told = kill_at_random(fresh, path, run, rng)
        tally.kills += 1
        tally.acknowledged += sum(map(len, told))
        acknowledged += [name for line in told for name in line]
        judge(path, acknowledged, tally)
        if told and rng.random() < RETRIED:
            late = batch(str(run), len(told))
            retry(path, late)
            tally.retried += len(late)
            acknowledged += ids(late)
            judge(path, acknowledged, tally)
    return tally


class TestKill:
    """kill -9 at any moment: before the log is made, while it is opened, within a commit."""

    @pytest.mark.parametrize(
        "kills",
        [
            pytest.param(40, id="short"),
            pytest.param(1000, id="long", marks=[pytest.mark.long, pytest.mark.timeout(1800)]),
        ],
    )
    def test_killed(self, fresh: Fresh, tmp_path: Path, kills: int, figure: Figure) -> None:
        """No acknowledged event is lost, the next writer goes on, and a retry is stored once."""
        tally = kill_many(fresh, tmp_path, kills)
        figure("kill -9 of the log's writer", **asdict(tally))
        assert tally.faults == 0, tally
        assert tally.acknowledged > 0


class TestSecondProcess:
    """Two apps at once."""

    def test_refused_until_the_first_is_gone(self, fresh: Fresh, tmp_path: Path) -> None:
        """The second is told who writes; the lock dies with the first, however that ends."""
        path = tmp_path / "answers.db"
        child = fresh(WRITER, path, "0", "hold")
        assert child.line() == "open"
        before = path.read_bytes()
        with pytest.raises(StoreLocked, match=f"프로세스 {child.pid}"):
            Log.open(path)
        assert path.read_bytes() == before
        assert read_events(path) == []
        child.kill()
        Log.open(path).close()


class TestReaderBesideWriter:
    """A command that prints while the app runs."""

    @pytest.mark.parametrize("mode", ["append", "reopen"])
    def test_never_fails(self, fresh: Fresh, tmp_path: Path, mode: str) -> None:
        """Two hundred reads and more: none fails, each sees all that the one before saw."""
        path = tmp_path / "answers.db"
        child = fresh(WRITER, path, "0", mode)
        child.line()
        seen: list[str] = []
        sizes: set[int] = set()
        reads = 0
        while reads < 200 or len(sizes) < 5:
            reads += 1
            found = ids(read_events(path))
            assert found[: len(seen)] == seen
            seen = found
            sizes.add(len(found))
        child.kill()
        assert check(path) == []


@dataclass
class Backups:
    """What came of backups that were killed."""

    kills: int = 0
    made: int = 0
    left_unfinished: int = 0
    """Kills in the midst of one."""
    half: int = 0
    lost: int = 0


def whole_backups(files: Files, tally: Backups) -> set[str]:
    """The names of the backups that are whole; the others are counted."""
    whole = set()
    for backup in files.backups.glob("*.db"):
        try:
            verify(files, backup)
            whole.add(backup.name)
        except StoreError:
            tally.half += 1
    return whole


def kill_backups(nursery: Nursery, path: Path, rng: random.Random, tally: Backups) -> None:
    """Kill one backup after another, beside the writer."""
    files, kept = Files(path), set[str]()
    for _ in range(min(KILLS_PER_LOG, tally.kills)):
        child = nursery.start("backup", path)
        child.line()
        time.sleep(rng.uniform(0, 0.15))
        made = child.kill()
        tally.made += len(made)
        tally.left_unfinished += any(files.backups.glob("*.part"))
        kept |= {name for name in made if "-hand" in name}  # the others may have been thinned
        tally.lost += len(kept - whole_backups(files, tally))


class TestBackup:
    """kill -9 of what backs a log up that is being written."""

    @pytest.mark.parametrize(
        "kills",
        [
            pytest.param(10, id="short"),
            pytest.param(300, id="long", marks=[pytest.mark.long, pytest.mark.timeout(1800)]),
        ],
    )
    def test_killed(
        self, fresh: Fresh, nursery: Nursery, tmp_path: Path, kills: int, figure: Figure
    ) -> None:
        """No half backup has the name of a whole one; the log and its writer notice nothing."""
        rng, tally = random.Random(kills), Backups(kills)
        for log in range(0, kills, KILLS_PER_LOG):
            path = tmp_path / f"log-{log}" / "answers.db"
            writer = fresh(WRITER, path, log, "slowly")
            told = [writer.line()]
            kill_backups(nursery, path, rng, tally)
            told += writer.kill()
            assert set(" ".join(told).split()) <= set(ids(read_events(path)))
            assert check(path) == []
        figure("kill -9 of a backup", **asdict(tally))
        assert tally.half == tally.lost == 0
        assert tally.left_unfinished > 0  # else none was killed in its midst
