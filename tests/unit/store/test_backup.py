"""Backups: when one is made, what it is called, that it is whole, and how many are kept."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.store.conftest import unstamped

from adsp.errors import StoreDamaged, StoreError
from adsp.store.backup import (
    ALL_OF,
    INTERVAL,
    KEPT_DAILY,
    KEPT_MONTHLY,
    KEPT_WEEKLY,
    STALE,
    Backup,
    back_up,
    back_up_if_due,
    copy_whole,
    list_backups,
    thinned,
    verify,
)
from adsp.store.events import Flagged
from adsp.store.files import Files
from adsp.store.log import Log, read_events

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from adsp.store.events import Event

SEOUL = timezone(timedelta(hours=9))
NOW = datetime(2021, 10, 5, 20, 0, tzinfo=SEOUL)


@pytest.fixture
def files(written: Path) -> Files:
    """The files of a log that holds the story."""
    return Files(written)


def names(files: Files) -> list[str]:
    return sorted(path.name for path in files.backups.iterdir())


def study(files: Files, count: int = 1) -> None:
    """Let the log grow."""
    with Log.open(files.database) as log:
        done = len(log.events())
        log.append(
            *(Flagged(id=f"f{done + n}", at=NOW, question="q", on=True) for n in range(count))
        )


def spoil(path: Path) -> None:
    """Overwrite the rows of a file."""
    content = bytearray(path.read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    path.write_bytes(content)


class TestNames:
    """When it was made, in UTC, and why."""

    def test_name(self, files: Files) -> None:
        made = back_up(files, NOW, "hand")
        assert made == Backup(files.backups / "answers-20211005T110000Z-hand.db", NOW, "hand")
        assert names(files) == [made.path.name]

    def test_several_in_one_second(self, files: Files) -> None:
        """None takes the place of another, and they are listed in order, the tenth after the
        ninth.
        """
        made = [back_up(files, NOW + timedelta(milliseconds=n), "hand") for n in range(11)]
        assert list_backups(files) == made
        assert [backup.number for backup in list_backups(files)] == [*range(1, 12)]
        assert made[10] is not None
        assert made[10].path.name == "answers-20211005T110000Z-hand-11.db"

    def test_of_any_zone(self, files: Files) -> None:
        """Instants are told apart whatever their zones."""
        for zone in (9, -5, 0):
            now = NOW.astimezone(timezone(timedelta(hours=zone))) + timedelta(minutes=9 - zone)
            back_up(files, now, "hand")
        assert [backup.at for backup in list_backups(files)] == [
            NOW + timedelta(minutes=n) for n in (0, 14, 9)
        ]

    def test_order(self, files: Files) -> None:
        """It is that of making, also where the app's clock was set back."""
        made = [back_up(files, NOW - timedelta(days=n), "hand") for n in range(3)]
        assert list_backups(files) == made

    def test_what_killed_ones_left(self, files: Files) -> None:
        """It goes with the next backup once nobody can be writing it any more."""
        back_up(files, NOW, "hand")
        old, young = (files.backups / f"{name}.db.part" for name in ("old", "young"))
        old.touch()
        young.touch()
        os.utime(old, (0, young.stat().st_mtime - 2 * STALE))
        back_up(files, NOW, "hand")
        assert not old.exists()
        assert young.exists()

    @pytest.mark.parametrize(
        "name",
        [
            "내 백업.db",
            "answers-before-v2-000009.db",
            "answers-20211399T999999Z-auto.db",
            "answers-20211005T110000-auto.db",
            "answers-20211005T110000Z-auto-x.db",
            "answers-٢٠٢١١٠٠٥T٩٩٩٩٩٩Z-auto.db",
        ],
    )
    def test_other_names(self, files: Files, name: str) -> None:
        """Whatever lies there is listed by the time of the file, and never thinned."""
        made = back_up(files, NOW, "auto")
        assert made is not None
        other = files.backups / name
        other.write_bytes(made.path.read_bytes())
        os.utime(other, (0, 0))
        first, second = list_backups(files)
        assert (first.path, first.reason, first.at) == (other, "", datetime(1970, 1, 1, tzinfo=UTC))
        assert second == made
        back_up(files, NOW + timedelta(days=4000), "auto")
        assert other.exists()

    def test_what_is_no_file(self, files: Files) -> None:
        """A folder or a link to nothing is no backup, and keeps none from being made."""
        files.backups.mkdir()
        (files.backups / "answers-20010101T000000Z-auto.db").mkdir()
        (files.backups / "gone.db").symlink_to(files.backups / "nowhere")
        made = back_up(files, NOW, "auto")
        assert list_backups(files) == [made]

    def test_none_yet(self, files: Files) -> None:
        assert list_backups(files) == []


