"""Hostile snippets against the locks: what must not be read, changed, started or reached.

The same snippets run without locks in `TestWithoutLocks`, where they do their damage: so the
tests above it would notice.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from psutil import process_iter

from adsp.r.box import Locks, find_locks
from adsp.r.engine import Engine, Outcome

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.r

SECRET = "hunter2-비밀"
MakeEngine = Callable[[str, Locks], Engine]


@dataclass
class Target:
    """What the snippets go for: a file, a listener, a process, the app's environment."""

    file: Path
    listener: socket.socket
    process: subprocess.Popen[bytes]
    before: os.stat_result

    def aim(self, code: str) -> str:
        return (
            code.replace("VICTIM", str(self.file))
            .replace("FOLDER", str(self.file.parent))
            .replace("PORT", str(self.listener.getsockname()[1]))
            .replace("PROCESS", str(self.process.pid))
        )

    def damage(self) -> list[str]:
        """All that was done to the targets."""
        found = []
        with contextlib.suppress(BlockingIOError):
            self.listener.accept()[0].close()
            found.append("reached the listener")
        if self.process.poll() is not None:
            found.append("killed a process")
        folder = self.file.parent
        if not folder.is_dir() or [p.name for p in folder.iterdir()] != [self.file.name]:
            return [*found, "changed the folder"]
        now = self.file.stat()
        if self.file.read_text(encoding="utf-8") != SECRET:
            found.append("changed the file")
        if (now.st_mode, now.st_mtime_ns) != (self.before.st_mode, self.before.st_mtime_ns):
            found.append("changed the file's attributes")
        return found


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Target]:
    file = tmp_path / "home" / "diary.txt"
    file.parent.mkdir()
    file.write_text(SECRET, encoding="utf-8")
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        subprocess.Popen(["sleep", "600"]) as process,
    ):
        listener.setblocking(False)
        yield Target(file, listener, process, file.stat())
        process.kill()


@pytest.fixture(scope="module", autouse=True)
def secret_in_the_environment() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ADSP_SECRET", SECRET)
        yield


@pytest.fixture(
    scope="module",
    params=[("zygote", 3), ("zygote", 2), ("oneshot", 3), ("oneshot", 2)],
    ids=lambda p: f"{p[0]}-level-{p[1]}",
)
def locked(request: pytest.FixtureRequest, make_engine: MakeEngine) -> Engine:
    """Each engine, with bubblewrap and without it."""
    name, level = request.param
    have = find_locks()
    if have.level < level:
        pytest.skip(f"this kernel allows level {have.level} only")
    return make_engine(name, Locks(level == 3, have.landlock, have.seccomp))


READS = {
    "readLines": "cat(readLines('VICTIM', warn = FALSE))",
    "scan": "cat(scan('VICTIM', '', quiet = TRUE))",
    "source": "source('VICTIM')",
    "file url": "cat(readLines(url('file://VICTIM'), warn = FALSE))",
    "copy in": "file.copy('VICTIM', 'x'); cat(readLines('x', warn = FALSE))",
    "link in": "file.symlink('VICTIM', 'x'); cat(readLines('x', warn = FALSE))",
    "hard link in": "file.link('VICTIM', 'x'); cat(readLines('x', warn = FALSE))",
    "system": "cat(system('cat VICTIM', intern = TRUE))",
    "system2": "cat(system2('/bin/cat', 'VICTIM', stdout = TRUE))",
    "pipe": "cat(readLines(pipe('cat VICTIM')))",
    "getenv": "cat(Sys.getenv('ADSP_SECRET')); print(Sys.getenv())",
    "environment of the app": "cat(readLines(sprintf('/proc/%d/environ', APP), warn = FALSE))",
    "own environment": "cat(readLines('/proc/self/environ', warn = FALSE))",
}
WRITES = {
    "writeLines": "writeLines('x', 'VICTIM')",
    "append": "cat('x', file = 'VICTIM', append = TRUE)",
    "sink": "sink('VICTIM'); print(1)",
    "device": "pdf('VICTIM'); plot(1); dev.off()",
    "save": "save.image('VICTIM')",
    "profile": "Rprof('VICTIM'); Rprof(NULL)",
    "remove": "file.remove('VICTIM')",
    "unlink": "unlink('FOLDER', recursive = TRUE, force = TRUE)",
    "rename": "file.rename('VICTIM', 'FOLDER/y')",
    "move in": "file.rename('VICTIM', 'y')",
    "new file": "file.create('FOLDER/new')",
    "new folder": "dir.create('FOLDER/new')",
    "change folder": "setwd('FOLDER'); writeLines('x', 'new')",
    "mode": "Sys.chmod('VICTIM', '777')",
    "time": "Sys.setFileTime('VICTIM', Sys.time() - 1e6)",
    "shell": "system('echo x > VICTIM')",
}
REACHES = {
    "socket": "s <- socketConnection('127.0.0.1', PORT, timeout = 1)",
    "url": "readLines(url('http://127.0.0.1:PORT', open = 'r'))",
    "download": "options(timeout = 1); download.file('http://127.0.0.1:PORT/x', 'x')",
    "kill": "tools::pskill(PROCESS, 9)",
    "kill all": "for (p in 2:99999) tools::pskill(p, 0); tools::pskill(PROCESS)",
    "fork": "parallel::mccollect(parallel::mcparallel(tools::pskill(PROCESS, 9)))",
    "fork bomb": "repeat parallel::mcparallel(repeat {})",
    "cluster": "parallel::makeCluster(1, setup_timeout = 1)",
}


