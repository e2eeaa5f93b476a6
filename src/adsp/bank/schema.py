"""The JSON Schema of a bank file, for editors."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from adsp.bank.question import Question  # noqa: TC001  (msgspec reads the annotation)

_SET_BY_LOADER = ("origin", "transcript")


class BankFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of the bank."""

    format_version: Literal[1]
    questions: tuple[Question, ...] = msgspec.field(name="question")


def bank_schema() -> dict[str, Any]:
    """The schema, without the fields that the loader sets itself."""
    schema = msgspec.json.schema(BankFile)
    for definition in schema["$defs"].values():
        for name in _SET_BY_LOADER:
            definition.get("properties", {}).pop(name, None)
    schema["$defs"].pop("Transcript", None)
    return schema
