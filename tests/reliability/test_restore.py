"""Drills: a log is damaged, a backup is restored, what is left in the damaged one is merged."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, NamedTuple

import pytest
from tests.reliability import learner as learners
from tests.reliability.learner import Learner, ids
from tests.reliability.writer import batch

from adsp.clock import ReplayClock, parse_now
from adsp.desk import admin, exchange
from adsp.desk.desk import Desk
from adsp.errors import StoreError
from adsp.settings import find_paths
from adsp.store.check import check
from adsp.store.connect import connect_reader
from adsp.store.events import Answered, SessionStarted
from adsp.store.files import Files
from adsp.store.log import Log, read_events
from adsp.store.rows import COLUMNS, fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.reliability.conftest import Figure

    from adsp.bank.load import Bank
    from adsp.store.events import Event


@pytest.fixture(autouse=True)
def _bank(shipped_bank: Bank) -> Iterator[None]:
    """Learners at random read it once."""
    learners.BANK.append(shipped_bank)
    yield
    learners.BANK.clear()


class Row(NamedTuple):
    """A row as it lies in a file."""

    seq: int
    body: str
    sum: str


def rows(database: Path) -> dict[int, Row]:
    """The rows that SQLite gives, one by one; those that it cannot read are not there."""
    found: dict[int, Row] = {}
    query = f"SELECT {COLUMNS} FROM event WHERE seq = ?"
    try:
        with closing(connect_reader(Files(database))) as connection:
            (last,) = connection.execute("SELECT max(seq) FROM event").fetchone()
            for seq in range(1, (last or 0) + 1):
                try:
                    if row := connection.execute(query, (seq,)).fetchone():
                        found[seq] = Row(*row)
                except (sqlite3.Error, UnicodeDecodeError):
                    continue
    except (sqlite3.Error, UnicodeDecodeError):
        return {}
    return found


def sound(found: dict[int, Row], truth: dict[int, Row]) -> set[int]:
    """Rows that are as they were written, and whose predecessor's checksum, which theirs covers,
    can be read: what a proof can be asked of.
    """
    kept = {seq for seq, row in found.items() if truth.get(seq) == row}
    return {
        seq
        for seq in kept
        if seq == 1 or (seq - 1 in found and found[seq - 1].sum == truth[seq - 1].sum)
    }


def orphans(events: list[Event], there: set[str]) -> set[str]:
    """Of the events, which are whole, those that speak of an answer that is lost, or of a session
    that neither began nor has an answer to be made anew from.
    """
    left = [event for event in events if event.id in there]
    names = {event.id for event in left}
    names |= {e.session for e in left if isinstance(e, SessionStarted | Answered)}
    parents = ((e.id, getattr(e, "answer", getattr(e, "session", e.id))) for e in left)
    return {name for name, parent in parents if parent not in names}


# damage


class Place(NamedTuple):
    """Where damage is done."""

    database: Path
    wal: Path
    other: Path
    """Another learner's log."""
    older: Path
    """A backup."""


def flip(place: Place, rng: random.Random) -> None:
    """A few bits, anywhere."""
    data = bytearray(place.database.read_bytes())
    for _ in range(rng.randint(1, 3)):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    place.database.write_bytes(data)


def flip_wal(place: Place, rng: random.Random) -> None:
    if place.wal.exists() and place.wal.stat().st_size:
        flip(place._replace(database=place.wal), rng)


