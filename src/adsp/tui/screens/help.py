"""The keys of a screen, as its own commands tell them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from adsp.tui.keys import command

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import Binding, BindingType
    from textual.screen import Screen


class HelpScreen(ModalScreen[None]):
    """A list of keys over the screen it belongs to."""

    BINDINGS: ClassVar[list[BindingType]] = [
        command("escape,q,question_mark,enter", "leave", "닫기", "도움말을 닫습니다."),
    ]

    def __init__(self, of: Screen[Any]) -> None:
        super().__init__()
        self._lines = list(dict.fromkeys(_line(b) for b in _commands(of)))

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help") as box:
            box.border_title = "키"
            box.border_subtitle = "Esc 닫기"
            yield Static(Content("\n").join(self._lines), markup=False)
            yield Static(
                "\n마우스로도 모두 할 수 있습니다. 한글 입력 상태에서도 같은 키가 통합니다.\n"
                "Ctrl+P 로 모든 명령을 찾습니다.",
                markup=False,
            )

    def action_leave(self) -> None:
        self.dismiss()


def _commands(screen: Screen[Any]) -> list[Binding]:
    """Commands of the focused widget and of the screen that can be given now."""
    found = [active.binding for active in screen.active_bindings.values() if active.enabled]
    return [binding for binding in found if binding.tooltip]


def _line(binding: Binding) -> Content:
    key = binding.key_display or binding.key
    keys = {"up": "위", "down": "아래", "left": "왼쪽", "right": "오른쪽"}
    return Content.assemble((f"{keys.get(key, key):<8}", "bold"), f" {binding.tooltip}")
