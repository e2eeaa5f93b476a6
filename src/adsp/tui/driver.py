"""The terminal's side of Textual, made to bear what real terminals send."""

from __future__ import annotations

from textual.drivers.linux_driver import LinuxDriver


class TerminalDriver(LinuxDriver):
    """Textual 8.2 ends the app at the first byte that is no UTF-8: line noise, or Hangul from a
    terminal that is set to EUC-KR.
    """

    def _run_input_thread(self) -> None:
        """Drop what was read with such a byte, and read on."""
        while not self.exit_event.is_set():
            try:
                self.run_input_thread()
            except UnicodeDecodeError:
                continue
            except Exception as error:  # noqa: BLE001  (the end of a thread: the app tells it)
                self._app.call_later(self._app._handle_exception, error)  # noqa: SLF001
                return
