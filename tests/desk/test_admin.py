"""The log kept: checked, restored, taken along, merged. Each learner has machines of her own."""

from __future__ import annotations

import os
import random
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import pytest

from adsp.clock import ReplayClock, parse_now
from adsp.desk import admin, exchange
from adsp.desk.desk import Desk
from adsp.errors import AdspError, StoreDamaged, StoreError, StoreLocked, UsageError
from adsp.session.history import History
from adsp.session.select import Filter
from adsp.settings import find_paths
from adsp.store.backup import list_backups
from adsp.store.check import check
from adsp.store.events import Flagged, SessionStarted
from adsp.store.files import Files
from adsp.store.log import Log, read_events
from adsp.store.order import MAX_STAMP, highest_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import TypeAlias

    from tests.conftest import Maker

    from adsp.bank.load import Bank
    from adsp.store.events import Event

    Make: TypeAlias = Callable[[str], "Machine"]

EVENING = "2021-10-05T20:00"
EVERYTHING = Filter(frozenset())
LONGEST = pytest.param("x" * 300, id="longer than any name")


@dataclass(frozen=True)
class Machine:
    """One of the learner's machines: folders of its own, and whatever time its clock says."""

    home: Path
    bank: Bank

    @property
    def log(self) -> Path:
        return self.home / "data" / "answers.db"

    @property
    def files(self) -> Files:
        return Files(self.log)

    @property
    def events(self) -> list[Event]:
        return read_events(self.log)

    @property
    def history(self) -> History:
        return History(self.events)

    def desk(self, now: str = EVENING, *, write: bool = False) -> Desk:
        paths = find_paths({"ADSP_HOME": str(self.home)})
        clock = ReplayClock(parse_now(now), lambda: 0.0)
        desk = Desk(paths, clock, random.Random(str(self.home)), write=write)
        desk.__dict__["bank"] = self.bank
        return desk

    def study(self, *given: str, now: str = EVENING, finish: bool = True) -> None:
        """Answer a quiz of so many questions; the choice ``a`` is right."""
        with self.desk(now, write=True) as desk:
            session = desk.study.start_quiz(EVERYTHING, len(given) + (not finish), "문항")
            for choice in given:
                session = desk.study.answer(session.next_open(), choice, 1_000)
            if finish:
                desk.study.end(session)

    def undo(self, count: int = 1) -> None:
        with self.desk(write=True) as desk:
            desk.study.undo_last(count)

    def redo(self, count: int = 1) -> None:
        with self.desk(write=True) as desk:
            desk.study.redo_last(count)


@pytest.fixture
def machine(tmp_path: Path, make: Maker) -> Make:
    """``machine("laptop")``: the same name is the same machine."""
    bank = make.bank(*(make.choice(f"x-{n}") for n in range(8)))
    return lambda name: Machine(tmp_path / name, bank)


@pytest.fixture
def laptop(machine: Make) -> Machine:
    """A machine on which four questions were answered."""
    laptop = machine("laptop")
    laptop.study("a", "b", "a", "a")
    return laptop


@pytest.fixture
def desktop(machine: Make) -> Machine:
    """Another one, with two answers an hour later, and a session left open."""
    desktop = machine("desktop")
    desktop.study("b", "a", now="2021-10-05T21:00", finish=False)
    return desktop


