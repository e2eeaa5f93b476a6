"""The log as CSV: one event a row, for spreadsheets; reads back to the same events.

A text that a spreadsheet would compute, or take for a number, a date or a truth value and write
back in another form, gets an apostrophe in front, and so does one that begins with an apostrophe:
reading takes one away again. What is not of an event's kind is empty. The file begins with a byte
order mark, without which Excel takes Hangul for CP949.
"""

from __future__ import annotations

import csv
import re
from typing import IO, TYPE_CHECKING, Any, get_args

import msgspec

from adsp.store.events import Event
from adsp.store.exchange.jsonl import BOM
from adsp.store.exchange.lines import (
    LONGEST_LINE,
    fault,
    read_all,
    refuse_repeats,
    unreadable,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

COLUMNS = (
    "type", "id", "at", "stamp", "session", "mode", "title", "items", "place", "question",
    "revision", "section", "given", "verdict", "elapsed_ms", "answer", "back", "on", "finished",
)  # fmt: skip
"""All fields of all kinds of events."""

_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_RISKY = re.compile(
    r"[=+\-@\t\r\n'＝＋－＠]"  # computed: the OWASP list, full width too; and our own mark
    r"|(?=\D*\d)[\s\d.,:/%()₩$\-+e년월일시분초]*$"  # 0.950; 3-2-2, which is a day of 2003
    rf"|(?=\D*\d)[\s\d.,/-]*({_MONTHS})[a-z]*[\s\d.,/-]*$"  # Mar 1
    r"|(true|false)$",  # comes back in capitals
    re.IGNORECASE,
)
"""Texts that a spreadsheet does not leave as they are."""
_WIDEST = 10**11
"""From here on Excel shows a whole number as 1.23E+11, and saves what it shows."""


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
            return f"'{value}" if value and _RISKY.match(value) else value
        case int():
            return value if abs(value) < _WIDEST else f"'{value}"
        case _:
            return msgspec.json.encode(value).decode()


def read_csv(file: IO[str], source: str) -> list[Event]:
    """The events of such a file, as this app or a spreadsheet wrote it; columns in any order.

    Raises:
        StoreError: it is no such file, or some rows are no events; all of them are told.
    """
    csv.field_size_limit(LONGEST_LINE)
    reader = csv.reader(_without_bom(file), strict=True)
    try:
        rows = ((reader.line_num, row) for row in reader if row)
        number, header = next(rows, (1, []))
        if sorted(header) != sorted(COLUMNS):
            raise unreadable(source, [fault(number, _other_columns(header))])
        return read_all(rows, lambda row: _event(header, row), source)
    except csv.Error as error:
        raise unreadable(source, [fault(reader.line_num, str(error))]) from error


def _without_bom(file: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(file):
        yield line if number else line.lstrip(BOM)


def _other_columns(header: list[str]) -> str:
    return f"열이 다릅니다: {', '.join(sorted({*header} ^ {*COLUMNS})) or '두 번 나오는 열'}"


def _fields_of(type_: type) -> dict[str, frozenset[str]]:
    """The fields of each kind of event that hold such a value."""
    return {
        kind.__struct_config__.tag: frozenset(
            f.name for f in msgspec.structs.fields(kind) if f.type is type_
        )
        for kind in get_args(Event)
    }


_TEXTS = _fields_of(str)
"""An empty cell is one there."""
_NUMBERS = frozenset().union(*_fields_of(int).values())


def _event(header: list[str], row: list[str]) -> Event:
    """The event of a row.

    Raises:
        ValueError: the row is too short or too long, or is no event.
    """
    if len(row) != len(header):
        raise ValueError(f"칸이 {len(header)}개가 아니라 {len(row)}개입니다")
    cells = {name: cell.removeprefix("'") for name, cell in zip(header, row, strict=True)}
    texts = _TEXTS.get(cells["type"], frozenset())
    fields: dict[str, Any] = {n: cell for n, cell in cells.items() if cell or n in texts}
    if short := next((n for n in _NUMBERS if "E" in fields.get(n, "").upper()), None):
        raise ValueError(f"{short} 의 끝자리를 스프레드시트가 버렸습니다: {fields[short]}")
    if "items" in fields:
        refuse_repeats(fields["items"])
        fields["items"] = msgspec.json.decode(fields["items"])
    event: Event = msgspec.convert(fields, Event, strict=False)
    return event
