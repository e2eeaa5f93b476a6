"""A bank file with faults: all are told at once, each with its place, and cost only themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from adsp.bank.load import MAX_FILE_BYTES, load_bank, read_bank_file
from adsp.errors import BankError
from adsp.settings import shipped

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Maker

    from adsp.bank.load import Bank
    from adsp.bank.problem import Problem
    from adsp.bank.question import Question

ESC = "\x1b[2J"
ABSENT = object()
"""Takes a key out of a table."""


def choice(name: str, text: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "text": text, "why": f"{text}의 까닭"} | more


CHOICES = [
    choice("mean", "평균이다.", key=True),
    choice("median", "중앙값이다."),
    choice("mode", "최빈값이다."),
    choice("range", "범위이다."),
]
COMMON: dict[str, Any] = {
    "id": "x-sound",
    "section": "3-2-2",
    "detail": "분산분석(일원·이원)",
    "difficulty": 2,
    "tags": ["concept"],
    "stem": "무엇인가?",
    "explanation": "풀이",
    "sources": ["교재"],
}
BY_KIND: dict[str, dict[str, Any]] = {
    "choice": {"choice": CHOICES},
    "short": {"accept": ["결정계수"], "refuse": {"상관계수": "제곱하기 전이다."}},
    "number": {"answer": 0.95, "mistakes": {"0.8": "민감도이다."}, "proof": "TRUE"},
}


def table(kind: str = "choice", **changes: Any) -> dict[str, Any]:
    """A sound question, changed."""
    made = COMMON | {"kind": kind} | BY_KIND[kind] | changes
    return {key: value for key, value in made.items() if value is not ABSENT}


class Writer:
    """Writes bank files and reads them."""

    def __init__(self, folder: Path, make: Maker) -> None:
        self.path = folder / "mine.toml"
        self._syllabus = make.syllabus

    def read(self, content: str | bytes) -> tuple[list[Question], list[Problem]]:
        data = content.encode() if isinstance(content, str) else content
        self.path.write_bytes(data)
        questions, problems = read_bank_file(self.path, self._syllabus)
        return [*questions], [*problems]

    def read_tables(self, *tables: dict[str, Any]) -> tuple[list[Question], list[Problem]]:
        return self.read(tomli_w.dumps({"format_version": 1, "question": [*tables]}))

    def problems(self, *tables: dict[str, Any]) -> list[tuple[str, str]]:
        """Key and sentence of each problem of the first question."""
        _, problems = self.read_tables(*tables)
        return [(problem.key, problem.text) for problem in problems]


@pytest.fixture
def writer(tmp_path: Path, make: Maker) -> Writer:
    return Writer(tmp_path, make)


class TestSound:
    @pytest.mark.parametrize("kind", BY_KIND)
    def test_is_taken(self, writer: Writer, kind: str) -> None:
        questions, problems = writer.read_tables(table(kind))
        assert problems == []
        assert questions[0].kind == kind
        assert questions[0].origin == str(writer.path)
        assert not questions[0].trusted

    def test_as_notepad_saves_it(self, writer: Writer) -> None:
        """A byte order mark and carriage returns."""
        text = tomli_w.dumps({"format_version": 1, "question": [table()]})
        _, problems = writer.read(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
        assert problems == []

    def test_no_questions_yet(self, writer: Writer) -> None:
        assert writer.read("format_version = 1\n") == ([], [])


class TestWholeFile:
    """What keeps a file from being read at all is one problem of that file."""

    @pytest.mark.parametrize(
        ("content", "told"),
        [
            pytest.param(b"format_version = 1\n[[question", "문법", id="no-toml"),
            pytest.param(b"", "format_version", id="empty"),
            pytest.param(b"format_version = 2\n", "지금: 2", id="newer"),
            pytest.param("이름 = '밤'".encode("cp949"), "UTF-8", id="cp949"),
            pytest.param(b"\xff\xfe", "UTF-8", id="utf-16"),
            pytest.param(b"format_version = 1\nquestions = []\n", "questions", id="unknown-key"),
            pytest.param(b"format_version = 1\nquestion = 3\n", "[[question]]", id="no-tables"),
            pytest.param(b"format_version = 1\n[question]\n", "[[question]]", id="one-bracket"),
            pytest.param(b"format_version = 1\nquestion = [1]\n", "[[question]]", id="no-table"),
            pytest.param(b"a = " + b"[" * 9_000, "문법", id="nested-beyond-all-bounds"),
            pytest.param(b"a = " + b"9" * 9_000, "문법", id="a-number-of-9000-digits"),
            pytest.param(b"#" * (MAX_FILE_BYTES + 1), "MB", id="too-big"),
        ],
    )
    def test_is_told(self, writer: Writer, content: bytes, told: str) -> None:
        questions, (problem,) = writer.read(content)
        assert questions == []
        assert (problem.file, problem.question, problem.key) == ("mine.toml", "", "")
        assert told in problem.text

    def test_a_folder_named_like_a_file(self, writer: Writer, make: Maker) -> None:
        writer.path.mkdir()
        _, (problem,) = read_bank_file(writer.path, make.syllabus)
        assert "열 수 없습니다" in problem.text

    @given(st.binary(max_size=300))
    def test_no_bytes_break_the_reader(
        self, tmp_path_factory: pytest.TempPathFactory, make: Maker, content: bytes
    ) -> None:
        desk = Writer(tmp_path_factory.mktemp("bank"), make)
        desk.read(content)
        desk.read(b"format_version = 1\n[[question]]\n" + content)


class TestKeys:
    """What decoding finds: unknown, missing and wrongly typed keys, the nearest good one named."""

    @pytest.mark.parametrize(
        ("changes", "key", "told"),
        [
            ({"stemm": "?"}, "stemm", "혹시 stem?"),
            ({"xyz": 1}, "xyz", "쓸 수 있는 항목"),
            ({"sources": "교재"}, "sources", "목록"),
            ({"difficulty": "쉬움"}, "difficulty", "정수"),
            ({"difficulty": True}, "difficulty", "정수"),
            ({"tags": "concept"}, "tags", "목록"),
            ({"tags": ["negativ"]}, "tags", "negative?"),
            ({"tags": ["엉뚱"]}, "tags", "쓸 수 있는 값: calculation"),
            ({"kind": "choise"}, "kind", "choice?"),
            ({"section": 3}, "section", "글"),
            ({"choices": CHOICES}, "choices", "혹시 choice?"),
            ({"choice": 3}, "choice", "[[question.choice]]"),
            ({"choice": CHOICES[0]}, "choice", "[[question.choice]]"),
            ({"choice": [1, *CHOICES[1:]]}, "choice[1]", "표"),
            (
                {"choice": [*CHOICES[:3], choice("d", "라") | {"kye": True}]},
                "choice[4].kye",
                "key?",
            ),
            ({"choice": [{"name": "a", "text": "가"}]}, "choice[1].why", "꼭 있어야"),
            (
                {"choice": [*CHOICES[:3], choice("d", "라", key="yes")]},
                "choice[4].key",
                "true/false",
            ),
            ({"exhibit": "표"}, "exhibit", "표"),
            ({"exhibit": {"code": "1"}}, "exhibit.code", "모르는"),
            ({"exhibit": {"r": 5}}, "exhibit.r", "글"),
            pytest.param({"origin": "built-in"}, "origin", "모르는", id="claims-to-be-ours"),
            pytest.param(
                {"exhibit": {"r": "1", "transcript": {}}},
                "exhibit.transcript",
                "모르는",
                id="brings-its-own-transcript",
            ),
        ],
    )
    def test_is_told(self, writer: Writer, changes: dict[str, Any], key: str, told: str) -> None:
        found = writer.problems(table() | changes)
        assert [k for k, _ in found] == [key]
        assert told in found[0][1]

    @pytest.mark.parametrize(
        ("kind", "changes", "key"),
        [
            ("number", {"answer": "0.95"}, "answer"),
            ("number", {"answer": 10**400}, "answer"),
            ("number", {"mistakes": {"0.8": 3}}, "mistakes"),
            ("number", {"mistakes": ["0.8"]}, "mistakes"),
            ("short", {"accept": "결정계수"}, "accept"),
            ("short", {"refuse": {"상관계수": False}}, "refuse"),
        ],
    )
    def test_of_other_kinds(
        self, writer: Writer, kind: str, changes: dict[str, Any], key: str
    ) -> None:
        assert [k for k, _ in writer.problems(table(kind, **changes))] == [key]

    @pytest.mark.parametrize("key", ["section", "kind", "stem", "explanation", "tags", "sources"])
    def test_what_must_be_there(self, writer: Writer, key: str) -> None:
        without = {name: value for name, value in table().items() if name != key}
        assert writer.problems(without) == [(key, "꼭 있어야 하는 항목입니다.")]

    def test_all_at_once(self, writer: Writer) -> None:
        """Five faults in two questions: five lines, each with its place."""
        broken = table(id="x-one", stemm="?", difficulty="a", choice=[{"name": "a"}])
        nameless = table(id=ABSENT, tags=["negativ"])
        _, problems = writer.read_tables(broken, nameless)
        places = {(p.file, p.question, p.key) for p in problems}
        assert places == {
            ("mine.toml", "x-one", "stemm"),
            ("mine.toml", "x-one", "difficulty"),
            ("mine.toml", "x-one", "choice[1].text"),
            ("mine.toml", "x-one", "choice[1].why"),
            ("mine.toml", "2번째 문항", "id"),
            ("mine.toml", "2번째 문항", "tags"),
        }
        assert all(str(p).startswith("mine.toml › ") for p in problems)

    def test_one_bad_question_costs_only_itself(self, writer: Writer) -> None:
        tables = [
            table(id="x-a"),
            table(id="x-b", stem=5),
            table(id="x-c"),
            table(id="x-d") | {"kind": 1},
        ]
        questions, problems = writer.read_tables(*tables)
        assert [question.id for question in questions] == ["x-a", "x-c"]
        assert [problem.question for problem in problems] == ["x-b", "x-d"]


class TestContent:
    """What checking finds in a question that could be decoded."""

    @pytest.mark.parametrize(
        ("kind", "changes", "key", "told"),
        [
            ("choice", {"id": "X_Bad"}, "id", "소문자"),
            ("choice", {"id": "../../etc/passwd"}, "id", "소문자"),
            ("choice", {"difficulty": 6}, "difficulty", "1에서 5"),
            ("choice", {"sources": []}, "sources", "하나는"),
            ("choice", {"section": "3-2-9"}, "section", "혹시 3-2-"),
            ("choice", {"section": "3-2"}, "section", "없는 절"),
            ("choice", {"detail": "분산분석"}, "detail", "혹시 '분산분석(일원·이원)'?"),
            ("choice", {"stem": " "}, "stem", "비어"),
            ("choice", {"explanation": ""}, "explanation", "비어"),
            ("choice", {"stem": "가\u0301?"}, None, ""),
            ("choice", {"stem": "\u1100\u1161?"}, "stem", "NFD"),
            ("choice", {"explanation": "정답은 3번이다."}, "explanation", "자리"),
            ("choice", {"explanation": "②가 옳다."}, "explanation", "자리"),
            ("choice", {"stem": "위의 보기에서 고르면?"}, "stem", "자리"),
            ("choice", {"explanation": "13번은 아니다."}, None, ""),
            ("choice", {"stem": "옳지 **않은** 것은?"}, "tags", "있어야"),
            ("choice", {"stem": "옳지 **않은** 것은?", "tags": ["negative"]}, None, ""),
            ("choice", {"stem": "옳지 않은 것은?", "tags": ["negative"]}, "stem", "굵게"),
            ("choice", {"tags": ["negative"]}, "tags", "없어야"),
            ("choice", {"stem": "거리가 **먼** 것은?", "tags": ["negative"]}, None, ""),
            ("choice", {"choice": CHOICES[:3]}, "choice", "지금 3개"),
            ("choice", {"choice": [*CHOICES[:3], choice("d", "라", key=True)]}, "choice", "2개"),
            ("choice", {"choice": [*CHOICES[1:], choice("d", "라")]}, "choice", "0개"),
            ("choice", {"choice": [*CHOICES[:3], choice("mean", "라")]}, "choice", "이름이 같은"),
            ("choice", {"choice": [*CHOICES[:3], choice("d", "평균 이다")]}, "choice", "같은 뜻"),
            (
                "choice",
                {"choice": [*CHOICES[:2], choice("c", "0.5"), choice("d", ".50")]},
                "choice",
                "같은 뜻",
            ),
            (
                "choice",
                {"choice": [*CHOICES[:3], choice("d", "모두 옳다.")]},
                "choice[4].text",
                "모두 맞다",
            ),
            ("choice", {"accept": ["평균"]}, "accept", "쓰지 않는"),
            ("choice", {"answer": 0.0}, "answer", "쓰지 않는"),
            ("short", {"accept": []}, "accept", "하나는"),
            ("short", {"accept": ["결정계수", "결정 계수"]}, "accept", "한 번만"),
            ("short", {"refuse": {"결정 계수": "왜"}}, "refuse", "같은 것"),
            ("short", {"choice": CHOICES}, "choice", "쓰지 않는"),
            pytest.param(
                "short", {"accept": ["결정계수", ""]}, "accept", "글자가 없는", id="accepts-nothing"
            ),
            pytest.param(
                "short", {"accept": ["-"]}, "accept", "글자가 없는", id="accepts-what-folds-away"
            ),
            pytest.param(
                "short", {"refuse": {"…": ""}}, "refuse.…", "비어", id="refuses-for-nothing"
            ),
            ("number", {"answer": ABSENT}, "answer", "있어야"),
            ("number", {"tolerance": -0.1}, "tolerance", "0 이상"),
            ("number", {"proof": ABSENT}, "proof", "증명"),
            ("number", {"mistakes": {"반": "왜"}}, "mistakes.반", "수로"),
            ("number", {"mistakes": {"0.95": "왜"}}, "mistakes.0.95", "정답으로"),
            ("number", {"accept": ["0.95"]}, "accept", "쓰지 않는"),
            pytest.param("number", {"answer": float("nan")}, "answer", "유한", id="answer-nan"),
            pytest.param("number", {"answer": float("inf")}, "answer", "유한", id="answer-inf"),
            pytest.param(
                "number",
                {"tolerance": float("inf"), "mistakes": {}},
                "tolerance",
                "유한",
                id="all-right",
            ),
            pytest.param(
                "number", {"tolerance": float("nan")}, "tolerance", "유한", id="none-right"
            ),
            pytest.param(
                "number", {"mistakes": {"nan": "왜"}}, "mistakes.nan", "수로", id="wrong-nan"
            ),
            ("choice", {"exhibit": {}}, "exhibit", "하나만"),
            ("choice", {"exhibit": {"r": "1", "text": "1"}}, "exhibit", "하나만"),
            ("choice", {"exhibit": {"r": "1"}}, None, ""),
        ],
    )
    def test_is_told(
        self, writer: Writer, kind: str, changes: dict[str, Any], key: str | None, told: str
    ) -> None:
        found = writer.problems(table(kind, **changes))
        if key is None:
            assert found == []
        else:
            assert {k for k, _ in found} == {key}, found
            assert any(told in sentence for _, sentence in found)

    @pytest.mark.parametrize(
        ("kind", "changes"),
        [
            ("choice", {"stem": f"무엇{ESC}인가?"}),
            ("choice", {"explanation": "\u202e거꾸로"}),
            ("choice", {"sources": [f"교재{ESC}"]}),
            ("choice", {"choice": [*CHOICES[:3], choice("d", f"라{ESC}")]}),
            ("choice", {"choice": [*CHOICES[:3], choice("d", "라", why="\x9b2J")]}),
            ("choice", {"choice": [*CHOICES[:3], choice(f"d{ESC}", "라")]}),
            ("choice", {"exhibit": {"text": f"표{ESC}"}}),
            ("choice", {"exhibit": {"r": f"1 # {ESC}"}}),
            ("choice", {"exhibit": {"text": "표", "caption": f"그림{ESC}"}}),
            ("short", {"accept": [f"결정계수{ESC}"]}),
            ("short", {"refuse": {f"상관{ESC}": "왜"}}),
            ("short", {"refuse": {"상관": f"왜{ESC}"}}),
            ("number", {"unit": ESC}),
            ("number", {"mistakes": {"0.8": ESC}}),
            ("choice", {"section": f"extra-{ESC}"}),
        ],
    )
    def test_nothing_that_a_terminal_obeys_gets_in(
        self, writer: Writer, kind: str, changes: dict[str, Any]
    ) -> None:
        """By whatever door, and the problem itself is clean: it is printed too."""
        questions, problems = writer.read_tables(table(kind, **changes))
        assert questions == []
        assert problems
        assert all(str(problem).isprintable() for problem in problems)

    @pytest.mark.parametrize(
        "hostile",
        [
            table(id=f"x{ESC}"),
            table() | {ESC: 1},
            table(section=ESC),
            table() | {"kind": ESC},
            {"id": ESC},
        ],
        ids=["id", "key", "section", "kind", "only-an-id"],
    )
    def test_the_problem_itself_is_clean(self, writer: Writer, hostile: dict[str, Any]) -> None:
        _, problems = writer.read_tables(hostile)
        assert problems
        parts = [part for p in problems for part in (p.file, p.question, p.key, p.text)]
        assert all(part.isprintable() for part in parts)

    @pytest.mark.parametrize(
        ("texts", "stem", "told"),
        [
            (("ㄱ, ㄴ", "ㄱ, ㄷ", "ㄴ, ㄷ", "ㄷ, ㄹ"), "ㄱ. 하나 ㄴ. 둘 ㄷ. 셋", "ㄹ"),
            (
                ("ㄱ, ㄴ", "ㄱ, ㄷ", "ㄱ, ㄹ", "ㄱ, ㄴ, ㄷ"),
                "모두? ㄱ. ㄴ. ㄷ. ㄹ.",
                "가르지 못합니다",
            ),
            (("ㄱ", "ㄱ, ㄴ", "ㄷ", "ㄹ"), "옳은 것은? ㄱ. ㄴ. ㄷ. ㄹ.", "모두 고른 것"),
        ],
    )
    def test_combinations(
        self, writer: Writer, texts: tuple[str, ...], stem: str, told: str
    ) -> None:
        choices = [choice(str(n), text, key=n == 0) for n, text in enumerate(texts)]
        found = writer.problems(table(tags=["combination"], stem=stem, choice=choices))
        assert len(found) == 1
        assert told in found[0][1]


class TestIds:
    def test_used_twice_in_a_file(self, writer: Writer) -> None:
        """The first keeps it: the learner's history hangs on it."""
        questions, (problem,) = writer.read_tables(table(stem="처음?"), table(stem="다음?"))
        assert [question.stem for question in questions] == ["처음?"]
        assert problem.key == "id"
        assert "mine.toml" in problem.text

    def test_an_id_with_nul_costs_only_itself(self, writer: Writer) -> None:
        hostile = table(id="a\x00b", exhibit={"r": "1"})
        questions, problems = writer.read_tables(hostile, table())
        assert [question.id for question in questions] == ["x-sound"]
        assert {problem.key for problem in problems} == {"id"}

    def test_a_bank_of_her_own_takes_no_shipped_id(
        self, paths_of_banks: Path, shipped_bank: Bank
    ) -> None:
        taken = shipped_bank.questions[0]
        write(paths_of_banks / "mine.toml", table(id=taken.id, stem="바꿔치기?"), table())
        bank = load_bank(shipped("questions"), paths_of_banks)
        assert bank.by_id[taken.id] == taken
        assert "x-sound" in bank.by_id
        assert [problem.question for problem in bank.problems] == [taken.id]

    def test_nor_when_its_file_has_the_same_name(
        self, paths_of_banks: Path, shipped_bank: Bank
    ) -> None:
        taken = shipped_bank.questions[0]
        write(paths_of_banks / f"{taken.section}.toml", table(id=taken.id, stem="바꿔치기?"))
        bank = load_bank(shipped("questions"), paths_of_banks)
        assert bank.by_id[taken.id] == taken
        assert len(bank.problems) == 1


