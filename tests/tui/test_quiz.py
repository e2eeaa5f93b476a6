"""A quiz from the first question to the end of its session, as a learner in a hurry plays it."""

from __future__ import annotations

import resource
from typing import TYPE_CHECKING

import msgspec
import pytest

from adsp.bank.question import Choice, Exhibit, Kind, Question
from adsp.store.events import Answered, Flagged, Retracted, Ruled, SessionEnded, Verdict
from adsp.store.log import read_events

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.tui.conftest import Ask, Hand, Play

    from adsp.desk.desk import Desk
    from adsp.session.session import Session

CHOICE = "2-1-2-risk-transfer"
OTHER_CHOICE = "2-1-2-crisp-wrong-pair"
SHORT = "2-2-1-isp-short"
NUMBER = "3-2-2-paired-t-statistic"
"""Its answer is 2.5."""
R_CHOICE = "3-2-2-summary-insectsprays"


def session_of(hand: Hand) -> Session:
    session: Session = hand.app.screen.session  # type: ignore[attr-defined]
    return session


def key_number(hand: Hand) -> int:
    """The number of the right choice, as it was shuffled."""
    place = session_of(hand).place
    return place.choices.index(place.question.key) + 1


def wrong_number(hand: Hand) -> int:
    return key_number(hand) % 4 + 1


def words(text: str) -> str:
    """Text as `Hand.flat` shows it, without Markdown."""
    return " ".join(text.replace("**", "").replace("`", "").split())


class TestChoices:
    """Four choices, and every way to take one."""

    @pytest.mark.parametrize("number", [1, 4])
    async def test_by_number(self, play: Play, ask: Ask, number: int) -> None:
        """The number on the screen is the choice that is stored, however they were shuffled."""
        async with play(ask(CHOICE)) as hand:
            name = session_of(hand).place.choices[number - 1].name
            await hand.press(str(number))
            assert [answer.given for answer in hand.answers] == [name]

    @pytest.mark.parametrize(
        ("keys", "index"),
        [
            pytest.param(["enter"], 0, id="enter-at-once"),
            pytest.param(["down", "down", "enter"], 2, id="down"),
            pytest.param(["up", "enter"], 3, id="up-wraps-around"),
            pytest.param(["j", "j", "k", "enter"], 1, id="letters"),
        ],
    )
    async def test_by_arrows(self, play: Play, ask: Ask, keys: list[str], index: int) -> None:
        """The choice pointed at is marked with >, and Enter takes it."""
        async with play(ask(CHOICE)) as hand:
            await hand.press(*keys[:-1])
            assert any(line.lstrip().startswith(f"> {index + 1}.") for line in hand.lines)
            await hand.press("enter")
            assert hand.answers[0].given == session_of(hand).place.choices[index].name

    @pytest.mark.parametrize("number", [1, 4])
    async def test_by_mouse(self, play: Play, ask: Ask, number: int) -> None:
        """A click on a choice takes it, a second click on another changes nothing."""
        async with play(ask(CHOICE)) as hand:
            chosen = session_of(hand).place.choices[number - 1]
            await hand.click(words(chosen.text))
            await hand.click(words(session_of(hand).place.choices[number % 4].text))
            assert [answer.given for answer in hand.answers] == [chosen.name]

    async def test_feedback_tells_all(self, play: Play, ask: Ask) -> None:
        """Key, what was taken, the reason of each of the four, explanation and sources."""
        async with play(ask(CHOICE), size=(160, 50)) as hand:
            right, wrong = key_number(hand), wrong_number(hand)
            await hand.press(str(wrong))
            await hand.sees(f"X {wrong}.", f"O {right}.", "오답", f"답: {right}번", "정답 0/1")
            question = session_of(hand).question
            for choice in question.choices:
                assert words(choice.why)[:40] in hand.flat
            assert "해설 " + words(question.explanation)[:40] in hand.flat
            assert "출처: " + question.sources[0] in hand.flat

    async def test_right(self, play: Play, ask: Ask) -> None:
        """The right choice is told in words and marked O."""
        async with play(ask(CHOICE)) as hand:
            await hand.press(str(key_number(hand)))
            await hand.sees("O 정답", "정답 1/1")
            assert hand.answers[0].verdict is Verdict.RIGHT

    async def test_skip(self, play: Play, ask: Ask) -> None:
        """Giving up shows the key and the explanation, and is stored as giving up."""
        async with play(ask(CHOICE)) as hand:
            right = key_number(hand)
            await hand.press("s")
            await hand.sees(f"- 모름 · 답: {right}번", "해설")
            assert (hand.answers[0].given, hand.answers[0].verdict) == ("", Verdict.SKIP)

    async def test_number_keys_rest_after_the_answer(self, play: Play, ask: Ask) -> None:
        """A second number does not change the answer."""
        async with play(ask(CHOICE, OTHER_CHOICE)) as hand:
            await hand.press("1", "2", "3")
            assert len(hand.answers) == 1


