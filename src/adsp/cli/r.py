"""``adsp r``: run a file of R in its own locked process, list the demos."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from adsp.cli.common import json_option, open_desk, print_json, print_table
from adsp.cli.groups import Group
from adsp.errors import RError, UsageError

if TYPE_CHECKING:
    from adsp.desk.lab import Lab
    from adsp.r.engine import Run

MAX_CODE_BYTES = 1_000_000


@click.group(name="r", cls=Group)
def r() -> None:
    """R: 격리된 별도 프로세스에서 돕니다."""


@r.command()
@click.argument("file", metavar="파일")
@click.option("--echo/--no-echo", default=True, help="코드도 함께 보일지.")
@click.option("--plots", metavar="폴더", help="그림을 이 폴더에 남깁니다.")
@json_option
@click.pass_context
def run(
    context: click.Context,
    file: str,
    echo: bool,
    plots: str | None,
    as_json: bool,
) -> None:
    """R 파일을 실행하고 콘솔처럼 보입니다. 예제는 이름으로도 부릅니다(adsp r demos).

    \b
    예:
      adsp r run 05-regression
      adsp r run 내코드.R --no-echo
    """
    from adsp.r.engine import Outcome

    with open_desk(None) as desk:
        code = _read(file, desk.lab)
        result = desk.lab.run(code)
        kept = _keep_plots(desk.lab, result, Path(plots)) if plots else ()
    if as_json:
        print_json({"outcome": result.outcome, "events": result.events, "plots": kept})
    else:
        click.echo(result.console(echo=echo), nl=False)
        for path in kept:
            click.echo(f"그림: {path}", err=True)
    if result.outcome is Outcome.UNAVAILABLE:
        raise RError(result.detail)
    if result.outcome is not Outcome.OK:
        click.echo(result.detail, err=True)
        context.exit(1)


def _keep_plots(lab: Lab, result: Run, folder: Path) -> tuple[Path, ...]:
    """The files of the plots.

    Raises:
        UsageError: they cannot be written there.
    """
    try:
        return lab.keep_plots(result, folder)
    except OSError as error:
        raise UsageError(f"그림을 {folder} 에 쓸 수 없습니다: {error.strerror}") from error


def _read(file: str, lab: Lab) -> str:
    """The code of a file, or of the demo of that name.

    Raises:
        UsageError: there is neither, or it is no text.
    """
    for demo in lab.demos():
        if file in {demo.path.name, demo.path.stem}:
            return demo.code
    path = Path(file)
    try:
        if path.exists() and not path.is_file():
            raise UsageError(f"{file} 을(를) 열 수 없습니다: 파일이 아닙니다.")
        if path.stat().st_size > MAX_CODE_BYTES:
            raise UsageError(f"{file} 이(가) 너무 큽니다(1 MB까지).")
        return _decode(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{file} 을(를) 열 수 없습니다: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} 이(가) 글 파일이 아니거나 UTF-8이 아닙니다.") from error


def _decode(data: bytes) -> str:
    """UTF-8, or CP949 as older Korean R files are."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp949")


@r.command()
@json_option
def demos(as_json: bool) -> None:
    """함께 오는 R 예제를 보입니다."""
    with open_desk(None) as desk:
        rows = [(demo.path.stem, demo.title, demo.description) for demo in desk.lab.demos()]
    if as_json:
        print_json([dict(zip(("name", "title", "description"), row, strict=True)) for row in rows])
    else:
        print_table(("이름", "제목", "내용"), rows)
