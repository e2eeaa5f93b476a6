"""What all screens have in common: commands, help, palette, sizes, the Korean keyboard."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from textual.binding import Binding

from adsp.text import JAMO_OF_KEY
from adsp.tui.screens.drill import DrillScreen
from adsp.tui.screens.exam import ExamScreen
from adsp.tui.screens.help import HelpScreen
from adsp.tui.screens.home import HomeScreen
from adsp.tui.screens.lab import DemoPicker, LabScreen
from adsp.tui.screens.plan import PlanScreen
from adsp.tui.screens.quiz import QuizScreen
from adsp.tui.screens.setup import SetupScreen
from adsp.tui.screens.summary import SummaryScreen
from adsp.tui.widgets.choices import ChoiceList

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.tui.conftest import Ask, Hand, Play
    from textual.screen import Screen

    from adsp.desk.desk import Desk

OWNERS = (
    HomeScreen,
    SetupScreen,
    QuizScreen,
    ChoiceList,
    SummaryScreen,
    LabScreen,
    DemoPicker,
    DrillScreen,
    PlanScreen,
    ExamScreen,
    HelpScreen,
)
SIZES = [(60, 20), (80, 24), (100, 34), (160, 50), (200, 60)]
CHOICE = "2-1-2-risk-transfer"
R_CHOICE = "3-2-2-summary-insectsprays"
SHORT = "2-2-1-isp-short"


def letters() -> Iterator[object]:
    """Every single-letter command of every screen."""
    for owner in OWNERS:
        for binding in owner.BINDINGS:
            assert isinstance(binding, Binding)
            for key in binding.key.split(","):
                if key in JAMO_OF_KEY:
                    name = f"{owner.__name__}-{key}"
                    yield pytest.param(owner, key, binding.action, id=name)


class TestKoreanKeyboard:
    """With the Korean input method on, n arrives as ㅜ."""

    @pytest.mark.parametrize(("owner", "key", "action"), letters())
    def test_every_letter_has_its_twin(self, owner: type, key: str, action: str) -> None:
        """The twin is bound to the same command, and to no other of the same screen."""
        of_twin = [
            binding.action
            for binding in owner.BINDINGS  # type: ignore[attr-defined]
            if JAMO_OF_KEY[key] in binding.key.split(",")
        ]
        assert of_twin == [action]

    @pytest.mark.parametrize(
        ("latin", "screen"),
        [("n", "Setup"), ("d", "Drill"), ("r", "Lab"), ("p", "Plan"), ("e", "Exam")],
    )
    async def test_home(self, play: Play, latin: str, screen: str) -> None:
        """Each jamo opens the screen that its letter opens."""
        async with play() as hand:
            await hand.press(JAMO_OF_KEY[latin])
            await hand.comes_to(screen)

    async def test_a_whole_quiz_in_jamo(self, play: Play, ask: Ask) -> None:
        """Flag, down, choose, on, back, skip, undo, leave."""
        async with play(ask(CHOICE, "2-1-2-crisp-wrong-pair")) as hand:
            await hand.press("ㄹ")
            await hand.sees("[표시함]")
            await hand.press("ㅓ", "enter")
            assert len(hand.answers) == 1
            await hand.press("ㅜ")
            await hand.sees("2/2")
            await hand.press("ㄴ")
            assert len(hand.answers) == 2
            await hand.press("ㅠ")
            await hand.sees("1/2")
            await hand.press("ㅕ")
            assert len(hand.answers) == 1
            await hand.press("ㅂ")
            await hand.comes_to("Home")

    async def test_quit(self, play: Play) -> None:
        """ㅂ is q."""
        async with play() as hand:
            await hand.press("ㅂ")
            assert not hand.app.is_running


async def open_screen(hand: Hand, name: str) -> None:
    keys = {"Home": "", "Setup": "n", "Drill": "d", "Lab": "r", "Plan": "p", "Exam": "e"}
    if key := keys.get(name):
        await hand.press(key)
        await hand.comes_to(name)


def commands_of(screen: Screen[Any]) -> list[str]:
    """The words of the screen's own commands that can be given now."""
    return [
        active.tooltip
        for active in screen.active_bindings.values()
        if active.enabled and active.tooltip
    ]