class TestInAHurry:
    """Keys that come faster than the screen can draw."""

    async def test_a_key_belongs_to_the_question_it_was_pressed_on(
        self, play: Play, ask: Ask, desk: Desk
    ) -> None:
        """1, next, 1, next ... at once: every stored name is a choice of its own question."""
        chosen = [q for q in desk.bank.questions if q.kind is Kind.CHOICE and not q.exhibit][:6]
        async with play(ask(*chosen)) as hand:
            await hand.burst(*["1", "n"] * 6)
            await hand.until(lambda: bool(hand.answers), "an answer")
            places = session_of(hand).places
            for answer in hand.answers:
                names = {choice.name for choice in places[answer.place].choices}
                assert answer.question == places[answer.place].question.id
                assert answer.given in names
                assert answer.given == places[answer.place].choices[0].name
            assert len({answer.place for answer in hand.answers}) == len(hand.answers)

    async def test_a_number_hammered_is_one_answer(self, play: Play, ask: Ask) -> None:
        """The same question is not answered twice."""
        async with play(ask(CHOICE, OTHER_CHOICE)) as hand:
            await hand.burst(*"1212121212")
            assert len([e for e in hand.stored if isinstance(e, Answered)]) == 1

    async def test_enter_hammered_walks_to_the_end(self, play: Play, ask: Ask) -> None:
        """Enter answers and goes on; at the end stands one summary, ended once."""
        async with play(ask(CHOICE, OTHER_CHOICE)) as hand:
            for _ in range(4):
                await hand.press("enter")
            await hand.comes_to("Summary")
            assert len([e for e in hand.stored if isinstance(e, SessionEnded)]) == 1


