"""Is a decoded question sound? What is wrong here keeps the question out of the bank."""

from __future__ import annotations

import difflib
import re
import unicodedata
from itertools import combinations
from math import inf, isfinite
from typing import TYPE_CHECKING, TypeAlias

from adsp.bank.question import Choice, Kind, Question, code_hash
from adsp.text import fold, unsafe_characters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adsp.bank.syllabus import Syllabus

Finding: TypeAlias = tuple[str, str]

CHOICES = 4
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_POSITION = re.compile(
    r"[①-⑩]|(?<!\d)[1-4]\s*번\s*(?:보기|선택지|문항)?(?=[은는이가과와을를의,. ])|위의 보기"
)
_NEGATIVE = re.compile(r"(?:않은|아닌|틀린|잘못된|거리가 먼)[^?]{0,12}것")
_MARKED = re.compile(r"\*\*[^*]*(?:않|아닌|틀린|잘못|거리가 먼|먼)[^*]*\*\*")
_ALL_OF_ABOVE = re.compile(r"모두 맞|모두 옳|모두 정답|정답 없음|정답이 없|해당 없음")


def check_question(question: Question, syllabus: Syllabus) -> list[Finding]:
    """All that is wrong with a question, as (key, Korean sentence); empty if it is sound."""
    return [
        *_check_place(question, syllabus),
        *_check_texts(question),
        *_check_stem(question),
        *_CHECK_KIND[question.kind](question),
        *_check_exhibit(question),
    ]


def _check_place(question: Question, syllabus: Syllabus) -> Iterator[Finding]:
    if not _ID.fullmatch(question.id):
        yield "id", "영어 소문자, 숫자, 붙임표만 씁니다: 3-2-2-lm-cars"
    if not 1 <= question.difficulty <= 5:
        yield "difficulty", "1에서 5 사이여야 합니다."
    if not question.sources:
        yield "sources", "의심하는 사람이 찾아볼 곳이 하나는 있어야 합니다."
    if question.section.startswith("extra-"):
        return
    section = syllabus.sections.get(question.section)
    if section is None:
        near = difflib.get_close_matches(question.section, syllabus.sections, n=1, cutoff=0.3)
        yield (
            "section",
            f"없는 절입니다: {question.section}" + (f" 혹시 {near[0]}?" if near else ""),
        )
    elif question.detail not in section.details:
        near = difflib.get_close_matches(question.detail, section.details, n=1, cutoff=0.2)
        hint = f" 혹시 '{near[0]}'?" if near else ""
        yield "detail", f"{question.section}의 세세항목이 아닙니다: {question.detail}.{hint}"


_MAY_BE_EMPTY = ("exhibit", "unit")


def _texts(question: Question) -> Iterator[tuple[str, str]]:
    """Every text of a question that is shown, with its key."""
    for key in ("section", "stem", "explanation", "unit"):
        yield key, getattr(question, key)
    yield from (("sources", source) for source in question.sources)
    yield from (("accept", form) for form in question.accept)
    for number, choice in enumerate(question.choices, start=1):
        for key in ("name", "text", "why"):
            yield f"choice[{number}].{key}", getattr(choice, key)
    for key, table in (("refuse", question.refuse), ("mistakes", question.mistakes)):
        for word, why in table.items():
            yield f"{key}.{word}", word
            yield f"{key}.{word}", why
    if question.exhibit:
        yield "exhibit", question.exhibit.shown
        yield "exhibit.r", question.exhibit.r
        yield "exhibit.caption", question.exhibit.caption


def _check_texts(question: Question) -> Iterator[Finding]:
    for key, text in _texts(question):
        if not text.strip() and not key.startswith(_MAY_BE_EMPTY):
            yield key, "비어 있습니다."
        if bad := unsafe_characters(text):
            yield key, f"화면을 어지럽힐 수 있는 글자가 있습니다: {', '.join(bad)}"
        if unicodedata.normalize("NFC", text) != text:
            yield key, "풀어 쓴 한글(NFD)입니다. NFC로 바꿔 주세요."
        if not key.startswith("exhibit") and (found := _POSITION.search(text)):
            yield key, f"보기는 섞어서 보이므로 자리를 가리킬 수 없습니다: '{found.group()}'"


def _check_stem(question: Question) -> Iterator[Finding]:
    asks_negative = bool(_NEGATIVE.search(question.stem.replace("*", "")))
    if asks_negative != ("negative" in question.tags):
        wanted = "있어야" if asks_negative else "없어야"
        yield "tags", f"줄기를 보면 negative 꼬리표가 {wanted} 합니다."
    if asks_negative and not _MARKED.search(question.stem):
        yield "stem", "부정을 굵게 표시하세요: 옳지 **않은** 것은?"


