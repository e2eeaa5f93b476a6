"""The app on a terminal in memory, over the learner's desk: real bank, real log, her own autumn.

A test talks to a `Hand`: it presses keys, clicks where a text stands, and reads what is drawn.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len
from textual.events import Key, Paste

from adsp.store.events import Answered, Event, Retracted
from adsp.store.log import read_events
from adsp.tui.app import AdspApp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager
    from typing import TypeAlias

    from textual.pilot import Pilot

    from adsp.bank.question import Question
    from adsp.desk.desk import Desk
    from adsp.session.session import Session

    Play: TypeAlias = Callable[..., AbstractAsyncContextManager["Hand"]]
    Ask: TypeAlias = Callable[..., Session]

PATIENCE = 10.0
"""Seconds after which something that should have appeared is taken to be missing."""


@dataclass
class Hand:
    """Someone at the keyboard and the mouse of one app."""

    app: AdspApp
    pilot: Pilot[None]

    @property
    def desk(self) -> Desk:
        return self.app.desk

    @property
    def lines(self) -> list[str]:
        """What is drawn now, line by line."""
        strips = self.app.screen._compositor.render_strips()
        return [strip.text.rstrip() for strip in strips]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def flat(self) -> str:
        """What is drawn, as one line of words, wherever it wraps."""
        return " ".join(self.text.split())

    @property
    def where(self) -> str:
        """The name of the screen on top: ``Home``, ``Quiz``."""
        return type(self.app.screen).__name__.removesuffix("Screen")

    @property
    def toasts(self) -> list[str]:
        """What the app says in passing now."""
        return [note.message for note in self.app._notifications]

    @property
    def stored(self) -> list[Event]:
        """The log as another reader finds it on the disk."""
        return read_events(self.desk.paths.log)

    @property
    def answers(self) -> list[Answered]:
        """The answers on the disk that were not taken back."""
        events = self.stored
        taken_back = {event.answer for event in events if isinstance(event, Retracted)}
        return [e for e in events if isinstance(e, Answered) and e.id not in taken_back]

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def burst(self, *keys: str) -> None:
        """Keys that arrive all at once, before the app has done with the first."""
        for key in keys:
            self.app.post_message(Key(key, key if len(key) == 1 else None))
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Type into the field that has the focus, character by character."""
        await self.press(*("space" if c == " " else c for c in text))

    async def paste(self, text: str) -> None:
        """Paste, as the terminal hands it over."""
        self.app.post_message(Paste(text))
        await self.pilot.pause()

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for something to become true, and say what was missing if it never does."""
        end = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > end:
                pytest.fail(f"never came: {what}\n{self.text}")
            await asyncio.sleep(0.01)
            await self.pilot.pause()

    async def sees(self, *texts: str) -> None:
        """Wait until all these texts are on the screen."""
        for text in texts:
            await self.until(lambda text=text: text in self.flat, repr(text))  # type: ignore[misc]

    async def is_told(self, *texts: str) -> None:
        """Wait until the app says these texts in passing."""
        for text in texts:
            await self.until(lambda text=text: text in " ".join(self.toasts), text)  # type: ignore[misc]

    async def comes_to(self, screen: str) -> None:
        """Wait until the screen of that name is on top."""
        await self.until(lambda: self.where == screen, f"screen {screen}")

    async def click(self, text: str) -> None:
        """Click on the first place where the text is drawn."""
        await self.sees(text)
        y, line = next((y, line) for y, line in enumerate(self.lines) if text in line)
        x = cell_len(line[: line.index(text)]) + 1
        widget, region = self.app.get_widget_at(x, y)
        await self.pilot.click(widget, offset=(x - region.x, y - region.y))
        await self.pilot.pause()

    async def resize(self, width: int, height: int) -> None:
        await self.pilot.resize_terminal(width, height)
        await self.pilot.pause()


@pytest.fixture
def play(desk: Desk) -> Play:
    """Open the app and hand it over once it is drawn: ``async with play() as hand``."""

    @asynccontextmanager
    async def open_app(
        session: Session | None = None, size: tuple[int, int] = (100, 34)
    ) -> AsyncIterator[Hand]:
        app = AdspApp(desk, session)
        async with app.run_test(size=size, notifications=True) as pilot:
            hand = Hand(app, pilot)
            await hand.comes_to("Quiz" if session else "Home")
            await pilot.pause()
            yield hand

    return open_app


@pytest.fixture
def ask(desk: Desk) -> Ask:
    """A session over questions of one's own choosing, by id of the bank or as they are."""

    def start(*questions: str | Question) -> Session:
        chosen = [desk.bank.by_id[q] if isinstance(q, str) else q for q in questions]
        return desk.study.start_drill(chosen, "시험")

    return start
