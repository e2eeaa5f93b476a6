"""The wheel, as somebody gets it: built from the tree, installed into an empty environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        arguments, cwd=cwd, capture_output=True, text=True, timeout=110, check=False
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ``adsp`` of an environment that holds the wheel and what it asks for, nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    build = run(
        sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, cwd=ROOT
    )
    assert build.returncode == 0, build.stderr
    (wheel,) = folder.glob("adsp-*.whl")
    venv.create(folder / "venv", with_pip=True)
    bin_ = folder / "venv" / "bin"
    pip = run(bin_ / "python", "-m", "pip", "install", "--quiet", wheel, cwd=folder)
    assert pip.returncode == 0, pip.stderr
    return bin_ / "adsp"


@pytest.mark.xdist_group("wheel")
class TestWheel:
    """Banks and R scripts are inside, and every command finds them from anywhere."""

    def adsp(self, installed: Path, folder: Path, *arguments: str) -> str:
        done = run(installed, *arguments, cwd=folder)
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout

    @pytest.mark.timeout(300)
    def test_it_is_not_the_tree(self, installed: Path, tmp_path: Path) -> None:
        """Nothing of the checkout shines through."""
        found = run(
            installed.with_name("python"),
            "-c",
            "from adsp.settings import shipped; print(shipped('questions')); "
            "print(shipped('r_scripts'))",
            cwd=tmp_path,
        ).stdout.split()
        assert all(str(installed.parents[1]) in path for path in found)
        for path, name in zip(found, ("questions", "r_scripts"), strict=True):
            assert files(Path(path)) == files(ROOT / name)

    def test_bank(self, installed: Path, tmp_path: Path) -> None:
        """The shipped bank is whole."""
        self.adsp(installed, tmp_path, "bank", "lint")

    def test_plan(self, installed: Path, tmp_path: Path) -> None:
        """Her plan of August 23."""
        plan = json.loads(
            self.adsp(
                installed,
                tmp_path,
                *("plan", "--exam", "2021-11-06", "--start", "2021-10-01"),
                *("--now", "2021-08-23", "--json"),
            )
        )
        assert plan["exam"] == "2021-11-06"
        assert plan["days"][0]["day"] == "2021-10-01"

    def test_demos(self, installed: Path, tmp_path: Path) -> None:
        """As many demos as there are files."""
        told = self.adsp(installed, tmp_path, "r", "demos")
        for demo in (ROOT / "r_scripts" / "demos").glob("*.R"):
            title = demo.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ").strip()
            assert title in told

    def test_screens(self, installed: Path, tmp_path: Path) -> None:
        """The style sheet is inside: the app draws its first screen."""
        done = run(
            installed.with_name("python"),
            "-c",
            "import asyncio, random\n"
            "from adsp.clock import SystemClock\n"
            "from adsp.desk.desk import Desk\n"
            "from adsp.settings import find_paths\n"
            "from adsp.tui.app import AdspApp\n"
            "async def look():\n"
            "    with Desk(find_paths(), SystemClock(), random.Random(1), write=True) as desk:\n"
            "        async with AdspApp(desk).run_test() as pilot:\n"
            "            await pilot.pause()\n"
            "            print(pilot.app.screen.query_one('#menu').option_count)\n"
            "asyncio.run(look())\n",
            cwd=tmp_path,
        )
        assert done.stdout.strip() == "8", done.stderr


def files(folder: Path) -> set[str]:
    """Names below a folder, without what editors and systems leave behind."""
    return {
        os.path.relpath(path, folder)
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }
