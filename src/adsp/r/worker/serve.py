"""The zygote: R started once, locked, and forked for each snippet.

Speaks lines on the pipes it was started with; R never sees them. In: ``{"id", "code", "values",
"seed", "timeout"}`` or ``{"stop": id}``. Out: a mark, the id, a space and JSON; the mark tells
whether the server (``z``) or a snippet (``c``) wrote it, so that no snippet can end its own run.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from . import limits, lockdown
from .config import LOCK_FAILED, Config
from .embedded import EmbeddedR
from .scratch import clear, used_bytes

_PIPE = 1 << 16
_DISK_CHECK = 0.1
"""Seconds between two looks at the scratch folder."""
_REPLY = 16 << 20
"""Bytes that one snippet may send, pictures in hexadecimal included."""


class Server:
    """Serves one request at a time until its input ends."""

    def __init__(self, config: Config, requests: int, replies: int) -> None:
        self._config, self._requests, self._replies = config, requests, replies
        self._read = bytearray()
        self._r = EmbeddedR(config.scratch, config.family)
        clear(config.scratch, keep=self._r.temporary)
        lockdown.lock_server(config)

    def serve(self) -> None:
        """Announce what locks hold, then answer requests."""
        self._send(0, {"ready": True, "r": self._r.version})
        while True:
            request = self._next_request()
            if "code" in request:
                self._answer(request)

    def _next_request(self) -> dict[str, Any]:
        while b"\n" not in self._read:
            self._fill()
        line, _, rest = self._read.partition(b"\n")
        self._read = bytearray(rest)
        request: dict[str, Any] = json.loads(bytes(line))
        return request

    def _fill(self) -> None:
        more = os.read(self._requests, _PIPE)
        if not more:  # the app is gone
            clear(self._config.scratch)
            os._exit(0)
        self._read += more

    def _answer(self, request: dict[str, Any]) -> None:
        self._send(int(request["id"]), {"taken": True})
        ear, mouth = os.pipe()
        child = os.fork()
        if not child:
            os.close(ear)
            self._become_snippet(request, mouth)
        os.close(mouth)
        why = ""
        try:
            why = self._relay(int(request["id"]), ear, float(request["timeout"]))
        finally:
            status = _end(child)
            os.close(ear)
        self._report(int(request["id"]), why or _cause(status))

    def _report(self, number: int, why: str) -> None:
        spoken = _native_output(self._config.scratch)
        if spoken:
            self._write(f"c{number} {json.dumps({'k': 'note', 's': spoken})}\n".encode())
        clear(self._config.scratch, keep=self._r.temporary)
        self._send(number, {"end": why})

    def _relay(self, number: int, ear: int, timeout: float) -> str:
        """Pass on the snippet's lines; say why it must end, or nothing if it ended itself."""
        deadline = time.monotonic() + timeout
        next_look = time.monotonic() + _DISK_CHECK
        line, total = bytearray(), 0
        while (now := time.monotonic()) < deadline:
            if now >= next_look:
                next_look = now + _DISK_CHECK
                if used_bytes(self._config.scratch) > self._config.disk:
                    return "disk"
            wait = min(deadline, next_look) - now
            ready = select.select([ear, self._requests], [], [], max(wait, 0))[0]
            if (self._requests in ready or b"\n" in self._read) and self._stop_asked(number, ready):
                return "stopped"
            if ear in ready:
                piece = os.read(ear, _PIPE)
                total += len(piece)
                if not piece:
                    return ""
                if total > _REPLY:
                    return "output"
                self._pass_on(number, line, piece)
        return "timeout"

    def _stop_asked(self, number: int, ready: list[int]) -> bool:
        if self._requests in ready:
            self._fill()
        return b"\n" in self._read and self._next_request().get("stop") == number

    def _pass_on(self, number: int, line: bytearray, piece: bytes) -> None:
        line += piece
        *whole, rest = bytes(line).split(b"\n")
        line[:] = rest
        mark = b"c%d " % number
        self._write(b"".join(mark + text + b"\n" for text in whole))

    def _become_snippet(self, request: dict[str, Any], mouth: int) -> None:
        """In the fork; does not return."""
        try:
            os.setsid()
            os.close(self._requests)
            os.close(self._replies)
            _divert_native_output(self._config.scratch)
            lockdown.lock_snippet(self._config, float(request["timeout"]))
        except OSError:
            os._exit(LOCK_FAILED)

        def emit(kind: str, text: str) -> None:
            _write_all(mouth, json.dumps({"k": kind, "s": text}).encode() + b"\n")

        try:
            self._r.run(request["code"], request["values"], int(request["seed"]), emit)
        finally:
            os._exit(0)

    def _send(self, number: int, message: dict[str, Any]) -> None:
        self._write(f"z{number} {json.dumps(message)}\n".encode())

    def _write(self, data: bytes) -> None:
        _write_all(self._replies, data)


def _write_all(pipe: int, data: bytes) -> None:
    while data:
        data = data[os.write(pipe, data) :]


def _end(child: int) -> int:
    """Kill the snippet with its whole session and collect its status."""
    for kill in (os.killpg, os.kill):
        with suppress(OSError):
            kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


def _cause(status: int) -> str:
    """Why a snippet ended that closed its own pipe: ``exit:0`` or ``signal:11``.

    It may be killed in the instant between closing its pipe and its exit: that counts as exit.
    """
    if os.WIFEXITED(status):
        return f"exit:{os.WEXITSTATUS(status)}"
    number = os.WTERMSIG(status)
    return "timeout" if number == signal.SIGXCPU else f"signal:{number}"


def _divert_native_output(scratch: str) -> None:
    """What C and Fortran code print goes to a file: fd 1 and 2 are not R's console."""
    place = Path(scratch, "native")
    file = os.open(place, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)


def _native_output(scratch: str) -> str:
    with suppress(OSError):
        file = os.open(Path(scratch, "native"), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            return os.read(file, 4000).decode("utf-8", "replace")
        finally:
            os.close(file)
    return ""


def main() -> None:
    """Start from ``sys.argv[1]``, a `Config` as JSON."""
    config = Config.loads(sys.argv[1])
    sys.path[:0] = config.site
    limits.die_with_parent()
    requests, replies = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    try:
        server = Server(config, requests, replies)
    except OSError:
        os._exit(LOCK_FAILED)
    os.dup2(nowhere, 2)
    server.serve()
