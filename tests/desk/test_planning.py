"""The plan, the exam aimed at and the first screen, over a real log."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from adsp.desk.home import RECENT_DAYS, look
from adsp.desk.planning import choose, day_contents, plan_for, start_today
from adsp.errors import SettingsError, UsageError
from adsp.session.select import Filter
from adsp.settings import ExamGoal, PlanOptions, Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Ticks

    from adsp.desk.desk import Desk
    from adsp.settings import Paths

EXAM = date(2021, 11, 6)


def answer_some(desk: Desk, count: int = 4, given: str = "") -> None:
    session = desk.study.start_quiz(Filter(frozenset()), count, "전 범위")
    for place in range(count):
        session = desk.study.answer(session.go(place), given, 30_000)
    desk.study.end(session)


class TestExamAimedAt:
    def test_the_nearest_round_until_she_chooses(self, desk: Desk) -> None:
        assert desk.exam == EXAM
        assert desk.round is not None
        assert desk.round.number == 31
        assert not desk.goal_chosen

    def test_none_after_the_last_known_round(self, sit: Callable[..., Desk]) -> None:
        late = sit(now="2099-01-01")
        assert late.exam is None
        with pytest.raises(UsageError, match="시험일을 정하지"):
            plan_for(late)
        assert late.exam_format.id == "from-2024"

    def test_her_choice_is_kept(self, sit: Callable[..., Desk], desk: Desk, paths: Paths) -> None:
        choose(desk, date(2021, 12, 4), date(2021, 10, 10), 90)
        assert load_settings(paths.settings).exam.date == date(2021, 12, 4)
        desk.close()
        again = sit()
        assert (again.exam, again.round, again.goal_chosen) == (date(2021, 12, 4), None, True)
        assert again.settings.plan == PlanOptions(start=date(2021, 10, 10), minutes=90)

    def test_what_is_not_given_stays(self, desk: Desk) -> None:
        choose(desk, EXAM, date(2021, 10, 10), 90)
        choose(desk, date(2021, 12, 4))
        assert desk.settings.plan == PlanOptions(start=date(2021, 10, 10), minutes=90)

    def test_a_start_behind_the_new_exam_falls_away(self, desk: Desk) -> None:
        choose(desk, date(2021, 12, 4), date(2021, 11, 20))
        choose(desk, EXAM)
        assert desk.settings.plan.start is None

    @pytest.mark.parametrize(
        ("exam", "start", "minutes", "told"),
        [
            pytest.param("2021-10-04", None, None, "지났습니다", id="past"),
            pytest.param("2021-11-06", "2021-11-06", None, "앞서야", id="start-on-the-day"),
            pytest.param("2021-11-06", None, 4, "5분에서", id="too-short"),
            pytest.param("2021-11-06", None, 961, "960분", id="too-long"),
            pytest.param("9999-12-31", None, None, "너무", id="eight-thousand-years-ahead"),
        ],
    )
    def test_refused(
        self, desk: Desk, paths: Paths, exam: str, start: str | None, minutes: int | None, told: str
    ) -> None:
        """In words, and nothing is written."""
        first = date.fromisoformat(start) if start else None
        with pytest.raises(UsageError, match=told):
            choose(desk, date.fromisoformat(exam), first, minutes)
        assert not paths.settings.exists()
        assert desk.settings == Settings()

    def test_settings_that_cannot_be_written(self, desk: Desk, paths: Paths) -> None:
        """She is told, and the choice is not pretended."""
        paths.config.parent.mkdir(parents=True, exist_ok=True)
        paths.config.write_text("")
        with pytest.raises(SettingsError):
            choose(desk, date(2021, 12, 4))
        assert desk.exam == EXAM

    def test_a_round_nobody_knows(self, desk: Desk) -> None:
        desk.settings = msgspec.structs.replace(desk.settings, exam=ExamGoal(round=999))
        with pytest.raises(UsageError, match="제999회"):
            plan_for(desk)


class TestPlanFor:
    def test_her_autumn(self, desk: Desk) -> None:
        plan = plan_for(desk, start=date(2021, 10, 1))
        assert (plan.exam, plan.today, plan.days_left) == (EXAM, date(2021, 10, 5), 32)
        assert plan.days[0].day == date(2021, 10, 5)
        assert plan.days[-1].day == EXAM - timedelta(days=1)

    def test_answered_questions_are_no_longer_new(self, desk: Desk) -> None:
        before = plan_for(desk)
        answer_some(desk, 20)
        after = plan_for(desk)
        new = before.new_questions + before.left_out
        assert after.new_questions + after.left_out == new - 20

    @pytest.mark.parametrize("exam", ["2021-10-04", "1900-01-01", "9999-12-31", "0001-01-01"])
    def test_days_that_cannot_be_aimed_at(self, desk: Desk, exam: str) -> None:
        with pytest.raises(UsageError):
            plan_for(desk, exam=date.fromisoformat(exam))

    @pytest.mark.parametrize("minutes", [-60, 0, 4, 961, 10**9])
    def test_minutes_out_of_bounds(self, desk: Desk, minutes: int) -> None:
        with pytest.raises(UsageError):
            plan_for(desk, minutes=minutes)

    @pytest.mark.parametrize("minutes", [5, 30, 60, 960])
    def test_every_day_can_be_told(self, desk: Desk, minutes: int) -> None:
        for day in plan_for(desk, minutes=minutes).days:
            assert day_contents(day, desk.bank.syllabus).strip()

    def test_rest_days_are_told(self, desk: Desk) -> None:
        options = PlanOptions(rest=("sat", "sun"))
        desk.settings = msgspec.structs.replace(desk.settings, plan=options)
        rest = [day for day in plan_for(desk).days if day.rest]
        assert {day.day.weekday() for day in rest} <= {5, 6}
        assert {day_contents(day, desk.bank.syllabus) for day in rest} == {"쉬는 날"}

    def test_no_day_left_to_study(self, desk: Desk) -> None:
        """All weekdays rest: refused in words, not an empty plan or a fault."""
        every = PlanOptions(rest=("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
        desk.settings = msgspec.structs.replace(desk.settings, plan=every)
        with pytest.raises(UsageError):
            plan_for(desk)


class TestStartToday:
    def test_asks_what_the_plan_holds(self, desk: Desk) -> None:
        planned = plan_for(desk).day(desk.today)
        assert planned is not None
        session = start_today(desk)
        assert len(session.places) == planned.new_questions
        sections = {load.section for load in planned.new}
        assert {place.question.section for place in session.places} <= sections

    def test_without_a_plan_everything(self, sit: Callable[..., Desk]) -> None:
        assert len(start_today(sit(now="2099-01-01")).places) == 10

    @pytest.mark.parametrize("exam", ["2021-10-06", "2021-10-07", "2021-11-06"])
    def test_a_day_of_sixteen_hours(self, desk: Desk, exam: str) -> None:
        """A plan may hold more than a session: then the session is full, not refused."""
        choose(desk, date.fromisoformat(exam), minutes=960)
        assert 1 <= len(start_today(desk).places) <= 200


class TestHome:
    def test_on_the_first_evening(self, desk: Desk) -> None:
        home = look(desk)
        assert (home.exam, home.round, home.days_left) == (EXAM, 31, 32)
        assert (home.due, home.missed, home.streak, home.seen) == (0, 0, 0, 0)
        assert home.forecast is None
        assert home.unfinished == ""
        assert home.planned is not None
        assert home.next_milestone is not None
        assert home.next_step[1].startswith("adsp quiz --section")
        assert len(home.recent) == RECENT_DAYS
        assert home.recent[-1] is home.done

    def test_an_open_session_comes_first(self, desk: Desk) -> None:
        desk.study.start_quiz(Filter(frozenset()), 4, "전 범위")
        assert look(desk).next_step == ("풀던 세션이 있습니다: 전 범위 · 4문항", "adsp")

    def test_then_what_is_due(self, desk: Desk, ticks: Ticks) -> None:
        answer_some(desk)
        ticks.pass_by(days=1)
        home = look(desk)
        assert (home.due, home.missed, home.streak) == (4, 4, 1)
        assert home.next_step[1] == "adsp review"
        assert home.recent[-2].answers == 4
        assert home.recent[-2].minutes == 2.0
        assert home.forecast is not None

    def test_a_streak_is_broken_by_a_whole_day(self, desk: Desk, ticks: Ticks) -> None:
        """A day that is not over yet does not break it."""
        for expected in (1, 2, 3):
            answer_some(desk, 1)
            assert look(desk).streak == expected
            ticks.pass_by(days=1)
        assert look(desk).streak == 3
        ticks.pass_by(days=1)
        assert look(desk).streak == 0

    def test_after_midnight_is_still_the_evening(self, desk: Desk, ticks: Ticks) -> None:
        ticks.pass_by(seconds=5 * 3_600)
        answer_some(desk, 1)
        assert look(desk).done.day == date(2021, 10, 5)

    def test_without_an_exam(self, sit: Callable[..., Desk]) -> None:
        home = look(sit(now="2099-01-01"))
        assert (home.exam, home.days_left, home.plan, home.planned) == (None, None, None, None)
        assert "시험일" in home.plan_problem
        assert "plan --exam" in home.next_step[1]

    @pytest.mark.parametrize("day", ["2021-11-05", "2021-11-06", "2021-11-07", "2022-03-01"])
    def test_around_and_after_the_exam(
        self, sit: Callable[..., Desk], desk: Desk, day: str
    ) -> None:
        """The exam she chose passes; the app still opens and says what to do."""
        choose(desk, EXAM, date(2021, 10, 1))
        answer_some(desk)
        desk.close()
        home = look(sit(now=day))
        assert home.exam == EXAM
        assert home.next_step[1].startswith("adsp")
        assert home.plan is not None or home.plan_problem

    def test_only_looking(self, sit: Callable[..., Desk], desk: Desk) -> None:
        answer_some(desk)
        assert look(sit(write=False)) == look(desk)
