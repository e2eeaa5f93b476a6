"""An evening with the real app: choose the exam, study, be killed, go on, report."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Run, Start, Terminal

LEAVE_ALTERNATE_SCREEN = b"\x1b[?1049l"


def logged(adsp: Run) -> list[dict[str, object]]:
    """The events of the log, by its own export."""
    return [json.loads(line) for line in adsp("log", "export").stdout.splitlines()]


def answers(events: list[dict[str, object]]) -> list[dict[str, object]]:
    return [event for event in events if event["type"] == "answer"]


class TestAnEvening:
    """From the first start to the report."""

    def test_killed_in_the_middle(self, start: Start, adsp: Run) -> None:
        """No answer is lost, the session goes on at its place, and the report counts them all."""
        app = start()
        app.sees("ADsP", "오늘 할 것 시작")
        choose_exam(app)
        begin_quiz_of_five(app)
        app.type("1")
        app.sees("답:")
        app.type("n")
        app.sees("2/5")
        app.type("2")
        app.sees("답:", "/2")
        app.signal(signal.SIGKILL)
        assert app.ends() == -signal.SIGKILL

        app = start()
        app.sees("풀던 세션이 있습니다", "2문항, 정답")
        app.type("enter")
        app.sees("3/5")
        app.type("3", "n")
        app.sees("4/5")
        app.type("s", "n")
        app.sees("5/5")
        app.type("4")
        app.sees("답:")
        app.type("n")
        app.sees("5문항 가운데", "모름 1")
        found = re.search(r"5문항 가운데 (\d)문항 정답", app.flat)
        assert found is not None
        app.type("escape")
        app.sees("오늘 할 것 시작")
        app.type("q")
        assert app.ends() == 0
        assert_restored(app)
        compare_report(adsp, right=int(found[1]))


def choose_exam(app: Terminal) -> None:
    app.type("e")
    app.sees("어느 시험을 준비하나요?", "제31회 · 2021-11-06")
    app.type("enter", "f5")
    app.sees("D-32", "제31회 ADsP")


def begin_quiz_of_five(app: Terminal) -> None:
    """The first subject, five questions, choices only."""
    app.type("n")
    app.sees("문항 수", "1과목")
    app.type("down", "tab", "5", "tab", " ")
    app.sees("X▌ 객관식")
    app.type("f5")
    app.sees("1/5", "데이터 이해 · 5문항")


def compare_report(adsp: Run, *, right: int) -> None:
    """The report says what the log says."""
    events = logged(adsp)
    given = answers(events)
    assert [event["place"] for event in given] == [0, 1, 2, 3, 4]
    assert sum(event["verdict"] == "right" for event in given) == right
    assert [event["verdict"] for event in given][3] == "skip"
    assert events[-1]["type"] == "end"
    assert events[-1]["finished"] is True

    told = json.loads(adsp("report", "--json").stdout)
    assert told["score"]["answers"] == len(given)
    assert told["score"]["right"] == right
    assert (told["exam"], told["days_left"]) == ("2021-11-06", 32)
    by_section = {
        line["code"]: line["score"]["answers"]
        for subject in told["subjects"]
        for line in subject["sections"]
    }
    sections = [str(event["section"]) for event in given]
    assert by_section == {code: sections.count(code) for code in set(sections)}

    text = adsp("report", "--format", "md").stdout
    assert f"답한 문항: **5** (정답 {right})" in text
    assert "제31회" in text
    assert adsp("log", "check").returncode == 0


def assert_restored(app: Terminal) -> None:
    """The terminal is left as it was found."""
    assert LEAVE_ALTERNATE_SCREEN in app.raw
    assert b"\x1b[?25h" in app.raw.rpartition(b"\x1b[?25l")[2]
    assert b"Traceback" not in app.raw


class TestMouse:
    """Everything can be done without the keyboard."""

    def test_a_question_by_mouse(self, start: Start, adsp: Run) -> None:
        """Menu, answer, next: three clicks."""
        app = start()
        app.click("오늘 할 것 시작")
        app.sees("오늘의 새 문항")
        while "1. " not in app.flat:  # a typed question first: on to one with choices
            app.click("다음")
        app.click("2. ")
        app.sees("답:")
        assert len(answers(logged(adsp))) == 1


class TestEnds:
    """However it ends, the terminal is left whole."""

    @pytest.mark.parametrize(
        ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=["TERM", "HUP"]
    )
    def test_signals(self, start: Start, number: signal.Signals, code: int, adsp: Run) -> None:
        """The answer is kept, the screen restored, the exit code tells the signal."""
        app = start("quiz", "-k", "choice", "-n", "2")
        app.sees("1/2")
        app.type("1")
        app.sees("답:")
        app.signal(number)
        assert app.ends() == code
        assert_restored(app)
        assert len(answers(logged(adsp))) == 1

    @pytest.mark.parametrize("time", range(4))
    def test_closed_terminal(self, start: Start, adsp: Run, time: int) -> None:
        """The window is closed: the process ends, and the log can be opened again. Several times,
        since "hang up" and "continue" come together, and which is first is chance.
        """
        app = start("quiz", "-k", "choice", "-n", "2")
        app.sees("1/2")
        app.type("1")
        app.sees("답:")
        app.hang_up()
        assert app.ends() == 129
        assert len(answers(logged(adsp))) == 1
        again = start()
        again.sees("풀던 세션이 있습니다")

    def test_continue_that_nobody_stopped(self, start: Start) -> None:
        """A second reader of the terminal would keep the process alive for ever."""
        app = start()
        app.sees("오늘 할 것 시작")
        app.signal(signal.SIGCONT)
        app.type("p")
        app.sees("챙길 날")
        app.type("\x11")
        assert app.ends() == 0

    def test_ctrl_c_is_no_way_out(self, start: Start) -> None:
        """The reflex tells how to quit."""
        app = start()
        app.sees("오늘 할 것 시작")
        app.type("\x03")
        app.sees("Ctrl+Q")
        app.type("\x11")
        assert app.ends() == 0

    def test_bytes_that_are_no_text(self, start: Start) -> None:
        """Line noise does not end the app."""
        app = start()
        app.sees("오늘 할 것 시작")
        app.send(b"\xff\xfe\xc3\x28")
        app.send(b"\x1b[<999;999;999M")
        app.send(b"\x1b[200~\x1b]0;x\x07\x1b[201~")
        app.type("p")
        app.sees("챙길 날")


class TestCrash:
    """A fault of the app itself."""

    def test_told_in_a_line_and_kept_in_a_file(self, start: Start, home: Path) -> None:
        """The terminal is restored, one line says where the details are, no traceback is shown."""
        app = start(
            "-c",
            "import adsp.tui.screens.home as home; home.look = lambda desk: 1 / 0;"
            "from adsp.cli import main; main([])",
        )
        assert app.ends() == 1
        assert_restored(app)
        assert "예상하지 못한 문제가 생겼습니다. 저장한 답은 그대로입니다." in app.flat
        assert "ZeroDivisionError" not in app.flat
        assert "ZeroDivisionError" in (home / "state" / "adsp.log").read_text(encoding="utf-8")


class TestRefusals:
    """What cannot be done is told in a line, at once."""

    def test_second_app(self, start: Start) -> None:
        """The log has one writer; the second app does not even open its screen."""
        first = start()
        first.sees("오늘 할 것 시작")
        second = start()
        assert second.ends() == 1
        assert "다른 adsp" in second.flat
        assert b"\x1b[?1049h" not in second.raw
        assert b"Traceback" not in second.raw
        first.type("p")
        first.sees("챙길 날")

    def test_commands_read_beside_the_app(self, start: Start, adsp: Run) -> None:
        """What only prints is not refused."""
        app = start()
        app.sees("오늘 할 것 시작")
        for command in (["today"], ["plan", "--json"], ["forecast"], ["log", "check"]):
            assert adsp(*command).returncode == 0, command

    @pytest.mark.parametrize(
        "arguments",
        [[], ["quiz"], ["review"], ["wrong"], ["drill"]],
        ids=lambda arguments: " ".join(arguments) or "adsp",
    )
    def test_no_terminal(self, adsp: Run, arguments: list[str]) -> None:
        """Exit code 2 and one line that says what to use; nothing on stdout."""
        done = adsp(*arguments)
        assert done.returncode == 2
        assert done.stdout == ""
        assert "터미널" in done.stderr
        assert done.stderr.count("\n") == 1

    def test_stdout_is_no_terminal(self, start: Start, learner: dict[str, str]) -> None:
        """``adsp | cat`` in a terminal: the same line."""
        done = subprocess.run(
            ["sh", "-c", '"$0" -m adsp | cat; exit 0', sys.executable],
            env=learner,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.stdout == ""
        assert "터미널" in done.stderr

    def test_damaged_log(self, start: Start, home: Path, adsp: Run) -> None:
        """A log that is no log is told of before the screen opens, and left as it is."""
        (home / "data").mkdir(parents=True)
        (home / "data" / "answers.db").write_bytes(b"no database " * 1000)
        app = start()
        assert app.ends() == 1
        assert "answers.db" in app.flat.replace(" ", "")
        assert (home / "data" / "answers.db").read_bytes() == b"no database " * 1000


class TestSmall:
    """A window of 20 x 5."""

    def test_told_and_lives(self, start: Start) -> None:
        """It asks for room; with room it works; small again, it asks again."""
        app = start(size=(20, 5))
        app.sees("창을 넓혀", "20×5")
        app.resize(80, 24)
        app.signal(signal.SIGWINCH)
        app.sees("오늘 할 것 시작")
        app.type("p")
        app.sees("챙길 날")
        app.resize(20, 5)
        app.sees("창을 넓혀")
        app.resize(80, 24)
        app.sees("챙길 날")
        app.type("escape")
        app.sees("오늘 할 것 시작")
        app.type("q")
        assert app.ends() == 0


class TestPlain:
    """The quiz line by line sits at the same desk."""

    def test_answers_and_leaves(self, adsp: Run, start: Start) -> None:
        """Wrong input is asked again; :q leaves; the app goes on where it was left."""
        done = adsp("quiz", "--plain", "-k", "choice", "-n", "3", stdin="9\nx\n2\n:f\n:u\n1\n:q\n")
        assert done.returncode == 0
        assert done.stdout.count("1부터 4 사이의 번호를 적으세요.") == 2
        assert "해설:" in done.stdout
        assert len(answers(logged(adsp))) == 2  # one of them taken back
        app = start()
        app.sees("풀던 세션이 있습니다")
        app.type("enter")
        app.sees("2/3")

    def test_end_of_input(self, adsp: Run) -> None:
        """End of file leaves, without a traceback."""
        done = adsp("quiz", "--plain", "-n", "2")
        assert done.returncode == 0
        assert "그만둡니다" in done.stdout
        assert done.stderr == ""

    def test_end_of_input_at_the_ruling(self, adsp: Run) -> None:
        """Input that ends at the question whether a near miss counts: the answer is kept."""
        stdin = "정보전략게획\n"
        done = adsp("quiz", "--plain", "-s", "2-2-1", "-k", "short", "-n", "1", stdin=stdin)
        assert "거의 맞음" in done.stdout
        assert done.returncode == 0
        assert "Traceback" not in done.stderr
        assert "예상하지 못한" not in done.stderr
