"""What may reach the screen, and when two typed answers are the same."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adsp.text import JAMO_OF_KEY, clean, fold, particle, unsafe_characters

BOUNDARY = "\x00\x07\x08\x0a\x0d\x1b\x7f\x85\x90\x98\x9b\x9c\x9d\u061c\u200b\u202e\u2066\ufeff"
hostile = st.text(st.one_of(st.sampled_from(BOUNDARY + "[]P;?0m\\X"), st.characters()))
korean = st.text("가각힣ㄱㅏ불제1종aBzé ·-.'")


class TestClean:
    @given(hostile)
    def test_nothing_that_a_terminal_obeys_is_left(self, text: str) -> None:
        """No escape, control or bidi character but newline and tab survives, however nested."""
        cleaned = clean(text)
        assert unsafe_characters(cleaned) == []
        assert all(c in "\n\t" or unicodedata.category(c) != "Cc" for c in cleaned)

    @given(hostile)
    def test_once_is_enough(self, text: str) -> None:
        """Cleaning what is clean changes nothing: no sequence is put together by cleaning."""
        assert clean(clean(text)) == clean(text)

    @given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"])))
    def test_honest_text_stays(self, text: str) -> None:
        assert clean(text) == text

    @pytest.mark.parametrize(
        ("text", "left"),
        [
            pytest.param("\x1b[31m빨강\x1b[0m", "빨강", id="colour"),
            pytest.param("\x9b2J지움", "지움", id="8-bit-CSI"),
            pytest.param("앞\x1b]0;제목\x07뒤", "앞뒤", id="window-title"),
            pytest.param("앞\x1b]8;;http://x\x1b\\글\x1b]8;;\x1b\\뒤", "앞글뒤", id="hyperlink"),
            pytest.param("앞\x1bPq#0;2\x1b\\뒤", "앞뒤", id="sixel"),
            pytest.param("앞\x1bXbad\x1b\\뒤", "앞뒤", id="SOS"),
            pytest.param("앞\x98bad\x9c뒤", "앞뒤", id="8-bit-SOS"),
            pytest.param("앞\x1b]0;끝이 없다", "앞", id="unfinished-string"),
            pytest.param("\x1b\x1b[31m[32m글", "[32m글", id="nested"),
            pytest.param("\x1b(0글\x1b(B", "글", id="character-set"),
            pytest.param("\x1bc글", "글", id="reset"),
            pytest.param("한 줄\r\n두 줄\r", "한 줄\n두 줄", id="carriage-returns"),
            pytest.param("표\t칸\n", "표\t칸\n", id="tab-and-newline-stay"),
            pytest.param("a\u202eb\u2066c\u200fd", "abcd", id="bidi"),
            pytest.param("a\u200bb\ufeffc", "abc", id="invisible"),
        ],
    )
    def test_examples(self, text: str, left: str) -> None:
        assert clean(text) == left


class TestUnsafeCharacters:
    def test_named_once_in_order(self) -> None:
        """A bank's writer is told which characters, not how often."""
        assert unsafe_characters("\x9b가\x1b나\x9b") == ["U+009B", "U+001B"]

    def test_newline_and_tab_are_fine(self) -> None:
        assert unsafe_characters("가\n\t나") == []


class TestFold:
    @given(korean)
    def test_spaces_and_case_do_not_count(self, text: str) -> None:
        spaced = "  ".join(text.upper())
        assert fold(spaced) == fold(text) or "é" in text

    @given(korean)
    def test_composed_or_not_does_not_count(self, text: str) -> None:
        """macOS types and pastes Korean in pieces."""
        assert fold(unicodedata.normalize("NFD", text)) == fold(text)

    @given(korean)
    def test_folding_twice_is_folding_once(self, text: str) -> None:
        assert fold(fold(text)) == fold(text)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("R-squared", "r squared"),
            ("결정 계수", "결정계수"),
            ("ＤＢＭＳ", "dbms"),
            ("'인덱스'", "인덱스"),
            ("「인덱스」", "인덱스"),
            ("분석·처리", "분석 처리"),
            ("FP-Growth", "FP–Growth"),
            ("인덱스.", "인덱스"),
            pytest.param("인덱\u200b스\ufeff", "인덱스", id="invisible-from-a-web-page"),
            pytest.param("분석ㆍ처리", "분석·처리", id="the-dot-of-a-korean-keyboard"),
        ],
    )
    def test_the_same(self, one: str, other: str) -> None:
        assert fold(one) == fold(other)

    @pytest.mark.parametrize(
        ("one", "other"),
        [("1종 오류", "2종 오류"), ("분산", "분신"), ("C+", "C"), ("A/B", "AB"), ("가", "각")],
    )
    def test_not_the_same(self, one: str, other: str) -> None:
        assert fold(one) != fold(other)


class TestParticle:
    @pytest.mark.parametrize(
        ("word", "chosen"),
        [
            ("평균", "을"),
            ("계수", "를"),
            ("표", "를"),
            ("10", "을"),
            ("2", "를"),
            ("8", "을"),
            ("9", "를"),
            ("R", "을"),
            ("SQL", "을"),
            ("DB", "를"),
            ("", "를"),
            ("계수  ", "를"),
        ],
    )
    def test_by_the_last_sound(self, word: str, chosen: str) -> None:
        assert particle(word, "을", "를") == chosen

    @given(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3))
    def test_every_syllable(self, syllable: str) -> None:
        """A syllable has a final exactly if it comes apart into three jamo."""
        final = len(unicodedata.normalize("NFD", syllable)) == 3
        assert particle(syllable, "을", "를") == ("을" if final else "를")


class TestJamoOfKey:
    def test_each_letter_has_its_own_jamo(self) -> None:
        """A key that two letters shared would do two things with the Korean input method on."""
        assert sorted(JAMO_OF_KEY) == list("abcdefghijklmnopqrstuvwxyz")
        assert len(set(JAMO_OF_KEY.values())) == 26
        assert JAMO_OF_KEY["n"] == "ㅜ"
