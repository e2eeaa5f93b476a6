"""What people and reports see: the views, the frame, the JSON lines."""

from __future__ import annotations

import tempfile
from contextlib import closing
from datetime import date
from pathlib import Path
from sqlite3 import connect
from typing import TYPE_CHECKING, Literal

import msgspec
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from adsp.session.history import History
from adsp.store.events import Answered, Event, Retracted, Ruled, SessionStarted, Verdict
from adsp.store.frames import answers_frame
from adsp.store.log import Log

if TYPE_CHECKING:
    from collections.abc import Sequence

Deed = tuple[Literal["answer", "ruling", "retraction", "return"], int, int, Verdict]

deeds = st.lists(
    st.tuples(
        st.sampled_from(["answer", "answer", "ruling", "retraction", "return"]),
        st.integers(0, 3),
        st.integers(0, 2),
        st.sampled_from(Verdict),
    ),
    max_size=14,
)


def tell(told: Sequence[Deed], sample: Answered) -> list[Event]:
    """Deeds as events: the first number picks an answer or a session, the second a place; what
    speaks of an answer that is not there is left out.
    """
    events: list[Event] = [
        SessionStarted(id=s, at=sample.at, session=s, mode="quiz", title="", items=())
        for s in ("s0", "s1")
    ]
    for n, (kind, which, place, verdict) in enumerate(told):
        name, at = f"e{n}", sample.at
        target = f"e{which * 3 + place}"
        known = any(isinstance(event, Answered) and event.id == target for event in events)
        if kind == "answer":
            session = f"s{which % 2}"
            events.append(
                msgspec.structs.replace(
                    sample, id=name, session=session, place=place, verdict=verdict
                )
            )
        elif not known:
            continue
        elif kind == "ruling":
            events.append(Ruled(id=name, at=at, session="s0", answer=target, verdict=verdict))
        else:
            back = kind == "return"
            events.append(Retracted(id=name, at=at, session="s0", answer=target, back=back))
    return events


class TestFrame:
    """The frame of the answers that count."""

    def test_story(self, written: Path) -> None:
        """Rulings are applied, what was taken back is gone, days are study days."""
        frame = answers_frame(written)
        assert list(frame.columns) == [
            "seq", "id", "session", "mode", "question", "revision", "section", "given",
            "verdict", "elapsed_ms", "at", "day",
        ]  # fmt: skip
        assert list(frame["id"]) == ["a0", "a1", "a3"]
        assert list(frame["verdict"]) == ["right", "right", "skip"]
        assert list(frame["seq"]) == [2, 3, 8]
        assert set(frame["mode"]) == {"quiz"}
        assert set(frame["day"]) == {date(2021, 10, 5)}
        assert list(frame["at"]) == [
            pd.Timestamp("2021-10-05T20:00:00.123+09:00"),
            pd.Timestamp("2021-10-05T20:00:00.123+09:00"),
            pd.Timestamp("2021-10-06T00:30:00+09:00"),
        ]

    def test_never_was(self, path: Path) -> None:
        """No log, no rows, but the same columns of the same types."""
        with Log.open(path.with_name("other.db")):
            empty = answers_frame(path.with_name("other.db"))
        assert len(answers_frame(path)) == 0
        assert list(answers_frame(path).dtypes) == list(empty.dtypes)
        assert str(empty["at"].dtype) == "datetime64[ms, UTC]"

    @settings(deadline=None, max_examples=40)
    @given(deeds)
    def test_agrees_with_the_app(self, told: list[Deed]) -> None:
        """Whatever was answered, ruled and taken back: reports and the app count the same."""
        sample = Answered(
            id="", at=pd.Timestamp("2021-10-05T20:00+09:00").to_pydatetime(), session="",
            place=0, question="q", revision="r", section="3-2-2", given="g",
            verdict=Verdict.RIGHT, elapsed_ms=1,
        )  # fmt: skip
        events = tell(told, sample)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "answers.db"
            with Log.open(path) as log:
                log.append(*events)
            frame = answers_frame(path)
        counted = [(answer.id, str(answer.verdict)) for answer in History(events).answers]
        assert list(zip(frame["id"], frame["verdict"], strict=True)) == counted


class TestViews:
    """For whoever opens the file with another tool."""

    def test_session(self, written: Path) -> None:
        """One row a session."""
        with closing(connect(written)) as connection:
            found = connection.execute(
                "SELECT session, mode, title, day, items, finished FROM session"
            )
            assert found.fetchall() == [("s1", "quiz", "통계분석 · 4문항", "2021-10-05", 4, 1)]
