"""Reports at the desk: gathered from log, bank and plan, and written to a file."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from adsp.desk.home import look
from adsp.desk.planning import first_plan
from adsp.desk.study import revive
from adsp.errors import AdspError, UsageError
from adsp.report import Entry, Material, Step, make_report
from adsp.session.summary import LOOK_AGAIN
from adsp.settings import write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from adsp.desk.desk import Desk
    from adsp.desk.home import Home
    from adsp.report import Report
    from adsp.settings import Paths

LONGEST_DAYS = 366
"""Days of a report at most: beyond a year nobody reads a line a day."""


def report_for(desk: Desk, first: date | None = None, last: date | None = None) -> Report:
    """The report from ``first`` to ``last``; by default from the first answer to today. Days to
    come are left out. Costs the import of pandas, a second.

    Raises:
        UsageError: the range is reversed, too long, or holds no answer.
        StoreError: the log cannot be read.
    """
    first, last = _range(desk, first, last)
    entries = [entry for entry in _entries(desk) if first <= entry.day <= last]
    if not entries:
        raise _nothing(desk)
    home = look(desk)
    over = home.days_left is not None and home.days_left < 0
    plan = first_plan(desk)
    return make_report(
        Material(
            first=first,
            last=last,
            today=desk.today,
            entries=entries,
            syllabus=desk.bank.syllabus,
            exam=home.exam,
            round=home.round,
            pass_share=_pass_share(desk),
            weak_below=LOOK_AGAIN,
            plan_start=plan.start if plan else None,
            planned={day.day: day.minutes for day in plan.days} if plan else None,
            forecast=None if over else home.forecast,
            steps=() if over else tuple(_steps(home)),
        )
    )


def save_report(text: str, path: Path, paths: Paths) -> None:
    """Write a report to ``path``, whole or not at all; a file that is there is replaced.

    Raises:
        UsageError: it is a folder or a device, or lies among the learner's own log and settings.
        AdspError: it cannot be written.
    """
    target = Path(os.path.realpath(path))  # a link stays a link: what it points to is replaced
    own = (os.path.realpath(folder) for folder in (paths.data, paths.config))
    if any(target.is_relative_to(folder) for folder in own):
        raise UsageError(
            f"{path} 은(는) 기록과 설정이 있는 자리라 덮어쓰지 않습니다. 다른 곳을 주세요."
        )
    try:
        # /dev/stdout may lead to a file that a shell holds open: replaced, it would be lost
        device = path.absolute().is_relative_to("/dev")
        if device or (target.exists() and not target.is_file()):
            raise UsageError(f"{path} 은(는) 파일이 아닙니다. 파일 이름을 주세요: report.html")
        write_atomically(target, text, private=False)
    except OSError as error:
        raise AdspError(
            f"보고서를 {path} 에 쓸 수 없습니다: {error.strerror}. "
            "있던 파일은 그대로입니다. 쓸 수 있는 다른 곳을 주세요."
        ) from error


def _range(desk: Desk, first: date | None, last: date | None) -> tuple[date, date]:
    """The days asked for, cut to what has been; a year up to the last of them at most."""
    if first and last and first > last:
        raise UsageError(
            f"기간이 거꾸로입니다(--from {first}, --to {last}). 앞선 날을 --from 에 주세요."
        )
    last = min(last or desk.today, desk.today)
    longest = last - timedelta(days=LONGEST_DAYS - 1)
    if first is None:
        days = [answer.day for answer in desk.study.history.answers]
        return max(min(days, default=last), longest), last
    if first < longest:
        raise UsageError(
            f"보고서는 {LONGEST_DAYS}일까지 만듭니다. --from 을 {longest} 뒤로 주세요."
        )
    return first, last


def _nothing(desk: Desk) -> UsageError:
    """Why there is no report, and what to do."""
    days = [answer.day for answer in desk.study.history.answers]
    if not days:
        return UsageError("아직 푼 문항이 없습니다. 몇 문항을 푼 뒤에 만들어 보세요: adsp quiz")
    return UsageError(
        f"고른 기간에 푼 문항이 없습니다. 기록은 {min(days)}부터 {max(days)}까지 있습니다. "
        "--from 과 --to 를 그에 맞추어 주세요."
    )


def _entries(desk: Desk) -> Iterator[Entry]:
    """The answers that count, each with its question if that is still known."""
    generated = {
        item.question: item.generated
        for session in desk.study.history.sessions.values()
        for item in session.items
        if item.generated is not None
    }
    for answer in desk.study.history.answers:
        question = desk.bank.by_id.get(answer.question)
        if question is None and answer.question in generated:
            question = revive(generated[answer.question])
        yield Entry(
            question=answer.question,
            section=answer.section,
            kind=question.kind if question else None,
            stem=question.stem if question else "",
            day=answer.day,
            seconds=answer.study_seconds,
            right=answer.right,
        )


def _pass_share(desk: Desk) -> float:
    """Part of all points that passes the exam."""
    form = desk.exam_format
    return form.pass_points / sum(part.points for part in form.parts)


def _steps(home: Home) -> Iterator[Step]:
    """What to do next, whatever the report will find."""
    yield Step(*home.next_step)
    if home.missed:
        yield Step(f"마지막에 틀린 문항이 {home.missed}개 있습니다.", "adsp wrong")
