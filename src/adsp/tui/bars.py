"""Bars and small charts of blocks, whose widths are counted in cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

if TYPE_CHECKING:
    from collections.abc import Sequence

_EIGHTHS = " ▁▂▃▄▅▆▇█"


def bar(share: float, width: int, style: str = "$primary") -> Content:
    """A bar of ``width`` cells, filled to ``share``, 0 to 1; say the figure beside it."""
    filled = round(min(max(share, 0.0), 1.0) * width)
    return Content.assemble(("█" * filled, style), ("░" * (width - filled), "$foreground 30%"))


def columns(values: Sequence[float], style: str = "$primary") -> Content:
    """One column a value, the highest full; nothing at all stays a low line."""
    top = max(values, default=0.0)
    steps = (min(8, -(-8 * value // top)) if top > 0 and value > 0 else 0 for value in values)
    return Content.styled("".join(_EIGHTHS[int(step)] if step else "_" for step in steps), style)
