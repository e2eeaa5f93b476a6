"""Forecast: the score to expect, how sure, and how likely it passes."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adsp.bank.exams import ExamFormat, Part, load_exams
from adsp.bank.syllabus import load_syllabus
from adsp.forecast import (
    HALF_LIFE,
    SPREAD,
    STRENGTH,
    Confidence,
    Evidence,
    forecast,
    weigh,
)
from adsp.memory import Review
from adsp.settings import shipped
from adsp.store.events import Verdict

SYLLABUS = load_syllabus(shipped("questions") / "syllabus.toml")
EXAMS = load_exams(shipped("questions") / "exams.toml")
FORMAT = EXAMS.format_on(date(2021, 11, 6))
DAY = date(2021, 10, 30)

counts = st.integers(0, 40)
evidences = st.dictionaries(
    st.sampled_from(sorted(SYLLABUS.sections)), st.builds(Evidence, counts, counts), max_size=8
)
few = settings(max_examples=30, deadline=None)


def answered(rate: float, answers: int, code: str = "") -> dict[str, Evidence]:
    """So many answers to the sections under a code, spread as the exam asks them."""
    codes = SYLLABUS.covered(code) if code else tuple(SYLLABUS.sections)
    whole = sum(SYLLABUS.points[c] for c in codes)
    share = {c: answers * SYLLABUS.points[c] / whole for c in codes}
    return {c: Evidence(rate * n, (1 - rate) * n) for c, n in share.items()}


class Simulated:
    """Candidates drawn one by one, each weighted by how well she explains the answers."""

    def __init__(self, evidence: dict[str, Evidence], exam_format: ExamFormat) -> None:
        draw = np.random.default_rng(31)
        people = 60_000
        ability = draw.normal(0, SPREAD, people)
        log_weight = np.zeros(people)
        self.scores = []
        for part in exam_format.parts:
            codes = SYLLABUS.covered(part.subject)
            points = np.array([SYLLABUS.points[c] for c in codes])
            ends = np.concatenate([[0.0], np.cumsum(points / points.sum() * part.items)])
            ends[-1] = part.items
            drawn = np.ceil(ends[:, None] - draw.uniform(size=people))
            score = np.zeros(people)
            for index, code in enumerate(codes):
                correct = SYLLABUS.sections[code].correct
                mean = 1 / (1 + np.exp(-(np.log(correct / (1 - correct)) + ability)))
                rate = draw.beta(STRENGTH * mean, STRENGTH * (1 - mean)).clip(1e-12, 1 - 1e-12)
                seen = evidence.get(code, Evidence(0, 0))
                log_weight += seen.right * np.log(rate) + seen.wrong * np.log1p(-rate)
                items = (drawn[index + 1] - drawn[index]).astype(int)
                score += draw.binomial(items, rate) * part.points_each
            self.scores.append(score)
        weight = np.exp(log_weight - np.max(log_weight))
        self.weight = weight / weight.sum()
        self.total = np.sum(self.scores, axis=0)
        cuts = [part.points * exam_format.cut for part in exam_format.parts]
        self.passed = self.total >= exam_format.pass_points
        for score, cut in zip(self.scores, cuts, strict=True):
            self.passed &= score >= cut - 1e-9

    def agrees(self, sample: object, claimed: float) -> bool:
        """Whether the claimed mean lies within four standard errors of the sample's."""
        values = np.asarray(sample, dtype=float)
        mean = float(np.sum(self.weight * values))
        error = float(np.sqrt(np.sum(self.weight**2 * (values - mean) ** 2)))
        return abs(claimed - mean) < 4 * error


class TestAgainstSimulation:
    @pytest.mark.parametrize(
        "evidence",
        [
            pytest.param({}, id="no answer yet"),
            pytest.param({"3-2-2": Evidence(3, 9), "1-1-1": Evidence(5, 1)}, id="two sections"),
            pytest.param(answered(0.8, 12), id="a little of everything"),
            pytest.param(answered(0.25, 8, "1"), id="weak in subject 1"),
            pytest.param({"2-2-2": Evidence(2.5, 0.7)}, id="answers that count in part"),
        ],
    )
    @pytest.mark.parametrize(
        "exam_format", EXAMS.formats, ids=[exam_format.id for exam_format in EXAMS.formats]
    )
    def test_it_is_what_candidates_drawn_one_by_one_score(
        self, evidence: dict[str, Evidence], exam_format: ExamFormat
    ) -> None:
        """Expectation, chances and interval, against 60,000 simulated candidates."""
        truth = Simulated(evidence, exam_format)
        claimed = forecast(evidence, SYLLABUS, exam_format)
        assert truth.agrees(truth.total, claimed.expected)
        assert truth.agrees(truth.passed, claimed.pass_probability)
        inside = (truth.total >= claimed.low) & (truth.total <= claimed.high)
        assert 0.79 < float(np.sum(truth.weight * inside)) < 0.88
        for subject, score in zip(claimed.by_subject, truth.scores, strict=True):
            assert truth.agrees(score, subject.expected)
            assert truth.agrees(score >= subject.cut_points, subject.cut_probability)


