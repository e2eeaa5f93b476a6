"""``adsp quiz | review | wrong | drill``: on the screen, or line by line with ``--plain``."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

import click

from adsp.bank.question import KIND_NAMES, Kind
from adsp.cli.common import now_option, open_desk, require_terminal
from adsp.cli.groups import Command
from adsp.errors import AdspError

if TYPE_CHECKING:
    from collections.abc import Callable

    from adsp.desk.desk import Desk
    from adsp.session.session import Session

_plain_option = click.option(
    "--plain", is_flag=True, help="화면 대신 한 줄씩 글로 묻습니다(화면 낭독기, 느린 접속)."
)
_count_option = click.option(
    "--count", "-n", default=10, show_default=True, metavar="수", help="문항 수."
)


def open_app(now: str | None, start: Callable[[Desk], Session] | None = None) -> None:
    """Open the screens, in a session if ``start`` makes one."""
    require_terminal("")
    gc.disable()  # until the first frame stands: nothing that start-up makes is garbage
    with open_desk(now, write=True) as desk:
        trouble = _exchange(desk)
        _ = desk.study  # a log that cannot be opened is told in a line, before the screen is taken
        session = start(desk) if start else None
        from adsp.tui.app import AdspApp

        app = AdspApp(desk, session, trouble)
        app.run()
    if app.failure is not None:
        raise app.failure
    if not app.return_code:  # else the terminal or the system wants us gone
        _keep(desk)
    sys.exit(app.return_code or 0)


def _run(now: str | None, start: Callable[[Desk], Session], *, plain: bool) -> None:
    if not plain:
        open_app(now, start)
        return
    from adsp.cli.plain import ask

    with open_desk(now, write=True) as desk:
        _warn(desk, _exchange(desk))
        ask(desk, start(desk))
    _keep(desk)


def _warn(desk: Desk, trouble: str) -> None:
    """What the screens tell in passing, on stderr."""
    from adsp.store.place import risk_of

    risk = risk_of(desk.paths.data)
    for warning in (trouble, risk.warning if risk else ""):
        if warning:
            click.echo(warning, err=True)


def _exchange(desk: Desk) -> str:
    """Take in at the start what other machines have left in a folder; what kept it from being done.
    A log that cannot be opened is told by whoever needs it.
    """
    if not desk.settings.sync.folder:
        return ""
    from adsp.desk.sync import sync_by_itself

    return sync_by_itself(desk, git=False)


def _keep(desk: Desk) -> None:
    """At the end, the log let go of: back it up if that is due, leave what is new for the other
    machines. The answers are stored whether it can be done or not.
    """
    from adsp.desk.admin import back_up_if_due

    try:
        back_up_if_due(desk)
    except AdspError as error:
        click.echo(f"자동 백업을 하지 못했습니다. {error}", err=True)
    if desk.settings.sync.folder:
        from adsp.desk.sync import sync_by_itself

        if trouble := sync_by_itself(desk, git=True):
            click.echo(trouble, err=True)


@click.command(cls=Command)
@click.option(
    "--section", "-s", multiple=True, metavar="코드", help="과목·장·절: 3, 3-2, 3-2-2. 거듭 쓰기."
)
@click.option(
    "--kind",
    "-k",
    multiple=True,
    type=click.Choice([kind.value for kind in Kind]),
    help=", ".join(f"{kind.value}={name}" for kind, name in KIND_NAMES.items()),
)
@click.option("--exhibit", is_flag=True, help="R 출력이나 표를 읽는 문항만.")
@_count_option
@_plain_option
@now_option
def quiz(
    section: tuple[str, ...],
    kind: tuple[str, ...],
    exhibit: bool,
    count: int,
    plain: bool,
    now: str | None,
) -> None:
    """문항을 풉니다. 절은 시험 비중대로, 덜 본 문항부터 고릅니다.

    \b
    예:
      adsp quiz                      전 범위 10문항
      adsp quiz -s 3-2 -n 20         통계분석 20문항
      adsp quiz -k short -k number   단답형과 계산형만
      adsp quiz --exhibit            R 출력 해석만
    """

    def start(desk: Desk) -> Session:
        from adsp.session.select import Filter

        syllabus = desk.bank.syllabus
        sections = frozenset(c for code in section for c in syllabus.covered(code))
        title = ", ".join(syllabus.name(code) for code in section) or "전 범위"
        wanted = Filter(sections, frozenset(Kind(name) for name in kind), exhibit)
        return desk.study.start_quiz(wanted, count, title)

    _run(now, start, plain=plain)


@click.command(cls=Command)
@_count_option
@_plain_option
@now_option
def review(count: int, plain: bool, now: str | None) -> None:
    """오늘 복습할 문항을, 시험일 점수에 보탬이 되는 차례로 묻습니다."""
    _run(now, lambda desk: desk.study.start_review(desk.exam, count), plain=plain)


@click.command(cls=Command)
@_count_option
@_plain_option
@now_option
def wrong(count: int, plain: bool, now: str | None) -> None:
    """마지막에 틀린 문항을 다시 풉니다."""
    _run(now, lambda desk: desk.study.start_wrong(count), plain=plain)


@click.command(cls=Command)
@click.option("--topic", "-t", multiple=True, metavar="이름", help="생성기 이름. 없으면 모두.")
@_count_option
@_plain_option
@now_option
def drill(topic: tuple[str, ...], count: int, plain: bool, now: str | None) -> None:
    """R이 그 자리에서 만드는 계산 문항을 풉니다. 답은 파이썬(scipy)으로 다시 셈해 맞춰 봅니다."""

    def start(desk: Desk) -> Session:
        from adsp.desk.drill import make_drill

        return desk.study.start_drill(make_drill(desk, topic, count), "계산 연습")

    _run(now, start, plain=plain)
