"""The best engine that works here."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Literal

from adsp.r.advice import how_to_install_r
from adsp.r.install import find_r
from adsp.r.none import NoEngine
from adsp.r.oneshot import OneshotEngine
from adsp.r.zygote import ZygoteEngine

if TYPE_CHECKING:
    from adsp.r.engine import Engine, EngineName


def open_engine(choice: EngineName | Literal["auto"] = "auto", *, timeout: float = 5.0) -> Engine:
    """Open the engine of ``choice``, or the next one down the ladder that works here.

    ``auto`` and ``zygote`` start the zygote at once, which takes about half a second, so that
    the engine's name and level are true from the start. ``timeout`` is the wall time of a
    snippet in seconds. Never raises for what is missing: without R the engine is `NoEngine`.
    """
    if choice == "none":
        return NoEngine("R 실행을 꺼 두었습니다. 설정의 r.engine을 auto로 바꾸면 다시 켜집니다.")
    r = find_r()
    if r is None:
        return NoEngine(how_to_install_r())
    oneshot = OneshotEngine(r, timeout)
    if choice == "oneshot" or (choice == "auto" and not _can_fork_r()):
        return oneshot
    zygote = ZygoteEngine(r, oneshot, timeout)
    return zygote if zygote.start() else oneshot


def _can_fork_r() -> bool:
    """macOS kills a forked process that uses its frameworks, and R does."""
    return sys.platform == "linux"