def _check_choice(question: Question) -> Iterator[Finding]:
    if len(question.choices) != CHOICES:
        yield "choice", f"보기는 {CHOICES}개여야 합니다(지금 {len(question.choices)}개)."
    if (keys := sum(choice.key for choice in question.choices)) != 1:
        yield "choice", f"key = true 인 보기는 하나여야 합니다(지금 {keys}개)."
    for one, other in combinations(question.choices, 2):
        if one.name == other.name:
            yield "choice", f"이름이 같은 보기가 있습니다: {one.name}"
        if _same_meaning(one, other):
            yield "choice", f"같은 뜻의 보기가 있습니다: '{one.text}', '{other.text}'"
    for number, choice in enumerate(question.choices, start=1):
        if _ALL_OF_ABOVE.search(choice.text):
            yield f"choice[{number}].text", "'모두 맞다', '정답 없음' 같은 보기는 쓰지 않습니다."
    yield from _unexpected(question, "accept", "refuse", "answer", "mistakes")
    yield from _check_combination(question)


def _same_meaning(one: Choice, other: Choice) -> bool:
    """Numbers by their value, where ``1.25`` is not ``12.5``; words by their fold."""
    try:
        return float(one.text) == float(other.text)
    except ValueError:
        return fold(one.text) == fold(other.text)


def _finite(text: str) -> float | None:
    """The number that a text is; None if it is none, or ``nan`` or ``inf``."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) else None


def _check_combination(question: Question) -> Iterator[Finding]:
    """ㄱㄴㄷ choices: each label defined in the stem; '모두' where one choice holds another."""
    sets = [set(re.findall(r"[ㄱ-ㅎ]", choice.text)) for choice in question.choices]
    if "combination" not in question.tags or not all(sets):
        return
    labels = set().union(*sets)
    if missing := sorted(
        label for label in labels if not re.search(rf"{label}[.)]", question.stem)
    ):
        yield "stem", f"줄기에 없는 기호를 보기가 씁니다: {', '.join(missing)}"
    for label in sorted(labels):
        if sum(label in one for one in sets) == CHOICES:
            yield "choice", f"{label} 이(가) 모든 보기에 있어 아무것도 가르지 못합니다."
    if any(a < b for a in sets for b in sets) and "모두" not in question.stem:
        yield "stem", "한 보기가 다른 보기를 품으면 '모두 고른 것'이라고 물어야 합니다."


def _check_short(question: Question) -> Iterator[Finding]:
    if not question.accept:
        yield "accept", "받아들일 답이 하나는 있어야 합니다."
    accepted = {fold(form) for form in question.accept}
    if "" in accepted:
        yield "accept", "글자가 없는 답이 있습니다. 비어 있는 답은 모른다는 뜻입니다."
    if clash := [word for word in question.refuse if fold(word) in accepted]:
        yield "refuse", f"받아들이는 답과 물리치는 답에 같은 것이 있습니다: {', '.join(clash)}"
    if len(accepted) < len(question.accept):
        yield "accept", "띄어쓰기나 대소문자만 다른 답은 한 번만 씁니다."
    yield from _unexpected(question, "choice", "answer", "mistakes")


def _check_number(question: Question) -> Iterator[Finding]:
    if question.answer is None:
        yield "answer", "정답인 수가 있어야 합니다."
        return
    if not isfinite(question.answer):
        yield "answer", "유한한 수여야 합니다."
    if not 0 <= question.tolerance < inf:
        yield "tolerance", "0 이상의 유한한 수여야 합니다."
    for text in question.mistakes:
        if (value := _finite(text)) is None:
            yield f"mistakes.{text}", '틀린 답은 수로 씁니다: "0.95" = "특이도이다."'
            continue
        if abs(value - question.answer) <= question.tolerance < inf:
            yield f"mistakes.{text}", "이 수는 정답으로 받아들여지는 범위 안에 있습니다."
    if not question.proof:
        yield "proof", "계산으로 얻는 답에는 R로 쓴 증명이 있어야 합니다."
    yield from _unexpected(question, "choice", "accept", "refuse")


def _unexpected(question: Question, *keys: str) -> Iterator[Finding]:
    for key in keys:
        attribute = "choices" if key == "choice" else key
        if getattr(question, attribute) not in ((), {}, None):
            yield key, f"{question.kind.value} 문항에는 쓰지 않는 항목입니다."


def _check_exhibit(question: Question) -> Iterator[Finding]:
    exhibit = question.exhibit
    if exhibit is None:
        return
    if bool(exhibit.r) == bool(exhibit.text):
        yield "exhibit", "r(실행할 코드)과 text(고정된 글) 가운데 하나만 씁니다."
    if exhibit.r and question.trusted:
        if exhibit.transcript is None:
            yield "exhibit.r", "기록된 출력이 없습니다. adsp bank record 로 기록하세요."
        elif exhibit.transcript.code_hash != code_hash(exhibit.r):
            yield "exhibit.r", "기록이 다른 코드의 것입니다. adsp bank record 로 다시 기록하세요."


_CHECK_KIND = {
    Kind.CHOICE: _check_choice,
    Kind.SHORT: _check_short,
    Kind.NUMBER: _check_number,
}
