"""Small Korean sentences around numbers."""

from __future__ import annotations

from adsp.items.answers import shown
from adsp.text import particle


def toward(number: float | str) -> str:
    """A number with 로 or 으로, by how it is read: 6으로, 7로, 100으로."""
    text = str(number)
    return f"{text}{'으로' if text[-1] in '036' else '로'}"


def toward_word(word: str) -> str:
    """The particle 로 or 으로 after a word: 가격으로, 기술로, 넓이로."""
    final = (ord(word[-1]) - ord("가")) % 28
    return "로" if final in {0, 8} else "으로"  # 8 is ㄹ


def taken(number: float | str) -> str:
    """A number with 을 or 를."""
    return f"{number}{particle(str(number), '을', '를')}"


def equals(value: float, digits: int) -> str:
    """``= 0.15`` where that is the whole value, else ``≈ 0.15``."""
    text = shown(value, digits)
    return f"{'=' if abs(value - float(text)) < 1e-9 else '≈'} {text}"
