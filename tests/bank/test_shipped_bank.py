"""The shipped bank keeps its promises."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from adsp.bank.lint import length_cue, warnings
from adsp.bank.load import TRANSCRIPT_FOLDER
from adsp.bank.question import Kind, Question, code_hash
from adsp.desk.lab import Lab
from adsp.settings import ROptions, shipped
from adsp.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adsp.bank.load import Bank

_PLACE = re.compile(r"(?:^|-)(?:q|no|item|question)?\d{1,3}$")
_PLACES = frozenset({*"1234", *"abcd"})


def with_r(bank: Bank) -> list[Question]:
    return [q for q in bank.questions if q.exhibit is not None and q.exhibit.r]


class TestSize:
    def test_is_sound(self, shipped_bank: Bank) -> None:
        assert shipped_bank.problems == ()
        assert [str(problem) for problem in warnings(shipped_bank.questions)] == []

    def test_enough_of_everything(self, shipped_bank: Bank) -> None:
        kinds = Counter(question.kind for question in shipped_bank.questions)
        assert len(shipped_bank.questions) >= 168
        assert kinds[Kind.SHORT] >= 25
        assert kinds[Kind.NUMBER] >= 12
        assert len(with_r(shipped_bank)) >= 25

    def test_six_in_each_section(self, shipped_bank: Bank) -> None:
        have = Counter(question.section for question in shipped_bank.questions)
        assert len(shipped_bank.syllabus.sections) == 28
        assert {c: have[c] for c in shipped_bank.syllabus.sections if have[c] < 6} == {}

    def test_kinds_are_spread(self, shipped_bank: Bank) -> None:
        """Each subject has short answers, as the exam of her year asks them."""
        shorts = {q.subject for q in shipped_bank.questions if q.kind is Kind.SHORT}
        assert shorts >= {"1", "2", "3"}


class TestIds:
    def test_unique_and_in_their_section(self, shipped_bank: Bank) -> None:
        ids = [question.id for question in shipped_bank.questions]
        assert len(set(ids)) == len(ids)
        assert all(q.id.startswith(f"{q.section}-") for q in shipped_bank.questions)

    def test_name_the_matter_and_no_position(self, shipped_bank: Bank) -> None:
        """Questions are moved and inserted; a number in the file would lie soon."""
        names = [q.id.removeprefix(f"{q.section}-") for q in shipped_bank.questions]
        assert [name for name in names if _PLACE.search(name)] == []

    def test_choices_are_named_for_what_they_say(self, shipped_bank: Bank) -> None:
        """The log keeps the name, so that a choice may move within its file."""
        named = [(q.id, c.name) for q in shipped_bank.questions for c in q.choices]
        assert [(id_, name) for id_, name in named if name in _PLACES] == []


class TestQuestions:
    def test_every_choice_says_why(self, shipped_bank: Bank) -> None:
        for question in shipped_bank.questions:
            assert all(len(choice.why) >= 5 for choice in question.choices), question.id
            assert len(question.explanation) >= 20, question.id

    def test_stems_differ(self, shipped_bank: Bank) -> None:
        """The same question under two ids would be counted as two."""
        asked = [
            (
                fold(q.stem),
                fold(q.exhibit.shown) if q.exhibit else "",
                tuple(sorted(fold(choice.text) for choice in q.choices)),
            )
            for q in shipped_bank.questions
        ]
        assert [text for text, times in Counter(asked).items() if times > 1] == []

    def test_numbers_of_the_stem_come_with_a_proof(self, shipped_bank: Bank) -> None:
        assert all(q.proof for q in shipped_bank.questions if q.kind is Kind.NUMBER)

    def test_near_misses_are_told(self, shipped_bank: Bank) -> None:
        assert all(q.refuse for q in shipped_bank.questions if q.kind is Kind.SHORT)
        assert all(q.mistakes for q in shipped_bank.questions if q.kind is Kind.NUMBER)

    def test_no_accepted_form_lives_by_a_sign_that_does_not_count(self, shipped_bank: Bank) -> None:
        """Folding drops points and hyphens: ``-1`` and ``0.5`` would be ``1`` and ``05``."""
        forms = [form for q in shipped_bank.questions for form in q.accept]
        assert [form for form in forms if re.search(r"[-−.]\d", form)] == []


class TestHabits:
    def test_negative_share(self, shipped_bank: Bank) -> None:
        """About half of the choice questions ask for what is wrong, as in the exam."""
        asked = [q for q in shipped_bank.questions if q.kind is Kind.CHOICE]
        share = sum("negative" in question.tags for question in asked) / len(asked)
        assert 0.45 <= share <= 0.60

    def test_length_gives_nothing_away(self, shipped_bank: Bank) -> None:
        cue = length_cue(shipped_bank.questions)
        assert 0.18 <= cue.longest <= 0.32
        assert 0.18 <= cue.shortest <= 0.32

    def test_the_place_in_the_file_gives_nothing_away(self, shipped_bank: Bank) -> None:
        """Choices are shown by name and seed, but a reader of the files must not guess either."""
        asked = [q for q in shipped_bank.questions if q.kind is Kind.CHOICE]
        at = Counter(question.choices.index(question.key) for question in asked)
        assert all(0.15 <= at[n] / len(asked) <= 0.35 for n in range(4)), at

    def test_difficulties_are_spread(self, shipped_bank: Bank) -> None:
        levels = Counter(question.difficulty for question in shipped_bank.questions)
        assert all(levels[level] for level in range(1, 6))


class TestTranscripts:
    def test_none_is_missing_or_stale(self, shipped_bank: Bank) -> None:
        for question in with_r(shipped_bank):
            exhibit = question.exhibit
            assert exhibit is not None
            assert exhibit.transcript is not None, question.id
            assert exhibit.transcript.code_hash == code_hash(exhibit.r), question.id
            assert exhibit.transcript.r_version, question.id
            assert exhibit.shown.strip(), question.id

    def test_none_is_left_over(self, shipped_bank: Bank) -> None:
        recorded = {path.stem for path in shipped("questions").glob(f"*/{TRANSCRIPT_FOLDER}/*.txt")}
        assert recorded == {question.id for question in with_r(shipped_bank)}

    def test_fit_a_narrow_screen(self, shipped_bank: Bank) -> None:
        for question in with_r(shipped_bank):
            assert question.exhibit is not None
            assert max(map(len, question.exhibit.shown.splitlines())) <= 100, question.id


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    lab = Lab(ROptions(), shipped("r_scripts"))
    if not lab.engine.r_version:
        pytest.skip("no R on this machine")
    yield lab
    lab.close()


@pytest.mark.r
class TestInR:
    def test_every_proof_is_true(self, shipped_bank: Bank, lab: Lab) -> None:
        proved = [question for question in shipped_bank.questions if question.proof]
        assert proved
        assert [question.id for question in proved if not lab.prove(question)] == []

    def test_a_false_proof_is_none(self, shipped_bank: Bank, lab: Lab) -> None:
        """Neither what is not TRUE, nor what fails, nor many TRUEs."""
        import msgspec

        question = shipped_bank.questions[0]
        for proof in ("FALSE", "NA", "c(TRUE, TRUE)", "stop('x')", "1 +", "'TRUE'", "1", "q()"):
            assert not lab.prove(msgspec.structs.replace(question, proof=proof)), proof
        for proof in ("TRUE", "1 == 1 # why", "x <- 2; x == 2", "\nTRUE\n"):
            assert lab.prove(msgspec.structs.replace(question, proof=proof)), proof

    def test_r_prints_what_was_recorded(self, shipped_bank: Bank, lab: Lab) -> None:
        """Where R is the one that recorded it; another version may print otherwise."""
        for question in with_r(shipped_bank):
            assert question.exhibit is not None
            assert question.exhibit.transcript is not None
            if question.exhibit.transcript.r_version == lab.engine.r_version:
                ran = lab.run_exhibit(question)
                assert ran.same, (question.id, ran.live)
