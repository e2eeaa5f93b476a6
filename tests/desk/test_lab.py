"""R at the desk: what may run, what is kept, what is written down."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import msgspec
import pytest

from adsp.bank.question import Exhibit
from adsp.desk.drill import make_drill, topics
from adsp.desk.lab import Lab
from adsp.desk.recording import record
from adsp.errors import RError, UsageError
from adsp.r.engine import Outcome, Plot, Run
from adsp.settings import ROptions, Settings, shipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.conftest import Maker

    from adsp.desk.desk import Desk

PNG = b"\x89PNG\r\n\x1a\n"


def drawn(*names: str) -> Run:
    return Run(
        Outcome.OK, plots=tuple(Plot(name, PNG + name.encode(), "image/png") for name in names)
    )


@pytest.fixture
def without_r() -> Lab:
    return Lab(ROptions(engine="none"), shipped("r_scripts"))


@pytest.fixture(scope="module")
def with_r() -> Iterator[Lab]:
    lab = Lab(ROptions(), shipped("r_scripts"))
    if not lab.engine.r_version:
        pytest.skip("no R on this machine")
    yield lab
    lab.close()


class TestWithoutR:
    def test_says_so_and_breaks_nothing(self, without_r: Lab, make: Maker) -> None:
        assert without_r.run("1").outcome is Outcome.UNAVAILABLE
        with pytest.raises(RError, match=r"auto"):
            without_r.prove(make.number())
        without_r.stop()
        without_r.close()

    def test_an_exhibit_without_r_code(self, without_r: Lab, make: Maker) -> None:
        for question in (make.choice(), make.choice(exhibit=Exhibit(text="표"))):
            with pytest.raises(RError, match="코드가 없습니다"):
                without_r.run_exhibit(question)

    def test_imported_code_needs_a_lock(self, without_r: Lab, make: Maker) -> None:
        imported = make.choice(exhibit=Exhibit(r="1"), origin="/home/her/mine.toml")
        assert "격리 단계 2" in without_r.refusal(imported)
        with pytest.raises(RError, match="격리"):
            without_r.run_exhibit(imported)
        assert without_r.refusal(make.choice(exhibit=Exhibit(r="1"))) == ""

    def test_demos_have_titles(self, without_r: Lab) -> None:
        demos = without_r.demos()
        assert demos
        assert all(demo.title and demo.description and demo.code for demo in demos)


class TestKeepPlots:
    def test_those_of_the_run_before_go(self, without_r: Lab, tmp_path: Path) -> None:
        without_r.keep_plots(drawn("plot001.png", "plot002.png"), tmp_path)
        kept = without_r.keep_plots(drawn("plot001.png"), tmp_path)
        assert [*tmp_path.iterdir()] == [*kept]

    def test_her_own_files_stay(self, without_r: Lab, tmp_path: Path) -> None:
        """``adsp r run x.R --plots .`` in a folder of her own work."""
        for name in ("plot-data.csv", "plotting.R", "plot.png"):
            (tmp_path / name).write_text("내 것")
        (tmp_path / "plots").mkdir()
        without_r.keep_plots(drawn("plot001.png"), tmp_path)
        assert (tmp_path / "plot-data.csv").read_text() == "내 것"
        assert (tmp_path / "plotting.R").read_text() == "내 것"
        assert (tmp_path / "plot.png").read_text() == "내 것"
        assert (tmp_path / "plots").is_dir()

    @pytest.mark.parametrize("name", ["../escaped.png", "/etc/x.png", "..", "", "a/b.png", "a\x00"])
    def test_no_name_leads_out_of_the_folder(
        self, without_r: Lab, tmp_path: Path, name: str
    ) -> None:
        """What comes from the R process is not trusted."""
        folder = tmp_path / "plots"
        (path,) = without_r.keep_plots(drawn(name), folder)
        assert path.parent == folder
        assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == [path.name]

    def test_no_plots_no_folder(self, without_r: Lab, tmp_path: Path) -> None:
        assert without_r.keep_plots(drawn(), tmp_path / "plots") == ()
        assert not (tmp_path / "plots").exists()


class TestDrillWithoutR:
    """Recorded draws stand in for R; a dozen of them a topic."""

    @pytest.fixture
    def desk_without_r(self, desk: Desk) -> Desk:
        desk.settings = Settings(r=ROptions(engine="none"))
        return desk

    @pytest.mark.parametrize("count", [0, -3, 201, 10**9])
    def test_count_out_of_range(self, desk_without_r: Desk, count: int) -> None:
        with pytest.raises(UsageError, match="1에서 200"):
            make_drill(desk_without_r, [], count)

    def test_an_unknown_topic_names_the_nearest(self, desk_without_r: Desk) -> None:
        with pytest.raises(UsageError, match="confusion"):
            make_drill(desk_without_r, ["confusio"], 1)

    def test_as_many_as_asked_for(self, desk_without_r: Desk) -> None:
        made = make_drill(desk_without_r, [], 6)
        assert len({question.id for question in made}) == 6
        assert {question.id.split("-")[1] for question in made} == {
            topic.name for topic in topics()
        }

    def test_more_than_there_are_ends(self, desk_without_r: Desk) -> None:
        """Fewer come back, and they come back."""
        made = make_drill(desk_without_r, [topics()[0].name], 40)
        assert 1 <= len({question.id for question in made}) == len(made) <= 12


@pytest.mark.r
class TestWithR:
    def test_an_exhibit_beside_its_record(self, desk: Desk, with_r: Lab) -> None:
        question = next(q for q in desk.bank.questions if q.exhibit and q.exhibit.r)
        ran = with_r.run_exhibit(question)
        assert ran.run.outcome is Outcome.OK
        assert ran.recorded == question.exhibit.shown if question.exhibit else False

    def test_another_code_prints_another_thing(self, make: Maker, with_r: Lab) -> None:
        ran = with_r.run_exhibit(make.choice(exhibit=Exhibit(r="1 + 1")))
        assert "[1] 2" in ran.live
        assert not ran.same

    def test_recording(self, tmp_path: Path, with_r: Lab) -> None:
        """A first run writes what is missing and changes nothing else; a second changes nothing."""
        root = tmp_path / "questions"
        shutil.copytree(shipped("questions"), root)
        victims = sorted(root.glob("*/transcripts/*.txt"))[:2]
        recorded = victims[0].read_text(encoding="utf-8")
        victims[0].unlink()
        for bank_file in root.glob("*/*.toml"):
            if not victims[0].stem.startswith(bank_file.stem):
                bank_file.unlink()
        changed = [done.question for done in record(root, with_r) if done.changed]
        if recorded.startswith(f"#! R {with_r.engine.r_version} "):
            assert changed == [victims[0].stem]
            assert victims[0].read_text(encoding="utf-8") == recorded
        assert not any(done.changed or done.error for done in record(root, with_r))

    def test_code_that_fails_is_not_recorded(
        self, tmp_path: Path, make: Maker, with_r: Lab
    ) -> None:
        from adsp.desk.recording import _record

        failing = make.choice(exhibit=Exhibit(r="stop('x')"))
        done = _record(tmp_path, failing, with_r)
        assert done.error
        assert not [*tmp_path.rglob("*.txt")]

    def test_recording_without_r(self, tmp_path: Path, without_r: Lab) -> None:
        with pytest.raises(RError):
            list(record(shipped("questions"), without_r))


def test_the_desk_lets_go(sit: Callable[..., Desk], make: Maker) -> None:
    """Closing twice is harmless, and the next one gets the log."""
    desk = sit()
    assert desk.study.history.events == []
    desk.close()
    desk.close()
    with sit() as again:
        assert again.study.history.events == []
    assert msgspec.structs.asdict(desk.settings) == msgspec.structs.asdict(Settings())
