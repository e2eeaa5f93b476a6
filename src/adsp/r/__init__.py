"""R in a locked process of its own: three engines behind one interface.

``open_engine`` gives the best engine that works here; ``engine`` says what every engine does;
``probe`` tells what this machine has and how to get what is missing. The files in ``worker`` run
in the other process and import nothing of the app.
"""

from __future__ import annotations

from adsp.r.engine import Engine, Event, Outcome, Plot, Run, Value
from adsp.r.open import open_engine

__all__ = ["Engine", "Event", "Outcome", "Plot", "Run", "Value", "open_engine"]
