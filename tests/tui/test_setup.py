"""Choosing: the setup of a quiz, the drill, the exam day, the plan."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Checkbox, Input, Tree

from adsp.bank.question import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.tui.conftest import Ask, Hand, Play
    from textual.widgets.tree import TreeNode

    from adsp.desk.desk import Desk
    from adsp.session.session import Session


def session_of(hand: Hand) -> Session:
    session: Session = hand.app.screen.session  # type: ignore[attr-defined]
    return session


async def point_at(hand: Hand, code: str) -> None:
    """Put the cursor of the syllabus tree on a subject, chapter or section."""
    tree: Tree[str] = hand.app.screen.query_one(Tree)
    tree.root.expand_all()
    await hand.pilot.pause()
    tree.move_cursor(next(node for node in walk(tree.root) if node.data == code))
    await hand.pilot.pause()


def walk(node: TreeNode[str]) -> Iterator[TreeNode[str]]:
    yield node
    for child in node.children:
        yield from walk(child)


class TestSetup:
    """The made session obeys what was chosen."""

    @pytest.mark.parametrize("code", ["1", "3-2", "3-2-2"])
    async def test_scope(self, play: Play, desk: Desk, code: str) -> None:
        """Subject, chapter and section."""
        async with play() as hand:
            await hand.press("n")
            await point_at(hand, code)
            await hand.press("s")
            await hand.comes_to("Quiz")
            sections = {place.question.section for place in session_of(hand).places}
            assert sections <= set(desk.bank.syllabus.covered(code))
            await hand.sees(desk.bank.syllabus.name(code))

    async def test_keys_alone(self, play: Play) -> None:
        """Down to a subject, open, down to a chapter, s."""
        async with play() as hand:
            await hand.press("n", "down", "s")
            await hand.comes_to("Quiz")
            await hand.sees("데이터 이해 · 10문항")
            assert {p.question.subject for p in session_of(hand).places} == {"1"}

    async def test_enter_on_a_section_starts(self, play: Play) -> None:
        """Enter opens a chapter, and starts on a section."""
        async with play() as hand:
            await hand.press("n")
            await point_at(hand, "1-1-1")
            await hand.pilot.pause()
            await hand.press("enter")
            await hand.comes_to("Quiz")
            assert {p.question.section for p in session_of(hand).places} == {"1-1-1"}

    async def test_count_and_kinds(self, play: Play) -> None:
        """Five short ones, typed and ticked."""
        async with play() as hand:
            await hand.press("n")
            await hand.click("단답형")
            hand.app.screen.query_one("#count", Input).value = "5"
            await hand.press("f5")
            await hand.comes_to("Quiz")
            places = session_of(hand).places
            assert len(places) == 5
            assert {place.question.kind for place in places} == {Kind.SHORT}

    async def test_count_by_mouse(self, play: Play) -> None:
        """The numbers beside the field fill it; the button starts."""
        async with play() as hand:
            await hand.press("n")
            await hand.click(" 20 ")
            await hand.click("시작 (S)")
            await hand.comes_to("Quiz")
            assert len(session_of(hand).places) == 20

    async def test_available_follows(self, play: Play, desk: Desk) -> None:
        """What fits is counted as the choice changes."""
        async with play() as hand:
            await hand.press("n")
            await hand.sees(f"고른 범위에 {len(desk.bank.questions)}문항이 있습니다.")
            await point_at(hand, "3-2-2")
            fitting = sum(question.section == "3-2-2" for question in desk.bank.questions)
            await hand.sees(f"고른 범위에 {fitting}문항이 있습니다.")

    async def test_a_tick_shows_without_colour(self, play: Play) -> None:
        """A box that is not ticked does not look ticked."""
        async with play() as hand:
            await hand.press("n")
            await hand.sees("단답형")
            before = next(line for line in hand.lines if "단답형" in line)
            hand.app.screen.query_one("#kind-short", Checkbox).value = True
            await hand.pilot.pause()
            after = next(line for line in hand.lines if "단답형" in line)
            assert before.count("X") == after.count("X") - 1

    async def test_flagged_only(self, play: Play, desk: Desk, ask: Ask) -> None:
        """Only what was flagged; nothing flagged is told."""
        async with play() as hand:
            await hand.press("n")
            await hand.click("표시한 문항만")
            await hand.press("f5")
            await hand.is_told("고른 조건에 맞는 문항이 없습니다")
            desk.study.flag(ask("3-1-2-sqldf"))
            await hand.press("f5")
            await hand.comes_to("Quiz")
            assert [p.question.id for p in session_of(hand).places] == ["3-1-2-sqldf"]

    @pytest.mark.parametrize("count", ["0", "999", "", "-", "+", "-5", "1_", "+_"])
    async def test_wrong_count(self, play: Play, count: str) -> None:
        """A count that is none is told of, and nothing is started."""
        async with play() as hand:
            await hand.press("n")
            field = hand.app.screen.query_one("#count", Input)
            field.focus()
            await hand.press("end", *["backspace"] * 3)
            await hand.type(count)
            await hand.press("f5")
            if hand.where == "Quiz":  # the field refused the character
                pytest.fail(f"started with {field.value!r}")
            await hand.is_told("문항 수는 1에서 200 사이로 정하세요")
            assert hand.stored == []


class TestExam:
    """The day aimed at."""

    async def test_choose_a_round_by_keys(self, play: Play, desk: Desk) -> None:
        """A known round, Enter, F5: it is kept, and home counts to it."""
        async with play() as hand:
            await hand.press("e")
            await hand.sees("어느 시험을 준비하나요?", "제31회 · 2021-11-06")
            await hand.press("enter", "f5")
            await hand.comes_to("Home")
            assert desk.settings.exam.date == date(2021, 11, 6)
            assert "2021-11-06" in desk.paths.settings.read_text(encoding="utf-8")

    @pytest.mark.parametrize(
        ("selector", "text", "told"),
        [
            pytest.param("#exam-day", "2021-10-04", "이미 지났습니다", id="past"),
            pytest.param("#exam-day", "내년 봄", "2021-11-06 처럼 적으세요", id="words"),
            pytest.param("#exam-day", "2021-02-30", "처럼 적으세요", id="no-such-day"),
            pytest.param("#exam-day", "[/b]", "'[/b]'", id="markup"),
            pytest.param("#exam-day", "", "시험일을 적으세요", id="empty"),
            pytest.param("#start-day", "2021-11-06", "보다 앞서야", id="start-on-the-day"),
            pytest.param("#minutes", "4", "5분에서 960분", id="too-short"),
            pytest.param("#minutes", "-", "5분에서 960분", id="no-number"),
            pytest.param("#minutes", "", "5분에서 960분", id="no-minutes"),
        ],
    )
    async def test_refused_with_a_line(
        self, play: Play, desk: Desk, selector: str, text: str, told: str
    ) -> None:
        """What cannot be is told in place; nothing is kept."""
        async with play(size=(100, 40)) as hand:
            await hand.press("e")
            hand.app.screen.query_one(selector, Input).value = text
            await hand.press("f5")
            await hand.sees(told)
            assert hand.where == "Exam"
            assert not desk.paths.settings.exists()

    async def test_start_day_left_empty_means_today(self, play: Play, desk: Desk) -> None:
        """As the label says, also when another start was chosen before."""
        from adsp.desk.planning import choose

        choose(desk, date(2021, 11, 6), date(2021, 9, 1))
        async with play() as hand:
            await hand.press("e")
            hand.app.screen.query_one("#start-day", Input).value = ""
            await hand.press("f5")
            await hand.comes_to("Home")
            assert desk.settings.plan.start in {None, date(2021, 10, 5)}

    async def test_escape_changes_nothing(self, play: Play, desk: Desk) -> None:
        """Leaving is not saving."""
        async with play() as hand:
            await hand.press("e")
            hand.app.screen.query_one("#minutes", Input).value = "30"
            await hand.press("escape")
            await hand.comes_to("Home")
            assert desk.settings.plan.minutes == 60


class TestPlan:
    """The days back from the exam."""

    async def test_days(self, play: Play) -> None:
        """Milestones, days, today marked; E leads to the exam day and back to the new plan."""
        async with play(size=(100, 50)) as hand:
            await hand.press("p")
            await hand.comes_to("Plan")
            await hand.sees("D-32", "챙길 날", "접수 시작", "> 10-05(화)")
            await hand.press("e")
            await hand.comes_to("Exam")
            hand.app.screen.query_one("#minutes", Input).value = "30"
            await hand.press("f5")
            await hand.comes_to("Plan")
            await hand.sees("30분")

    async def test_no_exam_known(self, play: Play, desk: Desk) -> None:
        """After the last known round: told what to press."""
        from adsp.settings import ExamGoal, Settings

        desk.settings = Settings(exam=ExamGoal(date=date(2021, 10, 1)))
        async with play() as hand:
            await hand.press("p")
            await hand.sees("E 를 눌러 시험일을 정하면")
            await hand.is_told("이미 지났습니다")
