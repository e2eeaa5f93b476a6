"""What this machine has for running R, and what to do about what it has not."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from adsp.r import advice
from adsp.r.box import find_locks
from adsp.r.install import find_r

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from adsp.r.box import Locks
    from adsp.r.engine import EngineName
    from adsp.r.install import Installation


@dataclass(frozen=True)
class Findings:
    """What ``adsp doctor`` shows about R."""

    r_binary: Path | None
    r_version: str
    """``4.2.2``; empty without R."""
    rpy2_version: str
    """Of rpy2-rinterface as installed; empty if it is not."""
    rpy2_works: bool
    """It imports with this R."""
    landlock: int
    """ABI, 0 if there is none."""
    seccomp: bool
    bubblewrap: bool
    levels: Mapping[EngineName, int]
    """The engines that work here, the best first, each with its confinement level."""
    advice: tuple[str, ...]
    """A Korean sentence for each thing that is missing."""


def probe() -> Findings:
    """Look at R, rpy2 and the locks. Takes about 0.3 s, most of it importing rpy2 elsewhere."""
    r, locks = find_r(), find_locks()
    rpy2 = _rpy2_version()
    works = bool(r and rpy2) and _rpy2_imports(r)
    return Findings(
        r_binary=r.binary if r else None,
        r_version=r.version if r else "",
        rpy2_version=rpy2,
        rpy2_works=works,
        landlock=locks.landlock,
        seccomp=locks.seccomp,
        bubblewrap=locks.bubblewrap,
        levels=_levels(r, locks, rpy2=works),
        advice=tuple(_advice(r, locks, rpy2=works)),
    )


def _rpy2_version() -> str:
    try:
        return version("rpy2-rinterface")
    except PackageNotFoundError:
        return ""


def _rpy2_imports(r: Installation | None) -> bool:
    """In another process: its import loads R's library, and dies hard with the wrong R."""
    environment = r.environment(r.home) if r else {}
    try:
        trial = subprocess.run(
            [sys.executable, "-I", "-c", "import rpy2.rinterface"],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=30,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return trial.returncode == 0


def _levels(r: Installation | None, locks: Locks, *, rpy2: bool) -> dict[EngineName, int]:
    levels: dict[EngineName, int] = {}
    if r and rpy2 and sys.platform == "linux":
        levels["zygote"] = locks.level
    if r:
        levels["oneshot"] = locks.level
    return {**levels, "none": 0}


def _advice(r: Installation | None, locks: Locks, *, rpy2: bool) -> list[str]:
    if r is None:
        return [advice.how_to_install_r()]
    if sys.platform != "linux":
        return [advice.NOT_LINUX]
    missing = [] if rpy2 else [advice.how_to_install_rpy2(r.release)]
    if not locks.landlock:
        missing.append(advice.LANDLOCK)
    if not locks.seccomp:
        missing.append(advice.SECCOMP)
    if not locks.bubblewrap:
        missing.append(advice.how_to_install_bubblewrap())
    return missing
