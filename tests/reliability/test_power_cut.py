"""The log after power cuts: what the app said is stored is there, and the log goes on.

The cuts are simulated (`tests.reliability.power`); the app's own code writes the log before them
and opens what they left. Everything is drawn from a seed.
"""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from tests.reliability.power import Names, Told, Write, cut, recording

from adsp.errors import StoreDamaged, StoreError
from adsp.store.backup import back_up, list_backups
from adsp.store.check import check
from adsp.store.events import Answered, Event, Item, SessionStarted, Verdict
from adsp.store.files import Files
from adsp.store.log import Log, read_events
from adsp.store.restore import restore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    from tests.reliability.conftest import Figure
    from tests.reliability.power import Recorder

    Judge: TypeAlias = Callable[[Path, set[str]], "Fate"]
    """What became of the log at a path, of which some things were said to be safe."""

AT = datetime.fromisoformat("2021-10-05T20:00:00+09:00")
LOG = Path("data", "answers.db")
ITEMS = tuple(Item(f"3-2-2-q{place}", seed=place) for place in range(40))
SITTINGS, BATCHES = 3, 10
CUTS_PER_RECORD = 20


class Fate(StrEnum):
    """What became of a log."""

    WHOLE = "whole"
    LOST = "lost"
    """What is there is whole, but something that was said to be safe is not there."""
    NOTICED = "noticed"
    """Lost, and the app says so by itself."""
    TORN = "torn"
    """Half a batch."""
    CORRUPT = "corrupt"
    REFUSED = "refused"
    """Nothing is wrong, and the app will not go on."""


def session(name: str) -> Event:
    return SessionStarted(
        id=f"{name}-s-0-1", at=AT, session=name, mode="quiz", title="통계분석", items=ITEMS
    )


def batch(name: str, number: int, rng: random.Random) -> list[Event]:
    """One to three answers, from a letter to a pasted book; ``2-5-0-3`` is the first of the three
    of batch 5 of session 2.
    """
    size = rng.randint(1, 3)
    return [
        Answered(
            id=f"{name}-{number}-{n}-{size}",
            at=AT,
            session=name,
            place=number,
            question=ITEMS[number].question,
            revision="0123456789ab",
            section="3-2-2",
            given="가" * rng.choice((1, 4, 4, 20, 20, 300, 3_000, 20_000)),
            verdict=Verdict.RIGHT,
            elapsed_ms=number,
        )
        for n in range(size)
    ]


def append(log: Log, recorder: Recorder, *events: Event) -> None:
    log.append(*events)
    for event in events:
        recorder.told(event.id)


def study(path: Path, recorder: Recorder, rng: random.Random, sittings: int, batches: int) -> None:
    """Sittings that each open the log, append to it and close it."""
    for sitting in range(sittings):
        with Log.open(path) as log:
            append(log, recorder, session(f"{sitting}"))
            for number in range(batches):
                append(log, recorder, *batch(f"{sitting}", number, rng))
            if sitting == 1:
                log.vacuum()


def studied(root: Path, rng: random.Random, synchronous: str) -> Recorder:
    """A record of sittings at a log that was there; it is folded in often, or only at the end."""
    Log.open(root / LOG).close()
    often = rng.choice((4, 20, 1000))
    with recording(root, synchronous=synchronous, autocheckpoint=often) as recorder:
        study(root / LOG, recorder, rng, SITTINGS, BATCHES)
    return recorder


def begun(root: Path, rng: random.Random) -> Recorder:
    """A record of the first sitting of all, from before there was a folder."""
    root.mkdir()
    with recording(root) as recorder:
        study(root / LOG, recorder, rng, sittings=1, batches=1)
    return recorder


def backed_up(root: Path, rng: random.Random) -> Recorder:
    """A record of a backup beside a log in use."""
    with Log.open(root / LOG) as log:
        log.append(session("0"), *batch("0", 0, rng))
        with recording(root) as recorder:
            backup = back_up(Files(root / LOG), AT, "hand")
            assert backup is not None
            recorder.told(backup.path.name)
    return recorder


def restored(root: Path, rng: random.Random) -> Recorder:
    """A record of a restore, and of the first sitting after it. The log had grown since the backup
    and its last writer was killed: answers are still in the WAL.
    """
    used = root.with_name(f"{root.name}-used")
    with Log.open(used / LOG) as log:
        log.append(session("0"), *batch("0", 0, rng))
        back_up(log.files, AT, "hand")
        log.append(*batch("0", 1, rng), *batch("0", 2, rng), *batch("0", 3, rng))
    with Log.open(used / LOG) as log:
        log.append(session("1"))
        if rng.random() < 0.5:  # there was a restore before
            log.files.replaced.mkdir()
        shutil.copytree(used, root, ignore=shutil.ignore_patterns("*-shm"))
    with recording(root) as recorder:
        (backup,) = list_backups(Files(root / LOG))
        restore(Files(root / LOG), backup.path, AT)
        recorder.told("restored")
        with Log.open(root / LOG) as log:
            append(log, recorder, session("2"))
    return recorder


