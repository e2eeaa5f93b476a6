"""Real engines over the real R. One zygote serves a module: starting it takes half a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adsp.r.box import Locks, find_locks
from adsp.r.install import Installation, find_r
from adsp.r.none import NoEngine
from adsp.r.oneshot import OneshotEngine
from adsp.r.zygote import ZygoteEngine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from adsp.r.engine import Engine


@pytest.fixture(scope="session")
def installed() -> Installation:
    """The R of this machine."""
    r = find_r()
    if r is None:
        pytest.skip("no R on this machine")
    return r


@pytest.fixture(scope="module")
def make_engine(installed: Installation) -> Iterator[Callable[[str, Locks], Engine]]:
    """Make an engine by name with given locks; all are closed after the module."""
    made: list[Engine] = []

    def make(name: str, locks: Locks) -> Engine:
        engine: Engine
        if name == "oneshot":
            engine = OneshotEngine(installed, locks=locks)
        else:
            engine = ZygoteEngine(installed, NoEngine("no zygote"), locks=locks)
            assert engine.start(), "the zygote does not start: is rpy2-rinterface installed?"
        made.append(engine)
        return engine

    yield make
    for engine in made:
        engine.close()


@pytest.fixture(scope="module", params=["zygote", "oneshot"])
def engine(request: pytest.FixtureRequest, make_engine: Callable[[str, Locks], Engine]) -> Engine:
    """Each engine in turn, under all the locks that this machine has."""
    return make_engine(request.param, find_locks())
