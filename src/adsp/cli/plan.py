"""``adsp today | plan | forecast``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from adsp.cli.common import DAY, json_option, now_option, open_desk, print_json, print_table
from adsp.cli.groups import Command
from adsp.words import day_in_words, minutes_in_words

if TYPE_CHECKING:
    from datetime import date

    from adsp.bank.syllabus import Syllabus
    from adsp.desk.home import Home
    from adsp.forecast import Forecast
    from adsp.plan import Plan


@click.command(cls=Command)
@json_option
@now_option
def today(as_json: bool, now: str | None) -> None:
    """오늘의 계획과 다음 할 일을 보입니다."""
    from adsp.desk.home import look

    with open_desk(now) as desk:
        home = look(desk)
        if as_json:
            step, command = home.next_step
            print_json(
                {
                    "today": home.today,
                    "exam": home.exam,
                    "round": home.round,
                    "days_left": home.days_left,
                    "planned": home.planned,
                    "done": home.done,
                    "due": home.due,
                    "missed": home.missed,
                    "streak": home.streak,
                    "next": {"what": step, "command": command},
                }
            )
        else:
            _tell_today(home, desk.bank.syllabus)


def _tell_today(home: Home, syllabus: Syllabus) -> None:
    from adsp.desk.planning import day_contents

    click.echo(f"오늘 {day_in_words(home.today)}")
    if home.exam is not None:
        held = f"제{home.round}회 ADsP " if home.round else ""
        click.echo(f"{held}시험 {day_in_words(home.exam)}, {home.days_left}일 남음")
    if home.planned:
        contents = day_contents(home.planned, syllabus)
        click.echo(f"계획: {home.planned.minutes}분 · {contents}")
    else:
        click.echo(f"계획: {home.plan_problem or _outside(home)}")
    done = home.done
    click.echo(
        f"한 것: {minutes_in_words(done.minutes)} · {done.answers}문항 (정답 {done.right})"
        f" · 복습 {home.due}문항 남음"
    )
    step, command = home.next_step
    click.echo(f"다음: {step} → {command}")


def _outside(home: Home) -> str:
    if home.plan and home.plan.start > home.today:
        return f"공부는 {day_in_words(home.plan.start)}에 시작합니다."
    return "오늘은 공부할 것이 없습니다."


@click.command(cls=Command)
@click.option("--exam", type=DAY, metavar="날짜", help="시험일: 2021-11-06")
@click.option("--round", "number", type=int, metavar="회", help="회차: 31")
@click.option("--start", type=DAY, metavar="날짜", help="공부 시작일: 2021-10-01")
@click.option("--minutes", type=int, metavar="분", help="하루 공부 시간.")
@click.option("--save", is_flag=True, help="이 시험일과 시작일을 설정에 남깁니다.")
@json_option
@now_option
def plan(
    exam: date | None,
    number: int | None,
    start: date | None,
    minutes: int | None,
    save: bool,
    as_json: bool,
    now: str | None,
) -> None:
    """시험일에서 거꾸로 세운 계획을 보입니다.

    \b
    예:
      adsp plan --exam 2021-11-06 --start 2021-10-01 --now 2021-08-23
      adsp plan --round 31 --minutes 90 --save --now 2021-10-01
    """
    from adsp.desk.planning import choose, plan_for

    with open_desk(now) as desk:
        if number is not None:
            exam = exam or desk.bank.exams.round(number).exam
        made = plan_for(desk, exam=exam, start=start, minutes=minutes)
        if save:
            choose(desk, made.exam, start, minutes)
            click.echo(f"설정에 남겼습니다: {desk.paths.settings}", err=True)
        if as_json:
            print_json(_plan_json(made))
        else:
            _tell_plan(made, desk.bank.syllabus)


def _plan_json(made: Plan) -> dict[str, Any]:
    return {
        "exam": made.exam,
        "start": made.start,
        "today": made.today,
        "days_left": made.days_left,
        "study_days": len(made.study_days),
        "total_minutes": made.total_minutes,
        "new_questions": made.new_questions,
        "left_out": made.left_out,
        "milestones": made.milestones,
        "days": made.days,
    }


def _tell_plan(made: Plan, syllabus: Syllabus) -> None:
    from adsp.desk.planning import day_contents

    click.echo(
        f"시험 {day_in_words(made.exam)}, {made.days_left}일 남음 · "
        f"공부 {len(made.study_days)}일, 모두 {minutes_in_words(made.total_minutes)} · "
        f"새 문항 {made.new_questions}개"
    )
    if made.left_out:
        click.echo(f"시간이 모자라 {made.left_out}문항은 넣지 못했습니다. 하루 시간을 늘려 보세요.")
    click.echo("\n챙길 날")
    for milestone in made.milestones:
        click.echo(f"  {day_in_words(milestone.day)}  {milestone.name}  {milestone.note}".rstrip())
    click.echo("")
    print_table(
        ("날", "단계", "분", "할 것"),
        (
            (
                day_in_words(day.day, year=False),
                day.phase.value,
                day.minutes,
                day_contents(day, syllabus),
            )
            for day in made.days
        ),
        right=(2,),
    )


@click.command(cls=Command)
@json_option
@now_option
def forecast(as_json: bool, now: str | None) -> None:
    """시험일의 점수와 합격 확률을 어림합니다. 구간과 함께, 얼마나 믿을지도 말합니다."""
    from adsp.desk.home import forecast_for

    with open_desk(now) as desk:
        seen = forecast_for(desk)
        if as_json:
            print_json(seen)
        elif seen is None:
            click.echo("아직 푼 문항이 없습니다. 몇 문항을 푼 뒤에 다시 보세요: adsp quiz")
        else:
            _tell_forecast(seen, desk.bank.syllabus)


def _tell_forecast(seen: Forecast, syllabus: Syllabus) -> None:
    click.echo(
        f"지금 시험을 본다면 {seen.expected:.0f}점 (열에 여덟은 {seen.low}~{seen.high}점), "
        f"합격 확률 {seen.pass_probability:.0%}"
    )
    click.echo(f"근거: 답 {seen.answers}개. {seen.confidence.value}.\n")
    print_table(
        ("과목", "예상", "과락 면할 확률"),
        (
            (
                syllabus.name(part.subject),
                f"{part.expected:.0f}/{part.points}",
                f"{part.cut_probability:.0%}",
            )
            for part in seen.by_subject
        ),
        right=(1, 2),
    )
