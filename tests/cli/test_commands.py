"""Every command: help, JSON, exit codes, and a sentence instead of a traceback."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest

from adsp.cli import adsp as group
from adsp.cli import main
from adsp.cli.common import keep_trace
from adsp.settings import find_paths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.cli.conftest import Ran

NOW = "2021-10-05T20:00"


def commands(of: click.Command, name: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command and every group, by the words that call it."""
    yield name
    if isinstance(of, click.Group):
        context = click.Context(of)
        for word in of.list_commands(context):
            child = of.get_command(context, word)
            assert child is not None
            yield from commands(child, (*name, word))


ALL = [*commands(group)]
JSON = [
    ("today", "--now", NOW),
    ("plan", "--now", NOW),
    ("forecast", "--now", NOW),
    ("bank", "sections"),
    ("bank", "lint"),
    ("r", "demos"),
    ("log", "check"),
    ("paths",),
]


class TestHelp:
    @pytest.mark.parametrize("name", ALL, ids=" ".join)
    @pytest.mark.parametrize("option", ["-h", "--help"])
    def test_in_korean(self, adsp: Callable[..., Ran], name: tuple[str, ...], option: str) -> None:
        """What it does stands in the first lines, on stdout."""
        ran = adsp(*name, option)
        assert (ran.code, ran.err) == (0, "")
        assert re.search("[가-힣]{2}", ran.out.split("옵션:")[0]), ran.out

    @pytest.mark.parametrize("name", ALL, ids=" ".join)
    def test_every_option_says_what_it_does(self, name: tuple[str, ...]) -> None:
        command: click.Command = group
        for word in name:
            assert isinstance(command, click.Group)
            found = command.get_command(click.Context(command), word)
            assert found is not None
            command = found
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert re.search("[가-힣A-Z]", parameter.help or ""), (name, parameter.name)

    def test_the_list_and_the_commands_agree(self, adsp: Callable[..., Ran]) -> None:
        """The short help of the list is written apart from the commands; none may be missing."""
        listed = adsp("-h").out
        for name in ("quiz", "review", "wrong", "drill", "today", "plan", "doctor", "completion"):
            assert re.search(rf"^  {name} +[가-힣R]", listed, re.MULTILINE), name

    def test_version(self, adsp: Callable[..., Ran]) -> None:
        assert re.fullmatch(r"adsp \d+\.\d+\.\d+\n", adsp("--version").out)


class TestJson:
    @pytest.mark.parametrize("name", JSON, ids=" ".join)
    def test_parses(self, adsp: Callable[..., Ran], name: tuple[str, ...]) -> None:
        ran = adsp(*name, "--json")
        assert ran.code == 0
        json.loads(ran.out)
        assert ran.err == ""

    def test_says_what_the_text_says(self, adsp: Callable[..., Ran]) -> None:
        told = json.loads(adsp("plan", "--now", NOW, "--json").out)
        assert (told["exam"], told["today"], told["days_left"]) == ("2021-11-06", "2021-10-05", 32)
        assert "32일 남음" in adsp("plan", "--now", NOW).out
        today = json.loads(adsp("today", "--now", NOW, "--json").out)
        assert today["next"]["command"].startswith("adsp ")

    def test_a_question(self, adsp: Callable[..., Ran]) -> None:
        id_ = "3-2-2-welch-toothgrowth"
        shown = json.loads(adsp("bank", "show", id_, "--json").out)
        assert shown["id"] == id_
        assert shown["stem"] in adsp("bank", "show", id_).out

    def test_schema(self, adsp: Callable[..., Ran]) -> None:
        assert "$defs" in json.loads(adsp("bank", "schema").out)


