"""Plan: study days back from the exam date, for her autumn and for any other."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adsp.bank.exams import Round, load_exams
from adsp.bank.syllabus import load_syllabus
from adsp.errors import UsageError
from adsp.plan import Phase, Plan, make_plan
from adsp.settings import shipped

SYLLABUS = load_syllabus(shipped("questions") / "syllabus.toml")
ROUND = load_exams(shipped("questions") / "exams.toml").round(31)
EXAM = date(2021, 11, 6)
START = date(2021, 10, 1)
LOGGED = date(2021, 8, 23)
"""The day on which she wrote the exam into her study log."""
BANK = {code: max(6, round(4 * points)) for code, points in SYLLABUS.points.items()}
"""About 420 questions, by weight."""
AMPLE = dict.fromkeys(SYLLABUS.sections, 1_000)
ORDER = list(SYLLABUS.sections)


@dataclass(frozen=True)
class Wish:
    """What a learner asks for; hers unless said otherwise."""

    exam: date = EXAM
    start: date = START
    today: date = LOGGED
    minutes: int = 60
    rest: frozenset[int] = frozenset()
    round: Round | None = ROUND
    bank: dict[str, int] = field(default_factory=lambda: BANK)
    done: dict[str, int] = field(default_factory=dict)
    early: bool = False

    def plan(self) -> Plan:
        return make_plan(
            exam=self.exam,
            start=self.start,
            today=self.today,
            minutes=self.minutes,
            rest=self.rest,
            syllabus=SYLLABUS,
            round=self.round,
            questions_per_section=self.bank,
            done=self.done,
            early=self.early,
        )


def before_exam(plan: Plan, day: date) -> int:
    return (plan.exam - day).days


def minutes_of(plan: Plan, code: str = "") -> int:
    """New minutes of a subject or a section; of all without a code."""
    loads = [load for day in plan.days for load in day.new]
    return sum(load.minutes for load in loads if load.section.startswith(code))


def questions_of(plan: Plan) -> dict[str, int]:
    found = dict.fromkeys(ORDER, 0)
    for day in plan.days:
        for load in day.new:
            found[load.section] += load.questions
    return found


class TestHerAutumn:
    """``--exam 2021-11-06 --start 2021-10-01 --now 2021-08-23``, an hour a day."""

    plan = Wish().plan()

    def test_it_has_a_day_for_every_day_of_study(self) -> None:
        days = [day.day for day in self.plan.days]
        assert days == [START + timedelta(days=n) for n in range(36)]
        assert self.plan.days_left == 75

    def test_the_calendar_holds_the_dates_of_the_round(self) -> None:
        assert [(m.day, m.name) for m in self.plan.milestones] == [
            (date(2021, 10, 12), "접수 시작"),
            (date(2021, 10, 18), "접수 마감"),
            (date(2021, 10, 22), "수험표 출력"),
            (EXAM, "시험일"),
        ]

    def test_subjects_1_and_2_come_first_and_the_eve_last(self) -> None:
        """The phases follow each other; none comes back."""
        assert [phase for phase, _ in groupby(day.phase for day in self.plan.days)] == list(Phase)

    def test_mocks_come_a_week_four_and_two_days_before(self) -> None:
        mocks = [before_exam(self.plan, day.day) for day in self.plan.days if day.mock]
        assert mocks == [7, 4, 2]

    def test_the_last_week_brings_nothing_new_and_the_eve_is_light(self) -> None:
        assert not any(day.new for day in self.plan.days[-7:])
        assert self.plan.days[-1].minutes == 30

    def test_subject_3_gets_its_three_fifths(self) -> None:
        share = minutes_of(self.plan, "3") / minutes_of(self.plan)
        assert share == pytest.approx(0.6, abs=0.02)

    def test_every_question_of_the_bank_has_a_day(self) -> None:
        """But for the few whose section has more of them than its weight has minutes."""
        assert self.plan.left_out == sum(BANK.values()) - self.plan.new_questions
        assert self.plan.left_out <= 0.05 * sum(BANK.values())

    def test_the_first_day_has_nothing_to_review_and_the_second_has(self) -> None:
        assert self.plan.days[0].review_minutes == 0
        assert self.plan.days[1].review_minutes > 0

    def test_a_day_is_found_by_its_date(self) -> None:
        assert self.plan.day(START) == self.plan.days[0]
        assert self.plan.day(EXAM) is None


class TestWeights:
    def test_minutes_follow_the_weights_within_rounding(self) -> None:
        """With questions enough in each section, time is shared as the exam's points are."""
        plan = Wish(bank=AMPLE, minutes=120).plan()
        whole = minutes_of(plan)
        for code, points in SYLLABUS.points.items():
            assert abs(minutes_of(plan, code) - whole * points / 100) <= 2

    def test_every_section_has_a_slot_when_the_days_allow(self) -> None:
        assert all(questions_of(Wish().plan()).values())

    def test_a_section_takes_no_more_time_than_its_questions_fill(self) -> None:
        """One question is not stretched over the eight hours that its section would be worth."""
        plan = Wish(bank=AMPLE | {"3-3-2": 1}).plan()
        assert questions_of(plan)["3-3-2"] == 1
        assert minutes_of(plan, "3-3-2") <= 5

    def test_a_small_bank_does_not_fill_long_days(self) -> None:
        """Thirty questions over 36 days are minutes a day, not hours."""
        plan = Wish(bank=dict.fromkeys(ORDER, 1), minutes=300).plan()
        assert (plan.new_questions, plan.left_out) == (28, 0)
        assert minutes_of(plan) <= 5 * 28


