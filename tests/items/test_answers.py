"""From a key and named mistakes to choices that stay apart."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adsp.bank.question import Kind
from adsp.items.answers import (
    Mistake,
    Statement,
    Task,
    number_answer,
    proof_of,
    shown,
    statement_answer,
)
from adsp.items.generator import Answer, Collision
from adsp.items.wording import equals, taken, toward, toward_word

if TYPE_CHECKING:
    from collections.abc import Sequence


def task(key: float, wrong: Sequence[float], digits: int = 2) -> Task:
    mistakes = tuple(Mistake(f"m{n}", value, "까닭.") for n, value in enumerate(wrong))
    return Task("key", key, "풀이.", mistakes, digits=digits)


def answered(one: Task, kind: Kind, seed: int) -> Answer | None:
    try:
        return number_answer(one, kind, random.Random(seed))
    except Collision:
        return None


class TestNumbers:
    """The choices and mistakes of a number."""

    @given(
        st.floats(0.01, 99), st.lists(st.floats(-99, 99), max_size=8), st.integers(0, 2), st.data()
    )
    def test_choices_never_meet(
        self, key: float, wrong: list[float], digits: int, data: st.DataObject
    ) -> None:
        """Whatever is drawn: four different numbers, one of them the key, or none at all."""
        answer = answered(task(key, wrong, digits), Kind.CHOICE, data.draw(st.integers(0, 99)))
        if answer is None:
            return
        values = [float(choice.text) for choice in answer.choices]
        assert len(set(values)) == 4
        assert values == sorted(values)
        assert [c.text for c in answer.choices if c.key] == [shown(key, digits)]

    @given(st.floats(0.01, 99), st.lists(st.floats(-99, 99), max_size=8), st.integers(0, 2))
    def test_no_mistake_is_taken_for_the_key(
        self, key: float, wrong: list[float], digits: int
    ) -> None:
        answer = answered(task(key, wrong, digits), Kind.NUMBER, 1)
        if answer is None or answer.answer is None or answer.mistakes is None:
            return
        assert all(abs(float(text) - answer.answer) > answer.tolerance for text in answer.mistakes)

    def test_a_key_that_rounds_either_way_is_not_asked(self) -> None:
        """0.125 is 0.13 by hand and 0.12 by R."""
        with pytest.raises(Collision):
            number_answer(task(0.125, (0.5, 0.6, 0.7)), Kind.CHOICE, random.Random(1))

    def test_too_few_mistakes_is_a_collision(self) -> None:
        with pytest.raises(Collision):
            number_answer(task(0.5, (0.501, 0.6, 0.7)), Kind.CHOICE, random.Random(1))

    def test_the_key_may_stand_anywhere(self) -> None:
        places = {
            [c.key for c in answer.choices].index(True)
            for seed in range(60)
            if (answer := answered(task(0.5, (0.1, 0.2, 0.3, 0.7, 0.8, 0.9)), Kind.CHOICE, seed))
        }
        assert places == {0, 1, 2, 3}

    def test_the_proof_rounds_as_the_stem_says(self) -> None:
        assert proof_of("2 / 3", task(2 / 3, ())) == "isTRUE(all.equal(round(2 / 3, 2), 0.67))"


class TestStatements:
    """One wrong among right ones, or one right among wrong ones."""

    ALL = tuple(
        Statement(f"s{n}", f"옳은 말 {n}", "까닭이다.", f"틀린 말 {n}", "까닭이다.", f"t{n // 2}")
        for n in range(8)
    )

    @pytest.mark.parametrize("negative", [True, False], ids=["one wrong", "one right"])
    @pytest.mark.parametrize("seed", range(8))
    def test_the_key_is_the_odd_one(self, negative: bool, seed: int) -> None:
        answer = statement_answer(self.ALL, negative, random.Random(seed))
        odd = "틀린" if negative else "옳은"
        assert [c.text.startswith(odd) for c in answer.choices] == [c.key for c in answer.choices]
        assert [c.why.startswith(f"{odd} 해석이므로 정답이다.") for c in answer.choices] == [
            c.key for c in answer.choices
        ]

    @given(st.integers(0, 10_000))
    def test_two_statements_of_one_theme_never_stand_together(self, seed: int) -> None:
        answer = statement_answer(self.ALL, True, random.Random(seed))
        assert len({int(choice.name[1:]) // 2 for choice in answer.choices}) == 4


class TestWording:
    """Korean around numbers."""

    @pytest.mark.parametrize(
        ("number", "said"), [(6, "6으로"), (7, "7로"), (100, "100으로"), (9, "9로")]
    )
    def test_toward(self, number: int, said: str) -> None:
        assert toward(number) == said

    @pytest.mark.parametrize(
        ("word", "particle"), [("가격", "으로"), ("출력", "으로"), ("넓이", "로"), ("거울", "로")]
    )
    def test_toward_a_word(self, word: str, particle: str) -> None:
        assert toward_word(word) == particle

    @pytest.mark.parametrize(("number", "said"), [(15, "15를"), (16, "16을")])
    def test_taken(self, number: int, said: str) -> None:
        assert taken(number) == said

    @pytest.mark.parametrize(("value", "said"), [(0.25, "= 0.25"), (1 / 3, "≈ 0.33")])
    def test_equals_only_what_is_equal(self, value: float, said: str) -> None:
        assert equals(value, 2) == said
