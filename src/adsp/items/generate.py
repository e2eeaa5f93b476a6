"""A generator and a seed make a question; the same seed makes the same question."""

from __future__ import annotations

import random
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from adsp.bank.question import Question
from adsp.items import confusion, distance, fences, lm, rules, ttest
from adsp.items.draws import Record, draw_with_r, record_path, recorded, require_agreement
from adsp.items.generator import Collision, GenerationError
from adsp.settings import write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from adsp.items.generator import Body, Draw, Generator
    from adsp.r.engine import Engine

GENERATORS: Mapping[str, Generator] = MappingProxyType(
    {
        module.GENERATOR.name: module.GENERATOR
        for module in (confusion, rules, distance, fences, ttest, lm)
    }
)
RECORDED_SEEDS = range(1, 13)
_ATTEMPTS = 50


def generate(name: str, seed: int, engine: Engine, scripts: Path) -> Question:
    """The question of generator ``name`` for ``seed`` (0 or more), its key computed twice.

    With no R the seed picks one of the recorded seeds, and the question is the one that R makes
    of that seed: its id names the recorded seed. Blocks for R and, once, for importing scipy.

    Raises:
        GenerationError: no such generator, no R and no record, or R and Python disagree.
    """
    generator = _find(name)
    if seed < 0:
        raise GenerationError(f"시드는 0 이상의 정수여야 합니다: {seed}")
    if engine.name != "none":
        _, body = _draw_and_compose(generator, seed, engine, scripts)
        return _question(generator, seed, body)
    records = recorded(name, scripts)
    record = records[seed % len(records)]
    require_agreement(generator, record.draw)
    body = generator.compose(record.draw, _rng(generator, record.seed, record.draw.attempt))
    return _question(generator, record.seed, body)


def record(engine: Engine, scripts: Path) -> Path:
    """Write what R returns for the recorded seeds of all generators; gives the file's path.

    Raises:
        GenerationError: there is no R, or it disagrees with Python.
    """
    if engine.name == "none":
        raise GenerationError("기록하려면 R이 있어야 합니다. adsp doctor 로 확인하세요.")
    path = record_path(scripts)
    write_atomically(path, recording(engine, scripts), private=False)
    return path


def recording(engine: Engine, scripts: Path) -> str:
    """The text of the record file, a line a draw."""
    parts = []
    for name, generator in GENERATORS.items():
        lines = [
            msgspec.json.encode(
                Record(seed, _draw_and_compose(generator, seed, engine, scripts)[0])
            ).decode()
            for seed in RECORDED_SEEDS
        ]
        parts.append(f'"{name}": [\n' + ",\n".join(lines) + "\n]")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _find(name: str) -> Generator:
    if name not in GENERATORS:
        known = ", ".join(GENERATORS)
        raise GenerationError(f"'{name}' 은(는) 없는 문항 생성기입니다. 있는 것: {known}")
    return GENERATORS[name]


def _draw_and_compose(
    generator: Generator, seed: int, engine: Engine, scripts: Path
) -> tuple[Draw, Body]:
    """Draw until a draw serves; each attempt has a seed of its own."""
    for attempt in range(_ATTEMPTS):
        draw = draw_with_r(generator, seed, attempt, engine, scripts)
        require_agreement(generator, draw)
        try:
            return draw, generator.compose(draw, _rng(generator, seed, attempt))
        except Collision:
            continue
    raise GenerationError(
        f"'{generator.title}' 문항의 시드 {seed}에서는 쓸 만한 수를 얻지 못했습니다."
        " 다른 시드로 다시 만드세요."
    )


def _rng(generator: Generator, seed: int, attempt: int) -> random.Random:
    return random.Random(f"{generator.name} {seed} {attempt}")  # noqa: S311  (no secret)


def _question(generator: Generator, seed: int, body: Body) -> Question:
    answer = body.answer
    return Question(
        id=f"gen-{generator.name}-{seed}",
        section=generator.section,
        detail=generator.detail,
        kind=answer.kind,
        stem=body.stem,
        explanation=body.explanation,
        difficulty=body.difficulty,
        tags=body.tags,
        sources=body.sources,
        exhibit=body.exhibit,
        choices=answer.choices,
        answer=answer.answer,
        tolerance=answer.tolerance,
        mistakes=dict(answer.mistakes or {}),
        proof=body.proof,
    )
