"""``adsp log``: is the log of answers whole, and how to take it along."""

from __future__ import annotations

import sys

import click

from adsp.cli.common import json_option, open_desk, print_json
from adsp.cli.groups import Group


@click.group(cls=Group)
def log() -> None:
    """답의 기록."""


@log.command()
@json_option
@click.pass_context
def check(context: click.Context, as_json: bool) -> None:
    """기록이 온전한지 살핍니다. 잘못이 있으면 1로 끝납니다."""
    from adsp.settings import find_paths
    from adsp.store.check import check as check_log

    path = find_paths().log
    findings = check_log(path)
    if as_json:
        print_json({"path": path, "findings": findings})
    else:
        for finding in findings:
            click.echo(finding)
        if not findings:
            click.echo(f"기록이 온전합니다: {path}")
    context.exit(1 if findings else 0)


@log.command()
def export() -> None:
    """기록 전체를 한 줄에 하나씩 JSON으로 냅니다: adsp log export > answers.jsonl"""
    from adsp.store.export import export_jsonl

    with open_desk(None) as desk:
        count = export_jsonl(desk.paths.log, sys.stdout)
    click.echo(f"{count}줄", err=True)
