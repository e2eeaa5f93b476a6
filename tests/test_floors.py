"""An import points down the floors."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_imports_point_down(tmp_path: Path) -> None:
    """import-linter keeps every contract of pyproject.toml."""
    done = subprocess.run(
        [
            sys.executable,
            *(
                "-c",
                "import sys; from importlinter.cli import lint_imports_command as lint; lint()",
            ),
            *("--config", "pyproject.toml", "--cache-dir", str(tmp_path)),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout
