"""The figures of a report: by hand where they are few, by rule where they are many."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adsp.bank.question import Kind
from adsp.bank.syllabus import load_syllabus
from adsp.report import Entry, Material, Report, Step, make_report
from adsp.report.rates import chance_better, score
from adsp.report.words import countdown, done_of_plan, first_words, forecast_chance, rise
from adsp.settings import shipped

if TYPE_CHECKING:
    from tests.report.conftest import Autumn

SYLLABUS = load_syllabus(shipped("questions") / "syllabus.toml")


class TestRates:
    """Jeffreys' interval, against figures of the literature and its own promises."""

    @pytest.mark.parametrize(
        ("answers", "right", "low", "high"),
        [
            pytest.param(10, 0, 0.0, 0.2172, id="none right"),
            pytest.param(10, 5, 0.2235, 0.7765, id="half right"),
            pytest.param(10, 10, 0.7828, 1.0, id="all right"),
            pytest.param(20, 4, 0.0715, 0.4082, id="a few right"),
        ],
    )
    def test_known_intervals(self, answers: int, right: int, low: float, high: float) -> None:
        """The bounds are the quantiles of Beta(right + 1/2, wrong + 1/2)."""
        one = score(answers, right)
        assert (one.low, one.high) == pytest.approx((low, high), abs=5e-5)

    @given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))))
    def test_the_interval_holds_the_share(self, counts: tuple[int, int]) -> None:
        """And mirrors that of the wrong answers."""
        answers, right = counts
        one, other = score(answers, right), score(answers, answers - right)
        assert 0 <= one.low <= one.share <= one.high <= 1
        assert one.low == pytest.approx(1 - other.high, abs=1e-9)

    @pytest.mark.parametrize(("answers", "right"), [(0, 0), (3, 4), (3, -1)])
    def test_no_rate_in_nothing(self, answers: int, right: int) -> None:
        """What cannot have happened is no rate."""
        with pytest.raises(ValueError, match="no rate"):
            score(answers, right)

    def test_equal_halves_tell_nothing(self) -> None:
        """A coin's toss where both are the same, near certainty where they are far apart."""
        assert chance_better(score(10, 5), score(10, 5)) == pytest.approx(0.5)
        assert chance_better(score(10, 1), score(10, 9)) > 0.99


class TestByHand:
    """Five answers on three of four days."""

    @pytest.fixture(scope="class")
    def report(self, autumn: Autumn) -> Report:
        """Friday 2 right of 3, Saturday none, Sunday 0 of 1, Monday 1 of 1; 30 minutes planned."""
        entries = [
            autumn.answer(0, question="a", seconds=300),
            autumn.answer(0, question="b", seconds=30, right=False),
            autumn.answer(0, question="c", seconds=30, section="1-1-1", kind=Kind.SHORT),
            autumn.answer(2, question="d", seconds=60, section="gone-1", kind=None, right=False),
            autumn.answer(3, question="b", seconds=180),
        ]
        return autumn.report(entries, days=4, planned=30)

    def test_the_whole(self, report: Report) -> None:
        """Ten minutes, three study days, three of five right, ninety minutes planned."""
        assert (report.minutes, report.study_days) == (10, 3)
        assert (report.score.answers, report.score.right, report.score.share) == (5, 3, 0.6)
        assert report.planned == 90
        assert done_of_plan(report) == "계획 1시간 30분의 11%"
        assert countdown(report) == "시험일 2021-11-06(토), 33일 남음"

    def test_every_day_is_there(self, report: Report) -> None:
        """The one without study too; on Sunday the plan rests."""
        assert [line.minutes for line in report.days] == [6, 0, 1, 3]
        assert [line.planned for line in report.days] == [30, 30, 0, 30]
        assert [line.score and line.score.right for line in report.days] == [2, None, 0, 1]

    def test_weeks_begin_on_monday(self, report: Report) -> None:
        """Friday to Sunday, and Monday alone."""
        assert [(week.first.day, week.last.day) for week in report.weeks] == [(1, 3), (4, 4)]
        assert [week.study_days for week in report.weeks] == [2, 1]
        assert [week.cumulative for week in report.weeks] == [4, 5]

    def test_the_trend_looks_back(self, report: Report) -> None:
        """2/3, 2/3, 2/4, 3/5."""
        shares = [point.score.share for point in report.trend if point.score]
        assert shares == pytest.approx([2 / 3, 2 / 3, 1 / 2, 3 / 5])
        assert [point.cumulative for point in report.trend] == [3, 3, 4, 5]

    def test_subjects_follow_the_syllabus(self, report: Report) -> None:
        """What is outside it comes last; what was not asked is named."""
        first, second, third, outside = report.subjects
        assert [line.code for line in first.sections] == ["1-1-1"]
        assert "1-1-2 데이터베이스의 정의와 특징" in first.unasked
        assert second.score is None
        assert len(second.unasked) == 6
        assert [(line.code, line.score.right) for line in third.sections] == [("3-2-2", 2)]
        assert (outside.name, outside.minutes) == ("시험 범위 밖", 1)

    def test_kinds(self, report: Report) -> None:
        """A question that is gone has no kind, but counts."""
        kinds = [(line.name, line.score.answers) for line in report.kinds]
        assert kinds == [("객관식", 3), ("단답형", 1), ("지금은 없는 문항", 1)]

    def test_a_mended_miss(self, report: Report) -> None:
        """``b`` was missed on Friday and is right on Monday; ``d`` is still missed."""
        assert report.recovered == 1


