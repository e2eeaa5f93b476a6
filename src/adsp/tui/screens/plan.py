"""The plan back from the exam date, day by day."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.containers import VerticalScroll
from textual.widgets import Footer, Static

from adsp.desk.planning import day_contents, plan_for
from adsp.tui.base import AdspScreen
from adsp.tui.keys import command
from adsp.tui.prose import plain
from adsp.words import day_in_words, minutes_in_words

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from adsp.plan import Plan


class PlanScreen(AdspScreen):
    """Milestones on top, then the days."""

    BINDINGS: ClassVar[list[BindingType]] = [
        command("e", "exam", "시험일", "시험일과 하루 공부 시간을 정합니다."),
        command("escape,q", "leave", "홈으로", "홈으로 돌아갑니다."),
    ]

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="page"):
            yield Static("", id="plan")
        yield Footer()

    def on_mount(self) -> None:
        self.query_one("#page").focus()

    def on_screen_resume(self) -> None:
        plan = self.adsp.attempt(lambda: plan_for(self.desk))
        text = self._draw(plan) if plan else plain("E 를 눌러 시험일을 정하면 계획을 세웁니다.")
        self.query_one("#plan", Static).update(text)

    def _draw(self, plan: Plan) -> Group:
        head = Text.assemble(
            (f" D-{plan.days_left} ", "bold reverse"),
            f"  시험 {day_in_words(plan.exam)} · 공부 {len(plan.study_days)}일"
            f" · 모두 {minutes_in_words(plan.total_minutes)} · 새 문항 {plan.new_questions}개",
        )
        dates = Table.grid(padding=(0, 2))
        for milestone in plan.milestones:
            dates.add_row(day_in_words(milestone.day), Text(milestone.name), Text(milestone.note))
        return Group(head, "", Text("챙길 날", "bold"), dates, "", self._days(plan))

    def _days(self, plan: Plan) -> Table:
        table = Table.grid(padding=(0, 1))
        table.add_column(width=1)
        table.add_column(no_wrap=True)
        table.add_column(justify="right", no_wrap=True)
        phase = None
        for day in plan.days:
            if day.phase is not phase:
                phase = day.phase
                table.add_row("", Text(phase.value, "bold underline"))
            now = day.day == plan.today
            table.add_row(
                ">" if now else "",
                day_in_words(day.day, year=False),
                f"{day.minutes}분",
                Text(day_contents(day, self.desk.bank.syllabus)),
                style="bold" if now else "",
            )
        return table

    def action_exam(self) -> None:
        from adsp.tui.screens.exam import ExamScreen

        self.app.push_screen(ExamScreen())

    def action_leave(self) -> None:
        self.dismiss()
