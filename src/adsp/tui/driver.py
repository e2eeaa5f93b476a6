"""The terminal's side of Textual 8.2, made to bear what real terminals do."""

from __future__ import annotations

from textual.drivers.linux_driver import LinuxDriver


class TerminalDriver(LinuxDriver):
    """Mends three faults of Textual 8.2:

    - a byte that is no UTF-8 ended the app: line noise, or Hangul from a terminal set to EUC-KR;
    - a terminal that hangs up says "continue" as well, and a second thread began to read it, which
      nothing ended: the process stayed, busy, for ever;
    - what is written to a terminal that is gone filled a queue that nobody emptied, and blocked.
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

    def resume_application_mode(self) -> None:
        """Read the terminal again, unless it is being read already."""
        if self._key_thread is None or not self._key_thread.is_alive():
            super().resume_application_mode()

    def write(self, data: str) -> None:
        """Nothing is written any more once writing has failed."""
        if self._writer_thread is not None and self._writer_thread.is_alive():
            super().write(data)
