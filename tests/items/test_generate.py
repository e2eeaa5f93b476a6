"""How questions are asked for: with R, without R, and when something is wrong."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import msgspec
import pytest

from adsp.bank.check import check_question
from adsp.items.draws import Record, record_path, recorded
from adsp.items.generate import GENERATORS, RECORDED_SEEDS, generate, record, recording
from adsp.items.generator import GenerationError

if TYPE_CHECKING:
    from pathlib import Path

    from adsp.bank.syllabus import Syllabus
    from adsp.r.engine import Engine


@pytest.fixture
def own_scripts(scripts: Path, tmp_path: Path) -> Path:
    """A copy of the generators that a test may spoil."""
    shutil.copytree(scripts / "generators", tmp_path / "generators")
    return tmp_path


def spoil(scripts: Path, name: str, old: str, new: str) -> None:
    path = scripts / "generators" / f"{name}.R"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("name", GENERATORS)
class TestWithoutR:
    """A machine without R gets the questions of twelve recorded seeds."""

    def test_every_seed_makes_a_sound_question(
        self, name: str, no_engine: Engine, scripts: Path, syllabus: Syllabus
    ) -> None:
        questions = [generate(name, seed, no_engine, scripts) for seed in range(36)]
        assert {q.id: found for q in questions if (found := check_question(q, syllabus))} == {}
        assert len({question.id for question in questions}) == len(RECORDED_SEEDS)

    @pytest.mark.r
    def test_it_is_the_question_that_r_makes_of_the_recorded_seed(
        self, name: str, no_engine: Engine, engine: Engine, scripts: Path
    ) -> None:
        """So the id means one question, whoever has R and whoever has not."""
        offline = generate(name, 100, no_engine, scripts)
        seed = int(offline.id.rsplit("-", 1)[1])
        live = generate(name, seed, engine, scripts)
        assert (offline.id, offline.revision) == (live.id, live.revision)

    def test_python_still_checks_the_record(
        self, name: str, no_engine: Engine, own_scripts: Path
    ) -> None:
        """A record that was edited is not asked."""
        records = {
            known: [msgspec.to_builtins(one) for one in recorded(known, own_scripts)]
            for known in GENERATORS
        }
        for one in records[name]:
            first = next(iter(one["draw"]["quantities"]))
            one["draw"]["quantities"][first] += 1e-6
        record_path(own_scripts).write_bytes(msgspec.json.encode(records))
        with pytest.raises(GenerationError, match="R과 Python의 계산이 달라"):
            generate(name, 3, no_engine, own_scripts)


class TestRecord:
    """The record beside the scripts."""

    @pytest.mark.r
    def test_it_is_what_r_returns_today(self, engine: Engine, scripts: Path) -> None:
        fresh = msgspec.json.decode(recording(engine, scripts), type=dict[str, list[Record]])
        assert list(fresh) == list(GENERATORS)
        for name, records in fresh.items():
            for now, then in zip(records, recorded(name, scripts), strict=True):
                assert now.seed == then.seed
                assert now.draw.attempt == then.draw.attempt
                assert now.draw.drawn == then.draw.drawn
                assert now.draw.printed == then.draw.printed
                assert now.draw.quantities == pytest.approx(then.draw.quantities, rel=1e-9)

    @pytest.mark.r
    def test_it_is_written_beside_the_scripts(self, engine: Engine, own_scripts: Path) -> None:
        before = record_path(own_scripts).read_text(encoding="utf-8")
        record_path(own_scripts).unlink()
        assert record(engine, own_scripts) == record_path(own_scripts)
        after = record_path(own_scripts).read_text(encoding="utf-8")
        assert after.count("\n") == before.count("\n")

    def test_it_takes_an_r_to_record(self, no_engine: Engine, own_scripts: Path) -> None:
        with pytest.raises(GenerationError, match="R이 있어야"):
            record(no_engine, own_scripts)

    def test_no_r_and_no_record_is_said_in_korean(
        self, no_engine: Engine, own_scripts: Path
    ) -> None:
        record_path(own_scripts).unlink()
        with pytest.raises(GenerationError, match="adsp doctor"):
            generate("lm", 1, no_engine, own_scripts)

    @pytest.mark.parametrize(
        "text",
        [pytest.param("{", id="cut off"), pytest.param('{"lm": [{"seed": "x"}]}', id="odd")],
    )
    def test_a_damaged_record_is_said_in_korean(
        self, text: str, no_engine: Engine, own_scripts: Path
    ) -> None:
        record_path(own_scripts).write_text(text, encoding="utf-8")
        with pytest.raises(GenerationError, match="읽을 수 없습니다"):
            generate("lm", 1, no_engine, own_scripts)


class TestRefusals:
    """What is not asked."""

    def test_an_unknown_generator(self, no_engine: Engine, scripts: Path) -> None:
        with pytest.raises(GenerationError, match="confusion"):
            generate("anova", 1, no_engine, scripts)

    def test_a_negative_seed(self, no_engine: Engine, scripts: Path) -> None:
        with pytest.raises(GenerationError, match="0 이상"):
            generate("lm", -1, no_engine, scripts)

    @pytest.mark.r
    @pytest.mark.parametrize(
        ("name", "old", "new"),
        [
            pytest.param("confusion", "tp / (tp + fp)", "tp / (tp + fn)", id="row for column"),
            pytest.param("ttest", "p = result$p.value", "p = result$p.value / 2", id="one-sided"),
            pytest.param("lm", "adjusted = s$adj.r.squared", "adjusted = s$r.squared", id="r2"),
            pytest.param("rules", "union = ", "joined = ", id="another name"),
        ],
    )
    def test_a_script_that_python_does_not_confirm(
        self, name: str, old: str, new: str, engine: Engine, own_scripts: Path
    ) -> None:
        spoil(own_scripts, name, old, new)
        with pytest.raises(GenerationError, match="R과 Python의 계산이 달라"):
            generate(name, 5, engine, own_scripts)

    @pytest.mark.r
    def test_a_script_that_fails(self, engine: Engine, own_scripts: Path) -> None:
        spoil(own_scripts, "distance", "sqrt(sum(gap^2))", "sqroot(sum(gap^2))")
        with pytest.raises(GenerationError, match="R에서 얻지 못했습니다"):
            generate("distance", 5, engine, own_scripts)

    @pytest.mark.r
    def test_a_script_that_always_draws_the_same_distances(
        self, engine: Engine, own_scripts: Path
    ) -> None:
        """Where no draw serves, the search ends and says so."""
        spoil(own_scripts, "distance", "size <- length(sides)", "size <- length(sides <- c(0, 0))")
        with pytest.raises(GenerationError, match="쓸 만한 수를 얻지 못했습니다"):
            generate("distance", 5, engine, own_scripts)

    @pytest.mark.r
    def test_a_script_that_is_gone(self, engine: Engine, own_scripts: Path) -> None:
        (own_scripts / "generators" / "rules.R").unlink()
        with pytest.raises(GenerationError, match=r"rules\.R"):
            generate("rules", 5, engine, own_scripts)
