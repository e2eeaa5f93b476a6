"""The log exchanged with the learner's other machines over a folder that they share.

The folder only ever gains whole new files, so any program may carry them: a cloud's, git, a USB
stick. What each machine lacks it takes in; what the folder lacks it is given.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from adsp.desk.admin import absorb
from adsp.errors import AdspError, UsageError
from adsp.settings import SyncOptions
from adsp.store.exchange.segments import read_segments, write_segments
from adsp.store.log import Log, Taken

if TYPE_CHECKING:
    from adsp.desk.desk import Desk

GIT_PATIENCE = 120
"""Seconds for one command of git."""


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
        StoreError: see `adsp.desk.admin.take_in`.
    """
    _check_folder(desk, folder)
    if git:
        _pull(folder)
    try:
        found = read_segments(folder)
        with Log.open(desk.paths.log) as log:
            own = log.events()
            taken = absorb(desk, log, own, found.in_order())
        missing = [event for event in own if event.id not in found.events]
        written = write_segments(folder, missing) if missing else []
    except OSError as error:
        raise AdspError(
            f"{folder} 을(를) 읽거나 쓸 수 없습니다: {error.strerror}. 기록은 그대로입니다."
        ) from error
    if git:
        _push(folder, written)
    return Synced(taken, len(missing), found.unfinished, found.newer)


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
    if not folder.is_dir():
        raise UsageError(f"{folder} 라는 폴더가 없습니다. 공유 폴더를 만들고 다시 하세요.")
    here, data = folder.resolve(), desk.paths.data.resolve()
    if here == data or here.is_relative_to(data):
        raise UsageError(
            f"{folder} 은(는) 지금 쓰는 기록이 있는 폴더입니다. 컴퓨터끼리 함께 쓰는 다른 폴더를 "
            "주세요."
        )


def _pull(folder: Path) -> None:
    _git(folder, "rev-parse", "--is-inside-work-tree")
    if _has_upstream(folder):
        _git(folder, "pull", "--quiet", "--rebase", "--autostash")


def _push(folder: Path, written: list[Path]) -> None:
    """Commit the new segments, and nothing else that may be staged."""
    if written:
        names = [path.name for path in written] + [".gitattributes"]
        _git(folder, "add", "--", *names)
        _git(folder, "commit", "--quiet", "-m", "adsp: 학습 기록", "--", *names)
    if _has_upstream(folder):
        _git(folder, "push", "--quiet")


def _has_upstream(folder: Path) -> bool:
    done = _run(folder, "rev-parse", "--abbrev-ref", "@{upstream}")
    return done.returncode == 0


def _git(folder: Path, *arguments: str) -> None:
    done = _run(folder, *arguments)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().replace("\n", " / ")
        raise AdspError(
            f"git {arguments[0]} 에 실패했습니다: {said}. 기록은 그대로입니다. "
            f"{folder} 에서 git 을 바로잡은 뒤 다시 하세요."
        )


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=GIT_PATIENCE,
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
