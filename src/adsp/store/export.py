"""The log as JSON lines: one event a line, in log order, readable without this app."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from adsp.store.log import read_events
from adsp.store.rows import encode

if TYPE_CHECKING:
    from pathlib import Path


def export_jsonl(path: Path, file: IO[str]) -> int:
    """Write all events of the log at ``path``; returns how many.

    Raises:
        StoreError: the log cannot be read whole; nothing was written.
    """
    events = read_events(path)
    file.writelines(encode(event) + "\n" for event in events)
    return len(events)