def spoil(path: Path, *rows: int) -> None:
    """Change rows of a log behind the app's back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        query = "SELECT sql FROM sqlite_schema WHERE name = 'event_never_changes'"
        (guard,) = connection.execute(query).fetchone()
        connection.execute("DROP TRIGGER event_never_changes")
        for row in rows:
            connection.execute(
                "UPDATE event SET body = json_set(body, '$.at', 'x') WHERE seq = ?", (row,)
            )
        connection.execute(guard)


def overwrite(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    path.write_bytes(content)


def export(machine: Machine, form: exchange.Form = "jsonl") -> bytes:
    with machine.desk() as desk:
        return exchange.exported(desk, form)[0].encode()


class TestHealth:
    """What is wrong, and what can be done: done to the letter, it helps."""

    def test_well(self, laptop: Machine) -> None:
        assert admin.health(laptop.desk()) == admin.Health([], 6, [])

    def test_never_was(self, machine: Make) -> None:
        assert admin.health(machine("new").desk()) == admin.Health([], 0, [])

    def test_backup_then_merge(self, laptop: Machine) -> None:
        """Damaged after a backup: restored, then what is left of the damaged one is merged."""
        admin.back_up_now(laptop.desk(), None)
        laptop.study("a", "a", now="2021-10-06T20:00")
        before = {event.id for event in laptop.events}
        spoil(laptop.log, 8)
        found = admin.health(laptop.desk())
        assert [finding.kind for finding in found.findings[:1]] == ["chain"]
        assert "answers-20211005T110000Z-hand.db (기록 6개)" in found.advice[0]
        assert "adsp log restore" in found.advice[1]
        assert "adsp log merge" in found.advice[2]
        backup, events = admin.find_backup(laptop.desk(), None)
        assert events == 6
        kept = admin.restore_backup(laptop.desk(), backup).kept
        assert kept is not None
        merged = exchange.merge(laptop.desk(), kept)
        assert (len(merged.taken.new), merged.lost) == (3, 1)
        assert len(before - {event.id for event in laptop.events}) == 1
        assert admin.health(laptop.desk()).advice == []

    @pytest.mark.parametrize("shrunk", [True, False])
    def test_no_backup(self, laptop: Machine, tmp_path: Path, shrunk: bool) -> None:
        """All its files moved to a folder, which is merged into a new log."""
        if shrunk:
            older = laptop.log.read_bytes()
            laptop.study("b", "b", now="2021-10-06T20:00")
            laptop.log.write_bytes(older)
        else:
            spoil(laptop.log, 6)
        found = admin.health(laptop.desk())
        assert found.findings
        assert "answers.db 으로 시작하는 파일을 모두 새 폴더로" in found.advice[1]
        folder = tmp_path / "moved"
        folder.mkdir()
        for file in laptop.log.parent.glob("answers.db*"):
            file.rename(folder / file.name)
        merged = exchange.merge(laptop.desk(), folder)
        assert (len(merged.taken.new), merged.lost) == ((6, 0) if shrunk else (5, 1))
        assert admin.health(laptop.desk()).findings == []
        laptop.study("a")

    def test_no_sense(self, laptop: Machine) -> None:
        """What is whole but contradicts itself goes on, and is told."""
        (start,) = [event for event in laptop.events if isinstance(event, SessionStarted)]
        with Log.open(laptop.log) as log:
            log.take_in([msgspec.structs.replace(laptop.events[1], id="odd", place=9)])
        found = admin.health(laptop.desk())
        assert [finding.kind for finding in found.findings] == ["sense"]
        assert found.events == 7
        assert start in laptop.events
        laptop.study("a")

    def test_damaged_backups_are_passed_over(self, laptop: Machine) -> None:
        whole = admin.back_up_now(laptop.desk(), None)
        for hour in (21, 22):
            overwrite(admin.back_up_now(laptop.desk(f"2021-10-05T{hour}:00"), None))
        spoil(laptop.log, 2)
        assert whole.name in admin.health(laptop.desk()).advice[0]
        assert admin.find_backup(laptop.desk(), None) == (whole, 6)
        assert [kept.events for kept in admin.backups(laptop.desk())] == [None, None, 6]


class TestBackups:
    def test_target(self, laptop: Machine, tmp_path: Path) -> None:
        """A file, or a folder that it is put into; what is there is never overwritten."""
        (tmp_path / "usb").mkdir()
        for target, path in (("x.db", "x.db"), ("usb", "usb/answers.db")):
            assert admin.back_up_now(laptop.desk(), tmp_path / target) == tmp_path / path
            assert read_events(tmp_path / path) == laptop.events
            with pytest.raises(UsageError, match="덮어쓰지 않습니다"):
                admin.back_up_now(laptop.desk(), tmp_path / target)

    @pytest.mark.parametrize("name", ["", "x.db", "answers.db-wal", "answers.db.new", "banks/x.db"])
    def test_beside_the_log(self, laptop: Machine, name: str) -> None:
        """Nothing but the app writes there."""
        with pytest.raises(UsageError):
            admin.back_up_now(laptop.desk(), laptop.log.parent / name)
        assert check(laptop.log) == []

    def test_among_the_backups(self, laptop: Machine) -> None:
        """With a name of her own it is kept for ever."""
        admin.back_up_now(laptop.desk(), None)
        path = admin.back_up_now(laptop.desk(), laptop.files.backups / "시험 전.db")
        assert path in {backup.path for backup in list_backups(laptop.files)}
        assert admin.find_backup(laptop.desk(), "시험 전.db") == (path, 6)

    @pytest.mark.parametrize("target", ["file/x.db", LONGEST])
    def test_nowhere(self, laptop: Machine, tmp_path: Path, target: str) -> None:
        """The copy is what cannot be written; nothing is left of it."""
        (tmp_path / "file").touch()
        with pytest.raises(StoreError, match=target):
            admin.back_up_now(laptop.desk(), tmp_path / target)
        assert {path.name for path in tmp_path.iterdir()} == {"laptop", "file"}

    def test_nothing_to_back_up(self, machine: Make) -> None:
        with pytest.raises(UsageError, match="아직 기록이 없습니다"):
            admin.back_up_now(machine("new").desk(), None)

    @pytest.mark.parametrize("name", ["없음.db", "..", "", LONGEST, "a/b", "\x1b[2J"])
    def test_no_such_backup(self, laptop: Machine, name: str) -> None:
        with pytest.raises(UsageError, match="백업은 없습니다"):
            admin.find_backup(laptop.desk(), name)

    def test_no_backup_at_all(self, laptop: Machine) -> None:
        with pytest.raises(UsageError, match="온전한 백업이"):
            admin.find_backup(laptop.desk(), None)

    def test_by_path(self, laptop: Machine, desktop: Machine) -> None:
        """Any whole log can be restored: that of another machine, too."""
        assert admin.find_backup(laptop.desk(), str(desktop.log)) == (desktop.log, 3)
        admin.restore_backup(laptop.desk(), desktop.log)
        assert laptop.events == desktop.events

    def test_vacuum(self, laptop: Machine) -> None:
        before = laptop.events
        sizes = admin.vacuum(laptop.desk())
        assert all(size > 0 for size in sizes)
        assert laptop.events == before
        with laptop.desk(write=True) as desk:
            desk.study  # noqa: B018  (opening is the point)
            with pytest.raises(StoreLocked):
                admin.vacuum(laptop.desk())


class TestExport:
    @pytest.mark.parametrize("form", ["jsonl", "csv"])
    def test_to_a_new_machine(self, laptop: Machine, machine: Make, form: exchange.Form) -> None:
        """All comes over; twice is once; and a backup is made of what was there before."""
        new = machine("new")
        content = export(laptop, form)
        taken = exchange.import_file(new.desk(), content, "x")
        assert (len(taken.new), len(taken.known)) == (6, 0)
        taken = exchange.import_file(new.desk(), content, "x")
        assert (len(taken.new), len(taken.known)) == (0, 6)
        assert new.events == laptop.events
        assert list_backups(new.files) == []

    def test_backup_before_an_import(self, laptop: Machine, desktop: Machine) -> None:
        before = laptop.events
        exchange.import_file(laptop.desk(), export(desktop), "x")
        (backup,) = list_backups(laptop.files)
        assert backup.reason == "import"
        assert read_events(backup.path) == before
        exchange.import_file(laptop.desk(), export(desktop), "x")
        assert list_backups(laptop.files) == [backup]

    @pytest.mark.parametrize(
        "name", ["answers.db", "answers.db-wal", "answers.db.exists", "backups/x", "new/x.csv", ""]
    )
    def test_onto_the_log(self, laptop: Machine, tmp_path: Path, name: str) -> None:
        """Nothing in the data folder is overwritten, by whatever way it is named."""
        before = laptop.events
        (tmp_path / "link").symlink_to(laptop.log.parent)
        for folder in (laptop.log.parent, tmp_path / "link", laptop.log.parent / ".." / "data"):
            with pytest.raises(UsageError, match="기록이 있는 폴더"):
                exchange.save_export(laptop.desk(), "x", folder / name)
        assert laptop.events == before
        assert check(laptop.log) == []

    def test_through_a_link(self, laptop: Machine, tmp_path: Path) -> None:
        """A link to the log, or another name of it, is not written through."""
        before = laptop.events
        (tmp_path / "a").symlink_to(laptop.log)
        with pytest.raises(UsageError):
            exchange.save_export(laptop.desk(), "x", tmp_path / "a")
        os.link(laptop.log, tmp_path / "b")
        exchange.save_export(laptop.desk(), "x", tmp_path / "b")
        assert laptop.events == before

    def test_written_whole(self, laptop: Machine, tmp_path: Path) -> None:
        target = tmp_path / "새 폴더" / "x.csv"
        for text in ("a\r\n", "b"):
            exchange.save_export(laptop.desk(), text, target)
            assert target.read_bytes() == text.encode()
        assert [path.name for path in target.parent.iterdir()] == ["x.csv"]
        for nowhere in (tmp_path / "x.csv" / "y", tmp_path, tmp_path / ("x" * 300)):
            (tmp_path / "x.csv").touch()
            with pytest.raises(AdspError, match="쓸 수 없습니다"):
                exchange.save_export(laptop.desk(), "x", nowhere)


def forged(event: Event, stamp: int) -> Event:
    return msgspec.structs.replace(event, id=f"forged-{stamp}", stamp=stamp)


class TestHostile:
    """What would keep the log from being opened, or from going out again, does not come in."""

    @pytest.mark.parametrize("stamp", [2**48, MAX_STAMP - 1, highest_of(1000), -1, 2**62])
    def test_stamps_out_of_this_world(self, laptop: Machine, machine: Make, stamp: int) -> None:
        """With one of these every later answer would stand where no other machine can follow."""
        before = laptop.events
        evil = machine("evil")
        flag = Flagged(id="f", at=before[0].at, question="q", on=True)
        with Log.open(evil.log) as log:
            log.take_in([forged(flag, stamp)])
        for ask in (
            lambda: exchange.merge(laptop.desk(), evil.log),
            lambda: exchange.import_file(laptop.desk(), export(evil), "x"),
        ):
            with pytest.raises(StoreError, match="stamp"):
                ask()
        assert laptop.events == before
        assert list_backups(laptop.files) == []

    def test_as_high_as_may_be(self, laptop: Machine, machine: Make) -> None:
        """A clock at the end of time is borne, on every machine that learns of it, for ever."""
        evil, other = machine("evil"), machine("other")
        at = laptop.events[0].at.replace(year=9999, month=12, day=30)
        flag = Flagged(id="f", at=at, question="q", on=True)
        with Log.open(evil.log) as log:
            log.take_in([forged(flag, highest_of(7))])
        exchange.import_file(laptop.desk(), export(evil), "x")
        for n in range(3):
            laptop.study("a", now=f"2021-10-{10 + n}T20:00")
            exchange.import_file(other.desk(), export(laptop), "x")
        assert other.events == laptop.events
        assert other.history.answers[-1].day.isoformat() == "2021-10-12"

    @pytest.mark.parametrize(
        "old",
        ['"on":true', '"id":"f"', '"question":"q"'],
    )
    def test_one_bad_line(self, laptop: Machine, old: str) -> None:
        """Nothing of the file is stored, and no backup is made."""
        before = laptop.events
        flag = '{"type":"flag","id":"f","at":"2021-10-05T20:00:00+09:00","question":"q","on":true}'
        content = f"{flag}\n{flag.replace(old, old[:-1] + chr(0x5C))}\n"
        with pytest.raises(StoreError, match="2번째 줄"):
            exchange.import_file(laptop.desk(), content.encode(), "x")
        assert laptop.events == before
        assert list_backups(laptop.files) == []

    def test_names_of_her_own(self, laptop: Machine, desktop: Machine) -> None:
        """Ids that are here with another content stay as they are, and are told."""
        mine = laptop.events[1]
        content = export(laptop).replace(b'"given":"a"', b'"given":"c"')
        taken = exchange.import_file(laptop.desk(), content, "x")
        assert not taken.new
        assert mine.id in {event.id for event in taken.conflicts}
        assert laptop.events[1] == mine


class TestMerge:
    """The logs of two machines become one story on both."""

    def test_both_ways(self, laptop: Machine, desktop: Machine) -> None:
        exchange.merge(laptop.desk(), desktop.log)
        merged = exchange.merge(desktop.desk(), laptop.log)
        assert (len(merged.taken.new), len(merged.taken.known), merged.lost) == (6, 3, 0)
        assert laptop.events == desktop.events
        assert len(laptop.history.answers) == 6
        assert [answer.at for answer in laptop.history.answers] == sorted(
            answer.at for answer in laptop.history.answers
        )

    @pytest.mark.parametrize("inside", ["", "data", "data/answers.db"])
    def test_named_in_any_way(self, laptop: Machine, desktop: Machine, inside: str) -> None:
        """The file, the folder that holds it, or the whole home."""
        assert len(exchange.merge(laptop.desk(), desktop.home / inside).taken.new) == 3
        with pytest.raises(UsageError, match="자신"):
            exchange.merge(laptop.desk(), laptop.home / inside)

    def test_itself_by_another_name(self, laptop: Machine, tmp_path: Path) -> None:
        os.link(laptop.log, tmp_path / "hard")
        (tmp_path / "soft").symlink_to(laptop.home)
        for name in ("hard", "soft"):
            with pytest.raises(UsageError, match="자신"):
                exchange.merge(laptop.desk(), tmp_path / name)

    @pytest.mark.parametrize("name", ["없음", "laptop/config", LONGEST])
    def test_no_log(self, laptop: Machine, tmp_path: Path, name: str) -> None:
        with pytest.raises(UsageError, match="에 기록이 없습니다"):
            exchange.merge(laptop.desk(), tmp_path / name)

    def test_of_a_running_app(self, laptop: Machine, desktop: Machine) -> None:
        """The other may be open; her own may not."""
        with desktop.desk(write=True) as desk:
            desk.study  # noqa: B018  (opening is the point)
            assert len(exchange.merge(laptop.desk(), desktop.log).taken.new) == 3
            with pytest.raises(StoreLocked):
                exchange.merge(desktop.desk(), laptop.log)

    def test_damaged(self, laptop: Machine, desktop: Machine) -> None:
        """Every answer that can be proved comes over; what hangs on a lost one waits."""
        spoil(desktop.log, 2)
        merged = exchange.merge(laptop.desk(), desktop.log)
        assert (len(merged.taken.new), merged.lost) == (2, 1)
        assert len(laptop.history.answers) == 5

    def test_damaged_start(self, laptop: Machine, desktop: Machine) -> None:
        """The session is made anew from its answers; its own start, should it still come, means the
        same.
        """
        content = export(desktop)
        spoil(desktop.log, 1)
        before = len(laptop.history.answers)
        merged = exchange.merge(laptop.desk(), desktop.log)
        assert (len(merged.taken.waiting), merged.lost) == (0, 1)
        assert len(laptop.history.answers) == before + 2
        assert laptop.history.unfinished is None or "되살린" not in laptop.history.unfinished.title
        assert check(laptop.log) == []
        again = exchange.merge(laptop.desk(), desktop.log)
        assert (len(again.taken.new), len(again.taken.conflicts)) == (0, 0)
        late = exchange.import_file(laptop.desk(), content, "x")
        assert (len(late.new), len(late.known), len(late.conflicts)) == (0, 3, 0)

    def test_nothing_left(self, laptop: Machine, desktop: Machine) -> None:
        before = laptop.events
        overwrite(desktop.log)
        with pytest.raises(StoreDamaged):
            exchange.merge(laptop.desk(), desktop.log)
        desktop.log.write_text("글\n" * 3000, encoding="utf-8")
        with pytest.raises(StoreDamaged):
            exchange.merge(laptop.desk(), desktop.log)
        assert laptop.events == before

    def test_into_a_damaged_one(self, laptop: Machine, desktop: Machine) -> None:
        """It is refused: the learner restores hers first."""
        spoil(laptop.log, 2)
        before = laptop.log.read_bytes()
        with pytest.raises(StoreDamaged, match="laptop"):
            exchange.merge(laptop.desk(), desktop.log)
        assert laptop.log.read_bytes() == before

    def test_into_nothing(self, machine: Make, desktop: Machine) -> None:
        new = machine("new")
        assert len(exchange.merge(new.desk(), desktop.log).taken.new) == 3
        assert new.events == desktop.events


class TestUndo:
    """Answers taken back after a restart."""

    def test_after_a_restart(self, laptop: Machine) -> None:
        laptop.undo(2)
        assert len(laptop.history.answers) == 2
        laptop.redo(1)
        laptop.undo(1)
        laptop.redo(5)
        assert len(laptop.history.answers) == 4
        with pytest.raises(UsageError, match="되살릴 답이 없습니다"):
            laptop.redo()

    def test_more_than_there_are(self, laptop: Machine) -> None:
        laptop.undo(100)
        assert laptop.history.answers == []
        with pytest.raises(UsageError, match="되돌릴 답이 없습니다"):
            laptop.undo()
