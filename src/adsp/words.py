"""Dates and spans in Korean words, the same everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

WEEKDAYS = "월화수목금토일"


def day_in_words(day: date, *, year: bool = True) -> str:
    """``2021-11-06(토)``, or ``11-06(토)``."""
    text = day.isoformat() if year else day.strftime("%m-%d")
    return f"{text}({WEEKDAYS[day.weekday()]})"


def minutes_in_words(minutes: float) -> str:
    """``45분``, ``2시간``, ``2시간 5분``."""
    hours, rest = divmod(round(minutes), 60)
    if not hours:
        return f"{rest}분"
    return f"{hours}시간 {rest}분" if rest else f"{hours}시간"


def size_in_words(size: int) -> str:
    """Bytes as ``48KB`` or ``42.6MB``."""
    return f"{size / 1e6:.1f}MB" if size >= 1_000_000 else f"{size / 1e3:.0f}KB"
