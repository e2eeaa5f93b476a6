"""A process that writes a log until it is killed, and says on stdout what is stored.

    python writer.py PATH RUN append    one log, batch after batch
    python writer.py PATH RUN reopen    the log is closed and opened after each batch
    python writer.py PATH RUN slowly    a hundred batches a second at most
    python writer.py PATH RUN few       twenty batches, then it waits
    python writer.py PATH RUN hold      opens the log and waits

A line is an acknowledgement: the ids of a batch, written after `append` returned. The id
``7-12-1-3`` is the event 1 of the 3 of batch 12 of run 7.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import datetime
from itertools import count
from pathlib import Path

from adsp.store.events import Answered, Event, Item, SessionStarted, Verdict
from adsp.store.log import Log

AT = datetime.fromisoformat("2021-10-05T20:00:00+09:00")
ITEMS = 200
"""Questions of a session."""
BATCHES = 100
"""Of a session; then the next begins."""


def batch(run: str, number: int) -> list[Event]:
    """One to three events; the first of every hundredth batch starts a session, all others are
    answers in it.
    """
    size = number % 3 + 1
    session = f"{run}.{number // BATCHES}"
    places = (number % BATCHES * 3 + n for n in range(size))
    events: list[Event] = [
        _answered(f"{run}-{number}-{n}-{size}", session, place % ITEMS)
        for n, place in enumerate(places)
    ]
    if number % BATCHES == 0:
        events[0] = SessionStarted(
            id=events[0].id, at=AT, session=session, mode="quiz", title="문항", items=_ITEMS
        )
    return events


_ITEMS = tuple(Item(f"3-2-2-q{place}", place) for place in range(ITEMS))


def _answered(name: str, session: str, place: int) -> Answered:
    return Answered(
        id=name,
        at=AT,
        session=session,
        place=place,
        question=_ITEMS[place].question,
        revision="0123456789ab",
        section="3-2-2",
        given="가" * (place % 50),
        verdict=Verdict.RIGHT,
        elapsed_ms=place,
    )


FEW = 20


def say(line: str) -> None:
    os.write(1, (line + "\n").encode())


def main(path: Path, run: str, mode: str) -> None:
    log = Log.open(path)
    if mode == "hold":
        say("open")
        time.sleep(600)
    for number in count():
        events = batch(run, number)
        log.append(*events)
        say(" ".join(event.id for event in events))
        if mode == "slowly":
            time.sleep(0.01)
        if mode == "few" and number == FEW - 1:
            time.sleep(600)
        if mode == "reopen":
            log.close()
            log = Log.open(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
