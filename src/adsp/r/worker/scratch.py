"""The scratch folder: how much is in it, and emptying it. Links are never followed."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def used_bytes(folder: str) -> int:
    """Bytes on disk under ``folder``; what vanishes meanwhile counts nothing."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += Path(place, name).lstat().st_blocks * 512
    return total


def clear(folder: str, keep: str = "") -> None:
    """Remove all under ``folder`` but the folder ``keep`` itself, which is emptied."""
    for place, folders, names in os.walk(folder, topdown=False):
        for name in names:
            with suppress(OSError):
                Path(place, name).unlink()
        for name in folders:
            inner = Path(place, name)
            if inner == Path(keep):
                continue
            with suppress(OSError):
                if inner.is_symlink():
                    inner.unlink()
                else:
                    inner.rmdir()
    if keep:
        with suppress(OSError):
            Path(keep).mkdir(parents=True, exist_ok=True)
