"""What is shown with a stem: the recorded transcript, and R's live answer beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import Static

from adsp.r.engine import Outcome
from adsp.tui.prose import plain

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from adsp.bank.question import Exhibit
    from adsp.desk.lab import LiveExhibit


class ExhibitView(Container):
    """The exhibit of one question."""

    def __init__(self, exhibit: Exhibit) -> None:
        super().__init__(id="exhibit")
        self._exhibit = exhibit

    def compose(self) -> ComposeResult:
        with Vertical(id="recorded") as recorded:
            recorded.border_title = plain(self._title)
            yield Static(plain(self._exhibit.shown), classes="console")
        with Vertical(id="live") as live:
            live.display = False
            yield Static("", classes="console", id="live-text")

    @property
    def _title(self) -> str:
        transcript = self._exhibit.transcript
        version = f"R {transcript.r_version}" if transcript else ""
        return " · ".join(part for part in (self._exhibit.caption, version) if part) or "자료"

    def running(self) -> None:
        """Say that R is at work."""
        self._show_live("R 실행 중 ...", Content(""))

    def show_live(self, result: LiveExhibit) -> None:
        """Put R's answer beside the record."""
        run = result.run
        if run.outcome is not Outcome.OK:
            body = "\n".join(part for part in (result.live, run.detail) if part)
            self._show_live("실행하지 못함", plain(body))
            return
        agreement = "기록과 같음" if result.same else "기록과 다름"
        self._show_live(
            f"지금 실행 · {run.seconds:.2f}초 · {agreement}", plain(result.live.rstrip())
        )

    def refused(self, why: str) -> None:
        """Say why R was not run."""
        self._show_live("실행하지 않음", plain(why))

    def _show_live(self, title: str, body: Content) -> None:
        live = self.query_one("#live", Vertical)
        live.border_title = title
        live.display = True
        self.query_one("#live-text", Static).update(body)
