"""What every engine promises, asked of both."""

from __future__ import annotations

import subprocess
import threading
from typing import TYPE_CHECKING

import pytest

from adsp.r.engine import Engine, Event, Outcome

if TYPE_CHECKING:
    from pathlib import Path

    from adsp.r.install import Installation

pytestmark = pytest.mark.r


def kinds(events: tuple[Event, ...]) -> list[str]:
    return [event.kind for event in events]


class TestWhatComesBack:
    def test_the_text_of_a_small_session(self, engine: Engine) -> None:
        """Source, output and a warning come in order, as the console shows them."""
        run = engine.run("x <- c(1, 2, 3)\nmean(x)  # 평균\nlog(-1)")
        assert run.outcome is Outcome.OK
        assert run.detail == ""
        assert run.console() == (
            "> x <- c(1, 2, 3)\n> mean(x)  # 평균\n[1] 2\n> log(-1)\n[1] NaN\n"
            "Warning message:\nIn log(-1) : NaNs produced\n"
        )
        assert run.console(echo=False).startswith("[1] 2\n")

    def test_events_arrive_while_the_code_runs(self, engine: Engine) -> None:
        """The first output is seen before the code ends."""
        seen: list[Event] = []

        def watch(event: Event) -> None:
            seen.append(event)
            if event.kind == "out":
                engine.stop()

        run = engine.run("print(1)\nSys.sleep(60)", on_event=watch, timeout=30)
        assert run.outcome is Outcome.STOPPED
        assert [event.kind for event in seen][:2] == ["src", "out"]

    @pytest.mark.parametrize(
        ("expression", "value"),
        [
            pytest.param("c(1.5, 2)", [1.5, 2], id="numbers"),
            pytest.param("1:3", [1, 2, 3], id="integers"),
            pytest.param("c(TRUE, NA)", [True, None], id="logical with NA"),
            pytest.param("c(NaN, Inf, -Inf, NA)", ["NaN", "Inf", "-Inf", None], id="not finite"),
            pytest.param(
                "'따옴표 \" 와 \\\\ 그리고\\n줄'", ['따옴표 " 와 \\ 그리고\n줄'], id="text"
            ),
            pytest.param("factor(c('나', '가'))", ["나", "가"], id="factor"),
            pytest.param("list(1, 2)", [1, 2], id="list"),
            pytest.param("NULL", [], id="NULL"),
            pytest.param("0.1 + 0.2", [0.1 + 0.2], id="all digits"),
            pytest.param("character(0)", [], id="empty"),
        ],
    )
    def test_a_value(self, engine: Engine, expression: str, value: list[object]) -> None:
        """An R vector comes as a list that JSON can hold."""
        assert engine.run("", values={"v": expression}).values == {"v": value}

    def test_values_see_what_the_code_made(self, engine: Engine) -> None:
        """Expressions are evaluated after the code, in the same R."""
        run = engine.run("x <- 1:10", values={"합": "sum(x)", "n": "length(x)"})
        assert run.values == {"합": [55], "n": [10]}

    def test_a_value_that_is_no_vector_is_an_error(self, engine: Engine) -> None:
        """A function cannot be a value; R says so."""
        run = engine.run("", values={"f": "mean"})
        assert run.outcome is Outcome.R_ERROR
        assert run.values == {}

    def test_a_plot_is_a_png(self, engine: Engine) -> None:
        """A picture drawn without opening a device comes back, Korean title and all."""
        run = engine.run('plot(1:10, main = "산점도")')
        assert [plot.media_type for plot in run.plots] == ["image/png"]
        assert run.plots[0].data.startswith(b"\x89PNG\r\n")

    def test_a_picture_saved_by_the_code_comes_too(self, engine: Engine) -> None:
        """`png()` and `dev.off()` work as in a book."""
        run = engine.run('png("내그림.png"); plot(1); invisible(dev.off())')
        assert [plot.name for plot in run.plots] == ["내그림.png"]

    def test_version_and_width(self, engine: Engine, installed: Installation) -> None:
        """R's version is told, and lines are 80 wide."""
        run = engine.run("", values={"w": "getOption('width')", "v": "format(getRversion())"})
        assert run.values == {"w": [80], "v": [installed.version]}
        assert run.r_version == engine.r_version == installed.version


