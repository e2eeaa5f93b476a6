"""``adsp log``: every command as a hostile user would ask it; data on stdout, talk on stderr."""

from __future__ import annotations

import io
import json
import re
import shutil
import sqlite3
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from tests.unit.store.test_segments import header, named

from adsp.cli.log import MAX_FINDINGS
from adsp.session.select import Filter
from adsp.settings import find_paths
from adsp.store.log import Log, read_events

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import TypeAlias

    from tests.cli.conftest import Ran

    from adsp.desk.desk import Desk

    Adsp: TypeAlias = Callable[..., Ran]

NOW = ("--now", "2021-10-05T20:00")
COMMANDS = [
    "check", "backup", "restore", "export", "import", "merge", "sync", "undo", "redo", "vacuum",
]  # fmt: skip
FLAG = '{"type":"flag","id":"f","at":"2021-10-05T20:00:00+09:00","question":"q","on":true}\n'
ESCAPES = "\x1b[31m\x1b]52;c;eA==\x07\x9b2J"


@pytest.fixture
def log() -> Path:
    """Where the log lies."""
    return find_paths().log


@pytest.fixture
def studied(sit: Callable[..., Desk], log: Path) -> Path:
    """The log after a quiz of two questions: four events."""
    with sit() as desk:
        session = desk.study.start_quiz(Filter(frozenset()), 2, "문항")
        for _ in range(2):
            session = desk.study.answer(session.next_open(), "", 1_000)
        desk.study.end(session)
    return log


@pytest.fixture
def other(studied: Path, tmp_path: Path) -> Path:
    """The export of another machine: two events that are not here."""
    file = tmp_path / "other.jsonl"
    file.write_text(FLAG + FLAG.replace('"f"', '"g"'), encoding="utf-8")
    return file


