"""Which questions a session asks."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adsp.bank.question import Exhibit, Kind
from adsp.session.select import Filter, pick

if TYPE_CHECKING:
    from tests.conftest import Maker

    from adsp.bank.load import Bank
    from adsp.bank.question import Question

counts = st.integers(-3, 300)
seeds = st.integers(0, 2**32)
kinds = st.frozensets(st.sampled_from(Kind))
codes = st.frozensets(st.sampled_from(["1-1-1", "2-1-3", "3-2-2", "3-3-2", "extra-x"]))


def choose(bank: Bank, wanted: Filter, count: int, seed: int) -> tuple[Question, ...]:
    fitting = [question for question in bank.questions if wanted.admits(question)]
    points = bank.syllabus.points
    return pick(fitting, count, seen={}, points=points, rng=random.Random(seed))


class TestFilter:
    def test_empty_means_all(self, shipped_bank: Bank) -> None:
        assert all(Filter(frozenset()).admits(question) for question in shipped_bank.questions)

    def test_each_condition_must_hold(self, make: Maker) -> None:
        read = make.choice(exhibit=Exhibit(text="표"))
        assert Filter(frozenset(), exhibits_only=True).admits(read)
        assert not Filter(frozenset(), exhibits_only=True).admits(make.choice())
        assert not Filter(frozenset({"3-2-2"}), frozenset({Kind.SHORT})).admits(read)
        assert Filter(frozenset(), flagged=frozenset({"x-choice"})).admits(read)

    def test_none_flagged_is_not_all(self, make: Maker) -> None:
        """Asking for the marked ones when none is marked must not bring everything."""
        assert not Filter(frozenset(), flagged=frozenset()).admits(make.choice())

    def test_a_code_is_no_prefix(self, make: Maker) -> None:
        assert not Filter(frozenset({"3-2"})).admits(make.choice())


class TestPick:
    @given(codes, kinds, st.booleans(), counts, seeds)
    def test_never_twice_never_another_never_too_many(
        self,
        shipped_bank: Bank,
        sections: frozenset[str],
        wanted: frozenset[Kind],
        exhibits: bool,
        count: int,
        seed: int,
    ) -> None:
        """As many as asked for or as there are, each once, each as asked for."""
        admitted = Filter(sections, wanted, exhibits)
        chosen = choose(shipped_bank, admitted, count, seed)
        fitting = sum(map(admitted.admits, shipped_bank.questions))
        assert len(chosen) == max(0, min(count, fitting))
        assert len({question.id for question in chosen}) == len(chosen)
        assert all(map(admitted.admits, chosen))

    @given(counts, seeds)
    def test_the_same_seed_picks_the_same(self, shipped_bank: Bank, count: int, seed: int) -> None:
        everything = Filter(frozenset())
        one = choose(shipped_bank, everything, count, seed)
        assert one == choose(shipped_bank, everything, count, seed)

    @given(st.lists(st.integers(0, 3), min_size=8, max_size=8), st.integers(1, 8), seeds)
    def test_the_least_seen_come_first(
        self, make: Maker, times: list[int], count: int, seed: int
    ) -> None:
        """Within a section no question comes again while another was seen less often."""
        questions = [make.choice(f"x-{n}") for n in range(8)]
        seen = {question.id: n for question, n in zip(questions, times, strict=True)}
        chosen = pick(questions, count, seen=seen, points={}, rng=random.Random(seed))
        left = [seen[q.id] for q in questions if q not in chosen]
        assert max(seen[q.id] for q in chosen) <= min(left, default=99)

    def test_sections_by_their_points(self, shipped_bank: Bank) -> None:
        """Over many sessions a section is asked as the exam asks it, to a fifth."""
        asked: Counter[str] = Counter()
        for seed in range(300):
            chosen = choose(shipped_bank, Filter(frozenset()), 20, seed)
            asked.update(question.section for question in chosen)
        for code, points in shipped_bank.syllabus.points.items():
            assert asked[code] / 300 == pytest.approx(points / 5, rel=0.2, abs=0.1), code

    def test_small_sessions_ask_all_sections_in_time(self, shipped_bank: Bank) -> None:
        """Sessions of one question do not always ask the heaviest section."""
        asked = {
            choose(shipped_bank, Filter(frozenset()), 1, seed)[0].section for seed in range(400)
        }
        assert len(asked) >= 20

    def test_a_section_outside_the_syllabus_is_not_left_out(self, make: Maker) -> None:
        questions = [make.choice("x-1"), make.choice("x-2")]
        chosen = pick(questions, 2, seen={}, points={"3-2-2": 0.0}, rng=random.Random(1))
        assert len(chosen) == 2
