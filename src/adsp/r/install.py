"""Which R this machine has, found without starting it where that is possible."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

_COMMON_HOMES = (
    "/usr/lib/R",
    "/usr/lib64/R",
    "/usr/local/lib/R",
    "/Library/Frameworks/R.framework/Resources",
)


@dataclass(frozen=True)
class Installation:
    """One R."""

    home: Path
    """R_HOME."""
    version: str
    """``4.2.2``."""

    @property
    def binary(self) -> Path:
        """R itself, not the shell script that starts it."""
        return self.home / "bin" / "exec" / "R"

    @property
    def release(self) -> tuple[int, int]:
        """``(4, 2)``."""
        major, minor, *_ = self.version.split(".")
        return int(major), int(minor)

    def environment(self, scratch: Path) -> dict[str, str]:
        """The whole environment of an R process: nothing of the learner's own comes in."""
        return {
            "PATH": "/usr/bin:/bin",
            "HOME": str(scratch),
            "TMPDIR": str(scratch),
            "LC_ALL": "C.UTF-8" if os.uname().sysname == "Linux" else "en_US.UTF-8",
            "LANGUAGE": "en",
            "TZ": "Asia/Seoul",
            "R_HOME": str(self.home),
            "R_LIBS": os.pathsep.join(map(str, self.own_libraries())),
            "LD_LIBRARY_PATH": str(self.home / "lib"),
            "OPENBLAS_NUM_THREADS": "1",  # a second thread would not survive the fork
            "OMP_NUM_THREADS": "1",
            "MKL_NUM_THREADS": "1",
            **self._moved_folders(),
        }

    def own_libraries(self) -> list[Path]:
        """Packages that the learner installed for herself: R's default folder, and R_LIBS_USER."""
        release = ".".join(map(str, self.release))
        default = Path.home().glob(f"R/*-library/{release}")
        named = os.environ.get("R_LIBS_USER", "").split(os.pathsep)
        return [p for p in (*default, *(Path(n) for n in named if n)) if p.is_dir()]

    def _moved_folders(self) -> dict[str, str]:
        """Debian keeps share and doc elsewhere; R's start script says where."""
        try:
            script = (self.home / "bin" / "R").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return {}
        return dict(re.findall(r"^(R_(?:SHARE|INCLUDE|DOC)_DIR)=(/\S+)$", script, re.MULTILINE))


def find_r() -> Installation | None:
    """The R of R_HOME, else of the PATH, else of a usual place; None if there is none."""
    for home in _homes():
        version = _version(home)
        if version and (home / "bin" / "exec" / "R").is_file():
            return Installation(home, version)
    return None


def _homes() -> list[Path]:
    named = os.environ.get("R_HOME")
    found = [Path(named)] if named else []
    if script := shutil.which("R"):
        found += _told_by(script)
    return found + [Path(home) for home in _COMMON_HOMES]


def _told_by(script: str) -> list[Path]:
    try:
        answer = subprocess.run(
            [script, "RHOME"], capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return []
    return [Path(answer.stdout.strip())]


def _version(home: Path) -> str:
    """Read from the base package, which every R has: 100 ms less than asking R."""
    try:
        text = (home / "library" / "base" / "DESCRIPTION").read_text(encoding="utf-8")
    except OSError:
        return ""
    match = re.search(r"^Version: (\d+\.\d+\.\d+)", text, re.MULTILINE)
    return match[1] if match else ""


@functools.cache
def korean_family() -> str:
    """A font family with Hangul, by fontconfig; ``sans`` if it knows none."""
    lister = shutil.which("fc-list")
    if not lister:
        return "sans"
    try:
        answer = subprocess.run(
            [lister, ":lang=ko", "--format", "%{family[0]}\n"],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return "sans"
    families = sorted(set(answer.stdout.split("\n")) - {""})
    for wanted in ("NanumGothic", "Noto Sans CJK KR", "Noto Sans KR", "Apple SD Gothic Neo"):
        if wanted in families:
            return wanted
    return families[0] if families else "sans"
