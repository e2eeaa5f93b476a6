"""A seccomp filter made by hand: no library, no root. Linux only."""

from __future__ import annotations

import ctypes
import os
import struct
import sys

from .limits import libc, no_new_privileges, os_error
from .syscalls import FORKS, LIMITS, SIGNALS, Machine, this_machine

_PR_GET_SECCOMP, _PR_SET_SECCOMP, _MODE_FILTER = 21, 22, 2
_ALLOW, _KILL, _EPERM, _ENOSYS = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050026
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCH, _ARG0, _ARG2_LOW, _ARG2_HIGH = 0, 4, 16, 32, 36
_CLONE_THREAD = 0x10000


def available() -> bool:
    """Whether the kernel knows seccomp and there is a table for this processor."""
    if sys.platform != "linux" or this_machine() is None:
        return False
    return int(libc().prctl(_PR_GET_SECCOMP, 0, 0, 0, 0)) >= 0


def deny(*, alone: bool, spare: frozenset[str] = frozenset()) -> None:
    """Deny this process, and all that it forks, the calls of the table but those in ``spare``.

    ``alone`` also denies new processes, signals to others and new limits; without it these stay
    free, for the process that forks and kills the snippets.

    Raises:
        OSError: the kernel has no seccomp or refused.
    """
    machine = this_machine()
    if machine is None:
        raise OSError(0, "no seccomp table for this processor")
    program = _program(machine, alone=alone, spare=spare)
    code = ctypes.create_string_buffer(program)
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code))
    no_new_privileges()
    if libc().prctl(_PR_SET_SECCOMP, _MODE_FILTER, header, 0, 0):
        raise os_error("seccomp")


def _program(machine: Machine, *, alone: bool, spare: frozenset[str]) -> bytes:
    conditional = FORKS | SIGNALS | LIMITS
    denied = [n for n in machine.numbers if n not in conditional | spare]
    if alone:
        denied += ["tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "setrlimit", "fork", "vfork"]
    steps = [_step(_LOAD, _ARCH), _step(_EQUAL, machine.audit, 1, 0), _step(_RETURN, _KILL)]
    steps.append(_step(_LOAD, _NUMBER))
    if machine.x32:
        steps += [_step(_AT_LEAST, 0x40000000, 0, 1), _step(_RETURN, _EPERM)]
    for name in denied:
        if name in machine.numbers:
            steps += [_step(_EQUAL, machine.numbers[name], 0, 1), _step(_RETURN, _EPERM)]
    if alone:
        steps += _threads_only(machine) + _own_signals_only(machine) + _limits_read_only(machine)
    steps.append(_step(_RETURN, _ALLOW))
    return b"".join(steps)


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def _threads_only(machine: Machine) -> list[bytes]:
    """``clone`` makes threads and no processes; ``clone3`` hides its flags from the filter, so it
    is said not to exist, and libc falls back to ``clone``.
    """
    return [
        _step(_EQUAL, machine.numbers["clone3"], 0, 1),
        _step(_RETURN, _ENOSYS),
        _step(_EQUAL, machine.numbers["clone"], 0, 4),
        _step(_LOAD, _ARG0),
        _step(_ANY_BIT, _CLONE_THREAD, 1, 0),
        _step(_RETURN, _EPERM),
        _step(_RETURN, _ALLOW),
    ]


def _own_signals_only(machine: Machine) -> list[bytes]:
    steps: list[bytes] = []
    for name in ("kill", "tgkill"):
        steps += [
            _step(_EQUAL, machine.numbers[name], 0, 4),
            _step(_LOAD, _ARG0),
            _step(_EQUAL, os.getpid(), 1, 0),
            _step(_RETURN, _EPERM),
            _step(_RETURN, _ALLOW),
        ]
    return steps


def _limits_read_only(machine: Machine) -> list[bytes]:
    """``prlimit64`` with a new limit is denied: root could raise its own, and any process could
    lower the app's.
    """
    return [
        _step(_EQUAL, machine.numbers["prlimit64"], 0, 6),
        _step(_LOAD, _ARG2_LOW),
        _step(_EQUAL, 0, 0, 3),
        _step(_LOAD, _ARG2_HIGH),
        _step(_EQUAL, 0, 0, 1),
        _step(_RETURN, _ALLOW),
        _step(_RETURN, _EPERM),
    ]
