"""The four choices: by number, arrows and Enter, or mouse; afterwards each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from adsp.tui.keys import command
from adsp.tui.prose import inline

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from adsp.bank.question import Choice
    from adsp.session.feedback import Reason


class ChoiceRow(Horizontal):
    """One choice: its mark and number in a narrow column, so that its lines stay aligned."""

    def __init__(self, number: int, choice: Choice) -> None:
        super().__init__(classes="choice")
        self.number = number
        self.choice = choice
        self._reason: Reason | None = None

    def compose(self) -> ComposeResult:
        yield Static("", classes="mark")
        with Vertical(classes="words"):
            yield Static(inline(self.choice.text))
            yield Static("", classes="why")

    def on_mount(self) -> None:
        self.point(current=False)

    def point(self, *, current: bool) -> None:
        """Mark the row as the one pointed at, or not."""
        self.set_class(current, "-current")
        self._draw_mark(">" if current else " ")

    def reveal(self, reason: Reason) -> None:
        """Show what is to be said of this choice: O the key, X the wrong choice that was taken."""
        self.remove_class("-current")
        self.set_class(reason.key, "-key")
        self.set_class(reason.chosen and not reason.key, "-wrong")
        self._draw_mark("O" if reason.key else "X" if reason.chosen else " ")
        why = self.query_one(".why", Static)
        why.update(inline(reason.why))
        why.display = True

    def _draw_mark(self, mark: str) -> None:
        self.query_one(".mark", Static).update(f"{mark} {self.number}.")


class ChoiceList(Vertical, can_focus=True):
    """The choices of one question."""

    BINDINGS: ClassVar[list[BindingType]] = [
        command("up,k", "move(-1)", "위", "위의 보기로 갑니다.", show=False),
        command("down,j", "move(1)", "아래", "아래 보기로 갑니다.", show=False),
        command("enter", "choose", "고르기", "가리킨 보기로 답합니다."),
        *(
            command(str(n), f"take({n})", f"{n}번", f"{n}번 보기로 답합니다.", show=False)
            for n in range(1, 5)
        ),
    ]

    current: reactive[int] = reactive(0)
    """Index of the choice pointed at."""

    @dataclass
    class Chosen(Message):
        """A choice was taken as the answer."""

        choices: ChoiceList
        name: str

    def __init__(self, choices: tuple[Choice, ...]) -> None:
        super().__init__(id="choices")
        self._rows = [ChoiceRow(n, choice) for n, choice in enumerate(choices, start=1)]
        self._revealed = False

    def compose(self) -> ComposeResult:
        yield from self._rows

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Once answered the keys belong to the screen again."""
        del parameters
        return not (self._revealed and action in {"move", "choose", "take"})

    def on_mount(self) -> None:
        self.call_after_refresh(self.watch_current, self.current)

    def watch_current(self, current: int) -> None:
        if not self.is_attached or self._revealed:
            return
        for n, row in enumerate(self._rows):
            row.point(current=n == current)

    def action_move(self, step: int) -> None:
        self.current = (self.current + step) % len(self._rows)
        self._rows[self.current].scroll_visible()

    def action_choose(self) -> None:
        self._take(self.current)

    def action_take(self, number: int) -> None:
        if number <= len(self._rows):
            self._take(number - 1)

    def on_click(self, event: events.Click) -> None:
        if event.widget is None or self._revealed:
            return
        for row in event.widget.ancestors_with_self:
            if isinstance(row, ChoiceRow):
                self._take(row.number - 1)

    def _take(self, index: int) -> None:
        """To the screen at once: on its way up a key pressed later would overtake it."""
        self.current = index
        self.screen.post_message(self.Chosen(self, self._rows[index].choice.name))

    def reveal(self, reasons: tuple[Reason, ...]) -> None:
        """Show every choice's reason; no more answers are taken."""
        self._revealed = True
        for row, reason in zip(self._rows, reasons, strict=True):
            row.reveal(reason)
        self.refresh_bindings()