def spoil(path: Path, where: str = "seq = 2") -> None:
    """Change rows behind the app's back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        query = "SELECT sql FROM sqlite_schema WHERE name = 'event_never_changes'"
        (guard,) = connection.execute(query).fetchone()
        connection.execute("DROP TRIGGER event_never_changes")
        connection.execute(f"UPDATE event SET body = json_set(body, '$.at', 'x') WHERE {where}")
        connection.execute(guard)


class TestEvery:
    """What holds for all of them."""

    @pytest.mark.parametrize("command", COMMANDS)
    def test_is_known(self, adsp: Adsp, command: str) -> None:
        assert re.search(rf"^  {command} +[가-힣]", adsp("log", "-h").out, re.MULTILINE)
        assert adsp("log", command, "-h").code == 0

    @pytest.mark.parametrize(
        "line",
        [
            "check", "backup", "backup --list", "restore --list", "restore --yes",
            "restore --current --yes", "import {other}", "merge {other}.db", "sync {shared}",
            "undo", "vacuum",
        ],
    )  # fmt: skip
    def test_json(self, adsp: Adsp, other: Path, log: Path, line: str) -> None:
        """Parses, and nothing else is on stdout."""
        adsp("log", "backup", *NOW)
        shutil.copy(log, f"{other}.db")
        (other.parent / "shared").mkdir()
        words = line.format(other=other, shared=other.parent / "shared").split()
        ran = adsp("log", *words, "--json")
        assert (ran.code, ran.err) == (0, "")
        assert json.loads(ran.out)

    @pytest.mark.parametrize(
        ("line", "told"),
        [
            ("", "check"),
            ("chek", "혹시 check?"),
            ("check extra", "남는 말이 있습니다: extra"),
            ("check --jsn", "혹시 --json?"),
            ("import", "파일 을(를) 주어야"),
            ("merge", "주어야"),
            ("sync", "주고받을 폴더를 주세요"),
            ("sync 없는폴더", "폴더가 없습니다"),
            ("merge 없는파일", "에 기록이 없습니다"),
            ("backup a b", "남는 말이 있습니다"),
            ("restore 없음.db --yes", "백업은 없습니다"),
            ("restore", "온전한 백업이"),
            ("restore x.db --current --yes", "--current"),
            ("restore x.db --list", "--list"),
            ("restore --current", "--yes"),
            ("undo 0", "값이 맞지 않습니다"),
            ("undo -1", "-1"),
            ("undo many", "정수"),
            ("redo", "되살릴 답이 없습니다"),
            ("export --format xlsx", "jsonl, csv"),
            ("export -o", "값이 있어야"),
            ("undo --now garbage", "때를 읽을 수 없습니다"),
        ],
    )
    def test_wrong_use(self, adsp: Adsp, studied: Path, line: str, told: str) -> None:
        """Exit code 2 and a line on stderr; the log is as it was."""
        before = read_events(studied)
        ran = adsp("log", *line.split())
        assert (ran.code, ran.out) == (2, "")
        assert told in ran.err
        assert ran.err.count("\n") == 1
        assert ran.quiet
        assert read_events(studied) == before

    @pytest.mark.parametrize("command", ["undo", "backup", "restore --yes"])
    def test_nothing_yet(self, adsp: Adsp, command: str) -> None:
        ran = adsp("log", *command.split())
        assert (ran.code, ran.out) == (2, "")
        assert ran.quiet

    @pytest.mark.parametrize("command", ["check", "backup --list", "restore --list", "export"])
    def test_looking_makes_nothing(self, adsp: Adsp, log: Path, command: str) -> None:
        assert adsp("log", *command.split()).code == 0
        assert not log.parent.exists()

    @pytest.mark.parametrize(
        "line", ["undo", "redo", "import {other}", "merge {other}", "sync {folder}", "vacuum",
                 "restore --current -y"],
    )  # fmt: skip
    def test_app_is_open(self, adsp: Adsp, other: Path, log: Path, line: str) -> None:
        """It is told that another app writes; what only looks goes on."""
        shutil.copy(log, other.with_suffix(".db"))
        is_merge = line.startswith("merge")
        words = line.format(
            other=other.with_suffix(".db") if is_merge else other, folder=other.parent
        )
        with Log.open(log):
            ran = adsp("log", *words.split())
            assert (ran.code, ran.out) == (1, "")
            assert "다른 adsp" in ran.err
            assert adsp("log", "check").code == 0
            assert adsp("log", "backup").code == 0


class TestCheck:
    def test_well(self, adsp: Adsp, studied: Path) -> None:
        ran = adsp("log", "check")
        assert (ran.code, ran.err) == (0, "")
        assert ran.out == f"기록이 온전합니다: {studied} (4개)\n"
        told = json.loads(adsp("log", "check", "--json").out)
        assert told == {
            "path": str(studied), "events": 4, "findings": [], "advice": [], "risk": None,
        }  # fmt: skip

    def test_damaged(self, adsp: Adsp, studied: Path) -> None:
        """What is wrong, and what to do; exit code 1, also as JSON."""
        adsp("log", "backup", *NOW)
        spoil(studied)
        ran = adsp("log", "check")
        assert (ran.code, ran.err) == (1, "")
        assert "2번째 기록이 쓰인 그대로가 아닙니다" in ran.out
        assert "- 되살리기: adsp log restore" in ran.out
        ran = adsp("log", "check", "--json")
        assert ran.code == 1
        assert {finding["kind"] for finding in json.loads(ran.out)["findings"]} == {
            "chain",
            "sense",
        }

    def test_many(self, adsp: Adsp, studied: Path) -> None:
        """Told up to a number, then counted."""
        flags = [json.loads(FLAG) | {"id": f"f{n}"} for n in range(200)]
        file = studied.parent.parent / "many.jsonl"
        file.write_text("\n".join(map(json.dumps, flags)), encoding="utf-8")
        assert adsp("log", "import", str(file)).code == 0
        spoil(studied, "seq > 4")
        lines = adsp("log", "check").out.splitlines()
        assert sum("번째 기록" in line for line in lines) == MAX_FINDINGS
        assert lines[MAX_FINDINGS] == f"... 그 밖에 {400 - MAX_FINDINGS}곳"
        told = json.loads(adsp("log", "check", "--json").out)
        assert len(told["findings"]) == 400

    @pytest.mark.parametrize("name", ["Dropbox", "OneDrive", "내 드라이브"])
    def test_where_it_lies(
        self, adsp: Adsp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        """A folder that is synchronised is warned of, on stderr; nothing is wrong yet."""
        monkeypatch.setenv("ADSP_HOME", str(tmp_path / name / "adsp"))
        ran = adsp("log", "check")
        assert ran.code == 0
        assert "온전합니다" in ran.out
        assert "동기화 폴더" in ran.err
        assert "adsp log sync" in ran.err
        told = json.loads(adsp("log", "check", "--json").out)
        assert told["risk"]["kind"] == "sync"


class TestRestore:
    def test_asks(self, adsp: Adsp, studied: Path) -> None:
        """Without a terminal there is no one to ask: exit code 2, nothing done."""
        adsp("log", "backup", *NOW)
        adsp("log", "undo", *NOW)
        ran = adsp("log", "restore", given="y\n")
        assert (ran.code, ran.out) == (2, "")
        assert "--yes" in ran.err
        assert len(read_events(studied)) == 5
        ran = adsp("log", "restore", "--yes", *NOW)
        assert ran.code == 0
        assert "(기록 4개)" in ran.out
        assert "adsp log merge" in ran.out
        assert len(read_events(studied)) == 4

    def test_merge_as_it_says(self, adsp: Adsp, studied: Path) -> None:
        """The line that it ends with brings back what was answered since the backup."""
        adsp("log", "backup", *NOW)
        adsp("log", "undo", *NOW)
        last = adsp("log", "restore", "-y", *NOW).out.splitlines()[-1]
        ran = adsp(*last.partition("adsp ")[2].split())
        assert (ran.code, ran.out) == (0, "받은 것: 1개 (이미 있던 것 4개)\n")

    def test_list(self, adsp: Adsp, studied: Path) -> None:
        """Both lists are one; one that cannot be read is there, and said to be so."""
        assert adsp("log", "restore", "--list").out == "아직 백업이 없습니다.\n"
        adsp("log", "backup", *NOW)
        (studied.parent / "backups" / f"x{ESCAPES}.db").write_bytes(b"x" * 2000)
        ran = adsp("log", "restore", "--list")
        assert "answers-20211005T110000Z-hand.db" in ran.out
        assert "읽을 수 없음" in ran.out
        assert not {"\x1b", "\x07", "\x9b"} & {*ran.out}
        assert adsp("log", "backup", "--list").out == ran.out
        told = json.loads(adsp("log", "restore", "--list", "--json").out)
        assert {entry["events"] for entry in told} == {4, None}

    def test_accept(self, adsp: Adsp, studied: Path) -> None:
        """An older copy in its place, taken as it is."""
        older = studied.read_bytes()
        adsp("log", "undo", *NOW)
        studied.write_bytes(older)
        ran = adsp("log", "check")
        assert ran.code == 1
        ran = adsp("log", "restore", "--current", "--yes")
        assert (ran.code, ran.out) == (0, "지금 파일을 받아들였습니다(기록 4개).\n")
        assert adsp("log", "check").code == 0


class TestExport:
    def test_data_and_talk_apart(
        self, process: Adsp, studied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Through a pipe, on to another machine."""
        ran = process("log", "export")
        assert (ran.code, ran.err) == (0, "4줄\n")
        assert [json.loads(line)["type"] for line in ran.out.splitlines()] == [
            "session", "answer", "answer", "end",
        ]  # fmt: skip
        monkeypatch.setenv("ADSP_HOME", str(tmp_path / "new"))
        assert process("log", "import", "-", given=ran.out.encode()).out.startswith("받은 것: 4개")
        assert process("log", "export").out == ran.out

    @pytest.mark.parametrize(
        ("name", "more", "begins"),
        [
            ("x.csv", (), "\ufefftype,"),
            ("X.CSV", (), "\ufefftype,"),
            ("x", ("-f", "csv"), "\ufefftype,"),
            ("x.csv", ("-f", "jsonl"), "{"),
            ("x.jsonl", (), "{"),
        ],
    )
    def test_forms(
        self,
        adsp: Adsp,
        studied: Path,
        tmp_path: Path,
        name: str,
        more: tuple[str, ...],
        begins: str,
    ) -> None:
        """By the option, else by the name; what is written can be read again."""
        ran = adsp("log", "export", "-o", str(tmp_path / name), *more)
        assert (ran.code, ran.out, ran.err) == (0, "", "4줄\n")
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(begins)
        ran = adsp("log", "import", str(tmp_path / name))
        assert ran.out == "받은 것: 0개 (이미 있던 것 4개)\n"

    @pytest.mark.parametrize("form", ["jsonl", "csv"])
    def test_onto_the_log(self, adsp: Adsp, studied: Path, form: str) -> None:
        """It would be the end of it: refused, and all is there."""
        before = {path: path.read_bytes() for path in studied.parent.iterdir()}
        for target in (studied, studied.with_name("answers.db.exists"), studied.parent / "x.csv"):
            ran = adsp("log", "export", "-f", form, "-o", str(target))
            assert ran.code == 2
            assert "기록이 있는 폴더" in ran.err
        assert {path: path.read_bytes() for path in before} == before
        assert not (studied.parent / "x.csv").exists()
        assert adsp("log", "check").code == 0

    @pytest.mark.parametrize("target", ["", "{folder}", "{folder}/file/x", "/proc/x/y"])
    def test_nowhere(self, adsp: Adsp, studied: Path, tmp_path: Path, target: str) -> None:
        (tmp_path / "file").touch()
        ran = adsp("log", "export", "-o", target.format(folder=tmp_path))
        assert (ran.code, ran.out) == (1, "")
        assert "쓸 수 없습니다" in ran.err
        assert ran.quiet

    def test_damaged(self, adsp: Adsp, studied: Path, tmp_path: Path) -> None:
        """What cannot be proved does not go out; no file is left."""
        spoil(studied)
        ran = adsp("log", "export", "-o", str(tmp_path / "x.jsonl"))
        assert (ran.code, ran.out) == (1, "")
        assert "adsp log check" in ran.err
        assert not (tmp_path / "x.jsonl").exists()


