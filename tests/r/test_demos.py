"""The demonstrations that ship with the app run here, to the end and without complaint."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from adsp.r.engine import Engine, Outcome
from adsp.settings import shipped

if TYPE_CHECKING:
    from pathlib import Path

DEMOS = sorted((shipped("r_scripts") / "demos").glob("*.R"))
RECOMMENDED = {"rpart", "cluster", "MASS", "class", "nnet", "boot", "lattice", "mgcv", "nlme"}


def test_there_are_eleven() -> None:
    """One for each topic of the third subject's practice."""
    assert [int(demo.name[:2]) for demo in DEMOS] == list(range(1, 12))


@pytest.mark.parametrize("demo", DEMOS, ids=lambda demo: demo.stem)
class TestADemo:
    def test_opens_with_its_title(self, demo: Path) -> None:
        """The list of demos shows the first two lines."""
        title, description, blank, *_ = demo.read_text(encoding="utf-8").split("\n")
        assert re.match(r"# .*[가-힣]", title)
        assert re.match(r"# .*[가-힣].*\.$", description)
        assert blank == ""

    def test_needs_only_what_comes_with_r(self, demo: Path) -> None:
        """Base and recommended packages; everybody has them."""
        used = re.findall(r"library\((\w+)\)|(\w+)::", demo.read_text(encoding="utf-8"))
        assert {a or b for a, b in used} <= RECOMMENDED | {"stats"}

    @pytest.mark.r
    def test_runs_and_says_the_same_each_time(self, engine: Engine, demo: Path) -> None:
        """Without warnings; twice the same, under different seeds, too."""
        code = demo.read_text(encoding="utf-8")
        run, again = engine.run(code, timeout=30), engine.run(code, timeout=30, seed=7)
        assert run.outcome is Outcome.OK, run.console()[-600:]
        assert {event.kind for event in run.events} <= {"src", "out"}
        assert run.console() == again.console()
        assert [plot.data for plot in run.plots] == [plot.data for plot in again.plots]
