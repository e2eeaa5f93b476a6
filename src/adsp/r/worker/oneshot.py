"""Locks this process and becomes R, for one snippet."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from . import limits, lockdown
from .config import LOCK_FAILED, Config


def main() -> None:
    """Start from ``sys.argv``: a `Config` as JSON, the snippet's seconds."""
    config = Config.loads(sys.argv[1])
    limits.die_with_parent()
    try:
        lockdown.lock_program(config, float(sys.argv[2]))
    except OSError:
        os._exit(LOCK_FAILED)
    script = Path(__file__).with_suffix(".R")
    arguments = ["R", "--vanilla", "--no-echo", f"--file={script}"]
    environment = {**os.environ, "R_DEFAULT_PACKAGES": "NULL"}  # the script loads them
    os.execve(config.programs[0], arguments, environment)  # noqa: S606  (no shell is wanted)