class TestTyped:
    """Short answers and numbers."""

    async def test_right(self, play: Play, ask: Ask) -> None:
        """An accepted form, in another case."""
        async with play(ask(SHORT)) as hand:
            await hand.type("isp")
            await hand.press("enter")
            await hand.sees("O 정답 · 답: ISP", "해설")
            assert (hand.answers[0].given, hand.answers[0].verdict) == ("isp", Verdict.RIGHT)

    async def test_wrong(self, play: Play, ask: Ask) -> None:
        """Another word is wrong, and stays on the screen beside the right one."""
        async with play(ask(SHORT)) as hand:
            await hand.type("빅데이터")
            await hand.press("enter")
            await hand.sees("X 오답 · 답: ISP", "빅데이터")
            assert hand.answers[0].verdict is Verdict.WRONG

    async def test_near_miss_is_the_learners_to_rule(self, play: Play, ask: Ask) -> None:
        """A slip of the pen is shown as near; y makes it right, in the log too."""
        async with play(ask(SHORT)) as hand:
            await hand.type("정보전략게획")
            await hand.press("enter")
            await hand.sees("△ 거의 맞음", "맞은 것으로 하려면 y", "y 맞은 것으로")
            await hand.press("y")
            await hand.sees("스스로 맞은 것으로 했습니다.", "정답 1/1")
            ruling = next(event for event in hand.stored if isinstance(event, Ruled))
            assert (ruling.answer, ruling.verdict) == (hand.answers[0].id, Verdict.RIGHT)

    async def test_near_miss_left_alone_is_not_right(self, play: Play, ask: Ask) -> None:
        """Who goes on without y has not answered right."""
        async with play(ask(SHORT)) as hand:
            await hand.type("정보전략게획")
            await hand.press("enter", "n")
            await hand.comes_to("Summary")
            await hand.sees("1문항 가운데 0문항 정답", "△ 1.")

    async def test_nothing_typed(self, play: Play, ask: Ask) -> None:
        """Enter on the empty field is no answer."""
        async with play(ask(SHORT)) as hand:
            await hand.press("enter")
            await hand.sees("답을 적으세요. 모르면 F4.")
            await hand.press("space", "enter")
            assert hand.answers == []
            await hand.press("f4")
            await hand.sees("- 모름")

    async def test_number(self, play: Play, ask: Ask) -> None:
        """Words are refused with a line; then a fraction is taken."""
        async with play(ask(NUMBER)) as hand:
            await hand.type("둘 반")
            await hand.press("enter")
            await hand.sees("수로 적어 주세요")
            assert hand.answers == []
            await hand.press("end", *["backspace"] * 3)
            await hand.type("5/2")
            await hand.press("enter")
            await hand.sees("O 정답 · 답: 2.5")
            assert hand.answers[0].given == "5/2"

    @pytest.mark.parametrize("answer", ["5/0", "1e999", "0x10", "--", "½"])
    async def test_strange_numbers(self, play: Play, ask: Ask, answer: str) -> None:
        """What is no number here never ends the app, nor is it called right."""
        async with play(ask(NUMBER)) as hand:
            await hand.type(answer)
            await hand.press("enter")
            assert hand.app.is_running
            assert all(a.verdict is not Verdict.RIGHT for a in hand.answers)

    async def test_letters_are_the_fields_own(self, play: Play, ask: Ask) -> None:
        """While a field has the focus, n, s, f, q, u and ? are letters, not commands."""
        async with play(ask(SHORT, CHOICE)) as hand:
            await hand.type("nsfqbury?ㅜ")
            await hand.sees("nsfqbury?ㅜ")
            assert session_of(hand).at == 0
            assert hand.answers == []

    async def test_escape_leaves_the_field_first(self, play: Play, ask: Ask) -> None:
        """Then the letters are commands again."""
        async with play(ask(SHORT, CHOICE)) as hand:
            await hand.press("escape", "n")
            await hand.sees("2/2")


class TestHostileText:
    """What comes from files, R and the keyboard is drawn as it is."""

    MARKED = "x[[2]] 와 [red]빨강[/red] 그리고 [/] [@click=app.quit]끝[/] <NA> a<b> {x} $y"

    async def test_stem_exhibit_choices_reasons(self, play: Play, ask: Ask) -> None:
        """Brackets, tags and braces appear unaltered in every part of a question."""
        async with play(ask(self.question()), size=(160, 50)) as hand:
            await hand.sees(
                f"가 {self.MARKED}", f"나 {self.MARKED}", f"다 {self.MARKED}", "자료 x[[1]] [red]"
            )
            await hand.press("1")
            await hand.sees(f"이유 {self.MARKED}", f"풀이 {self.MARKED}", f"출처: {self.MARKED}")

    async def test_typed_answer(self, play: Play, ask: Ask) -> None:
        """A typed answer with brackets is wrong, not the end of the app."""
        async with play(ask(SHORT)) as hand:
            await hand.type("[/b] x[[2]]")
            await hand.press("enter")
            await hand.sees("[/b] x[[2]]", "오답")

    async def test_pasted_answer(self, play: Play, ask: Ask) -> None:
        """The first line counts, without what a terminal would obey."""
        async with play(ask(SHORT)) as hand:
            await hand.paste("I\x1b[31mSP\x07\r둘째 줄")
            await hand.press("enter")
            assert hand.answers[0].given == "ISP"

    async def test_escape_sequences_do_not_pass(self, play: Play, ask: Ask) -> None:
        """A terminal would obey them."""
        bad = msgspec.structs.replace(
            self.question(), stem="앞\x1b[2J\x1b]0;t\x07\x9b31m뒤\u202e끝"
        )
        async with play(ask(bad)) as hand:
            await hand.sees("앞뒤끝")
            assert not set(hand.text) & {"\x1b", "\x9b", "\x07", "\u202e"}

    def question(self) -> Question:
        choices = tuple(
            Choice(name, f"{mark} {self.MARKED}", f"이유 {self.MARKED}", key=name == "a")
            for name, mark in zip("abcd", "나다라마", strict=True)
        )
        return Question(
            "3-1-1-hostile",
            "3-1-1",
            "R",
            Kind.CHOICE,
            f"가 {self.MARKED}",
            f"풀이 {self.MARKED}",
            3,
            (),
            (self.MARKED,),
            exhibit=Exhibit(text=f"다 {self.MARKED}", caption="자료 x[[1]] [red] [/]"),
            choices=choices,
        )


