"""The log as JSON lines: one event a line, in the common order, readable without this app."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from adsp.store.exchange.lines import LONGEST_LINE, read_all, refuse_repeats
from adsp.store.rows import decode, encode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from adsp.store.events import Event

BOM = "\ufeff"


def write_jsonl(events: Iterable[Event], file: IO[str]) -> None:
    """One event a line."""
    file.writelines(encode(event) + "\n" for event in events)


def read_jsonl(lines: Iterable[str], source: str) -> list[Event]:
    """The events of a file of JSON lines; empty lines do not count.

    Raises:
        StoreError: some lines are no events; all of them are told.
    """
    numbered = ((n, line.strip().lstrip(BOM)) for n, line in enumerate(lines, start=1))
    return read_all(((n, line) for n, line in numbered if line), _event, source)


def _event(line: str) -> Event:
    if len(line) > LONGEST_LINE:
        raise ValueError(f"{LONGEST_LINE}자보다 깁니다")
    event = decode(line)
    if encode(event) != line:  # not as this app wrote it; looking twice at all would cost a half
        refuse_repeats(line)
    return event
