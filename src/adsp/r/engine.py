"""What an engine does and what comes back from it; the same for all engines."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from adsp.r.console import console_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Value: TypeAlias = "list[float | int | str | bool | None]"
"""An R vector: NA is None; NaN, Inf and -Inf are the strings ``NaN``, ``Inf``, ``-Inf``, which
`float` reads. A factor comes as its labels, a list of atomic values flattened, NULL as ``[]``."""

EventKind: TypeAlias = Literal["src", "out", "message", "warning", "error", "note"]
EngineName: TypeAlias = Literal["zygote", "oneshot", "none"]
MediaType: TypeAlias = Literal["image/png", "image/svg+xml"]

NO_VALUES: Mapping[str, str] = MappingProxyType({})


class Outcome(StrEnum):
    """How a run ended."""

    OK = "ok"
    R_ERROR = "r_error"
    """R reported an error; what was printed before it is there."""
    TIMEOUT = "timeout"
    OUTPUT_LIMIT = "output_limit"
    DISK_LIMIT = "disk_limit"
    CRASHED = "crashed"
    """The R process ended before the code did: ``q()``, a fault in native code, a kill."""
    STOPPED = "stopped"
    """`Engine.stop` was called."""
    UNAVAILABLE = "unavailable"
    """There is no R here."""


@dataclass(frozen=True)
class Event:
    """One thing that R said, in order. The text has no control bytes but newline and tab."""

    kind: EventKind
    text: str
    """``src``: whole source lines of one top-level expression, or one comment or blank line.
    ``warning``, ``error``: as R words them, without the heading. ``note``: what native code wrote
    past R, which R's own console would show somewhere too."""


@dataclass(frozen=True)
class Plot:
    """A picture that the code drew, 800 x 600 unless the code opened its own device."""

    name: str
    data: bytes
    media_type: MediaType


@dataclass(frozen=True)
class Run:
    """What one snippet did."""

    outcome: Outcome
    events: tuple[Event, ...] = ()
    values: Mapping[str, Value] = field(default_factory=dict)
    """Only when the outcome is OK."""
    plots: tuple[Plot, ...] = ()
    seconds: float = 0.0
    """Wall time as the caller saw it, a restart of the worker included."""
    r_version: str = ""
    detail: str = ""
    """What happened and what to do, in Korean, when the outcome is not OK."""

    def console(self, echo: bool = True) -> str:
        """What R's console would have shown: prompts and source lines if ``echo``, output,
        messages, warnings and errors as R words them.
        """
        return console_text(((event.kind, event.text) for event in self.events), echo=echo)


class Engine(Protocol):
    """Runs R code, one snippet at a time; safe to call from any thread. Blocks the caller."""

    @property
    def name(self) -> EngineName: ...

    @property
    def level(self) -> int:
        """How locked the R process is, 0 (limits only) to 3; see docs/r-sandbox.md."""
        ...

    @property
    def r_version(self) -> str:
        """``4.2.2``; empty when there is no R."""
        ...

    def run(
        self,
        code: str,
        *,
        values: Mapping[str, str] = NO_VALUES,
        seed: int = 1,
        timeout: float | None = None,
        on_event: Callable[[Event], None] | None = None,
    ) -> Run:
        """Run ``code`` in a fresh R after ``set.seed(seed)``.

        ``values`` maps a name to an R expression evaluated after the code. ``timeout`` is wall
        time in seconds, the engine's own if None. ``on_event`` sees each event as it comes, on
        the calling thread. Never raises for what the code or R does.
        """
        ...

    def stop(self) -> None:
        """From another thread: end the snippet that runs now. Nothing happens if none does."""
        ...

    def close(self) -> None:
        """End the R process and remove its files. A later `run` starts it again."""
        ...
