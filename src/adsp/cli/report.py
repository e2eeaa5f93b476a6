"""``adsp report``: the progress report on stdout or in a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from adsp.cli.common import DAY, json_option, now_option, open_desk, print_json
from adsp.cli.groups import Command
from adsp.errors import UsageError

if TYPE_CHECKING:
    from datetime import date


@click.command(cls=Command)
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(["md", "html"]),
    help="꼴. 없으면 파일 이름을 따르고, 이름도 없으면 md.",
)
@click.option("--from", "first", type=DAY, metavar="날짜", help="첫날. 없으면 처음 푼 날.")
@click.option("--to", "last", type=DAY, metavar="날짜", help="마지막 날. 없으면 오늘.")
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    metavar="파일",
    help="쓸 파일. 있던 파일은 바뀝니다. 없거나 - 이면 표준 출력.",
)
@json_option
@now_option
def report(
    form: str | None,
    first: date | None,
    last: date | None,
    output: Path | None,
    as_json: bool,
    now: str | None,
) -> None:
    """공부 보고서를 만듭니다: 시간, 정답률, 약한 곳, 나아진 곳, 합격 예측.

    \b
    예:
      adsp report                                  처음부터 오늘까지, 글로
      adsp report --from 2021-10-25                그날부터 오늘까지
      adsp report --format html --output report.html
      adsp report --json                           같은 숫자를 JSON으로
    """
    if as_json and output:
        raise UsageError("--json 은 표준 출력으로 냅니다: adsp report --json > report.json")
    from adsp.desk.reports import report_for, save_report
    from adsp.report import to_html, to_markdown

    with open_desk(now) as desk:
        made = report_for(desk, first, last)
        if as_json:
            print_json(made)
            return
        suffix = output.suffix.lower() if output else ""
        html = form == "html" or (form is None and suffix in {".html", ".htm"})
        text = to_html(made) if html else to_markdown(made)
        if output is None or output == Path("-"):
            click.echo(text, nl=False)
            return
        save_report(text, output, desk.paths)
        click.echo(f"보고서를 {output} 에 썼습니다.", err=True)