class TestCuts:
    def test_nothing_in_subject_1_fails_whatever_the_total(self) -> None:
        """All right in subjects 2 and 3, all wrong in subject 1: 80 points and failed."""
        evidence = answered(1, 5_000, "2") | answered(1, 5_000, "3") | answered(0, 5_000, "1")
        result = forecast(evidence, SYLLABUS, FORMAT)
        assert result.expected > 75
        assert result.pass_probability < 1e-4

    def test_the_cut_itself_is_enough(self) -> None:
        """Half right of two items reaches a cut of a half exactly."""
        part = Part(subject="1", choice=2, short=0, points_each=5)
        small = ExamFormat("small", "작은 시험", (1, 1), 10, 0, 0.5, (part,))
        result = forecast(answered(0.5, 100_000, "1"), SYLLABUS, small)
        assert result.pass_probability == pytest.approx(0.75, abs=0.02)

    def test_a_subject_says_what_it_asks_for(self) -> None:
        result = forecast({}, SYLLABUS, FORMAT)
        assert [(s.subject, s.points, s.cut_points) for s in result.by_subject] == [
            ("1", 20, 8),
            ("2", 20, 8),
            ("3", 60, 24),
        ]
        assert sum(s.expected for s in result.by_subject) == pytest.approx(result.expected)


class TestHonesty:
    def test_with_no_answer_it_speaks_of_the_mean_candidate(self) -> None:
        """53 to 68 % of all candidates passed in the years 2021 to 2025."""
        result = forecast({}, SYLLABUS, FORMAT)
        assert 0.53 < result.pass_probability < 0.68
        assert result.confidence is Confidence.EARLY

    def test_the_interval_narrows_with_answers_and_never_to_a_point(self) -> None:
        """Luck with the form stays, however much is known of the learner."""
        results = [forecast(answered(0.7, n), SYLLABUS, FORMAT) for n in (0, 50, 500, 50_000)]
        widths = [result.high - result.low for result in results]
        assert widths == sorted(widths, reverse=True)
        assert widths[-1] >= 14

    def test_many_answers_outweigh_the_national_rate(self) -> None:
        result = forecast(answered(0.9, 20_000), SYLLABUS, FORMAT)
        assert result.expected == pytest.approx(90, abs=0.5)

    def test_answers_in_one_subject_say_something_of_the_others(self) -> None:
        """Ability is shared: who is strong in subject 3 is no stranger to subject 1."""
        nothing, strong = (
            forecast(evidence, SYLLABUS, FORMAT) for evidence in ({}, answered(0.95, 100, "3"))
        )
        assert strong.by_subject[0].expected > nothing.by_subject[0].expected

    @pytest.mark.parametrize(
        ("answers", "confidence"),
        [(40, Confidence.EARLY), (60, Confidence.ROUGH), (120, Confidence.GOOD)],
    )
    def test_it_says_how_far_to_trust_it(self, answers: int, confidence: Confidence) -> None:
        result = forecast(answered(0.7, answers), SYLLABUS, FORMAT)
        assert (result.answers, result.confidence) == (answers, confidence)

    def test_one_subject_alone_is_early(self) -> None:
        """A thousand answers in subject 3 tell little of a cut in subject 1."""
        result = forecast(answered(0.9, 1_000, "3"), SYLLABUS, FORMAT)
        assert result.confidence is Confidence.EARLY

    def test_a_section_outside_the_syllabus_changes_nothing(self) -> None:
        assert forecast({"extra-r": Evidence(50, 0)}, SYLLABUS, FORMAT) == forecast(
            {}, SYLLABUS, FORMAT
        )


class TestRules:
    @few
    @given(evidences, st.sampled_from(sorted(SYLLABUS.sections)))
    def test_a_right_answer_never_lowers_the_forecast(
        self, evidence: dict[str, Evidence], code: str
    ) -> None:
        """Nor does a wrong one raise it."""
        before = evidence.get(code, Evidence(0, 0))
        worse, same, better = (
            forecast(evidence | {code: changed}, SYLLABUS, FORMAT)
            for changed in (
                Evidence(before.right, before.wrong + 1),
                before,
                Evidence(before.right + 1, before.wrong),
            )
        )
        assert worse.expected < same.expected < better.expected
        assert worse.pass_probability <= same.pass_probability + 1e-9
        assert same.pass_probability <= better.pass_probability + 1e-9

    @few
    @given(evidences)
    def test_chances_are_chances(self, evidence: dict[str, Evidence]) -> None:
        result = forecast(evidence, SYLLABUS, FORMAT)
        assert 0 <= result.pass_probability <= 1
        assert 0 <= result.low <= result.high <= 100
        assert 0 <= result.expected <= 100
        assert result.pass_probability <= min(s.cut_probability for s in result.by_subject) + 1e-9


def review(question: str, ago: int, verdict: Verdict) -> Review:
    return Review(question, "3-2-2", DAY - timedelta(days=ago), verdict)


class TestWeigh:
    def test_an_answer_of_today_counts_whole_and_an_old_one_in_part(self) -> None:
        log = [review("a", HALF_LIFE, Verdict.RIGHT), review("b", 0, Verdict.WRONG)]
        assert weigh(log, DAY) == {"3-2-2": Evidence(0.5, 1.0)}

    def test_a_question_is_one_piece_of_evidence(self) -> None:
        """Wrong, then right on two later days: a question mostly known."""
        log = [review("a", 2, Verdict.WRONG), review("a", 1, Verdict.RIGHT)]
        evidence = weigh([*log, review("a", 0, Verdict.RIGHT)], DAY)["3-2-2"]
        assert evidence == Evidence(0.75, 0.25)

    def test_a_repeat_on_the_same_day_says_nothing(self) -> None:
        """The explanation was on the screen a minute ago."""
        log = [review("a", 0, Verdict.SKIP), review("a", 0, Verdict.RIGHT)]
        assert weigh(log, DAY)["3-2-2"] == Evidence(0.0, 1.0)

    def test_an_answer_from_the_future_counts_as_of_today(self) -> None:
        """The clock ran back: it weighs no more than one."""
        assert weigh([review("a", -400, Verdict.RIGHT)], DAY)["3-2-2"] == Evidence(1.0, 0.0)
