"""Which exam is aimed at, from when, and how many minutes a day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Button, Footer, Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from adsp.desk.planning import choose
from adsp.errors import AdspError, UsageError
from adsp.settings import MAX_MINUTES, MIN_MINUTES
from adsp.tui.base import AdspScreen, whole_number
from adsp.tui.keys import command
from adsp.tui.prose import plain

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType


class ExamScreen(AdspScreen):
    """Choose a round or a day of one's own."""

    BINDINGS: ClassVar[list[BindingType]] = [
        command("f5", "save", "정하기", "이 시험일로 계획을 세웁니다."),
        command("escape", "leave", "홈으로", "바꾸지 않고 홈으로 돌아갑니다."),
    ]

    def compose(self) -> ComposeResult:
        plan = self.desk.settings.plan
        exam = self.desk.exam
        with VerticalScroll(id="exam"):
            yield Static("어느 시험을 준비하나요?", classes="heading")
            if rounds := self.desk.bank.exams.after(self.desk.today):
                yield OptionList(
                    *(Option(f"제{r.number}회 · {r.exam}", id=str(r.number)) for r in rounds)
                )
            else:
                yield Static("알려진 다음 회차가 없습니다. 시험일을 직접 적으세요.", markup=False)
            yield Label("시험일")
            yield Input(str(exam or ""), placeholder="2021-11-06", id="exam-day", compact=True)
            yield Label("공부 시작일 (비우면 오늘)")
            yield Input(
                str(plan.start or ""), placeholder="2021-10-01", id="start-day", compact=True
            )
            yield Label(f"하루에 몇 분 ({MIN_MINUTES}~{MAX_MINUTES})")
            yield Input(str(plan.minutes), type="integer", id="minutes", compact=True)
            yield Static("", id="complaint")
            with Horizontal(id="buttons"):
                yield Button("정하기 (F5)", id="save", variant="primary")
                yield Button("그만두기", id="cancel")
        yield Footer()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        held = self.desk.bank.exams.round(int(event.option.id or 0))
        self.query_one("#exam-day", Input).value = str(held.exam)

    def on_input_submitted(self) -> None:
        self.action_save()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.action_save() if event.button.id == "save" else self.action_leave()

    def action_save(self) -> None:
        try:
            self._save()
        except AdspError as error:
            self.query_one("#complaint", Static).update(plain(str(error)))
        else:
            self.dismiss()

    def _save(self) -> None:
        exam = self._day("#exam-day", "시험일")
        if exam is None:
            raise UsageError("시험일을 적으세요: 2021-11-06")
        start = self._day("#start-day", "시작일")
        if start is None and self.desk.today < exam:
            start = self.desk.today
        choose(self.desk, exam, start, whole_number(self.query_one("#minutes", Input)))

    def _day(self, selector: str, name: str) -> date | None:
        text = self.query_one(selector, Input).value.strip()
        try:
            return date.fromisoformat(text) if text else None
        except ValueError as error:
            raise UsageError(f"{name}은(는) 2021-11-06 처럼 적으세요(지금 '{text}').") from error

    def action_leave(self) -> None:
        self.dismiss()
