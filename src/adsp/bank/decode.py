"""One TOML table -> one `Question`, every wrong key and value told at once.

msgspec stops at the first error of a struct, so each key is converted on its own.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

import msgspec

from adsp.bank.question import Choice, Exhibit, Question, Transcript

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SET_BY_LOADER = {"origin", "transcript"}

type_names = {"str": "글", "int": "정수", "float": "수", "bool": "true/false", "array": "목록"}


def decode_question(
    table: dict[str, Any], origin: str, transcript_of: Callable[[str], Transcript | None]
) -> tuple[Question | None, list[tuple[str, str]]]:
    """Build a question, or say all that keeps it from being one, as (key, Korean sentence)."""
    problems = list(_struct_problems(table, Question, ""))
    choices = table.get("choice", [])
    if isinstance(choices, list):
        for number, choice in enumerate(choices, start=1):
            problems += _struct_problems(choice, Choice, f"choice[{number}].")
    else:
        problems.append(
            ("choice", "보기는 [[question.choice]] 으로 시작해야 합니다(대괄호 두 겹).")
        )
    if "exhibit" in table:
        problems += _struct_problems(table["exhibit"], Exhibit, "exhibit.")
    if problems:
        return None, problems
    question = msgspec.convert(table | {"origin": origin}, Question)
    if question.exhibit and question.exhibit.r:
        exhibit = msgspec.structs.replace(question.exhibit, transcript=transcript_of(question.id))
        question = msgspec.structs.replace(question, exhibit=exhibit)
    return question, []


def _struct_problems(table: object, struct: type, prefix: str) -> Iterator[tuple[str, str]]:
    """What is unknown, missing or of the wrong type among the keys of a table."""
    if not isinstance(table, dict):
        yield prefix.rstrip("."), "표(table)여야 합니다."
        return
    fields = {
        field.encode_name: field
        for field in msgspec.structs.fields(struct)
        if field.name not in _SET_BY_LOADER
    }
    for key in table.keys() - fields.keys():
        near = difflib.get_close_matches(key, fields, n=1)
        hint = f" 혹시 {near[0]}?" if near else f" 쓸 수 있는 항목: {', '.join(fields)}"
        yield prefix + key, f"모르는 항목입니다.{hint}"
    for key, field in fields.items():
        if key not in table:
            if field.required:
                yield prefix + key, "꼭 있어야 하는 항목입니다."
        elif key not in {"choice", "exhibit"}:  # looked at key by key of their own
            yield from _type_problem(table[key], field.type, prefix + key)


def _type_problem(value: object, wanted: Any, key: str) -> Iterator[tuple[str, str]]:
    try:
        msgspec.convert(value, wanted)
    except msgspec.ValidationError as error:
        yield key, f"값이 맞지 않습니다: {_korean(str(error))}{_nearest(value, wanted)}"


def _korean(message: str) -> str:
    """msgspec's sentence with its type words in Korean, its place dropped (the key says it)."""
    message = message.partition(" - at ")[0]
    for name, korean in type_names.items():
        message = message.replace(f"`{name}`", korean)
    return message.replace("Expected", "바라는 값은").replace(", got", ", 준 값은")


def _nearest(value: object, wanted: Any) -> str:
    """The allowed value that is nearest to a wrong word of an enumeration."""
    allowed = [str(item) for item in _allowed(wanted)]
    words = value if isinstance(value, list) else [value]
    wrong = [str(word) for word in words if str(word) not in allowed]
    if not allowed or not wrong:
        return ""
    near = difflib.get_close_matches(wrong[0], allowed, n=1, cutoff=0.4)
    return f" ({wrong[0]} → {near[0]}?)" if near else f" (쓸 수 있는 값: {', '.join(allowed)})"


def _allowed(wanted: Any) -> tuple[object, ...]:
    """The members of an enumeration or a tuple of literals; empty for any other type."""
    match msgspec.inspect.type_info(wanted):
        case msgspec.inspect.EnumType(cls=cls):
            return tuple(member.value for member in cls)
        case msgspec.inspect.VarTupleType(item_type=msgspec.inspect.LiteralType(values=values)):
            return tuple(values)
    return ()
