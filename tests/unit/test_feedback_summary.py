"""What is told after an answer and at the end."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from adsp.bank.question import Kind
from adsp.grading import grade
from adsp.session.feedback import VERDICT_MARKS, VERDICT_WORDS, Feedback, feedback, right_answer
from adsp.session.session import Place, Reply, Session, arrange
from adsp.session.summary import summarise
from adsp.store.events import Verdict

if TYPE_CHECKING:
    from tests.conftest import Maker

    from adsp.bank.load import Bank
    from adsp.bank.question import Question

RIGHT, NEAR, WRONG, SKIP = Verdict.RIGHT, Verdict.NEAR, Verdict.WRONG, Verdict.SKIP


def told(question: Question, given: str, ruled: Verdict | None = None) -> Feedback:
    verdict = ruled or grade(question, given).verdict
    return feedback(arrange(question, 1), Reply("r", given, verdict, 1_000))


class TestFeedback:
    def test_every_question_of_the_bank_says_why(self, shipped_bank: Bank) -> None:
        """Right or given up, each choice gets its reason, and exactly one is the key."""
        for question in shipped_bank.questions:
            said = told(question, "")
            assert said.verdict is SKIP
            assert said.explanation
            assert said.sources
            if question.kind is Kind.CHOICE:
                assert [reason.key for reason in said.reasons].count(True) == 1
                assert all(reason.why for reason in said.reasons)

    def test_the_key_is_named_by_the_place_on_the_screen(self, make: Maker) -> None:
        question = make.choice()
        for seed in range(20):
            place = arrange(question, seed)
            number = int(right_answer(place).removesuffix("번"))
            assert place.choices[number - 1].key

    def test_the_choice_taken_is_marked(self, make: Maker) -> None:
        reasons = told(make.choice(), "b").reasons
        assert [reason.text for reason in reasons if reason.chosen] == ["중앙값이다."]

    def test_typed_answers(self, make: Maker) -> None:
        assert right_answer(arrange(make.short(), 1)) == "결정계수 = R-squared"
        assert right_answer(arrange(make.number(unit="개"), 1)) == "0.95개"

    @pytest.mark.parametrize(
        ("kind", "typed"), [("short", "상관계수"), ("short", "상관 계수"), ("number", "80%")]
    )
    def test_the_mistake_made_is_marked(self, make: Maker, kind: str, typed: str) -> None:
        """However it was typed: the note and the list say the same."""
        question = make.short() if kind == "short" else make.number()
        said = told(question, typed)
        assert said.note
        assert [reason.chosen for reason in said.reasons] == [True]

    def test_near_says_what_was_meant(self, make: Maker) -> None:
        assert "결정계수" in told(make.short(), "결정게수").note

    def test_ruled_right(self, make: Maker) -> None:
        said = told(make.short(), "결정게수", RIGHT)
        assert said.headline.startswith("정답")
        assert "스스로" in said.note

    def test_ruled_wrong(self, make: Maker) -> None:
        """It must not be said that she took it for right."""
        said = told(make.short(), "결정게수", WRONG)
        assert said.headline.startswith("오답")
        assert "맞은 것으로" not in said.note

    def test_a_bank_that_was_mended_since(self, make: Maker) -> None:
        """An answer judged by an older text is no ruling of hers, and breaks nothing."""
        said = told(make.choice(), "b", RIGHT)
        assert "스스로" not in said.note
        assert told(make.number(), "예전에는 글이었다", WRONG).verdict is WRONG

    def test_every_verdict_has_a_word_and_a_mark(self) -> None:
        """Colour is never the only signal."""
        assert set(VERDICT_WORDS) == set(VERDICT_MARKS) == set(Verdict)
        assert len(set(VERDICT_MARKS.values())) == 4


class TestSummary:
    def session(self, make: Maker, *verdicts: Verdict | None) -> Session:
        """Places of two sections in turn, answered so; None is not answered."""
        sections = ("1-1-1", "3-2-2")
        places = tuple(
            Place(make.choice(f"x-{n}", section=sections[n % 2]), ()) for n in range(len(verdicts))
        )
        replies = {n: Reply(f"r{n}", "a", v, 1_500) for n, v in enumerate(verdicts) if v}
        return Session("s", "quiz", "문항", places, replies)

    def test_counts(self, make: Maker) -> None:
        summary = summarise(self.session(make, RIGHT, WRONG, SKIP, NEAR, None))
        counts = (summary.answered, summary.right, summary.skipped, summary.places)
        assert counts == (4, 1, 1, 5)
        assert summary.share == 0.25
        assert summary.seconds == 6.0
        assert [n for n, _ in summary.again] == [1, 2, 3]

    def test_sections_in_order_and_the_weakest_first(self, make: Maker) -> None:
        summary = summarise(self.session(make, RIGHT, WRONG, WRONG, WRONG, None))
        assert [(s.section, s.right, s.asked) for s in summary.sections] == [
            ("1-1-1", 1, 2),
            ("3-2-2", 0, 2),
        ]
        assert [score.section for score in summary.weak] == ["3-2-2", "1-1-1"]

    def test_nothing_answered(self, make: Maker) -> None:
        summary = summarise(self.session(make, None, None))
        assert (summary.share, summary.sections, summary.weak) == (0.0, (), ())

    def test_flagged_is_to_be_looked_at_again(self, make: Maker) -> None:
        """Right or not answered at all."""
        session = self.session(make, RIGHT, None).apply
        from datetime import datetime

        from adsp.store.events import Flagged

        at = datetime.fromisoformat("2021-10-05T20:00:00+09:00")
        flagged = session(Flagged(id="f", at=at, question="x-1", on=True))
        assert [n for n, _ in summarise(flagged).again] == [1]

    def test_sections_stand_in_the_order_of_the_syllabus(self, shipped_bank: Bank) -> None:
        places = tuple(arrange(question, 1) for question in shipped_bank.questions)
        places = tuple(random.Random(1).sample(places, len(places)))
        replies = {n: Reply(str(n), "", SKIP, 0) for n in range(len(places))}
        summary = summarise(Session("s", "quiz", "문항", places, replies))
        codes = [score.section for score in summary.sections]
        assert codes == [code for code in shipped_bank.syllabus.sections if code in codes]
