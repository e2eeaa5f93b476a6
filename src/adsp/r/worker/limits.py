"""Limits and privileges of this process, by the standard library and a few calls of libc."""

from __future__ import annotations

import ctypes
import functools
import os
import resource
import signal
import struct
import sys
from contextlib import suppress

_PR_SET_DEATH_SIGNAL, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_CAPABILITY_VERSION_3 = 0x20080522


@functools.cache
def libc() -> ctypes.CDLL:
    """The C library of this process."""
    return ctypes.CDLL(None, use_errno=True)


def os_error(what: str) -> OSError:
    """The error that libc has just set, with ``what`` before it."""
    number = ctypes.get_errno()
    return OSError(number, f"{what}: {os.strerror(number)}")


def no_new_privileges() -> None:
    """No set-uid program gives this process more than it has; Landlock and seccomp demand it.

    Raises:
        OSError: the kernel refused.
    """
    if libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise os_error("no_new_privs")


def die_with_parent() -> None:
    """Be killed when the thread that started this process ends. Linux only."""
    if sys.platform == "linux":
        libc().prctl(_PR_SET_DEATH_SIGNAL, int(signal.SIGKILL), 0, 0, 0)


def hide_memory() -> None:
    """Let no other process of the same user read this one's memory. Linux only."""
    if sys.platform == "linux":
        libc().prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def drop_capabilities() -> None:
    """Root without root's powers: what is owned stays, what is locked stays locked. Linux only."""
    if sys.platform == "linux":
        header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
        libc().capset(ctypes.create_string_buffer(header), ctypes.create_string_buffer(24))


def limit_files(file_bytes: int) -> None:
    """Bound a file's size and the number of open files; no core dumps.

    A write past the bound fails with EFBIG: the signal that would kill is ignored.
    """
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    _limit(resource.RLIMIT_FSIZE, file_bytes)
    _limit(resource.RLIMIT_NOFILE, 256)
    _limit(resource.RLIMIT_CORE, 0)


def limit_work(memory_bytes: int, cpu_seconds: int, tasks: int) -> None:
    """Bound memory, CPU time and, unless 0, all tasks of this user (root is exempt from that).

    Threads are tasks, too, and the font library ends the process if it cannot start one.
    """
    _limit(resource.RLIMIT_AS, memory_bytes)
    _limit(resource.RLIMIT_CPU, cpu_seconds)
    if tasks:
        _limit(resource.RLIMIT_NPROC, tasks)


def _limit(which: int, bound: int) -> None:
    hard = resource.getrlimit(which)[1]
    if hard != resource.RLIM_INFINITY:
        bound = min(bound, hard)
    with suppress(ValueError, OSError):  # macOS refuses some; the others still hold
        resource.setrlimit(which, (bound, bound))