def any_moment(recorder: Recorder, rng: random.Random) -> int:
    """Half of the cuts come right after a sync, a change of names or a word to the app."""
    turns = [n for n, op in enumerate(recorder.ops, 1) if not isinstance(op, Write)]
    return rng.choice((rng.choice(turns), rng.randint(0, len(recorder.ops))))


def swap(recorder: Recorder, _rng: random.Random) -> int:
    """Right after another file got the name of the log."""
    names = (op.changes if isinstance(op, Names) else {} for op in recorder.ops)
    return next(n for n, changes in enumerate(names, 1) if changes.get(str(LOG)))


def after_cut(recorder: Recorder, at: int, rng: random.Random, folder: Path, *, drop: bool) -> None:
    """Make in ``folder`` what a cut leaves."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    cut(recorder, at, rng if drop else None).write_out(folder)
    wal, shm = Files(folder / LOG).wal, Files(folder / LOG).shm
    if wal.exists() and rng.random() < 0.5:  # a file as well, never synced
        shm.write_bytes(rng.randbytes(32_768))


def cut_many(
    folder: Path,
    cuts: int,
    record: Callable[[Path, random.Random], Recorder],
    judge: Judge,
    *,
    drop: bool = True,
    moment: Callable[[Recorder, random.Random], int] = any_moment,
) -> Counter[Fate]:
    """Cut the power of what is recorded again and again; how often the log had which fate."""
    rng = random.Random(cuts)
    fates: Counter[Fate] = Counter()
    while fates.total() < cuts:
        with TemporaryDirectory(dir=folder) as made:
            recorder = record(Path(made) / "record", rng)
        for _ in range(min(CUTS_PER_RECORD, cuts - fates.total())):
            at = moment(recorder, rng)
            after_cut(recorder, at, rng, folder / "cut", drop=drop)
            said = {op.what for op in recorder.ops[:at] if isinstance(op, Told)}
            fates[judge(folder / "cut" / LOG, said)] += 1
    return fates


def files_below(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and not path.name.endswith("-shm")
    }


def ids(path: Path) -> list[str]:
    return [event.id for event in read_events(path)]


def judge_log(path: Path, said: set[str]) -> Fate:
    """Of a log to which events were appended."""
    refused = False
    try:
        try:
            stored = ids(path)
        except StoreError:  # is it the marker that says so, or the log?
            refused = True
            Files(path).marker.unlink(missing_ok=True)
            stored = ids(path)
    except StoreError as error:
        return Fate.CORRUPT if isinstance(error, StoreDamaged) else Fate.REFUSED
    if check(path):
        return Fate.CORRUPT
    if is_torn(stored):
        return Fate.TORN
    if said - set(stored):
        return Fate.NOTICED if refused else Fate.LOST
    return Fate.WHOLE if not refused and goes_on(path, stored) else Fate.REFUSED


def is_torn(stored: list[str]) -> bool:
    """Whether a batch is there in part."""
    batches: Counter[tuple[str, str, str]] = Counter()
    for name in stored:
        sitting, number, _, size = name.split("-")
        batches[sitting, number, size] += 1
    return any(found != int(size) for (_, _, size), found in batches.items())


def goes_on(path: Path, stored: list[str]) -> bool:
    """Whether the next sitting stores its answers behind the others."""
    try:
        with Log.open(path) as log:
            log.append(session("9"), *batch("9", 0, random.Random(0)))
    except StoreError:
        return False
    later = ids(path)
    return later[: len(stored)] == stored and len(later) > len(stored) + 1


def judge_backup(path: Path, said: set[str]) -> Fate:
    """Of a log and its backup: each there whole or not at all."""
    backups = [backup.path for backup in list_backups(Files(path))]
    if any(check(backup) or ids(backup) != ids(path) for backup in backups):
        return Fate.CORRUPT
    if said - {backup.name for backup in backups}:
        return Fate.LOST
    return judge_log(path, set())


def judge_restored(path: Path, said: set[str]) -> Fate:
    """Of a log that a backup replaced: all of the old one, or all of the backup and the old one
    kept beside it.
    """
    fate = judge_log(path, said - {"restored"})
    if fate is not Fate.WHOLE:
        return fate
    is_old = any(event.id.startswith("1-") for event in read_events(path))
    kept = [*Files(path).replaced.glob("*/answers.db")]
    if is_old:
        return Fate.LOST if "restored" in said else Fate.WHOLE
    return Fate.WHOLE if kept and not check(kept[0]) and "1-s-0-1" in ids(kept[0]) else Fate.LOST


def counts(fates: Counter[Fate]) -> dict[str, int]:
    """For the figures: every fate, also those that no log had."""
    return {"cuts": fates.total()} | {f.value: fates[f] for f in Fate if f is not Fate.WHOLE}


def forms(short: int, long: int) -> pytest.MarkDecorator:
    """How many cuts the short form of a test makes, and the long one."""
    marks = (pytest.mark.long, pytest.mark.timeout(1800))
    return pytest.mark.parametrize(
        "cuts", [pytest.param(short, id="short"), pytest.param(long, id="long", marks=marks)]
    )


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Where logs are written and cut: in memory if there is such a place. The power of this machine
    stays on, so nothing is gained by waiting for its disk.
    """
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else tmp_path) as made:
        yield Path(made)


