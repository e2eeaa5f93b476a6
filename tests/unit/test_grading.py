"""Is this answer right? The key always, anything else never, a neighbouring term never nearly."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from adsp.bank.question import Kind
from adsp.grading import grade, parse_number
from adsp.store.events import Verdict

if TYPE_CHECKING:
    from tests.conftest import Maker

    from adsp.bank.load import Bank

RIGHT, NEAR, WRONG, SKIP = Verdict.RIGHT, Verdict.NEAR, Verdict.WRONG, Verdict.SKIP


class TestEveryQuestionOfTheBank:
    """The shipped bank, question by question."""

    def test_the_key_is_right_and_nothing_else(self, shipped_bank: Bank) -> None:
        for question in shipped_bank.questions:
            for choice in question.choices:
                expected = RIGHT if choice.key else WRONG
                assert grade(question, choice.name).verdict is expected, question.id

    def test_every_accepted_form_is_right_and_every_refused_one_wrong(
        self, shipped_bank: Bank
    ) -> None:
        for question in shipped_bank.questions:
            for form in question.accept:
                assert grade(question, form).verdict is RIGHT, (question.id, form)
                assert grade(question, form.upper()).verdict is RIGHT, (question.id, form)
            for form, why in question.refuse.items():
                judged = grade(question, form)
                assert judged.verdict is WRONG, (question.id, form)
                assert why in judged.note

    def test_numbers_and_their_known_mistakes(self, shipped_bank: Bank) -> None:
        for question in shipped_bank.questions:
            if question.answer is None:
                continue
            for typed in (f"{question.answer:.10g}", f"{question.answer:.10g}{question.unit}"):
                assert grade(question, typed).verdict is RIGHT, question.id
            for wrong, why in question.mistakes.items():
                judged = grade(question, wrong)
                assert (judged.verdict, judged.note) == (WRONG, why), question.id

    def test_the_answer_to_another_question_is_never_right(self, shipped_bank: Bank) -> None:
        """Nor nearly right: short answers must not be taken for each other."""
        shorts = [q for q in shipped_bank.questions if q.kind is Kind.SHORT]
        for question in shorts:
            for other in shorts:
                if question is not other:
                    assert grade(question, other.accept[0]).verdict is WRONG

    @pytest.mark.parametrize("given_", ["", " ", "\n\t", "\u3000"])
    def test_nothing_typed_is_giving_up(self, shipped_bank: Bank, given_: str) -> None:
        assert all(grade(q, given_).verdict is SKIP for q in shipped_bank.questions)


class TestChoice:
    @given(st.text(min_size=1))
    def test_no_other_text_is_the_key(self, make: Maker, text: str) -> None:
        assume(text.strip() and text != "a")
        assert grade(make.choice(), text).verdict is WRONG


class TestShort:
    @pytest.mark.parametrize(
        ("typed", "verdict"),
        [
            ("결정계수", RIGHT),
            ("결정 계수", RIGHT),
            ("R squared", RIGHT),
            ("r-SQUARED", RIGHT),
            ("Ｒ－ｓｑｕａｒｅｄ", RIGHT),
            ("결정계수(R-squared)", RIGHT),
            ("R-squared = 결정계수", RIGHT),
            ("결정계수, 결정계수", RIGHT),
            ("결정게수", NEAR),
            ("결정계스", NEAR),
            ("R-sqaured", NEAR),
            ("R-squarred", NEAR),
            ("상관계수", WRONG),
            ("결정계수(상관계수)", WRONG),
            ("결정계수 아님", WRONG),
            ("결정", WRONG),
            ("계수", WRONG),
            ("()", WRONG),
            ("...", WRONG),
            ("결정계수2", WRONG),
            ("결정계수이", WRONG),
        ],
    )
    def test_examples(self, make: Maker, typed: str, verdict: Verdict) -> None:
        assert grade(make.short(), typed).verdict is verdict

    def test_a_form_that_is_not_written_so_is_cautioned(self, make: Maker) -> None:
        """Right here, but the exam's reader may be stricter."""
        assert grade(make.short(), "결정계수").note == ""
        assert "결정계수" in grade(make.short(), "결정 계수").note

    @pytest.mark.parametrize(
        ("key", "typed"),
        [
            ("제1종 오류", "제2종 오류"),
            ("제2종 오류", "제1종 오류"),
            ("제1종오류", "제 2 종 오류"),
            ("제1종 오류", "제１2종 오류"),
            ("지도 학습", "비지도 학습"),
            ("비지도학습", "지도학습"),
            ("내적 타당도", "외적 타당도"),
            ("과대적합 모형", "과소적합 모형"),
            ("상향식 접근법", "하향식 접근법"),
            ("정밀도", "정확도"),
            ("분산", "분신"),
            ("불일치", "일치"),
            ("3NF 정규화", "2NF 정규화"),
            ("전진선택법", "후진선택법"),
            ("일원배치 분산분석", "이원배치 분산분석"),
            ("제일종 오류", "제이종 오류"),
            ("Type I error", "Type II error"),
            ("Type Ⅱ error", "Type I error"),
            ("제Ⅰ종 오류", "제Ⅱ종 오류"),
            ("FP Rate", "TP Rate"),
            ("단순회귀분석", "다중회귀분석"),
        ],
    )
    def test_a_neighbouring_term_is_wrong(self, make: Maker, key: str, typed: str) -> None:
        """One jamo may lie between two terms: that is no slip of the pen."""
        question = make.short(accept=(key,), refuse={})
        assert grade(question, typed).verdict is WRONG

    @given(st.text("제12종오류 "))
    def test_first_and_second_kind_are_never_taken_for_each_other(
        self, make: Maker, noise: str
    ) -> None:
        """Whatever is typed, it is never right or near for both."""
        first = make.short(accept=("제1종 오류", "1종 오류"), refuse={})
        second = make.short(accept=("제2종 오류", "2종 오류"), refuse={})
        verdicts = {grade(first, noise).verdict, grade(second, noise).verdict}
        assert WRONG in verdicts or verdicts == {SKIP}

    @given(st.text(min_size=1))
    def test_any_text_is_judged(self, make: Maker, text: str) -> None:
        """No text breaks the judge, and a right one has the letters of an accepted form."""
        judged = grade(make.short(), text)
        if judged.verdict is RIGHT:
            assert "결정" in text or "R" in text.upper() or not text.isascii()


