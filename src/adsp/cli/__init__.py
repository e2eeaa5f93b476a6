"""The command line: stdout is data, stderr is talk; 0 fine, 1 it failed, 2 asked for wrongly."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from adsp import __version__
from adsp.cli.groups import LazyGroup
from adsp.errors import AdspError

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMMANDS = {
    "quiz": ("adsp.cli.study", "문항을 풉니다."),
    "review": ("adsp.cli.study", "잊을 때가 된 문항을 복습합니다."),
    "wrong": ("adsp.cli.study", "틀린 문항을 다시 풉니다."),
    "drill": ("adsp.cli.study", "R이 만드는 계산 문항을 풉니다."),
    "today": ("adsp.cli.plan", "오늘의 계획과 다음 할 일을 보입니다."),
    "plan": ("adsp.cli.plan", "시험일에서 거꾸로 세운 계획을 보입니다."),
    "forecast": ("adsp.cli.plan", "시험일의 점수와 합격 확률을 어림합니다."),
    "report": ("adsp.cli.report", "공부 보고서를 만듭니다(md, html)."),
    "bank": ("adsp.cli.bank", "문제 은행: 절 목록, 문항 보기, 검사, 기록, 증명."),
    "r": ("adsp.cli.r", "R: 파일 실행, 예제."),
    "log": ("adsp.cli.log", "기록: 검사, 백업, 되살리기, 합치기, 되돌리기."),
    "doctor": ("adsp.cli.system", "이 컴퓨터에서 무엇이 되고 안 되는지 살핍니다."),
    "paths": ("adsp.cli.system", "파일이 놓이는 곳을 보입니다."),
    "completion": ("adsp.cli.system", "셸 자동 완성을 켜는 글을 냅니다."),
}


@click.group(
    cls=LazyGroup,
    commands=_COMMANDS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, "--version", message="adsp %(version)s", help="판 번호.")
@click.option("--now", metavar="때", help="이때라고 치고 시작합니다: 2021-10-05T20:00")
@click.pass_context
def adsp(context: click.Context, now: str | None) -> None:
    """터미널에서 ADsP(데이터분석 준전문가)에 합격하기.

    그냥 adsp 라고 하면 화면이 열립니다.

    \b
    예:
      adsp plan --exam 2021-11-06 --start 2021-10-01 --now 2021-08-23
      adsp quiz --section 3-2 --count 10
      adsp report --format html --output report.html
    """
    context.obj = now
    if context.invoked_subcommand is None:
        from adsp.cli.study import open_app

        open_app(now)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command; the one place where an error becomes a line and an exit code."""
    try:
        code = adsp.main(arguments, prog_name="adsp", standalone_mode=False)
    except AdspError as error:
        sys.exit(_tell(f"{error.title}: {error}", error.exit_code))
    except click.Abort:
        sys.exit(_tell("그만두었습니다.", 130))
    except click.UsageError as error:
        sys.exit(_tell(_usage(error), 2))
    except click.ClickException as error:
        sys.exit(_tell(f"하지 못했습니다: {error.format_message()}", 1))
    except BrokenPipeError:  # the reader of the pipe has gone: nothing is left to say
        sys.exit(1)
    except Exception as error:  # noqa: BLE001  (the boundary: told in a line, kept in a file)
        from adsp.cli.common import keep_trace

        sys.exit(_tell(keep_trace(error), 1))
    finally:
        _let_go_of_dead_streams()
    sys.exit(code if isinstance(code, int) else 0)


def _let_go_of_dead_streams() -> None:
    """What a closed terminal or pipe did not take is dropped; else Python, which flushes once more
    at the end, would exit with 120 whatever our code was.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _tell(line: str, code: int) -> int:
    click.echo(line, err=True)
    return code


def _usage(error: click.UsageError) -> str:
    """click's complaint in Korean, with where the help is."""
    command = error.ctx.command_path if error.ctx else "adsp"
    match error:
        case click.NoSuchOption(option_name=name, possibilities=near):
            what = f"'{name}' 이라는 옵션은 없습니다." + (f" 혹시 {near[0]}?" if near else "")
        case click.MissingParameter(param=param):
            what = f"{param.human_readable_name if param else '값'} 을(를) 주어야 합니다."
        case click.BadParameter(param=param):
            name = _name_of(param)
            what = f"{name} 의 값이 맞지 않습니다: {_what_is_wanted(error, param)}"
        case click.BadOptionUsage(option_name=name):
            what = f"{name} 에는 값이 있어야 합니다."
        case _ if extra := error.message.partition("unexpected extra argument")[2]:
            what = f"남는 말이 있습니다: {extra.partition('(')[2].rstrip(')')}."
        case _:
            what = error.format_message()
    return f"입력을 확인하세요: {what} 도움말: {command} -h"


def _name_of(param: click.Parameter | None) -> str:
    """As the usage line has it: ``--count``, or the word for an argument."""
    if isinstance(param, click.Argument):
        return param.human_readable_name.strip("[]")
    return param.opts[-1] if param else "값"


def _what_is_wanted(error: click.BadParameter, param: click.Parameter | None) -> str:
    match param.type if param else None:
        case click.Choice(choices=choices):
            return f"{', '.join(map(str, choices))} 가운데 하나여야 합니다."
        case click.IntRange(min=int(least), max=None):
            return f"{least} 이상의 정수로 적으세요."
        case click.types.IntParamType():
            return "정수로 적으세요."
    return error.message
