"""The report as one HTML page that needs nothing else: no script, no address, A4 when printed."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from adsp.report import charts, words
from adsp.words import day_in_words, minutes_in_words

if TYPE_CHECKING:
    from jinja2 import Template

    from adsp.report.values import Report


def to_html(report: Report) -> str:
    """The whole page. Every text is escaped by the template; only the charts come as markup."""
    from markupsafe import Markup

    moving = report.study_days > 1
    drawn = {
        "minutes": charts.minutes_chart(report.days),
        "accuracy": charts.accuracy_chart(report.trend, report.pass_share) if moving else "",
        "sections": charts.sections_chart(report.subjects),
    }
    safe = {name: Markup(svg) for name, svg in drawn.items()}  # noqa: S704  (escaped as drawn)
    return _template().render(
        report=report, drawn=safe, charts=charts, words=words, day=day_in_words
    )


@cache
def _template() -> Template:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        minutes=minutes_in_words,
        time=words.time_spent,
        percent=words.percent,
        interval=words.interval,
    )
    return environment.get_template("report.html.j2")
