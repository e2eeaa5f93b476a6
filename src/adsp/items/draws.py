"""A draw from R, or from what R once returned; and the check of R's numbers by Python's."""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING

import msgspec

from adsp.items.generator import Draw, GenerationError
from adsp.r.engine import Outcome

if TYPE_CHECKING:
    from pathlib import Path

    from adsp.items.generator import Generator, Numbers
    from adsp.r.engine import Engine, Run, Value

FOLDER = "generators"
AGREEMENT = 1e-8
"""Largest relative difference between R and Python, before rounding."""


class Record(msgspec.Struct, frozen=True):
    """The draw that R returned for a seed."""

    seed: int
    draw: Draw


def draw_with_r(
    generator: Generator, seed: int, attempt: int, engine: Engine, scripts: Path
) -> Draw:
    """Run the generator's script.

    Raises:
        GenerationError: the script cannot be read, or R did not come to its end.
    """
    path = scripts / FOLDER / f"{generator.name}.R"
    try:
        code = path.read_text(encoding="utf-8")
    except OSError as error:
        raise GenerationError(f"문항을 만드는 R 코드가 없습니다: {path}") from error
    wanted = {name: f"drawn[['{name}']]" for name in generator.drawn}
    wanted |= {"quantities": "unname(quantities)", "quantity_names": "names(quantities)"}
    run = engine.run(code, values=wanted, seed=seed_for_r(generator.name, seed, attempt))
    if run.outcome is not Outcome.OK:
        why = run.detail or "다시 시도하고, 계속되면 adsp doctor 로 R을 확인하세요."
        raise GenerationError(f"'{generator.title}' 문항의 수를 R에서 얻지 못했습니다. {why}")
    return _draw(generator, attempt, run)


def seed_for_r(name: str, seed: int, attempt: int) -> int:
    """A seed that R accepts, far from that of the next seed or attempt."""
    return random.Random(f"R {name} {seed} {attempt}").getrandbits(31)  # noqa: S311  (no secret)


def _draw(generator: Generator, attempt: int, run: Run) -> Draw:
    missing = {*generator.drawn, "quantities", "quantity_names"} - run.values.keys()
    if missing:
        raise GenerationError(f"R이 돌려준 값이 모자랍니다: {', '.join(sorted(missing))}")
    names, quantities = (_known(run.values[of]) for of in ("quantity_names", "quantities"))
    return Draw(
        attempt=attempt,
        drawn={name: _known(run.values[name]) for name in generator.drawn},
        quantities={str(name): float(value) for name, value in zip(names, quantities, strict=True)},
        printed=run.console(echo=False).rstrip(),
        r_version=run.r_version,
    )


def _known(value: Value) -> list[float | str]:
    return [item if isinstance(item, str) else float(item) for item in value if item is not None]


def recorded(name: str, scripts: Path) -> tuple[Record, ...]:
    """What R returned for the recorded seeds of a generator.

    Raises:
        GenerationError: the record cannot be read.
    """
    path = record_path(scripts)
    try:
        records = msgspec.json.decode(path.read_bytes(), type=dict[str, tuple[Record, ...]])
    except (OSError, msgspec.DecodeError) as error:
        raise GenerationError(
            f"R이 없고 기록된 값({path})도 읽을 수 없습니다. adsp doctor 로 설치를 확인하세요."
        ) from error
    if not records.get(name):
        raise GenerationError(f"R이 없고 '{name}' 문항의 기록된 값도 없습니다. R을 설치하세요.")
    return records[name]


def record_path(scripts: Path) -> Path:
    """The file of the recorded draws."""
    return scripts / FOLDER / "recorded.json"


def require_agreement(generator: Generator, draw: Draw) -> None:
    """Compute all quantities again in Python.

    Raises:
        GenerationError: R and Python disagree.
    """
    if apart := _disagreements(draw.quantities, generator.recompute(draw)):
        raise GenerationError(
            f"'{generator.title}' 문항에서 R과 Python의 계산이 달라 문항을 내지 않았습니다"
            f"({', '.join(apart)}). 다른 시드로 다시 만드세요."
        )


def _disagreements(one: Numbers, other: Numbers) -> list[str]:
    """The names whose values differ, or that only one side knows."""
    return sorted(
        name
        for name in one.keys() | other.keys()
        if name not in one
        or name not in other
        or not math.isclose(one[name], other[name], rel_tol=AGREEMENT, abs_tol=1e-12)
    )
