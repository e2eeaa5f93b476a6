"""The log is looked after while the app is open: backups, undo, a word about a bad place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adsp.store.backup import list_backups
from adsp.store.files import Files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tui.conftest import Ask, Play

    from adsp.desk.desk import Desk

QUESTIONS = ("2-1-2-risk-transfer", "1-1-1-explicit-knowledge")


class TestBackups:
    """They come by themselves."""

    async def test_soon_after_the_start(
        self, play: Play, ask: Ask, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """One that is due is made beside the running app, and told of only if it fails."""
        ask(QUESTIONS[0])
        monkeypatch.setattr("adsp.tui.app.FIRST_BACKUP", 0.05)
        files = Files(desk.paths.log)
        async with play() as hand:
            await hand.until(lambda: len(list_backups(files)) == 1, "a backup")
            assert hand.toasts == []

    async def test_that_cannot_be_made(
        self, play: Play, ask: Ask, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A file stands where the folder of backups should be: told, and the app goes on."""
        ask(QUESTIONS[0])
        Files(desk.paths.log).backups.write_text("")
        monkeypatch.setattr("adsp.tui.app.FIRST_BACKUP", 0.05)
        async with play() as hand:
            await hand.is_told("backups")
            await hand.press("p")
            await hand.comes_to("Plan")


class TestUndo:
    """At home the last answer can be taken back, whenever it was given."""

    async def test_there_and_back(self, play: Play, ask: Ask, desk: Desk) -> None:
        """U takes it back, Y lets it count again, and home counts anew."""
        session = ask(QUESTIONS[0])
        desk.study.end(desk.study.answer(session, session.place.choices[0].name, 1000))
        async with play() as hand:
            await hand.sees("본 문항 1/")
            await hand.press("u")
            await hand.is_told("되돌렸습니다", QUESTIONS[0])
            await hand.sees("본 문항 0/")
            await hand.press("ㅛ")
            await hand.is_told("되살렸습니다")
            await hand.sees("본 문항 1/")

    @pytest.mark.parametrize(("key", "told"), [("u", "되돌릴 답이"), ("y", "되살릴 답이")])
    async def test_nothing_there(self, play: Play, key: str, told: str) -> None:
        """Before the first answer a word says so."""
        async with play() as hand:
            await hand.press(key)
            await hand.is_told(told)


class TestPlace:
    """Where the log lies."""

    async def test_synchronised_folder(self, play: Play, home: Path) -> None:
        """A folder that Syncthing carries away is warned of."""
        (home / ".stfolder").mkdir(parents=True)
        async with play() as hand:
            await hand.is_told("Syncthing", "adsp log check")
