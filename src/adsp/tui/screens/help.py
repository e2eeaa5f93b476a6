"""The keys of a screen, as its own commands tell them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from rich.cells import cell_len
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from adsp.tui.keys import command

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import Binding, BindingType
    from textual.screen import Screen


KEYS_WIDTH = 16
"""Cells for the names of the keys."""

_KEY_NAMES = {
    "up": "위",
    "down": "아래",
    "left": "왼쪽",
    "right": "오른쪽",
    "enter": "Enter",
    "escape": "Esc",
    "space": "Space",
    "question_mark": "?",
    "ctrl+q": "Ctrl+Q",
    "ctrl+p": "Ctrl+P",
}


class HelpScreen(ModalScreen[None]):
    """A list of keys over the screen it belongs to."""

    BINDINGS: ClassVar[list[BindingType]] = [
        command("escape,q,question_mark,enter", "leave", "닫기", "도움말을 닫습니다."),
    ]

    def __init__(self, of: Screen[Any]) -> None:
        super().__init__()
        self._lines = _lines(of)

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


def _lines(screen: Screen[Any]) -> list[Content]:
    """A line for each command that can be given now: its keys, and what it does."""
    keys: dict[str, list[str]] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if active.enabled and binding.tooltip and not _is_jamo(binding.key):
            keys.setdefault(binding.tooltip, []).append(_key_name(binding))
    return [_line(", ".join(names), what) for what, names in keys.items()]


def _is_jamo(key: str) -> bool:
    """The Korean twin of a key goes without saying."""
    return len(key) == 1 and "\u3131" <= key <= "\u3163"


def _key_name(binding: Binding) -> str:
    return _KEY_NAMES.get(
        binding.key, binding.key.upper() if len(binding.key) == 2 else binding.key
    )


def _line(keys: str, what: str) -> Content:
    padding = " " * max(1, KEYS_WIDTH - cell_len(keys))
    return Content.assemble((keys, "bold"), padding, what)