@pytest.fixture
def paths_of_banks(tmp_path: Path) -> Path:
    folder = tmp_path / "banks"
    folder.mkdir()
    return folder


def write(path: Path, *tables: dict[str, Any]) -> None:
    path.write_text(tomli_w.dumps({"format_version": 1, "question": [*tables]}), encoding="utf-8")


class TestFolders:
    def test_a_missing_folder_is_empty(self, tmp_path: Path, shipped_bank: Bank) -> None:
        bank = load_bank(shipped("questions"), tmp_path / "none")
        assert bank.questions == shipped_bank.questions

    def test_one_bad_file_costs_only_itself(self, paths_of_banks: Path) -> None:
        (paths_of_banks / "bad.toml").write_text("format_version = ", encoding="utf-8")
        write(paths_of_banks / "good.toml", table())
        bank = load_bank(shipped("questions"), paths_of_banks)
        assert "x-sound" in bank.by_id
        assert [problem.file for problem in bank.problems] == ["bad.toml"]

    def test_no_bank_at_all(self, tmp_path: Path) -> None:
        with pytest.raises(BankError, match="과목 체계"):
            load_bank(tmp_path)

    def test_a_bank_without_a_question(self, tmp_path: Path) -> None:
        for name in ("syllabus.toml", "exams.toml"):
            (tmp_path / name).write_bytes((shipped("questions") / name).read_bytes())
        with pytest.raises(BankError, match="하나도"):
            load_bank(tmp_path)

    @pytest.mark.parametrize("name", ["syllabus.toml", "exams.toml"])
    @pytest.mark.parametrize(
        "content",
        [
            b"a = ",
            b"\xff",
            b"format_version = 'x'",
            pytest.param(b"a = " + b"1" * 9_000, id="digits"),
        ],
    )
    def test_a_broken_frame(self, tmp_path: Path, name: str, content: bytes) -> None:
        for other in ("syllabus.toml", "exams.toml"):
            (tmp_path / other).write_bytes((shipped("questions") / other).read_bytes())
        (tmp_path / name).write_bytes(content)
        with pytest.raises(BankError, match="읽을 수 없습니다"):
            load_bank(tmp_path)
