"""Version 1: the append-only log and its views."""

from __future__ import annotations

EVENT = """
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

INDEXES = (
    "CREATE INDEX event_session ON event (session) WHERE session IS NOT NULL",
    "CREATE INDEX event_question ON event (question) WHERE question IS NOT NULL",
    "CREATE INDEX event_day ON event (day)",
)

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
      OR EXISTS (SELECT 1 FROM event WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END
    """,
)

SESSION_VIEW = """
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
ANSWER_VIEW = """
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

STATEMENTS = (EVENT, *INDEXES, *GUARDS, SESSION_VIEW, ANSWER_VIEW)