class TestWhole:
    """A backup is the log, verified, or it is not there."""

    def test_holds_the_log(self, files: Files, story: list[Event]) -> None:
        """Also what a running app has only in its WAL; for its owner alone, one file."""
        with Log.open(files.database) as log:
            log.append(Flagged(id="more", at=NOW, question="q", on=True))
            made = back_up(files, NOW, "hand")
            assert made is not None
            assert read_events(made.path) == log.events()
        assert unstamped(read_events(made.path))[:-1] == story
        assert made.path.stat().st_mode & 0o777 == 0o600
        assert files.backups.stat().st_mode & 0o777 == 0o700
        assert names(files) == [made.path.name]
        assert verify(files, made.path) == 10

    def test_nothing_to_back_up(self, path: Path) -> None:
        files = Files(path)
        assert back_up(files, NOW, "hand") is None
        Log.open(path).close()
        assert back_up(files, NOW, "hand") is None
        assert not files.backups.exists()

    def test_damaged_log(self, files: Files, story: list[Event]) -> None:
        """It is refused, leaves nothing behind, and takes no older backup away."""
        old = [back_up(files, NOW - timedelta(days=n), "auto") for n in (400, 300, 200)]
        spoil(files.database)
        for now in (NOW, NOW + timedelta(days=4000)):
            with pytest.raises(StoreDamaged):
                back_up(files, now, "auto")
            with pytest.raises(StoreDamaged):
                back_up_if_due(files, now)
        assert list_backups(files) == old
        assert names(files) == sorted(backup.path.name for backup in old if backup)
        assert unstamped(read_events(list_backups(files)[0].path)) == story

    def test_row_changed(self, files: Files) -> None:
        """What SQLite finds no fault with is found too."""
        with closing(sqlite3.connect(files.database, isolation_level=None)) as connection:
            connection.execute("DROP TRIGGER event_never_changes")
            connection.execute("UPDATE event SET body = replace(body, 'right', 'wrong')")
        with pytest.raises(StoreDamaged, match="쓰인 그대로가 아닙니다"):
            back_up(files, NOW, "hand")
        assert names(files) == []

    def test_folder_is_a_file(self, files: Files) -> None:
        files.backups.write_text("")
        with pytest.raises(StoreError, match="backups"):
            back_up(files, NOW, "hand")

    def test_leftover_of_a_killed_copy(self, files: Files, story: list[Event]) -> None:
        files.backups.mkdir()
        (files.backups / "copy.db.part").write_bytes(b"half a copy")
        copy_whole(files, files.backups / "copy.db")
        assert names(files) == ["copy.db"]
        assert unstamped(read_events(files.backups / "copy.db")) == story


