"""What the app makes of a worker's bytes, whatever they are. No R needed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adsp.r.console import console_text
from adsp.r.engine import Event, Outcome
from adsp.r.oneshot import FrameStream
from adsp.r.transcript import MAX_TEXT, Transcript, parse
from adsp.text import unsafe_characters

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
KINDS = st.sampled_from(
    ["src", "out", "message", "warning", "error", "note", "value", "plot", "done", "other"]
)
FRAMES = st.fixed_dictionaries({"k": KINDS | JSON, "s": st.text() | JSON.map(json.dumps) | JSON})


def event(kind: str, text: str) -> dict[str, str]:
    return {"k": kind, "s": text}


class TestGarbage:
    @given(st.lists(JSON | FRAMES, max_size=30))
    def test_any_frames_give_clean_typed_events(self, frames: list[object]) -> None:
        """Nothing raises, and nothing that a terminal would obey comes through."""
        transcript = Transcript(["v"])
        transcript.feed(frames)
        for kept in transcript.events:
            assert kept.kind in {"src", "out", "message", "warning", "error", "note"}
            assert unsafe_characters(kept.text) == []
        assert transcript.outcome in {Outcome.OK, Outcome.R_ERROR, Outcome.CRASHED}
        json.dumps(transcript.values, allow_nan=False)

    @given(st.binary(max_size=200))
    def test_any_bytes_are_no_harm(self, data: bytes) -> None:
        """A line that is no JSON is no frame."""
        Transcript().feed([parse(data)])

    @pytest.mark.parametrize(
        "line", [b"[" * 100_000, b'{"k":' * 50_000, b"9" * 10_000], ids=["lists", "dicts", "digits"]
    )
    def test_json_bombs(self, line: bytes) -> None:
        """Nesting and digits without end are refused, not raised."""
        Transcript().feed([parse(line)])

    @given(st.lists(st.binary(max_size=40), max_size=10))
    def test_a_stream_in_any_pieces(self, pieces: list[bytes]) -> None:
        """The one-shot stream never raises, and loses no plain output."""
        stream = FrameStream("mark")
        frames = [frame for piece in pieces for frame in stream.feed(piece)]
        frames += stream.feed(b"", final=True)
        whole = b"".join(pieces)
        if b"\x1e" not in whole:
            spoken = "".join(frame["s"] for frame in frames if isinstance(frame, dict))
            assert spoken == whole.decode("utf-8", "replace")


class TestTheStream:
    @given(st.data())
    def test_frames_and_output_keep_their_order(self, data: st.DataObject) -> None:
        """However the pipe cuts them, frames and the output between come out as written."""
        written: list[Any] = data.draw(
            st.lists(
                st.text(st.characters(exclude_characters="\x1e", codec="utf-8"), min_size=1)
                | st.builds(lambda s: event("src", s), st.text()),
                max_size=8,
            )
        )
        stream = FrameStream("m4rk")
        raw = b"".join(
            part.encode()
            if isinstance(part, str)
            else b"\x1em4rk" + json.dumps(part).encode() + b"\n"
            for part in written
        )
        cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=6)))
        edges = zip([0, *cuts], [*cuts, len(raw)], strict=True)
        frames = [f for a, b in edges for f in stream.feed(raw[a:b])]
        frames += stream.feed(b"", final=True)
        assert merged(frames) == merged(
            [event("out", part) if isinstance(part, str) else part for part in written]
        )


def merged(frames: list[Any]) -> list[tuple[str, str]]:
    out: list[tuple[str, str]] = []
    for frame in frames:
        if out and frame["k"] == "out" == out[-1][0]:
            out[-1] = ("out", out[-1][1] + frame["s"])
        else:
            out.append((frame["k"], frame["s"]))
    return out


class TestBounds:
    def test_text_ends_at_the_bound(self) -> None:
        """Whatever the pieces, no more than the bound is kept, and it is told."""
        transcript = Transcript()
        for _ in range(30):
            transcript.feed([event("out", "x" * 10_000)])
        assert transcript.overflowed
        assert sum(len(kept.text) for kept in transcript.events) == MAX_TEXT

    def test_exactly_the_bound_is_no_overflow(self) -> None:
        """The last character that fits is let in."""
        transcript = Transcript()
        transcript.feed([event("out", "x" * MAX_TEXT)])
        assert not transcript.overflowed

    def test_too_many_empty_events(self) -> None:
        """Events cost memory even when they say nothing."""
        transcript = Transcript()
        transcript.feed(event("note", "") for _ in range(30_000))
        assert transcript.overflowed

    @pytest.mark.parametrize(
        "text",
        [
            '{"name": "other", "items": [1]}',
            '{"name": "v", "items": [[1]]}',
            '{"name": "v", "items": [NaN]}',
            '{"name": "v", "items": [1e999]}',
            '{"name": "v", "items": ' + json.dumps([0] * 10_001) + "}",
            '{"name": "v"}',
            "null",
        ],
        ids=["not asked for", "nested", "NaN", "infinite", "too long", "no items", "null"],
    )
    def test_a_value_that_is_none(self, text: str) -> None:
        """Only flat lists of finite things that were asked for become values."""
        transcript = Transcript(["v"])
        transcript.feed([event("value", text), event("done", "ok")])
        assert transcript.values == {}
        assert transcript.outcome is Outcome.CRASHED

    @pytest.mark.parametrize("digits", ["", "zz", "00" * 10, "89504e47"], ids=repr)
    def test_a_picture_that_is_none(self, digits: str) -> None:
        """Only what begins as PNG or SVG does is a picture."""
        transcript = Transcript()
        transcript.feed([event("plot", json.dumps({"name": "p", "hex": digits}))])
        assert transcript.plots == []

    def test_the_first_end_counts(self) -> None:
        """A snippet that forges an end after the harness's own changes nothing."""
        transcript = Transcript()
        transcript.feed([event("done", "error"), event("done", "ok")])
        assert transcript.outcome is Outcome.R_ERROR


class TestEvents:
    def test_output_in_pieces_is_one_event(self) -> None:
        """The listener sees pieces; the run holds one event."""
        seen: list[Event] = []
        transcript = Transcript(on_event=seen.append)
        transcript.feed([event("out", "[1]"), event("out", " 1\n")])
        transcript.feed([event("out", "[1] 2\n")])
        assert transcript.events == [Event("out", "[1] 1\n[1] 2\n")]
        assert seen == [Event("out", "[1] 1\n"), Event("out", "[1] 2\n")]


class TestConsole:
    @pytest.mark.parametrize(
        ("count", "head"),
        [
            (1, "Warning message:\nw0\n"),
            (2, "Warning messages:\n1: w0\n2: w1\n"),
            (11, "There were 11 warnings (use warnings() to see them)\n"),
            (50, "There were 50 or more warnings (use warnings() to see the first 50)\n"),
        ],
    )
    def test_warnings_are_listed_as_r_does(self, count: int, head: str) -> None:
        """One, some, many, and too many."""
        assert console_text((("warning", f"w{i}") for i in range(count)), echo=True) == head

    def test_notes_are_not_r(self) -> None:
        """They are left to the app."""
        assert console_text([("note", "n"), ("out", "o\n")], echo=True) == "o\n"
