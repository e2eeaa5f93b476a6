"""Machines that exchange over a folder, and over a git repository; undo across them."""

from __future__ import annotations

import itertools
import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from tests.desk.test_admin import LONGEST, Machine, desktop, laptop, machine, spoil
from tests.unit.store.test_segments import header, named

from adsp.desk import exchange
from adsp.desk.sync import Synced, remember, sync, sync_by_itself
from adsp.errors import AdspError, StoreDamaged, StoreError, StoreLocked, UsageError
from adsp.settings import load_settings
from adsp.store.check import check
from adsp.store.exchange.segments import ATTRIBUTES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import TypeAlias

    Make: TypeAlias = Callable[[str], Machine]
    Clone: TypeAlias = Callable[[str], Path]

__all__ = ["desktop", "laptop", "machine"]  # fixtures


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A folder that some program carries from machine to machine."""
    folder = tmp_path / "공유 폴더"
    folder.mkdir()
    return folder


def trade(one: Machine, folder: Path, *, git: bool = False) -> Synced:
    with one.desk() as desk:
        return sync(desk, folder, git=git)


def counts(done: Synced) -> tuple[int, int]:
    """Taken in and given."""
    return len(done.taken.new), done.given


def assert_agree(machines: Sequence[Machine]) -> None:
    """The same events in the same order, so the same answers; and each log is whole."""
    assert all(one.events == machines[0].events for one in machines)
    assert all(check(one.log) == [] for one in machines)


class TestFolder:
    """Two and three machines over one folder."""

    def test_two(self, laptop: Machine, desktop: Machine, shared: Path) -> None:
        assert counts(trade(laptop, shared)) == (0, 6)
        assert counts(trade(desktop, shared)) == (6, 3)
        assert counts(trade(laptop, shared)) == (3, 0)
        assert_agree([laptop, desktop])
        assert len(laptop.history.answers) == 6

    def test_again_is_nothing(self, laptop: Machine, desktop: Machine, shared: Path) -> None:
        """No file, no backup and no event more, however often it is done."""
        for one in (laptop, desktop, laptop):
            trade(one, shared)
        files = {path: path.read_bytes() for path in shared.iterdir()}
        backups = [*laptop.files.backups.iterdir()]
        for one in (laptop, desktop, laptop, laptop):
            assert counts(trade(one, shared)) == (0, 0)
        assert {path: path.read_bytes() for path in shared.iterdir()} == files
        assert [*laptop.files.backups.iterdir()] == backups

    @pytest.mark.parametrize("order", itertools.permutations(range(3)), ids=str)
    def test_three_in_any_order(self, machine: Make, shared: Path, order: tuple[int, ...]) -> None:
        machines = [machine(name) for name in ("laptop", "desktop", "tablet")]
        for n in (*order, *order):
            machines[n].study("a", "b", now=f"2021-10-0{5 + n}T20:00", finish=n == 1)
            trade(machines[n], shared)
        for one in machines * 2:
            trade(one, shared)
        assert_agree(machines)
        assert len(machines[0].history.answers) == 12

    def test_a_session_goes_on_elsewhere(
        self, laptop: Machine, desktop: Machine, shared: Path
    ) -> None:
        """What was left open on one machine is finished on the other, and is finished on both."""
        trade(desktop, shared)
        trade(laptop, shared)
        with laptop.desk(write=True) as desk:
            session = desk.study.unfinished()
            assert session is not None
            assert len(session.replies) == 2
            desk.study.end(desk.study.answer(session, "a", 1_000))
        trade(laptop, shared)
        trade(desktop, shared)
        assert desktop.history.unfinished is None
        assert_agree([laptop, desktop])

    def test_new_folder(self, laptop: Machine, desktop: Machine, shared: Path) -> None:
        """A folder that was emptied fills again: each machine has all that it knows."""
        trade(laptop, shared)
        trade(desktop, shared)
        for path in shared.iterdir():
            path.unlink()
        assert counts(trade(desktop, shared)) == (0, 9)
        assert counts(trade(laptop, shared)) == (3, 0)

    def test_remembered(self, laptop: Machine, shared: Path) -> None:
        """From now on by itself; what keeps it from being done is told, not raised."""
        with laptop.desk() as desk:
            assert sync_by_itself(desk, git=True) == ""
            remember(desk, shared, git=False)
            assert load_settings(desk.paths.settings).sync.folder == str(shared)
            assert sync_by_itself(desk, git=False) == ""
            assert [*shared.glob("adsp-*.jsonl")]
            shared.rename(shared.with_name("뽑힌 USB"))
            assert "폴더가 없습니다" in sync_by_itself(desk, git=False)


class TestRefused:
    """A folder that will not do; the log is as it was."""

    @pytest.mark.parametrize(
        "name", ["없음", "파일", LONGEST, "laptop/data", "laptop/data/backups", "link"]
    )
    def test_no_folder_for_it(self, laptop: Machine, tmp_path: Path, name: str) -> None:
        """There is none, or it is the one of the log itself."""
        (tmp_path / "파일").touch()
        (tmp_path / "link").symlink_to(laptop.log.parent)
        laptop.files.backups.mkdir()
        before = set(laptop.log.parent.rglob("*"))
        with pytest.raises(UsageError, match=r"폴더가 없습니다|지금 쓰는 기록이 있는 폴더"):
            trade(laptop, tmp_path / name)
        assert set(laptop.log.parent.rglob("*")) == before

    def test_cannot_be_written(self, laptop: Machine, desktop: Machine, shared: Path) -> None:
        """What the others left is taken in all the same; what this one has to give comes later."""
        trade(desktop, shared)
        (shared / ATTRIBUTES).unlink()
        (shared / ATTRIBUTES).symlink_to(shared / "no" / "such" / "folder")
        with pytest.raises(AdspError, match="읽거나 쓸 수 없습니다"):
            trade(laptop, shared)
        assert len(laptop.events) == 9
        (shared / ATTRIBUTES).unlink()
        assert counts(trade(laptop, shared)) == (0, 6)
        trade(desktop, shared)
        assert_agree([laptop, desktop])

    def test_app_is_open(self, laptop: Machine, shared: Path) -> None:
        with laptop.desk(write=True) as desk:
            desk.study  # noqa: B018  (opening is the point)
            with pytest.raises(StoreLocked):
                trade(laptop, shared)
        assert [*shared.iterdir()] == []

    def test_damaged_log(self, laptop: Machine, desktop: Machine, shared: Path) -> None:
        """Nothing of it goes out to the others."""
        trade(desktop, shared)
        before = {*shared.iterdir()}
        spoil(laptop.log, 3)
        with pytest.raises(StoreDamaged):
            trade(laptop, shared)
        assert {*shared.iterdir()} == before


class TestInterrupted:
    """Whatever was cut short is made good the next time."""

    def test_half_a_file(self, laptop: Machine, desktop: Machine, shared: Path) -> None:
        """It has not come over whole: told, left for the next time, and not taken for whole."""
        trade(laptop, shared)
        (path,) = shared.glob("adsp-*.jsonl")
        whole = path.read_bytes()
        path.write_bytes(whole[:-40])
        done = trade(desktop, shared)
        assert (counts(done), done.unfinished) == ((0, 3), [path.name])
        path.write_bytes(whole)
        assert counts(trade(desktop, shared)) == (6, 0)

    def test_a_file_lost_on_the_way(self, laptop: Machine, desktop: Machine, shared: Path) -> None:
        """Whoever has its events writes them anew."""
        trade(laptop, shared)
        (path,) = shared.glob("adsp-*.jsonl")
        whole = path.read_bytes()
        path.write_bytes(b"")
        assert counts(trade(laptop, shared)) == (0, 6)
        assert path.read_bytes() == whole
        assert counts(trade(desktop, shared)) == (6, 3)

    def test_parts_in_the_wrong_order(
        self, laptop: Machine, desktop: Machine, shared: Path
    ) -> None:
        """Answers whose session has not come yet wait for it, and are not lost."""
        trade(laptop, shared)
        laptop.undo()
        trade(laptop, shared)
        first, _ = sorted(shared.glob("adsp-*.jsonl"), key=lambda path: path.stat().st_size)[::-1]
        first.rename(shared / "not here yet")
        done = trade(desktop, shared)
        assert (len(done.taken.new), len(done.taken.waiting)) == (0, 1)
        (shared / "not here yet").rename(first)
        assert len(trade(desktop, shared).taken.new) == 7
        trade(laptop, shared)
        assert_agree([laptop, desktop])

    def test_newer_app(self, laptop: Machine, desktop: Machine, shared: Path) -> None:
        """What it wrote waits for the update, told by name."""
        newer = named(shared, header(99) + b'{"type":"exam"}\n')
        trade(laptop, shared)
        done = trade(desktop, shared)
        assert (len(done.taken.new), done.newer) == (6, [newer.name])

    def test_bad_file_among_them(self, laptop: Machine, shared: Path) -> None:
        """It is named, and nothing is taken in or given."""
        bad = named(shared, header() + b"[" * 100_000)
        before = laptop.events
        with pytest.raises(StoreError, match=bad.name):
            trade(laptop, shared)
        with laptop.desk() as desk:
            remember(desk, shared, git=False)
            assert bad.name in sync_by_itself(desk, git=False)
        assert laptop.events == before
        bad.unlink()
        assert counts(trade(laptop, shared)) == (0, 6)


@pytest.fixture
def _git_identity(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Git as on a new machine that knows her name, and nothing else of this one."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "김서연")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "kim@example.org")


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def server(tmp_path: Path, _git_identity: None) -> Path:
    """An empty bare repository, as a server gives it."""
    folder = tmp_path / "server.git"
    folder.mkdir()
    git(folder, "init", "--quiet", "--bare", "--initial-branch=main")
    return folder


@pytest.fixture
def clone(server: Path, tmp_path: Path) -> Clone:
    """A clone of it."""

    def make(name: str) -> Path:
        git(tmp_path, "clone", "--quiet", str(server), name)
        return tmp_path / name

    return make


class TestGit:
    """Two machines over a repository: pulled before, pushed after."""

    def test_from_an_empty_repository(
        self, laptop: Machine, desktop: Machine, clone: Clone
    ) -> None:
        """The first exchange of all pushes, too; the other finds it. Nothing new, no commit."""
        one, two = clone("one"), clone("two")
        assert counts(trade(laptop, one, git=True)) == (0, 6)
        assert counts(trade(laptop, one, git=True)) == (0, 0)
        assert counts(trade(desktop, two, git=True)) == (6, 3)
        assert counts(trade(laptop, one, git=True)) == (3, 0)
        assert_agree([laptop, desktop])
        assert git(one, "status", "--porcelain") == ""
        assert git(one, "rev-parse", "HEAD") == git(two, "rev-parse", "HEAD")
        assert git(one, "rev-list", "--count", "HEAD") == "2"

    @pytest.mark.parametrize("over_git", [False, True])
    def test_unreadable(self, laptop: Machine, clone: Clone, over_git: bool) -> None:
        (one := clone("one")).joinpath(f"adsp-{'a' * 32}.jsonl").symlink_to("/proc/self/mem")
        with pytest.raises(AdspError, match="읽거나 쓸 수 없습니다"):
            trade(laptop, one, git=over_git)

    def test_both_at_once(self, laptop: Machine, desktop: Machine, clone: Clone) -> None:
        """Both commit before either has pushed: no conflict, since no two write the same file."""
        one, two = clone("one"), clone("two")
        trade(laptop, one, git=True)
        trade(desktop, two, git=True)
        for evening in range(6, 9):
            laptop.study("a", now=f"2021-10-0{evening}T20:00")
            desktop.study("b", now=f"2021-10-0{evening}T20:00")
            trade(laptop, one)  # without git, so that it stays here
            trade(desktop, two, git=True)
            trade(laptop, one, git=True)
        trade(desktop, two, git=True)
        assert_agree([laptop, desktop])
        assert git(two, "rev-list", "--merges", "--count", "HEAD") == "0"

    def test_another_is_faster(self, laptop: Machine, desktop: Machine, clone: Clone) -> None:
        """The other pushes between our pull and our push: pulled and pushed again."""
        one, two = clone("one"), clone("two")
        trade(laptop, one, git=True)
        trade(desktop, two, git=True)
        desktop.study("a", now="2021-10-07T20:00")
        trade(desktop, two)
        git(two, "add", ".")
        git(two, "commit", "--quiet", "-m", "by hand")
        hook = one / ".git" / "hooks" / "pre-push"
        hook.write_text(f"#!/bin/sh\nrm -f '{hook}'\nunset GIT_DIR\ngit -C '{two}' push --quiet\n")
        hook.chmod(0o755)
        laptop.study("b", now="2021-10-07T20:00")
        trade(laptop, one, git=True)
        assert git(one, "rev-parse", "HEAD") == git(one, "rev-parse", "origin/main")
        trade(desktop, two, git=True)
        trade(laptop, one, git=True)
        assert_agree([laptop, desktop])

    def test_cut_short_before_the_commit(
        self, laptop: Machine, desktop: Machine, clone: Clone
    ) -> None:
        """What was written but neither committed nor pushed goes out the next time."""
        one, two = clone("one"), clone("two")
        trade(laptop, one)
        trade(desktop, two)
        assert counts(trade(laptop, one, git=True)) == (0, 0)
        assert counts(trade(desktop, two, git=True)) == (6, 0)
        trade(laptop, one, git=True)
        assert_agree([laptop, desktop])

    def test_nobody(
        self,
        laptop: Machine,
        desktop: Machine,
        clone: Clone,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Git does not know who she is: told as git says it; once it does, all goes out."""
        one, two = clone("one"), clone("two")
        git(one, "config", "user.useConfigOnly", "true")
        with monkeypatch.context() as patch:
            for name in [
                name for name in os.environ if name.startswith(("GIT_AUTHOR", "GIT_COMM"))
            ]:
                patch.delenv(name)
            with pytest.raises(AdspError, match=r"git commit 에 실패했습니다: .*user\.email"):
                trade(laptop, one, git=True)
        trade(desktop, two, git=True)
        trade(laptop, one, git=True)
        trade(desktop, two, git=True)
        assert_agree([laptop, desktop])

    def test_her_own_work_stays(self, laptop: Machine, clone: Clone) -> None:
        """What she has staged or changed is not committed, and not lost."""
        one = clone("one")
        trade(laptop, one, git=True)
        (one / "diary.md").write_text("하루\n", encoding="utf-8")
        (one / "draft.md").write_text("초안\n", encoding="utf-8")
        git(one, "add", "diary.md")
        laptop.study("a", now="2021-10-07T20:00")
        trade(laptop, one, git=True)
        assert git(one, "status", "--porcelain").splitlines() == ["A  diary.md", "?? draft.md"]

    def test_ignored_files(self, laptop: Machine, desktop: Machine, clone: Clone) -> None:
        """A repository that ignores JSON lines carries these all the same."""
        one, two = clone("one"), clone("two")
        (one / ".gitignore").write_text("*.jsonl\n")
        git(one, "add", ".gitignore")
        git(one, "commit", "--quiet", "-m", "ignore")
        trade(laptop, one, git=True)
        assert counts(trade(desktop, two, git=True)) == (6, 3)

    def test_line_ends_of_windows(self, laptop: Machine, desktop: Machine, clone: Clone) -> None:
        one = clone("one")
        (one / ATTRIBUTES).write_text("* text=auto eol=crlf\n")
        git(one, "add", ".")
        git(one, "commit", "--quiet", "-m", "windows")
        trade(laptop, one, git=True)
        two = clone("two")
        assert counts(trade(desktop, two, git=True)) == (6, 3)
        assert any(b"\r\n" in path.read_bytes() for path in two.glob("*.jsonl"))
        trade(laptop, one, git=True)
        assert_agree([laptop, desktop])

    def test_folder_of_a_repository(self, laptop: Machine, desktop: Machine, clone: Clone) -> None:
        """Beside her study log, in a folder of its own."""
        one, two = clone("one"), clone("two")
        (one / "기록").mkdir()
        trade(laptop, one / "기록", git=True)
        git(two, "pull", "--quiet")
        assert counts(trade(desktop, two / "기록", git=True)) == (6, 3)

    def test_remote_without_upstream(
        self,
        laptop: Machine,
        desktop: Machine,
        server: Path,
        tmp_path: Path,
        clone: Clone,
    ) -> None:
        """Made with ``git init`` and ``git remote add``, as servers advise."""
        one = tmp_path / "one"
        one.mkdir()
        git(one, "init", "--quiet", "--initial-branch=main")
        git(one, "remote", "add", "origin", str(server))
        trade(laptop, one, git=True)
        assert counts(trade(desktop, clone("two"), git=True)) == (6, 3)
        assert counts(trade(laptop, one, git=True)) == (3, 0)

    def test_run_by_a_hook(
        self, laptop: Machine, clone: Clone, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Of another repository, which git names to its hooks: that one is let alone."""
        one, other = clone("one"), clone("other")
        monkeypatch.setenv("GIT_DIR", str(other / ".git"))
        monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git" / "index"))
        trade(laptop, one, git=True)
        monkeypatch.delenv("GIT_DIR")
        monkeypatch.delenv("GIT_INDEX_FILE")
        assert git(one, "rev-list", "--count", "HEAD") == "1"
        assert git(other, "status", "--porcelain") == ""

    def test_conflict_of_her_own(self, laptop: Machine, clone: Clone) -> None:
        """It is told, nothing is left half done, and once it is settled all goes on."""
        one, two = clone("one"), clone("two")
        for folder, text in ((one, "하나"), (two, "둘")):
            (folder / "diary.md").write_text(text, encoding="utf-8")
            git(folder, "add", ".")
            git(folder, "commit", "--quiet", "-m", text)
        git(two, "push", "--quiet")
        with pytest.raises(AdspError, match="git pull 에 실패했습니다"):
            trade(laptop, one, git=True)
        assert git(one, "status", "--porcelain") == ""
        assert git(one, "symbolic-ref", "HEAD") == "refs/heads/main"
        git(one, "fetch", "--quiet")
        git(one, "reset", "--quiet", "--hard", "origin/main")
        assert counts(trade(laptop, one, git=True)) == (0, 6)

    @pytest.mark.parametrize("inside", ["", ".git", "server.git"])
    def test_no_working_tree(
        self, laptop: Machine, server: Path, tmp_path: Path, shared: Path, inside: str
    ) -> None:
        """No repository, or the inside of one: told, and nothing is written there."""
        git(tmp_path, "init", "--quiet", "here")
        folder = {"": shared, ".git": tmp_path / "here" / ".git", "server.git": server}[inside]
        before = {*folder.iterdir()}
        with pytest.raises(AdspError, match="git rev-parse 에 실패했습니다"):
            trade(laptop, folder, git=True)
        assert {*folder.iterdir()} == before
        assert len(laptop.events) == 6

    def test_server_gone(self, laptop: Machine, server: Path, clone: Clone) -> None:
        """Off the net: told; the next time all goes out."""
        one = clone("one")
        server.rename(server.with_name("away"))
        with pytest.raises(AdspError, match="기록은 그대로입니다"):
            trade(laptop, one, git=True)
        server.with_name("away").rename(server)
        assert counts(trade(laptop, one, git=True)) == (0, 6)
        assert git(server, "rev-list", "--count", "main") == "1"


class TestUndo:
    """Answers taken back on the other machine."""

    def test_on_the_other_machine(self, laptop: Machine, desktop: Machine) -> None:
        """The last answer of all machines is taken back, and can be given back on either."""
        exchange.merge(laptop.desk(), desktop.log)
        laptop.undo()
        exchange.merge(desktop.desk(), laptop.log)
        assert len(desktop.history.answers) == 5
        assert desktop.history.last_retracted == laptop.history.last_retracted
        assert desktop.history.last_retracted is not None
        assert desktop.history.last_retracted.at.hour == 21
        desktop.redo()
        exchange.merge(laptop.desk(), desktop.log)
        assert len(laptop.history.answers) == 6
        assert laptop.events == desktop.events

    def test_both_take_the_same_back(self, laptop: Machine, machine: Make) -> None:
        """It is taken back once, and one redo gives it back."""
        other = machine("other")
        exchange.merge(other.desk(), laptop.log)
        laptop.undo()
        other.undo()
        exchange.merge(laptop.desk(), other.log)
        assert len(laptop.history.answers) == 3
        laptop.redo()
        exchange.merge(other.desk(), laptop.log)
        assert len(laptop.history.answers) == len(other.history.answers) == 4
