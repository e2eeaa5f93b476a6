"""The schema, step by step. Imported only when a file is new or behind: sqlite-utils takes 0.4 s.

A step that was released is never edited. All pending steps, their records and the proof that the
log came through unchanged are one transaction: a kill leaves the old file or the new one.
"""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from sqlite_utils import Database, Migrations

from adsp.store.backup import back_up
from adsp.store.connect import APPLICATION_ID, SCHEMA_VERSION
from adsp.store.files import sync_file, sync_folder
from adsp.store.refusals import damaged, refusing
from adsp.store.rows import read_tail, rows

if TYPE_CHECKING:
    from adsp.store.files import Files

STEPS = Migrations("adsp")

_EVENT = """
CREATE TABLE event (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  at INTEGER NOT NULL,   -- UTC, milliseconds since 1970
  zone INTEGER NOT NULL, -- the learner's offset, minutes east of UTC
  day TEXT NOT NULL,     -- the study day
  session TEXT,
  question TEXT,
  body TEXT NOT NULL CHECK (json_valid(body)), -- the whole event
  sum TEXT NOT NULL      -- over this row and the sum of the row before
) STRICT
"""

_INDEXES = (
    "CREATE INDEX event_session ON event (session) WHERE session IS NOT NULL",
    "CREATE INDEX event_question ON event (question) WHERE question IS NOT NULL",
    "CREATE INDEX event_day ON event (day)",
)

_GUARDS = (
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
      OR EXISTS (SELECT 1 FROM event WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END
    """,
)

_SESSION_VIEW = """
CREATE VIEW session AS
SELECT
  s.session,
  json_extract(s.body, '$.mode') AS mode,
  json_extract(s.body, '$.title') AS title,
  s.day,
  s.at,
  s.zone,
  json_array_length(s.body, '$.items') AS items,
  (SELECT json_extract(e.body, '$.finished') FROM event e
    WHERE e.session = s.session AND e.kind = 'end' ORDER BY e.seq DESC LIMIT 1) AS finished
FROM event s
WHERE s.kind = 'session'
"""

# An answer counts unless it was taken back, or given again at the same place of its session; the
# last ruling on it is its verdict. A bare column beside max(seq) is that of the row with the
# highest seq: SQLite promises it. Without the CASTs it joins by scanning: 5 s for 20,000 answers.
_ANSWER_VIEW = """
CREATE VIEW answer AS
WITH given AS (
  SELECT *, row_number() OVER (
    PARTITION BY session, json_extract(body, '$.place') ORDER BY seq DESC
  ) AS recency
  FROM event WHERE kind = 'answer'
),
ruling AS (
  SELECT CAST(json_extract(body, '$.answer') AS TEXT) AS answer,
    json_extract(body, '$.verdict') AS verdict, max(seq) AS seq
  FROM event WHERE kind = 'ruling' GROUP BY 1
),
retraction AS (
  SELECT CAST(json_extract(body, '$.answer') AS TEXT) AS answer, max(seq) AS seq
  FROM event WHERE kind = 'retraction' GROUP BY 1
)
SELECT
  a.seq,
  a.id,
  a.session,
  (SELECT json_extract(s.body, '$.mode') FROM event s
    WHERE s.session = a.session AND s.kind = 'session' ORDER BY s.seq LIMIT 1) AS mode,
  json_extract(a.body, '$.place') AS place,
  a.question,
  json_extract(a.body, '$.revision') AS revision,
  json_extract(a.body, '$.section') AS section,
  json_extract(a.body, '$.given') AS given,
  coalesce(ruling.verdict, json_extract(a.body, '$.verdict')) AS verdict,
  json_extract(a.body, '$.elapsed_ms') AS elapsed_ms,
  a.at,
  a.zone,
  a.day
FROM given a
LEFT JOIN ruling ON ruling.answer = a.id AND ruling.seq > a.seq
LEFT JOIN retraction ON retraction.answer = a.id AND retraction.seq > a.seq
WHERE a.recency = 1 AND retraction.seq IS NULL
"""


@STEPS()
def m001_log(db: Database) -> None:
    """The append-only log and its views."""
    for statement in (_EVENT, *_INDEXES, *_GUARDS, _SESSION_VIEW, _ANSWER_VIEW):
        db.execute(statement)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def create(files: Files) -> None:
    """Make a new log under another name and rename it when it is whole.

    Raises:
        StoreError: the folder cannot be written, or the disk is full.
    """
    with refusing(files):
        for left in files.fresh.parent.glob(files.fresh.name + "*"):
            left.unlink()
        with closing(sqlite3.connect(files.fresh)) as connection:
            _apply(files, connection, STEPS, SCHEMA_VERSION)
        files.fresh.chmod(0o600)  # SQLite gives the same to the files that it makes beside it
        sync_file(files.fresh)
        files.fresh.replace(files.database)
        sync_folder(files.database.parent)


def upgrade(files: Files, steps: Migrations = STEPS, version: int = SCHEMA_VERSION) -> None:
    """Bring an older log to ``version``, after a verified backup if it holds anything.

    Raises:
        StoreError: it failed; the file is as it was.
    """
    with refusing(files), closing(sqlite3.connect(files.database)) as connection:
        if tail := read_tail(connection).seq:
            name = f"{files.database.stem}-before-v{version}-{tail:06}.db"
            back_up(connection, files.backups / name)
        _apply(files, connection, steps, version)


def _apply(files: Files, connection: sqlite3.Connection, steps: Migrations, version: int) -> None:
    connection.execute("PRAGMA synchronous = FULL")
    db = Database(connection, execute_plugins=False)
    with db.atomic():
        before = _fingerprint(db)
        steps.apply(db)
        db.execute(f"PRAGMA user_version = {version}")
        after = _fingerprint(db)
        if before not in (None, after):
            raise damaged(files, "기록을 새 형식으로 옮기는 데 실패했습니다")
        if (finding := db.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
            raise damaged(files, finding)


def _fingerprint(db: Database) -> str | None:
    """A hash of every row, or None if there is no log yet."""
    if not db["event"].exists():
        return None
    digest = hashlib.blake2b()
    for row in rows(db.conn):
        digest.update(repr(row).encode())
    return digest.hexdigest()