class TestKorean:
    def test_source_lines_are_whole(self, engine: Engine) -> None:
        """R 4.2 cuts lines that hold Korean at the wrong place; the app does not."""
        code = 'x <- "가나다"; y <- 1\n요약 <- function(값) {\n  mean(값)\n}\n요약(c(1, 3))'
        run = engine.run(code)
        assert run.console().startswith(
            '> x <- "가나다"; y <- 1\n'
            "> 요약 <- function(값) {\n+   mean(값)\n+ }\n> 요약(c(1, 3))\n[1] 2"
        )

    def test_korean_in_messages_and_errors(self, engine: Engine) -> None:
        """Text passes through every kind of event."""
        run = engine.run('message("알림"); warning("경고"); cat("출력\\n"); stop("오류")')
        texts = {event.kind: event.text for event in run.events}
        assert texts["message"] == "알림\n"
        assert texts["out"] == "출력\n"
        assert texts["warning"] == "경고"
        assert texts["error"] == "Error: 오류"


class TestErrors:
    @pytest.mark.parametrize(
        ("code", "text", "advice"),
        [
            pytest.param(
                "log('a')", 'Error in log("a") : non-numeric argument', "자료형", id="call"
            ),
            pytest.param("stop('x')", "Error: x", "오류 문장", id="no call"),
            pytest.param("x <- )", "Error: 1:6: unexpected ')'", ")", id="syntax"),
            pytest.param("mean(1", "unexpected end of input", "짝을", id="open bracket"),
            pytest.param("print(“a”)", "unexpected", "자판으로", id="curly quotes"),
            pytest.param("없는함수(1)", "could not find function", "없는함수", id="no function"),
            pytest.param("없는값", "object '없는값' not found", "없는값", id="no object"),
            pytest.param(
                "library(없는꾸러미)", "there is no package", "없는꾸러미", id="no package"
            ),
            pytest.param("options(warn = 2); log(-1)", "converted from warning", "", id="warn 2"),
        ],
    )
    def test_an_error_is_worded_by_r_and_explained(
        self, engine: Engine, code: str, text: str, advice: str
    ) -> None:
        """R's own words, and a Korean sentence about what to do."""
        run = engine.run(code)
        assert run.outcome is Outcome.R_ERROR
        assert text in run.events[-1].text
        assert advice in run.detail

    def test_what_was_said_before_the_error_stays(self, engine: Engine) -> None:
        """And the warnings that were waiting come after it, as in R."""
        run = engine.run("print(1)\nf <- function() { warning('w'); stop('e') }\nf()\nprint(2)")
        assert kinds(run.events) == ["src", "out", "src", "src", "error", "warning"]
        assert run.console().endswith(
            "Error in f() : e\nIn addition: Warning message:\nIn f() : w\n"
        )

    def test_infinite_recursion_is_an_error_not_a_crash(self, engine: Engine) -> None:
        """R's stack check works."""
        run = engine.run("f <- function(n) f(n + 1); f(1)")
        assert run.outcome is Outcome.R_ERROR
        assert "멈추는 조건" in run.detail

    def test_a_huge_allocation_is_an_error(self, engine: Engine) -> None:
        """Memory is bounded, so the machine lives on."""
        assert engine.run("x <- rep(1, 1e10)").outcome is Outcome.R_ERROR

    def test_growing_without_end_is_stopped(self, engine: Engine) -> None:
        """A list that doubles until memory is gone ends in an error."""
        run = engine.run("x <- 1; repeat x <- c(x, x)", timeout=20)
        assert run.outcome in {Outcome.R_ERROR, Outcome.CRASHED}


class TestFreshState:
    def test_nothing_is_left_by_the_run_before(self, engine: Engine) -> None:
        """Variables, options, packages, files and the environment are new each time."""
        engine.run("x <- 1; options(digits = 3); library(MASS); writeLines('a', 'b.txt')")
        engine.run("Sys.setenv(A = '1'); setwd('/'); sink('s.txt'); par(mfrow = c(2, 2))")
        engine.run("unlink(tempdir(), recursive = TRUE)")
        run = engine.run(
            "plot(1)",
            values={
                "x": "exists('x')",
                "digits": "getOption('digits')",
                "loaded": "'MASS' %in% loadedNamespaces()",
                "files": "file.exists('b.txt')",
                "env": "Sys.getenv('A')",
            },
        )
        assert run.values == {
            "x": [False],
            "digits": [7],
            "loaded": [False],
            "files": [False],
            "env": [""],
        }
        assert len(run.plots) == 1

    def test_the_same_seed_gives_the_same_numbers(self, engine: Engine) -> None:
        """And another seed others; both engines agree with R's own generator."""
        draw = {"u": "runif(2)"}
        first = engine.run("", values=draw, seed=42).values
        assert first == engine.run("", values=draw, seed=42).values
        assert first != engine.run("", values=draw, seed=43).values
        assert first["u"] == pytest.approx([0.914806, 0.9370754])

    def test_broken_base_functions_break_only_their_own_run(self, engine: Engine) -> None:
        """A snippet may mask or replace what the harness itself uses."""
        engine.run("c <- print <- paste <- function(...) stop('masked'); T <- FALSE")
        engine.run("unlockBinding('paste0', baseenv()); assign('paste0', 1, baseenv())")
        assert engine.run("paste0('a', 'b')").console(echo=False) == '[1] "ab"\n'

    def test_masked_names_do_not_reach_the_harness(self, engine: Engine) -> None:
        """Within the same run, too; and print methods of the snippet are found."""
        run = engine.run(
            "c <- function(...) stop('masked')\n"
            "print.mine <- function(x, ...) cat('<mine>\\n')\n"
            "structure(1, class = 'mine')"
        )
        assert run.outcome is Outcome.OK
        assert run.events[-1] == Event("out", "<mine>\n")


