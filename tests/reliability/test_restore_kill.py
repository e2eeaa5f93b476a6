"""kill -9 while a backup takes the log's place, and while another log is taken in."""

from __future__ import annotations

import random
import shutil
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import pytest
from tests.reliability.learner import ids
from tests.reliability.writer import batch

from adsp.clock import parse_now
from adsp.store.backup import back_up, list_backups
from adsp.store.check import check
from adsp.store.files import Files
from adsp.store.log import Log, read_events

if TYPE_CHECKING:
    from pathlib import Path

    from tests.reliability.conftest import Figure, Nursery


@dataclass
class Kills:
    """What came of kills."""

    kills: int = 0
    before: int = 0
    """Found as it was."""
    after: int = 0
    """Found as it was to be."""
    between: int = 0
    lost: int = 0
    """Events that were neither in the log nor in what was kept."""
    corrupt: int = 0


class Case:
    """A learner's home, killed while something is done to her log as a whole."""

    def __init__(self, template: Path, home: Path, *job: object) -> None:
        self.template, self.home, self.job = template, home, job
        self.path = home / "data" / "answers.db"
        self.put_back()
        self.before = ids(read_events(self.path))
        self.after: list[str] = []

    def put_back(self) -> None:
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.copytree(self.template, self.home)

    def rehearse(self, nursery: Nursery) -> float:
        """Do it once in peace; how long it takes."""
        name, *arguments = self.job
        child = nursery.start(name, self.home, *arguments)
        assert child.line() == "begin"
        begun = time.monotonic()
        assert child.line().startswith("done")
        took = time.monotonic() - begun
        child.kill()
        self.after = ids(read_events(self.path))
        assert self.after != self.before
        self.put_back()
        return took

    def kill(self, nursery: Nursery, wait: float, tally: Kills) -> None:
        """As it was or as it is to be, and nothing is lost; then it goes on."""
        name, *arguments = self.job
        child = nursery.start(name, self.home, *arguments)
        assert child.line() == "begin"
        time.sleep(wait)
        told = child.kill()
        tally.kills += 1
        found = ids(read_events(self.path))
        tally.corrupt += bool(check(self.path))
        done = found == self.after
        tally.after += done
        tally.before += found == self.before and not done
        tally.between += not done and (bool(told) or found != self.before)
        tally.lost += len(set(self.before) - set(found) - self.kept())
        with Log.open(self.path) as log:
            assert ids(log.events()) == found
        tally.corrupt += self.half_backups()

    def kept(self) -> set[str]:
        """What lies in the folders that a restore keeps."""
        folders = Files(self.path).replaced.glob("*")
        return {name for folder in folders for name in ids(read_events(folder / self.path.name))}

    def half_backups(self) -> int:
        return sum(bool(check(backup.path)) for backup in list_backups(Files(self.path)))


@pytest.fixture
def killed_home(tmp_path: Path) -> Path:
    """Where a learner was killed: the last answers are in the WAL; there is a backup."""
    path = tmp_path / "living" / "data" / "answers.db"
    with Log.open(path) as log:
        log.append(*(event for number in range(300) for event in batch("0", number)))
        assert back_up(Files(path), parse_now("2021-10-05"), "hand")
        for number in range(300, 400):
            log.append(*batch("0", number))
        shutil.copytree(tmp_path / "living", tmp_path / "template")
    Files(tmp_path / "template" / "data" / "answers.db").shm.unlink()
    return tmp_path / "template"


def kill_many(case: Case, nursery: Nursery, kills: int) -> Kills:
    rng, tally = random.Random(kills), Kills()
    whole = case.rehearse(nursery)
    for _ in range(kills):
        case.kill(nursery, rng.uniform(rng.choice((0, 0.6)), 1.2) * whole, tally)
        if rng.random() < 0.7:  # else it is done once more over what the kill has left
            case.put_back()
        case.before = ids(read_events(case.path))
    return tally


@pytest.mark.parametrize(
    "kills",
    [
        pytest.param(10, id="short"),
        pytest.param(500, id="long", marks=[pytest.mark.long, pytest.mark.timeout(1800)]),
    ],
)
class TestKilled:
    """kill -9 while the log as a whole is changed."""

    def test_restore(
        self, killed_home: Path, tmp_path: Path, nursery: Nursery, kills: int, figure: Figure
    ) -> None:
        """The old log or the backup; and what is no longer in the log has been kept."""
        (backup,) = (killed_home / "data" / "backups").iterdir()
        tally = kill_many(Case(killed_home, tmp_path / "home", "restore", backup), nursery, kills)
        figure("kill -9 of a restore", **asdict(tally))
        assert tally.between == tally.lost == tally.corrupt == 0, tally
        assert kills < 100 or min(tally.before, tally.after) > 0, tally

    def test_merge(
        self, killed_home: Path, tmp_path: Path, nursery: Nursery, kills: int, figure: Figure
    ) -> None:
        """All of the other log or nothing of it."""
        other = tmp_path / "other" / "answers.db"
        with Log.open(other) as log:
            log.append(*(event for number in range(300) for event in batch("1", number)))
        content = other.read_bytes()
        tally = kill_many(Case(killed_home, tmp_path / "home", "merge", other), nursery, kills)
        figure("kill -9 of a merge", **asdict(tally))
        assert tally.between == tally.lost == tally.corrupt == 0, tally
        assert kills < 100 or min(tally.before, tally.after) > 0, tally
        assert other.read_bytes() == content
