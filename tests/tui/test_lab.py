"""Live R on the screens: beside the record, in the laboratory, gone, killed, run away."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec
import psutil
import pytest
from textual.widgets import TextArea

if TYPE_CHECKING:
    from tests.tui.conftest import Ask, Hand, Play

    from adsp.desk.desk import Desk

R_CHOICE = "3-2-2-summary-insectsprays"
CHOICE = "2-1-2-risk-transfer"


def without_r(desk: Desk) -> None:
    """R switched off, as on a machine that has none."""
    r = msgspec.structs.replace(desk.settings.r, engine="none")
    desk.change(msgspec.structs.replace(desk.settings, r=r))


def write_code(hand: Hand, code: str) -> None:
    hand.app.screen.query_one("#editor", TextArea).load_text(code)


def kill_r() -> None:
    """kill -9 of every Python below this process: the R worker, whatever wraps it."""
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if "python" in process.name():
                process.kill()


class TestWithoutR:
    """The whole app works; what cannot be done says so, and what to do."""

    async def test_exhibit(self, play: Play, ask: Ask, desk: Desk) -> None:
        """The record stays; beside it stands why nothing was run."""
        without_r(desk)
        async with play(ask(R_CHOICE), size=(160, 50)) as hand:
            await hand.sees("1st Qu.:")
            await hand.press("r")
            await hand.sees("실행하지 못함", "R 실행을 꺼 두었습니다")
            await hand.press("1")
            await hand.sees("해설")

    async def test_lab(self, play: Play, desk: Desk) -> None:
        """Opened and run, it says so each time."""
        without_r(desk)
        async with play() as hand:
            await hand.press("r")
            await hand.sees("R 실행을 꺼 두었습니다")
            await hand.press("f5")
            await hand.sees("R 실행을 꺼 두었습니다", "0.00초")

    async def test_drill(self, play: Play, desk: Desk) -> None:
        """A drill that cannot be made leaves the choice open, or is made from records."""
        without_r(desk)
        async with play() as hand:
            await hand.press("d", "enter")
            await hand.until(
                lambda: bool(hand.toasts) or hand.where == "Quiz", "a refusal or a drill"
            )
            if hand.where == "Drill":
                assert re_enabled(hand)

    async def test_question_without_code(self, play: Play, ask: Ask) -> None:
        """r does nothing where there is nothing to run."""
        async with play(ask(CHOICE)) as hand:
            assert "R 실행" not in hand.text
            await hand.press("r", "f5", "1")
            await hand.sees("해설")


def re_enabled(hand: Hand) -> bool:
    from textual.widgets import OptionList

    return not hand.app.screen.query_one(OptionList).disabled


class TestDemos:
    """Something to start from."""

    async def test_loading(self, play: Play, desk: Desk) -> None:
        """F2, Enter: the first demo stands in the editor, and is still there next time."""
        async with play() as hand:
            await hand.press("r", "f2")
            await hand.comes_to("DemoPicker")
            demo = desk.lab.demos()[0]
            await hand.sees(demo.title, demo.description[:20])
            await hand.press("enter")
            await hand.comes_to("Lab")
            assert hand.app.screen.query_one(TextArea).text == demo.code
            await hand.press("escape", "escape")
            await hand.comes_to("Home")
            await hand.press("r")
            await hand.comes_to("Lab")
            assert hand.app.screen.query_one(TextArea).text == demo.code

    async def test_leaving_the_list(self, play: Play) -> None:
        """Escape changes nothing."""
        async with play() as hand:
            await hand.press("r", "f2", "escape")
            await hand.comes_to("Lab")
            assert "점수" in hand.app.screen.query_one(TextArea).text

    async def test_hostile_code_in_the_editor(self, play: Play) -> None:
        """Brackets stay, terminal escapes do not pass, and lines stay lines."""
        async with play() as hand:
            await hand.press("r")
            write_code(hand, "")
            await hand.paste("x[[2]] # [red] [/]\r'\x1b[2J\x9b끝'")
            await hand.sees("1 x[[2]] # [red] [/]", "2 '끝'")
            assert not set(hand.text) & {"\x1b", "\x9b"}


@pytest.mark.r
class TestLive:
    """Real R."""

    async def test_beside_the_record(self, play: Play, ask: Ask) -> None:
        """R's answer of now, and whether it agrees with the record."""
        async with play(ask(R_CHOICE), size=(160, 50)) as hand:
            await hand.press("r")
            await hand.sees("지금 실행", "기록과 같음")
            assert hand.flat.count("1st Qu.:") == 2

    async def test_answer_and_next_while_it_runs(self, play: Play, ask: Ask) -> None:
        """R's answer to the question before does not appear on the next one."""
        async with play(ask(R_CHOICE, CHOICE, R_CHOICE)) as hand:
            await hand.burst("r", "1", "n")
            await hand.sees("2/3")
            await hand.until(lambda: not hand.app.workers._workers, "the end of the run")
            assert "지금 실행" not in hand.text
            assert len(hand.answers) == 1

    async def test_lab_prints_korean(self, play: Play) -> None:
        """F5 runs; output as the console prints it."""
        async with play(size=(120, 40)) as hand:
            await hand.press("r")
            write_code(hand, "이름 <- '가나다'\nprint(이름)\nx <- list(1, 2); x[[2]]")
            await hand.press("f5")
            await hand.sees("끝남", '[1] "가나다"', "> x <- list(1, 2); x[[2]]", "[1] 2")

    async def test_lab_shows_an_error(self, play: Play) -> None:
        """What was printed before it, and the error in R's words."""
        async with play(size=(120, 40)) as hand:
            await hand.press("r")
            write_code(hand, "print(1)\nstop('[/b] 안 됨')")
            await hand.press("f5")
            await hand.sees("[1] 1", "[/b] 안 됨")

    async def test_stop(self, play: Play) -> None:
        """F8 ends what runs for ever; the next run works."""
        async with play(size=(120, 40)) as hand:
            await hand.press("r")
            await hand.sees("격리 단계")
            write_code(hand, "repeat{}")
            await hand.press("f5")
            await hand.sees("실행 중 ...")
            await hand.press("f5")
            await hand.is_told("이미 실행 중입니다")
            await hand.press("f8")
            await hand.sees("멈")
            await hand.until(lambda: "실행 중 ..." not in hand.flat, "the end")
            write_code(hand, "6*7")
            await hand.press("f5")
            await hand.sees("[1] 42")

    async def test_leaving_stops(self, play: Play) -> None:
        """Nothing runs on unseen: the next visit is not kept waiting."""
        async with play(size=(120, 40)) as hand:
            await hand.press("r")
            await hand.sees("격리 단계")
            write_code(hand, "repeat{}")
            await hand.press("f5")
            await hand.sees("실행 중 ...")
            await hand.press("escape", "escape")
            await hand.comes_to("Home")
            await hand.until(lambda: not hand.app.workers._workers, "the end of the run")
            await hand.press("r")
            write_code(hand, "6*7")
            await hand.press("f5")
            await hand.sees("[1] 42 ")

    async def test_quitting_stops(self, play: Play, desk: Desk) -> None:
        """The app does not wait for what runs for ever."""
        desk.settings = msgspec.structs.replace(
            desk.settings, r=msgspec.structs.replace(desk.settings.r, timeout=60.0)
        )
        async with play(size=(120, 40)) as hand:
            await hand.press("r")
            await hand.sees("격리 단계")
            write_code(hand, "repeat{}")
            await hand.press("f5")
            await hand.sees("실행 중 ...")
            await hand.press("ctrl+q")
        async with asyncio.timeout(30):
            await asyncio.get_running_loop().shutdown_default_executor()

    async def test_killed(self, play: Play) -> None:
        """kill -9 of R in the middle of a run: told, and the next run starts R again."""
        async with play(size=(120, 40)) as hand:
            await hand.press("r")
            await hand.sees("격리 단계")
            write_code(hand, "repeat{}")
            await hand.press("f5")
            await hand.sees("실행 중 ...")
            kill_r()
            await hand.until(lambda: "실행 중 ..." not in hand.flat, "the end")
            write_code(hand, "6*7")
            await hand.press("f5")
            await hand.sees("[1] 42")

    async def test_flood(self, play: Play) -> None:
        """A flood of output is cut, and the app goes on."""
        async with play(size=(120, 40)) as hand:
            await hand.press("r")
            write_code(hand, "for (i in 1:5000) cat(i, '[red]\\n'); cat('끝줄\\n')")
            await hand.press("f5")
            await hand.sees("끝줄", "5000 [red]")

    async def test_plot_that_cannot_be_kept(self, play: Play, desk: Desk) -> None:
        """A cache folder that cannot be written costs the picture, not the app."""
        desk.paths.cache.parent.mkdir(parents=True, exist_ok=True)
        desk.paths.cache.write_text("a file, not a folder")
        async with play(size=(120, 40)) as hand:
            await hand.press("r")
            write_code(hand, "plot(1:3)")
            await hand.press("f5")
            await hand.sees("끝남", "그림을 저장하지 못했습니다")

    async def test_drill(self, play: Play) -> None:
        """All topics mixed: ten questions, answered as any other."""
        async with play() as hand:
            await hand.press("d", "enter")
            await hand.comes_to("Quiz")
            await hand.sees("계산 연습 · 10문항")
            await hand.press("f4")
            await hand.sees("모름")
            await hand.press("escape")
            await hand.press("escape")
            await hand.comes_to("Home")
            await hand.press("enter")
            await hand.sees("계산 연습 · 10문항", "2/10")