class TestTheLocks:
    def attack(self, engine: Engine, target: Target, code: str) -> str:
        """Run the code, see that nothing was done and that R works; give what it printed."""
        run = engine.run(target.aim(code).replace("APP", str(os.getpid())), timeout=2)
        assert target.damage() == []
        assert engine.run("1 + 1").console(echo=False) == "[1] 2\n"
        return run.console(echo=False)

    @pytest.mark.parametrize("code", READS.values(), ids=READS.keys())
    def test_nothing_is_read(self, locked: Engine, target: Target, code: str) -> None:
        """Neither the learner's files nor the app's environment."""
        assert SECRET not in self.attack(locked, target, code)

    @pytest.mark.parametrize("code", WRITES.values(), ids=WRITES.keys())
    def test_nothing_is_changed(self, locked: Engine, target: Target, code: str) -> None:
        """No file outside the scratch folder is written, moved or touched."""
        self.attack(locked, target, code)

    @pytest.mark.parametrize("code", REACHES.values(), ids=REACHES.keys())
    def test_nothing_is_reached(self, locked: Engine, target: Target, code: str) -> None:
        """No network, no other process, no new process."""
        self.attack(locked, target, code)

    def test_users_are_not_listed(self, locked: Engine) -> None:
        """/etc/passwd names every user."""
        assert "root:" not in locked.run("cat(readLines('/etc/passwd'))").console(echo=False)

    def test_home_is_not_listed(self, locked: Engine, target: Target) -> None:
        """A folder's names tell a lot."""
        run = locked.run(target.aim("list.files('FOLDER')"))
        assert "diary" not in run.console(echo=False)

    def test_no_port_is_opened(self, locked: Engine) -> None:
        """A snippet cannot serve others."""
        assert locked.run("serverSocket(0)").outcome is not Outcome.OK

    def test_no_process_is_left(self, locked: Engine) -> None:
        """What a snippet starts does not outlive it."""
        name = f"sleep 86{os.getpid()}"
        locked.run(f"system('{name} &'); parallel::mcparallel(Sys.sleep(100))")
        assert name.split() not in [
            process.info["cmdline"] for process in process_iter(["cmdline"])
        ]

    def test_what_a_program_should_be_able_to_do(self, locked: Engine) -> None:
        """The locks leave room for honest work: own files, fonts, packages, devices."""
        run = locked.run(
            "write.csv(iris, 'a.csv', row.names = FALSE); d <- read.csv('a.csv')\n"
            "dir.create('sub'); file.rename('a.csv', 'b.csv'); unlink('b.csv')\n"
            "library(rpart); fit <- rpart(Species ~ ., iris); plot(fit); text(fit)\n"
            "svg('c.svg'); plot(1, main = '한글'); invisible(dev.off())",
            values={"rows": "nrow(d)"},
        )
        assert (run.outcome, run.values) == (Outcome.OK, {"rows": [150]})
        assert [plot.media_type for plot in run.plots] == ["image/png", "image/svg+xml"]

    def test_the_level_is_told(self, locked: Engine, request: pytest.FixtureRequest) -> None:
        """The engine says how locked it is."""
        assert f"level-{locked.level}" in request.node.name


class TestWithoutLocks:
    """The control: at level 0 the same code does its damage."""

    @pytest.fixture(scope="class")
    def unlocked(self, make_engine: MakeEngine) -> Engine:
        return make_engine("oneshot", Locks(bubblewrap=False, landlock=0, seccomp=False))

    @pytest.mark.parametrize("name", ["readLines", "copy in", "link in", "system"])
    def test_a_file_is_read(self, unlocked: Engine, target: Target, name: str) -> None:
        """So the app does not run strangers' code at this level."""
        assert SECRET in unlocked.run(target.aim(READS[name])).console(echo=False)

    @pytest.mark.parametrize("name", ["writeLines", "unlink", "rename", "mode", "time", "shell"])
    def test_a_file_is_changed(self, unlocked: Engine, target: Target, name: str) -> None:
        unlocked.run(target.aim(WRITES[name]))
        assert target.damage()

    @pytest.mark.parametrize("name", ["socket", "kill"])
    def test_others_are_reached(self, unlocked: Engine, target: Target, name: str) -> None:
        unlocked.run(target.aim(REACHES[name]), timeout=2)
        assert target.damage()

    def test_the_environment_is_cleared_even_here(self, unlocked: Engine) -> None:
        """No lock is needed to keep a secret that was never handed over."""
        assert SECRET not in unlocked.run(READS["getenv"]).console(echo=False)
        assert unlocked.level == 0


class TestEveryLevel:
    @pytest.mark.parametrize("name", ["zygote", "oneshot"])
    @pytest.mark.parametrize(
        "locks",
        [
            pytest.param(Locks(bubblewrap=True, landlock=7, seccomp=True), id="3"),
            pytest.param(Locks(bubblewrap=False, landlock=7, seccomp=True), id="2"),
            pytest.param(Locks(bubblewrap=True, landlock=0, seccomp=False), id="1"),
            pytest.param(Locks(bubblewrap=False, landlock=0, seccomp=False), id="0"),
        ],
    )
    def test_honest_code_runs(self, make_engine: MakeEngine, name: str, locks: Locks) -> None:
        """A model, a picture with Korean text and a value, whatever locks there are."""
        have = find_locks()
        missing = (
            locks.bubblewrap > have.bubblewrap
            or bool(locks.landlock) > bool(have.landlock)
            or locks.seccomp > have.seccomp
        )
        if missing:
            pytest.skip("this machine does not have these locks")
        engine = make_engine(name, locks)
        run = engine.run(
            "plot(lm(mpg ~ wt, mtcars), 1, main = '잔차')", values={"n": "nrow(mtcars)"}
        )
        assert (run.outcome, run.values, len(run.plots)) == (Outcome.OK, {"n": [32]}, 1)
        assert engine.level == locks.level
        engine.close()
