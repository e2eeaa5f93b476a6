"""Version 2: the event alone is stored, once; an order that the logs of several machines share;
foreign keys; an undo can be taken back.

What version 1 kept in columns of its own is drawn from the event by SQLite now: it cannot
disagree with it, and the checksums need not cover it. Every event gains a stamp
(`adsp.store.order`), and so a new checksum: the table is built anew, each row proved by its old
checksum on the way.
"""

from __future__ import annotations

import hashlib
import sqlite3
from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

EVENT = """
CREATE TABLE event (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, -- the order in which this file took them in
  body TEXT NOT NULL CHECK (json_valid(body)), -- the event
  sum TEXT NOT NULL, -- checksum of this row and of the row before

  id TEXT NOT NULL UNIQUE AS (json_extract(body, '$.id')),
  kind TEXT AS (json_extract(body, '$.type')),
  stamp INTEGER NOT NULL AS (json_extract(body, '$.stamp')), -- the order of all machines' logs
  session TEXT REFERENCES event (opens) AS (json_extract(body, '$.session')),
  opens TEXT UNIQUE AS (CASE kind WHEN 'session' THEN session END), -- the session it starts
  answer TEXT REFERENCES event (id) AS (json_extract(body, '$.answer')) -- ruled on or taken back
) STRICT
"""

INDEXES = ("CREATE INDEX event_stamp ON event (stamp)",)

GUARDS = (
    """
    CREATE TRIGGER event_never_changes BEFORE UPDATE ON event
    BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END
    """,
    """
    CREATE TRIGGER event_never_goes BEFORE DELETE ON event
    BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END
    """,
    # INSERT OR REPLACE deletes without asking a DELETE trigger
    """
    CREATE TRIGGER event_comes_last BEFORE INSERT ON event
    WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM event)
      OR EXISTS (SELECT 1 FROM event WHERE id = NEW.id OR opens = NEW.opens)
    BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END
    """,
)

SESSION_VIEW = """
CREATE VIEW session AS
WITH ending AS (
  SELECT session, json_extract(body, '$.finished') AS finished,
    row_number() OVER (PARTITION BY session ORDER BY stamp DESC, id DESC) AS recency
  FROM event WHERE kind = 'end'
)
SELECT
  s.session,
  json_extract(s.body, '$.mode') AS mode,
  json_extract(s.body, '$.title') AS title,
  date(substr(json_extract(s.body, '$.at'), 1, 19), '-4 hours') AS day, -- the study day
  json_extract(s.body, '$.at') AS at, -- the learner's time, with her offset
  s.stamp,
  json_array_length(s.body, '$.items') AS items,
  ending.finished
FROM event s
LEFT JOIN ending ON ending.session = s.session AND ending.recency = 1
WHERE s.kind = 'session'
"""

# An answer counts unless it was taken back, or given again at the same place of its session; the
# last ruling on it is its verdict.
ANSWER_VIEW = """
CREATE VIEW answer AS
WITH given AS (
  SELECT *, row_number() OVER (
    PARTITION BY session, json_extract(body, '$.place') ORDER BY stamp DESC, id DESC
  ) AS recency
  FROM event WHERE kind = 'answer'
),
ruling AS (
  SELECT answer, json_extract(body, '$.verdict') AS verdict,
    row_number() OVER (PARTITION BY answer ORDER BY stamp DESC, id DESC) AS recency
  FROM event WHERE kind = 'ruling'
),
retraction AS (
  SELECT answer, coalesce(json_extract(body, '$.back'), 0) AS back,
    row_number() OVER (PARTITION BY answer ORDER BY stamp DESC, id DESC) AS recency
  FROM event WHERE kind = 'retraction'
)
SELECT
  a.seq,
  a.id,
  a.session,
  (SELECT json_extract(s.body, '$.mode') FROM event s WHERE s.opens = a.session) AS mode,
  json_extract(a.body, '$.place') AS place,
  json_extract(a.body, '$.question') AS question,
  json_extract(a.body, '$.revision') AS revision,
  json_extract(a.body, '$.section') AS section,
  json_extract(a.body, '$.given') AS given,
  coalesce(ruling.verdict, json_extract(a.body, '$.verdict')) AS verdict,
  json_extract(a.body, '$.elapsed_ms') AS elapsed_ms,
  json_extract(a.body, '$.at') AS at, -- the learner's time, with her offset
  date(substr(json_extract(a.body, '$.at'), 1, 19), '-4 hours') AS day, -- the study day
  a.stamp
FROM given a
LEFT JOIN ruling ON ruling.answer = a.id AND ruling.recency = 1
LEFT JOIN retraction ON retraction.answer = a.id AND retraction.recency = 1
WHERE a.recency = 1 AND coalesce(retraction.back, 1)
"""

STATEMENTS = (EVENT, *INDEXES, *GUARDS, SESSION_VIEW, ANSWER_VIEW)

OLD_NAMES = (
    *(("VIEW", name) for name in ("answer", "session")),
    *(("TRIGGER", f"event_{name}") for name in ("never_changes", "never_goes", "comes_last")),
    *(("INDEX", f"event_{name}") for name in ("session", "question", "day")),
)


class Old(NamedTuple):
    """A row of version 1."""

    seq: int
    id: str
    kind: str
    at: int
    zone: int
    day: str
    session: str | None
    question: str | None
    body: str
    sum: str


def move(connection: sqlite3.Connection) -> None:
    """Carry the rows of version 1 over, within the caller's transaction.

    Raises:
        sqlite3.DatabaseError: a row is missing or is not as it was written.
    """
    for kind, name in OLD_NAMES:
        connection.execute(f"DROP {kind} {name}")
    connection.execute("ALTER TABLE event RENAME TO event_1")
    for statement in STATEMENTS:
        connection.execute(statement)
    connection.executemany("INSERT INTO event VALUES (?, ?, ?)", _moved(_proved(connection)))
    connection.execute("DROP TABLE event_1")


def _proved(connection: sqlite3.Connection) -> Iterator[Old]:
    seq, before = 0, ""
    olds = connection.execute("SELECT * FROM event_1 ORDER BY seq")
    for seq, old in enumerate(map(Old._make, olds), start=1):
        known = msgspec.json.encode((before, *old[:-1]))
        if old.seq != seq or old.sum != hashlib.blake2b(known, digest_size=16).hexdigest():
            raise sqlite3.DatabaseError(f"{seq}번째 기록이 없거나 쓰인 그대로가 아닙니다")
        before = old.sum
        yield old
    highest = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'event_1'"
    if connection.execute(highest).fetchone()[0] != seq:
        raise sqlite3.DatabaseError(f"{seq}번째 뒤의 기록이 없어졌습니다")


def _moved(olds: Iterable[Old]) -> Iterator[tuple[int, str, str]]:
    """Rows of version 2: the body gains a stamp, and is to the letter what it was otherwise."""
    stamp, sum_ = 0, ""
    for old in olds:
        stamp = max(old.at, stamp + 1)
        body = f'{old.body[:-1]},"stamp":{stamp}}}'
        chained = f"{sum_}\n{old.seq}\n{body}".encode()
        sum_ = hashlib.blake2b(chained, digest_size=16).hexdigest()
        yield old.seq, body, sum_