class TestDue:
    """By itself: half an hour after the last, if there is something new."""

    def test_first(self, files: Files) -> None:
        made = back_up_if_due(files, NOW)
        assert made is not None
        assert made.reason == "auto"

    @pytest.mark.parametrize(
        ("later", "due"),
        [
            pytest.param(timedelta(), False, id="at once"),
            pytest.param(INTERVAL - timedelta(seconds=1), False, id="29 minutes"),
            pytest.param(INTERVAL, True, id="30 minutes"),
            pytest.param(timedelta(days=3650), True, id="ten years on"),
            pytest.param(-timedelta(minutes=10), False, id="clock a little back"),
            pytest.param(-timedelta(days=3650), True, id="ten years back"),
        ],
    )
    def test_after_the_last(self, files: Files, later: timedelta, due: bool) -> None:
        back_up(files, NOW, "auto")
        study(files)
        assert (back_up_if_due(files, NOW + later) is not None) is due

    def test_nothing_new(self, files: Files) -> None:
        """An unchanged log is not backed up again, however long ago it was."""
        back_up(files, NOW, "hand")
        assert back_up_if_due(files, NOW + timedelta(days=365)) is None
        with Log.open(files.database) as log:
            log.vacuum()
        assert back_up_if_due(files, NOW + timedelta(days=365)) is None
        study(files)
        assert back_up_if_due(files, NOW + timedelta(days=365)) is not None

    def test_clock_that_jumps(self, files: Files) -> None:
        """The last one is the one made last, whatever year it says."""
        for year in (2021, 2031, 2021, 1999, 2021):
            study(files)
            assert back_up_if_due(files, NOW.replace(year=year)) is not None
            study(files)
            assert back_up_if_due(files, NOW.replace(year=year, minute=29)) is None

    def test_before_an_upgrade_does_not_count(self, files: Files) -> None:
        """It was made by another version; the first of this one is made all the same."""
        copy_whole(files, files.backups / "answers-before-v2-000009.db")
        assert back_up_if_due(files, NOW) is not None

    def test_last_one_unreadable(self, files: Files) -> None:
        """Then there is none of this log yet."""
        made = back_up(files, NOW, "auto")
        assert made is not None
        spoil(made.path)
        assert back_up_if_due(files, NOW + INTERVAL) is not None

    def test_nothing_ever(self, path: Path) -> None:
        assert back_up_if_due(Files(path), NOW) is None


def made(at: datetime, reason: str = "auto", number: int = 1) -> Backup:
    return Backup(Path(f"{at:%Y%m%dT%H%M%S%f}-{reason}-{number}"), at, reason, number)


def kept_by_rule(backups: Sequence[Backup], now: datetime) -> set[Backup]:
    """The rule said again, plainly: all of two days; then the last of a day, of a week, of a month,
    for so many of each that have one.
    """
    ours = sorted((b for b in backups if b.reason not in {"", "hand"}), key=place)
    kept = {*ours[-1:]} | {b for b in ours if now - b.at < ALL_OF}
    periods = (("%Y-%m-%d", KEPT_DAILY), ("%G-%V", KEPT_WEEKLY), ("%Y-%m", KEPT_MONTHLY))
    for form, count in periods:
        for _ in range(count):
            first = min(kept, key=place, default=None)
            if first is None:
                break
            period = f"{first.at.astimezone(now.tzinfo):{form}}"
            older = [b for b in ours if place(b) < place(first)]
            last = [b for b in older if f"{b.at.astimezone(now.tzinfo):{form}}" != period][-1:]
            kept |= {*last}
    return kept | {b for b in backups if b.reason in {"", "hand"}}


def place(backup: Backup) -> tuple[datetime, int]:
    return backup.at, backup.number


moments = st.integers(-3 * 24 * 60, 800 * 24 * 60).map(lambda n: NOW - timedelta(minutes=n))
backup_lists = st.lists(
    st.builds(made, moments, st.sampled_from(["auto", "auto", "import", "restore", "hand", ""])),
    unique_by=lambda backup: backup.at,
    max_size=60,
)


