"""What stands around an R process: its config, its environment, bubblewrap where it works."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from adsp.r.install import Installation, korean_family
from adsp.r.worker import landlock, seccomp
from adsp.r.worker.config import Config

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORKER = Path(__file__).parent / "worker"
_BOOT = (
    "import sys; sys.path.insert(0, sys.argv.pop(1));"
    " from importlib import import_module as i; i(f'worker.{sys.argv.pop(1)}').main()"
)
_SYSTEM = (
    *("/usr", "/lib", "/lib64", "/lib32", "/bin", "/sbin", "/opt/R", "/etc/R", "/etc/fonts"),
    *("/etc/ld.so.cache", "/etc/localtime", "/etc/alternatives", "/var/cache/fontconfig"),
)
"""What R, its libraries and fonts read on the usual systems."""
_PROCESSORS = "/sys/devices/system/cpu"
"""Read by OpenBLAS when it is loaded."""
_RPY2 = ("rpy2", "_rinterface_cffi_abi", "_rinterface_cffi_api", "_cffi_backend", "cffi")


@dataclass(frozen=True)
class Locks:
    """What this machine can put around an R process."""

    bubblewrap: bool
    landlock: int
    """ABI, 0 if there is none."""
    seccomp: bool

    @property
    def level(self) -> int:
        """3 all; 2 Landlock and seccomp; 1 bubblewrap; 0 limits only."""
        if self.landlock and self.seccomp:
            return 3 if self.bubblewrap else 2
        return 1 if self.bubblewrap else 0


@functools.cache
def find_locks() -> Locks:
    """Try each lock once; costs a process (about 10 ms)."""
    return Locks(_bubblewrap_works(), landlock.abi(), seccomp.available())


@dataclass(frozen=True)
class Launch:
    """A ready command line with its environment."""

    command: tuple[str, ...]
    environment: dict[str, str]


def python_binary() -> str:
    """The interpreter itself: a virtual environment's link need not exist inside the box."""
    return os.path.realpath(sys.executable)


def launch(role: str, r: Installation, locks: Locks, scratch: Path, *args: str) -> Launch:
    """How to start ``role`` (a module of the worker) for ``r`` in ``scratch`` under ``locks``."""
    config = Config(
        scratch=str(scratch),
        readable=(*_SYSTEM, _PROCESSORS, *map(str, (r.home, *r.own_libraries(), _WORKER))),
        programs=(str(r.binary), *map(str, Path("/lib64").glob("ld-linux*")), *_loaders()),
        family=korean_family(),
        landlock=bool(locks.landlock),
        seccomp=locks.seccomp,
        tasks=0 if locks.level else _tasks_of_user() + 64,
        site=tuple(sorted({str(p.parent) for p in rpy2_places()})),
    )
    python = (python_binary(), "-I", "-S", "-c", _BOOT, str(_WORKER.parent), role)
    command = (*python, config.dumps(), *args)
    environment = r.environment(scratch)
    if locks.bubblewrap:
        extra = (r.home, *r.own_libraries(), _WORKER, *_interpreter(), *rpy2_places())
        command = (*_box(extra, scratch), *command)
    return Launch(command, environment)


def rpy2_places() -> list[Path]:
    """The files and folders of rpy2 and what it needs, found without importing any of it."""
    places: list[Path] = []
    for name in _RPY2:
        spec = find_spec(name)
        if spec and spec.submodule_search_locations:
            places += map(Path, spec.submodule_search_locations)
        elif spec and spec.origin:
            places.append(Path(spec.origin))
    return places


def _loaders() -> list[str]:
    return [str(path.resolve()) for path in Path("/lib").glob("ld-linux*")]


def _tasks_of_user() -> int:
    """How many threads this user runs now; a bound on them counts those as well."""
    total = 0
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if process.stat().st_uid == os.getuid():
                total += len(list((process / "task").iterdir()))
    return total or 4096  # no /proc on macOS


def _interpreter() -> list[Path]:
    prefix = Path(sys.base_prefix)
    return [] if prefix.is_relative_to("/usr") else [prefix, Path(python_binary()).parent.parent]


def _box(extra: Iterable[Path], scratch: Path) -> list[str]:
    """bubblewrap's arguments: own namespaces, an almost empty file tree, no network, no powers."""
    args = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--hostname", "adsp"]
    args += ["--cap-drop", "ALL", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]  # noqa: S108
    for name in (*_SYSTEM, _PROCESSORS):
        if Path(name).is_symlink() and Path(name).parent == Path("/"):
            args += ["--symlink", str(Path(name).readlink()), name]
        else:
            args += ["--ro-bind-try", name, name]
    for path in sorted({str(p) for p in extra if not p.is_relative_to("/usr")}):
        args += ["--ro-bind-try", path, path]
    return [*args, "--bind", str(scratch), str(scratch), "--chdir", str(scratch)]


def _bubblewrap_works() -> bool:
    """Ubuntu 24.04 installs it and forbids it; containers often do too. So it is tried."""
    if not shutil.which("bwrap"):
        return False
    try:
        trial = subprocess.run(
            [*_box((), Path("/usr")), "/usr/bin/env", "true"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return trial.returncode == 0
