"""Segments: files that machines exchange over a folder that some program synchronises.

A segment holds events as JSON lines and is named by the checksum of its content. It is written
once, under another name until it is whole, and never changed: two machines never write the same
file, no conflict can arise, and a file that has not come over whole is known by its name.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from adsp.store.connect import SCHEMA_VERSION
from adsp.store.exchange.jsonl import read_jsonl
from adsp.store.exchange.lines import fault, unreadable
from adsp.store.files import sync_file, sync_folder
from adsp.store.order import place
from adsp.store.rows import encode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from adsp.store.events import Event

MAX_EVENTS = 20_000
"""In one segment: 6 MB or so."""

_NAME = re.compile(r"adsp-([0-9a-f]{32})\b.*\.jsonl")
"""Synchronising programs add to a name: `` (1)``, `` (conflicted copy)``."""
ATTRIBUTES = ".gitattributes"
"""Asks git to leave the bytes as they are."""
_ATTRIBUTES = "*.jsonl -text\n"


class _Header(msgspec.Struct, frozen=True):
    """First line of a segment."""

    segment: int
    """Schema version of the events."""
    events: int


@dataclass
class Exchange:
    """What lies in the folder."""

    events: dict[str, Event] = field(default_factory=dict)
    """By id."""
    unfinished: list[str] = field(default_factory=list)
    """Names of files that have not come over whole yet."""
    newer: list[str] = field(default_factory=list)
    """Names of files that a newer app wrote."""

    def in_order(self) -> list[Event]:
        return sorted(self.events.values(), key=place)


def read_segments(folder: Path) -> Exchange:
    """All that the machines have left in the folder.

    Raises:
        OSError: the folder cannot be read.
        StoreError: a segment that is whole holds what is no event.
    """
    found = Exchange()
    for name, content in _segments(folder):
        if content is None:
            found.unfinished.append(name)
        elif _version(content, name) > SCHEMA_VERSION:
            found.newer.append(name)
        else:
            _, *lines = content.decode().split("\n")
            events = read_jsonl(["", *lines], name)  # so that lines keep their numbers
            found.events.update((event.id, event) for event in events)
    return found


def own_files(folder: Path) -> list[str]:
    """Names of what this app has put into the folder, so far as it is whole.

    Raises:
        OSError: the folder cannot be read.
    """
    names = [name for name, content in _segments(folder) if content is not None]
    attributes = folder / ATTRIBUTES
    ours = attributes.is_file() and attributes.read_bytes() == _ATTRIBUTES.encode()
    return [*names, ATTRIBUTES] if ours else names


def _segments(folder: Path) -> Iterator[tuple[str, bytes | None]]:
    """Each with its content; None if it has not come over whole."""
    for path in sorted(folder.glob("adsp-*.jsonl")):
        if (name := _NAME.fullmatch(path.name)) is None or not path.is_file():
            continue
        content = path.read_bytes().replace(b"\r\n", b"\n")  # git may have changed the line ends
        yield path.name, content if _digest(content) == name[1] else None


def _version(content: bytes, name: str) -> int:
    """The schema version of a segment, all of which is found to be text."""
    try:
        content.decode()
        return msgspec.json.decode(content.partition(b"\n")[0], type=_Header).segment
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise unreadable(name, [fault(1, str(error))]) from error


def write_segments(folder: Path, events: Sequence[Event]) -> list[Path]:
    """Leave events in the folder; each file is there whole or not at all.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    attributes = folder / ATTRIBUTES
    if not attributes.exists():
        attributes.write_text(_ATTRIBUTES, encoding="ascii")
    parts = [events[n : n + MAX_EVENTS] for n in range(0, len(events), MAX_EVENTS)]
    return [_write(folder, part) for part in parts]


def _write(folder: Path, events: Sequence[Event]) -> Path:
    content = _content(events)
    path = folder / f"adsp-{_digest(content)}.jsonl"
    part = path.with_suffix(".part")
    try:
        part.write_bytes(content)
        sync_file(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(folder)
    return path


def _content(events: Iterable[Event]) -> bytes:
    lines = [encode(event) for event in events]
    header = msgspec.json.encode(_Header(SCHEMA_VERSION, len(lines))).decode()
    return ("\n".join([header, *lines]) + "\n").encode()


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()
