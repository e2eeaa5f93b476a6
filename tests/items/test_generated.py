"""Generated questions, over many seeds, with real R."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from adsp.bank.check import check_question
from adsp.bank.question import Kind
from adsp.items.generate import GENERATORS, generate
from adsp.r.engine import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from adsp.bank.question import Choice, Question
    from adsp.bank.syllabus import Syllabus
    from adsp.r.engine import Engine

    Make = Callable[[str, int], list[Question]]

SHORT = 40
LONG = 1000
PRINTING = ("ttest", "lm")

pytestmark = [
    pytest.mark.r,
    pytest.mark.parametrize("name", GENERATORS),
    pytest.mark.xdist_group("items"),  # one R and one set of questions for them all
]


def texts(question: Question) -> Iterator[str]:
    yield from (question.stem, question.explanation, *question.mistakes.values())
    for choice in question.choices:
        yield from (choice.text, choice.why)


def values(question: Question) -> list[float]:
    """The choices as numbers; empty if they are statements or sets."""
    try:
        return [float(choice.text) for choice in question.choices]
    except ValueError:
        return []


def assert_sound(questions: list[Question], syllabus: Syllabus) -> None:
    assert {q.id: found for q in questions if (found := check_question(q, syllabus))} == {}
    for question in questions:
        assert question.trusted
        assert question.proof
        assert_key_stands_alone(question)


def assert_key_stands_alone(question: Question) -> None:
    if question.kind is Kind.NUMBER:
        assert question.answer is not None
        assert len(question.mistakes) >= 2
        gaps = [abs(float(wrong) - question.answer) for wrong in question.mistakes]
        assert min(gaps) > question.tolerance
    elif numbers := values(question):
        ordered = sorted(numbers)
        assert ordered == numbers, "numbers are listed in their order"
        assert all(b - a > 0.009 for a, b in pairwise(ordered))
    assert len({choice.text for choice in question.choices}) in {0, 4}
    assert all(len(choice.why) > 10 for choice in question.choices)


def ranks_of_key(questions: list[Question]) -> Counter[int]:
    """Where the key stands among four numbers."""
    return Counter(
        [choice.key for choice in question.choices].index(True)
        for question in questions
        if values(question)
    )


class TestEverySeed:
    """What holds for each question that a generator makes."""

    def test_is_a_sound_question_of_the_bank(
        self, name: str, make: Make, syllabus: Syllabus
    ) -> None:
        """Its section and detail exist, and no distractor meets the key or another."""
        assert_sound(make(name, SHORT), syllabus)

    def test_r_proves_it(self, name: str, make: Make, engine: Engine) -> None:
        """The proof of every seed comes out TRUE."""
        proofs = {q.id: f"isTRUE({{ {q.proof} }})" for q in make(name, SHORT)}
        run = engine.run("", values=proofs)
        assert run.outcome is Outcome.OK, run.detail
        assert [key for key, value in run.values.items() if value != [True]] == []
        assert len(run.values) == SHORT

    def test_particles_agree_with_the_numbers_before_them(self, name: str, make: Make) -> None:
        """15를 and 16을, 7로 and 6으로, in every sentence."""
        after = re.compile(r"\d(?:을|를|은|는|과|와|으로|로)(?=[ ,.])")
        with_final = {"0", "1", "3", "6", "7", "8"}
        wrong = []
        for question in make(name, SHORT):
            for text in texts(question):
                for found in (match.group() for match in after.finditer(text)):
                    digit, particle = found[0], found[1:]
                    if particle in {"으로", "로"}:
                        fits = (particle == "으로") == (digit in "036")
                    else:
                        fits = (particle in {"을", "은", "과"}) == (digit in with_final)
                    wrong += [] if fits else [(question.id, found, text)]
        assert wrong == []

    def test_no_sentence_is_left_unfilled(self, name: str, make: Make) -> None:
        """No brace of a template, no doubled blank, no number that is none."""
        odd = re.compile(r"[{}]|  |\bnan\b|\binf\b|-0\.?0*(?![\d.])|None|,\d{3},")
        assert [
            (question.id, text)
            for question in make(name, SHORT)
            for text in texts(question)
            if odd.search(text)
        ] == []


class TestManySeeds:
    """What holds for the questions of a generator together."""

    def test_seeds_ask_different_things(self, name: str, make: Make) -> None:
        """At least three in four stems of forty seeds differ."""
        assert len({question.stem for question in make(name, SHORT)}) >= 30

    def test_both_kinds_are_made(self, name: str, make: Make) -> None:
        assert {question.kind for question in make(name, SHORT)} == {Kind.CHOICE, Kind.NUMBER}

    def test_the_place_of_the_key_tells_nothing(self, name: str, make: Make) -> None:
        places = Counter(
            [choice.key for choice in question.choices].index(True)
            for question in make(name, SHORT)
            if question.choices
        )
        assert len(places) >= 3
        assert max(places.values()) <= 0.6 * places.total()

    def test_the_same_seed_makes_the_same_question(
        self, name: str, make: Make, engine: Engine, scripts: Path
    ) -> None:
        again = [generate(name, seed, engine, scripts) for seed in (0, 7)]
        assert again == [make(name, SHORT)[seed] for seed in (0, 7)]
        assert again[1].id == f"gen-{name}-7"

    def test_what_is_shown_is_what_r_prints(self, name: str, make: Make, engine: Engine) -> None:
        """Running the exhibit's code again gives its transcript to the letter."""
        shown = [q.exhibit for q in make(name, SHORT) if q.exhibit is not None][:8]
        for exhibit in shown:
            run = engine.run(exhibit.r)
            assert run.console(echo=exhibit.echo).rstrip() == exhibit.shown
        assert bool(shown) == (name in PRINTING)

    def test_the_data_of_a_print_are_not_shown(self, name: str, make: Make) -> None:
        """Else the sample size could be counted instead of read from the degrees of freedom."""
        for question in make(name, SHORT):
            if question.exhibit is not None:
                assert "c(" not in question.exhibit.shown


@pytest.mark.long
@pytest.mark.timeout(900)
class TestThousandSeeds:
    """The long form; R and Python agree on each, or `generate` would raise."""

    def test_all_are_sound_and_the_key_hides(
        self, name: str, make: Make, syllabus: Syllabus
    ) -> None:
        questions = make(name, LONG)
        assert_sound(questions, syllabus)
        ranks = ranks_of_key(questions)
        assert len(ranks) == 4
        assert min(ranks.values()) >= 0.05 * ranks.total()
        assert max(ranks.values()) <= 0.5 * ranks.total()

    def test_the_longest_choice_is_seldom_the_key(self, name: str, make: Make) -> None:
        """At most one time in three among statements; chance alone is one in four."""
        spoken = [q for q in make(name, LONG) if q.choices and not values(q)]
        longest = [q for q in spoken if is_longest(q.key, q.choices)]
        assert len(longest) <= len(spoken) / 3


def is_longest(key: Choice, choices: tuple[Choice, ...]) -> bool:
    return all(len(key.text) > len(other.text) for other in choices if other is not key)