class TestLifeHappens:
    def test_missed_days_are_spread_and_not_crammed(self) -> None:
        """Ten days missed: as many minutes a day as before, fewer questions."""
        late = Wish(today=START + timedelta(days=10)).plan()
        assert late.days[0].day == START + timedelta(days=10)
        assert max(day.minutes for day in late.days) <= 60
        assert late.new_questions < Wish().plan().new_questions
        assert late.left_out > 0

    def test_what_was_done_is_not_planned_again(self) -> None:
        """Subject 1 finished: the plan goes on with subject 2."""
        done = {code: BANK[code] for code in SYLLABUS.covered("1")}
        plan = Wish(today=START + timedelta(days=7), done=done).plan()
        assert plan.days[0].new[0].section == "2-1-1"
        assert minutes_of(plan, "1") == 0

    def test_half_done_is_half_the_time(self) -> None:
        plan = Wish(bank=AMPLE, minutes=120, done={"3-2-1": 500}).plan()
        assert minutes_of(plan, "3-2-1") == pytest.approx(minutes_of(plan, "3-2-2") / 2, rel=0.03)

    def test_with_everything_done_it_is_reviews_and_mocks(self) -> None:
        plan = Wish(today=EXAM - timedelta(days=12), done=BANK).plan()
        assert plan.new_questions == plan.left_out == 0
        assert [before_exam(plan, day.day) for day in plan.days if day.mock] == [7, 4, 2]
        assert all(day.review_minutes for day in plan.days if not day.mock)

    def test_a_replan_near_the_end_keeps_the_mocks_of_the_whole_plan(self) -> None:
        """Five days before, most of it known: nothing new, and the first mock is not held again."""
        done = {code: count - 1 for code, count in BANK.items()}
        plan = Wish(today=EXAM - timedelta(days=5), done=done).plan()
        assert plan.new_questions == 0
        assert [before_exam(plan, day.day) for day in plan.days if day.mock] == [4, 2]

    def test_making_it_anew_each_morning_moves_no_mock(self) -> None:
        """The first mock falls on a day of rest, and goes to one day for good."""
        rest = frozenset({(EXAM - timedelta(days=7)).weekday()})
        held = set()
        for left in range(12, 0, -1):
            plan = Wish(today=EXAM - timedelta(days=left), rest=rest, done=BANK).plan()
            held |= {before_exam(plan, day.day) for day in plan.days if day.mock}
        assert held == {6, 4, 2}

    def test_with_little_known_five_days_before_the_new_goes_first(self) -> None:
        plan = Wish(today=EXAM - timedelta(days=5)).plan()
        assert plan.new_questions > 50
        assert [before_exam(plan, day.day) for day in plan.days if day.mock] == [2]

    def test_days_of_rest_are_named_and_free(self) -> None:
        """Sundays off; the mock of a free day moves to the nearest day of study."""
        plan = Wish(rest=frozenset({6})).plan()
        assert [day.day for day in plan.days if day.rest] == [
            START + timedelta(days=n) for n in (2, 9, 16, 23, 30)
        ]
        assert not any(day.minutes or day.new or day.mock for day in plan.days if day.rest)
        assert len(plan.study_days) == 31

    def test_she_may_begin_before_the_first_day(self) -> None:
        plan = Wish(today=START - timedelta(days=4), early=True).plan()
        assert plan.days[0].day == START - timedelta(days=4)


