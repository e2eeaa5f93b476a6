"""A laptop and a desktop that share a folder, each with the real app."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.e2e.conftest import Run, Start

LAPTOP, DESKTOP = "laptop", "desktop"


@pytest.fixture
def move_to(learner: dict[str, str], tmp_path: Path) -> Callable[[str], None]:
    """Sit down at a machine."""

    def sit(machine: str) -> None:
        learner["ADSP_HOME"] = str(tmp_path / machine)

    return sit


def done_today(adsp: Run) -> int:
    return int(json.loads(adsp("today", "--json").stdout)["done"]["answers"])


class TestByThemselves:
    """Once a folder is remembered, starting and ending the app exchanges."""

    def test_an_evening_on_both(
        self, start: Start, adsp: Run, move_to: Callable[[str], None], tmp_path: Path
    ) -> None:
        """What was answered on the laptop counts on the desktop, and the session goes on there."""
        shared = tmp_path / "shared"
        shared.mkdir()
        for machine in (LAPTOP, DESKTOP):
            move_to(machine)
            assert adsp("log", "sync", str(shared), "--save").returncode == 0

        move_to(LAPTOP)
        app = start("quiz", "-k", "choice", "-n", "3")
        app.sees("1/3")
        app.type("1")
        app.sees("답:")
        app.type("\x11")
        assert app.ends() == 0

        move_to(DESKTOP)
        app = start()
        app.sees("풀던 세션이 있습니다")
        app.type("enter")
        app.sees("2/3")
        app.type("2")
        app.sees("답:")
        app.type("\x11")
        assert app.ends() == 0
        assert done_today(adsp) == 2

        move_to(LAPTOP)
        assert adsp("log", "sync").returncode == 0
        assert done_today(adsp) == 2
        assert adsp("log", "check").returncode == 0

    def test_folder_gone(self, start: Start, adsp: Run, tmp_path: Path) -> None:
        """The app opens all the same, says so, and again in a line when it ends."""
        shared = tmp_path / "usb"
        shared.mkdir()
        assert adsp("log", "sync", str(shared), "--save").returncode == 0
        shared.rename(tmp_path / "pulled out")
        app = start()
        app.sees("주고받지 못했습니다", "오늘 할 것 시작")
        app.type("\x11")
        assert app.ends() == 0
        assert "usb" in app.flat
        assert b"Traceback" not in app.raw
