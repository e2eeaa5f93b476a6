"""The real command in a real pseudo-terminal, read by a terminal emulator in memory."""

from __future__ import annotations

import codecs
import fcntl
import os
import re
import select
import struct
import subprocess
import sys
import termios
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pyte
import pytest
from rich.cells import cell_len

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from typing import TypeAlias

    Start: TypeAlias = Callable[..., "Terminal"]
    Run: TypeAlias = Callable[..., subprocess.CompletedProcess[str]]

PATIENCE = 30.0
"""Seconds after which something that should have come is taken to be missing."""

NOW = "2021-10-05T20:00"

_LEAD = (  # the terminal becomes the process's own, as a shell's is, so that closing it tells it
    "import fcntl, os, sys, termios;"
    "fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
)
_BEYOND_PYTE = re.compile(r"\x1b\[[<>=?][0-9;]*[a-zA-Z]|\x1b\[[0-9;?]*\$[a-z]|\x1bP.*?\x1b\\")
"""Modes and queries that pyte would print: keyboard protocol, synchronised output."""

KEYS = {"enter": "\r", "escape": "\x1b", "tab": "\t", "down": "\x1b[B", "f5": "\x1b[15~"}


class Terminal:
    """One process on one terminal: type, click, look, wait, pull the plug."""

    def __init__(self, arguments: list[str], env: Mapping[str, str], width: int, height: int):
        self._master, slave = os.openpty()
        self.resize(width, height)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.raw = b""
        """All bytes that came."""
        self.process = subprocess.Popen(
            [sys.executable, "-c", _LEAD, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=env,
            start_new_session=True,
        )
        os.close(slave)

    @property
    def lines(self) -> list[str]:
        """What is on the screen. (pyte's own `display` fails on half a wide character.)"""
        columns, rows = range(self.screen.columns), range(self.screen.lines)
        return ["".join(self.screen.buffer[y][x].data for x in columns).rstrip() for y in rows]

    @property
    def flat(self) -> str:
        """What is on the screen, as one line of words."""
        return " ".join("\n".join(self.lines).split())

    def type(self, *keys: str) -> None:
        """Press keys by name or text, each after what came before was drawn."""
        for key in keys:
            self.send(KEYS.get(key, key).encode())

    def send(self, data: bytes) -> None:
        """Bytes as they are."""
        os.write(self._master, data)
        self._settle()

    def click(self, text: str) -> None:
        """Press and release the left button on the first place where the text stands."""
        self.sees(text)
        y, line = next((y, line) for y, line in enumerate(self.lines) if text in line)
        x = cell_len(line[: line.index(text)]) + 2
        self.send(f"\x1b[<0;{x};{y + 1}M\x1b[<0;{x};{y + 1}m".encode())

    def resize(self, width: int, height: int) -> None:
        """Another size; the program draws anew. (pyte's own resize cuts wide characters in two.)"""
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.screen = pyte.Screen(width, height)
        self._stream = pyte.Stream(self.screen)

    def sees(self, *texts: str) -> None:
        """Wait until all these texts are on the screen."""
        for text in texts:
            self.until(lambda text=text: text in self.flat, repr(text))  # type: ignore[misc]

    def until(self, condition: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + PATIENCE
        while not condition():
            open_ = self._read(0.05)
            if not condition() and (time.monotonic() > end or not open_):
                pytest.fail(f"never came: {what}\n" + "\n".join(self.lines))

    def ends(self) -> int:
        """Wait for the process to end; its exit code."""
        end = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            self._read(0.05)
            if time.monotonic() > end:
                pytest.fail("it does not end\n" + "\n".join(self.lines))
        while self._read(0.0):
            pass
        return self.process.returncode

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def hang_up(self) -> None:
        """Close the terminal, as the window's cross does."""
        os.close(self._master)
        self._master = -1

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self._master >= 0:
            self.hang_up()

    def _settle(self) -> None:
        """Read until nothing more comes for a moment: the key was taken and its effect drawn."""
        while self._read(0.15):
            pass

    def _read(self, wait: float) -> bool:
        """Take in what has come; False if nothing did, or the other side is gone."""
        if self._master < 0 or not select.select([self._master], [], [], wait)[0]:
            return self._master >= 0 and self.process.poll() is None and wait == 0.05
        data = b""
        with suppress(OSError):  # EIO: the process has ended
            data = os.read(self._master, 65_536)
        self.raw += data
        self._stream.feed(_BEYOND_PYTE.sub("", self._decoder.decode(data)))
        return bool(data)


@pytest.fixture
def learner(home: Path) -> dict[str, str]:
    """The environment of one learner on 2021-10-05 at eight in the evening."""
    environ = {name: text for name, text in os.environ.items() if name != "COLUMNS"}
    return {**environ, "ADSP_NOW": NOW, "TERM": "xterm-256color", "LANG": "C.UTF-8"}


@pytest.fixture
def start(learner: dict[str, str]) -> Iterator[Start]:
    """Start ``adsp`` on a terminal of 80 x 24, or of another size."""
    terminals: list[Terminal] = []

    def open_terminal(*arguments: str, size: tuple[int, int] = (80, 24)) -> Terminal:
        program = arguments if arguments[:1] == ("-c",) else ("-m", "adsp", *arguments)
        terminals.append(Terminal([*program], learner, *size))
        return terminals[-1]

    yield open_terminal
    for terminal in terminals:
        terminal.close()


@pytest.fixture
def adsp(learner: dict[str, str]) -> Run:
    """Run a command to its end, without a terminal."""

    def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "adsp", *arguments],
            input=stdin,
            env=learner,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run