class TestFewDays:
    @pytest.mark.parametrize("left", range(1, 9))
    def test_some_days_are_enough_for_something(self, left: int) -> None:
        """However few the days, each is used, and new questions come before mocks."""
        plan = Wish(today=EXAM - timedelta(days=left)).plan()
        assert len(plan.study_days) == left
        assert all(day.minutes for day in plan.days)
        assert plan.days[-1].phase is Phase.FINISH
        assert plan.new_questions > 0

    def test_one_day_takes_what_is_worth_most(self) -> None:
        """An evening: no tour of all sections, most of it subject 3."""
        plan = Wish(today=EXAM - timedelta(days=1), minutes=30).plan()
        (eve,) = plan.days
        assert len(eve.new) < 10
        assert {"3-3-2", "3-2-1", "3-2-2"} <= {load.section for load in eve.new}

    def test_the_exam_day_itself_has_no_study(self) -> None:
        plan = Wish(today=EXAM).plan()
        assert (plan.days, plan.days_left) == ((), 0)
        assert plan.milestones[-1].day == EXAM

    def test_two_hundred_days_keep_the_order(self) -> None:
        plan = Wish(start=EXAM - timedelta(days=200), today=EXAM - timedelta(days=200)).plan()
        assert len(plan.days) == 200
        assert plan.left_out == 0
        assert all(day.minutes for day in plan.days)

    def test_days_too_short_for_a_mock_have_none(self) -> None:
        plan = Wish(minutes=15).plan()
        assert not any(day.mock for day in plan.days)

    def test_long_days_hold_a_whole_mock_and_its_wrong_answers(self) -> None:
        (mock, *_) = (day for day in Wish(minutes=150).plan().days if day.mock)
        assert (mock.mock_minutes, mock.review_minutes) == (90, 60)


class TestMilestones:
    def test_without_a_round_only_the_exam_is_known(self) -> None:
        assert [m.name for m in Wish(round=None).plan().milestones] == ["시험일"]

    def test_the_dates_of_another_round_are_not_hers(self) -> None:
        plan = Wish(exam=EXAM - timedelta(days=3)).plan()
        assert [m.name for m in plan.milestones] == ["시험일"]

    def test_a_result_is_shown_after_the_exam(self) -> None:
        held = Round(number=44, exam=date(2025, 2, 22), result=date(2025, 3, 21))
        wish = Wish(exam=held.exam, start=date(2025, 2, 1), today=date(2025, 2, 1), round=held)
        assert [m.name for m in wish.plan().milestones] == ["시험일", "결과 발표"]

    def test_short_answers_are_for_exams_that_ask_them(self) -> None:
        """They were abolished in 2024."""
        later = Wish(exam=date(2026, 8, 8), start=date(2026, 7, 1), today=date(2026, 7, 1))
        assert "단답형" in Wish().plan().days[-1].note
        assert "단답형" not in later.plan().days[-1].note


