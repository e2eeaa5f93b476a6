"""Home: how far the exam is, what today holds, what waits, what was done lately."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from adsp.desk.home import Home, look
from adsp.desk.planning import start_today
from adsp.tui.bars import bar, columns
from adsp.tui.base import AdspScreen
from adsp.tui.keys import command
from adsp.tui.prose import MUTED, plain
from adsp.words import day_in_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from adsp.session.history import Answer

_BOXES = (("today", "오늘"), ("lately", "지난 두 주"), ("score", "예상 점수"))
_MENU = (
    ("begin", "Enter", "오늘 할 것 시작"),
    ("quiz", "N", "문제 풀기: 범위와 문항 수 고르기"),
    ("review", "V", "복습"),
    ("wrong", "W", "오답 다시 풀기"),
    ("drill", "D", "계산 연습: R이 그 자리에서 만드는 문항"),
    ("lab", "R", "R 실험실"),
    ("plan", "P", "시험일까지 계획"),
    ("exam", "E", "시험일·공부 시간 정하기"),
)


class HomeScreen(AdspScreen):
    """The first screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        command("n", "quiz", "문제", "범위와 문항 수를 골라 문제를 풉니다."),
        command("v", "review", "복습", "오늘 복습할 문항을 풉니다."),
        command("w", "wrong", "오답", "마지막에 틀린 문항을 다시 풉니다."),
        command("d", "drill", "계산", "R이 만드는 계산 문항을 풉니다."),
        command("r", "lab", "R", "R 실험실을 엽니다."),
        command("p", "plan", "계획", "시험일까지의 계획을 봅니다."),
        command("e", "exam", "시험일", "시험일과 하루 공부 시간을 정합니다."),
        command(
            "u",
            "undo",
            "되돌리기",
            "마지막 답을 되돌립니다. 지우지는 않습니다.",
            show=False,
        ),
        command("y", "redo", "되살리기", "되돌린 답을 다시 세게 합니다.", show=False),
        command("q", "app.quit", "끝내기", "앱을 닫습니다. 답은 이미 저장되어 있습니다."),
    ]

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="page"):
            yield Static("", id="headline")
            with Horizontal(id="boxes"):
                for name, title in _BOXES:
                    with Vertical(classes="box" if name == "today" else "box extra") as box:
                        box.border_title = title
                        yield Static("", id=name)
            yield OptionList(id="menu")
        yield Footer()

    def on_mount(self) -> None:
        self.query_one("#menu").focus()
        if self.desk.bank.problems:
            self.notify(
                f"문제 은행에서 읽지 못한 문항이 {len(self.desk.bank.problems)}곳에 있습니다. "
                "나머지로 시작합니다. 자세히: adsp bank lint",
                severity="warning",
                markup=False,
            )

    def on_screen_resume(self) -> None:
        """Draw afresh whenever the learner comes back here."""
        home = self.adsp.attempt(lambda: look(self.desk))
        if home is not None:
            self._draw(home)

    def _draw(self, home: Home) -> None:
        self.query_one("#headline", Static).update(_headline(home))
        self.query_one("#today", Static).update(_today(home, self.desk.section_name))
        self.query_one("#lately", Static).update(_lately(home))
        self.query_one("#score", Static).update(_score(home))
        menu = self.query_one("#menu", OptionList)
        at = menu.highlighted or 0
        menu.clear_options()
        menu.add_options(Option(_entry(home, *entry), id=entry[0]) for entry in _MENU)
        menu.highlighted = at

    async def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        await self.run_action(f"screen.{event.option.id}")

    def action_begin(self) -> None:
        """The session that waits, else what is due, else the new questions of today's plan."""
        study = self.desk.study
        waiting = self.adsp.attempt(study.unfinished)
        if waiting is not None:
            self.adsp.open_session(waiting)
        elif study.due(self.desk.exam):
            self.action_review()
        else:
            self.adsp.open_session(self.adsp.attempt(lambda: start_today(self.desk)))

    def action_quiz(self) -> None:
        from adsp.tui.screens.setup import SetupScreen

        self.app.push_screen(SetupScreen())

    def action_review(self) -> None:
        self.adsp.open_session(
            self.adsp.attempt(lambda: self.desk.study.start_review(self.desk.exam, 20))
        )

    def action_wrong(self) -> None:
        self.adsp.open_session(self.adsp.attempt(lambda: self.desk.study.start_wrong(20)))

    def action_drill(self) -> None:
        from adsp.tui.screens.drill import DrillScreen

        self.app.push_screen(DrillScreen())

    def action_undo(self) -> None:
        self._take_back("되돌렸습니다", self.desk.study.undo_last)

    def action_redo(self) -> None:
        self._take_back("되살렸습니다", self.desk.study.redo_last)

    def _take_back(self, what: str, action: Callable[[int], list[Answer]]) -> None:
        answers = self.adsp.attempt(lambda: action(1))
        if answers is None:
            return
        section = self.desk.section_name(answers[0].section)
        self.notify(f"{what}: {section} · {answers[0].question}", markup=False)
        self.on_screen_resume()

    def action_lab(self) -> None:
        from adsp.tui.screens.lab import LabScreen

        self.app.push_screen(LabScreen())

    def action_plan(self) -> None:
        from adsp.tui.screens.plan import PlanScreen

        self.app.push_screen(PlanScreen())

    def action_exam(self) -> None:
        from adsp.tui.screens.exam import ExamScreen

        self.app.push_screen(ExamScreen())


