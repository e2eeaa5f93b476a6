"""Files that machines exchange: whole or not counted, named by their content, never in conflict."""

from __future__ import annotations

import random
from hashlib import blake2b
from typing import TYPE_CHECKING

import msgspec
import pytest

from adsp.errors import StoreError
from adsp.store.connect import SCHEMA_VERSION
from adsp.store.events import Flagged
from adsp.store.exchange.segments import (
    ATTRIBUTES,
    MAX_EVENTS,
    Exchange,
    own_files,
    read_segments,
    write_segments,
)
from adsp.store.order import stamp_older

if TYPE_CHECKING:
    from pathlib import Path

    from adsp.store.events import Event


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A shared folder with a Korean name and a space."""
    made = tmp_path / "내 드라이브" / "adsp"
    made.mkdir(parents=True)
    return made


@pytest.fixture
def events(story: list[Event]) -> list[Event]:
    """The story as a log hands it out."""
    return list(stamp_older(story))


@pytest.fixture
def segment(folder: Path, events: list[Event]) -> Path:
    """The story in the folder."""
    return write_segments(folder, events)[0]


def named(folder: Path, content: bytes, more: str = "") -> Path:
    """A segment of any content, under its right name."""
    path = folder / f"adsp-{blake2b(content, digest_size=16).hexdigest()}{more}.jsonl"
    path.write_bytes(content)
    return path


def header(version: int = SCHEMA_VERSION) -> bytes:
    return b'{"segment":%d,"events":1}\n' % version


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


class TestWriting:
    """What is left for the others."""

    def test_reads_back(self, folder: Path, segment: Path, events: list[Event]) -> None:
        assert read_segments(folder).in_order() == events
        assert names(folder) == {segment.name, ATTRIBUTES}

    def test_readable_without_the_app(self, segment: Path, events: list[Event]) -> None:
        """A header, then an event a line; the name is the checksum of the whole."""
        first, *lines = segment.read_text(encoding="utf-8").splitlines()
        assert msgspec.json.decode(first) == {"segment": SCHEMA_VERSION, "events": len(events)}
        assert len(lines) == len(events)
        digest = blake2b(segment.read_bytes(), digest_size=16).hexdigest()
        assert segment.name == f"adsp-{digest}.jsonl"

    def test_same_content_same_name(
        self, folder: Path, segment: Path, events: list[Event], tmp_path: Path
    ) -> None:
        """Two machines that leave the same leave one file, and git sees no change."""
        (other,) = write_segments(tmp_path / "other", events)
        assert (other.name, other.read_bytes()) == (segment.name, segment.read_bytes())
        assert write_segments(folder, events) == [segment]
        assert names(folder) == {segment.name, ATTRIBUTES}

    def test_other_content_other_name(self, folder: Path, events: list[Event]) -> None:
        paths = [*write_segments(folder, events[:4]), *write_segments(folder, events[4:])]
        assert len({*paths}) == 2
        assert read_segments(folder).in_order() == events

    def test_nothing(self, folder: Path) -> None:
        assert write_segments(folder, []) == []
        assert read_segments(folder) == Exchange()

    def test_many(self, folder: Path, events: list[Event]) -> None:
        """Parts of a size that any program carries."""
        flag = Flagged(id="", at=events[0].at, question="q", on=True)
        many = [
            msgspec.structs.replace(flag, id=f"{n:06}", stamp=n + 1) for n in range(MAX_EVENTS + 1)
        ]
        assert len(write_segments(folder, many)) == 2
        assert read_segments(folder).in_order() == many

    def test_leftover_of_a_killed_write(self, folder: Path, events: list[Event]) -> None:
        """Half a file under another name is none, and is in nobody's way."""
        (path,) = write_segments(folder, events)
        part = path.with_suffix(".part")
        path.rename(part)
        part.write_bytes(part.read_bytes()[:100])
        assert read_segments(folder) == Exchange()
        assert write_segments(folder, events) == [path]
        assert not part.exists()
        assert read_segments(folder).in_order() == events

    def test_git_attributes(self, folder: Path, segment: Path) -> None:
        """Git is asked to leave the bytes as they are; what is there already stays."""
        assert (folder / ATTRIBUTES).read_text() == "*.jsonl -text\n"
        assert own_files(folder) == [segment.name, ATTRIBUTES]

    def test_git_attributes_of_the_learner(self, folder: Path, events: list[Event]) -> None:
        (folder / ATTRIBUTES).write_text("*.md text\n")
        (path,) = write_segments(folder, events)
        assert (folder / ATTRIBUTES).read_text() == "*.md text\n"
        assert own_files(folder) == [path.name]

    def test_folder_is_a_file(self, tmp_path: Path, events: list[Event]) -> None:
        (tmp_path / "x").write_text("")
        with pytest.raises(OSError, match="exists"):
            write_segments(tmp_path / "x", events)