def truncate(place: Place, rng: random.Random) -> None:
    """Anywhere, or at the end of a page."""
    size = place.database.stat().st_size
    at = rng.randrange(size)
    with place.database.open("r+b") as file:
        file.truncate(at if rng.random() < 0.5 else at // 4096 * 4096)


def zero(place: Place, rng: random.Random) -> None:
    """A part, or everything."""
    data = bytearray(place.database.read_bytes())
    begin = rng.randrange(len(data)) if rng.random() < 0.8 else 0
    end = min(begin + rng.choice((512, 4096, 20_000)), len(data)) if begin else len(data)
    data[begin:end] = bytes(end - begin)
    place.database.write_bytes(data)


def empty(place: Place, _: random.Random) -> None:
    place.database.write_bytes(b"")


def delete(place: Place, _: random.Random) -> None:
    place.database.unlink()


def delete_wal(place: Place, _: random.Random) -> None:
    place.wal.unlink(missing_ok=True)


def truncate_wal(place: Place, rng: random.Random) -> None:
    if place.wal.exists() and (size := place.wal.stat().st_size):
        with place.wal.open("r+b") as file:
            file.truncate(rng.randrange(size))


def swap(place: Place, _: random.Random) -> None:
    """Another learner's file in the place of hers."""
    shutil.copyfile(place.other, place.database)
    place.wal.unlink(missing_ok=True)


def swap_beside_wal(place: Place, _: random.Random) -> None:
    """And what she had stored last is left beside it: SQLite mixes the two."""
    shutil.copyfile(place.other, place.database)


def put_older(place: Place, _: random.Random) -> None:
    """An older copy in the place of the newer, as a program does that synchronises folders."""
    shutil.copyfile(place.older, place.database)
    place.wal.unlink(missing_ok=True)


def put_older_beside_wal(place: Place, _: random.Random) -> None:
    """The same, and the newer WAL is left."""
    shutil.copyfile(place.older, place.database)


DAMAGES: tuple[Callable[[Place, random.Random], None], ...] = (
    flip,
    flip_wal,
    truncate,
    zero,
    empty,
    delete,
    delete_wal,
    truncate_wal,
    swap,
    swap_beside_wal,
    put_older,
    put_older_beside_wal,
)


# a drill


class Drill:
    """One learner, her backups, her misfortune."""

    def __init__(self, folder: Path, other: Path, seed: int) -> None:
        self.rng = random.Random(seed)
        self.folder = folder
        self.other = other
        self.study(str(seed))
        self.files = Files(self.desk.paths.log)
        self.truth = rows(self.files.database)
        self.events = read_events(self.files.database)

    def study(self, seed: str) -> None:
        """Answer, back up, answer on; then get up from the desk, or die at it."""
        home = self.folder / "before"
        learner = Learner(str(home), seed, voice=lambda line: None)
        self.hashes: dict[str, str] = {}
        for day in range(1, self.rng.randint(2, 4)):
            for _ in range(self.rng.randint(10, 60)):
                learner.step()
            backup = admin.back_up_now(self.sit(home, day), None)
            self.hashes[backup.name] = logical_hash(learner.desk.paths.log)
        for _ in range(self.rng.randint(0, 40)):
            learner.step()
        self.desk = self.sit(self.folder / "home", 9)
        killed = self.rng.random() < 0.6
        if not killed:
            learner.desk.close()
        shutil.copytree(home, self.desk.paths.data.parent)
        Files(self.desk.paths.log).shm.unlink(missing_ok=True)
        learner.desk.close()

    def sit(self, home: Path, day: int) -> Desk:
        """At a desk to look after the log, on a day of its own."""
        clock = ReplayClock(parse_now(f"2021-11-{day:02}"))
        return Desk(find_paths({"ADSP_HOME": str(home)}), clock, self.rng, write=False)

    @property
    def name(self) -> str:
        """The newest backup."""
        return [*self.hashes][-1]

    def damage(self, harm: Callable[[Place, random.Random], None]) -> None:
        files = self.files
        harm(Place(files.database, files.wal, self.other, files.backups / self.name), self.rng)

    @property
    def noticed(self) -> bool:
        """Whether the log is not handed out as if nothing had happened."""
        try:
            found = read_events(self.files.database)
        except StoreError:
            return bool(check(self.files.database))
        return found == self.events

    def restore(self) -> Path | None:
        """Bring the newest backup back, and see that it is what it was; the folder of the rest."""
        before = rows(self.files.database)
        whole = self.files.database.exists() and not self.files.wal.exists()
        content = self.files.database.read_bytes() if whole else b""
        path, events = admin.find_backup(self.desk, None)
        assert path.name == self.name
        done = admin.restore_backup(self.desk, path)
        assert logical_hash(self.files.database) == self.hashes[self.name]
        assert done.events == events == len(read_events(self.files.database))
        assert check(self.files.database) == []
        if done.kept is not None:
            kept = done.kept / self.files.database.name
            assert rows(kept) == before
            assert not whole or kept.read_bytes() == content
        return done.kept

    def merge(self, kept: Path | None) -> set[str]:
        """Take in what the kept file still holds; the ids of all that is there now."""
        if kept is not None and rows(kept / self.files.database.name):
            exchange.merge(self.desk, kept)
        with Log.open(self.files.database) as log:
            return set(ids(log.events()))


def logical_hash(path: Path) -> str:
    with closing(connect_reader(Files(path))) as connection:
        return fingerprint(connection)


@dataclass
class Tally:
    """What came of it."""

    drills: int = 0
    unnoticed: int = 0
    equal: int = 0
    """Restored to the hash of the backup."""
    mild: int = 0
    """Damage that touched no row."""
    events: int = 0
    brought_back: int = 0
    """Of those newer than the backup, out of the damaged file."""
    beyond_proof: int = 0
    orphaned: int = 0
    """Whole, but the answer that they speak of is not."""
    begun_again: int = 0
    """Sessions whose start was lost, made anew from their answers."""
    missed: int = 0
    """Could have been proved, and did not come back."""
    false: int = 0
    """Came back, and had never been there."""


def drill(folder: Path, other: Path, seed: int, tally: Tally) -> None:
    """One drill from the first answer to the last."""
    harm = DAMAGES[seed % len(DAMAGES)]
    made = Drill(folder, other, seed)
    made.damage(harm)
    found = rows(made.files.database)
    tally.drills += 1
    tally.unnoticed += not made.noticed
    kept = made.restore()
    tally.equal += 1
    backed_up = set(ids(read_events(made.files.database)))
    there = made.merge(kept)
    wanted = {event.id for event in made.events}
    names = dict(zip(made.truth, ids(made.events), strict=True))
    provable = {names[seq] for seq in sound(found, made.truth)}
    orphaned = orphans(made.events, backed_up | provable)
    strangers = set(ids(read_events(other))) if harm in {swap, swap_beside_wal} else set()
    tally.mild += found == made.truth
    tally.events += len(wanted)
    tally.brought_back += len((there - backed_up) & wanted)
    tally.beyond_proof += len(wanted - backed_up - provable)
    tally.orphaned += len(orphaned)
    tally.missed += len((backed_up | provable) - orphaned - there)
    tally.missed += len(strangers - there) if harm is swap else 0
    made_anew = {name for name in there - wanted if name.startswith(("begun-", "ended-"))}
    tally.begun_again += sum(name.startswith("begun-") for name in made_anew)
    tally.false += len(there - wanted - strangers - made_anew)
    back = [event for event in read_events(made.files.database) if event.id in wanted]
    assert back == [event for event in made.events if event.id in there]


class TestDrills:
    """Answers, backups, more answers, damage, restore, merge."""

    @pytest.mark.parametrize(
        "drills",
        [
            pytest.param(15, id="short"),
            pytest.param(200, id="long", marks=[pytest.mark.long, pytest.mark.timeout(1800)]),
        ],
    )
    def test_all_come_back(self, tmp_path: Path, drills: int, figure: Figure) -> None:
        """The backup comes back to the letter, and then every answer that can still be proved."""
        other = tmp_path / "other" / "answers.db"
        with Log.open(other) as log:
            for number in range(30):
                log.append(*batch("other", number))
        tally = Tally()
        for seed in range(drills):
            drill(tmp_path / str(seed), other, seed, tally)
        figure("restore drills", **asdict(tally))
        assert tally.unnoticed == tally.missed == tally.false == 0, tally
        assert tally.equal == drills
        assert tally.brought_back > 0


class TestNewest:
    """Which backup is restored if none is named."""

    def test_clock_that_ran_ahead(self, sit: Callable[..., Desk]) -> None:
        """The one made last, though an earlier one was made when the clock ran a year ahead."""
        path = sit().paths.log
        made = []
        for number, now in enumerate(("2022-10-05", "2021-10-06", "2021-10-07")):
            with Log.open(path) as log:
                log.append(*batch("0", number))
            made.append(admin.back_up_now(sit(now, write=False), None))
        found, _ = admin.find_backup(sit("2021-10-07", write=False), None)
        assert found == made[-1]
