"""The R laboratory: an editor, the output as the console prints it, and demos to start from."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Footer, OptionList, Static, TextArea
from textual.widgets.option_list import Option

from adsp.r.console import console_parts
from adsp.r.engine import Outcome
from adsp.tui.base import AdspScreen
from adsp.tui.keys import command
from adsp.tui.prose import MUTED, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from adsp.desk.lab import Demo
    from adsp.r.engine import Event, Run

FIRST_CODE = """\
# R 코드를 적고 F5 로 실행합니다. F2 로 예제를 불러옵니다.
점수 <- c(72, 85, 64, 90, 58)
mean(점수)
summary(점수)
"""

MAX_LINES = 2_000
"""Lines of output kept on the screen."""

_STYLES = {
    "src": "$text-primary",
    "warning": "$text-warning",
    "message": MUTED,
    "error": "$text-error",
    "note": MUTED,
}


class LabScreen(AdspScreen):
    """Write R, run it in its own process, read what it prints."""

    BINDINGS: ClassVar[list[BindingType]] = [
        command("f5", "run", "실행", "편집기의 코드를 새 R에서 처음부터 실행합니다."),
        command("f8", "stop", "멈춤", "실행 중인 코드를 멈춥니다."),
        command("f2", "demo", "예제", "예제를 골라 편집기에 불러옵니다."),
        command("f6", "switch", "칸 옮기기", "편집기와 출력 사이를 오갑니다."),
        command("escape", "leave", "홈으로", "홈으로 돌아갑니다. 코드는 남습니다."),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._busy = False

    def compose(self) -> ComposeResult:
        with Horizontal(id="lab"):
            editor = TextArea(
                self.adsp.lab_code or FIRST_CODE,
                id="editor",
                show_line_numbers=True,
                soft_wrap=False,
                tab_behavior="indent",
            )
            editor.border_title = "R 코드"
            yield editor
            with Vertical(id="output-side"):
                with VerticalScroll(id="output") as output:
                    output.border_title = "출력"
                    yield Static("", id="console", classes="console")
                yield Static("", id="state")
        yield Footer()

    def on_mount(self) -> None:
        self.query_one("#editor").focus()
        self._open_r()

    def on_unmount(self) -> None:
        """What runs for ever would keep the next run, or the end of the app, waiting."""
        self.desk.lab.stop()

    @work(thread=True, exclusive=True, group="r", exit_on_error=False)
    def _open_r(self) -> None:
        """Start R while the learner types; half a second off the screen's thread."""
        engine = self.desk.lab.engine
        text = f"R {engine.r_version} · {engine.name} · 격리 단계 {engine.level}"
        if engine.name == "none":
            text = self.desk.lab.run("").detail
        self.app.call_from_thread(self._tell_state, text)

    def _tell_state(self, text: str) -> None:
        self.query_one("#state", Static).update(plain(text))

    def action_run(self) -> None:
        if self._busy:
            self.notify("이미 실행 중입니다. F8 로 멈출 수 있습니다.")
            return
        self._busy = True
        self.query_one("#console", Static).update("")
        self._tell_state("실행 중 ... (F8 멈춤)")
        self._run_code(self.query_one("#editor", TextArea).text)

    @work(thread=True, group="r", exit_on_error=False)
    def _run_code(self, code: str) -> None:
        run = self.desk.lab.run(code)
        self.app.call_from_thread(self._show, run)

    def _show(self, run: Run) -> None:
        self._busy = False
        self.query_one("#console", Static).update(_console(run.events))
        self.query_one("#output").scroll_end(animate=False)
        self._tell_state(self._told(run))

    def _told(self, run: Run) -> str:
        """One line on how the run went, and where its plots are."""
        how = "끝남" if run.outcome is Outcome.OK else run.detail
        try:
            plots = self.desk.lab.keep_plots(run, self.desk.paths.cache / "plots")
        except OSError as error:
            return f"{how} · {run.seconds:.2f}초 · 그림을 저장하지 못했습니다: {error}"
        where = f" · 그림 {len(plots)}장: {plots[-1]}" if plots else ""
        return f"{how} · {run.seconds:.2f}초{where}"

    def action_stop(self) -> None:
        self.desk.lab.stop()

    def action_switch(self) -> None:
        at_editor = self.focused is not None and self.focused.id == "editor"
        self.query_one("#output" if at_editor else "#editor").focus()

    def action_demo(self) -> None:
        self.app.push_screen(DemoPicker(self.desk.lab.demos()), self._take_demo)

    def _take_demo(self, demo: Demo | None) -> None:
        if demo is not None:
            self.query_one("#editor", TextArea).load_text(demo.code)

    def action_leave(self) -> None:
        self.adsp.lab_code = self.query_one("#editor", TextArea).text
        self.dismiss()


def _console(events: Sequence[Event]) -> Content:
    """What the console prints, each kind in its colour; the middle of a flood is left out."""
    pairs = ((event.kind, event.text) for event in events)
    text = Content("").join(
        plain(part, _STYLES.get(kind, "")) for kind, part in console_parts(pairs, echo=True)
    )
    lines = text.split("\n")
    if len(lines) <= MAX_LINES:
        return text
    left_out = plain(f"... {len(lines) - MAX_LINES}줄은 줄였습니다 ...", MUTED)
    half = MAX_LINES // 2
    return Content("\n").join([*lines[:half], left_out, *lines[-half:]])


class DemoPicker(ModalScreen["Demo | None"]):
    """A list of demos."""

    BINDINGS: ClassVar[list[BindingType]] = [
        command("escape,q", "leave", "닫기", "고르지 않고 닫습니다."),
    ]

    def __init__(self, demos: Sequence[Demo]) -> None:
        super().__init__()
        self._demos = demos

    def compose(self) -> ComposeResult:
        options = OptionList(
            *(
                Option(Content.assemble((demo.title, "bold"), f"\n  {demo.description}"))
                for demo in self._demos
            ),
            id="demos",
        )
        options.border_title = "예제"
        options.border_subtitle = "Enter 불러오기 · Esc 닫기"
        yield options

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._demos[event.option_index])

    def action_leave(self) -> None:
        self.dismiss(None)
