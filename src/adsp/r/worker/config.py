"""How a worker is started: one JSON object on its command line, the same type on both sides."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Config:
    """What a worker needs to know; nothing in it is secret."""

    scratch: str
    """The one folder that the code may write in."""
    readable: tuple[str, ...]
    """Files and folders that R needs to read."""
    programs: tuple[str, ...]
    """What the one-shot launcher may become: the R binary and its loader."""
    family: str
    """Font family of pictures, one with Hangul if the machine has one."""
    landlock: bool
    seccomp: bool
    """Locks that must hold: if one fails, the worker ends instead of running code."""
    site: tuple[str, ...] = ()
    """Folders of rpy2's modules."""
    tasks: int = 0
    """Bound on the user's processes and threads, where no lock forbids new ones; 0 for none."""
    memory: int = 2 << 30
    """Address space of a snippet, bytes."""
    disk: int = 64 << 20
    """All files of a snippet together, bytes."""
    file: int = 32 << 20
    """One file, bytes."""

    def dumps(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def loads(cls, text: str) -> Config:
        fields: dict[str, Any] = json.loads(text)
        for name in ("readable", "programs", "site"):
            fields[name] = tuple(fields[name])
        return cls(**fields)


LOCK_FAILED = 71
"""Exit code of a worker that could not lock itself."""
