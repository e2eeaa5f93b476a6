"""Korean and hostile text: what may reach the screen, how wide it is, how answers are folded."""

from __future__ import annotations

import re
import unicodedata

_CONTROLS = {*range(0x20), *range(0x7F, 0xA0)} - {0x09, 0x0A}
_BIDI = {0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}
_INVISIBLE = {0x200B, 0x2060, 0xFEFF, 0xFFF9, 0xFFFA, 0xFFFB, 0x2028, 0x2029}
_REMOVED = dict.fromkeys(_CONTROLS | _BIDI | _INVISIBLE)
_ESCAPE_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI
    r"|(?:\x1b[\]P_^X]|[\x9d\x90\x9f\x9e\x98])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c|$)"  # strings
    r"|\x1b[ -/]*[0-~]"
)
_IDLE = re.compile(r"[\s\-‐‑–—_·\u119e•・.'\"‘’“”「」『』]+")
"""What does not count in a typed answer; U+119E is what NFKC makes of ㆍ, the middle dot that
Korean keyboards offer.
"""


def clean(text: str) -> str:
    """Drop what a terminal would obey: escape sequences, C0 but newline and tab, DEL, C1, bidi.

    Rich and Textual pass ESC and 0x9B through to the terminal, as markup and as plain text alike.
    """
    return _ESCAPE_SEQUENCE.sub("", text.replace("\r\n", "\n")).translate(_REMOVED)


def unsafe_characters(text: str) -> list[str]:
    """The characters of ``text`` that `clean` would drop, as ``U+001B``, in order, once each."""
    return list(dict.fromkeys(f"U+{ord(c):04X}" for c in text if ord(c) in _REMOVED))


def fold(text: str) -> str:
    """Two typed answers are the same if their folds are: case, spaces, width, hyphens, middle dots,
    accents of composition, enclosing quotes and invisible characters do not count.
    """
    flat = unicodedata.normalize("NFKC", text.translate(_REMOVED)).casefold()
    return unicodedata.normalize("NFKC", _IDLE.sub("", flat))  # jamo that now meet are one


JAMO_OF_KEY = dict(
    zip(
        "qwertyuiopasdfghjklzxcvbnm",
        "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ",
        strict=True,
    )
)
"""The jamo that a Korean keyboard sends for a Latin key: ``n`` arrives as ``ㅜ``."""


def particle(word: str, with_final: str, without_final: str) -> str:
    """Choose between two Korean particles by the last sound of ``word``: 을/를, 이/가, 은/는."""
    last = word.rstrip()[-1:] or "가"
    if "가" <= last <= "힣":
        return with_final if (ord(last) - 0xAC00) % 28 else without_final
    return with_final if last in "013678lmnrLMNR" else without_final