class TestWeakSpots:
    """What to look at again."""

    def test_the_weakest_first(self, autumn: Autumn) -> None:
        """By the lower bound, given five answers; high rates and few answers are left out."""
        entries = [
            autumn.answer(question=f"{section}-{n}", section=section, right=n < right)
            for section, answers, right in (
                ("1-1-1", 10, 2),
                ("1-1-2", 10, 9),
                ("1-1-3", 4, 0),
                ("2-1-1", 5, 1),
                ("3-1-1", 10, 6),
                ("3-2-2", 10, 5),
            )
            for n in range(answers)
        ]
        report = autumn.report(entries)
        assert [spot.code for spot in report.weak] == ["2-1-1", "1-1-1", "3-2-2"]

    def test_the_most_missed_first(self, autumn: Autumn) -> None:
        """Three at most; a question that came right is no longer missed."""
        story = [("가", False), ("나", False), ("나", False), ("다", False), ("다", True)]
        story += [("라", False), ("마", False)]
        entries = [
            autumn.answer(question=q, stem=f"{q}의 뜻은?", right=right) for q, right in story
        ]
        (spot,) = autumn.report(entries).weak
        assert spot.missed == ("나의 뜻은?", "마의 뜻은?", "라의 뜻은?")

    def test_the_next_step(self, autumn: Autumn) -> None:
        """The weakest section is something to do, after what is due."""
        entries = [autumn.answer(question=f"q{n}", right=False) for n in range(6)]
        material = autumn.material(entries)
        report = make_report(Material(**{**vars(material), "steps": (Step("먼저", "adsp"),)}))
        assert [step.command for step in report.steps] == ["adsp", "adsp quiz --section 3-2-2"]


class TestImprovement:
    """What got better, beyond luck."""

    def test_a_rise_is_told(self, autumn: Autumn) -> None:
        """From 1 of 6 to 6 of 6; it is not weak any more."""
        entries = [autumn.answer(n, question=f"q{n}", right=n >= 5) for n in range(12)]
        report = autumn.report(entries, days=12)
        (improvement,) = report.improved
        assert (improvement.before.right, improvement.after.right) == (1, 6)
        assert rise(improvement) == "기초 통계분석이 17%에서 100%로 올랐습니다"
        assert not report.weak

    def test_luck_is_not(self, autumn: Autumn) -> None:
        """3 of 6 to 4 of 6 may be chance."""
        rights = [True, False, True, False, True, False, True, True, False, True, False, True]
        entries = [autumn.answer(n, right=right) for n, right in enumerate(rights)]
        assert not autumn.report(entries, days=12).improved

    @pytest.mark.parametrize(
        ("section", "start"),
        [("3-2-2", "기초 통계분석이 "), ("3-1-1", "R기초가 "), ("1-1-1", "데이터와 정보가 ")],
    )
    def test_particles(self, autumn: Autumn, section: str, start: str) -> None:
        """이 after a final consonant, 가 after a vowel."""
        entries = [autumn.answer(n, section=section, right=n >= 6) for n in range(12)]
        (improvement,) = autumn.report(entries, days=12).improved
        assert rise(improvement).startswith(start)


entries = st.lists(
    st.builds(
        Entry,
        question=st.sampled_from("abcdefg"),
        section=st.sampled_from([*[*SYLLABUS.sections][::4], "x-1"]),
        kind=st.sampled_from([*Kind, None]),
        stem=st.just("문항"),
        day=st.dates(date(2021, 10, 1), date(2021, 11, 5)),
        seconds=st.floats(0, 300),
        right=st.booleans(),
    ),
    min_size=1,
    max_size=60,
)


class TestSums:
    """Parts add up to the whole, whatever was answered when."""

    @settings(max_examples=40, deadline=None)
    @given(entries)
    def test_parts_are_the_whole(self, given_entries: list[Entry]) -> None:
        """Days, weeks, subjects, sections and kinds each count every answer once."""
        report = make_report(
            Material(
                first=date(2021, 10, 1),
                last=date(2021, 11, 5),
                today=date(2021, 11, 5),
                entries=given_entries,
                syllabus=SYLLABUS,
            )
        )
        sections = [line for subject in report.subjects for line in subject.sections]
        total = (len(given_entries), sum(entry.right for entry in given_entries))
        for parts in (report.days, report.weeks, report.subjects, sections, report.kinds):
            scores = [part.score for part in parts if part.score]
            assert (sum(s.answers for s in scores), sum(s.right for s in scores)) == total
        minutes = sum(entry.seconds for entry in given_entries) / 60
        for timed in (report.days, report.weeks, report.subjects):
            assert sum(part.minutes for part in timed) == pytest.approx(minutes)
        assert report.trend[-1].cumulative == report.weeks[-1].cumulative == total[0]
        assert len(report.days) == len(report.trend) == 36
        named = sum(len(s.sections) + len(s.unasked) for s in report.subjects if s.code)
        assert named == len(SYLLABUS.sections)


class TestWords:
    """Figures in words."""

    @pytest.mark.parametrize(
        ("stem", "words"),
        [
            pytest.param("짧은 문항", "짧은 문항", id="whole"),
            pytest.param("`mean(x)`의 **값**은?\n\n표", "mean(x)의 값은? 표", id="markup"),
            pytest.param("가나다라마 " * 10, "가나다라마 " * 5 + "가나다라마…", id="cut at a word"),
            pytest.param("가" * 50, "가" * 36 + "…", id="no space"),
            pytest.param("\x1b[31m빨강\x1b[0m", "빨강", id="escape"),
        ],
    )
    def test_first_words(self, stem: str, words: str) -> None:
        """Plain text on one line."""
        assert first_words(stem) == words

    @pytest.mark.parametrize(
        ("chance", "words"), [(0.832, "83%"), (0.9999, "99% 넘음"), (0.0004, "1% 미만")]
    )
    def test_nothing_is_certain(self, chance: float, words: str) -> None:
        """A forecast never says 0 or 100 percent."""
        assert forecast_chance(chance) == words
