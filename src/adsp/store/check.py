"""Is the log whole, and does it make sense? Told in sentences; nothing is changed."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import msgspec

from adsp.errors import StoreError
from adsp.store.connect import reading
from adsp.store.events import Answered, Event, Retracted, Ruled, SessionEnded, SessionStarted
from adsp.store.files import Files
from adsp.store.rows import START, Row, Tail, checksum, decode, highest_seq, rows
from adsp.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_UNREADABLE = (sqlite3.DatabaseError, UnicodeDecodeError)


def check(path: Path) -> list[str]:
    """All that is wrong with the log at ``path``, as Korean sentences; empty if it is whole or if
    there never was one. Reads every page. Safe to print: what a damaged file says is cleaned.
    """
    try:
        with reading(Files(path)) as connection:
            if connection is None:
                return []
            return [*_check_pages(connection), *_check_rows(connection)]
    except StoreError as error:
        return [str(error)]


def _check_pages(connection: sqlite3.Connection) -> list[str]:
    try:
        found = [text for (text,) in connection.execute("PRAGMA integrity_check(20)")]
    except _UNREADABLE as error:
        found = [str(error)]
    return [f"SQLite 검사: {clean(text)}" for text in found if text != "ok"]


def _check_rows(connection: sqlite3.Connection) -> list[str]:
    # a flipped bit may leave no UTF-8; the checksum then says which row it is in
    connection.text_factory = lambda text: text.decode("utf-8", "replace")
    try:
        found = list(rows(connection))
        chain = list(_check_chain(found, highest_seq(connection)))
    except _UNREADABLE as error:
        return [f"기록을 끝까지 읽을 수 없습니다: {clean(str(error))}"]
    return [*chain, *_check_sense(found)]


def _check_chain(found: Iterable[Row], highest: int) -> Iterator[str]:
    tail = START
    for row in found:
        if row.seq != tail.seq + 1:
            yield f"{tail.seq + 1}번째부터 {row.seq - 1}번째까지의 기록이 없습니다."
        elif row.sum != checksum(row, tail.sum):
            name = clean(str(row.id))  # a flipped bit may make it a blob
            yield f"{row.seq}번째 기록({name})이 쓰인 그대로가 아닙니다: 검사값이 다릅니다."
        tail = Tail(row.seq, row.sum)
    if tail.seq != highest:
        yield f"{tail.seq + 1}번째부터 {highest}번째까지의 기록이 없습니다."


def _check_sense(found: Iterable[Row]) -> Iterator[str]:
    """Does each event speak of what came before it?"""
    decoded: list[tuple[int, Event]] = []
    for row in found:
        try:
            decoded.append((row.seq, decode(row)))
        except (msgspec.MsgspecError, TypeError) as error:  # TypeError: the body is no text
            yield f"{row.seq}번째 기록을 알아볼 수 없습니다: {error}"
    sessions = {e.session: seq for seq, e in reversed(decoded) if isinstance(e, SessionStarted)}
    answers = {e.id: seq for seq, e in decoded if isinstance(e, Answered)}
    for seq, event in decoded:
        if isinstance(event, Answered | Ruled | Retracted | SessionEnded):
            yield from _check_reference(seq, "세션", event.session, sessions)
        if isinstance(event, Ruled | Retracted):
            yield from _check_reference(seq, "답", event.answer, answers)


def _check_reference(seq: int, what: str, name: str, known: dict[str, int]) -> Iterator[str]:
    if name not in known:
        yield f"{seq}번째 기록이 모르는 {what}({clean(name)})을 가리킵니다."
    elif known[name] > seq:
        yield (
            f"{seq}번째 기록이 뒤에 나오는 {what}({clean(name)})을 가리킵니다: "
            "순서가 뒤바뀌었습니다."
        )