class TestWay:
    """On, back, flag, undo, leave and come back."""

    async def test_on_and_back(self, play: Play, ask: Ask) -> None:
        """Back shows the answered question with its feedback; on, the open one."""
        async with play(ask(CHOICE, SHORT, NUMBER)) as hand:
            await hand.press("1", "n")
            await hand.sees("2/3")
            await hand.press("escape", "b")
            await hand.sees("1/3", "해설")
            await hand.press("b")
            await hand.sees("1/3")
            await hand.press("n", "escape", "n", "escape", "n")
            await hand.is_told("마지막 문항입니다")

    async def test_end_with_open_places_goes_to_them(self, play: Play, ask: Ask) -> None:
        """The last question answered, the first not: on goes to what is open."""
        async with play(ask(CHOICE, OTHER_CHOICE)) as hand:
            await hand.press("n", "1", "n")
            await hand.is_told("아직 풀지 않은 문항이 있어")
            await hand.sees("1/2")

    async def test_flag(self, play: Play, ask: Ask) -> None:
        """A flag shows, is stored, and comes off again."""
        async with play(ask(CHOICE)) as hand:
            await hand.press("f")
            await hand.sees("[표시함]")
            await hand.press("f")
            assert "[표시함]" not in hand.text
            flags = [event.on for event in hand.stored if isinstance(event, Flagged)]
            assert flags == [True, False]

    async def test_undo(self, play: Play, ask: Ask) -> None:
        """The answer counts no more, its question is asked again, and a new answer is taken."""
        async with play(ask(CHOICE, OTHER_CHOICE)) as hand:
            await hand.press(str(wrong_number(hand)), "n")
            await hand.sees("2/2")
            await hand.press("u")
            await hand.sees("1/2", "정답 0/0")
            assert hand.answers == []
            assert any(isinstance(event, Retracted) for event in hand.stored)
            await hand.press(str(key_number(hand)))
            await hand.sees("정답 1/1")
            assert [a.verdict for a in hand.answers] == [Verdict.RIGHT]

    async def test_leave_and_resume(self, play: Play, ask: Ask) -> None:
        """Home offers what was left; it goes on at the first open question."""
        async with play(ask(CHOICE, OTHER_CHOICE)) as hand:
            await hand.press("1", "n", "escape")
            await hand.comes_to("Home")
            await hand.sees("풀던 세션이 있습니다: 시험 · 2문항")
            await hand.press("enter")
            await hand.comes_to("Quiz")
            await hand.sees("2/2", "/1")

    async def test_flag_of_an_earlier_session_shows(self, play: Play, ask: Ask) -> None:
        """A question flagged before is flagged wherever it is asked."""
        async with play(ask(CHOICE)) as hand:
            await hand.press("f", "escape")
            again = ask(CHOICE)
            hand.app.open_session(again)
            await hand.sees("[표시함]")


