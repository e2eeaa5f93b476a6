"""The end of a session: the score, the sections, what to look at again."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from adsp.session.feedback import VERDICT_MARKS
from adsp.session.summary import summarise
from adsp.tui.bars import bar
from adsp.tui.base import AdspScreen
from adsp.tui.keys import command
from adsp.tui.prose import MUTED, plain

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from adsp.session.session import Place, Session
    from adsp.session.summary import Summary


class SummaryScreen(AdspScreen):
    """How a session went."""

    BINDINGS: ClassVar[list[BindingType]] = [
        command("w", "wrong", "다시 풀기", "다시 볼 문항만 모아 다시 풉니다."),
        command("escape,q,h", "leave", "홈으로", "홈으로 돌아갑니다."),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.summary = summarise(session)

    def compose(self) -> ComposeResult:
        yield Static(self._headline(), id="headline")
        with VerticalScroll(id="page"):
            yield Static(self._sections(), id="sections")
            yield Static(_advice(self), id="advice")
            if self.summary.again:
                yield Static("다시 볼 문항 (Enter로 해설 보기)", classes="heading")
                yield OptionList(*(self._option(n, place) for n, place in self.summary.again))
        yield Footer()

    def on_mount(self) -> None:
        if self.summary.again:
            self.query_one(OptionList).focus()

    def _headline(self) -> Content:
        summary = self.summary
        minutes, seconds = divmod(round(summary.seconds), 60)
        return Content.assemble(
            (f" {summary.share:.0%} ", "bold reverse"),
            (f"  {summary.answered}문항 가운데 {summary.right}문항 정답", "bold"),
            f" · {minutes}분 {seconds}초",
            f" · 모름 {summary.skipped}" if summary.skipped else "",
            (f"\n{self.session.title}", MUTED),
        )

    def _sections(self) -> Content:
        lines = [
            Content.assemble(
                bar(score.share, 12),
                f" {score.share:>4.0%} {score.right}/{score.asked}  ",
                plain(self.desk.section_name(score.section)),
            )
            for score in self.summary.sections
        ]
        return Content("\n").join(lines)

    def _option(self, place_number: int, place: Place) -> Option:
        reply = self.session.replies.get(place_number)
        mark = VERDICT_MARKS[reply.verdict] if reply else " "
        stem = " ".join(place.question.stem.replace("*", "").split())
        return Option(plain(f"{mark} {place_number + 1}. {stem}"), id=str(place_number))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Look at the question and its feedback again."""
        self.adsp.open_session(self.session.go(int(event.option.id or 0)))

    def action_wrong(self) -> None:
        again = self.adsp.attempt(lambda: self.desk.study.start_again(self.session))
        if again is not None:
            self.dismiss()
            self.adsp.open_session(again)

    def action_leave(self) -> None:
        self.dismiss()


def _advice(screen: SummaryScreen) -> Content:
    """What to look at again, in words."""
    summary: Summary = screen.summary
    if not summary.answered:
        return plain("답한 문항이 없습니다.")
    if not summary.weak:
        return plain("모든 절에서 70% 이상 맞았습니다. 다음 범위로 넘어가도 좋습니다.")
    names = ", ".join(screen.desk.section_name(score.section) for score in summary.weak[:3])
    return plain(f"다시 볼 절: {names}. 틀린 문항은 복습에 다시 나옵니다.")
