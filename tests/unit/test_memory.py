"""Memory: what the log of answers says is remembered on a given day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adsp.memory import Memory, Review, due, rank_reviews, replay, retrievability
from adsp.store.events import Verdict

FIRST = date(2021, 10, 1)
EXAM = date(2021, 11, 6)
RIGHT, NEAR, WRONG, SKIP = Verdict.RIGHT, Verdict.NEAR, Verdict.WRONG, Verdict.SKIP

days = st.dates(date(2021, 8, 1), date(2022, 2, 1))
reviews = st.builds(
    Review,
    question=st.sampled_from(["a", "b", "c"]),
    section=st.just("3-2-2"),
    day=days,
    verdict=st.sampled_from(Verdict),
)
logs = st.lists(reviews, max_size=25)


def answers(question: str, *given_: tuple[int, Verdict]) -> list[Review]:
    """Answers to a question on days counted from the first of October."""
    return [Review(question, "3-2-2", FIRST + timedelta(day), v) for day, v in given_]


def remembered(*given_: tuple[int, Verdict], exam: date | None = None) -> Memory:
    return replay(answers("q", *given_), exam=exam)["q"]


class TestReplay:
    def test_a_right_answer_lengthens_and_a_wrong_one_shortens_the_interval(self) -> None:
        """Known after three days, it is left alone for longer; forgotten, it is back tomorrow."""
        once = remembered((0, RIGHT))
        known = remembered((0, RIGHT), (3, RIGHT))
        lost = remembered((0, RIGHT), (3, WRONG))
        assert (known.due - known.last) > (once.due - once.last)
        assert lost.due == lost.last + timedelta(days=1)

    def test_counts_follow_the_answers(self) -> None:
        """A lapse is a forgetting: failing what was never known is none."""
        memory = remembered((0, WRONG), (1, RIGHT), (2, RIGHT), (5, SKIP), (6, WRONG), (7, RIGHT))
        assert (memory.reviews, memory.lapses, memory.streak) == (6, 1, 1)
        assert memory.last_verdict is RIGHT

    @pytest.mark.parametrize("verdict", [NEAR, WRONG, SKIP])
    def test_what_the_log_counts_as_wrong_is_wrong(self, verdict: Verdict) -> None:
        """A near answer that nobody ruled on lengthens no interval."""
        memory = remembered((0, RIGHT), (3, verdict))
        assert memory.stability == remembered((0, RIGHT), (3, WRONG)).stability

    def test_repeats_within_a_day_do_not_push_the_next_review_away(self) -> None:
        """Fifteen right ticks on one evening are no month of memory."""
        memory = remembered((0, WRONG), *[(0, RIGHT)] * 15)
        assert memory.due <= FIRST + timedelta(days=2)

    def test_a_clock_that_was_wrong_once_does_no_lasting_harm(self) -> None:
        """After a jump into 2030 and back, intervals count from the true day again."""
        memory = remembered((0, RIGHT), (3_000, RIGHT), (3, RIGHT))
        assert memory.last == FIRST + timedelta(days=3)
        assert retrievability(memory, FIRST + timedelta(days=60)) < 1

    def test_fitted_parameters_bring_their_own_curve(self) -> None:
        """The last parameter is the decay; a memory keeps it."""
        from fsrs_rs_python import DEFAULT_PARAMETERS

        steep = [*DEFAULT_PARAMETERS[:20], 0.5]
        memory = replay(answers("q", (0, RIGHT)), parameters=steep)["q"]
        assert memory.decay == pytest.approx(0.5)

    @pytest.mark.parametrize("retention", [0.0, 1.0, -1.0, 1.5])
    def test_a_retention_that_is_no_chance_is_refused(self, retention: float) -> None:
        with pytest.raises(ValueError, match="desired_retention"):
            replay([], desired_retention=retention)

    def test_a_set_of_parameters_of_the_wrong_length_is_refused(self) -> None:
        with pytest.raises(ValueError, match="Invalid"):
            replay([], parameters=[1.0, 2.0])

    def test_a_low_retention_still_falls_due_within_a_century(self) -> None:
        memory = replay(answers("q", (0, RIGHT)), desired_retention=0.01)["q"]
        assert memory.due == FIRST + timedelta(days=36_500)


class TestRules:
    @given(logs, st.none() | days)
    def test_the_next_review_lies_ahead(self, log: list[Review], exam: date | None) -> None:
        """No interval is negative or nothing, whatever the days of the log."""
        for memory in replay(log, exam=exam).values():
            assert memory.due > memory.last
            assert memory.stability > 0

    @given(logs, days)
    def test_nothing_is_put_off_beyond_the_exam(self, log: list[Review], exam: date) -> None:
        """Due on the eve at the latest; what is answered on the eve itself is done with."""
        for memory in replay(log, exam=exam).values():
            if memory.last < exam - timedelta(days=1):
                assert memory.due < exam
            elif memory.last < exam:
                assert memory.due == exam

    @given(logs, st.integers(0, 25))
    def test_a_prefix_can_be_carried_on(self, log: list[Review], cut: int) -> None:
        """Advancing by each answer gives what replaying the whole log gives."""
        assert replay(log[cut:], start=replay(log[:cut])) == replay(log)

    @given(logs, days)
    def test_success_is_never_worth_less_than_a_lapse(self, log: list[Review], day: date) -> None:
        """After any history, right leaves a memory at least as stable as wrong."""
        right = replay([*log, Review("a", "3-2-2", day, RIGHT)])["a"]
        wrong = replay([*log, Review("a", "3-2-2", day, WRONG)])["a"]
        assert right.stability >= wrong.stability
        assert right.due >= wrong.due


class TestRetrievability:
    def test_it_is_nine_tenths_after_the_stability(self) -> None:
        """The curve of FSRS-6: 1 at once, 0.9 after S days; its own inverse agrees at 0.8."""
        from fsrs_rs_python import DEFAULT_PARAMETERS, FSRS

        memory = Memory(10.0, 5.0, DEFAULT_PARAMETERS[20], FIRST, FIRST, 1, 0, 1, RIGHT)
        assert retrievability(memory, FIRST) == 1
        assert retrievability(memory, FIRST + timedelta(days=10)) == pytest.approx(0.9)
        days_to_80 = round(FSRS(DEFAULT_PARAMETERS).next_interval(10.0, 0.8, 3))
        at_80 = retrievability(memory, FIRST + timedelta(days=days_to_80))
        assert at_80 == pytest.approx(0.8, abs=0.002)

    @given(logs, days)
    def test_it_falls_and_stays_a_chance(self, log: list[Review], day: date) -> None:
        for memory in replay(log).values():
            now, later = retrievability(memory, day), retrievability(memory, day + timedelta(9))
            assert 0 < later <= now <= 1


class TestDue:
    def test_the_nearest_to_being_forgotten_comes_first(self) -> None:
        """What was wrong yesterday is shakier than what was right a week ago; new ones wait."""
        log = answers("firm", (0, RIGHT), (3, RIGHT)) + answers("shaky", (0, RIGHT), (3, WRONG))
        log += answers("fresh", (6, RIGHT))
        assert due(replay(log), FIRST + timedelta(days=7)) == ["shaky"]
        assert due(replay(log), FIRST + timedelta(days=40)) == ["shaky", "fresh", "firm"]


SECTION_OF = {"a": "3-2-2", "b": "1-3-1", "c": "extra-r"}
WEIGHT = {"3-2-2": 1.0, "1-3-1": 0.2}


class TestRank:
    def rank(self, log: list[Review], day: date, exam: date | None = EXAM) -> list[str]:
        return rank_reviews(replay(log), day, exam, WEIGHT, SECTION_OF)

    def test_of_two_alike_the_one_worth_more_points_comes_first(self) -> None:
        """A question outside the exam adds nothing to the score and comes last."""
        log = [r for q in "cba" for r in answers(q, (0, RIGHT))]
        assert self.rank(log, FIRST + timedelta(days=10)) == ["a", "b", "c"]

    def test_without_an_exam_or_after_it_the_shakiest_comes_first(self) -> None:
        log = answers("a", (0, RIGHT)) + answers("b", (0, WRONG)) + answers("c", (2, RIGHT))
        day = FIRST + timedelta(days=10)
        assert self.rank(log, day, None) == ["b", "a", "c"]
        assert self.rank(log, EXAM + timedelta(days=1)) == self.rank(log, EXAM + timedelta(1), None)

    @given(logs, days, st.none() | days)
    def test_each_question_is_asked_once_and_not_again_today(
        self, log: list[Review], day: date, exam: date | None
    ) -> None:
        ranked = self.rank(log, day, exam)
        assert len(ranked) == len(set(ranked))
        assert set(ranked) == {q for q, m in replay(log).items() if m.last != day}
