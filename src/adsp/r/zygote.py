"""The engine that forks a warm R: 0.5 s once, some 10 ms a snippet."""

from __future__ import annotations

import json
import re
import time
import weakref
from typing import TYPE_CHECKING, Any

from adsp.r.box import Locks, find_locks, launch
from adsp.r.engine import NO_VALUES, Outcome
from adsp.r.process import Process, Turn
from adsp.r.scratch import Scratch
from adsp.r.transcript import Transcript, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from adsp.r.engine import Engine, EngineName, Event, Run
    from adsp.r.install import Installation
    from adsp.r.process import Bell

_START = 30.0
"""Seconds that a start may take; usually 0.5."""
_GRACE = 3.0
"""Seconds after a snippet's time in which the zygote must answer."""
_LINE = re.compile(rb"([cz])(\d{1,18}) (.*)", re.DOTALL)
_MAX_LINE = 24 << 20
_FAILED_STARTS = 2
_ENDS = {
    "timeout": Outcome.TIMEOUT,
    "disk": Outcome.DISK_LIMIT,
    "output": Outcome.OUTPUT_LIMIT,
    "stopped": Outcome.STOPPED,
}


class _Silent(Exception):
    """The zygote is gone, hangs or talks nonsense."""


class _Zygote:
    """One running zygote process and its scratch folder."""

    def __init__(self, r: Installation, locks: Locks) -> None:
        """Start and wait until it is ready.

        Raises:
            _Silent: it did not become ready.
        """
        self._scratch = Scratch()
        self._unread = b""
        try:
            self.process = Process(launch("serve", r, locks, self._scratch.path))
        except OSError as error:
            self._scratch.remove()
            raise _Silent from error
        try:
            self.version = self._wait_ready()
        except BaseException:
            self.kill()
            raise

    def _wait_ready(self) -> str:
        deadline = time.monotonic() + _START
        while True:
            for mark, number, body in self.lines(deadline, None) or ():
                match parse(body):
                    case {"ready": True, "r": str(version)} if (mark, number) == (b"z", 0):
                        return version

    @property
    def usable(self) -> bool:
        """It lives, and nobody has cleaned its folder out of the temporary files."""
        return self.process.alive and self._scratch.path.is_dir()

    def ask(self, message: Mapping[str, Any]) -> None:
        """Raises:
        _Silent: the zygote is gone.
        """
        try:
            self.process.write(json.dumps(message).encode() + b"\n")
        except (OSError, ValueError) as error:
            raise _Silent from error

    def lines(self, deadline: float, bell: Bell | None) -> list[tuple[bytes, int, bytes]] | None:
        """The lines that have come, parted into mark, id and body; None if the bell rang.

        Raises:
            _Silent: the end of the output, the deadline, or a line without end.
        """
        try:
            piece = self.process.read(deadline, bell)
        except TimeoutError as error:
            raise _Silent from error
        if piece is None:
            return None
        if not piece or len(self._unread) > _MAX_LINE:
            raise _Silent
        *whole, self._unread = (self._unread + piece).split(b"\n")
        matches = (_LINE.fullmatch(line) for line in whole)
        return [(m[1], int(m[2]), m[3]) for m in matches if m]

    def kill(self) -> None:
        """End the process and remove its files."""
        self.process.kill()
        self._scratch.remove()


