"""Events as rows of the table ``event``, chained by checksums.

``body`` is the whole event as JSON. SQLite draws the columns for indexes, foreign keys, views and
people from it. The checksum of a row covers its number, its body and the checksum of the row before
it, so that a changed, a missing and a moved row all show.
"""

from __future__ import annotations

import hashlib
import sqlite3
from datetime import timedelta, timezone
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from adsp.store.events import Event

if TYPE_CHECKING:
    from collections.abc import Iterator

_encode = msgspec.json.Encoder().encode
_decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


class Row(NamedTuple):
    """One row of the log, as far as it is stored."""

    seq: int
    """1, 2, 3 ...: the order in which this file took them in."""
    body: str
    sum: str


COLUMNS = ", ".join(Row._fields)


class BrokenChain(sqlite3.DatabaseError):
    """A row of the log is missing or is not as it was written."""


class Tail(NamedTuple):
    """Where the log ends: what the next row hangs on."""

    seq: int
    sum: str


START = Tail(0, "")


def settle(event: Event) -> Event:
    """The event as it will be read back: whole milliseconds, offset of whole minutes.

    Raises:
        ValueError: its time has no offset, or a name in it holds a NUL, at which SQLite would end
            it.
    """
    names = (getattr(event, field, "") for field in ("id", "session", "answer", "question"))
    if any("\0" in name for name in names):
        raise ValueError(f"a name with a NUL: {event!r}")
    offset = event.at.utcoffset()
    if offset is None:
        raise ValueError(f"an event needs an aware time, not {event.at!r}")
    at = event.at.astimezone(timezone(timedelta(minutes=offset // timedelta(minutes=1))))
    return msgspec.structs.replace(event, at=at.replace(microsecond=at.microsecond // 1000 * 1000))


def encode(event: Event) -> str:
    """The body of a settled event."""
    return _encode(event).decode()


def decode(body: str | bytes) -> Event:
    """The event of a body.

    Raises:
        msgspec.MsgspecError: the body is no event that this app knows.
    """
    return _decoder.decode(body)


def same(event: Event, body: str) -> bool:
    """Whether a settled event is the one that was stored as ``body``, wherever it stands in the
    common order.
    """
    stored = decode(body)
    return encode(msgspec.structs.replace(event, stamp=stored.stamp)) == encode(stored)


def chain(event: Event, tail: Tail) -> Row:
    """The row of a settled and stamped event after ``tail``."""
    row = Row(tail.seq + 1, encode(event), "")
    return row._replace(sum=checksum(row, tail.sum))


def checksum(row: Row, previous: str) -> str:
    """128 bits over a row but for its checksum, and over the checksum of the row before."""
    return _checksum(row.seq, row.body, previous)


def _checksum(seq: int, body: str, previous: str) -> str:
    return hashlib.blake2b(f"{previous}\n{seq}\n{body}".encode(), digest_size=16).hexdigest()


def proved_bodies(connection: sqlite3.Connection) -> Iterator[str]:
    """The bodies of all rows in the order in which they came in, each row held against the chain.
    Named rows would cost half as much again, and every start of the app comes through here.

    Raises:
        BrokenChain: a row is missing or is not as it was written.
    """
    seq, before = 0, ""
    query = f"SELECT {COLUMNS} FROM event ORDER BY seq"  # noqa: S608  (a constant)
    for number, body, sum_ in connection.execute(query):
        seq += 1
        if number != seq or sum_ != _checksum(seq, body, before):
            raise BrokenChain(f"{seq}번째 기록이 없거나 쓰인 그대로가 아닙니다")
        before = sum_
        yield body
    if seq != highest_seq(connection):
        raise BrokenChain(f"{seq}번째 뒤의 기록이 없어졌습니다")


def rows(connection: sqlite3.Connection) -> Iterator[Row]:
    """All rows in the order in which they came in."""
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


def fingerprint(connection: sqlite3.Connection) -> str:
    """A hash of all that the learner did, in the order of the file; the same in every schema."""
    digest = hashlib.blake2b(digest_size=16)
    query = "SELECT json_remove(body, '$.stamp') FROM event ORDER BY seq"
    for (body,) in connection.execute(query):
        digest.update(f"{body}\n".encode())
    return digest.hexdigest()