class TestCarried:
    """What programs that synchronise, and git, do to files on the way."""

    @pytest.mark.parametrize(
        "more",
        [
            " (1)",
            " (conflicted copy)",
            " (Kim의 충돌된 사본 2021-10-05)",
            ".sync-conflict-20211005-200000-ABCDEFG",
            "-DESKTOP-1",
            " - 복사본",
        ],
    )
    @pytest.mark.parametrize("kept", [True, False])
    def test_conflict_copies(
        self, folder: Path, segment: Path, events: list[Event], more: str, kept: bool
    ) -> None:
        """A copy under another name counts, and counts once beside the file itself."""
        copy = segment.with_name(segment.stem + more + ".jsonl")
        copy.write_bytes(segment.read_bytes())
        if not kept:
            segment.unlink()
        found = read_segments(folder)
        assert (found.in_order(), found.unfinished, found.newer) == (events, [], [])

    def test_line_ends(self, folder: Path, segment: Path, events: list[Event]) -> None:
        """Git on Windows may have changed them."""
        segment.write_bytes(segment.read_bytes().replace(b"\n", b"\r\n"))
        assert read_segments(folder).in_order() == events

    def test_torn_anywhere(self, folder: Path, segment: Path, events: list[Event]) -> None:
        """As long as it has not come over whole, it waits; what is sound beside it counts."""
        content = segment.read_bytes()
        (other,) = write_segments(folder, events[:1])
        for size in (0, 1, len(content) // 2, len(content) - 1):
            segment.write_bytes(content[:size])
            found = read_segments(folder)
            assert found.in_order() == events[:1]
            assert found.unfinished == [segment.name]
            assert own_files(folder) == [other.name, ATTRIBUTES]
        segment.write_bytes(content)
        assert read_segments(folder).unfinished == []

    def test_any_change_shows(self, folder: Path, segment: Path) -> None:
        """A flipped bit, zeros at the end, bytes that are missing or too many."""
        content = segment.read_bytes()
        rng = random.Random(1)
        for _ in range(200):
            changed = bytearray(content)
            changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
            segment.write_bytes(changed)
            assert read_segments(folder) == Exchange(unfinished=[segment.name])
        for harm in (content + b"\n", content[1:], content[:500] + bytes(len(content) - 500)):
            segment.write_bytes(harm)
            assert read_segments(folder) == Exchange(unfinished=[segment.name])

    def test_foreign_files(self, folder: Path, segment: Path, events: list[Event]) -> None:
        """What else lies in the folder is let alone, and so are names that only look alike."""
        before = names(folder)
        foreign = [
            "답.jsonl", "adsp.jsonl", "adsp-1234.jsonl", "adsp-notes.jsonl", "answers.db",
            f"adsp-{'g' * 32}.jsonl", f"adsp-{'a' * 33}.jsonl", f"adsp-{'A' * 32}.jsonl",
            f"x-{segment.name}", f"{segment.name}.bak", f"~{segment.name}",
        ]  # fmt: skip
        for name in foreign:
            (folder / name).write_bytes(b"{}\xff\n")
        (folder / f"adsp-{'a' * 32}.jsonl").mkdir()
        (folder / f"adsp-{'b' * 32}.jsonl").symlink_to(folder / "gone")
        found = read_segments(folder)
        assert (found.in_order(), found.unfinished, found.newer) == (events, [], [])
        assert before <= names(folder)

    def test_the_same_event_in_two_files(self, folder: Path, events: list[Event]) -> None:
        write_segments(folder, events[:6])
        write_segments(folder, events[3:])
        assert read_segments(folder).in_order() == events

    def test_folder_gone(self, tmp_path: Path) -> None:
        """An empty exchange: whoever asks has looked for the folder before."""
        assert read_segments(tmp_path / "gone") == Exchange()

    @pytest.mark.parametrize("version", [SCHEMA_VERSION + 1, 99, 2**40])
    def test_newer(self, folder: Path, segment: Path, events: list[Event], version: int) -> None:
        """What a newer app wrote waits for the update; the rest counts."""
        newer = named(folder, header(version) + b'{"type":"exam","score":60}\n')
        found = read_segments(folder)
        assert (found.in_order(), found.newer) == (events, [newer.name])

    def test_newer_header(self, folder: Path) -> None:
        """Its header may say more."""
        newer = named(folder, b'{"segment":3,"events":1,"machine":"laptop"}\n')
        assert read_segments(folder) == Exchange(newer=[newer.name])


LINE = b'{"type":"flag","id":"f","at":"2021-10-05T20:00:00+09:00","question":"q","on":true}\n'


class TestBroken:
    """Files of the right name and the wrong content: somebody made them so."""

    @pytest.mark.parametrize(
        ("content", "told"),
        [
            pytest.param(b"", "1번째 줄", id="empty"),
            pytest.param(b"\n", "1번째 줄", id="a line feed"),
            pytest.param(LINE, "1번째 줄", id="no header"),
            pytest.param(b"[" * 100_000, "1번째 줄", id="endlessly deep header"),
            pytest.param(b'{"segment":"2","events":1}\n', "1번째 줄", id="header of wrong types"),
            pytest.param(b'{"segment":%s,"events":1}\n' % (b"9" * 5000), "1번째 줄", id="endless"),
            pytest.param(bytes(range(256)), "1번째 줄", id="binary"),
            pytest.param(header() + LINE + b"\xff\xfe\n", "1번째 줄", id="no UTF-8"),
            pytest.param(header() + LINE + LINE[:-5] + b"\n", "3번째 줄", id="cut line"),
            pytest.param(header() + b"[" * 100_000, "2번째 줄", id="endlessly deep"),
            pytest.param(header() + LINE.replace(b'"f"', b'""'), "2번째 줄", id="empty id"),
            pytest.param(header(-1) + b"\n" + LINE[1:], "3번째 줄", id="older than any"),
        ],
    )
    def test_refused_by_name(self, folder: Path, content: bytes, told: str) -> None:
        path = named(folder, content, more="\x1b[2J")
        with pytest.raises(StoreError, match=told) as caught:
            read_segments(folder)
        assert path.stem.partition("\x1b")[0] in str(caught.value)
        assert "\x1b" not in str(caught.value)

    def test_only_a_header(self, folder: Path) -> None:
        named(folder, header())
        assert read_segments(folder) == Exchange()
