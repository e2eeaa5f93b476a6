"""The zygote's own life: it dies, hangs, cannot start; and what is left behind."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from adsp.r import open as opening
from adsp.r import scratch as scratches
from adsp.r import zygote as module
from adsp.r.box import find_locks
from adsp.r.engine import Engine, Event, Outcome
from adsp.r.none import NoEngine
from adsp.r.oneshot import OneshotEngine
from adsp.r.open import open_engine
from adsp.r.zygote import ZygoteEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adsp.r.install import Installation

pytestmark = pytest.mark.r


def folders() -> set[str]:
    mine = f"adsp-r-{os.getpid()}-*"
    return {path.name for path in Path(tempfile.gettempdir()).glob(mine)}


@pytest.fixture
def engine(installed: Installation) -> Iterator[ZygoteEngine]:
    engine = ZygoteEngine(installed, NoEngine("none"))
    assert engine.start()
    yield engine
    engine.close()


def kill(engine: ZygoteEngine, number: int = signal.SIGKILL) -> None:
    os.kill(engine._held[0].process.pid, number)


class TestDeath:
    def test_in_the_middle_of_a_run(self, engine: ZygoteEngine) -> None:
        """The run reports it; the next one is right."""

        def strike(event: Event) -> None:
            if event.kind == "out":
                kill(engine)

        run = engine.run("cat('go\\n'); Sys.sleep(60)", on_event=strike, timeout=60)
        assert run.outcome is Outcome.CRASHED
        assert run.detail
        assert engine.run("", values={"x": "1 + 1"}).values == {"x": [2]}

    def test_between_two_runs(self, engine: ZygoteEngine) -> None:
        """Nobody notices: the snippet had not begun, so it is run in a new one."""
        for _ in range(3):
            process = engine._held[0].process
            kill(engine)
            process._keeper.join()
            assert engine.run("", values={"x": "1 + 1"}).values == {"x": [2]}

    def test_a_cleaner_that_empties_the_temporary_files(self, engine: ZygoteEngine) -> None:
        """The folder of a long-lived zygote is removed under it: a new one takes over."""
        shutil.rmtree(engine._held[0]._scratch.path)
        run = engine.run("plot(1)", values={"x": "1 + 1"})
        assert (run.values, len(run.plots)) == ({"x": [2]}, 1)

    def test_a_zygote_that_hangs(
        self, engine: ZygoteEngine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It is given its time, killed and replaced."""
        monkeypatch.setattr(module, "_GRACE", 0.2)
        pid = engine._held[0].process.pid
        stopped = [pid, *children(pid)]
        for process in stopped:
            os.kill(process, signal.SIGSTOP)
        run = engine.run("", values={"x": "1"}, timeout=0.5)
        assert run.outcome in {Outcome.CRASHED, Outcome.OK}
        assert engine.run("", values={"x": "1 + 1"}).values == {"x": [2]}

    def test_stop_while_it_hangs(
        self, engine: ZygoteEngine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Stop ends the run even if the zygote does not answer."""
        monkeypatch.setattr(module, "_GRACE", 0.2)

        def hang(event: Event) -> None:
            if event.kind == "out":
                for process in [*children(engine._held[0].process.pid)]:
                    os.kill(process, signal.SIGSTOP)
                engine.stop()

        run = engine.run("cat('go\\n'); repeat{}", on_event=hang, timeout=60)
        assert run.outcome is Outcome.STOPPED
        assert engine.run("1").outcome is Outcome.OK


def children(pid: int) -> list[int]:
    """All descendants of a process."""
    return [child.pid for child in psutil.Process(pid).children(recursive=True)]


class TestWhoStartsIt:
    def test_a_thread_that_ends(self, installed: Installation) -> None:
        """The zygote outlives the thread that opened the engine."""
        engine = ZygoteEngine(installed, NoEngine("none"))
        opener = threading.Thread(target=engine.start)
        opener.start()
        opener.join()
        pid = engine._held[0].process.pid
        assert engine.run("1").outcome is Outcome.OK
        assert engine._held[0].process.pid == pid
        engine.close()

    def test_it_dies_with_the_app(self, installed: Installation, tmp_path: Path) -> None:
        """The app is killed hard while a loop runs: no process of its remains, and the next
        start sweeps its folder."""
        code = (
            "import sys\nfrom adsp.r import open_engine\n"
            "e = open_engine('zygote')\n"
            "e.run('cat(1); repeat{}', timeout=100, on_event=lambda e: print(e.kind, flush=True))"
        )
        with subprocess.Popen(
            [sys.executable, "-c", code],
            stdout=subprocess.PIPE,
            env={**os.environ, "TMPDIR": str(tmp_path)},
        ) as app:
            assert app.stdout is not None
            app.stdout.readline()
            app.stdout.readline()
            offspring = children(app.pid)
            assert offspring
            app.kill()
        wait_until_gone(offspring)
        assert list(tmp_path.glob("adsp-r-*"))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tempfile, "tempdir", str(tmp_path))
            scratches.sweep()
        assert not list(tmp_path.glob("adsp-r-*"))


def wait_until_gone(pids: list[int]) -> None:
    for _ in range(200):
        if not any(Path(f"/proc/{pid}").exists() and not zombie(pid) for pid in pids):
            return
        time.sleep(0.05)
    pytest.fail(f"still there: {pids}")


def zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


class TestWhatIsLeft:
    def test_close_removes_the_folder(self, installed: Installation) -> None:
        """And so does the end of the engine without a close."""
        before = folders()
        engine = ZygoteEngine(installed, NoEngine("none"))
        engine.run("writeLines('x', 'y')")
        assert len(folders()) == len(before) + 1
        engine.close()
        assert folders() == before
        engine.run("1")
        del engine
        gc.collect()
        assert folders() == before

    def test_a_crash_removes_the_folder(self, engine: ZygoteEngine) -> None:
        """The dead zygote's folder goes when it is replaced."""
        before = folders()
        kill(engine)
        engine.run("1")
        engine.run("1")
        assert len(folders()) == len(before)

    @pytest.mark.parametrize("name", ["zygote", "oneshot"])
    def test_a_run_leaves_no_file(self, installed: Installation, name: str) -> None:
        """Hidden files, folders, links: the scratch folder is emptied."""
        engine: Engine = OneshotEngine(installed)
        if name == "zygote":
            engine = ZygoteEngine(installed, NoEngine("none"))
        engine.run("dir.create('a/b', recursive = TRUE); writeLines('x', 'a/b/.c')")
        run = engine.run("", values={"n": "length(dir('..', all.files = TRUE, recursive = TRUE))"})
        assert run.values == {"n": [1 if name == "zygote" else 0]}
        engine.close()


class TestTheLadder:
    def test_falls_to_oneshot_when_rpy2_is_missing(
        self, installed: Installation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The first run already works, and the engine tells its true name."""
        monkeypatch.setattr("adsp.r.box._RPY2", ())
        engine = open_engine("zygote")
        assert engine.name == "oneshot"
        assert engine.run("1 + 1").console(echo=False) == "[1] 2\n"

    def test_falls_when_it_can_no_longer_be_started(
        self, installed: Installation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """rpy2 is removed while the app runs; the next snippet goes to the other engine."""
        engine = open_engine("zygote")
        assert (engine.name, engine.run("1").outcome) == ("zygote", Outcome.OK)
        engine.close()
        monkeypatch.setattr("adsp.r.box._RPY2", ())
        assert engine.run("1 + 1").console(echo=False) == "[1] 2\n"
        assert engine.name == "oneshot"
        assert engine.level == find_locks().level
        engine.close()

    def test_without_r(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The engine is there, and says how to get R."""
        monkeypatch.setattr(opening, "find_r", lambda: None)
        engine = open_engine()
        run = engine.run("1 + 1")
        assert (engine.name, engine.level, engine.r_version) == ("none", 0, "")
        assert run.outcome is Outcome.UNAVAILABLE
        assert "설치" in run.detail
        engine.stop()
        engine.close()

    def test_switched_off(self) -> None:
        """The learner's settings may say none."""
        assert "r.engine" in open_engine("none").run("1").detail