class TestNumber:
    @pytest.mark.parametrize(
        ("typed", "verdict"),
        [
            ("0.95", RIGHT),
            (".95", RIGHT),
            ("95%", RIGHT),
            ("９５％", RIGHT),
            ("19/20", RIGHT),
            ("0,95", RIGHT),
            ("+0.95", RIGHT),
            ("0.955", RIGHT),
            ("0.945", RIGHT),
            ("0.9551", WRONG),
            ("95", WRONG),
            ("-0.95", WRONG),
            ("0.8", WRONG),
            ("9" * 400, WRONG),
            ("9" * 400 + "/" + "9" * 400, WRONG),
        ],
    )
    def test_examples(self, make: Maker, typed: str, verdict: Verdict) -> None:
        """To the edge of the tolerance, and no further."""
        assert grade(make.number(), typed).verdict is verdict

    def test_a_known_mistake_is_named(self, make: Maker) -> None:
        assert grade(make.number(), "80%").note == "민감도이다."
        assert grade(make.number(), "0.7").note == ""

    @pytest.mark.parametrize("typed", ["abc", "1/0", "1/-0", "1/0.0", "0..1", "1e3", "1/2/3", "/2"])
    def test_what_is_no_number_is_sent_back(self, make: Maker, typed: str) -> None:
        """Not judged wrong: a slip of the keys costs no point."""
        with pytest.raises(ValueError, match=r".*"):
            grade(make.number(), typed)

    def test_percent_where_the_answer_is_in_percent(self, make: Maker) -> None:
        question = make.number(answer=20.0, unit="%", mistakes={})
        assert {grade(question, text).verdict for text in ("20", "20%", "0.2", "1/5")} == {RIGHT}
        assert grade(question, "0.2%").verdict is WRONG


class TestParseNumber:
    @pytest.mark.parametrize(
        ("text", "unit", "values"),
        [
            ("1,000", "", (1000.0,)),
            ("12,345,678.5", "", (12345678.5,)),
            ("0,15", "", (0.15,)),
            pytest.param("0,125", "", (0.125,), id="no-thousands-after-a-lone-zero"),
            pytest.param("1,000/2", "", (500.0,), id="thousands-over"),
            pytest.param("1/1,000", "", (0.001,), id="over-thousands"),
            ("６/19", "", (6 / 19,)),
            ("−3", "", (-3.0,)),
            ("- 3", "", (-3.0,)),
            ("1 / 5", "", (0.2,)),
            ("20 %", "", (0.2,)),
            ("20", "%", (20.0, 2000.0)),
            ("20%", "%", (20.0,)),
            ("5 TB", "TB", (5.0,)),
            ("12개", "개", (12.0,)),
            pytest.param("20℃", "℃", (20.0,), id="a-unit-of-one-sign"),
            pytest.param("3 만원", "만 원", (3.0,), id="a-unit-with-a-space"),
            ("-1/4", "", (-0.25,)),
        ],
    )
    def test_reads(self, text: str, unit: str, values: tuple[float, ...]) -> None:
        assert parse_number(text, unit) == pytest.approx(values)

    @pytest.mark.parametrize(
        "text", ["1/nan", "1/inf", "nan", "inf", "1/1e-400", "1/1_0", "--1", "½", "1½"]
    )
    def test_python_s_own_numbers_are_none(self, text: str) -> None:
        with pytest.raises(ValueError, match=r".*"):
            parse_number(text)

    @given(st.text(st.one_of(st.sampled_from("0123456789.,/%+-− ½①²"), st.characters())))
    def test_any_text_is_a_number_or_refused(self, text: str) -> None:
        """Nothing but `ValueError` comes out, and never not-a-number."""
        try:
            values = parse_number(text)
        except ValueError:
            return
        assert len(values) == 1
        assert not math.isnan(values[0]) or len(text) > 300

    @given(st.decimals(-1_000_000, 1_000_000, places=4))
    def test_what_is_written_is_read(self, number: object) -> None:
        for text in (f"{number:f}", f"{number:,f}"):
            assert parse_number(text)[0] == pytest.approx(float(f"{number:f}"))