class TestImpossible:
    @pytest.mark.parametrize(
        ("wish", "said"),
        [
            pytest.param(Wish(today=date(2026, 11, 20)), "--now 2021-10-01", id="exam is over"),
            pytest.param(Wish(start=EXAM), "--start", id="start on the exam day"),
            pytest.param(Wish(start=EXAM + timedelta(1)), "--start", id="start after the exam"),
            pytest.param(Wish(minutes=4), "5분에서 960분", id="too few minutes"),
            pytest.param(Wish(minutes=961), "5분에서 960분", id="too many minutes"),
            pytest.param(Wish(rest=frozenset(range(7))), "쉬는 요일", id="rest on all days"),
            pytest.param(Wish(bank={"extra-r": 9}), "문제 은행", id="an empty bank"),
        ],
    )
    def test_it_says_what_to_change(self, wish: Wish, said: str) -> None:
        with pytest.raises(UsageError, match=said):
            wish.plan()


counts = st.fixed_dictionaries({code: st.integers(0, 60) for code in ORDER})


@st.composite
def wishes(draw: st.DrawFn) -> Wish:
    """Any learner whose plan is possible."""
    today = EXAM - timedelta(days=draw(st.integers(0, 200)))
    return Wish(
        start=EXAM - timedelta(days=draw(st.integers(1, 200))),
        today=today,
        minutes=draw(st.integers(5, 960)),
        rest=draw(st.frozensets(st.integers(0, 6), max_size=3)),
        bank=draw(counts) | {"1-1-1": 5},
        done=draw(counts),
        early=draw(st.booleans()),
    )


def possible(wish: Wish) -> Plan:
    """The plan, or an empty one where every day left is a day of rest."""
    try:
        return wish.plan()
    except UsageError:
        return Plan(wish.exam, wish.start, wish.today, (), (), 0)


many = settings(max_examples=60, deadline=None)


class TestRules:
    @many
    @given(wishes())
    def test_days_lie_in_order_between_the_start_and_the_exam(self, wish: Wish) -> None:
        days = [day.day for day in possible(wish).days]
        assert days == sorted(set(days))
        first = wish.today if wish.early else max(wish.start, wish.today)
        assert all(first <= day < wish.exam for day in days)

    @many
    @given(wishes())
    def test_no_day_asks_for_more_than_its_minutes(self, wish: Wish) -> None:
        for day in possible(wish).days:
            assert 0 <= day.minutes <= wish.minutes
            assert min(day.mock_minutes, day.review_minutes) >= 0
            assert bool(day.mock_minutes) == day.mock
            assert day.rest == (day.day.weekday() in wish.rest)
            assert day.rest == (day.minutes == 0)

    @many
    @given(wishes())
    def test_no_section_is_asked_for_more_than_is_new(self, wish: Wish) -> None:
        """And what has no day is counted."""
        plan = possible(wish)
        asked = questions_of(plan)
        new = {code: max(0, wish.bank[code] - wish.done[code]) for code in ORDER}
        assert all(asked[code] <= new[code] for code in ORDER)
        if plan.days:
            assert plan.left_out == sum(new.values()) - sum(asked.values())
        for day in plan.days:
            assert all(2 * load.questions <= load.minutes for load in day.new)

    @many
    @given(wishes())
    def test_sections_come_in_the_order_of_the_syllabus(self, wish: Wish) -> None:
        loads = [ORDER.index(load.section) for day in possible(wish).days for load in day.new]
        assert loads == sorted(loads)

    @many
    @given(wishes())
    def test_the_same_wish_gives_the_same_plan(self, wish: Wish) -> None:
        assert possible(wish) == possible(wish)
