"""The app: opens at home or in a session, ends cleanly, tells errors in words."""

from __future__ import annotations

import asyncio
import gc
import signal
from functools import partial
from typing import TYPE_CHECKING, ClassVar

import msgspec
from textual import events, work
from textual.app import App, SystemCommand
from textual.binding import Binding
from textual.command import CommandPalette
from textual.drivers.linux_driver import LinuxDriver

from adsp.errors import AdspError
from adsp.text import clean
from adsp.tui.driver import TerminalDriver
from adsp.tui.keys import command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from textual.binding import BindingType
    from textual.driver import Driver
    from textual.screen import Screen

    from adsp.desk.desk import Desk
    from adsp.session.session import Session

DEFAULT_THEME = "textual-dark"

FIRST_BACKUP = 5.0
"""Seconds after the start at which a backup that is due is made: not while she begins."""
BACKUP_CHECK = 300.0
"""Seconds between looks at whether one is due."""


class AdspApp(App[None]):
    """The terminal app over one desk."""

    TITLE = "ADsP"
    CSS_PATH = "styles.tcss"
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_DISPLAY = "Ctrl+P"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+p",
            "command_palette",
            "명령",
            show=False,
            priority=True,
            tooltip="명령을 찾습니다.",
        ),
        command(
            "ctrl+q", "quit", "끝내기", "앱을 닫습니다. 답은 이미 저장되어 있습니다.", show=False
        ),
    ]

    def __init__(self, desk: Desk, session: Session | None = None, trouble: str = "") -> None:
        super().__init__()
        self.desk = desk
        self._session = session
        self._trouble = trouble
        """What went wrong before the screen was taken, to be told on it."""
        self.failure: Exception | None = None
        """What ended the app if it was no one's wish; to be told once the terminal is restored."""
        self.lab_code = ""
        """What stood in the R editor when it was left."""

    def on_mount(self) -> None:
        self._use_theme()
        self._end_on_signals()
        from adsp.tui.screens.home import HomeScreen

        self.push_screen(HomeScreen())
        if self._session is not None:
            self.open_session(self._session)
        self.call_after_refresh(_relax_garbage_collector)
        self._warn()
        self.set_timer(FIRST_BACKUP, self._back_up)
        self.set_interval(BACKUP_CHECK, self._back_up)

    def _warn(self) -> None:
        from adsp.store.place import risk_of

        risk = risk_of(self.desk.paths.data)
        for warning in (self._trouble, risk.warning if risk else ""):
            if warning:
                self.notify(warning, severity="warning", timeout=10, markup=False)

    @work(thread=True, exclusive=True, group="backup")
    def _back_up(self) -> None:
        from adsp.desk.admin import back_up_if_due

        try:
            back_up_if_due(self.desk)
        except AdspError as error:
            self.call_from_thread(self.tell, error)

    def _use_theme(self) -> None:
        wanted = self.desk.settings.screen.theme
        known = wanted in self.available_themes
        self.theme = wanted if known else DEFAULT_THEME
        if not known:
            self.notify(
                f"'{wanted}' 이라는 테마는 없어 기본 테마로 시작합니다.",
                severity="warning",
                markup=False,
            )
        self.theme_changed_signal.subscribe(self, lambda theme: self._keep_theme(theme.name))

    def _keep_theme(self, theme: str) -> None:
        settings = self.desk.settings
        screen = msgspec.structs.replace(settings.screen, theme=theme)
        self.attempt(lambda: self.desk.change(msgspec.structs.replace(settings, screen=screen)))

    def _end_on_signals(self) -> None:
        """A closed terminal ends the app as a quit does: without this the screen is not restored
        and nothing is let go of.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGHUP, signal.SIGTERM):
            loop.add_signal_handler(number, self.exit, None, 128 + number)

    async def on_event(self, event: events.Event) -> None:
        """What is pasted comes from anywhere: no control character of it reaches a field."""
        if isinstance(event, events.Paste):
            event.text = clean(event.text.replace("\r\n", "\n").replace("\r", "\n"))
        await super().on_event(event)

    def get_driver_class(self) -> type[Driver]:
        driver = super().get_driver_class()
        return TerminalDriver if driver is LinuxDriver else driver

    def _handle_exception(self, error: Exception) -> None:
        self.failure = self.failure or error
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Textual would print a traceback with the values of all variables, answer keys too."""
        self._close_messages_no_wait()

    # for the screens

    def attempt(self, action: Callable[[], Any]) -> Any:
        """Do something at the desk; a refusal is told, and None comes back."""
        try:
            return action()
        except AdspError as error:
            self.tell(error)
            return None

    def tell(self, error: AdspError) -> None:
        """Say what went wrong and what to do."""
        self.notify(str(error), title=error.title, severity="error", timeout=10, markup=False)

    def open_session(self, session: Session | None) -> None:
        """Show a session; None is one that could not be made, and was told of."""
        if session is None:
            return
        from adsp.tui.screens.quiz import QuizScreen

        self.push_screen(QuizScreen(session))

    def action_keys_help(self) -> None:
        from adsp.tui.screens.help import HelpScreen

        self.push_screen(HelpScreen(self.screen))

    def action_help_quit(self) -> None:
        """Ctrl+C, the reflex, ends nothing: it says how to end the app."""
        self.notify("앱을 끝내려면 Ctrl+Q 를 누르세요.")

    def action_command_palette(self) -> None:
        self.push_screen(CommandPalette(placeholder="명령을 찾으세요"))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The palette: the commands of the screen, then the app's own, in Korean."""
        told: set[str] = set()
        for node, binding, enabled, tooltip in screen.active_bindings.values():
            if enabled and tooltip and tooltip not in told:
                told.add(tooltip)  # a command has several keys, and is told once
                run = partial(self.run_action, binding.action, default_namespace=node)
                yield SystemCommand(binding.description, tooltip, run)
        yield SystemCommand("테마 바꾸기", "화면의 색을 고릅니다.", self.action_change_theme)


def _relax_garbage_collector() -> None:
    """Collect rarely: a full pass takes 100 ms, on every fifth key (measured)."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()
