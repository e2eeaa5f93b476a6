"""The locks against native code, which R can always load: system calls tried from ctypes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from adsp.r.box import find_locks
from adsp.r.worker import syscalls
from adsp.r.worker.config import Config

HERE = Path(syscalls.__file__).parents[1]
PROGRAM = """
import ctypes, json, os, resource, signal, socket, sys
sys.path.insert(0, sys.argv[1])
from worker import limits, lockdown
from worker.config import Config
config = Config.loads(sys.argv[2])
app, outside = int(sys.argv[3]), sys.argv[4]
libc = limits.libc()
def native(name, *args):
    ctypes.set_errno(0)
    if getattr(libc, name)(*args) == -1:
        raise OSError(ctypes.get_errno(), name)
def fork():
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
attempts = {
    "open": lambda: open(outside).close(),
    "append": lambda: open(outside, "a").close(),
    "unlink": lambda: os.unlink(outside),
    "truncate": lambda: os.truncate(outside, 0),
    "chmod": lambda: os.chmod(outside, 0o777),
    "chown": lambda: os.chown(outside, os.getuid(), os.getgid()),
    "utime": lambda: os.utime(outside),
    "xattr": lambda: os.setxattr(outside, "user.x", b"1"),
    "listdir": lambda: os.listdir("/root" if os.getuid() == 0 else "/"),
    "mkdir": lambda: os.mkdir(outside + ".d"),
    "tcp": lambda: socket.socket(),
    "udp": lambda: socket.socket(type=socket.SOCK_DGRAM),
    "unix": lambda: socket.socket(socket.AF_UNIX),
    "pair": lambda: socket.socketpair(),
    "fork": fork,
    "exec": lambda: os.execv("/bin/true", ["true"]),
    "kill": lambda: os.kill(app, 0),
    "kill all": lambda: os.kill(-1, 0),
    "unshare": lambda: native("unshare", 0x10000000),
    "ptrace": lambda: native("ptrace", 0x4206, app, 0, 0),  # seize: does not stop it
    "mount": lambda: native("mount", b"none", b"/mnt", b"tmpfs", 0, 0),
    "memfd": lambda: os.memfd_create("x"),
    "raise own limit": lambda: resource.setrlimit(resource.RLIMIT_CPU, (999, 999)),
    "lower the app's limit": lambda: resource.prlimit(app, resource.RLIMIT_NOFILE, (3, 3)),
    "read the app's memory": lambda: open(f"/proc/{app}/mem", "rb").close(),
    "renice the app": lambda: os.setpriority(os.PRIO_PROCESS, app, 19),
}
allowed = {
    "own file": lambda: open(os.path.join(config.scratch, "a"), "w").close(),
    "own file removed": lambda: os.unlink(os.path.join(config.scratch, "a")),
    "read own limit": lambda: resource.getrlimit(resource.RLIMIT_STACK),
    "signal to itself": lambda: os.kill(os.getpid(), 0),
    "library": lambda: open("/usr/bin/env", "rb").close(),
}
lockdown.lock_server(config)
lockdown.lock_snippet(config, 5.0)
def succeeds(attempt):
    try:
        attempt()
    except (OSError, ValueError):
        return False
    return True
only = sys.argv[5:] or attempts
print(json.dumps([
    [name for name in only if succeeds(attempts[name])],
    [name for name in allowed if succeeds(allowed[name])],
]))
"""


def locked_run(
    scratch: Path, outside: Path, *only: str, landlock: bool, seccomp: bool
) -> list[list[str]]:
    """What a locked process could do of what it must not (all, or ``only``), and of what it may."""
    config = Config(
        scratch=str(scratch),
        readable=("/usr", "/lib", "/lib64"),
        programs=(),
        family="sans",
        landlock=landlock,
        seccomp=seccomp,
    )
    arguments = [str(HERE), config.dumps(), str(os.getpid()), str(outside), *only]
    done = subprocess.run(
        [sys.executable, "-I", "-c", PROGRAM, *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    answer: list[list[str]] = json.loads(done.stdout)
    return answer


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    file = tmp_path / "outside.txt"
    file.write_text("x")
    return file


class TestNativeCode:
    def test_can_do_nothing_outside_its_folder(self, scratch: Path, outside: Path) -> None:
        """Each of the calls fails, and the honest ones still work."""
        locks = find_locks()
        if not (locks.landlock and locks.seccomp):
            pytest.skip("this kernel has no Landlock or no seccomp")
        forbidden, allowed = locked_run(scratch, outside, landlock=True, seccomp=True)
        assert forbidden == []
        assert len(allowed) == 5
        assert outside.read_text() == "x"

    def test_could_do_it_without_the_locks(self, scratch: Path, outside: Path) -> None:
        """So the attempts are real ones."""
        only = ["open", "append", "chmod", "utime", "truncate", "mkdir", "unlink"]
        only += ["tcp", "udp", "unix", "pair", "memfd", "kill"]
        forbidden, _ = locked_run(scratch, outside, *only, landlock=False, seccomp=False)
        assert forbidden == only

    def test_a_lock_that_does_not_close_is_an_error(self, scratch: Path) -> None:
        """The kernel takes 16 layers of Landlock: the next one fails, and so the worker ends."""
        if not find_locks().landlock:
            pytest.skip("this kernel has no Landlock")
        code = (
            "import sys; sys.path.insert(0, sys.argv[1])\n"
            "from worker import landlock\n"
            "for _ in range(17):\n    landlock.restrict({landlock.EVERYTHING: ['/']})"
        )
        done = subprocess.run(
            [sys.executable, "-I", "-c", code, str(HERE)], capture_output=True, check=False
        )
        assert b"landlock_restrict_self" in done.stderr


class TestTheTables:
    def test_both_machines_deny_the_same_powers(self) -> None:
        """aarch64 has no old-style calls; all others are in both tables."""
        x86, arm = (syscalls.MACHINES[m].numbers for m in ("x86_64", "aarch64"))
        old_style = {"fork", "vfork", "chmod", "chown", "lchown", "utime", "utimes", "futimesat"}
        assert arm.keys() <= x86.keys()
        assert x86.keys() - arm.keys() == old_style | {"ioperm", "iopl"}

    @pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
    def test_no_number_is_used_twice(self, machine: str) -> None:
        """A slip of the pen would deny the wrong call."""
        numbers = list(syscalls.MACHINES[machine].numbers.values())
        assert len(numbers) == len(set(numbers))

    @pytest.mark.parametrize("group", ["FORKS", "SIGNALS", "LIMITS", "PROGRAMS"])
    def test_groups_name_known_calls(self, group: str) -> None:
        """A misspelt name would be allowed."""
        assert getattr(syscalls, group) <= syscalls.MACHINES["x86_64"].numbers.keys()
