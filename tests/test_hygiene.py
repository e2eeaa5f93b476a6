"""Start-up is a promise: what a command imports, it waits for."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = ("pandas", "numpy", "scipy", "rpy2", "sqlite_utils")

USE = """
from adsp.desk.desk import Desk
from adsp.clock import SystemClock
from adsp.session.select import Filter
from adsp.settings import find_paths
import random
with Desk(find_paths(), SystemClock(), random.Random(1), write=True) as desk:
    session = desk.study.start_quiz(Filter(frozenset()), 2, "문항")
    session = desk.study.answer(session, "", 1)
    desk.study.undo(session)
"""


def loaded_by(code: str) -> set[str]:
    """The top-level modules that a process has loaded after the code."""
    code += "\nimport json, sys; sys.stderr.write(json.dumps([*sys.modules]))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    names: list[str] = json.loads(done.stderr)
    return {name.partition(".")[0] for name in names}


def run(*arguments: str) -> str:
    """The code of a command that ends as the shell's would."""
    return f"""
from adsp.cli import main
try:
    main({[*arguments]!r})
except SystemExit as ended:
    assert not ended.code, ended.code
"""


class TestLight:
    @pytest.mark.parametrize(
        "code",
        [
            pytest.param("import adsp.cli", id="cli"),
            pytest.param(run("--help"), id="help"),
            pytest.param(run("paths"), id="paths"),
            pytest.param("import adsp.tui.app", id="app"),
            pytest.param("import adsp.tui.screens.home", id="home"),
            pytest.param("import adsp.tui.screens.quiz", id="quiz"),
            pytest.param("import adsp.desk.desk", id="desk"),
        ],
    )
    def test_nothing_heavy(self, code: str) -> None:
        assert loaded_by(code).isdisjoint(HEAVY)

    @pytest.mark.parametrize(
        "code",
        ["import adsp.cli", run("--help"), run("today"), USE],
        ids=["cli", "help", "today", "use"],
    )
    def test_no_screen_without_a_screen(self, code: str) -> None:
        assert "textual" not in loaded_by(code)

    def test_an_answer_is_light(self) -> None:
        """Making the log may load the migrations; opening it again and answering must not."""
        loaded_by(USE)
        assert loaded_by(USE).isdisjoint(HEAVY)

    def test_nor_looking_at_today(self) -> None:
        loaded_by(USE)
        assert loaded_by(run("today")).isdisjoint(HEAVY)
