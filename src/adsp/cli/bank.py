"""``adsp bank``: what is in the bank, whether it is sound, and how it is kept so."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from adsp.bank.question import KIND_NAMES, Kind
from adsp.cli.common import json_option, open_desk, print_json, print_table
from adsp.cli.groups import Group
from adsp.errors import UsageError

if TYPE_CHECKING:
    from adsp.bank.question import Question
    from adsp.desk.desk import Desk


@click.group(cls=Group)
def bank() -> None:
    """문제 은행."""


@bank.command()
@json_option
def sections(as_json: bool) -> None:
    """과목·장·절과 문항 수를 보입니다."""
    with open_desk(None) as desk:
        have = Counter(question.section for question in desk.bank.questions)
        syllabus = desk.bank.syllabus
        rows = [
            (code, section.name, have[code], round(syllabus.points[code], 1))
            for code, section in syllabus.sections.items()
        ]
        if as_json:
            keys = ("section", "name", "questions", "points")
            print_json([dict(zip(keys, row, strict=True)) for row in rows])
        else:
            print_table(("절", "이름", "문항", "시험 배점"), rows, right=(2, 3))
            click.echo(f"모두 {len(desk.bank.questions)}문항")


@bank.command()
@click.argument("question_id", metavar="ID")
@json_option
def show(question_id: str, as_json: bool) -> None:
    """문항 하나를 정답과 해설까지 보입니다."""
    with open_desk(None) as desk:
        question = _find(desk, question_id)
        if as_json:
            print_json(question)
        else:
            _tell(desk, question)


def _find(desk: Desk, question_id: str) -> Question:
    import difflib

    if question_id in desk.bank.by_id:
        return desk.bank.by_id[question_id]
    near = difflib.get_close_matches(question_id, desk.bank.by_id, n=1)
    hint = f" 혹시 {near[0]}?" if near else ""
    raise UsageError(f"'{question_id}' 이라는 문항은 없습니다.{hint}")


def _tell(desk: Desk, question: Question) -> None:
    name = desk.section_name(question.section)
    click.echo(
        f"{question.id} · {name} · {KIND_NAMES[question.kind]} · 난이도 {question.difficulty}"
    )
    click.echo(f"\n{question.stem.strip()}")
    if question.exhibit:
        click.echo(f"\n{question.exhibit.shown}")
    for choice in question.choices:
        click.echo(f"\n{'(정답)' if choice.key else '      '} {choice.text}\n       {choice.why}")
    if question.kind is Kind.SHORT:
        click.echo(f"\n받아들이는 답: {', '.join(question.accept)}")
    if question.kind is Kind.NUMBER:
        click.echo(f"\n답: {question.answer:g} ± {question.tolerance:g} {question.unit}".rstrip())
    click.echo(f"\n해설: {question.explanation.strip()}")
    click.echo(f"출처: {' / '.join(question.sources)}")


@bank.command()
@json_option
@click.pass_context
def lint(context: click.Context, as_json: bool) -> None:
    """문제 은행의 잘못과, 답을 흘리는 버릇을 찾습니다. 잘못이 있으면 1로 끝납니다."""
    from adsp.bank.lint import length_cue, warnings

    with open_desk(None) as desk:
        questions, problems = desk.bank.questions, desk.bank.problems
        warned = list(warnings(questions))
        cue = length_cue(questions)
    if as_json:
        print_json({"problems": problems, "warnings": warned, "length_cue": cue})
    else:
        for problem in (*problems, *warned):
            click.echo(str(problem))
        click.echo(
            f"{len(questions)}문항, 잘못 {len(problems)}, 살펴볼 것 {len(warned)} · "
            f"가장 긴 보기가 정답 {cue.longest:.1%}, 가장 짧은 보기가 정답 {cue.shortest:.1%}"
        )
    context.exit(1 if problems else 0)


@bank.command()
@click.pass_context
def record(context: click.Context) -> None:
    """R 자료의 출력을 다시 기록합니다(문항을 쓰는 사람이 씁니다)."""
    from adsp.desk.recording import record as record_all
    from adsp.settings import shipped

    failed = changed = same = 0
    with open_desk(None) as desk:
        for done in record_all(shipped("questions"), desk.lab):
            failed += bool(done.error)
            changed += done.changed
            same += not done.changed and not done.error
            if done.error or done.changed:
                click.echo(f"{done.question}: {done.error or '기록했습니다.'}", err=True)
    click.echo(f"바뀜 {changed}, 그대로 {same}, 실패 {failed}")
    context.exit(1 if failed else 0)


@bank.command()
@click.pass_context
def prove(context: click.Context) -> None:
    """증명이 달린 문항을 R로 모두 셈해 봅니다. 어긋나면 1로 끝납니다."""
    with open_desk(None) as desk:
        provable = [question for question in desk.bank.questions if question.proof]
        wrong = [question.id for question in provable if not desk.lab.prove(question)]
    for question_id in wrong:
        click.echo(f"{question_id}: 증명이 참이 아닙니다.")
    click.echo(f"증명 {len(provable)}개 가운데 {len(provable) - len(wrong)}개가 참입니다.")
    context.exit(1 if wrong else 0)


@bank.command()
def schema() -> None:
    """문제 은행 파일의 JSON Schema를 냅니다. 편집기가 자동 완성과 검사에 씁니다."""
    from adsp.bank.schema import bank_schema

    print_json(bank_schema())
