"""The engine that starts R for each snippet: needs no rpy2, takes some 150 ms."""

from __future__ import annotations

import codecs
import contextlib
import secrets
import time
from typing import TYPE_CHECKING

from adsp.r.box import Locks, find_locks, launch
from adsp.r.engine import NO_VALUES, Outcome
from adsp.r.install import korean_family
from adsp.r.process import Process, Turn
from adsp.r.scratch import Scratch
from adsp.r.transcript import Transcript, parse
from adsp.r.worker.config import Config
from adsp.r.worker.scratch import used_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from adsp.r.engine import EngineName, Event, Run
    from adsp.r.install import Installation
    from adsp.r.process import Bell

_START = 30.0
"""Seconds that R may take until the snippet begins; usually 0.15."""
_DISK_CHECK = 0.1
"""Seconds between two looks at the scratch folder."""
_BEGIN: object = {"k": "ready", "s": ""}
_MAX_FRAME = 24 << 20
_CPU_LIMIT = {-24, 128 + 24}
"""Exit codes of SIGXCPU: as a signal, and as bubblewrap tells it."""


class FrameStream:
    """Parts a pipe into frames and the plain output between them, in order."""

    def __init__(self, mark: str) -> None:
        self._mark = b"\x1e" + mark.encode()
        self._held = b""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def feed(self, data: bytes, *, final: bool = False) -> list[object]:
        """The frames that ``data`` completes; output comes as frames of kind ``out``."""
        frames: list[object] = []
        self._held += data
        while (start := self._held.find(self._mark)) >= 0:
            end = self._held.find(b"\n", start)
            if end < 0:
                break
            self._speak(frames, self._held[:start])
            frames.append(parse(self._held[start + len(self._mark) : end]))
            self._held = self._held[end + 1 :]
        keep = len(self._held) if final else self._unfinished(start)
        self._speak(frames, self._held[:keep], final=final)
        self._held = self._held[keep:]
        return frames

    def _unfinished(self, start: int) -> int:
        """Where a frame begins that is not whole yet; behind all if there is none."""
        if len(self._held) > _MAX_FRAME:
            return len(self._held)
        if start < 0:
            start = self._held.rfind(b"\x1e", -len(self._mark))
        return len(self._held) if start < 0 else start

    def _speak(self, frames: list[object], output: bytes, *, final: bool = False) -> None:
        if text := self._decoder.decode(output, final):
            frames.append({"k": "out", "s": text})


class OneshotEngine:
    """A new R process, locked the same way, for each snippet."""

    name: EngineName = "oneshot"

    def __init__(self, r: Installation, timeout: float = 5.0, locks: Locks | None = None) -> None:
        self._r, self._timeout = r, timeout
        self._locks = locks or find_locks()
        self._turn = Turn()

    @property
    def level(self) -> int:
        return self._locks.level

    @property
    def r_version(self) -> str:
        return self._r.version

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
        with self._turn:
            scratch = Scratch()
            try:
                outcome = self._run_in(scratch, code, values, seed, limit, transcript)
            finally:
                scratch.remove()
        return transcript.close(outcome, limit, time.monotonic() - began, self._r.version)

    def stop(self) -> None:
        """See `Engine.stop`."""
        self._turn.stop()

    def close(self) -> None:
        """See `Engine.close`."""
        self._turn.stop()
        with self._turn:
            pass

    def _run_in(
        self,
        scratch: Scratch,
        code: str,
        values: Mapping[str, str],
        seed: int,
        limit: float,
        transcript: Transcript,
    ) -> Outcome:
        mark = secrets.token_hex(16)
        fields = [("mark", mark), ("code", code), ("seed", str(seed))]
        fields += [("family", korean_family()), ("scratch", str(scratch.path))]
        for name, expression in values.items():
            fields += [("name", name), ("expression", expression)]
        request = "".join(f"{field} {text.encode().hex()}\n" for field, text in fields)
        try:
            process = Process(launch("oneshot", self._r, self._locks, scratch.path, f"{limit:g}"))
        except OSError:
            return Outcome.CRASHED
        try:
            with contextlib.suppress(OSError):  # it died at once; its output ends, too
                process.write(request.encode())
            process.end_input()
            return _Watch(process, FrameStream(mark), transcript, self._turn.bell).follow(
                str(scratch.path), limit
            )
        finally:
            process.kill()


class _Watch:
    """Follows one R process until it ends or must end."""

    def __init__(
        self, process: Process, stream: FrameStream, transcript: Transcript, bell: Bell
    ) -> None:
        self._process, self._stream = process, stream
        self._transcript, self._bell = transcript, bell
        self._begun = False

    def follow(self, scratch: str, limit: float) -> Outcome:
        deadline = time.monotonic() + _START
        while time.monotonic() < deadline:
            try:
                piece = self._process.read(
                    min(deadline, time.monotonic() + _DISK_CHECK), self._bell
                )
            except TimeoutError:
                if used_bytes(scratch) > Config.disk:
                    return Outcome.DISK_LIMIT
                continue
            if piece is None:
                return Outcome.STOPPED
            if self._take(piece):
                deadline = time.monotonic() + limit
            if self._transcript.overflowed:
                return Outcome.OUTPUT_LIMIT
            if not piece:
                return self._ended()
        return Outcome.TIMEOUT

    def _take(self, piece: bytes) -> bool:
        """Keep what has come; whether the snippet began just now. What R says before is dropped."""
        frames = self._stream.feed(piece, final=not piece)
        if self._begun:
            self._transcript.feed(frames)
            return False
        if _BEGIN not in frames:
            return False
        self._begun = True
        self._transcript.feed(frames[frames.index(_BEGIN) + 1 :])
        return True

    def _ended(self) -> Outcome:
        if not self._transcript.done and self._process.wait() in _CPU_LIMIT:
            return Outcome.TIMEOUT
        return self._transcript.outcome