class TestWrongUse:
    """Exit code 2, a Korean sentence on stderr, nothing on stdout."""

    @pytest.mark.parametrize(
        ("line", "told"),
        [
            ("quz", "혹시 quiz?"),
            ("엉뚱", "명령은 없습니다"),
            ("bank lnt", "혹시 lint?"),
            ("bank", "lint"),
            ("r", "demos"),
            ("log", "export"),
            ("quiz --plan", "혹시 --plain?"),
            ("--nwo 2021-10-05", "혹시 --now?"),
            ("quiz --plain --count", "값이 있어야"),
            ("quiz --plain --count many", "정수"),
            ("quiz --plain --kind essay", "choice, short, number"),
            ("quiz --plain -n 0", "1에서 200"),
            ("quiz --plain -n -1", "1에서 200"),
            ("review --plain -n -1", "1에서 200"),
            ("wrong --plain -n 0", "1에서 200"),
            ("drill --plain -n 0", "1에서 200"),
            ("drill --plain -t lmm", "생성기는 없습니다"),
            ("quiz --plain -s 9-9", "없는 과목"),
            ("quiz --plain -s 3-2-9", "혹시 3-2-"),
            ("quiz --plain -s 1-1-1 -k number --exhibit", "맞는 문항이 없습니다"),
            ("wrong --plain", "틀린 문항이 없습니다"),
            ("review --plain", "복습할 문항이 없습니다"),
            ("plan --exam 2021-13-01", "2021-11-06 처럼"),
            ("plan --exam 내일", "2021-11-06 처럼"),
            ("plan --exam 2020-01-01 --now 2021-10-05", "이미 지났습니다"),
            ("plan --exam 9999-12-31 --now 2021-10-05", "너무 멉니다"),
            ("plan --exam 2021-11-06 --start 2021-11-06 --now 2021-10-05", "앞서야"),
            ("plan --round 999 --now 2021-10-05", "제999회"),
            ("plan --round x", "정수"),
            ("plan --minutes 0 --now 2021-10-05", "5분에서"),
            ("plan --minutes 100000 --now 2021-10-05", "960분"),
            ("today --now garbage", "때를 읽을 수 없습니다"),
            ("--now garbage today", "때를 읽을 수 없습니다"),
            ("today --now 0001-01-01", "때를 읽을 수 없습니다"),
            ("today extra", "남는 말이 있습니다: extra"),
            ("bank show", "주어야 합니다"),
            ("bank show 3-2-2-welch", "혹시 3-2-2-welch-toothgrowth?"),
            ("r run nosuch.R", "열 수 없습니다"),
            ("r run /", "열 수 없습니다"),
            ("completion tcsh", "bash, zsh, fish"),
            ("", "터미널"),
            ("quiz", "터미널"),
        ],
    )
    def test_is_told(self, adsp: Callable[..., Ran], line: str, told: str) -> None:
        ran = adsp(*line.split())
        assert (ran.code, ran.out) == (2, "")
        assert told in ran.err
        assert ran.quiet
        assert ran.err.count("\n") == 1
        assert "  " not in ran.err

    def test_no_session_is_left_behind(self, adsp: Callable[..., Ran]) -> None:
        adsp("drill", "--plain", "-n", "0")
        adsp("quiz", "--plain", "-n", "0")
        assert adsp("log", "export").out == ""