class TestHelpAndPalette:
    """A command is one object: footer, help and palette tell the same."""

    @pytest.mark.parametrize("name", ["Home", "Setup", "Plan", "Drill"])
    async def test_help_lists_the_commands(self, play: Play, name: str) -> None:
        """? shows each command of the screen, and closes by the same key."""
        async with play(size=(120, 50)) as hand:
            await open_screen(hand, name)
            wanted = commands_of(hand.app.screen)
            assert wanted
            await hand.press("question_mark")
            await hand.comes_to("Help")
            for words in wanted:
                assert hand.text.count(f"  {words}") == 1, words
            await hand.press("question_mark")
            await hand.comes_to(name)

    async def test_help_from_a_field(self, play: Play, ask: Ask) -> None:
        """Where ? is a letter, F1 helps."""
        async with play(ask(SHORT)) as hand:
            await hand.press("f1")
            await hand.comes_to("Help")
            await hand.sees("답을 모른다고 하고 해설을 봅니다.")
            assert "맞은 것으로 합니다" not in hand.text, "only what can be done now"

    @pytest.mark.parametrize("name", ["Home", "Setup", "Quiz", "Lab", "Plan", "Exam", "Drill"])
    async def test_palette_holds_each_command_once(
        self, play: Play, ask: Ask, name: str, desk: Desk
    ) -> None:
        """However many keys a command has, and whether the app or the screen gives it."""
        async with play(ask(CHOICE) if name == "Quiz" else None) as hand:
            await open_screen(hand, name)
            commands = list(hand.app.get_system_commands(hand.app.screen))
            titles = [command.title for command in commands]
            helps = [command.help for command in commands]
            assert len(set(titles)) == len(titles)
            assert len(set(helps)) == len(helps)
            assert all(re.search("[가-힣]", title) or title == "R" for title in titles)

    async def test_palette_runs_a_command(self, play: Play) -> None:
        """Found by a Korean word, run by Enter."""
        async with play() as hand:
            await hand.press("ctrl+p")
            await hand.comes_to("CommandPalette")
            await hand.type("시험일")
            await hand.sees("시험일과 하루 공부 시간을 정합니다.")
            await hand.press("enter")
            await hand.comes_to("Exam")

    async def test_footer_is_korean(self, play: Play) -> None:
        """No English word stands in the footer of any screen."""
        async with play(size=(160, 50)) as hand:
            for name in ("Home", "Setup", "Lab", "Plan", "Exam", "Drill"):
                await open_screen(hand, name)
                footer = re.sub(r"Esc|Enter|F\d|\^[a-z]|\b[a-zR?]\b|f\d", "", hand.lines[-1])
                assert not re.search("[A-Za-z]{2,}", footer), footer
                for _ in range(3):
                    if hand.where != "Home":
                        await hand.press("escape")


KEY_TEXT = {
    "Home": "D-32",
    "Setup": "범위",
    "Drill": "R이 수를 뽑아",
    "Lab": "R 코드",
    "Plan": "D-32",
    "Exam": "어느 시험을 준비하나요?",
}


class TestSizes:
    """From 60 x 20 to 200 x 60."""

    @pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
    async def test_screens(self, play: Play, size: tuple[int, int]) -> None:
        """Every screen shows what it is for."""
        async with play(size=size) as hand:
            for name, text in KEY_TEXT.items():
                await open_screen(hand, name)
                await hand.sees(text)
                for _ in range(3):
                    if hand.where != "Home":
                        await hand.press("escape")
                await hand.comes_to("Home")

    @pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
    async def test_quiz_to_its_end(self, play: Play, ask: Ask, size: tuple[int, int]) -> None:
        """A question with R output, its feedback, the summary."""
        async with play(ask(R_CHOICE), size=size) as hand:
            await hand.sees("1/1", "InsectSprays")
            await hand.press("s")
            await hand.sees("모름 · 답:")
            await hand.press("n")
            await hand.sees("1문항 가운데 0문항 정답")

    async def test_typed_answer_below_a_long_exhibit(self, play: Play, ask: Ask) -> None:
        """The question is read from its beginning; what is typed is seen."""
        async with play(ask("3-3-3-hclust-merge-largest"), size=(60, 16)) as hand:
            await hand.sees("난이도")
            await hand.type("12345")
            await hand.sees("12345")

    @pytest.mark.parametrize("size", [(20, 5), (40, 12)], ids=["20x5", "40x12"])
    async def test_too_small_and_back(self, play: Play, ask: Ask, size: tuple[int, int]) -> None:
        """It asks for more room, and goes on where it was: the keys work again."""
        async with play(ask(CHOICE, SHORT)) as hand:
            await hand.resize(*size)
            await hand.sees("창을 넓혀", f"{size[0]}×{size[1]}")
            await hand.resize(80, 24)
            await hand.sees("1/2")
            assert "창을 넓혀" not in hand.text
            await hand.press("1")
            await hand.sees("답:")
            await hand.resize(*size)
            assert "답:" not in hand.text, "only the word about the size"
            await hand.resize(80, 24)
            await hand.press("n")
            await hand.sees("2/2")
            await hand.resize(*size)
            await hand.resize(80, 24)
            await hand.type("isp")
            await hand.press("enter")
            await hand.sees("정답 · 답: ISP")

    @pytest.mark.parametrize("size", [(20, 5), (40, 12), (1, 1)], ids=["20x5", "40x12", "1x1"])
    async def test_small_from_the_start(self, play: Play, size: tuple[int, int]) -> None:
        """Opened small, it says so, and the menu works once there is room."""
        async with play(size=size) as hand:
            if size != (1, 1):
                await hand.sees("창을 넓혀")
            await hand.resize(100, 34)
            await hand.sees("D-32")
            await hand.press("enter")
            await hand.comes_to("Quiz")

    async def test_blind_keys_answer_nothing(self, play: Play, ask: Ask) -> None:
        """A question that cannot be seen is not answered."""
        async with play(ask(CHOICE)) as hand:
            await hand.resize(20, 5)
            await hand.press("1", "enter")
            assert hand.answers == []

    async def test_resize_storm(self, play: Play, ask: Ask) -> None:
        """Dragging a window edge ends with the question on the screen."""
        async with play(ask(R_CHOICE)) as hand:
            for width in range(30, 180, 10):
                await hand.resize(width, width // 4)
            await hand.resize(100, 34)
            await hand.sees("1/1", "InsectSprays")
