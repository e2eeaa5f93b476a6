"""The quiz: one question at a time, its feedback, and the way on."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Footer, Input, ProgressBar, Static

from adsp.bank.question import KIND_NAMES, Kind
from adsp.errors import AdspError, RError
from adsp.session.feedback import VERDICT_MARKS, feedback
from adsp.store.events import Verdict
from adsp.tui.base import AdspScreen
from adsp.tui.keys import command
from adsp.tui.prose import MUTED, inline, plain, prose
from adsp.tui.widgets.answer_input import AnswerInput
from adsp.tui.widgets.choices import ChoiceList
from adsp.tui.widgets.exhibit import ExhibitView

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

    from adsp.bank.question import Question
    from adsp.desk.lab import LiveExhibit
    from adsp.session.feedback import Feedback
    from adsp.session.session import Session

_VERDICT_CLASS = {
    Verdict.RIGHT: "-right",
    Verdict.NEAR: "-near",
    Verdict.WRONG: "-wrong",
    Verdict.SKIP: "-skip",
}
_HINTS = {
    Kind.SHORT: "답을 적고 Enter (한글·영어·약어 모두)",
    Kind.NUMBER: "수를 적고 Enter: 0.15, 3/20, 15%",
}


def _in_turn(
    action: Callable[[QuizScreen], Awaitable[None] | None],
) -> Callable[[QuizScreen], None]:
    """An action of the quiz that waits for its turn in the screen's own queue.

    Textual runs actions beside that queue. Keys come faster than a question is drawn, and an
    answer would go to the question after the one that it was pressed on.
    """

    def wait(screen: QuizScreen) -> None:
        screen.call_later(action, screen)

    return wait


class QuizScreen(AdspScreen):
    """A session, question by question. Every change goes to the desk, and comes back as a new
    session, which is drawn.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        command("n,right,enter,f9", "next", "다음", "다음 문항으로, 끝에서는 결과로 갑니다."),
        command("space", "scroll_on", "더 보기", "아래를 마저 봅니다.", show=False),
        command("b,left,f3", "back", "앞", "앞 문항으로 돌아갑니다."),
        command("s,f4", "skip", "모름", "답을 모른다고 하고 해설을 봅니다."),
        command("f,f6", "flag", "표시", "다시 볼 문항으로 표시하거나 표시를 지웁니다."),
        command("u,f7", "undo", "되돌리기", "마지막 답을 거두고 다시 풉니다."),
        command("r,f5", "run_r", "R 실행", "자료의 R 코드를 지금 실행해 기록과 견줍니다."),
        command("y", "accept", "맞은 것으로", "거의 맞은 답을 맞은 것으로 합니다."),
        command("escape,q", "leave", "나가기", "나갑니다. 나중에 이어서 할 수 있습니다."),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._asked_at = time.monotonic()

    # drawing

    def compose(self) -> ComposeResult:
        yield Static("", id="bar")
        yield ProgressBar(
            total=len(self.session.places), show_eta=False, show_percentage=False, id="progress"
        )
        yield VerticalScroll(id="page")
        yield Static("", id="verdict")
        yield Footer()

    async def on_mount(self) -> None:
        await self._draw()

    async def _draw(self) -> None:
        """Show the session's question anew."""
        self._draw_bar()
        page = self.query_one("#page", VerticalScroll)
        async with self.batch():
            await page.remove_children()
            await page.mount_all(self._parts())
        if not page.children:
            return  # the app is ending: nothing is mounted any more
        page.scroll_home(animate=False)
        self.query_one("#verdict").set_classes("")
        self._asked_at = time.monotonic()
        if self.session.reply is not None:
            self._reveal()
        else:
            self._answer_widget.focus(scroll_visible=False)  # the question is read first
        self.refresh_bindings()

    def _draw_bar(self) -> None:
        session = self.session
        flag = "  [표시함]" if session.question.id in session.flagged else ""
        right = sum(reply.verdict is Verdict.RIGHT for reply in session.replies.values())
        self.query_one("#bar", Static).update(
            Content.assemble(
                (f" {session.at + 1}/{len(session.places)} ", "bold reverse"),
                f"  {session.title}",
                (f"  정답 {right}/{len(session.replies)}", MUTED),
                (flag, "$text-warning bold"),
            )
        )
        self.query_one("#progress", ProgressBar).update(progress=len(session.replies))

    def _parts(self) -> Iterator[Widget]:
        question = self.session.question
        yield Static(self._where(question), id="where")
        yield Static(prose(question.stem), id="stem")
        if question.exhibit is not None:
            yield ExhibitView(question.exhibit)
        if question.kind is Kind.CHOICE:
            yield ChoiceList(self.session.place.choices)
        else:
            yield AnswerInput(placeholder=_HINTS[question.kind], id="answer")
            yield Static("", id="complaint")
        yield Static("", id="reasons")
        yield Static("", id="explanation")
        yield Static("", id="sources")

    def _where(self, question: Question) -> Content:
        name = self.desk.section_name(question.section)
        level = "난이도 " + "★" * question.difficulty + "☆" * (5 - question.difficulty)
        return plain(f"{name} · {KIND_NAMES[question.kind]} · {level}")

    @property
    def _answer_widget(self) -> Widget:
        chosen = self.session.question.kind is Kind.CHOICE
        return self.query_one("#choices" if chosen else "#answer")

    def _reveal(self) -> None:
        """Draw the feedback of the answer on the screen."""
        reply = self.session.reply
        assert reply is not None  # noqa: S101  (called only for an answered place)
        told = feedback(self.session.place, reply)
        if self.session.question.kind is Kind.CHOICE:
            self.query_one(ChoiceList).reveal(told.reasons)
        else:
            answer = self.query_one("#answer", Input)
            answer.value = reply.given
            answer.disabled = True
            self.query_one("#reasons", Static).update(_reasons(told))
        self._draw_verdict(told)
        self.query_one("#explanation", Static).update(prose("**해설** " + told.explanation))
        self.query_one("#sources", Static).update(plain("출처: " + " / ".join(told.sources)))
        self.query_one("#page").focus()

    def _draw_verdict(self, told: Feedback) -> None:
        headline = f"{VERDICT_MARKS[told.verdict]}  {told.headline}"
        near = told.verdict is Verdict.NEAR
        hint = "맞은 것으로 하려면 y, 아니면 그대로 다음으로 가세요." if near else ""
        verdict = self.query_one("#verdict", Static)
        verdict.set_classes(_VERDICT_CLASS[told.verdict])
        lines = [inline(line) for line in (headline, told.note, hint) if line]
        verdict.update(Content("\n").join(lines))

    # answering

    @on(ChoiceList.Chosen)
    def _choice_taken(self, message: ChoiceList.Chosen) -> None:
        if message.choices is self._answer_widget:
            self._answer(message.name)

    @on(Input.Submitted, "#answer")
    def _answer_typed(self, message: Input.Submitted) -> None:
        if message.input is not self._answer_widget:
            return
        if message.value.strip():
            self._answer(message.value)
        else:
            self._complain("답을 적으세요. 모르면 F4.")

    @on(Input.Changed, "#answer")
    def _answer_grows(self, message: Input.Changed) -> None:
        """What is typed is seen, however long the question is."""
        if message.value and not message.input.disabled:
            message.input.scroll_visible(animate=False)

    @_in_turn
    def action_skip(self) -> None:
        self._answer("")

    def _answer(self, given: str) -> None:
        """Stored first, drawn after; what could not be stored is told and asked again."""
        if self.session.reply is not None:
            return
        elapsed = int((time.monotonic() - self._asked_at) * 1000)
        try:
            self.session = self.desk.study.answer(self.session, given, elapsed)
        except ValueError:
            self._complain("수로 적어 주세요: 0.15, 3/20, 15%")
        except AdspError as error:
            self.adsp.tell(error)
        else:
            self._draw_bar()
            self._reveal()
            self.refresh_bindings()

    def _complain(self, text: str) -> None:
        self.query_one("#complaint", Static).update(plain(text))

    @_in_turn
    async def action_accept(self) -> None:
        await self._change(
            self.adsp.attempt(lambda: self.desk.study.rule(self.session, right=True))
        )

    @_in_turn
    async def action_undo(self) -> None:
        await self._change(self.adsp.attempt(lambda: self.desk.study.undo(self.session)))

    @_in_turn
    def action_flag(self) -> None:
        flagged = self.adsp.attempt(lambda: self.desk.study.flag(self.session))
        if flagged is not None:
            self.session = flagged
            self._draw_bar()

    async def _change(self, session: Session | None) -> None:
        if session is not None and session is not self.session:
            self.session = session
            await self._draw()

    # the way on

    @_in_turn
    async def action_next(self) -> None:
        session = self.session
        if session.complete and session.at == len(session.places) - 1:
            self._finish()
        elif session.at < len(session.places) - 1:
            await self._change(session.go(session.at + 1))
        elif session.reply is None:
            self.notify("마지막 문항입니다. 답하면 결과를 봅니다.")
        else:
            self.notify("아직 풀지 않은 문항이 있어 그리로 갑니다.")
            await self._change(session.next_open())

    def action_scroll_on(self) -> None:
        self.query_one("#page", VerticalScroll).scroll_page_down(animate=False)

    @_in_turn
    async def action_back(self) -> None:
        await self._change(self.session.go(self.session.at - 1))

    def _finish(self) -> None:
        if self.session.ended:  # it was only looked at again
            self.dismiss()
            return
        ended = self.adsp.attempt(lambda: self.desk.study.end(self.session))
        if ended is not None:
            from adsp.tui.screens.summary import SummaryScreen

            self.app.switch_screen(SummaryScreen(ended))

    @_in_turn
    def action_leave(self) -> None:
        """Out of the answer field first, then out of the session."""
        if isinstance(self.focused, Input):
            self.query_one("#page").focus()
            return
        if not self.session.complete:
            self.notify("나중에 홈에서 이어서 할 수 있습니다.")
        self.dismiss()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can be done now stands in the footer."""
        del parameters
        reply = self.session.reply
        exhibit = self.session.question.exhibit
        match action:
            case "accept":
                return reply is not None and reply.verdict is Verdict.NEAR
            case "skip":
                return reply is None
            case "undo":
                return bool(self.session.replies) and not self.session.ended
            case "run_r":
                return exhibit is not None and bool(exhibit.r)
            case "back":
                return self.session.at > 0
        return True

    # live R

    def on_unmount(self) -> None:
        """Nobody waits for R's answer any more."""
        self.desk.lab.stop()

    @_in_turn
    def action_run_r(self) -> None:
        if self.check_action("run_r", ()):  # asked of the question before, perhaps
            self.query_one(ExhibitView).running()
            self._run_exhibit(self.session.question)

    @work(thread=True, exclusive=True, group="r", exit_on_error=False)
    def _run_exhibit(self, question: Question) -> None:
        try:
            result = self.desk.lab.run_exhibit(question)
        except RError as error:
            self.app.call_from_thread(self.call_later, self._show_refusal, question, str(error))
        else:
            self.app.call_from_thread(self.call_later, self._show_live, question, result)

    def _show_live(self, question: Question, result: LiveExhibit) -> None:
        if question is self.session.question:
            self.query_one(ExhibitView).show_live(result)

    def _show_refusal(self, question: Question, why: str) -> None:
        if question is self.session.question:
            self.query_one(ExhibitView).refused(why)


def _reasons(told: Feedback) -> Content:
    """Near misses and known mistakes of a typed answer, the learner's own marked."""
    lines = [
        Content.assemble(
            plain("X " if reason.chosen else "- "),
            plain(reason.label, "bold"),
            ": ",
            inline(reason.why),
        )
        for reason in told.reasons
    ]
    return Content("\n").join(lines)
