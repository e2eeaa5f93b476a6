"""Why a run did not end well, and what to do, in Korean."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from adsp.r.engine import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adsp.r.engine import Event

_ENDED = {
    Outcome.OUTPUT_LIMIT: (
        "출력이 너무 길어 멈췄습니다. 반복 횟수를 줄이거나 head()로 일부만 출력하세요."
    ),
    Outcome.DISK_LIMIT: "파일을 너무 많이 써서 멈췄습니다. 저장하는 양을 줄이세요.",
    Outcome.CRASHED: (
        "코드가 끝나기 전에 R이 종료되었습니다. q()나 quit()이 있으면 지우고 다시 실행하세요."
    ),
    Outcome.STOPPED: "실행을 멈췄습니다.",
}
_ERRORS = (
    (
        r"unexpected (input|symbol|invalid token)[\s\S]*[‘’“”，（）]",
        "따옴표, 쉼표, 괄호가 한글 문서에서 쓰는 모양입니다. 자판으로 다시 입력하세요.",
    ),
    (r"unexpected end of input", "괄호나 따옴표가 닫히지 않았습니다. 짝을 확인하세요."),
    (
        r"unexpected '?(\S+?)'?($|\s)",
        "문법 오류입니다. {0} 앞뒤의 쉼표, 괄호, 따옴표를 확인하세요.",
    ),
    (
        r'could not find function "(.+?)"',
        "함수 {0}을(를) 찾을 수 없습니다. 철자와 대소문자, library() 호출을 확인하세요.",
    ),
    (
        r"object '(.+?)' not found",
        "이름 {0}이(가) 없습니다. 먼저 만들었는지, 철자와 대소문자가 맞는지 확인하세요.",
    ),
    (
        r"there is no package called [‘'](.+?)[’']",
        "패키지 {0}이(가) 설치되어 있지 않습니다. 저장된 출력 예시를 보거나 R에서 설치하세요.",
    ),
    (r"cannot allocate", "메모리가 모자랍니다. 데이터 크기를 줄이세요."),
    (
        r"infinite recursion|C stack usage|nested too deeply",
        "함수가 자기 자신을 끝없이 부릅니다. 멈추는 조건을 넣으세요.",
    ),
    (
        r"cannot open (the connection|URL|file)|Permission denied|Operation not permitted",
        "여기서는 임시 폴더 밖의 파일과 네트워크를 쓸 수 없습니다. 내장 데이터를 쓰세요.",
    ),
    (r"non-numeric argument", "숫자가 아닌 값으로 계산했습니다. class()로 자료형을 확인하세요."),
    (r"subscript out of bounds", "색인이 범위를 벗어났습니다. dim()이나 length()를 확인하세요."),
    (r"undefined columns selected", "없는 열을 골랐습니다. names()로 열 이름을 확인하세요."),
    (r"arguments imply differing number of rows", "열마다 길이가 다릅니다. length()를 맞추세요."),
)


def explain(outcome: Outcome, events: Sequence[Event], timeout: float) -> str:
    """A Korean sentence or two for a run with ``outcome``; empty for OK."""
    if outcome is Outcome.OK:
        return ""
    if outcome is Outcome.TIMEOUT:
        return (
            f"{timeout:g}초 안에 끝나지 않아 멈췄습니다. 끝나지 않는 반복이 없는지 확인하거나"
            " 데이터를 줄이세요."
        )
    if outcome is Outcome.R_ERROR:
        return _explain_error(next((e.text for e in reversed(events) if e.kind == "error"), ""))
    return _ENDED[outcome]


def _explain_error(message: str) -> str:
    for pattern, advice in _ERRORS:
        if match := re.search(pattern, message):
            return advice.format(*match.groups())
    return "R이 오류를 알렸습니다. 오류 문장이 가리키는 함수와 인자를 확인하세요."
