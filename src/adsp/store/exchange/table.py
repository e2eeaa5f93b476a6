"""The log as CSV: one event a row, for spreadsheets; reads back to the same events.

A text that a spreadsheet would take for a formula gets an apostrophe in front, and so does one
that begins with an apostrophe: reading takes one away again. What is not of an event's kind is
empty. The file begins with a byte order mark, without which Excel takes Hangul for CP949.
"""

from __future__ import annotations

import csv
from typing import IO, TYPE_CHECKING, Any, get_args

import msgspec

from adsp.store.events import Event
from adsp.store.exchange.jsonl import BOM
from adsp.store.exchange.lines import read_all, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

COLUMNS = (
    "type", "id", "at", "stamp", "session", "mode", "title", "items", "place", "question",
    "revision", "section", "given", "verdict", "elapsed_ms", "answer", "back", "on", "finished",
)  # fmt: skip
"""All fields of all kinds of events."""

_RISKY = tuple("=+-@\t\r\n'＝＋－＠")
"""What makes a spreadsheet compute (the OWASP list, full width too), and our own mark."""
_MAX_FIELD = 16 * 2**20
"""Characters; a session of 200 generated questions takes half a million."""


def write_csv(events: Iterable[Event], file: IO[str]) -> None:
    """A header and one event a row; ``file`` was opened with ``newline=""``."""
    file.write(BOM)
    writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for event in events:
        fields = msgspec.to_builtins(event)
        writer.writerow({name: _cell(value) for name, value in fields.items()})


def _cell(value: Any) -> str | int:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f"'{value}" if value.startswith(_RISKY) else value
        case int():
            return value
        case _:
            return msgspec.json.encode(value).decode()


def read_csv(file: IO[str], source: str) -> list[Event]:
    """The events of such a file, as this app or a spreadsheet wrote it; columns in any order.

    Raises:
        StoreError: it is no such file, or some rows are no events; all of them are told.
    """
    csv.field_size_limit(_MAX_FIELD)
    reader = csv.reader(_without_bom(file), strict=True)
    try:
        header = next(reader, [])
        if unknown := set(header) - set(COLUMNS) or set(COLUMNS) - set(header):
            raise unreadable(source, [f"1번째 줄: 열이 다릅니다: {', '.join(sorted(unknown))}"])
        rows = [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        raise unreadable(source, [f"{reader.line_num}번째 줄: {error}"]) from error
    return read_all(rows, lambda row: _event(header, row), source)


def _without_bom(file: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(file):
        yield line if number else line.lstrip(BOM)


_KINDS: dict[str, frozenset[str]] = {
    kind.__struct_config__.tag: frozenset(
        f.name for f in msgspec.structs.fields(kind) if f.type is str
    )
    for kind in get_args(Event)
}
"""The fields of each kind of event that hold text: an empty cell is one there."""


def _event(header: list[str], row: list[str]) -> Event:
    """The event of a row.

    Raises:
        ValueError: the row is too short or too long, or is no event.
    """
    cells = {name: _text(cell) for name, cell in zip(header, row, strict=True)}
    texts = _KINDS.get(cells["type"], frozenset())
    fields: dict[str, Any] = {n: cell for n, cell in cells.items() if cell or n in texts}
    if "items" in fields:
        fields["items"] = msgspec.json.decode(fields["items"])
    event: Event = msgspec.convert(fields, Event, strict=False)
    return event


def _text(cell: str) -> str:
    return cell.removeprefix("'")
