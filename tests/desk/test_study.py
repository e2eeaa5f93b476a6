"""Sessions over a real log: every step is on the disk before it comes back."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adsp.bank.question import Kind
from adsp.desk.study import MAX_COUNT
from adsp.errors import StoreError, StoreLocked, UsageError
from adsp.session.select import Filter
from adsp.store.events import Answered, Ruled, SessionEnded, SessionStarted, Verdict
from adsp.store.log import read_events

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Maker, Ticks

    from adsp.desk.desk import Desk
    from adsp.session.session import Session
    from adsp.settings import Paths

EXAM = date(2021, 11, 6)
EVERYTHING = Filter(frozenset())


def right_answer(session: Session) -> str:
    question = session.question
    if question.kind is Kind.CHOICE:
        return question.key.name
    return question.accept[0] if question.kind is Kind.SHORT else f"{question.answer:.10g}"


def answer_all(desk: Desk, session: Session, *, right: bool = True) -> Session:
    while not session.complete:
        session = session.go(session.open_places[0])
        given_ = right_answer(session) if right else ""
        session = desk.study.answer(session, given_, 1_000)
    return desk.study.end(session)


@pytest.fixture
def small(sit: Callable[..., Desk], make: Maker) -> Desk:
    """A desk with a bank of three questions, one of each kind."""
    return sit(bank=make.bank(make.choice(), make.short(), make.number()))


def on_kind(desk: Desk, kind: Kind) -> Session:
    return desk.study.start_quiz(Filter(frozenset(), frozenset({kind})), 1, "하나")


class TestAgain:
    def test_asks_what_was_wrong_or_flagged(self, small: Desk) -> None:
        """What the summary lists is asked again, and what was right is not."""
        session = small.study.start_quiz(EVERYTHING, 3, "셋")
        session = small.study.answer(session, right_answer(session), 1_000)
        session = small.study.answer(session.go(1), "", 1_000)
        session = small.study.answer(session.go(2), right_answer(session.go(2)), 1_000)
        session = small.study.flag(session)
        again = small.study.start_again(session)
        asked = {place.question.id for place in again.places}
        assert asked == {session.places[1].question.id, session.places[2].question.id}

    def test_keeps_generated_questions(self, small: Desk, make: Maker, paths: Paths) -> None:
        """A question that no bank holds is stored whole, so that the session can be resumed."""
        made = make.choice("gen-lift-7")
        session = small.study.start_drill([made], "계산")
        session = small.study.answer(session, "", 1_000)
        small.study.start_again(session)
        started = [e for e in read_events(paths.log) if isinstance(e, SessionStarted)]
        assert [item.generated is None for s in started for item in s.items] == [False, False]

    def test_nothing_to_ask(self, small: Desk) -> None:
        session = answer_all(small, small.study.start_quiz(EVERYTHING, 3, "셋"))
        with pytest.raises(UsageError, match="다시 볼 문항이 없습니다"):
            small.study.start_again(session)


class TestStored:
    def test_before_it_comes_back(self, desk: Desk, paths: Paths) -> None:
        """Another process sees the answer as soon as the session has it."""
        session = desk.study.start_quiz(EVERYTHING, 3, "전 범위")
        for place in range(3):
            session = desk.study.answer(session.go(place), "", 1_000)
            stored = [e.id for e in read_events(paths.log) if isinstance(e, Answered)]
            assert stored == [reply.id for reply in session.replies.values()]

    def test_what_was_asked(self, desk: Desk, paths: Paths) -> None:
        session = desk.study.start_quiz(EVERYTHING, 3, "전 범위")
        session = desk.study.answer(session, right_answer(session), 12_345)
        started, answered = read_events(paths.log)
        assert isinstance(started, SessionStarted)
        assert started.title == "전 범위 · 3문항"
        assert [i.question for i in started.items] == [p.question.id for p in session.places]
        assert isinstance(answered, Answered)
        assert (answered.verdict, answered.elapsed_ms) == (Verdict.RIGHT, 12_345)
        assert answered.day == "2021-10-05"

    def test_no_number_is_not_stored(self, small: Desk, paths: Paths) -> None:
        session = on_kind(small, Kind.NUMBER)
        with pytest.raises(ValueError, match=r".*"):
            small.study.answer(session, "많이", 1)
        assert len(read_events(paths.log)) == 1

    def test_the_clock_of_the_desk(self, desk: Desk, paths: Paths, ticks: Ticks) -> None:
        session = desk.study.start_quiz(EVERYTHING, 1, "전 범위")
        ticks.pass_by(seconds=90)
        desk.study.answer(session, "", 1)
        first, second = read_events(paths.log)
        assert (second.at - first.at).total_seconds() == 90


class TestReadOnly:
    def test_every_change_is_refused_in_words(self, sit: Callable[..., Desk]) -> None:
        looking = sit(write=False)
        with pytest.raises(StoreError, match="읽기만"):
            looking.study.start_quiz(EVERYTHING, 3, "전 범위")
        assert looking.study.history.events == []

    def test_nothing_is_made_by_looking(self, sit: Callable[..., Desk], paths: Paths) -> None:
        assert sit(write=False).study.history.events == []
        assert not paths.log.exists()

    def test_beside_a_writer(self, sit: Callable[..., Desk]) -> None:
        """One writes, another looks; a second writer is refused."""
        writing = sit()
        session = writing.study.start_quiz(EVERYTHING, 2, "전 범위")
        writing.study.answer(session, "", 1)
        assert len(sit(write=False).study.history.answers) == 1
        with pytest.raises(StoreLocked):
            sit().study  # noqa: B018  (opening is the point)

    def test_refused_answers_change_nothing(self, sit: Callable[..., Desk]) -> None:
        writing = sit()
        session = writing.study.start_quiz(EVERYTHING, 2, "전 범위")
        looking = sit(write=False).study
        with pytest.raises(StoreError):
            looking.answer(session, "", 1)
        with pytest.raises(StoreError):
            looking.flag(session)
        with pytest.raises(StoreError):
            looking.end(session)
        assert looking.history.answers == []
        assert looking.history.unfinished is not None


class TestUndo:
    def test_takes_back_the_latest_and_shows_it(self, desk: Desk) -> None:
        session = desk.study.start_quiz(EVERYTHING, 3, "전 범위")
        session = desk.study.answer(session.go(2), "", 1)
        session = desk.study.answer(session.go(0), "", 1)
        session = desk.study.undo(session.go(1))
        assert (session.at, session.reply) == (0, None)
        assert desk.study.undo(session).at == 2
        assert len(desk.study.history.answers) == 0

    def test_nothing_to_take_back(self, desk: Desk, paths: Paths) -> None:
        session = desk.study.start_quiz(EVERYTHING, 3, "전 범위").go(1)
        assert desk.study.undo(session) == session
        assert len(read_events(paths.log)) == 1

    def test_then_another_answer(self, small: Desk) -> None:
        session = on_kind(small, Kind.CHOICE)
        session = small.study.undo(small.study.answer(session, "b", 1))
        session = small.study.answer(session, "a", 1)
        assert [answer.verdict for answer in small.study.history.answers] == [Verdict.RIGHT]


class TestRule:
    @pytest.mark.parametrize("right", [True, False])
    def test_a_near_answer(self, small: Desk, paths: Paths, right: bool) -> None:
        session = small.study.answer(on_kind(small, Kind.SHORT), "결정게수", 1)
        assert session.reply is not None
        assert session.reply.verdict is Verdict.NEAR
        session = small.study.rule(session, right=right)
        wanted = Verdict.RIGHT if right else Verdict.WRONG
        assert session.reply is not None
        assert session.reply.verdict is wanted
        assert small.study.history.answers[0].verdict is wanted
        assert isinstance(read_events(paths.log)[-1], Ruled)

    @pytest.mark.parametrize("given_", ["결정계수", "상관계수", ""])
    def test_no_other(self, small: Desk, paths: Paths, given_: str) -> None:
        """Who was right or wrong cannot rule; nor can a place without an answer be ruled on."""
        session = on_kind(small, Kind.SHORT)
        assert small.study.rule(session, right=True) == session
        session = small.study.answer(session, given_, 1)
        assert small.study.rule(session, right=True) == session
        assert len(read_events(paths.log)) == 2


class TestFlag:
    def test_on_and_off_over_sessions(self, small: Desk) -> None:
        session = small.study.flag(on_kind(small, Kind.SHORT))
        assert session.flagged == {"x-short"}
        again = on_kind(small, Kind.SHORT)
        assert again.flagged == {"x-short"}
        assert small.study.flag(again).flagged == set()
        assert small.study.history.flagged == set()


class TestResume:
    def test_after_the_app_was_killed(
        self, sit: Callable[..., Desk], desk: Desk, paths: Paths
    ) -> None:
        """The same questions, the same order of choices, the same answers, the first open place."""
        session = desk.study.start_quiz(EVERYTHING, 5, "전 범위")
        session = desk.study.answer(session, right_answer(session), 1)
        session = desk.study.flag(desk.study.answer(session.go(2), "", 1))
        desk.close()
        back = sit(now="2021-10-07T20:00", seed=99).study.unfinished()
        assert back is not None
        assert back.at == 1
        assert back == session.go(1)

    def test_what_is_finished_does_not_come_back(
        self, sit: Callable[..., Desk], desk: Desk
    ) -> None:
        answer_all(desk, desk.study.start_quiz(EVERYTHING, 2, "전 범위"))
        ended = desk.study.history.events[-1]
        assert isinstance(ended, SessionEnded)
        assert ended.finished
        desk.close()
        assert sit().study.unfinished() is None

    def test_given_up_is_not_finished(self, desk: Desk) -> None:
        desk.study.end(desk.study.start_quiz(EVERYTHING, 2, "전 범위"))
        ended = desk.study.history.events[-1]
        assert isinstance(ended, SessionEnded)
        assert not ended.finished

    def test_when_the_bank_has_lost_all_of_it(
        self, sit: Callable[..., Desk], small: Desk, make: Maker
    ) -> None:
        on_kind(small, Kind.SHORT)
        small.close()
        with pytest.raises(UsageError, match="사라졌습니다"):
            sit(bank=make.bank(make.choice())).study.unfinished()

    def test_generated_questions_come_from_the_log(
        self, sit: Callable[..., Desk], desk: Desk, make: Maker
    ) -> None:
        """No R and no bank is asked."""
        desk.study.start_drill([make.number("gen-x-1")], "계산 연습")
        desk.close()
        back = sit(bank=make.bank(make.choice())).study.unfinished()
        assert back is not None
        assert back.question == make.number("gen-x-1")

    @settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(st.sampled_from(["right", "", "undo", "flag", "go", "resume"]), max_size=12))
    def test_any_evening(self, sit: Callable[..., Desk], story: list[str]) -> None:
        """Whatever she does, and however often the app dies: the log knows it all."""
        desk = sit()
        session = desk.study.start_quiz(EVERYTHING, 4, "전 범위")
        for step in story:
            match step:
                case "undo":
                    session = desk.study.undo(session)
                case "flag":
                    session = desk.study.flag(session)
                case "go":
                    session = session.next_open()
                case "resume":
                    desk.close()
                    desk = sit(seed=7)
                    back = desk.study.unfinished()
                    assert back is not None
                    assert back.go(session.at) == session
                    session = back
                case _:
                    given_ = right_answer(session) if step else ""
                    session = desk.study.answer(session, given_, 1)
        desk.study.end(session)
        desk.close()


class TestCounts:
    @pytest.mark.parametrize("count", [0, -1, MAX_COUNT + 1, 10**9])
    def test_out_of_range(self, desk: Desk, paths: Paths, count: int) -> None:
        """Whatever kind of session; and nothing is stored of it."""
        answer_all(desk, desk.study.start_quiz(EVERYTHING, 2, "전 범위"), right=False)
        before = len(read_events(paths.log))
        with pytest.raises(UsageError, match="1에서 200"):
            desk.study.start_quiz(EVERYTHING, count, "전 범위")
        with pytest.raises(UsageError, match="1에서 200"):
            desk.study.start_review(EXAM, count, date(2021, 10, 20))
        with pytest.raises(UsageError, match="1에서 200"):
            desk.study.start_wrong(count)
        assert len(read_events(paths.log)) == before

    def test_an_empty_drill_leaves_no_session(self, desk: Desk, paths: Paths) -> None:
        with pytest.raises(UsageError):
            desk.study.start_drill([], "계산 연습")
        assert read_events(paths.log) == []

    def test_fewer_than_asked_for(self, small: Desk) -> None:
        session = small.study.start_quiz(EVERYTHING, 10, "전 범위")
        assert len(session.places) == 3
        assert session.title == "전 범위 · 3문항"

    def test_nothing_fits(self, small: Desk) -> None:
        with pytest.raises(UsageError, match="맞는 문항이 없습니다"):
            small.study.start_quiz(Filter(frozenset({"1-1-1"})), 3, "없음")


class TestReview:
    def test_nothing_yet(self, desk: Desk) -> None:
        assert desk.study.due(EXAM) == []
        with pytest.raises(UsageError, match="복습할 문항이 없습니다"):
            desk.study.start_review(EXAM, 10)
        with pytest.raises(UsageError, match="틀린 문항이 없습니다"):
            desk.study.start_wrong(10)

    def test_what_was_wrong_is_due_tomorrow(self, desk: Desk, ticks: Ticks) -> None:
        session = answer_all(desk, desk.study.start_quiz(EVERYTHING, 5, "전 범위"), right=False)
        asked = {place.question.id for place in session.places}
        assert desk.study.due(EXAM) == []
        ticks.pass_by(days=1)
        assert set(desk.study.due(EXAM)) == asked
        review = desk.study.start_review(EXAM, 3)
        assert review.mode == "review"
        assert [p.question.id for p in review.places] == desk.study.due(EXAM)[:3]
        answer_all(desk, review)
        assert len(desk.study.due(EXAM)) == 2

    def test_a_review_is_due_before_the_exam(self, desk: Desk) -> None:
        answer_all(desk, desk.study.start_quiz(EVERYTHING, 5, "전 범위"))
        assert len(desk.study.due(EXAM, date(2021, 11, 5))) == 5

    def test_heavier_sections_first(self, sit: Callable[..., Desk], make: Maker) -> None:
        """Equally well known, what weighs more on the exam comes first."""
        heavy = make.choice("x-heavy", section="3-3-2")
        light = make.choice("x-light", section="1-1-1")
        desk = sit(bank=make.bank(light, heavy))
        points = desk.bank.points_each
        assert points["3-3-2"] > points["1-1-1"]
        answer_all(desk, desk.study.start_quiz(EVERYTHING, 2, "전 범위"), right=False)
        assert desk.study.due(EXAM, date(2021, 10, 7)) == ["x-heavy", "x-light"]

    def test_what_was_taken_back_is_not_due(self, desk: Desk) -> None:
        session = desk.study.start_quiz(EVERYTHING, 1, "전 범위")
        desk.study.undo(desk.study.answer(session, "", 1))
        assert desk.study.due(EXAM, date(2021, 10, 20)) == []

    def test_questions_gone_from_the_bank_are_not_asked(
        self, sit: Callable[..., Desk], small: Desk, make: Maker
    ) -> None:
        answer_all(small, small.study.start_quiz(EVERYTHING, 3, "전 범위"), right=False)
        small.close()
        desk = sit(bank=make.bank(make.choice()))
        assert desk.study.due(EXAM, date(2021, 10, 20)) == ["x-choice"]
        assert len(desk.study.start_wrong(10).places) == 1

    def test_wrong_ones_leave_once_they_are_right(self, small: Desk) -> None:
        answer_all(small, small.study.start_quiz(EVERYTHING, 3, "전 범위"), right=False)
        answer_all(small, small.study.start_wrong(10))
        with pytest.raises(UsageError, match="틀린 문항이 없습니다"):
            small.study.start_wrong(10)


class TestSeen:
    def test_all_are_seen_once_before_one_is_seen_twice(
        self, sit: Callable[..., Desk], make: Maker
    ) -> None:
        desk = sit(bank=make.bank(*(make.choice(f"x-{n}") for n in range(6))))
        for _ in range(3):
            answer_all(desk, desk.study.start_quiz(EVERYTHING, 2, "전 범위"))
        assert set(desk.study.history.seen.values()) == {1}
