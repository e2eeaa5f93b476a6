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

from adsp.errors import StoreError
from adsp.store.connect import SCHEMA_VERSION
from adsp.store.exchange.jsonl import read_jsonl
from adsp.store.files import sync_file, sync_folder
from adsp.store.order import place
from adsp.store.rows import encode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from adsp.store.events import Event

MAX_EVENTS = 20_000
"""In one segment: 6 MB or so."""

_NAME = re.compile(r"adsp-([0-9a-f]{32})\b.*\.jsonl")
"""Synchronising programs add to a name: `` (1)``, `` (conflicted copy)``."""
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
    for path in sorted(folder.glob("adsp-*.jsonl")):
        if (name := _NAME.fullmatch(path.name)) is None:
            continue
        content = path.read_bytes().replace(b"\r\n", b"\n")  # git may have changed the line ends
        header, _, lines = content.partition(b"\n")
        if _digest(content) != name[1]:
            found.unfinished.append(path.name)
        elif _version(header) > SCHEMA_VERSION:
            found.newer.append(path.name)
        else:
            events = read_jsonl(lines.decode().split("\n"), path.name)
            found.events.update((event.id, event) for event in events)
    return found


def _version(header: bytes) -> int:
    try:
        return msgspec.json.decode(header, type=_Header).segment
    except msgspec.MsgspecError as error:
        raise StoreError(f"조각 파일의 머리를 알아볼 수 없습니다: {error}") from error


def write_segments(folder: Path, events: Sequence[Event]) -> list[Path]:
    """Leave events in the folder; each file is there whole or not at all.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    attributes = folder / ".gitattributes"  # so that git leaves the bytes as they are
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
