"""A worker process as the app sees it: lines in, bytes out, and an end that is certain."""

from __future__ import annotations

import contextlib
import os
import queue
import select
import signal
import subprocess
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adsp.r.box import Launch

_PIPE = 1 << 16


class Bell:
    """Rung by one thread to wake another that waits on file descriptors."""

    def __init__(self) -> None:
        self._ear, self._mouth = os.pipe()
        os.set_blocking(self._ear, False)
        os.set_blocking(self._mouth, False)

    def fileno(self) -> int:
        return self._ear

    def ring(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.write(self._mouth, b"!")

    def rung(self) -> bool:
        """Whether it was rung since the last time that this was asked."""
        with contextlib.suppress(BlockingIOError):
            return bool(os.read(self._ear, 4096))
        return False

    def __del__(self) -> None:
        for end in (self._ear, self._mouth):
            with contextlib.suppress(OSError):
                os.close(end)


class Turn:
    """One snippet at a time, and a stop that hits only the one that runs."""

    def __init__(self) -> None:
        self.bell = Bell()
        self._one = threading.Lock()
        self._state = threading.Lock()
        self._running = False

    def __enter__(self) -> None:
        self._one.acquire()
        with self._state:
            self.bell.rung()
            self._running = True

    def __exit__(self, *_: object) -> None:
        with self._state:
            self._running = False
        self._one.release()

    def stop(self) -> None:
        """Ring for the snippet that runs now, if one does."""
        with self._state:
            if self._running:
                self.bell.ring()


class Process:
    """A child in a session of its own, killed when the app dies, however it dies.

    A thread of its own starts it and waits for it: Linux sends the parent's death signal when
    the thread that started the child ends, and the caller's may be a short one.
    """

    def __init__(self, launch: Launch) -> None:
        """Raises:
        OSError: the program cannot be started.
        """
        born: queue.Queue[subprocess.Popen[bytes] | OSError] = queue.Queue()
        self._keeper = threading.Thread(target=_keep, args=(launch, born), daemon=True)
        self._keeper.start()
        answer = born.get()
        if isinstance(answer, OSError):
            raise answer
        self._popen = answer
        assert answer.stdin is not None  # noqa: S101  (asked for with PIPE)
        assert answer.stdout is not None  # noqa: S101
        self._input, self._output = answer.stdin, answer.stdout

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def alive(self) -> bool:
        return self._keeper.is_alive()

    def wait(self) -> int:
        """The exit code, negative for a signal; waits for the process to end."""
        self._keeper.join()
        return self._popen.wait()

    def write(self, data: bytes) -> None:
        """Raises:
        OSError: the process is gone.
        """
        self._input.write(data)
        self._input.flush()

    def end_input(self) -> None:
        """Let the process read the end of its input."""
        with contextlib.suppress(OSError):
            self._input.close()

    def read(self, deadline: float, bell: Bell | None = None) -> bytes | None:
        """What the process has written: empty at its end, None if the bell rang first.

        Raises:
            TimeoutError: nothing came before ``deadline`` (monotonic seconds).
        """
        ears = [self._output.fileno(), *([bell.fileno()] if bell else [])]
        ready = select.select(ears, [], [], max(0.0, deadline - time.monotonic()))[0]
        if bell and bell.fileno() in ready and bell.rung():
            return None
        if self._output.fileno() in ready:
            return os.read(self._output.fileno(), _PIPE)
        raise TimeoutError

    def kill(self) -> None:
        """End the process and its session, and wait until all have ended. May be called twice."""
        if self._output.closed:
            return
        if self._popen.returncode is None:  # not collected yet, so the number is still its own
            with contextlib.suppress(OSError):
                os.killpg(self._popen.pid, signal.SIGKILL)
        self.wait()
        self.end_input()
        self._drain(time.monotonic() + 2)
        self._output.close()

    def _drain(self, deadline: float) -> None:
        """Read to the end: under bubblewrap the inner processes go a moment after the outer."""
        with contextlib.suppress(TimeoutError):
            while self.read(deadline):
                pass


def _keep(launch: Launch, born: queue.Queue[subprocess.Popen[bytes] | OSError]) -> None:
    try:
        process = subprocess.Popen(
            launch.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=launch.environment,
            cwd="/",
            start_new_session=True,
        )
    except OSError as error:
        born.put(error)
        return
    born.put(process)
    if hasattr(os, "waitid"):  # leaves the number taken until `kill`, which uses it, collects it
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    else:
        process.wait()
