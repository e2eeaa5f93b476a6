"""A process that writes a log until it is killed, and says on stdout what is stored.

    python writer.py PATH RUN append    one log, batch after batch
    python writer.py PATH RUN reopen    the log is closed and opened after each batch
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

from adsp.store.events import Answered, Event, SessionStarted, Verdict
from adsp.store.log import Log

AT = datetime.fromisoformat("2021-10-05T20:00:00+09:00")


def batch(run: str, number: int) -> list[Event]:
    """One to three answers; the first batch of a run starts its session."""
    size = number % 3 + 1
    ids = [f"{run}-{number}-{n}-{size}" for n in range(size)]
    if number == 0:
        return [SessionStarted(id=ids[0], at=AT, session=run, mode="quiz", title="문항", items=())]
    return [
        Answered(
            id=name,
            at=AT,
            session=run,
            place=number * 3 + n,
            question="3-2-2-lm-cars",
            revision="0123456789ab",
            section="3-2-2",
            given="가" * (number % 50),
            verdict=Verdict.RIGHT,
            elapsed_ms=number,
        )
        for n, name in enumerate(ids)
    ]


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
        if mode == "reopen":
            log.close()
            log = Log.open(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
