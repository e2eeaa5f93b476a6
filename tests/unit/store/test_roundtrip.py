"""Whatever was appended is what is read."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from adsp.store.check import check
from adsp.store.events import (
    Answered,
    Event,
    Flagged,
    Item,
    Retracted,
    Ruled,
    SessionEnded,
    SessionStarted,
    Verdict,
)
from adsp.store.log import Log, read_events

if TYPE_CHECKING:
    from collections.abc import Sequence

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
numbers = st.integers(-(2**63), 2**63 - 1)
zones = st.just(UTC) | st.builds(
    timezone, st.timedeltas(timedelta(hours=-23, minutes=-59), timedelta(hours=23, minutes=59))
)
times = st.datetimes(datetime(1905, 1, 1), datetime(2200, 1, 1), timezones=zones)  # noqa: DTZ001
json_values = st.recursive(
    st.none() | st.booleans() | numbers | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
items = st.builds(
    Item,
    question=texts,
    seed=numbers,
    generated=st.none() | st.dictionaries(texts, json_values, max_size=3),
)
verdicts = st.sampled_from(Verdict)
started = st.builds(
    SessionStarted,
    id=names,
    at=times,
    session=names,
    mode=st.sampled_from(["quiz", "review", "wrong", "drill"]),
    title=texts,
    items=st.lists(items, max_size=3).map(tuple),
)


@st.composite
def logs(draw: st.DrawFn) -> list[Event]:
    """Any events, each of which speaks of what came before it."""
    begun = draw(st.lists(started, min_size=1, max_size=2, unique_by=lambda event: event.session))
    sessions = st.sampled_from([event.session for event in begun])
    events: list[Event] = [*begun]
    for _ in range(draw(st.integers(0, 7))):
        base = {"id": names, "at": times}
        answers = [event.id for event in events if isinstance(event, Answered)]
        kinds: list[st.SearchStrategy[Event]] = [
            st.builds(
                Answered,
                **base,
                session=sessions,
                place=numbers,
                question=names,
                revision=texts,
                section=texts,
                given=texts,
                verdict=verdicts,
                elapsed_ms=numbers,
            ),
            st.builds(Flagged, **base, question=names, on=st.booleans()),
            st.builds(SessionEnded, **base, session=sessions, finished=st.booleans()),
        ]
        if answers:
            ruled = base | {"session": sessions, "answer": st.sampled_from(answers)}
            kinds.append(st.builds(Ruled, **ruled, verdict=verdicts))
            kinds.append(st.builds(Retracted, **ruled, back=st.booleans()))
        events.append(draw(st.one_of(kinds)))
    assume(len({event.id for event in events}) == len(events))
    return events


def assert_same(read: Sequence[Event], appended: Sequence[Event]) -> None:
    """The same events, times cut to the millisecond, offsets to the minute, stamps rising."""
    assert [
        msgspec.structs.replace(r, at=a.at, stamp=0) for r, a in zip(read, appended, strict=True)
    ] == [*appended]
    stamps = [event.stamp for event in read]
    assert stamps == sorted(set(stamps))
    for event, original in zip(read, appended, strict=True):
        assert timedelta() <= original.at - event.at < timedelta(milliseconds=1)
        offset, wanted = event.at.utcoffset(), original.at.utcoffset()
        assert offset is not None
        assert wanted is not None
        assert timedelta() <= wanted - offset < timedelta(minutes=1)


class TestRoundTrip:
    """For any list of events."""

    @settings(deadline=None, max_examples=40)
    @given(logs(), st.data())
    def test_any_log(self, appended: list[Event], data: st.DataObject) -> None:
        """Appended in two calls with any prefix tried again, each event is there once, in order."""
        cut = data.draw(st.integers(0, len(appended)))
        retried = data.draw(st.integers(0, cut))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "answers.db"
            with Log.open(path) as log:
                log.append(*appended[:cut])
                log.append(*appended[:retried])
                log.append(*appended)
                assert_same(log.events(), appended)
            assert_same(read_events(path), appended)
            assert all("그 자리에 없습니다" in found.text for found in check(path))
