"""Choosing a drill: questions that R makes on the spot."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.containers import Vertical
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from adsp.desk.drill import make_drill, topics
from adsp.errors import AdspError
from adsp.tui.base import AdspScreen
from adsp.tui.keys import command
from adsp.tui.prose import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from adsp.bank.question import Question

COUNT = 10


class DrillScreen(AdspScreen):
    """Pick a topic; the questions are made off the screen's thread."""

    BINDINGS: ClassVar[list[BindingType]] = [
        command("escape,q", "leave", "홈으로", "홈으로 돌아갑니다."),
    ]

    def compose(self) -> ComposeResult:
        with Vertical(id="drill"):
            yield Static(
                f"R이 수를 뽑아 만드는 문항 {COUNT}개를 풉니다. "
                "답은 scipy로 다시 셈해 맞춰 봅니다.",
                classes="heading",
                markup=False,
            )
            options = [Option("전체 섞어서", id="all")]
            options += [
                Option(plain(f"{topic.title} — {topic.description}"), id=topic.name)
                for topic in topics()
            ]
            yield OptionList(*options)
            yield Static("", id="state")
        yield Footer()

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        chosen = () if event.option.id == "all" else (str(event.option.id),)
        self.query_one(OptionList).disabled = True
        self._tell("문항을 만드는 중 ...")
        self._make(chosen)

    def on_unmount(self) -> None:
        """Nobody waits for the questions any more."""
        self.desk.lab.stop()

    @work(thread=True, exclusive=True, group="drill", exit_on_error=False)
    def _make(self, chosen: tuple[str, ...]) -> None:
        try:
            questions = make_drill(self.desk, chosen, COUNT)
        except AdspError as error:
            self.app.call_from_thread(self._refuse, error)
        else:
            self.app.call_from_thread(self._start, questions)

    def _start(self, questions: Sequence[Question]) -> None:
        session = self.adsp.attempt(lambda: self.desk.study.start_drill(questions, "계산 연습"))
        if session is not None:
            self.dismiss()
            self.adsp.open_session(session)

    def _refuse(self, error: AdspError) -> None:
        self.query_one(OptionList).disabled = False
        self._tell("")
        self.adsp.tell(error)

    def _tell(self, text: str) -> None:
        self.query_one("#state", Static).update(plain(text))

    def action_leave(self) -> None:
        self.dismiss()