class TestSimulator:
    """Would it show a loss if there were one?"""

    def test_record_is_the_disk(self, folder: Path) -> None:
        """All operations, none dropped, are the files that the app left, byte by byte."""
        root, rebuilt = folder / "record", folder / "rebuilt"
        recorder = restored(root, random.Random(1))
        rebuilt.mkdir()
        cut(recorder, len(recorder.ops), None).write_out(rebuilt)
        assert files_below(rebuilt) == files_below(root)

    @forms(short=30, long=300)
    def test_all_written(self, folder: Path, cuts: int) -> None:
        """Where all that was written reached the disk, no sync is needed: nothing is lost."""
        fates = cut_many(folder, cuts, partial(studied, synchronous="OFF"), judge_log, drop=False)
        assert counts(fates) == counts(Counter({Fate.WHOLE: cuts}))

    @forms(short=50, long=400)
    def test_without_syncs(self, folder: Path, cuts: int, figure: Figure) -> None:
        """An app that waits for no disk loses or breaks its log in one cut of three at least."""
        fates = cut_many(folder, cuts, partial(studied, synchronous="OFF"), judge_log)
        figure("power cuts, control: WAL + OFF", **counts(fates))
        assert fates[Fate.CORRUPT] > 0
        assert cuts - fates[Fate.WHOLE] >= 0.3 * cuts

    @forms(short=50, long=400)
    def test_without_a_sync_per_commit(self, folder: Path, cuts: int, figure: Figure) -> None:
        """SQLite's NORMAL breaks nothing but forgets answers; where the marker reached the disk,
        the app notices.
        """
        fates = cut_many(folder, cuts, partial(studied, synchronous="NORMAL"), judge_log)
        figure("power cuts, control: WAL + NORMAL", **counts(fates))
        assert min(fates[Fate.LOST], fates[Fate.NOTICED]) > 0
        assert fates.keys() == {Fate.WHOLE, Fate.LOST, Fate.NOTICED}


class TestPowerCut:
    """At any moment: nothing that was acknowledged is lost, nothing torn, and the app goes on."""

    @forms(short=200, long=2_500)
    def test_appending(self, folder: Path, cuts: int, figure: Figure) -> None:
        """Answers and batches, checkpoints, a vacuum, the log closed and opened again."""
        fates = cut_many(folder, cuts, partial(studied, synchronous="FULL"), judge_log)
        figure("power cuts, WAL + FULL", **counts(fates))
        assert counts(fates) == counts(Counter({Fate.WHOLE: cuts}))

    @forms(short=100, long=500)
    def test_first_sitting(self, folder: Path, cuts: int, figure: Figure) -> None:
        """Folder, log and marker are made, and the first answer stored."""
        fates = cut_many(folder, cuts, begun, judge_log)
        figure("power cuts, first sitting", **counts(fates))
        assert counts(fates) == counts(Counter({Fate.WHOLE: cuts}))

    @forms(short=30, long=300)
    def test_backup(self, folder: Path, cuts: int, figure: Figure) -> None:
        """A backup is there whole or not at all, and there once the app said so."""
        fates = cut_many(folder, cuts, backed_up, judge_backup)
        figure("power cuts, backup", **counts(fates))
        assert counts(fates) == counts(Counter({Fate.WHOLE: cuts}))

    @forms(short=80, long=1_000)
    def test_restore(self, folder: Path, cuts: int, figure: Figure) -> None:
        """The old log or the backup, and then the old one is kept."""
        fates = cut_many(folder, cuts, restored, judge_restored)
        figure("power cuts, restore", **counts(fates))
        assert counts(fates) == counts(Counter({Fate.WHOLE: cuts}))

    @forms(short=80, long=500)
    def test_restore_swap(self, folder: Path, cuts: int, figure: Figure) -> None:
        """The same when the backup has just got the log's name: no WAL of the old log is left that
        SQLite would replay into it.
        """
        fates = cut_many(folder, cuts, restored, judge_restored, moment=swap)
        figure("power cuts, restore, at the swap", **counts(fates))
        assert counts(fates) == counts(Counter({Fate.WHOLE: cuts}))
