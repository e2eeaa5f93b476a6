"""The one door through which bank text, R output and typed text reach the screen.

Nothing of it is ever markup: brackets stay brackets, and no control character passes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from textual.content import Content

from adsp.text import clean

if TYPE_CHECKING:
    from rich.console import RenderableType

MUTED = "$foreground 60%"
"""Style of what is said in passing."""

_INLINE = re.compile(r"\*\*(?P<bold>[^*]+)\*\*|`(?P<code>[^`]+)`")


def plain(text: str, style: str = "") -> Content:
    """Text exactly as it is, in one style."""
    return Content.styled(clean(text), style)


def inline(text: str, style: str = "") -> Content:
    """One paragraph with ``**bold**`` and ``code``; nothing else is read as markup."""
    source = clean(text)
    parts: list[Content] = []
    end = 0
    for found in _INLINE.finditer(source):
        parts.append(Content.styled(source[end : found.start()], style))
        if bold := found["bold"]:
            parts.append(Content.styled(bold, f"{style} bold underline".strip()))
        else:
            parts.append(Content.styled(found["code"], f"{style} $text-accent".strip()))
        end = found.end()
    parts.append(Content.styled(source[end:], style))
    return Content("").join(parts)


def prose(text: str) -> RenderableType:
    """Markdown of a stem or an explanation: paragraphs, lists, tables, code; links stay text.

    Rendered by Rich in one go: a fifth of the time of a Markdown widget.
    """
    from markdown_it import MarkdownIt
    from rich.markdown import Markdown

    source = clean(_hard_breaks(text.strip()))
    markdown = Markdown(source, hyperlinks=False)
    if "<" in source:  # Rich reads <NA> as HTML, and drops it
        parser = MarkdownIt("commonmark", {"html": False}).enable(["strikethrough", "table"])
        markdown.parsed = parser.parse(source)
    return markdown


def _hard_breaks(text: str) -> str:
    """Keep the line breaks of a ㄱㄴㄷ list, which Markdown would run together."""
    return re.sub(r"\n(?=(?:[ㄱ-ㅎ]|\([가-하]\))[.)]?\s)", "  \n", text)
