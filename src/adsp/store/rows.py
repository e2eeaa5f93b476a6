"""Events as rows of the table ``event``, chained by checksums.

``body`` is the whole event as JSON and the only thing that is decoded; the other columns are
drawn from it for indexes, views and people. The checksum of a row covers all its columns and the
checksum of the row before it, so that a changed, a missing and a moved row all show.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from adsp.store.events import Event

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_encode = msgspec.json.Encoder().encode
_decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


class Row(NamedTuple):
    """One row of the log."""

    seq: int
    """1, 2, 3 ...: the order of the log, whatever the wall clock said."""
    id: str
    kind: str
    at: int
    """UTC, milliseconds since 1970."""
    zone: int
    """The learner's offset, minutes east of UTC."""
    day: str
    """The study day, ``2021-10-05``."""
    session: str | None
    question: str | None
    body: str
    sum: str


COLUMNS = ", ".join(Row._fields)


class Tail(NamedTuple):
    """Where the log ends: what the next row hangs on."""

    seq: int
    sum: str


START = Tail(0, "")


def settle(event: Event) -> Event:
    """The event as it will be read back: whole milliseconds, offset of whole minutes.

    Raises:
        ValueError: its time has no offset.
    """
    offset = event.at.utcoffset()
    if offset is None:
        raise ValueError(f"an event needs an aware time, not {event.at!r}")
    at = event.at.astimezone(timezone(timedelta(minutes=offset // timedelta(minutes=1))))
    return msgspec.structs.replace(event, at=at.replace(microsecond=at.microsecond // 1000 * 1000))


def encode(event: Event) -> str:
    """The body of a settled event."""
    return _encode(event).decode()


def decode(row: Row) -> Event:
    """The event of a row.

    Raises:
        msgspec.MsgspecError: the body is no event that this app knows.
    """
    return _decoder.decode(row.body)


def chain(event: Event, body: str, tail: Tail) -> Row:
    """The row of a settled event after ``tail``."""
    zone = (event.at.utcoffset() or timedelta()) // timedelta(minutes=1)
    row = Row(
        seq=tail.seq + 1,
        id=event.id,
        kind=str(event.__struct_config__.tag),
        at=(event.at - _EPOCH) // timedelta(milliseconds=1),
        zone=zone,
        day=event.day,
        session=getattr(event, "session", None),
        question=getattr(event, "question", None),
        body=body,
        sum="",
    )
    return row._replace(sum=checksum(row, tail.sum))


def checksum(row: Row, previous: str) -> str:
    """128 bits over all columns but the checksum itself, and over the row before."""
    return hashlib.blake2b(_encode((previous, *row[:-1])), digest_size=16).hexdigest()


def rows(connection: sqlite3.Connection) -> Iterator[Row]:
    """All rows in log order."""
    query = f"SELECT {COLUMNS} FROM event ORDER BY seq"  # noqa: S608  (a constant)
    return map(Row._make, connection.execute(query))


def highest_seq(connection: sqlite3.Connection) -> int:
    """The highest sequence number ever given out; SQLite keeps it apart from the rows."""
    found = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'event'").fetchone()
    if found is None:
        return 0
    return found[0] if isinstance(found[0], int) else -1  # a flipped bit may change its type


def read_tail(connection: sqlite3.Connection) -> Tail:
    """The end of the log, unproved."""
    found = connection.execute("SELECT seq, sum FROM event ORDER BY seq DESC LIMIT 1").fetchone()
    return Tail._make(found) if found else START
