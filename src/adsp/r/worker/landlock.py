"""Landlock: what of the file system and the network a process may still reach. Linux >= 5.13."""

from __future__ import annotations

import ctypes
import os
import stat
import struct
import sys
from typing import TYPE_CHECKING

from .limits import libc, no_new_privileges, os_error

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446  # the same on every architecture
_EXECUTE, _WRITE, _READ, _LIST = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_FILE = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_REFER, _TRUNCATE, _IOCTL = 1 << 13, 1 << 14, 1 << 15
_OF_A_FILE = _EXECUTE | _WRITE | _READ | _TRUNCATE | _IOCTL
_ALL = (1 << 16) - 1
_TCP = 0b11
"""Bind and connect, from ABI 4."""
_SCOPES = 0b11
"""Abstract sockets and signals to processes outside, from ABI 6."""

READ = _READ | _LIST
READ_WRITE = READ | _WRITE | _TRUNCATE | _MAKE_FILE | _MAKE_DIR | _REMOVE_FILE | _REMOVE_DIR
DEVICE = _READ | _WRITE
RUN = READ | _EXECUTE
EVERYTHING = _ALL
DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")


def abi() -> int:
    """The Landlock ABI of this kernel; 0 if it has none or has it switched off."""
    if sys.platform != "linux":
        return 0
    return max(0, int(libc().syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(1))))


def restrict(granted: Mapping[int, Iterable[str]]) -> None:
    """Leave this process, for good, only the rights given: rights -> paths that have them.

    Paths that are not there are passed over. What the kernel's ABI does not know is not held:
    moving between folders (2), truncation (3), TCP (4), device ioctl (5), signals (6).

    Raises:
        OSError: no Landlock, or the kernel refused.
    """
    version = abi()
    if version < 1:
        raise OSError(0, "no Landlock")
    handled = _handled(version)
    rules = _ruleset(version, handled)
    try:
        for rights, paths in granted.items():
            for path in paths:
                _add(rules, path, rights & handled)
        no_new_privileges()
        if libc().syscall(_RESTRICT, rules, 0):
            raise os_error("landlock_restrict_self")
    finally:
        os.close(rules)


def _handled(version: int) -> int:
    rights = _ALL
    for since, right in ((2, _REFER), (3, _TRUNCATE), (5, _IOCTL)):
        if version < since:
            rights &= ~right
    return rights


def _ruleset(version: int, handled: int) -> int:
    attributes = struct.pack("=QQQ", handled, _TCP, _SCOPES)
    size = 8 if version < 4 else 16 if version < 6 else 24
    buffer = ctypes.create_string_buffer(attributes[:size], size)
    rules = int(libc().syscall(_CREATE, buffer, ctypes.c_size_t(size), 0))
    if rules < 0:
        raise os_error("landlock_create_ruleset")
    return rules


def _add(rules: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= _OF_A_FILE
        rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, place))
        if libc().syscall(_ADD_RULE, rules, 1, rule, 0):
            raise os_error(f"landlock_add_rule {path}")
    finally:
        os.close(place)
