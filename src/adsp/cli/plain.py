"""A quiz line by line, for screen readers and slow lines; sits at the same desk as the screens."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from adsp.bank.question import KIND_NAMES, Kind
from adsp.session.feedback import feedback
from adsp.session.summary import summarise
from adsp.store.events import Verdict
from adsp.text import clean

if TYPE_CHECKING:
    from adsp.desk.desk import Desk
    from adsp.session.session import Session

_UNREADABLE = "\ufffd"
_HELP = (
    "번호나 답을 적고 Enter. :? 도움말, :u 되돌리기, :f 표시, :q 그만(나중에 이어서), "
    "Enter만 누르면 모름"
)


def ask(desk: Desk, session: Session) -> None:
    """Ask every open place of a session on stdout, answers from stdin; end of file leaves."""
    click.echo(f"{session.title}\n{_HELP}")
    while session.open_places:
        session = session.go(session.open_places[0])
        _show(desk, session)
        after = _turn(desk, session)
        if after is None:
            click.echo("그만둡니다. 이어서 하려면 adsp 를 여세요.")
            return
        session = after
    session = desk.study.end(session)
    _tell_summary(desk, session)


def _show(desk: Desk, session: Session) -> None:
    question = session.question
    flag = " [표시]" if question.id in session.flagged else ""
    click.echo(
        f"\n[{session.at + 1}/{len(session.places)}] {desk.section_name(question.section)}"
        f" · {KIND_NAMES[question.kind]}{flag}\n{_flat(question.stem)}"
    )
    if question.exhibit:
        click.echo(f"\n{question.exhibit.caption}\n{question.exhibit.shown}".rstrip())
    for number, choice in enumerate(session.place.choices, start=1):
        click.echo(f"  {number}. {_flat(choice.text)}")


def _flat(text: str) -> str:
    """Markdown without its emphasis marks, which a screen reader would spell out."""
    return text.strip().replace("**", "").replace("`", "")


def _turn(desk: Desk, session: Session) -> Session | None:
    """One line of input: an answer, a command, or None to leave."""
    began = time.monotonic()
    while True:
        line = _read("> ")
        if line is None:
            return None
        match line.casefold():
            case _ if _UNREADABLE in line:
                click.echo("읽을 수 없는 글자가 있습니다. UTF-8로 다시 적어 주세요.")
            case ":q" | ":ㅂ":
                return None
            case ":?":
                click.echo(_HELP)
            case ":u" | ":ㅕ":
                return desk.study.undo(session)
            case ":f" | ":ㄹ":
                return desk.study.flag(session)
            case _:
                answered = _answer(desk, session, line, began)
                if answered is not None:
                    return answered


def _read(prompt: str) -> str | None:
    """A line of input, bytes that are no text replaced; None at the end."""
    try:
        line = input(prompt)
    except EOFError:
        return None
    except UnicodeDecodeError:
        return _UNREADABLE
    return clean(line.encode("utf-8", "replace").decode()).strip()


def _answer(desk: Desk, session: Session, line: str, began: float) -> Session | None:
    """Store the answer and tell the feedback; None if the line is no answer to this question."""
    given = line
    if session.place.choices and line:
        numbers = [str(n) for n in range(1, len(session.place.choices) + 1)]
        if line not in numbers:
            click.echo(f"1부터 {numbers[-1]} 사이의 번호를 적으세요.")
            return None
        given = session.place.choices[int(line) - 1].name
    try:
        session = desk.study.answer(session, given, int((time.monotonic() - began) * 1000))
    except ValueError:
        click.echo("수로 적어 주세요: 0.15, 3/20, 15%")
        return None
    _tell(session)
    if session.reply and session.reply.verdict is Verdict.NEAR:
        ruling = _read("맞은 것으로 할까요? [y/N] ")
        if ruling is not None:
            session = desk.study.rule(session, right=ruling.casefold() in {"y", "ㅛ"})
    return session


def _tell(session: Session) -> None:
    assert session.reply is not None  # noqa: S101  (called right after an answer)
    told = feedback(session.place, session.reply)
    click.echo(f"\n{told.headline}")
    if told.note:
        click.echo(told.note)
    for reason in told.reasons:
        mark = "*" if reason.key else "-"
        label = f"{reason.label}." if session.question.kind is Kind.CHOICE else reason.label
        click.echo(f" {mark} {label} {_flat(reason.why)}")
    click.echo(f"해설: {_flat(told.explanation)}")


def _tell_summary(desk: Desk, session: Session) -> None:
    summary = summarise(session)
    click.echo(f"\n{summary.answered}문항 가운데 {summary.right}문항 정답 ({summary.share:.0%})")
    for score in summary.sections:
        click.echo(f"  {desk.section_name(score.section)}: {score.right}/{score.asked}")
    if summary.weak:
        names = ", ".join(desk.section_name(score.section) for score in summary.weak)
        click.echo(f"다시 볼 절: {names}")
