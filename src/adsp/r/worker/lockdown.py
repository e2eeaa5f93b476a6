"""The locks of a worker, in the order in which they must be put on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import landlock, limits, seccomp
from .syscalls import PROGRAMS

if TYPE_CHECKING:
    from .config import Config


def lock_server(config: Config) -> None:
    """Lock the process that forks the snippets: it still forks, and still kills what it forked.

    Raises:
        OSError: a lock that the config asks for did not close.
    """
    limits.limit_files(config.file)
    limits.hide_memory()
    limits.drop_capabilities()
    if config.landlock:
        landlock.restrict(_files(config))
    if config.seccomp:
        seccomp.deny(alone=False)


def lock_snippet(config: Config, timeout: float) -> None:
    """Lock a forked snippet for good, within the server's locks.

    A second Landlock domain parts it from the server, which it then cannot signal.

    Raises:
        OSError: a lock that the config asks for did not close.
    """
    limits.die_with_parent()
    if config.landlock:
        landlock.restrict({landlock.EVERYTHING: ("/",)})
    limits.limit_work(config.memory, int(timeout) + 2, config.tasks)
    if config.seccomp:
        seccomp.deny(alone=True)


def lock_program(config: Config, timeout: float) -> None:
    """Lock a process that is about to become R. Only R's own binary can be executed.

    Raises:
        OSError: a lock that the config asks for did not close.
    """
    limits.limit_files(config.file)
    limits.drop_capabilities()
    if config.landlock:
        landlock.restrict({**_files(config), landlock.RUN: config.programs})
    limits.limit_work(config.memory, int(timeout) + 2, config.tasks)
    if config.seccomp:
        seccomp.deny(alone=True, spare=PROGRAMS if config.landlock else frozenset({"execve"}))


def _files(config: Config) -> dict[int, tuple[str, ...]]:
    return {
        landlock.READ: config.readable,
        landlock.READ_WRITE: (config.scratch,),
        landlock.DEVICE: landlock.DEVICES,
    }