class TestLimits:
    @pytest.mark.parametrize(
        "code",
        [
            pytest.param("repeat{}", id="loop"),
            pytest.param("repeat tryCatch(repeat{}, interrupt = function(e) 1)", id="trap"),
            pytest.param("Sys.sleep(1000)", id="sleep"),
            pytest.param("tools::pskill(Sys.getpid(), 19)", id="stops itself"),
            pytest.param("setTimeLimit(Inf); m <- diag(2000); repeat solve(m)", id="native"),
        ],
    )
    def test_time(self, engine: Engine, code: str) -> None:
        """What does not end is ended, and the next run is right."""
        run = engine.run(code, timeout=0.5)
        assert run.outcome is Outcome.TIMEOUT
        assert "0.5초" in run.detail
        assert engine.run("1 + 1").console(echo=False) == "[1] 2\n"

    def test_output(self, engine: Engine) -> None:
        """A flood is cut; what came first is kept."""
        run = engine.run("for (i in 1:1e7) print(i)", timeout=30)
        assert run.outcome is Outcome.OUTPUT_LIMIT
        assert run.console(echo=False).startswith("[1] 1\n[1] 2\n")
        assert len(run.console()) < 250_000

    def test_disk(self, engine: Engine) -> None:
        """Many files together are too much, too."""
        fill = "z <- raw(2e7); i <- 0; repeat { i <- i + 1; writeBin(z, paste0('f', i)) }"
        assert engine.run(fill, timeout=30).outcome is Outcome.DISK_LIMIT
        assert engine.run("length(dir())").console(echo=False) == "[1] 0\n"

    def test_one_file(self, engine: Engine) -> None:
        """A file has a bound; the write beyond fails in R."""
        run = engine.run(
            "writeBin(raw(5e7), 'big')", values={"small": "file.size('big') < 4e7"}, timeout=30
        )
        assert run.values.get("small", [True]) == [True]


