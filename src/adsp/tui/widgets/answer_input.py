"""The field for a typed answer, with the terminal's cursor where a Korean input method needs it."""

from __future__ import annotations

from textual.geometry import Offset
from textual.widgets import Input


class AnswerInput(Input):
    """An input whose (hidden) terminal cursor sits on the caret.

    The input method draws the syllable being composed at the terminal's cursor. Textual 8.2 puts
    it one cell to the right at the end of the text, and on the border before the first key.
    """

    @property
    def cursor_screen_offset(self) -> Offset:
        x, y = super().cursor_screen_offset
        return Offset(x - 1 if self.cursor_at_end else x, y)

    def on_focus(self) -> None:
        self.call_after_refresh(self._place_terminal_cursor)

    def _place_terminal_cursor(self) -> None:
        self.app.cursor_position = self.cursor_screen_offset
