"""Events -> the text of R's console, with R's prompts and headings."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LISTED = 10
"""R lists up to ten warnings after an expression, and counts them from eleven on."""


def console_text(events: Iterable[tuple[str, str]], *, echo: bool) -> str:
    """Join ``(kind, text)`` pairs as R's console would have shown them.

    Notes are left out: they are not R's words.
    """
    return "".join(text for _, text in console_parts(events, echo=echo))


def console_parts(events: Iterable[tuple[str, str]], *, echo: bool) -> Iterator[tuple[str, str]]:
    """The same in pieces, each with the kind it came from."""
    before = ""
    for kind, group in groupby(events, key=lambda event: event[0]):
        texts = [text for _, text in group]
        if kind == "src" and echo:
            yield kind, "".join(_prompted(text) for text in texts)
        elif kind in {"out", "message"}:
            yield kind, "".join(texts)
        elif kind == "error":
            yield kind, "".join(f"{text}\n" for text in texts)
        elif kind == "warning":
            yield kind, _warnings(texts, addition=before == "error")
        before = kind


def _prompted(source: str) -> str:
    first, *more = source.split("\n")
    return f"> {first}\n" + "".join(f"+ {line}\n" for line in more)


def _warnings(texts: list[str], *, addition: bool) -> str:
    lead = "In addition: " if addition else ""
    if len(texts) == 1:
        return f"{lead}Warning message:\n{texts[0]}\n"
    if len(texts) <= _LISTED:
        listed = "".join(f"{i}: {text}\n" for i, text in enumerate(texts, 1))
        return f"{lead}Warning messages:\n{listed}"
    if len(texts) < 50:
        return f"{lead}There were {len(texts)} warnings (use warnings() to see them)\n"
    return f"{lead}There were 50 or more warnings (use warnings() to see the first 50)\n"
