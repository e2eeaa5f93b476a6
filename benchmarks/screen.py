"""How long until the first frame, and from a key to its repaint, seen from outside.

    python benchmarks/screen.py [RUNS]

Starts the real command in a pseudo-terminal of 120x40 in a folder of its own, waits for a marker
on the screen, and prints medians in milliseconds. Nothing is asserted: a shared machine is no
stopwatch.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time

ROWS, COLUMNS = 40, 120
ESCAPE = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()*+].|[=>78])")
ANSWERS = {b"\x1b[?2026$p": b"\x1b[?2026;2$y", b"\x1b[c": b"\x1b[?62;c", b"\x1b[6n": b"\x1b[1;1R"}
"""What a real terminal answers at once, so that the start does not wait for a time-out."""

HOME, QUESTION, FEEDBACK = ("시험일·공부".encode(), "난이도".encode(), "해설".encode())
F4 = b"\x1bOS"


class Terminal:
    """The app in a pseudo-terminal."""

    def __init__(self, home: str) -> None:
        self.started = time.perf_counter()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(
                TERM="xterm-256color", ADSP_HOME=home, ADSP_NOW="2021-10-05T20:00", LANG="C.UTF-8"
            )
            os.execv(sys.executable, [sys.executable, "-m", "adsp"])
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))

    def wait_for(self, marker: bytes, seconds: float = 30) -> float:
        """When the marker was on the screen."""
        seen, deadline = b"", time.perf_counter() + seconds
        while time.perf_counter() < deadline:
            if not select.select([self.fd], [], [], 0.5)[0]:
                continue
            data = os.read(self.fd, 65536)
            for question, answer in ANSWERS.items():
                if question in data:
                    os.write(self.fd, answer)
            seen += data
            if marker in ESCAPE.sub(b"", seen):
                return time.perf_counter()
        raise TimeoutError(marker.decode())

    def press(self, key: bytes, marker: bytes) -> float:
        """Milliseconds from a key to the marker on the screen."""
        while select.select([self.fd], [], [], 0.2)[0]:
            os.read(self.fd, 65536)
        pressed = time.perf_counter()
        os.write(self.fd, key)
        return (self.wait_for(marker) - pressed) * 1000

    def close(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    start, quiz, answer, onward = [], [], [], []
    with tempfile.TemporaryDirectory() as home:
        for run in range(runs + 1):
            terminal = Terminal(home)
            first = (terminal.wait_for(HOME) - terminal.started) * 1000
            times = [first, terminal.press(b"\r", QUESTION)]
            times.append(terminal.press(F4, FEEDBACK))
            times.append(terminal.press(b"n", QUESTION))
            terminal.close()
            if run:  # the first warms the file cache and makes the log
                for figures, value in zip((start, quiz, answer, onward), times, strict=True):
                    figures.append(value)
    for name, figures in (
        ("start to first frame", start),
        ("home to first question", quiz),
        ("answer to feedback (stored)", answer),
        ("next question", onward),
    ):
        print(f"{name:28} median {statistics.median(figures):6.0f} ms, worst {max(figures):6.0f}")


if __name__ == "__main__":
    main()