class TestThinning:
    """How many are kept: a pure function of names and time."""

    @settings(deadline=None, max_examples=200)
    @given(backup_lists)
    def test_by_the_rule(self, backups: list[Backup]) -> None:
        """And again after it nothing is dropped."""
        dropped = thinned(backups, NOW)
        assert {*backups} - {*dropped} == kept_by_rule(backups, NOW)
        assert thinned([b for b in backups if b not in dropped], NOW) == []

    @given(backup_lists, st.randoms())
    def test_order_of_the_folder_does_not_count(self, backups: list[Backup], rng: object) -> None:
        assert {*thinned(backups[::-1], NOW)} == {*thinned(backups, NOW)}

    @pytest.mark.parametrize("reason", ["hand", ""])
    def test_never(self, reason: str) -> None:
        """What was made by hand or before an upgrade stays, and does not count for the others."""
        kept = [made(NOW - timedelta(days=n), reason) for n in range(3000)]
        assert thinned(kept, NOW) == []
        autos = [made(NOW - timedelta(days=n, minutes=5)) for n in range(400)]
        assert thinned([*kept, *autos], NOW) == thinned(autos, NOW)

    def test_all_of_two_days(self) -> None:
        recent = [made(NOW - timedelta(minutes=30 * n)) for n in range(96)]
        assert thinned(recent, NOW) == []

    def test_last_of_a_day(self) -> None:
        day = [made(NOW - timedelta(days=5, minutes=30 * n)) for n in range(10)]
        assert thinned([made(NOW), *day], NOW) == day[1:]

    def test_days_of_the_learner(self) -> None:
        """Midnight is that of her zone."""
        late = datetime(2021, 9, 30, 23, 59, tzinfo=SEOUL)
        next_day = late + timedelta(minutes=2)
        pair = [made(NOW), made(late), made(next_day)]
        assert thinned(pair, NOW) == []
        assert thinned(pair, NOW.astimezone(UTC)) == [made(late)]

    def test_several_in_one_second(self) -> None:
        """Of equal times the last made is kept."""
        old = NOW - timedelta(days=5)
        assert thinned([made(NOW), made(old), made(old, number=2)], NOW) == [made(old)]

    def test_future(self) -> None:
        """What says that it was made tomorrow is not thinned, and costs none of today's."""
        future = [made(NOW + timedelta(days=n)) for n in range(1, 30)]
        past = [made(NOW - timedelta(days=n)) for n in range(30)]
        assert thinned([*future, *past], NOW) == thinned(past, NOW)

    def test_newest_stays(self) -> None:
        """However old it is."""
        old = [made(NOW - timedelta(days=5000 + n)) for n in range(3)]
        assert old[0] not in thinned(old, NOW)

    def test_nothing(self) -> None:
        assert thinned([], NOW) == []


def live(days: Iterable[datetime], a_day: int) -> tuple[list[Backup], int]:
    """Study on these days, thinning after each backup; what is left, and the most there was."""
    backups: list[Backup] = []
    most = 0
    for day in days:
        for n in range(a_day):
            now = day - timedelta(minutes=30 * (a_day - n))
            backups.append(made(now))
            for old in thinned(backups, now):
                backups.remove(old)
            most = max(most, len(backups))
    return backups, most


class TestAYear:
    """Day by day, as she lives it."""

    @pytest.mark.parametrize("a_day", [1, 6, 30])
    def test_every_day(self, a_day: int) -> None:
        """There is a backup of each of the last days, weeks and months; and never a hundred."""
        evenings = [NOW + timedelta(days=n) for n in range(400)]
        backups, most = live(evenings, a_day)
        days = {backup.at.date() for backup in backups}
        last = evenings[-1]
        assert {(last - timedelta(days=n)).date() for n in range(KEPT_DAILY)} <= days
        weeks = {f"{backup.at:%G-%V}" for backup in backups}
        assert {f"{last - timedelta(weeks=n):%G-%V}" for n in range(KEPT_WEEKLY)} <= weeks
        months = {f"{backup.at:%Y-%m}" for backup in backups}
        assert (
            len({m for m in months if m >= f"{last - timedelta(days=270):%Y-%m}"}) >= KEPT_MONTHLY
        )
        assert most <= 100
        ages = sorted(last - backup.at for backup in backups)
        assert timedelta(days=300) < ages[-1] < timedelta(days=460)

    def test_now_and_then(self) -> None:
        """With pauses the days that have one count, not those of the calendar."""
        backups, _ = live((NOW + timedelta(days=17 * n) for n in range(40)), 2)
        assert len({backup.at.date() for backup in backups}) >= KEPT_DAILY + KEPT_MONTHLY
        assert (max(b.at for b in backups) - min(b.at for b in backups)).days > 17 * 20

    def test_a_clock_that_jumps(self) -> None:
        """A day lived in another year costs none of the good ones of the last two days."""
        backups, _ = live((NOW + timedelta(days=n) for n in range(30)), 4)
        strange = made(NOW.replace(year=2031))
        after = NOW + timedelta(days=30)
        assert thinned([*backups, strange], after) == thinned(backups, after)
