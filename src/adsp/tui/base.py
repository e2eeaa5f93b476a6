"""What all screens share: a word for windows too small, and errors told in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol, cast

from textual import events, on
from textual.screen import Screen
from textual.widgets import Static

from adsp.tui.keys import command

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.binding import BindingType
    from textual.widget import Widget
    from textual.widgets import Input

    from adsp.desk.desk import Desk
    from adsp.errors import AdspError
    from adsp.session.session import Session

MIN_WIDTH, MIN_HEIGHT = 50, 14
"""Cells below which nothing can be studied; the window is asked for more room."""


class Host(Protocol):
    """What a screen asks of the app."""

    desk: Desk
    lab_code: str
    """What stood in the R editor when it was left."""

    def attempt(self, action: Callable[[], Any]) -> Any:
        """Do something at the desk; a refusal is told, and None comes back."""

    def tell(self, error: AdspError) -> None:
        """Say what went wrong and what to do."""

    def open_session(self, session: Session | None) -> None:
        """Show a session; None is one that could not be made, and was told of."""


class AdspScreen(Screen[None]):
    """A screen at the desk."""

    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012  (an instance variable in the base class)
        (0, "-tiny"),
        (72, "-narrow"),
        (100, "-normal"),
        (176, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (24, "-high")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        command("question_mark,f1", "app.keys_help", "도움말", "이 화면의 키를 보입니다."),
    ]

    @property
    def adsp(self) -> Host:
        return cast("Host", self.app)

    @property
    def desk(self) -> Desk:
        return self.adsp.desk

    def __init__(self) -> None:
        super().__init__()
        self._focus_before: Widget | None = None
        """What has the focus once a window that is too small has room again."""

    @on(events.Mount)
    async def _add_notice(self) -> None:
        await self.mount(Static("", id="too-small", markup=False))

    def on_resize(self, event: events.Resize) -> None:
        width, height = event.size
        small = width < MIN_WIDTH or height < MIN_HEIGHT
        if small:
            self._focus_before = self.focused or self._focus_before
        elif self.has_class("-too-small"):
            self.call_after_refresh(self._focus_again)
        self.set_class(small, "-too-small")
        if small and (label := self.query("#too-small")):
            label.last(Static).update(
                f"창을 넓혀 주세요({MIN_WIDTH}×{MIN_HEIGHT} 이상). 지금 {width}×{height}."
            )

    def set_focus(
        self, widget: Widget | None, scroll_visible: bool = True, from_app_focus: bool = False
    ) -> None:
        """What is hidden cannot have the focus: it is kept for when there is room."""
        if widget is not None and self.has_class("-too-small"):
            self._focus_before = widget
        else:
            super().set_focus(widget, scroll_visible, from_app_focus)

    def _focus_again(self) -> None:
        if self._focus_before is not None and self._focus_before.is_attached:
            self._focus_before.focus()


def whole_number(field: Input) -> int:
    """What a field of digits holds; 0 while it holds none, or only a sign."""
    return int(field.value) if field.value.isdecimal() else 0