class TestImport:
    def test_counts(self, adsp: Adsp, other: Path, log: Path) -> None:
        ran = adsp("log", "import", str(other), "--json", *NOW)
        assert json.loads(ran.out) == {"new": 2, "known": 0, "waiting": 0, "conflicts": 0}
        assert len([*(log.parent / "backups").iterdir()]) == 1
        ran = adsp("log", "import", str(other))
        assert (ran.code, ran.out, ran.err) == (0, "받은 것: 0개 (이미 있던 것 2개)\n", "")

    def test_what_could_not_be_taken(self, adsp: Adsp, other: Path) -> None:
        """It is talk; nothing in it moves the terminal."""
        adsp("log", "import", str(other))
        name = json.dumps(f"z{ESCAPES}")[1:-1]
        other.write_text(
            FLAG.replace('"f"', f'"{name}"')
            + FLAG.replace("true", "false")
            + '{"type":"end","id":"e","at":"2021-10-05T20:00:00Z","session":"s9","finished":true}',
            encoding="utf-8",
        )
        ran = adsp("log", "import", str(other))
        assert (ran.code, ran.out) == (0, "받은 것: 1개 (이미 있던 것 0개)\n")
        assert "1개는 딸린 세션이나 답이 여기에도 거기에도 없어" in ran.err
        assert "같은 id의 다른 내용" in ran.err
        other.write_text(
            FLAG.replace('"f"', f'"{name}"').replace("true", "false"), encoding="utf-8"
        )
        ran = adsp("log", "import", str(other))
        assert "그대로 두었습니다: z" in ran.err
        assert not {"\x1b", "\x07", "\x9b"} & {*ran.err}

    @pytest.mark.parametrize(
        "content",
        [b"", b"\xff\xfe\x00", b"{", FLAG.encode() + b"{}\n", b"type,id\n", b"[" * 10**6],
        ids=["empty", "binary", "brace", "second line", "other table", "deep"],
    )
    def test_broken(self, process: Adsp, studied: Path, content: bytes) -> None:
        """In a few lines, from a pipe too; nothing is stored."""
        ran = process("log", "import", "-", given=content)
        assert (ran.code, ran.out) == (1, "")
        assert len(ran.err.splitlines()) <= 2
        assert ran.quiet
        assert len(read_events(studied)) == 4

    @pytest.mark.parametrize("file", ["없음.jsonl", "/", "/proc/self/mem", "x" * 5000])
    def test_unreadable(self, adsp: Adsp, file: str) -> None:
        ran = adsp("log", "import", file)
        assert (ran.code, ran.out) == (1, "")
        assert "읽을 수 없습니다" in ran.err
        assert ran.quiet

    def test_without_end(self, adsp: Adsp) -> None:
        ran = adsp("log", "import", "/dev/zero")
        assert (ran.code, ran.out) == (1, "")
        assert "너무 큽니다" in ran.err

    @pytest.mark.parametrize("line", ["import -", "restore --current", "restore --yes"])
    def test_closed_standard_input(
        self, adsp: Adsp, monkeypatch: pytest.MonkeyPatch, line: str
    ) -> None:
        """As ``adsp log import - <&-`` starts it: Python has no standard input then."""
        monkeypatch.setattr(io, "StringIO", lambda _given: None)
        ran = adsp("log", *line.split())
        assert sys.stdin is None
        assert (ran.code in {1, 2}, ran.quiet) == (True, True)
        assert "예상하지 못한" not in ran.err


