"""A session is nothing but its events folded."""

from __future__ import annotations

import random
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, TypeAlias

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adsp.bank.question import Choice, Kind, Question
from adsp.session.history import History
from adsp.session.session import Session, arrange, restore
from adsp.store.events import (
    Answered,
    Event,
    Flagged,
    Item,
    Retracted,
    Ruled,
    SessionEnded,
    SessionStarted,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.conftest import Maker

    from adsp.bank.load import Bank

AT = datetime.fromisoformat("2021-10-05T20:00:00+09:00")
PLACES = 4

Step: TypeAlias = tuple[str, int]
steps: st.SearchStrategy[list[Step]] = st.lists(
    st.tuples(
        st.sampled_from(
            ["answer", "undo", "right", "wrong", "flag", "go", "open", "end", "foreign"]
        ),
        st.integers(0, 9),
    ),
    max_size=30,
)
GIVEN = ("a", "b", "결정계수", "결정게수", "0.95", "0.8", "", "상관계수", "12", "c")


def questions(make: Maker) -> dict[str, Question]:
    """Two choices, a short answer and a number."""
    made = (make.choice(), make.short(), make.number(), make.choice("x-last"))
    return {question.id: question for question in made}


def begin(asked: Iterable[str]) -> SessionStarted:
    items = tuple(Item(name, seed) for seed, name in enumerate(asked))
    return SessionStarted(id="e", at=AT, session="s", mode="quiz", title="문항", items=items)


def look_up(known: dict[str, Question]) -> Callable[[Item], Question | None]:
    return lambda item: known.get(item.question)


class Table:
    """A session played step by step, and the log that it leaves."""

    def __init__(self, make: Maker) -> None:
        self.known = questions(make)
        self.started = begin(self.known)
        self.log: list[Event] = [self.started]
        self.session = restore(self.started, self.log, look_up(self.known))
        self._ids = map(str, count())

    def replayed(self) -> Session:
        return restore(self.started, self.log, look_up(self.known))

    def take(self, event: Event) -> None:
        self.log.append(event)
        self.session = self.session.apply(event)

    def answer(self, given: str) -> None:
        try:
            self.take(self.session.answer(given, id=next(self._ids), at=AT, elapsed_ms=1_000))
        except ValueError:
            assert self.session.question.kind is Kind.NUMBER

    def undo(self) -> None:
        place = self.session.last_answered
        if place is not None:
            answer = self.session.replies[place].id
            self.take(Retracted(id=next(self._ids), at=AT, session="s", answer=answer))
            self.session = self.session.go(place)

    def rule(self, verdict: Verdict) -> None:
        if self.session.reply and self.session.reply.verdict is Verdict.NEAR:
            answer = self.session.reply.id
            self.take(Ruled(id=next(self._ids), at=AT, session="s", answer=answer, verdict=verdict))

    def flag(self) -> None:
        question = self.session.question.id
        on = question not in self.session.flagged
        self.take(Flagged(id=next(self._ids), at=AT, question=question, on=on))

    def foreign(self, place: int) -> None:
        """What other sessions leave in the same log."""
        id_ = next(self._ids)
        answer = self.session.answer("a", id=id_, at=AT, elapsed_ms=1) if place % 2 else None
        if answer and self.session.question.kind is not Kind.NUMBER:
            self.take(msgspec.structs.replace(answer, session="other"))
        else:
            self.take(SessionEnded(id=id_, at=AT, session="other", finished=True))

    def step(self, name: str, number: int) -> None:
        match name:
            case "answer":
                self.answer(GIVEN[number])
            case "undo":
                self.undo()
            case "right" | "wrong":
                self.rule(Verdict(name))
            case "flag":
                self.flag()
            case "go":
                self.session = self.session.go(number - 2)
            case "open":
                self.session = self.session.next_open()
            case "end":
                self.take(SessionEnded(id=next(self._ids), at=AT, session="s", finished=number > 5))
            case "foreign":
                if self.session.question.kind is not Kind.NUMBER:
                    self.foreign(number)


def played(make: Maker, story: list[Step]) -> Table:
    table = Table(make)
    for name, number in story:
        table.step(name, number)
    return table


class TestFold:
    @given(steps)
    def test_the_log_alone_gives_the_state_reached_live(
        self, make: Maker, story: list[Step]
    ) -> None:
        """Killed after any step, nothing is lost and nothing is added; only where she looked is."""
        table = played(make, story)
        live, replayed = table.session, table.replayed()
        assert msgspec_free(replayed.go(live.at)) == msgspec_free(live)
        assert list(replayed.replies) == list(live.replies)

    @given(steps)
    def test_resumes_at_the_first_open_place(self, make: Maker, story: list[Step]) -> None:
        replayed = played(make, story).replayed()
        assert replayed.at == min(replayed.open_places, default=0)
        assert replayed.complete is (not replayed.open_places)

    @given(steps)
    def test_undo_then_the_same_answer_is_as_before(self, make: Maker, story: list[Step]) -> None:
        table = played(make, story)
        before, place = table.session, table.session.last_answered
        if place is None:
            return
        table.undo()
        assert table.session.at == place
        assert table.session.reply is None
        assert place in table.session.open_places
        given_ = before.replies[place].given
        table.answer(given_)
        again = table.session.replies[place]
        assert again.given == given_
        assert list(table.session.replies) == list(before.replies)

    @given(steps)
    def test_the_history_counts_what_the_session_counts(
        self, make: Maker, story: list[Step]
    ) -> None:
        """Reports and sessions read the same log; they must not differ."""
        table = played(make, story)
        counted = [a for a in History(table.log).answers if a.session == "s"]
        replies = table.session.replies.values()
        assert [(a.id, a.verdict) for a in counted] == [(r.id, r.verdict) for r in replies]

    def test_an_undo_taken_back(self, make: Maker) -> None:
        """Resumed, the session has the answer that an undo took away and a redo gave back."""
        table = played(make, [])
        table.answer("a")
        before = table.session.replies
        table.undo()
        (undone,) = (event for event in table.log if isinstance(event, Retracted))
        table.take(msgspec.structs.replace(undone, id="redo", back=True))
        assert table.replayed().replies == before
        table.take(msgspec.structs.replace(undone, id="undo again"))
        assert table.replayed().replies == {}

    @given(steps)
    def test_undo_to_the_end_leaves_nothing(self, make: Maker, story: list[Step]) -> None:
        table = played(make, story)
        for _ in range(PLACES + 1):
            table.undo()
        assert table.session.replies == {}
        assert table.replayed().replies == {}


def msgspec_free(session: Session) -> tuple[object, ...]:
    """All of a session that its log decides."""
    return (session.id, session.places, dict(session.replies), session.flagged, session.ended)


class TestGo:
    @pytest.mark.parametrize(("place", "at"), [(-5, 0), (0, 0), (3, 3), (4, 3), (99, 3)])
    def test_beyond_the_ends_the_end_stays(self, make: Maker, place: int, at: int) -> None:
        assert Table(make).session.go(place).at == at

    def test_next_open_goes_round(self, make: Maker) -> None:
        """Past the end from the start; where all is answered it stays."""
        table = Table(make)
        table.answer("a")
        assert table.session.go(3).next_open().at == 1
        for place, given_ in enumerate(("a", "결정계수", "0.95", "a")):
            table.session = table.session.go(place)
            table.answer(given_)
        assert table.session.complete
        assert table.session.go(2).next_open().at == 2


class TestAnswer:
    def test_says_what_was_seen(self, make: Maker) -> None:
        """The log keeps the choice's name and which text was asked."""
        table = Table(make)
        table.answer("b")
        event = table.log[-1]
        assert isinstance(event, Answered)
        question = table.session.question
        assert (event.given, event.verdict) == ("b", Verdict.WRONG)
        assert (event.question, event.revision) == (question.id, question.revision)

    def test_no_number_leaves_no_trace(self, make: Maker) -> None:
        table = Table(make)
        table.session = table.session.go(2)
        with pytest.raises(ValueError, match=r".*"):
            table.session.answer("많이", id="1", at=AT, elapsed_ms=1)
        assert len(table.log) == 1


class TestBankThatLostAQuestion:
    """Between two sittings a question may leave the bank."""

    def test_the_other_answers_stay_where_they_belong(self, make: Maker) -> None:
        table = Table(make)
        table.answer("a")
        table.session = table.session.go(1)
        table.answer("결정계수")
        del table.known["x-choice"]
        session = table.replayed()
        assert [place.question.id for place in session.places] == ["x-short", "x-number", "x-last"]
        assert {n: reply.given for n, reply in session.replies.items()} == {0: "결정계수"}
        assert session.at == 1

    def test_answers_given_since_stay_too(self, make: Maker) -> None:
        """Resumed a second time, each answer is still the answer to its own question."""
        table = Table(make)
        table.answer("a")
        table.session = table.session.go(1)
        table.answer("결정계수")
        del table.known["x-choice"]
        table.session = table.replayed()
        table.answer("0.95")
        table.session = table.session.next_open()
        table.answer("b")
        given_ = {n: reply.given for n, reply in table.replayed().replies.items()}
        assert given_ == {0: "결정계수", 1: "0.95", 2: "b"}
        assert len(History(table.log).answers) == 4

    def test_all_gone(self, make: Maker) -> None:
        table = Table(make)
        table.known.clear()
        assert table.replayed().places == ()


class TestArrange:
    @given(st.integers(0, 2**32))
    def test_is_a_permutation_and_stable(self, shipped_bank: Bank, seed: int) -> None:
        """Every choice once; the same seed the same order, in whatever order the file has them."""
        rng = random.Random(seed)
        question = rng.choice([q for q in shipped_bank.questions if q.choices])
        place = arrange(question, seed)
        assert sorted(place.choices, key=str) == sorted(question.choices, key=str)
        assert arrange(question, seed) == place
        turned = msgspec.structs.replace(question, choices=question.choices[::-1])
        assert arrange(turned, seed).choices == place.choices

    def test_the_key_stands_everywhere(self, make: Maker) -> None:
        """Over many seeds each place is the key's about as often: 25 % each, to 5."""
        question = make.choice()
        at = [arrange(question, seed).choices.index(question.key) for seed in range(2_000)]
        assert all(400 < at.count(n) < 600 for n in range(4))

    def test_a_typed_answer_has_no_choices(self, make: Maker) -> None:
        assert arrange(make.short(), 1).choices == ()
        assert arrange(make.number(), 1).choices == ()

    @given(st.integers(0, 2**32))
    def test_numbers_rise(self, make: Maker, seed: int) -> None:
        """Shuffled numbers would be read twice; their order gives nothing away."""
        texts = ("12%", "1,000", "-0.5", "3")
        choices = tuple(Choice(str(n), text, "까닭", n == 0) for n, text in enumerate(texts))
        place = arrange(make.choice(choices=choices), seed)
        assert [choice.text for choice in place.choices] == ["-0.5", "3", "12%", "1,000"]

    @pytest.mark.parametrize("text", ["nan", "inf", "1_000"])
    def test_words_that_python_reads_as_numbers_are_words(self, make: Maker, text: str) -> None:
        """NaN and Inf are what R prints; they have no place among rising numbers."""
        texts = ("1", "2", text, "3")
        choices = tuple(Choice(str(n), word, "까닭", n == 0) for n, word in enumerate(texts))
        question = make.choice(choices=choices)
        orders = {arrange(question, seed).choices for seed in range(50)}
        assert len(orders) > 1


class TestGenerated:
    def test_a_generated_question_is_shown_again_from_the_log(self, make: Maker) -> None:
        """Through JSON and back, without R."""
        question = make.number()
        item = Item(question.id, 1, msgspec.to_builtins(question))
        back = msgspec.json.decode(msgspec.json.encode(item), type=Item)
        assert back.generated is not None
        assert msgspec.convert(back.generated, Question) == question
