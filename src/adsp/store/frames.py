"""The log as a pandas frame, for reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adsp.store.files import Files
from adsp.store.reading import reading

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

_COLUMNS = (
    "seq",
    "id",
    "session",
    "mode",
    "question",
    "revision",
    "section",
    "given",
    "verdict",
    "elapsed_ms",
    "at",
    "day",
)


def answers_frame(path: Path) -> pd.DataFrame:
    """The answers that count, in the common order; rulings applied. Costs the import of pandas.

    ``elapsed_ms`` in milliseconds; ``at`` in UTC, since offsets may differ from row to row; ``day``
    is the learner's study day, as a date. Empty if there never was a log.

    Raises:
        StoreError: the log cannot be read.
    """
    import pandas as pd

    frame = pd.DataFrame.from_records(_rows(path), columns=list(_COLUMNS))
    frame["at"] = pd.to_datetime(frame["at"], format="ISO8601", utc=True).dt.as_unit("ms")
    frame["day"] = pd.to_datetime(frame["day"]).dt.date
    return frame.astype({"seq": "int64", "elapsed_ms": "int64"})


def _rows(path: Path) -> list[tuple[object, ...]]:
    query = f"SELECT {', '.join(_COLUMNS)} FROM answer ORDER BY stamp, id"  # noqa: S608  (constants)
    with reading(Files(path)) as connection:
        return [] if connection is None else connection.execute(query).fetchall()
