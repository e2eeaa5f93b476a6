"""What the app finds out about the machine, and what it advises."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from typing import TYPE_CHECKING

import pytest

from adsp.r import advice, box, install, probe
from adsp.r.box import Locks, find_locks
from adsp.r.install import Installation, find_r

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.r
class TestThisMachine:
    def test_what_is_found_is_true(self, installed: Installation) -> None:
        """The version is R's own; the levels are those of the engines."""
        found = probe.probe()
        told = subprocess.run(
            [installed.home / "bin" / "R", "--version"], capture_output=True, text=True, check=True
        )
        assert f"R version {found.r_version}" in told.stdout
        assert found.r_binary == installed.binary
        assert found.levels["oneshot"] == find_locks().level
        assert list(found.levels)[-1] == "none"
        assert found.rpy2_works == ("zygote" in found.levels)

    def test_rpy2_is_never_imported_here(self) -> None:
        """Probing and running happen in other processes."""
        code = (
            "import sys\n"
            "from adsp.r import open_engine\nfrom adsp.r.probe import probe\n"
            "probe(); e = open_engine(); e.run('1'); e.close()\n"
            "print([m for m in sys.modules if m.split('.')[0] in ('rpy2', 'numpy', 'pandas')])"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == "[]"

    def test_nothing_of_the_learner_is_in_the_environment(
        self, installed: Installation, tmp_path: Path
    ) -> None:
        """Only what R needs, and nothing copied but her own package folders."""
        environment = installed.environment(tmp_path)
        assert environment["HOME"] == environment["TMPDIR"] == str(tmp_path)
        assert environment["LC_ALL"].endswith("UTF-8")
        assert not {"USER", "SSH_AUTH_SOCK", "XDG_RUNTIME_DIR"} & environment.keys()


def r_at(home: Path, version: str) -> Path:
    """A folder that looks like an R."""
    (home / "library" / "base").mkdir(parents=True)
    (home / "library" / "base" / "DESCRIPTION").write_text(f"Package: base\nVersion: {version}\n")
    (home / "bin" / "exec").mkdir(parents=True)
    (home / "bin" / "exec" / "R").write_text("")
    return home


class TestFindingR:
    def test_r_home_comes_first(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A learner with two R chooses by R_HOME."""
        monkeypatch.setenv("R_HOME", str(r_at(tmp_path / "R", "4.9.1")))
        assert find_r() == Installation(tmp_path / "R", "4.9.1")

    def test_a_broken_r_home_is_passed_over(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """And so is an R on the path that cannot be asked."""
        monkeypatch.setenv("R_HOME", str(tmp_path / "nowhere"))
        monkeypatch.setattr(install, "_COMMON_HOMES", (str(r_at(tmp_path / "usual", "4.3.0")),))
        monkeypatch.setattr("shutil.which", lambda _: str(tmp_path / "no-such-R"))
        assert find_r() == Installation(tmp_path / "usual", "4.3.0")

    def test_no_r(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nothing found is no error."""
        monkeypatch.delenv("R_HOME", raising=False)
        monkeypatch.setattr(install, "_COMMON_HOMES", ())
        monkeypatch.setattr("shutil.which", lambda _: None)
        assert find_r() is None
        found = probe.probe()
        assert (found.r_version, found.levels) == ("", {"none": 0})
        assert len(found.advice) == 1
        assert "R이 없습니다" in found.advice[0]


class TestAdvice:
    @pytest.mark.parametrize(
        ("release", "pin"),
        [
            pytest.param((4, 2), "rpy2-rinterface==3.6.5", id="Debian 12"),
            pytest.param((4, 5), "rpy2-rinterface==3.6.5", id="Debian 13"),
            pytest.param((4, 6), "rpy2-rinterface==3.6.7", id="4.6"),
            pytest.param((5, 0), "rpy2-rinterface==3.6.7", id="5.0"),
        ],
    )
    def test_the_pin_goes_by_the_version_of_r(self, release: tuple[int, int], pin: str) -> None:
        """No single rpy2 serves all."""
        assert advice.rpy2_pin(release) == pin
        assert pin in advice.how_to_install_rpy2(release)

    @pytest.mark.parametrize("tool", ["apt-get", "dnf", "pacman", "zypper", "brew"])
    def test_r_is_installed_with_the_systems_own_tool(
        self, tool: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The command can be copied as it is."""
        monkeypatch.setattr("shutil.which", lambda name: name if name == tool else None)
        assert tool in advice.how_to_install_r()

    def test_without_a_known_tool(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """CRAN serves everybody."""
        monkeypatch.setattr("shutil.which", lambda _: None)
        assert "cran.r-project.org" in advice.how_to_install_r()
        assert "bubblewrap" in advice.how_to_install_bubblewrap()

    def test_one_sentence_for_each_missing_thing(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """An old kernel with R, and nothing else."""
        bare: Callable[[], Locks] = lambda: Locks(False, 0, False)  # noqa: E731
        monkeypatch.setattr(probe, "find_locks", bare)
        monkeypatch.setattr(probe, "find_r", lambda: Installation(tmp_path, "4.2.2"))
        monkeypatch.setattr(probe, "version", _not_installed)
        assert len(probe.probe().advice) == 4


def _not_installed(_: str) -> str:
    raise PackageNotFoundError


class TestLevels:
    @pytest.mark.parametrize(
        ("locks", "level"),
        [
            pytest.param(Locks(True, 7, True), 3, id="all"),
            pytest.param(Locks(False, 1, True), 2, id="no bubblewrap"),
            pytest.param(Locks(True, 0, True), 1, id="no Landlock"),
            pytest.param(Locks(True, 7, False), 1, id="no seccomp"),
            pytest.param(Locks(False, 7, False), 0, id="Landlock alone"),
            pytest.param(Locks(False, 0, False), 0, id="none"),
        ],
    )
    def test_a_level_needs_all_its_locks(self, locks: Locks, level: int) -> None:
        """Landlock without seccomp lets sockets through, so it does not count."""
        assert locks.level == level

    def test_bubblewrap_that_is_forbidden_does_not_count(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """Ubuntu 24.04 installs it and lets it fail."""
        fake = tmp_path / "bwrap"
        fake.write_text("#!/bin/sh\necho 'setting up uid map: Permission denied' >&2\nexit 1\n")
        fake.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
        assert not box._bubblewrap_works()