class TestEndings:
    @pytest.mark.parametrize(
        "code",
        [
            pytest.param("q('no')", id="q"),
            pytest.param("quit(status = 3)", id="quit with a status"),
            pytest.param("tools::pskill(Sys.getpid(), 9)", id="killed"),
            pytest.param("tools::pskill(Sys.getpid(), 11)", id="segmentation fault"),
        ],
    )
    def test_an_r_that_ends_early(self, engine: Engine, code: str) -> None:
        """It is reported, what was printed stays, and the next run is right."""
        run = engine.run(f"cat('before\\n')\n{code}\ncat('after\\n')", values={"x": "1"})
        assert run.outcome is Outcome.CRASHED
        assert run.console(echo=False) == "before\n"
        assert run.values == {}
        assert run.detail
        assert engine.run("1 + 1").console(echo=False) == "[1] 2\n"

    def test_stop_from_another_thread(self, engine: Engine) -> None:
        """The learner presses stop while an endless loop runs."""
        started = threading.Event()

        def presses_stop() -> None:
            started.wait()
            engine.stop()

        learner = threading.Thread(target=presses_stop)
        learner.start()
        run = engine.run("cat('go\\n'); repeat{}", on_event=lambda _: started.set(), timeout=60)
        learner.join()
        assert run.outcome is Outcome.STOPPED
        assert engine.run("1 + 1").outcome is Outcome.OK

    def test_stop_with_nothing_running_stops_nothing(self, engine: Engine) -> None:
        """The next run is not hit by an earlier stop."""
        engine.stop()
        assert engine.run("Sys.sleep(0.2)").outcome is Outcome.OK

    def test_a_listener_that_fails_ends_the_run(self, engine: Engine) -> None:
        """The error of the app's own callback comes through, and R is free again."""

        def fail(_: Event) -> None:
            raise LookupError

        with pytest.raises(LookupError):
            engine.run("1", on_event=fail)
        assert engine.run("1").outcome is Outcome.OK

    def test_threads_take_turns(self, engine: Engine) -> None:
        """Four threads at once: each gets its own answer."""
        answers: dict[int, object] = {}

        def ask(i: int) -> None:
            answers[i] = engine.run("", values={"v": f"{i} * 10"}).values["v"]

        threads = [threading.Thread(target=ask, args=(i,)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == {i: [i * 10] for i in range(4)}

    def test_nobody_at_the_keyboard(self, engine: Engine) -> None:
        """`readline`, `scan` and `browser` do not wait."""
        run = engine.run("x <- readline('이름? '); y <- scan('stdin', quiet = TRUE); browser(); 1")
        assert run.outcome is Outcome.OK

    def test_closed_engines_open_again(self, engine: Engine) -> None:
        """A run after close just starts R anew."""
        engine.close()
        assert engine.run("1 + 1").outcome is Outcome.OK


class TestHostileText:
    def test_terminal_sequences_are_taken_out(self, engine: Engine) -> None:
        """A snippet cannot set the window's title, clear the screen or reorder text."""
        run = engine.run(r'cat("\033]0;PWNED\007\033[2Ja\u009bb\u202ec\n"); message("\033[31mred")')
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(run.console())

    def test_bytes_that_are_no_utf8(self, engine: Engine) -> None:
        """They become a replacement character."""
        run = engine.run(r'cat("a\xff\xfeb\n"); x <- 1')
        assert run.outcome is Outcome.OK
        assert run.console(echo=False).startswith("a")

    def test_a_forged_end_fools_nobody(self, engine: Engine) -> None:
        """Frames written to every open descriptor change at most the run's own text."""
        forged = r"z1 {\"end\": \"timeout\"}\n{\"k\":\"done\",\"s\":\"ok\"}\n"
        run = engine.run(
            f'for (i in 0:9) try(cat("{forged}", file = file.path("/proc/self/fd", i)), TRUE)\n'
            "stop('real')"
        )
        assert run.outcome in {Outcome.R_ERROR, Outcome.OK, Outcome.CRASHED}
        assert engine.run("1 + 1").console(echo=False) == "[1] 2\n"


SESSIONS = {
    "regression": "fit <- lm(mpg ~ wt, data = mtcars)\nsummary(fit)\nanova(fit)",
    "comments": "# 주석\n\nx <- 1 # 뒤 주석\n\nif (x > 0) {\n  # 안\n  x\n} else {\n  -x\n}\n# 끝",
    "two warnings": "f <- function(x) { warning('가'); warning('나'); x }\nf(1)",
    "many warnings": "for (i in 1:12) warning('w')\nlog(-1)",
    "a long warning": f"f <- function() warning('{'긴 ' * 40}')\nf()",
    "immediate": "options(warn = 1)\nlog(-1)\nwarning('x')",
    "message and output": "message('m')\ncat('no newline')\n1\ninvisible(3)",
    "error with a call": "f <- function(x) stop('가나다')\nf(1)",
    "long error": f"f <- function(long_name) stop('{'long ' * 12}')\nf(long_name = 'long too')",
    "suppressed": "suppressWarnings(log(-1))\ntry(log('a'), silent = TRUE)\nas.integer('x')",
    "printed things": "factor(c('가', '나'))\nmatrix(1:6, 2)\nlist(a = 1, b = 'x')\nNULL",
    "strings": "str(iris)\nsummary(iris)\nt.test(extra ~ group, data = sleep)",
    "tabs": "f <- function() {\n\tx <- 1\n\tx\n}\nf(); f()",
    "two on a line": "x <- 1; x\ny <- c(1,\n  2); y",
}


class TestTheConsole:
    @pytest.mark.parametrize("code", SESSIONS.values(), ids=SESSIONS.keys())
    def test_reads_as_r_itself_prints_it(
        self, engine: Engine, code: str, installed: Installation, tmp_path: Path
    ) -> None:
        """The same lines are piped into R; trailing blanks aside, the text is the same."""
        asked = subprocess.run(
            [installed.home / "bin" / "R", "--vanilla", "--quiet"],
            input=code + "\n",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**installed.environment(tmp_path)},
            check=False,
        )
        expected = asked.stdout.removesuffix("> \n").replace("Execution halted\n", "")
        assert stripped(engine.run(code).console()) == stripped(expected)


def stripped(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().split("\n")]
