"""The log exchanged with the learner's other machines over a folder that they share.

The folder only ever gains whole new files, so any program may carry them: a cloud's, git, a USB
stick. What each machine lacks it takes in; what the folder lacks it is given.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from adsp.desk.exchange import absorb
from adsp.errors import AdspError, UsageError
from adsp.settings import SyncOptions
from adsp.store.exchange.segments import own_files, read_segments, write_segments
from adsp.store.files import is_there, lies_within
from adsp.store.log import Log, Taken
from adsp.text import clean

if TYPE_CHECKING:
    from adsp.desk.desk import Desk

GIT_PATIENCE = 120
"""Seconds for one command of git."""
PUSHES = 3
"""Before it is given up: another machine may push at the same time."""
ELSEWHERE = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX"}
"""What git sets for its hooks: with them it would commit to the repository of the hook."""


@dataclass(frozen=True)
class Synced:
    """What an exchange did."""

    taken: Taken
    given: int
    """Events that were left for the other machines."""
    unfinished: list[str] = field(default_factory=list)
    """Files that have not come over whole yet: next time."""
    newer: list[str] = field(default_factory=list)
    """Files that a newer app wrote: after an update."""


def sync(desk: Desk, folder: Path, *, git: bool = False) -> Synced:
    """Take in what the folder holds and leave there what it lacks. With ``git`` the repository that
    holds the folder is pulled before and pushed after.

    Raises:
        UsageError: there is no such folder, or it is the one of the log itself.
        AdspError: the folder cannot be read or written, or git failed; what was taken in stays.
        StoreError: see `adsp.desk.exchange.take_in`.
    """
    _check_folder(desk, folder)
    try:
        return _sync_over_git(desk, folder) if git else _sync(desk, folder)
    except OSError as error:
        raise AdspError(
            f"{folder} 을(를) 읽거나 쓸 수 없습니다: {error.strerror}. 기록은 그대로입니다."
        ) from error


def _sync(desk: Desk, folder: Path) -> Synced:
    found = read_segments(folder)
    with Log.open(desk.paths.log) as log:
        own = log.events()
        taken = absorb(desk, log, own, found.in_order())
    missing = [event for event in own if event.id not in found.events]
    if missing:
        write_segments(folder, missing)
    return Synced(taken, len(missing), found.unfinished, found.newer)


def _sync_over_git(desk: Desk, folder: Path) -> Synced:
    upstream = _upstream(folder)
    _commit(folder)  # what an exchange that was cut short has left
    _pull(folder, *upstream)
    done = _sync(desk, folder)
    _commit(folder)
    _push(folder, *upstream)
    return done


def sync_by_itself(desk: Desk, *, git: bool) -> str:
    """Exchange over the folder that was remembered, if there is one; with ``git`` also if it is a
    repository, whose server may keep us waiting. What kept it from being done, in words; empty if
    nothing did.
    """
    options = desk.settings.sync
    if not options.folder or (options.git and not git):
        return ""
    try:
        sync(desk, Path(options.folder), git=options.git)
    except AdspError as error:
        return f"다른 컴퓨터와 주고받지 못했습니다. {error}"
    return ""


def remember(desk: Desk, folder: Path, *, git: bool) -> None:
    """Use the folder from now on when none is named.

    Raises:
        SettingsError: the settings cannot be written.
    """
    options = SyncOptions(str(folder.absolute()), git)
    desk.change(msgspec.structs.replace(desk.settings, sync=options))


def _check_folder(desk: Desk, folder: Path) -> None:
    if not is_there(folder, Path.is_dir):
        raise UsageError(f"{folder} 라는 폴더가 없습니다. 공유 폴더를 만들고 다시 하세요.")
    if lies_within(folder, desk.paths.data):
        raise UsageError(
            f"{folder} 은(는) 지금 쓰는 기록이 있는 폴더입니다. 컴퓨터끼리 함께 쓰는 다른 폴더를 "
            "주세요."
        )


# git


def _upstream(folder: Path) -> tuple[str, str]:
    """The remote and its branch that the branch here follows, also if nothing was ever pushed
    there; without a remote, two empty texts.
    """
    _git(folder, "rev-parse", "--show-toplevel")  # refuses what is no working tree
    here = _git(folder, "symbolic-ref", "HEAD")
    name = here.removeprefix("refs/heads/")
    server = _run(folder, "config", f"branch.{name}.remote").stdout.strip()
    branch = _run(folder, "config", f"branch.{name}.merge").stdout.strip()
    if server and branch:
        return server, branch
    servers = _git(folder, "remote").split()
    return (servers[0], here) if servers else ("", "")


def _commit(folder: Path) -> None:
    """Commit the segments that are whole, and nothing else that may be staged."""
    names = own_files(folder)
    if not names:
        return
    _git(folder, "add", "--force", "--", *names)  # a list of ignored files may name *.jsonl
    if _git(folder, "status", "--porcelain", "--", *names):
        _git(folder, "commit", "--quiet", "-m", "adsp: 학습 기록", "--", *names)


def _pull(folder: Path, server: str, branch: str) -> None:
    """Put what is committed here on top of what the others have pushed, if anything."""
    if not server or not _git(folder, "ls-remote", server, branch):
        return
    try:
        _git(folder, "pull", "--quiet", "--rebase", "--autostash", server, branch)
    except AdspError:
        _run(folder, "rebase", "--abort")
        raise


def _push(folder: Path, server: str, branch: str) -> None:
    if not server or _run(folder, "rev-parse", "--verify", "--quiet", "HEAD").returncode:
        return
    push = ("push", "--quiet", server, f"HEAD:{branch}")
    for _ in range(PUSHES - 1):
        if not _run(folder, *push).returncode:
            return
        _pull(folder, server, branch)  # another machine was faster
    _git(folder, *push)


def _git(folder: Path, *arguments: str) -> str:
    done = _run(folder, *arguments)
    if done.returncode:
        said = clean(done.stderr or done.stdout).strip().replace("\n", " / ")
        raise AdspError(
            f"git {arguments[0]} 에 실패했습니다: {said}. 기록은 그대로입니다. "
            f"{folder} 에서 git 을 바로잡은 뒤 다시 하세요."
        )
    return done.stdout.strip()


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=GIT_PATIENCE,
            env={name: value for name, value in os.environ.items() if name not in ELSEWHERE},
            stdin=subprocess.DEVNULL,  # it must not ask for a password behind our back
            check=False,
        )
    except FileNotFoundError as error:
        raise AdspError("git 이 없습니다. git 을 설치하거나 --git 없이 하세요.") from error
    except subprocess.TimeoutExpired as error:
        raise AdspError(
            f"git {arguments[0]} 이(가) {GIT_PATIENCE}초 안에 끝나지 않았습니다. "
            "연결과 비밀번호를 확인하세요. 기록은 그대로입니다."
        ) from error
