"""The engine of a machine without R: it says how to get one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adsp.r.engine import NO_VALUES, Outcome, Run

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from adsp.r.engine import EngineName, Event


class NoEngine:
    """Runs nothing. The app shows recorded output in its place."""

    name: EngineName = "none"
    level = 0
    r_version = ""

    def __init__(self, advice: str) -> None:
        self._advice = advice

    def run(
        self,
        code: str,  # noqa: ARG002  (the interface of all engines)
        *,
        values: Mapping[str, str] = NO_VALUES,  # noqa: ARG002
        seed: int = 1,  # noqa: ARG002
        timeout: float | None = None,  # noqa: ARG002
        on_event: Callable[[Event], None] | None = None,  # noqa: ARG002
    ) -> Run:
        """See `Engine.run`; always UNAVAILABLE, with the advice as its detail."""
        return Run(Outcome.UNAVAILABLE, detail=self._advice)

    def stop(self) -> None:
        """Nothing runs."""

    def close(self) -> None:
        """Nothing is open."""
