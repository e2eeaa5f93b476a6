"""What the questions hang on: the schema of their files, the syllabus, the exams and rounds."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from adsp.bank.question import Kind
from adsp.bank.schema import bank_schema
from adsp.errors import UsageError

if TYPE_CHECKING:
    from tests.conftest import Maker


class TestSchema:
    def test_knows_every_key_and_none_of_the_loader_s(self) -> None:
        schema = bank_schema()
        question = schema["$defs"]["Question"]
        assert question["additionalProperties"] is False
        assert {"id", "choice", "accept", "mistakes", "exhibit"} <= set(question["properties"])
        assert "origin" not in question["properties"]
        assert "transcript" not in schema["$defs"]["Exhibit"]["properties"]
        assert question["properties"]["kind"] == {"$ref": "#/$defs/Kind"}
        assert schema["$defs"]["Kind"]["enum"] == sorted(Kind)

    def test_no_reference_leads_nowhere(self) -> None:
        schema = bank_schema()
        text = str(schema)
        names = {part.split("'")[0] for part in text.split("#/$defs/")[1:]}
        assert names <= set(schema["$defs"])


class TestSyllabusAndExams:
    @pytest.mark.parametrize(
        ("code", "count"), [("1", 11), ("2", 6), ("3", 11), ("3-2", 4), ("3-2-2", 1), (" 3-2 ", 4)]
    )
    def test_a_code_covers_what_is_under_it(self, make: Maker, code: str, count: int) -> None:
        assert len(make.syllabus.covered(code)) == count

    @pytest.mark.parametrize("code", ["", "9", "3-", "3-2-", "3-2-22", "통계", "x" * 500])
    def test_an_unknown_code(self, make: Maker, code: str) -> None:
        with pytest.raises(UsageError, match="없는 과목"):
            make.syllabus.covered(code)

    def test_points_add_up(self, make: Maker) -> None:
        assert sum(make.syllabus.points.values()) == pytest.approx(100)

    def test_her_round(self, make: Maker) -> None:
        held = make.exams.round(31)
        assert held.exam == date(2021, 11, 6)
        assert make.exams.on(held.exam) == held
        assert make.exams.after(date(2021, 10, 5))[0] == held
        assert make.exams.format_on(held.exam).id == "until-2023"
        assert make.exams.format_on(date(2025, 2, 22)).id == "from-2024"
        with pytest.raises(UsageError, match="제999회"):
            make.exams.round(999)

    def test_a_day_without_a_round_has_a_format(self, make: Maker) -> None:
        for year, id_ in ((1999, "until-2023"), (2023, "until-2023"), (2024, "from-2024")):
            assert make.exams.format_on(date(year, 6, 1)).id == id_

    def test_formats_are_a_hundred_points(self, make: Maker) -> None:
        for form in make.exams.formats:
            assert sum(part.points for part in form.parts) == 100