def _headline(home: Home) -> Content:
    if home.exam is None:
        return Content.assemble(("시험일을 아직 정하지 않았습니다", "bold"), "  E 로 정하세요")
    name = f"제{home.round}회 ADsP" if home.round else "ADsP"
    left = home.days_left or 0
    count = "오늘이 시험일" if left == 0 else f"D-{left}" if left > 0 else "지난 시험"
    head = Content.assemble(
        (f" {count} ", "bold reverse"), f"  {name} · 시험 {day_in_words(home.exam)}"
    )
    milestone = home.next_milestone
    if milestone is None or milestone.day == home.exam:
        return head
    return Content.assemble(
        head, "  ", (f"{milestone.name} {day_in_words(milestone.day)}", "$text-warning")
    )


def _today(home: Home, name: Callable[[str], str]) -> Content:
    done, planned = home.done, home.planned
    target = planned.minutes if planned else 0
    lines: list[Content] = []
    if planned and target:
        lines.append(bar(done.minutes / target, 14))
    lines.append(plain(f"{done.minutes:.0f}분" + (f" / {target}분" if target else "")))
    lines.append(plain(f"{done.answers}문항, 정답 {done.right}"))
    if planned:
        lines.append(plain(planned.phase.value, "bold"))
        lines += [plain(f"{name(load.section)} {load.questions}문항") for load in planned.new]
        if planned.mock:
            lines.append(plain("모의고사 90분"))
        if planned.rest:
            lines.append(plain("쉬는 날"))
    else:
        lines.append(plain(home.plan_problem or "오늘은 계획에 없는 날입니다.", MUTED))
    return Content("\n").join(lines)


def _lately(home: Home) -> Content:
    minutes = [record.minutes for record in home.recent]
    answers = sum(record.answers for record in home.recent)
    right = sum(record.right for record in home.recent)
    share = f"정답률 {right / answers:.0%}" if answers else "아직 푼 문항이 없습니다"
    return Content("\n").join(
        [
            columns(minutes),
            plain(f"{sum(minutes):.0f}분, {answers}문항"),
            plain(share),
            plain(f"{home.streak}일 이어서 공부" if home.streak else "오늘 시작해 보세요"),
            plain(f"본 문항 {home.seen}/{home.questions}", MUTED),
        ]
    )


def _score(home: Home) -> Content:
    if home.forecast is None:
        return plain("몇 문항을 풀면 시험 점수를 어림해 보입니다.", MUTED)
    seen = home.forecast
    return Content("\n").join(
        [
            Content.assemble((f"{seen.expected:.0f}점", "bold"), f" ({seen.low}~{seen.high})"),
            bar(seen.pass_probability, 10),
            plain(f"합격 확률 {seen.pass_probability:.0%}"),
            plain(seen.confidence.value, MUTED),
        ]
    )


def _entry(home: Home, action: str, key: str, label: str) -> Content:
    counts = {"review": home.due, "wrong": home.missed}
    count = f" ({counts[action]}문항)" if action in counts else ""
    if action == "begin":
        label = f"{label}: {home.next_step[0]}"
    return Content.assemble((f" {key:<6}", "bold $text-accent"), plain(label + count))