class TestEnd:
    """The summary."""

    async def test_score_sections_and_what_to_look_at_again(self, play: Play, ask: Ask) -> None:
        """One right of three, by section, with the missed ones to open again."""
        async with play(ask(CHOICE, OTHER_CHOICE, NUMBER)) as hand:
            await hand.press(str(key_number(hand)), "n")
            await hand.press(str(wrong_number(hand)), "n")
            await hand.type("3")
            await hand.press("enter", "n")
            await hand.comes_to("Summary")
            await hand.sees("33% 3문항 가운데 1문항 정답", "1/2 2-1-2", "0/1 3-2-2", "다시 볼 절:")
            await hand.sees("X 2.", "X 3.", "다시 볼 문항")
            assert any(isinstance(e, SessionEnded) and e.finished for e in hand.stored)

    async def test_look_again_opens_the_feedback(self, play: Play, ask: Ask) -> None:
        """Looking at a missed question again changes nothing, and comes back to the summary."""
        async with play(ask(CHOICE)) as hand:
            await hand.press(str(wrong_number(hand)), "n", "enter")
            await hand.comes_to("Quiz")
            await hand.sees("해설", "X 오답")
            before = hand.stored
            assert "되돌리기" not in hand.text
            await hand.press("u", "n")
            await hand.comes_to("Summary")
            assert hand.stored == before
            await hand.press("escape")
            await hand.comes_to("Home")

    async def test_wrong_again(self, play: Play, ask: Ask) -> None:
        """w asks anew what this session's summary lists, and only that."""
        async with play(ask(CHOICE, OTHER_CHOICE)) as hand:
            await hand.press(str(key_number(hand)), "n")
            await hand.press(str(wrong_number(hand)), "n")
            await hand.comes_to("Summary")
            await hand.press("w")
            await hand.comes_to("Quiz")
            await hand.sees("다시 풀기 · 1문항")
            assert session_of(hand).question.id == OTHER_CHOICE

    async def test_all_right(self, play: Play, ask: Ask) -> None:
        """Nothing to look at again is said, and w has nothing to ask."""
        async with play(ask(CHOICE)) as hand:
            await hand.press(str(key_number(hand)), "n")
            await hand.sees("100%", "70% 이상 맞았습니다")
            await hand.press("w")
            await hand.is_told("다시 볼 문항이 없습니다")
            await hand.press("h")
            await hand.comes_to("Home")


class TestStore:
    """Stored first, drawn after."""

    async def test_each_answer_is_on_the_disk_before_its_feedback(
        self, play: Play, ask: Ask, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Another reader finds the answer at the moment its feedback begins to be drawn."""
        from adsp.tui.screens.quiz import QuizScreen

        seen: list[int] = []
        draw = QuizScreen._reveal

        def look_then_draw(screen: QuizScreen) -> None:
            answers = [e for e in read_events(desk.paths.log) if isinstance(e, Answered)]
            seen.append(len(answers))
            draw(screen)

        monkeypatch.setattr(QuizScreen, "_reveal", look_then_draw)
        async with play(ask(CHOICE, OTHER_CHOICE, NUMBER)) as hand:
            await hand.press("1", "n", "s", "n", "2", "enter")
        assert seen == [1, 2, 3]

    async def test_full_disk(
        self, play: Play, ask: Ask, desk: Desk, full_disk: Callable[[Path], None]
    ) -> None:
        """A refused answer is told of, the question stays open, and it can be given again."""
        async with play(ask(CHOICE)) as hand:
            full_disk(desk.paths.log)
            await hand.press("1")
            await hand.is_told("이미 저장된 기록은 그대로입니다")
            assert hand.where == "Quiz"
            assert "해설" not in hand.text
            await hand.press("f", "s", "u", "n")
            assert hand.app.is_running
            full_disk.free()  # type: ignore[attr-defined]
            assert hand.answers == []
            await hand.press("1")
            await hand.sees("해설")
            assert len(hand.answers) == 1

    async def test_looking_only(self, play: Play, ask: Ask, desk: Desk) -> None:
        """A desk that may not write refuses each answer in words."""
        session = ask(CHOICE)
        desk.study._log = None
        async with play(session) as hand:
            await hand.press("1")
            await hand.is_told("저장할 수 없습니다")
            assert hand.answers == []


class Disk:
    """Lets no file of this process grow past what the log is now, until it is freed."""

    def __init__(self) -> None:
        self._before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def __call__(self, log: Path) -> None:
        wal = log.with_name(log.name + "-wal")
        size = wal.stat().st_size if wal.exists() else 0
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, self._before[1]))

    def free(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, self._before)


@pytest.fixture
def full_disk() -> Iterator[Disk]:
    disk = Disk()
    yield disk
    disk.free()
