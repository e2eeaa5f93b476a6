"""What the commands share: the clock option, the desk, tables and JSON on stdout."""

from __future__ import annotations

import os
import random
import sys
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from adsp.clock import Clock, ReplayClock, SystemClock, parse_now
from adsp.errors import SettingsError, UsageError
from adsp.settings import find_paths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from rich.console import RenderableType

    from adsp.desk.desk import Desk

NOW_VARIABLE = "ADSP_NOW"

json_option = click.option("--json", "as_json", is_flag=True, help="JSON으로 냅니다.")
_now_option = click.option("--now", metavar="때", help="이때라고 치고 답합니다: 2021-10-05T20:00")


def now_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """``--now`` on a subcommand; without it the group's ``--now`` and ``ADSP_NOW`` hold."""
    return _now_option(function)


def find_clock(now: str | None) -> Clock:
    """The clock that ``--now``, the group's ``--now`` or ``ADSP_NOW`` asks for.

    Raises:
        UsageError: the time cannot be read.
    """
    context = click.get_current_context(silent=True)
    outer = context.find_root().obj if context else None
    text = now or outer or os.environ.get(NOW_VARIABLE)
    if not text:
        return SystemClock()
    try:
        return ReplayClock(parse_now(text))
    except ValueError as error:
        raise UsageError(
            f"때를 읽을 수 없습니다: '{text}'. 2021-10-05 또는 2021-10-05T20:00 처럼 적으세요."
        ) from error


def open_desk(now: str | None, *, write: bool = False, seed: int | None = None) -> Desk:
    """The desk at the time asked for; ``write`` takes the log for writing."""
    from adsp.desk.desk import Desk

    rng = random.Random(seed)  # noqa: S311  (choosing questions, not secrecy)
    return Desk(find_paths(), find_clock(now), rng, write=write)


class DayType(click.ParamType["date"]):
    """A calendar day, ``2021-11-06``."""

    name = "날짜"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        del param, ctx
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError as error:
            raise UsageError(
                f"날짜를 읽을 수 없습니다: '{value}'. 2021-11-06 처럼 적으세요."
            ) from error


DAY = DayType()


def require_terminal(command: str) -> None:
    """Interactive commands need a terminal on both sides.

    Raises:
        UsageError: there is none; says what to do instead.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        name = f"adsp {command}".strip()
        raise UsageError(
            f"{name} 은(는) 터미널에서 씁니다. 터미널 없이는 adsp today, adsp plan, "
            "adsp report, adsp quiz --plain 처럼 글로 내는 명령을 쓰세요."
        )


def print_json(value: object) -> None:
    """JSON on stdout; dates and enumerations as text."""
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(value, enc_hook=str), indent=2))


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Sequence[int] = ()
) -> None:
    """A plain table on stdout, aligned by cell width; ``right`` are columns of figures."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for n, name in enumerate(columns):
        table.add_column(name, justify="right" if n in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    show(table)


def show(renderable: RenderableType) -> None:
    """Print through Rich: at the terminal's width, or 100 cells where there is none."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else 100
    Console(width=width, highlight=False, markup=False, emoji=False).print(renderable)


def keep_trace(error: BaseException) -> str:
    """Write a traceback to the app's log file; what to tell the learner."""
    import traceback

    text = "".join(traceback.format_exception(error))
    try:
        path = find_paths().trace
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"--- {datetime.now().astimezone().isoformat(timespec='seconds')}\n{text}\n")
    except (OSError, SettingsError):
        return f"예상하지 못한 문제가 생겼습니다({type(error).__name__}: {error})."
    return f"예상하지 못한 문제가 생겼습니다. 저장한 답은 그대로입니다. 자세한 기록: {path}"
