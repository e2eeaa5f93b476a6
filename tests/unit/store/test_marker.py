"""The marker beside the log: how far it had come, so that less is noticed."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from adsp.errors import StoreDamaged, StoreError
from adsp.store.connect import SCHEMA_VERSION
from adsp.store.events import Flagged
from adsp.store.files import Files
from adsp.store.log import Log, read_events
from adsp.store.marker import Marker, Note, read_note
from adsp.store.rows import START, Tail

if TYPE_CHECKING:
    from pathlib import Path

    from adsp.store.events import Event

TAIL = Tail(12, "0123456789abcdef" * 2)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "answers.db.exists"


class TestNote:
    """What is written is read."""

    @pytest.mark.parametrize("tail", [START, Tail(1, "0" * 31 + "1"), TAIL, Tail(10**11, "f" * 32)])
    @pytest.mark.parametrize("version", [1, 2, 9999])
    def test_round_trip(self, place: Path, version: int, tail: Tail) -> None:
        Marker.place(place, "answers.db", version, tail).close()
        assert read_note(place) == Note(version, tail)

    def test_overwritten_in_place(self, place: Path) -> None:
        """Each note takes the place of the one before; the words to the learner stay."""
        marker = Marker.place(place, "answers.db", 2, START)
        size = place.stat().st_size
        for seq in (1, 99, 3):
            marker.note(2, Tail(seq, "a" * 32))
            assert read_note(place) == Note(2, Tail(seq, "a" * 32))
        marker.sync()
        marker.close()
        assert place.stat().st_size == size
        text = place.read_text(encoding="utf-8")
        assert "adsp의 학습 기록(answers.db)" in text
        assert "지우지 마세요" in text
        assert place.stat().st_mode & 0o777 == 0o600

    def test_of_an_older_app(self, place: Path) -> None:
        """It left only words: they become a whole marker."""
        place.write_text("이 폴더에 adsp의 학습 기록이 있습니다. " * 20, encoding="utf-8")
        assert read_note(place) is None
        Marker.place(place, "answers.db", 2, TAIL).close()
        assert read_note(place) == Note(2, TAIL)
        assert place.read_text(encoding="utf-8").count("adsp의") == 1

    @pytest.mark.parametrize(
        "content",
        [
            pytest.param(b"", id="empty"),
            pytest.param(b"adsp 0002 00000000001", id="cut short"),
            pytest.param(b"adsp 0002 000000000012 " + b"z" * 32 + b"\n", id="no checksum"),
            pytest.param(b"adsp 0002 -00000000012 " + b"0" * 32 + b"\n", id="less than nothing"),
            pytest.param(bytes(4096), id="zeros after a power cut"),
            pytest.param(b"\xff" * 100, id="no text"),
        ],
    )
    def test_unreadable(self, place: Path, content: bytes) -> None:
        """Then nothing is known, and the next note is whole."""
        place.write_bytes(content)
        assert read_note(place) is None
        Marker.place(place, "answers.db", 2, TAIL).close()
        assert read_note(place) == Note(2, TAIL)

    def test_none(self, place: Path) -> None:
        assert read_note(place) is None
        assert read_note(place.parent) is None

    def test_close_twice(self, place: Path) -> None:
        """Closing again is harmless: it must not close a file that is someone else's by now."""
        marker = Marker.place(place, "answers.db", 2, TAIL)
        marker.close()
        with place.open("rb") as file:
            marker.close()
            assert file.read(4) == b"adsp"

    def test_cannot_be_placed(self, place: Path) -> None:
        place.mkdir()
        with pytest.raises(OSError, match="directory"):
            Marker.place(place, "answers.db", 2, TAIL)


class TestBesideTheLog:
    """What it notices."""

    def test_follows_every_append(self, path: Path, story: list[Event]) -> None:
        """Also while the app is open, and after another's events were taken in."""
        with Log.open(path) as log:
            for n, event in enumerate(story, start=1):
                log.append(event)
                note = read_note(Files(path).marker)
                assert note is not None
                assert (note.version, note.tail.seq) == (SCHEMA_VERSION, n)
            flag = Flagged(id="f", at=story[0].at, question="q", on=True, stamp=1)
            log.take_in([flag])
            note = read_note(Files(path).marker)
            assert note is not None
            assert note.tail.seq == len(story) + 1

    def test_older_copy(self, written: Path, story: list[Event], tmp_path: Path) -> None:
        """A file from last week in its place is refused, by whoever reads and whoever writes."""
        shutil.copy(written, tmp_path / "older.db")
        with Log.open(written) as log:
            log.append(Flagged(id="later", at=story[0].at, question="q", on=True))
        shutil.copy(tmp_path / "older.db", written)
        for ask in (read_events, Log.open):
            with pytest.raises(StoreDamaged, match="10번째까지 있어야 할 기록이 9번째까지만"):
                ask(written)

    def test_behind_the_log(self, written: Path, story: list[Event]) -> None:
        """After a power cut it may know less than there is; that is no damage."""
        marker = Files(written).marker
        before = marker.read_bytes()
        with Log.open(written) as log:
            log.append(Flagged(id="later", at=story[0].at, question="q", on=True))
        marker.write_bytes(before)
        assert len(read_events(written)) == 10
        Log.open(written).close()
        note = read_note(marker)
        assert note is not None
        assert note.tail.seq == 10

    def test_of_an_older_version(self, written: Path) -> None:
        """Checksums of another version are not compared, counts are."""
        marker = Files(written).marker
        marker.write_bytes(marker.read_bytes().replace(b"adsp 0002", b"adsp 0001", 1))
        assert len(read_events(written)) == 9
        content = marker.read_bytes().replace(b"000000000009", b"000000000010", 1)
        marker.write_bytes(content)
        with pytest.raises(StoreDamaged, match="9번째까지만"):
            read_events(written)

    def test_in_the_way(self, written: Path) -> None:
        """A folder in its place is told in words."""
        marker = Files(written).marker
        marker.unlink()
        marker.mkdir()
        with pytest.raises(StoreError, match="쓸 수 없습니다"):
            Log.open(written)
        marker.rmdir()
        Log.open(written).close()
