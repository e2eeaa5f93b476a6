"""``adsp doctor | paths | completion``."""

from __future__ import annotations

import dataclasses
import os
import platform
import shutil
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import click

from adsp import __version__
from adsp.cli.common import json_option, open_desk, print_json, print_table
from adsp.cli.groups import Command
from adsp.errors import AdspError
from adsp.settings import find_paths

if TYPE_CHECKING:
    from adsp.r.probe import Findings


@click.command(cls=Command)
@json_option
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """이 컴퓨터에서 무엇이 되고 안 되는지 살핍니다. 오류를 알릴 때 함께 보내 주세요."""
    from adsp.r.probe import probe

    findings = probe()
    bank, trouble = _bank_line()
    if as_json:
        print_json(
            {
                "adsp": __version__,
                "log": _log_line(),
                "bank": bank,
                "r": dataclasses.asdict(findings),
            }
        )
        context.exit(1 if trouble else 0)
    engine, level = next(iter(findings.levels.items()))
    rows = [
        ("adsp", __version__),
        ("파이썬", f"{platform.python_version()} ({sys.executable})"),
        ("Textual", version("textual")),
        ("SQLite", _sqlite()),
        ("기록", _log_line()),
        ("터미널", f"{os.environ.get('TERM', '-')} {shutil.get_terminal_size().columns}칸"),
        ("문제 은행", bank),
        ("R", f"{findings.r_version} ({findings.r_binary})" if findings.r_binary else "없음"),
        ("rpy2", (findings.rpy2_version or "없음") + ("" if findings.rpy2_works else " (안 됨)")),
        ("R 엔진", f"{engine}, 격리 단계 {level}"),
        ("격리", _locks(findings)),
    ]
    print_table(("것", "상태"), rows)
    for line in findings.advice:
        click.echo(f"- {line}")
    context.exit(1 if trouble else 0)


def _bank_line() -> tuple[str, bool]:
    """How the bank is, and whether that is trouble."""
    try:
        with open_desk(None) as desk:
            bank = desk.bank
    except AdspError as error:
        return str(error), True
    if bank.problems:
        return f"{len(bank.questions)}문항, 잘못 {len(bank.problems)}곳(adsp bank lint)", True
    return f"{len(bank.questions)}문항", False


def _log_line() -> str:
    """Where the log lies, how much it holds, and whether it lies well."""
    from adsp.errors import StoreError
    from adsp.store.connect import count_events
    from adsp.store.files import Files
    from adsp.store.place import risk_of

    files = Files(find_paths().log)
    try:
        state = f"{count_events(files)}개, {files.database}"
    except StoreError as error:
        return str(error)
    risk = risk_of(files.database.parent)
    return f"{state}\n{risk.advice}" if risk else state


def _sqlite() -> str:
    from adsp.store.connect import SQLITE_VERSION, WAL_RESET_FAULT

    note = " (쓰는 프로세스를 하나로 묶어 알려진 결함을 피합니다)" if WAL_RESET_FAULT else ""
    return SQLITE_VERSION + note


def _locks(findings: Findings) -> str:
    return (
        f"Landlock {findings.landlock}, seccomp {_yes(findings.seccomp)}, "
        f"bubblewrap {_yes(findings.bubblewrap)}"
    )


def _yes(there: object) -> str:
    return "있음" if there else "없음"


@click.command(cls=Command)
@json_option
def paths(as_json: bool) -> None:
    """파일이 놓이는 곳을 보입니다. 환경 변수 ADSP_HOME 으로 한곳에 모을 수 있습니다."""
    found = find_paths()
    places: dict[str, Any] = {
        "log": found.log,
        "banks": found.banks,
        "settings": found.settings,
        "trace": found.trace,
        "cache": found.cache,
    }
    if as_json:
        print_json(places)
    else:
        names = ("답의 기록", "내 문제 은행", "설정", "오류 기록", "다시 만들 수 있는 것")
        print_table(("것", "곳"), zip(names, places.values(), strict=True))


@click.command(cls=Command)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """셸 자동 완성을 켜는 글을 냅니다.

    \b
    예: adsp completion bash >> ~/.bashrc
    """
    from click.shell_completion import get_completion_class

    from adsp.cli import adsp

    made = get_completion_class(shell)
    assert made is not None  # noqa: S101  (click knows the three shells offered)
    click.echo(made(adsp, {}, "adsp", "_ADSP_COMPLETE").source())