class TestBrokenSurroundings:
    """What is wrong around the app is told in a sentence, whatever the command."""

    def test_settings(self, adsp: Callable[..., Ran]) -> None:
        path = find_paths().settings
        path.parent.mkdir(parents=True)
        path.write_text("[plan]\nminuts = 3\n")
        ran = adsp("today")
        assert ran.code == 2
        assert "minuts" in ran.err
        assert ran.quiet

    @pytest.mark.parametrize("command", ["today", "paths", "doctor", "bank sections"])
    def test_home_of_nobody(
        self, adsp: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, command: str
    ) -> None:
        monkeypatch.setenv("ADSP_HOME", "~nosuchuser/x")
        ran = adsp(*command.split())
        assert ran.code in {1, 2}
        assert "ADSP_HOME" in ran.out + ran.err
        assert ran.quiet

    @pytest.mark.parametrize("command", ["today", "quiz --plain", "log check", "log export"])
    def test_a_log_that_is_none(self, adsp: Callable[..., Ran], command: str) -> None:
        log = find_paths().log
        log.parent.mkdir(parents=True)
        log.write_text("not a database, but long enough to look like a file of some kind\n" * 50)
        ran = adsp(*command.split())
        assert ran.code == 1
        assert ran.out + ran.err
        assert ran.quiet

    def test_home_is_a_file(self, adsp: Callable[..., Ran], home: Path) -> None:
        home.write_text("")
        ran = adsp("quiz", "--plain")
        assert ran.code in {1, 2}
        assert ran.quiet

    def test_a_bank_of_her_own_with_faults(self, adsp: Callable[..., Ran]) -> None:
        """The lint tells them and fails; the rest goes on."""
        banks = find_paths().banks
        banks.mkdir(parents=True)
        (banks / "mine.toml").write_text('format_version = 1\n[[question]]\nid = "\\u001b[2J"\n')
        ran = adsp("bank", "lint")
        assert ran.code == 1
        assert "mine.toml" in ran.out
        assert "\x1b" not in ran.out
        assert json.loads(adsp("bank", "lint", "--json").out)["problems"]
        assert adsp("bank", "sections").code == 0

    def test_an_unexpected_fault_is_kept_in_a_file(
        self, adsp: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The learner gets a line with the place, the file the traceback."""

        def fail(_path: object) -> None:
            raise RuntimeError("속이 탔다")

        monkeypatch.setattr("adsp.desk.admin.check", fail)
        ran = adsp("log", "check")
        trace = find_paths().trace
        assert (ran.code, ran.out) == (1, "")
        assert str(trace) in ran.err
        assert ran.quiet
        assert "RuntimeError: 속이 탔다" in trace.read_text(encoding="utf-8")

    def test_nowhere_to_keep_it(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Then at least the fault is named."""
        home.write_text("")
        assert "RuntimeError: x" in keep_trace(RuntimeError("x"))
        monkeypatch.setenv("ADSP_HOME", "~nosuchuser/x")
        assert "RuntimeError: x" in keep_trace(RuntimeError("x"))

    def test_traces_add_up(self) -> None:
        for n in range(2):
            assert str(find_paths().trace) in keep_trace(RuntimeError(f"n{n}"))
        text = find_paths().trace.read_text(encoding="utf-8")
        assert "n0" in text
        assert "n1" in text


class TestTime:
    def test_the_nearest_option_wins(
        self, adsp: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The command's own, then the group's, then the variable."""
        monkeypatch.setenv("ADSP_NOW", "2021-10-01")
        assert "2021-10-01" in adsp("today").out
        assert "2021-10-02" in adsp("--now", "2021-10-02", "today").out
        assert "2021-10-03" in adsp("--now", "2021-10-02", "today", "--now", "2021-10-03").out

    def test_a_bad_variable_is_told(
        self, adsp: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ADSP_NOW", "soon")
        assert adsp("today").code == 2


class TestPlan:
    def test_her_autumn(self, adsp: Callable[..., Ran]) -> None:
        ran = adsp("plan", "--exam", "2021-11-06", "--start", "2021-10-01", "--now", "2021-08-23")
        assert ran.code == 0
        for words in (
            "75일 남음",
            "2021-10-12(화)",
            "2021-10-18(월)",
            "2021-10-22(금)",
            "11-05(금)",
        ):
            assert words in ran.out

    def test_save(self, adsp: Callable[..., Ran]) -> None:
        """What is told of saving goes to stderr: stdout is the plan."""
        ran = adsp("plan", "--round", "31", "--minutes", "90", "--save", "--now", NOW, "--json")
        json.loads(ran.out)
        assert "설정에 남겼습니다" in ran.err
        text = find_paths().settings.read_text()
        assert "2021-11-06" in text
        assert "minutes = 90" in text

    def test_without_save_nothing_is_kept(self, adsp: Callable[..., Ran]) -> None:
        adsp("plan", "--exam", "2021-12-04", "--now", NOW)
        assert not find_paths().settings.exists()


@pytest.mark.r
class TestR:
    def test_runs_a_file(self, adsp: Callable[..., Ran], tmp_path: Path) -> None:
        code = tmp_path / "내코드.R"
        code.write_text("x <- 1 + 1\nprint(x)\n")
        ran = adsp("r", "run", str(code))
        assert (ran.code, ran.out) == (0, "> x <- 1 + 1\n> print(x)\n[1] 2\n")
        assert adsp("r", "run", str(code), "--no-echo").out == "[1] 2\n"

    def test_an_error_of_r_is_a_failure(self, adsp: Callable[..., Ran], tmp_path: Path) -> None:
        code = tmp_path / "x.R"
        code.write_text("stop('나쁘다')")
        ran = adsp("r", "run", str(code), "--json")
        assert ran.code == 1
        assert json.loads(ran.out)["outcome"] == "r_error"

    def test_code_of_an_older_windows(self, adsp: Callable[..., Ran], tmp_path: Path) -> None:
        code = tmp_path / "x.R"
        code.write_bytes("cat('한글')".encode("cp949"))
        assert "한글" in adsp("r", "run", str(code), "--no-echo").out

    def test_plots_where_nothing_can_be_written(
        self, adsp: Callable[..., Ran], tmp_path: Path
    ) -> None:
        code = tmp_path / "x.R"
        code.write_text("plot(1)")
        ran = adsp("r", "run", str(code), "--plots", str(code))
        assert ran.code == 2
        assert "쓸 수 없습니다" in ran.err

    def test_proofs(self, adsp: Callable[..., Ran]) -> None:
        ran = adsp("bank", "prove")
        assert ran.code == 0
        assert re.fullmatch(r"증명 (\d+)개 가운데 \1개가 참입니다.\n", ran.out)

    def test_doctor(self, adsp: Callable[..., Ran]) -> None:
        assert json.loads(adsp("doctor", "--json").out)["bank"].endswith("문항")
        assert "격리 단계" in adsp("doctor").out


class TestProcess:
    """As a shell sees it."""

    def test_data_and_talk_apart(self, process: Callable[..., Ran]) -> None:
        ran = process("paths", "--json")
        assert (ran.code, ran.err) == (0, "")
        assert json.loads(ran.out)["log"].endswith("answers.db")

    def test_no_terminal(self, process: Callable[..., Ran]) -> None:
        ran = process()
        assert (ran.code, ran.out) == (2, "")
        assert "터미널" in ran.err

    @pytest.mark.parametrize("command", ["bank schema", "bank sections", "plan --now 2021-10-05"])
    def test_a_reader_that_goes_away(self, command: str) -> None:
        """``adsp bank schema | head -1`` ends without a word."""
        with subprocess.Popen(
            [sys.executable, "-m", "adsp", *command.split()],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as running:
            assert running.stdout is not None
            assert running.stderr is not None
            running.stdout.close()
            err = running.stderr.read().decode()
        assert "Traceback" not in err
        assert "Exception" not in err

    def test_completion_completes(
        self, process: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        script = process("completion", "bash")
        assert script.code == 0
        assert "_ADSP_COMPLETE" in script.out
        monkeypatch.setenv("_ADSP_COMPLETE", "bash_complete")
        monkeypatch.setenv("COMP_WORDS", "adsp qu")
        monkeypatch.setenv("COMP_CWORD", "1")
        assert "quiz" in process().out

    def test_a_terminal_without_korean(
        self, process: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It fails in a line, not in a traceback."""
        monkeypatch.setenv("PYTHONIOENCODING", "ascii")
        assert process("today").quiet


def test_main_takes_the_arguments_of_the_shell(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["adsp", "--version"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("adsp ")