class ZygoteEngine:
    """R forked from a warm process. Falls back for good once the process cannot be started."""

    def __init__(
        self,
        r: Installation,
        fallback: Engine,
        timeout: float = 5.0,
        locks: Locks | None = None,
    ) -> None:
        self._r, self._fallback, self._timeout = r, fallback, timeout
        self._locks = locks or find_locks()
        self._turn = Turn()
        self._failures = 0
        self._number = 0
        self._held: list[_Zygote] = []
        """The one zygote, or none; a list so that the finalizer sees what is held at the end."""
        self._finalizer = weakref.finalize(self, _let_go, self._held)

    @property
    def name(self) -> EngineName:
        return self._fallback.name if self._fallen else "zygote"

    @property
    def level(self) -> int:
        return self._fallback.level if self._fallen else self._locks.level

    @property
    def r_version(self) -> str:
        return self._fallback.r_version if self._fallen else self._r.version

    @property
    def _fallen(self) -> bool:
        return self._failures >= _FAILED_STARTS

    def start(self) -> bool:
        """Start the process now rather than with the first snippet; False if it cannot be."""
        with self._turn:
            return self._ready() is not None

    def run(
        self,
        code: str,
        *,
        values: Mapping[str, str] = NO_VALUES,
        seed: int = 1,
        timeout: float | None = None,
        on_event: Callable[[Event], None] | None = None,
    ) -> Run:
        """See `Engine.run`."""
        began = time.monotonic()
        limit = self._timeout if timeout is None else timeout
        transcript = Transcript(values, on_event)
        request = {"code": code, "values": dict(values), "seed": seed, "timeout": limit}
        with self._turn:
            outcome = self._attempt(request, transcript, limit)
        if outcome is None:
            return self._fallback.run(
                code, values=values, seed=seed, timeout=timeout, on_event=on_event
            )
        return transcript.close(outcome, limit, time.monotonic() - began, self._r.version)

    def stop(self) -> None:
        """See `Engine.stop`."""
        self._turn.stop()
        self._fallback.stop()

    def close(self) -> None:
        """See `Engine.close`."""
        self._turn.stop()
        with self._turn:
            _let_go(self._held)
        self._fallback.close()

    def _attempt(
        self, request: dict[str, Any], transcript: Transcript, limit: float
    ) -> Outcome | None:
        """Run once, and once more if the zygote turned out dead before it took the snippet.

        None if there is no zygote to be had.
        """
        for _ in range(2):
            zygote = self._ready()
            if zygote is None:
                return None
            self._number += 1
            talk = _Talk(zygote, self._number, transcript, self._turn.bell)
            try:
                return talk.hold(request, limit)
            except _Silent:
                _let_go(self._held)
                if talk.asked or talk.taken:
                    return talk.asked or Outcome.CRASHED
            except BaseException:  # the caller's on_event raised: nobody listens any more
                _let_go(self._held)
                raise
        return Outcome.CRASHED

    def _ready(self) -> _Zygote | None:
        if self._held and self._held[0].usable:
            return self._held[0]
        _let_go(self._held)
        while not self._fallen:
            try:
                self._held.append(_Zygote(self._r, self._locks))
            except _Silent:
                self._failures += 1
            else:
                self._failures = 0
                return self._held[0]
        return None


def _let_go(held: list[_Zygote]) -> None:
    while held:
        held.pop().kill()


class _Talk:
    """One request to a zygote and what it answers."""

    def __init__(self, zygote: _Zygote, number: int, transcript: Transcript, bell: Bell) -> None:
        self._zygote, self._number = zygote, number
        self._transcript, self._bell = transcript, bell
        self.taken = False
        """Whether the zygote has begun with it."""
        self.asked: Outcome | None = None
        """Why the app wanted it to end, if it did."""

    def hold(self, request: Mapping[str, Any], limit: float) -> Outcome:
        """Raises:
        _Silent: the zygote did not answer to the end.
        """
        self._zygote.ask({"id": self._number, **request})
        deadline = time.monotonic() + limit + _GRACE
        while True:
            lines = self._zygote.lines(deadline, self._bell)
            end = self._take(lines or [])
            if end is not None:
                return self._outcome(end)
            if self.asked is None and (lines is None or self._transcript.overflowed):
                self.asked = Outcome.STOPPED if lines is None else Outcome.OUTPUT_LIMIT
                self._zygote.ask({"stop": self._number})
                deadline = time.monotonic() + _GRACE

    def _take(self, lines: list[tuple[bytes, int, bytes]]) -> str | None:
        """Sort the lines of this request; the reason if one of them ended it."""
        mine = [(mark, parse(body)) for mark, number, body in lines if number == self._number]
        self.taken = self.taken or bool(mine)
        self._transcript.feed(frame for mark, frame in mine if mark == b"c")
        for mark, frame in mine:
            match frame:
                case {"end": str(why)} if mark == b"z":
                    return why
        return None

    def _outcome(self, why: str) -> Outcome:
        if self.asked is Outcome.OUTPUT_LIMIT or self._transcript.overflowed:
            return Outcome.OUTPUT_LIMIT
        return _ENDS.get(why) or self._transcript.outcome
