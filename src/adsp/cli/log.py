"""``adsp log``: is the log of answers whole; how to keep it, take it along, bring it back."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from adsp.cli.common import json_option, now_option, open_desk, print_json, print_table
from adsp.cli.groups import Group
from adsp.errors import AdspError, UsageError
from adsp.text import clean
from adsp.words import day_in_words, size_in_words

if TYPE_CHECKING:
    from datetime import datetime

    from adsp.desk.desk import Desk
    from adsp.session.history import Answer
    from adsp.store.log import Taken

MAX_FINDINGS = 20
"""Findings that are told one by one; more are counted."""

_REASONS = {
    "auto": "자동",
    "hand": "직접",
    "import": "받기 전",
    "": "형식을 바꾸기 전",
}
_VERDICTS = {"right": "맞음", "near": "거의 맞음", "wrong": "틀림", "skip": "모름"}


@click.group(cls=Group)
def log() -> None:
    """답의 기록.

    \b
    예:
      adsp log check                    기록이 온전한지 살핍니다
      adsp log backup                   지금 백업합니다
      adsp log restore --list           백업 목록
      adsp log sync ~/Dropbox/adsp      다른 컴퓨터와 주고받습니다
    """


@log.command()
@json_option
@click.pass_context
def check(context: click.Context, as_json: bool) -> None:
    """기록이 온전한지 살핍니다. 잘못이 있으면 1로 끝납니다."""
    from adsp.desk.admin import health
    from adsp.store.place import risk_of

    with open_desk(None) as desk:
        found = health(desk)
        risk = risk_of(desk.paths.data)
        path = desk.paths.log
    if as_json:
        print_json(
            {
                "path": path,
                "events": found.events,
                "findings": [finding._asdict() for finding in found.findings],
                "advice": found.advice,
                "risk": risk and {"kind": risk.kind, "name": risk.name},
            }
        )
    else:
        for finding in found.findings[:MAX_FINDINGS]:
            click.echo(finding.text)
        if (more := len(found.findings) - MAX_FINDINGS) > 0:
            click.echo(f"... 그 밖에 {more}곳")
        for line in found.advice:
            click.echo(f"- {line}")
        if not found.findings:
            click.echo(f"기록이 온전합니다: {path} ({found.events}개)")
        if risk:
            click.echo(risk.advice, err=True)
    context.exit(1 if found.findings else 0)


@log.command()
@click.argument("target", type=click.Path(path_type=Path), metavar="[파일]", required=False)
@click.option("--list", "listed", is_flag=True, help="백업 목록을 보입니다.")
@json_option
@now_option
def backup(target: Path | None, listed: bool, as_json: bool, now: str | None) -> None:
    """지금 백업합니다. 자동 백업은 앱을 쓰는 동안 30분마다 됩니다."""
    from adsp.desk.admin import back_up_now

    with open_desk(now) as desk:
        if listed:
            _list_backups(desk, as_json=as_json)
            return
        path = back_up_now(desk, target)
    if as_json:
        print_json({"path": path})
    else:
        click.echo(f"백업했습니다: {path}")


def _list_backups(desk: Desk, *, as_json: bool) -> None:
    from adsp.desk.admin import backups

    kept = backups(desk)
    if as_json:
        print_json(
            [
                {
                    "name": k.backup.path.name,
                    "at": k.backup.at,
                    "reason": k.backup.reason,
                    "events": k.events,
                    "bytes": k.size,
                }
                for k in kept
            ]
        )
        return
    if not kept:
        click.echo("아직 백업이 없습니다.")
        return
    rows = [
        (
            _moment(k.backup.at.astimezone(desk.clock.now().tzinfo)),
            _REASONS.get(k.backup.reason, k.backup.reason),
            "읽을 수 없음" if k.events is None else k.events,
            size_in_words(k.size),
            clean(k.backup.path.name),
        )
        for k in kept
    ]
    print_table(("때", "까닭", "기록", "크기", "이름"), rows, right=(2, 3))


@log.command()
@click.argument("name", metavar="[이름]", required=False)
@click.option("--list", "listed", is_flag=True, help="백업 목록을 보입니다.")
@click.option("--current", is_flag=True, help="되살리는 대신 지금 파일을 그대로 받아들입니다.")
@click.option("--yes", "-y", is_flag=True, help="묻지 않고 합니다.")
@json_option
@now_option
def restore(
    name: str | None, listed: bool, current: bool, yes: bool, as_json: bool, now: str | None
) -> None:
    """백업을 되살립니다. 이름이 없으면 가장 새 온전한 백업을 씁니다.

    지금 기록은 지우지 않고 옆 폴더(replaced)에 옮겨 둡니다.
    """
    from adsp.desk.admin import accept_current, find_backup, restore_backup

    if name and (listed or current):
        raise UsageError(f"--list 와 --current 에는 이름({name})을 주지 않습니다.")
    with open_desk(now) as desk:
        if listed:
            _list_backups(desk, as_json=as_json)
            return
        if current:
            _confirm("지금 파일을 그대로 받아들입니다. 사라진 기록은 돌아오지 않습니다.", yes=yes)
            events = accept_current(desk)
            if as_json:
                print_json({"events": events})
            else:
                click.echo(f"지금 파일을 받아들였습니다(기록 {events}개).")
            return
        path, events = find_backup(desk, name)
        _confirm(f"{path.name} (기록 {events}개)을 되살립니다.", yes=yes)
        done = restore_backup(desk, path)
    if as_json:
        print_json({"backup": path, "events": done.events, "kept": done.kept})
        return
    click.echo(f"되살렸습니다: {path.name} (기록 {done.events}개)")
    if done.kept:
        click.echo(f"바뀐 파일은 여기에 있습니다: {done.kept}")
        click.echo(f"거기에 남은 답을 옮기려면: adsp log merge {done.kept}")


def _confirm(what: str, *, yes: bool) -> None:
    if yes:
        return
    if not (sys.stdin and sys.stdin.isatty()):
        raise UsageError(f"{what} 터미널이 없으면 --yes 를 주어 하세요.")
    if not click.confirm(f"{what} 할까요?", default=False):
        raise click.Abort


@log.command()
@click.option(
    "--format", "-f", "form", type=click.Choice(["jsonl", "csv"]), help="꼴. 없으면 파일 이름대로."
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    metavar="파일",
    help="쓸 파일. 있던 파일은 바뀝니다. 없거나 - 이면 표준 출력.",
)
def export(form: str | None, output: Path | None) -> None:
    """기록 전체를 JSON 줄이나 CSV로 냅니다. 다시 받을 수 있습니다: adsp log import

    \b
    예:
      adsp log export > answers.jsonl
      adsp log export -o answers.csv
    """
    from adsp.desk.exchange import exported, save_export

    by_name = "csv" if output and output.suffix.lower() == ".csv" else "jsonl"
    with open_desk(None) as desk:
        text, count = exported(desk, "csv" if (form or by_name) == "csv" else "jsonl")
        if output is None or output == Path("-"):
            click.echo(text, nl=False)
        else:
            save_export(desk, text, output)
    click.echo(f"{count}줄", err=True)


@log.command(name="import")
@click.argument("file", metavar="파일")
@json_option
@now_option
def import_(file: str, as_json: bool, now: str | None) -> None:
    """내보낸 기록(JSON 줄, CSV)을 받습니다. 이미 있는 것은 두 번 받지 않습니다.

    파일이 - 이면 표준 입력에서 읽습니다. 받기 전에 백업합니다.
    """
    from adsp.desk.exchange import import_file

    content = _read(file)
    with open_desk(now) as desk:
        taken = import_file(desk, content, file)
    _tell_taken(taken, as_json=as_json)


def _read(file: str) -> bytes:
    from adsp.desk.exchange import LONGEST_FILE

    name = clean(file)
    try:
        with _standard_input() if file == "-" else Path(file).open("rb") as stream:
            content = stream.read(LONGEST_FILE + 1)
    except OSError as error:
        raise AdspError(f"{name} 을(를) 읽을 수 없습니다: {error.strerror}.") from error
    if len(content) > LONGEST_FILE:
        raise AdspError(f"{name} 은(는) 너무 큽니다. {LONGEST_FILE >> 20}MB까지 받습니다.")
    return content


def _standard_input() -> BinaryIO:
    return sys.stdin.buffer if sys.stdin else io.BytesIO()  # none if the shell closed it


@log.command()
@click.argument("source", type=click.Path(path_type=Path), metavar="파일이나폴더")
@json_option
@now_option
def merge(source: Path, as_json: bool, now: str | None) -> None:
    """다른 컴퓨터의 기록을 합칩니다: 어느 쪽의 답도 잃지 않고, 두 번 세지 않습니다.

    손상된 기록에서는 온전하다고 증명되는 답만 옮깁니다.
    """
    from adsp.desk.exchange import merge as merge_logs

    with open_desk(now) as desk:
        merged = merge_logs(desk, source)
    _tell_taken(merged.taken, as_json=as_json, lost=merged.lost)


@log.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="[폴더]", required=False)
@click.option(
    "--git", is_flag=True, help="폴더의 git 저장소를 먼저 받고(pull) 나중에 올립니다(push)."
)
@click.option(
    "--save", is_flag=True, help="이 폴더를 기억해, 다음에는 adsp log sync 만으로 합니다."
)
@json_option
@now_option
def sync(folder: Path | None, git: bool, save: bool, as_json: bool, now: str | None) -> None:
    """다른 컴퓨터와 기록을 주고받습니다: 드롭박스, 네트워크 폴더, USB, git 저장소를 거쳐서.

    폴더에는 새 파일만 더하므로 두 컴퓨터가 부딪치지 않습니다. 기록 파일 자체는 폴더에 두지 마세요.

    \b
    예:
      adsp log sync ~/Dropbox/adsp --save
      adsp log sync ~/study-log --git --save
      adsp log sync
    """
    from adsp.desk.sync import remember
    from adsp.desk.sync import sync as sync_log

    with open_desk(now) as desk:
        options = desk.settings.sync
        if folder is None:
            if not options.folder:
                raise UsageError("주고받을 폴더를 주세요: adsp log sync ~/Dropbox/adsp --save")
            folder, git = Path(options.folder), git or options.git
        done = sync_log(desk, folder, git=git)
        if save:
            remember(desk, folder, git=git)
    _tell_taken(
        done.taken,
        as_json=as_json,
        given=done.given,
        unfinished=done.unfinished,
        newer=done.newer,
    )
    if not as_json:
        click.echo(f"내보낸 것: {done.given}개")


def _tell_taken(taken: Taken, *, as_json: bool, **more: object) -> None:
    """What became of the events of another log; numbers on stdout, what went wrong on stderr."""
    if as_json:
        counts = {name: len(events) for name, events in vars(taken).items()}
        print_json(counts | more)
        return
    click.echo(f"받은 것: {len(taken.new)}개 (이미 있던 것 {len(taken.known)}개)")
    notes = [
        (len(taken.waiting), "개는 딸린 세션이나 답이 여기에도 거기에도 없어 받지 못했습니다."),
        (
            len(taken.conflicts),
            "개는 같은 id의 다른 내용이 이미 있어 받지 않았습니다. 이쪽 것을 그대로 두었습니다: "
            + ", ".join(clean(event.id) for event in taken.conflicts[:3]),
        ),
        (more.get("lost", 0), "개는 손상되어 옮기지 못했습니다."),
        (_length(more.get("unfinished")), "개 파일은 아직 다 오지 않았습니다. 다음에 받습니다."),
        (_length(more.get("newer")), "개 파일은 더 새로운 adsp가 썼습니다. adsp를 업데이트하세요."),
    ]
    for count, text in notes:
        if count:
            click.echo(f"{count}{text}", err=True)


def _length(names: object) -> int:
    return len(names) if isinstance(names, list) else 0


@log.command()
@click.argument("count", type=click.IntRange(min=1), default=1, metavar="[수]")
@json_option
@now_option
def undo(count: int, as_json: bool, now: str | None) -> None:
    """마지막 답을 되돌립니다: 앱을 껐다 켠 뒤에도, 세션이 끝난 뒤에도 됩니다.

    지우지 않고 세지 않게 할 뿐이라, adsp log redo 로 되살릴 수 있습니다.
    """
    with open_desk(now, write=True) as desk:
        _tell_answers(desk, "되돌렸습니다", desk.study.undo_last(count), as_json=as_json)


@log.command()
@click.argument("count", type=click.IntRange(min=1), default=1, metavar="[수]")
@json_option
@now_option
def redo(count: int, as_json: bool, now: str | None) -> None:
    """되돌린 답을 다시 세게 합니다."""
    with open_desk(now, write=True) as desk:
        _tell_answers(desk, "되살렸습니다", desk.study.redo_last(count), as_json=as_json)


def _tell_answers(desk: Desk, what: str, answers: list[Answer], *, as_json: bool) -> None:
    if as_json:
        print_json(answers)
        return
    for answer in answers:
        section, question = clean(desk.section_name(answer.section)), clean(answer.question)
        verdict = _VERDICTS[answer.verdict]
        click.echo(f"{what}: {_moment(answer.at)} · {section} · {question} ({verdict})")


@log.command()
@json_option
def vacuum(as_json: bool) -> None:
    """기록 파일에서 쓰지 않는 자리를 비웁니다."""
    from adsp.desk.admin import vacuum as vacuum_log

    with open_desk(None) as desk:
        before, after = vacuum_log(desk)
    if as_json:
        print_json({"before": before, "after": after})
    else:
        click.echo(f"{size_in_words(before)} → {size_in_words(after)}")


def _moment(at: datetime) -> str:
    return f"{day_in_words(at.date())} {at:%H:%M}"
