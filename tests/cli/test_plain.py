"""The quiz line by line: answers on stdin, questions on stdout, all of it in the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adsp.bank.question import Kind
from adsp.cli.plain import ask
from adsp.session.select import Filter
from adsp.settings import find_paths
from adsp.store.events import Answered, Flagged, Retracted, Ruled, SessionEnded, Verdict
from adsp.store.log import read_events

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Ran
    from tests.conftest import Maker

    from adsp.desk.desk import Desk
    from adsp.store.events import Event

ESC = "\x1b"


@pytest.fixture
def play(
    sit: Callable[..., Desk],
    make: Maker,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., str]:
    """Ask one question of a kind, with these lines typed; what was said comes back."""

    def run(kind: Kind, *lines: str) -> str:
        desk = sit(bank=make.bank(make.choice(), make.short(), make.number()))
        typed = iter(lines)

        def read(prompt: str = "") -> str:
            try:
                line = next(typed)
            except StopIteration:
                raise EOFError from None
            if line == "\udcff":
                raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")
            return line

        monkeypatch.setattr("builtins.input", read)
        ask(desk, desk.study.start_quiz(Filter(frozenset(), frozenset({kind})), 1, "하나"))
        desk.close()
        return capsys.readouterr().out

    return run


def stored() -> list[Event]:
    """What the log holds after the start of the session."""
    return read_events(find_paths().log)[1:]


def verdicts() -> list[Verdict]:
    return [event.verdict for event in stored() if isinstance(event, Answered)]


class TestTurns:
    def test_to_the_end(self, play: Callable[..., str]) -> None:
        said = play(Kind.SHORT, "결정계수")
        assert "정답 · 답: 결정계수 = R-squared" in said
        assert "1문항 가운데 1문항 정답 (100%)" in said
        assert verdicts() == [Verdict.RIGHT]
        assert isinstance(stored()[-1], SessionEnded)

    def test_a_choice_by_its_number(self, play: Callable[..., str]) -> None:
        said = play(Kind.CHOICE, "5", "0", "a", "1 2", "-1", "2")
        assert said.count("1부터 4 사이의 번호를 적으세요.") == 5
        assert len(verdicts()) == 1

    def test_only_enter_is_giving_up(self, play: Callable[..., str]) -> None:
        assert "모름" in play(Kind.CHOICE, "")
        assert verdicts() == [Verdict.SKIP]

    def test_no_number_is_asked_again(self, play: Callable[..., str]) -> None:
        said = play(Kind.NUMBER, "많이", "1/0", "95%")
        assert said.count("수로 적어 주세요") == 2
        assert verdicts() == [Verdict.RIGHT]

    def test_a_known_mistake_is_named(self, play: Callable[..., str]) -> None:
        assert "민감도이다." in play(Kind.NUMBER, "0.8")

    @pytest.mark.parametrize(
        ("ruling", "verdict"),
        [("y", Verdict.RIGHT), ("ㅛ", Verdict.RIGHT), ("", Verdict.WRONG), ("n", Verdict.WRONG)],
    )
    def test_near(self, play: Callable[..., str], ruling: str, verdict: Verdict) -> None:
        """With the Korean input method on, y arrives as ㅛ."""
        play(Kind.SHORT, "결정게수", ruling)
        assert [event.verdict for event in stored() if isinstance(event, Ruled)] == [verdict]

    def test_gone_before_the_ruling(self, play: Callable[..., str]) -> None:
        """The answer is stored, nothing is ruled, and nothing breaks."""
        play(Kind.SHORT, "결정게수")
        assert verdicts() == [Verdict.NEAR]
        assert not any(isinstance(event, Ruled) for event in stored())


class TestCommands:
    @pytest.mark.parametrize("leave", [":q", ":ㅂ", ":Q", " :q "])
    def test_leave_and_come_back(self, play: Callable[..., str], leave: str) -> None:
        assert "이어서" in play(Kind.SHORT, leave)
        assert stored() == []

    def test_end_of_input_leaves(self, play: Callable[..., str]) -> None:
        assert "그만둡니다" in play(Kind.SHORT)
        assert stored() == []

    @pytest.mark.parametrize("flag", [":f", ":ㄹ"])
    def test_flag(self, play: Callable[..., str], flag: str) -> None:
        assert "[표시]" in play(Kind.SHORT, flag, ":q")
        assert isinstance(stored()[0], Flagged)

    def test_help(self, play: Callable[..., str]) -> None:
        assert play(Kind.SHORT, ":?", ":q").count("되돌리기") == 2

    @pytest.mark.parametrize("undo", [":u", ":ㅕ"])
    def test_undo_with_nothing_to_undo(self, play: Callable[..., str], undo: str) -> None:
        play(Kind.SHORT, undo, ":q")
        assert stored() == []


class TestHostileInput:
    @pytest.mark.parametrize(
        "line", ["\udc80\udcff", f"{ESC}[2J결정", "\x00", "가" * 100_000, "\u202e수계정결"]
    )
    def test_is_stored_clean(self, play: Callable[..., str], line: str) -> None:
        """Bytes that are no text, escapes, floods: judged like any other answer."""
        said = play(Kind.SHORT, line)
        assert ESC not in said
        assert verdicts() in ([Verdict.WRONG], [Verdict.SKIP])

    def test_bytes_that_cannot_be_read(self, play: Callable[..., str]) -> None:
        assert "읽을 수 없는 글자" in play(Kind.CHOICE, "\udcff", ":q")


class TestProcess:
    def test_a_whole_quiz(self, process: Callable[..., Ran]) -> None:
        """Given up four times over: the summary comes, nothing goes to stderr, the log is whole."""
        ran = process(
            "quiz", "--plain", "-n", "4", "-s", "3-2", "--now", "2021-10-05", given=b"\n" * 4
        )
        assert (ran.code, ran.err) == (0, "")
        assert "4문항 가운데 0문항 정답" in ran.out
        assert "다시 볼 절: 3-2-" in ran.out
        exported = process("log", "export")
        assert exported.out.count('"type":"answer"') == 4
        assert exported.err == "6줄\n"
        assert process("log", "check").code == 0

    def test_undo_over_two_questions(self, process: Callable[..., Ran]) -> None:
        ran = process("quiz", "--plain", "-n", "2", given=b"\n:u\n\n\n")
        assert ran.code == 0
        assert "[1/2]" in ran.out
        events = read_events(find_paths().log)
        assert sum(isinstance(event, Retracted) for event in events) == 1
        assert sum(isinstance(event, Answered) for event in events) == 3
        assert isinstance(events[-1], SessionEnded)

    def test_cut_off_and_gone_on_the_next_day(self, process: Callable[..., Ran]) -> None:
        """What was answered before the line broke is there."""
        ran = process("quiz", "--plain", "-n", "3", "--now", "2021-10-05", given=b"\n")
        assert ran.code == 0
        assert "풀던 세션" in process("today", "--now", "2021-10-06").out

    @pytest.mark.parametrize("given_", [b"\xff\xfe\n:q\n", b"\x1b[2J\x00\n:q\n", b"\xea\xb0\n"])
    def test_bytes_that_are_no_text(self, process: Callable[..., Ran], given_: bytes) -> None:
        ran = process("quiz", "--plain", "-k", "short", "-n", "1", given=given_)
        assert ran.code == 0, ran.err
        assert ran.quiet

    def test_wrong_then_right(self, process: Callable[..., Ran]) -> None:
        """A session of wrong answers makes one of what was wrong."""
        process("quiz", "--plain", "-n", "2", "--now", "2021-10-05", given=b"\n\n")
        ran = process("wrong", "--plain", "--now", "2021-10-05", given=b":q\n")
        assert "오답 · 2문항" in ran.out
        ran = process("review", "--plain", "--now", "2021-10-06", given=b":q\n")
        assert "복습 · 2문항" in ran.out

    def test_what_is_kept_afterwards(self, process: Callable[..., Ran], home: Path) -> None:
        """A backup is made at the end, and a bad place of the log is told of on stderr."""
        (home / ".stfolder").mkdir(parents=True)
        ran = process("quiz", "--plain", "-k", "choice", "-n", "1", given=b"1\n")
        assert ran.code == 0
        assert "Syncthing" in ran.err
        assert "Syncthing" not in ran.out
        assert len(list((home / "data" / "backups").glob("*-auto.db"))) == 1

    def test_folder_of_the_exchange_gone(self, process: Callable[..., Ran], home: Path) -> None:
        """Told on stderr; the quiz goes on."""
        (home / "config").mkdir(parents=True)
        settings = f'[sync]\nfolder = "{home / "nowhere"}"\n'
        (home / "config" / "settings.toml").write_text(settings, encoding="utf-8")
        ran = process("quiz", "--plain", "-k", "choice", "-n", "1", given=b"1\n")
        assert ran.code == 0
        assert "주고받지 못했습니다" in ran.err
        assert "해설:" in ran.out