class TestMerge:
    def test_damaged(self, adsp: Adsp, studied: Path, tmp_path: Path, home: Path) -> None:
        """What was lost is told; what can be proved comes over."""
        home.rename(tmp_path / "old")
        spoil(tmp_path / "old" / "data" / "answers.db", "seq = 3")
        ran = adsp("log", "merge", str(tmp_path / "old"))
        assert (ran.code, ran.out) == (0, "받은 것: 3개 (이미 있던 것 0개)\n")
        assert ran.err == "1개는 손상되어 옮기지 못했습니다.\n"

    def test_itself(self, adsp: Adsp, studied: Path, home: Path) -> None:
        for path in (studied, studied.parent, home):
            ran = adsp("log", "merge", str(path))
            assert (ran.code, ran.out) == (2, "")
            assert "자신" in ran.err

    def test_no_log(self, adsp: Adsp, studied: Path, tmp_path: Path) -> None:
        """A file of another kind changes nothing."""
        (tmp_path / "x.db").write_text("글\n" * 3000, encoding="utf-8")
        ran = adsp("log", "merge", str(tmp_path / "x.db"))
        assert (ran.code, ran.out) == (1, "")
        assert len(read_events(studied)) == 4


class TestSync:
    def test_remembered(self, adsp: Adsp, studied: Path, tmp_path: Path) -> None:
        shared = tmp_path / "공유"
        shared.mkdir()
        ran = adsp("log", "sync", str(shared), "--save")
        assert (ran.code, ran.err) == (0, "")
        assert ran.out == "받은 것: 0개 (이미 있던 것 0개)\n내보낸 것: 4개\n"
        assert adsp("log", "sync").out == "받은 것: 0개 (이미 있던 것 4개)\n내보낸 것: 0개\n"
        told = json.loads(adsp("log", "sync", "--json").out)
        assert (told["given"], told["unfinished"], told["newer"]) == (0, [], [])

    def test_what_has_not_come(self, adsp: Adsp, studied: Path, tmp_path: Path) -> None:
        """Files that are not whole or too new are counted on stderr."""
        named(tmp_path, header(99))
        (tmp_path / f"adsp-{'a' * 32}.jsonl").write_bytes(b"half")
        ran = adsp("log", "sync", str(tmp_path))
        assert ran.code == 0
        assert "1개 파일은 아직 다 오지 않았습니다" in ran.err
        assert "1개 파일은 더 새로운 adsp가 썼습니다" in ran.err

    def test_not_saved_if_it_failed(self, adsp: Adsp, studied: Path, tmp_path: Path) -> None:
        assert adsp("log", "sync", str(tmp_path / "없음"), "--save").code == 2
        assert not find_paths().settings.exists()

    def test_no_repository(self, adsp: Adsp, studied: Path, tmp_path: Path) -> None:
        ran = adsp("log", "sync", str(tmp_path), "--git", "--save")
        assert (ran.code, ran.out) == (1, "")
        assert "git" in ran.err
        assert not find_paths().settings.exists()
        assert ran.err.count("\n") == 1


