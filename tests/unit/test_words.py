"""Dates and spans in words."""

from __future__ import annotations

from datetime import date

import pytest

from adsp.words import day_in_words, minutes_in_words


class TestDayInWords:
    def test_with_and_without_the_year(self) -> None:
        assert day_in_words(date(2021, 11, 6)) == "2021-11-06(토)"
        assert day_in_words(date(2021, 11, 7), year=False) == "11-07(일)"


class TestMinutesInWords:
    @pytest.mark.parametrize(
        ("minutes", "words"),
        [
            (0, "0분"),
            (0.4, "0분"),
            (45, "45분"),
            (59.6, "1시간"),
            (60, "1시간"),
            (125, "2시간 5분"),
            (120, "2시간"),
            (1500, "25시간"),
        ],
    )
    def test_rounds_and_carries(self, minutes: float, words: str) -> None:
        """Never ``60분`` and never ``0시간``."""
        assert minutes_in_words(minutes) == words
