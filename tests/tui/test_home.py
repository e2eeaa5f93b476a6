"""The first screen: what it says of the day, and that every entry opens by key, Enter and mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adsp.store.events import Verdict

if TYPE_CHECKING:
    from tests.tui.conftest import Ask, Hand, Play

    from adsp.desk.desk import Desk

ENTRIES = [
    pytest.param("n", 1, "문제 풀기", "Setup", id="quiz"),
    pytest.param("d", 4, "계산 연습", "Drill", id="drill"),
    pytest.param("r", 5, "R 실험실", "Lab", id="lab"),
    pytest.param("p", 6, "시험일까지 계획", "Plan", id="plan"),
    pytest.param("e", 7, "시험일·공부 시간", "Exam", id="exam"),
]
SESSIONS = [
    pytest.param("v", 2, "복습 (", "복습 · 1문항", id="review"),
    pytest.param("w", 3, "오답 다시 풀기", "오답 · 1문항", id="wrong"),
]


@pytest.fixture
def one_missed(desk: Desk, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """One question answered wrong, its session ended; and it is due at once."""
    session = ask("2-1-2-risk-transfer")
    wrong = next(c.name for c in session.place.choices if not c.key)
    desk.study.end(desk.study.answer(session, wrong, 21_000))
    monkeypatch.setattr(desk.study, "due", lambda exam, day=None: ["2-1-2-risk-transfer"])


class TestTheDay:
    """What home says."""

    async def test_days_to_the_exam_and_the_next_date(self, play: Play) -> None:
        """The nearest known round is aimed at, and its registration is not forgotten."""
        async with play() as hand:
            await hand.sees("D-32", "제31회 ADsP", "2021-11-06(토)", "접수 시작 2021-10-12(화)")

    async def test_plan_of_today_and_empty_record(self, play: Play) -> None:
        """Before the first answer: what to do today, and no figures out of nothing."""
        async with play() as hand:
            await hand.sees("0분 / 60분", "1-1-1 데이터와 정보", "아직 푼 문항이 없습니다")
            await hand.sees("본 문항 0/", "복습 (0문항)", "오답 다시 풀기 (0문항)")
            await hand.sees("오늘 할 것 시작: 오늘의 새 문항을 풉니다.", "어림해 보입니다")

    async def test_counts_after_an_answer(self, play: Play, one_missed: None) -> None:
        """An answer shows in today, in the last days, in the score and in what is missed."""
        async with play() as hand:
            await hand.sees("1문항, 정답 0", "정답률 0%", "1일 이어서 공부", "본 문항 1/")
            await hand.sees("오답 다시 풀기 (1문항)", "합격 확률")

    async def test_unfinished_session_is_the_next_step(self, play: Play, ask: Ask) -> None:
        """A session left open is what Enter goes on with."""
        left = ask("2-1-2-risk-transfer", "3-1-2-sqldf")
        async with play() as hand:
            await hand.sees("풀던 세션이 있습니다: 시험 · 2문항")
            await hand.press("enter")
            await hand.comes_to("Quiz")
            assert hand.app.screen.session.id == left.id  # type: ignore[attr-defined]

    async def test_comes_back_up_to_date(self, play: Play, ask: Ask) -> None:
        """What was answered in a session is counted when home is seen again."""
        async with play(ask("2-1-2-risk-transfer")) as hand:
            await hand.press("s", "escape")
            await hand.comes_to("Home")
            await hand.sees("1문항, 정답 0")


class TestEntries:
    """Every entry opens its screen, whichever way."""

    @pytest.mark.parametrize(("key", "row", "label", "screen"), ENTRIES)
    async def test_screens(self, play: Play, key: str, row: int, label: str, screen: str) -> None:
        """By key, by Enter on the entry, and by a click on it; and back home each time."""
        async with play() as hand:
            for way in ("key", "enter", "click"):
                await choose(hand, way, key, row, label)
                await hand.comes_to(screen)
                await go_home(hand)

    @pytest.mark.parametrize(("key", "row", "label", "title"), SESSIONS)
    async def test_sessions(
        self, play: Play, one_missed: None, key: str, row: int, label: str, title: str
    ) -> None:
        """Review and 오답 open a session that holds what was missed."""
        async with play() as hand:
            for way in ("key", "enter", "click"):
                await choose(hand, way, key, row, label)
                await hand.comes_to("Quiz")
                await hand.sees(title)
                await go_home(hand)

    @pytest.mark.parametrize("key", ["v", "w"])
    async def test_nothing_to_repeat_is_told(self, play: Play, key: str) -> None:
        """An empty review is a sentence, not an empty session."""
        async with play() as hand:
            await hand.press(key)
            await hand.is_told("새 문항을 풀어 보세요")
            assert hand.where == "Home"

    async def test_enter_begins_the_day(self, play: Play) -> None:
        """Enter alone, on the first evening, asks the new questions of the plan."""
        async with play() as hand:
            await hand.press("enter")
            await hand.comes_to("Quiz")
            await hand.sees("오늘의 새 문항")

    async def test_enter_reviews_what_is_due(self, play: Play, one_missed: None) -> None:
        """What is due goes before what is new."""
        async with play() as hand:
            await hand.sees("복습할 문항이 1개 있습니다.")
            await hand.press("enter")
            await hand.sees("복습 · 1문항")

    async def test_q_quits(self, play: Play) -> None:
        """q closes the app with exit code 0."""
        async with play() as hand:
            await hand.press("q")
            assert hand.app.return_code == 0

    async def test_ctrl_c_says_how_to_quit_in_korean(self, play: Play) -> None:
        """The reflex does not kill the session, and the answer is not in English."""
        async with play() as hand:
            await hand.press("ctrl+c")
            await hand.is_told("앱을 끝내려면")
            assert hand.app.is_running


class TestTroubleAtTheStart:
    """What is wrong with the bank, the settings or the log is told, and the app lives."""

    async def test_bank_problems(self, play: Play, desk: Desk) -> None:
        """A broken file of one's own costs only itself, and is told of."""
        desk.paths.banks.mkdir(parents=True)
        (desk.paths.banks / "mine[b].toml").write_text("format_version = 1\nquestion = 3\n")
        del desk.__dict__["bank"]
        async with play() as hand:
            await hand.is_told("읽지 못한 문항이 1곳에 있습니다", "adsp bank lint")
            await hand.sees("D-32")

    @pytest.mark.parametrize("theme", ["no-such-theme", "[/bold]"])
    async def test_unknown_theme(self, play: Play, desk: Desk, theme: str) -> None:
        """A theme that is not there is told of by name, and the default is used."""
        change_screen(desk, theme)
        async with play() as hand:
            await hand.is_told(f"'{theme}' 이라는 테마는 없어")
            assert hand.app.theme == "textual-dark"

    async def test_theme_is_kept(self, play: Play, desk: Desk) -> None:
        """A theme that is chosen is there again next time."""
        async with play() as hand:
            hand.app.theme = "nord"
            await hand.pilot.pause()
            assert "nord" in desk.paths.settings.read_text(encoding="utf-8")
        async with play() as hand:
            assert hand.app.theme == "nord"

    async def test_no_color(self, play: Play, monkeypatch: pytest.MonkeyPatch, ask: Ask) -> None:
        """Without colours the marks still tell right from wrong."""
        monkeypatch.setenv("NO_COLOR", "1")
        async with play(ask("2-1-2-risk-transfer")) as hand:
            place = hand.app.screen.session.place  # type: ignore[attr-defined]
            await hand.press("s")
            await hand.sees(f"O {place.choices.index(place.question.key) + 1}.", "- 모름")
            assert hand.answers[0].verdict is Verdict.SKIP


def change_screen(desk: Desk, theme: str) -> None:
    import msgspec

    screen = msgspec.structs.replace(desk.settings.screen, theme=theme)
    desk.change(msgspec.structs.replace(desk.settings, screen=screen))


async def choose(hand: Hand, way: str, key: str, row: int, label: str) -> None:
    match way:
        case "key":
            await hand.press(key)
        case "enter":
            await hand.press("home", *["down"] * row, "enter")
        case _:
            await hand.click(label)


async def go_home(hand: Hand) -> None:
    """Escape until home is there; a field or an editor lets go of the focus first."""
    for _ in range(3):
        if hand.where != "Home":
            await hand.press("escape")
    await hand.comes_to("Home")