class TestUndo:
    def test_and_redo(self, adsp: Adsp, studied: Path) -> None:
        """A line an answer, the last first."""
        ran = adsp("log", "undo", "5", *NOW)
        assert (ran.code, ran.err) == (0, "")
        lines = ran.out.splitlines()
        assert len(lines) == 2
        assert all(
            re.fullmatch(r"되돌렸습니다: 2021-10-05\(화\) 20:00 · \S+ .+ · \S+ \(\S+\)", line)
            for line in lines
        )
        assert adsp("log", "undo").code == 2
        told = json.loads(adsp("log", "redo", "--json").out)
        assert told[0]["question"] in lines[1]
        assert adsp("log", "redo", "9").out.startswith("되살렸습니다: ")
        assert len(read_events(studied)) == 8

    def test_what_an_import_brought(self, adsp: Adsp, studied: Path, tmp_path: Path) -> None:
        """Names from a file do not move the terminal."""
        evil = json.loads(adsp("log", "export").out.splitlines()[2])
        evil |= {"id": "evil", "stamp": evil["stamp"] + 10**6}
        evil |= {"question": f"x{ESCAPES}", "section": f"y{ESCAPES}"}
        file = tmp_path / "evil.jsonl"
        file.write_text(json.dumps(evil), encoding="utf-8")
        assert adsp("log", "import", str(file)).out.startswith("받은 것: 1개")
        ran = adsp("log", "undo")
        assert ran.code == 0
        assert "· y · x (" in ran.out
        assert not {"\x1b", "\x07", "\x9b"} & {*ran.out}
