"""A box to tick, whose tick is there or not."""

from __future__ import annotations

from textual.widgets import Checkbox


class Tick(Checkbox):
    """Textual draws the same X in both states, and tells them apart by colour alone."""

    BUTTON_INNER = " "

    def watch_value(self) -> None:
        self.BUTTON_INNER = "X" if self.value else " "
        super().watch_value()
