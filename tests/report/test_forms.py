"""The two forms of the report: sound, whole, and deaf to what bank text would like them to do."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from adsp.report import Report, to_html, to_markdown
from adsp.report.charts import accuracy_chart, minutes_chart, sections_chart
from adsp.report.markdown import bar, escape

if TYPE_CHECKING:
    from tests.report.conftest import Autumn

_VOID = {"meta", "br", "circle", "line", "path", "rect"}


class Page(HTMLParser):
    """Reads a page strictly: every tag that opens must close in its turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.drawings: list[list[str]] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag == "svg":
            assert ("role", "img") in attrs
            self.drawings.append([])
        elif "svg" in self.open:
            self.drawings[-1].append(tag)
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


class TestHtml:
    """One page that needs nothing else."""

    def test_well_formed(self, five_weeks: Report) -> None:
        """Tags close in their turn; each drawing has its name and its telling."""
        page = Page(to_html(five_weeks))
        assert len(page.drawings) == 3
        for drawing in page.drawings:
            assert drawing[:2] == ["title", "desc"]
        ids = [value for name, value in page.attributes if name == "id"]
        assert len(ids) == len(set(ids))

    def test_nothing_from_outside(self, five_weeks: Report) -> None:
        """No script, no address, and a policy that would refuse both."""
        text = to_html(five_weeks)
        page = Page(text)
        assert not {"script", "link", "img", "iframe", "a"} & set(page.tags)
        assert not [name for name, _ in page.attributes if name.startswith("on")]
        assert "http://" not in text
        assert "https://" not in text
        assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in text

    def test_no_empty_section(self, autumn: Autumn) -> None:
        """After a single right answer there is little to say, and little is said."""
        text = to_html(autumn.report([autumn.answer()]))
        page = Page(text)
        headings = re.findall("<h2>(.*?)</h2>", text)
        assert headings == ["흐름", "과목과 절의 정답률", "문항 종류", "날마다"]
        assert len(page.drawings) == 2
        assert "계획" not in text


class TestMarkdown:
    """A page that GitHub draws and a terminal shows."""

    def test_tables_are_whole(self, five_weeks: Report) -> None:
        """Every row of a table has as many cells as its head."""
        for table in re.findall(r"(?:^\|.*\n)+", to_markdown(five_weeks), re.MULTILINE):
            assert len({line.count("|") for line in table.splitlines()}) == 1

    def test_headings(self, five_weeks: Report) -> None:
        """What matters most comes first."""
        headings = re.findall("^## (.*)$", to_markdown(five_weeks), re.MULTILINE)
        assert headings[:3] == ["합격 예측", "다음 할 일", "약한 곳"]
        assert headings[-3:] == ["과목과 절", "문항 종류", "날마다"]

    def test_no_empty_section(self, autumn: Autumn) -> None:
        """A heading is followed by something, also after a single answer."""
        text = to_markdown(autumn.report([autumn.answer()]))
        assert re.findall("^## (.*)$", text, re.MULTILINE) == ["과목과 절", "문항 종류", "날마다"]
        assert not re.search(r"\n##[^\n]*\n+(##|$)", text)

    @pytest.mark.parametrize(
        ("share", "drawn"), [(0, "░" * 10), (0.72, "███████░░░"), (1, "█" * 10)]
    )
    def test_bars(self, share: float, drawn: str) -> None:
        """Ten cells, always."""
        assert bar(share) == drawn


class TestBothForms:
    """The same figures in both."""

    def test_the_figures_agree(self, five_weeks: Report) -> None:
        """Each day's line is in both, word for word."""
        page, text = to_html(five_weeks), to_markdown(five_weeks)
        for line in five_weeks.days:
            day = line.day.strftime("%m-%d(")
            assert day in page
            assert day in text
        for words in ("67점 (열에 여덟은 58–76점)", "83%", "2021-11-06(토)", "adsp review"):
            assert words in page
            assert words in text

    @pytest.mark.parametrize(
        "attack",
        [
            pytest.param("<script>alert(1)</script>", id="script"),
            pytest.param("<img src=x onerror=alert(1)>", id="image"),
            pytest.param('"><svg onload=alert(1)>', id="attribute"),
            pytest.param("</title></svg><b>", id="end of a drawing"),
            pytest.param("{{ 7 * 7 }}{% raw %}", id="template"),
        ],
    )
    def test_html_stays_text(self, autumn: Autumn, attack: str) -> None:
        """Tags of the bank are shown, not obeyed."""
        report = autumn.hostile(attack)
        assert attack not in to_markdown(report)
        text = to_html(report)
        page = Page(text)
        assert not {"script", "img", "b"} & set(page.tags)
        assert not [name for name, _ in page.attributes if name.startswith("on")]

    @pytest.mark.parametrize(
        "attack",
        [
            "[x](javascript:alert)",
            "![x](data:image/png)",
            "a | b",
            "`rm -rf`",
            "**굵게**",
            "<b>b</b>",
            "https://example.org",
            "www.example.org",
        ],
    )
    def test_markdown_stays_text(self, autumn: Autumn, attack: str) -> None:
        """Links, tables, code and addresses of the bank are broken by a backslash."""
        text = to_markdown(autumn.hostile(attack))
        assert attack not in text
        for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
            cells = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
            assert len(cells) == 1

    @pytest.mark.parametrize("sign", ["\x1b[31m", "\x1b]0;x\x07", "\x9b2J", "\u202e", "\x00"])
    def test_no_control_survives(self, autumn: Autumn, sign: str) -> None:
        """Neither a terminal nor a browser is told what to do."""
        report = autumn.hostile(f"앞{sign}뒤")
        for text in (to_html(report), to_markdown(report)):
            assert sign not in text
            assert "\x1b" not in text
            assert "앞뒤" in text

    def test_a_line_break_cannot_leave_its_cell(self) -> None:
        """Foreign text is one line."""
        assert escape("a\n\n# b\r\n| c") == r"a \# b \| c"


class TestCharts:
    """Drawings of odd ranges."""

    @pytest.mark.parametrize("days", [1, 2, 7, 35, 366])
    def test_any_range(self, autumn: Autumn, days: int) -> None:
        """From a day to a year, never more date labels than fit, all inside the drawing."""
        report = autumn.report([autumn.answer(), autumn.answer(days - 1)], days=days, planned=60)
        for drawing in (minutes_chart(report.days), accuracy_chart(report.trend, 0.6)):
            assert 1 <= len(re.findall(r">\d\d-\d\d<", drawing)) <= 9
            places = [float(x) for x in re.findall(r'(?:x|cx|x1|x2)="([-.\d]+)"', drawing)]
            assert all(0 <= x <= 720 for x in places)
            assert "nan" not in drawing

    def test_a_gap_breaks_the_line(self, autumn: Autumn) -> None:
        """Seven days without an answer have no accuracy: two runs, and no bridge between them."""
        report = autumn.report([autumn.answer(0), autumn.answer(20)], days=21)
        drawing = accuracy_chart(report.trend, 0.6)
        lines = re.findall(r'<path d="([^"]*)" class="line"/>', drawing)
        assert [line.count("M") for line in lines] == [1, 1]

    def test_sections_are_told(self, five_weeks: Report) -> None:
        """The description names each section with its rate, for those who cannot see it."""
        drawing = sections_chart(five_weeks.subjects)
        description = re.findall("<desc[^>]*>(.*?)</desc>", drawing)[0]
        for subject in five_weeks.subjects:
            for line in subject.sections:
                assert f"{line.code} {line.name} {line.score.share:.0%}" in description
