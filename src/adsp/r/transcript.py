"""Frames from a worker -> events, values and plots. Nothing that a worker sends is trusted."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, cast, get_args

from adsp.r.engine import Event, EventKind, Outcome, Plot, Run, Value
from adsp.r.explain import explain
from adsp.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MAX_TEXT = 200_000
"""Characters of a run's events together."""
MAX_EVENTS = 20_000
MAX_PLOTS = 4
MAX_PLOT_BYTES = 2_000_000
MAX_ITEMS = 10_000
_KINDS = frozenset(get_args(EventKind))
_MAGIC = {b"\x89PNG\r\n\x1a\n": "image/png", b"<?xml": "image/svg+xml", b"<svg": "image/svg+xml"}


class Transcript:
    """What one run has said so far."""

    def __init__(
        self, expected: Iterable[str] = (), on_event: Callable[[Event], None] | None = None
    ) -> None:
        self._expected = frozenset(expected)
        self._on_event = on_event
        self._room = MAX_TEXT
        self._cut = False
        self.events: list[Event] = []
        self.values: dict[str, Value] = {}
        self.plots: list[Plot] = []
        self.done = ""
        """``ok`` or ``error`` once the harness came to its end."""

    @property
    def overflowed(self) -> bool:
        """Whether more was said than is kept."""
        return self._cut or len(self.events) > MAX_EVENTS

    def feed(self, frames: Iterable[object]) -> None:
        """Take in what arrived together; output that follows output becomes one event."""
        fresh: list[Event] = []
        for frame in frames:
            match frame:
                case {"k": str(kind), "s": str(text)} if kind in _KINDS:
                    self._take_event(fresh, cast("EventKind", kind), text)
                case {"k": "value", "s": str(text)}:
                    self._take_value(_json(text))
                case {"k": "plot", "s": str(text)}:
                    self._take_plot(_json(text))
                case {"k": "done", "s": "ok" | "error" as end}:
                    self.done = self.done or end
        for event in fresh:
            self._keep(event)

    @property
    def outcome(self) -> Outcome:
        """How a run ended that nobody ended: not whole is crashed."""
        if self.done == "ok" and self.values.keys() == self._expected:
            return Outcome.OK
        return Outcome.R_ERROR if self.done == "error" else Outcome.CRASHED

    def close(self, outcome: Outcome, timeout: float, seconds: float, r_version: str) -> Run:
        """The finished run; ``timeout`` and ``seconds`` in seconds."""
        events = tuple(self.events)
        return Run(
            outcome=outcome,
            events=events,
            values=self.values if outcome is Outcome.OK else {},
            plots=tuple(self.plots),
            seconds=seconds,
            r_version=r_version,
            detail=explain(outcome, events, timeout),
        )

    def _take_event(self, fresh: list[Event], kind: EventKind, text: str) -> None:
        if self.overflowed:
            return
        self._cut = len(text) > self._room
        text = clean(text[: self._room])
        self._room -= len(text)
        if fresh and kind == "out" == fresh[-1].kind:
            fresh[-1] = Event("out", fresh[-1].text + text)
        else:
            fresh.append(Event(kind, text))

    def _keep(self, event: Event) -> None:
        if self.events and event.kind == "out" == self.events[-1].kind:
            self.events[-1] = Event("out", self.events[-1].text + event.text)
        else:
            self.events.append(event)
        if self._on_event:
            self._on_event(event)

    def _take_value(self, value: Any) -> None:
        match value:
            case {"name": str(name), "items": list(items)} if (
                name in self._expected and len(items) <= MAX_ITEMS and all(map(_is_item, items))
            ):
                self.values[name] = [clean(i) if isinstance(i, str) else i for i in items]

    def _take_plot(self, picture: Any) -> None:
        match picture:
            case {"name": str(name), "hex": str(digits)} if (
                len(self.plots) < MAX_PLOTS and len(digits) <= 2 * MAX_PLOT_BYTES
            ):
                data = _bytes(digits)
                for magic, media_type in _MAGIC.items():
                    if data.startswith(magic):
                        self.plots.append(Plot(clean(name)[:80], data, cast("Any", media_type)))


def parse(line: bytes) -> object:
    """One line of JSON; None if it is none."""
    return _json(line.decode("utf-8", "replace"))


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _bytes(digits: str) -> bytes:
    try:
        return bytes.fromhex(digits)
    except ValueError:
        return b""


def _is_item(item: object) -> bool:
    if isinstance(item, float):
        return math.isfinite(item)
    return item is None or isinstance(item, (bool, int, str))
