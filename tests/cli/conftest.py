"""Commands run in this process, or for real in one of their own."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from adsp.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Ran:
    """What became of a command."""

    code: int
    out: str
    err: str

    @property
    def quiet(self) -> bool:
        """No traceback anywhere."""
        return "Traceback" not in self.out + self.err


@pytest.fixture
def adsp(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """``adsp("quiz", "--plain", given="1\\n")`` in this process."""

    def run(*arguments: str, given: str = "") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.StringIO(given))
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        told = capsys.readouterr()
        code = ended.value.code
        return Ran(code if isinstance(code, int) else int(bool(code)), told.out, told.err)

    return run


@pytest.fixture
def process() -> Callable[..., Ran]:
    """The same in a process of its own, as a shell starts it."""

    def run(*arguments: str, given: bytes = b"") -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "adsp", *arguments],
            input=given,
            capture_output=True,
            timeout=60,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run
