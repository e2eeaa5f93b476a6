"""``adsp report`` over a real log: what it prints, what it writes, what it refuses."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from adsp.bank.load import Bank, load_bank
from adsp.cli import main
from adsp.settings import find_paths, shipped
from adsp.store.events import Answered, Item, SessionStarted, Verdict, new_id
from adsp.store.log import Log

if TYPE_CHECKING:
    from pathlib import Path

NOW = "2021-10-20T20:00"


@dataclass(frozen=True)
class Ran:
    """What became of a command."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def bank() -> Bank:
    return load_bank(shipped("questions"))


class Learner:
    """Her folder, and a way to run the command in it."""

    def __init__(self, home: Path, bank: Bank, capsys: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self.bank = bank
        self._capsys = capsys

    def studies(self, days: tuple[int, ...]) -> None:
        """Four answers, one of them wrong, on days of October 2021."""
        with Log.open(find_paths().log) as log:
            for day in days:
                at = datetime.fromisoformat(f"2021-10-{day:02}T20:00:00+09:00")
                questions = self.bank.questions[day : day + 4]
                items = tuple(Item(question.id, 1) for question in questions)
                session = SessionStarted(
                    id=new_id(), at=at, session=new_id(), mode="quiz", title="전", items=items
                )
                log.append(session)
                for place, question in enumerate(questions):
                    log.append(
                        Answered(
                            id=new_id(),
                            at=at + timedelta(minutes=place),
                            session=session.session,
                            place=place,
                            question=question.id,
                            revision=question.revision,
                            section=question.section,
                            given="a",
                            verdict=Verdict.WRONG if place == 0 else Verdict.RIGHT,
                            elapsed_ms=90_000,
                        )
                    )

    def runs(self, *arguments: str) -> Ran:
        with pytest.raises(SystemExit) as ended:
            main(["report", "--now", NOW, *arguments])
        captured = self._capsys.readouterr()
        code = ended.value.code
        return Ran(code if isinstance(code, int) else 1, captured.out, captured.err)


@pytest.fixture
def learner(
    tmp_path: Path, bank: Bank, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Learner:
    monkeypatch.setenv("ADSP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TZ", "Asia/Seoul")
    monkeypatch.delenv("ADSP_NOW", raising=False)
    config = tmp_path / "home" / "config"
    config.mkdir(parents=True)
    text = "[exam]\nround = 31\n\n[plan]\nstart = 2021-10-01\nminutes = 45\nrest = ['sun']\n"
    (config / "settings.toml").write_text(text, encoding="utf-8")
    return Learner(tmp_path, bank, capsys)


class TestPrinting:
    """stdout is the report."""

    def test_markdown_by_default(self, learner: Learner) -> None:
        """From the first answer to today."""
        learner.studies((2, 5, 12))
        ran = learner.runs()
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.startswith("# ADsP 공부 보고서 · 제31회\n")
        assert "2021-10-02(토) – 2021-10-20(수) · 시험일 2021-11-06(토), 17일 남음" in ran.out
        assert "**18분**" in ran.out
        assert "| 10-03(일) | 0분 | 쉼 | 0 | – |" in ran.out

    def test_html_on_request(self, learner: Learner) -> None:
        """The page, and nothing else."""
        learner.studies((2,))
        out = learner.runs("--format", "html").out
        assert out.startswith("<!doctype html>")
        assert out.rstrip().endswith("</html>")

    def test_json_has_the_figures(self, learner: Learner) -> None:
        """Of the range asked for."""
        learner.studies((2, 5, 12))
        made = json.loads(learner.runs("--json", "--from", "2021-10-05", "--to", "2021-10-12").out)
        assert (made["minutes"], made["study_days"]) == (12, 2)
        assert (made["score"]["answers"], made["score"]["right"]) == (8, 6)
        assert len(made["days"]) == 8
        assert made["days"][0]["day"] == "2021-10-05"
        assert made["planned"] == sum(day["planned"] for day in made["days"])
        assert made["days"][5]["planned"] == 0  # a Sunday
        assert made["forecast"]["answers"] > 0

    def test_days_to_come_are_left_out(self, learner: Learner) -> None:
        """Nobody has missed a day that is not there yet."""
        learner.studies((12,))
        assert json.loads(learner.runs("--json", "--to", "2021-11-05").out)["last"] == "2021-10-20"

    def test_after_the_exam(self, learner: Learner) -> None:
        """No forecast and nothing to do for an exam that is over."""
        learner.studies((2, 5))
        ran = learner.runs("--now", "2021-11-20")
        assert "시험일 2021-11-06(토), 지남" in ran.out
        assert "## 합격 예측" not in ran.out
        assert "## 다음 할 일" not in ran.out


class TestWriting:
    """``--output`` replaces a file whole."""

    def test_the_name_tells_the_form(self, learner: Learner) -> None:
        """stdout stays empty; the line for the learner is talk."""
        learner.studies((2,))
        target = learner.home / "보고서.html"
        target.write_text("옛것", encoding="utf-8")
        ran = learner.runs("--output", str(target))
        assert (ran.code, ran.out) == (0, "")
        assert "보고서.html" in ran.err
        assert target.read_text(encoding="utf-8").startswith("<!doctype html>")
        assert [path.name for path in learner.home.glob("*.html*")] == ["보고서.html"]

    def test_a_link_stays_a_link(self, learner: Learner) -> None:
        """What it points to is replaced."""
        learner.studies((2,))
        target, link = learner.home / "real.md", learner.home / "link.md"
        target.write_text("옛것", encoding="utf-8")
        link.symlink_to(target)
        assert learner.runs("-o", str(link)).code == 0
        assert link.is_symlink()
        assert target.read_text(encoding="utf-8").startswith("# ADsP")

    def test_the_log_is_never_overwritten(self, learner: Learner) -> None:
        """A slip of the fingers costs no answer."""
        learner.studies((2,))
        log = find_paths().log
        before = log.read_bytes()
        ran = learner.runs("--output", str(log))
        assert ran.code == 2
        assert "덮어쓰지 않습니다" in ran.err
        assert log.read_bytes() == before

    def test_a_dash_is_stdout(self, learner: Learner) -> None:
        """As elsewhere; the device of that name is no file to replace."""
        learner.studies((2,))
        assert learner.runs("-o", "-").out.startswith("# ADsP")
        assert "파일이 아닙니다" in learner.runs("-o", "/dev/stdout").err

    @pytest.mark.parametrize("place", ["folder", "file.md/report.md"])
    def test_unwritable(self, learner: Learner, place: str) -> None:
        """A folder, or a file where a folder should be: a line, and all as it was."""
        learner.studies((2,))
        (learner.home / "folder").mkdir()
        kept = learner.home / "file.md"
        kept.write_text("그대로", encoding="utf-8")
        ran = learner.runs("--output", str(learner.home / place))
        assert ran.code in {1, 2}
        assert ran.out == ""
        assert "다른 곳" in ran.err or "파일이 아닙니다" in ran.err
        assert "Traceback" not in ran.err
        assert kept.read_text(encoding="utf-8") == "그대로"
        assert not any((learner.home / "folder").iterdir())


class TestRefusing:
    """Ranges that hold no report."""

    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            pytest.param(("--from", "2021-10-09", "--to", "2021-10-02"), "거꾸로", id="reversed"),
            pytest.param(("--to", "2021-09-30"), "기록은 2021-10-02부터", id="before"),
            pytest.param(("--from", "2021-10-13"), "푼 문항이 없습니다", id="after"),
            pytest.param(("--from", "2021-12-01"), "2021-10-12까지", id="to come"),
            pytest.param(("--from", "2019-01-01"), "366일까지", id="too long"),
            pytest.param(("--from", "어제"), "날짜를 읽을 수 없습니다", id="no date"),
            pytest.param(("--json", "-o", "x.json"), "표준 출력", id="json to a file"),
        ],
    )
    def test_a_line_that_helps(
        self, learner: Learner, arguments: tuple[str, ...], told: str
    ) -> None:
        """Asked for wrongly: exit code 2, and nothing on stdout."""
        learner.studies((2, 12))
        ran = learner.runs(*arguments)
        assert (ran.code, ran.out) == (2, "")
        assert told in ran.err

    def test_before_the_first_answer(self, learner: Learner) -> None:
        """There is nothing to report yet; it says how to begin."""
        ran = learner.runs()
        assert ran.code == 2
        assert "adsp quiz" in ran.err
