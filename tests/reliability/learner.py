"""A process that sits at the real desk until it is killed, and says on stdout what is stored.

    python learner.py learn HOME SEED          studies at random: every call of the desk that stores
    python learner.py lie HOME SEED            the same, but acknowledges before it stores
    python learner.py answer HOME PAUSE        answers question after question, PAUSE seconds apart
    python learner.py open LOG                 opens a log for writing, which may have to be moved
    python learner.py backup LOG               backs a log up again and again
    python learner.py restore HOME BACKUP      puts a backup in the place of the log
    python learner.py merge HOME SOURCE        takes in the log of another machine
    python learner.py nursery HANDLE           forks a child for each request that comes

``learn`` says ``> N`` before a call that stores N events at once (``> N+``: up to N, one by one),
and ``= ID ID ...`` as soon as it has returned. Now and then it says ``? STATE SESSION``: what the
learner sees now, and which session is on her screen (``-``: none).
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import socket
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from adsp.bank.load import Bank, load_bank
from adsp.bank.question import Kind, Question
from adsp.clock import ReplayClock, parse_now
from adsp.desk import admin, exchange
from adsp.desk.desk import Desk
from adsp.session.select import Filter
from adsp.settings import find_paths, shipped
from adsp.store.backup import back_up
from adsp.store.events import Event, Verdict
from adsp.store.files import Files
from adsp.store.log import Log
from adsp.store.order import milliseconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from adsp.session.history import Answer, History
    from adsp.session.session import Session

EVENING = "2021-10-05T20:00"
WHENEVER = Filter(frozenset())
TOLD = 0.2
"""Share of the calls after which a learner says what she sees."""
TYPED = Filter(frozenset(), frozenset({Kind.SHORT, Kind.NUMBER}))


def say(line: str) -> None:
    """At once and in one piece."""
    os.write(1, f"{line}\n".encode())


def sit(home: str, now: str, seed: str = "1") -> Desk:
    """The learner's desk, her log open for writing."""
    clock = ReplayClock(parse_now(now))
    desk = Desk(find_paths({"ADSP_HOME": home}), clock, random.Random(seed), write=True)
    if BANK:
        desk.__dict__["bank"] = BANK[0]
    return desk


BANK: list[Bank] = []
"""The shipped bank, if it was read before the fork."""


# what a learner would see


def seen(history: History, session: Session | None) -> str:
    """All that the log means to a learner, as one word. Times to the millisecond, as stored."""
    last = history.last_retracted
    parts = (
        [_answer(answer) for answer in history.answers],
        list(history.sessions),
        sorted(history.ended),
        sorted(history.flagged),
        history.missed,
        history.unfinished and history.unfinished.session,
        last and last.id,
        session and (session.id, list(session.replies.items()), sorted(session.flagged)),
    )
    return hashlib.blake2b(repr(parts).encode(), digest_size=12).hexdigest()


def _answer(answer: Answer) -> tuple[object, ...]:
    values = answer.id, answer.session, answer.place, answer.question, answer.verdict.value
    return *values, milliseconds(answer.at), answer.day, answer.elapsed_ms


# studying at random


class Learner:
    """Does at random what can be done at the desk."""

    def __init__(self, home: str, seed: str, voice: Callable[[str], None] = say) -> None:
        self.rng = random.Random(seed)
        self.home, self.seed, self.voice = home, seed, voice
        self.session: Session | None = None
        self.sit_down()

    def sit_down(self) -> None:
        """At a day and time of its own: between processes the clock runs back as often as on."""
        day, hour, minute = (self.rng.randrange(n, m) for n, m in ((1, 31), (0, 24), (0, 60)))
        self.desk = sit(self.home, f"2021-10-{day:02}T{hour:02}:{minute:02}", self.seed)
        self.known = len(self.desk.study.history.events)
        self.resume()
        self.tell()

    def get_up(self) -> None:
        """The app is left and started again: the log is folded up and opened anew."""
        self.desk.close()
        self.sit_down()

    def tell(self) -> None:
        """Acknowledge what has been stored since."""
        events = self.desk.study.history.events[self.known :]
        self.known += len(events)
        self.voice(" ".join(["=", *ids(events)]))
        if self.rng.random() < TOLD:  # it takes as long as a commit, and kills should hit those
            state = seen(self.desk.study.history, self.session)
            self.voice(f"? {state} {self.session.id if self.session else '-'}")

    def step(self) -> None:
        """One call of the desk."""
        if self.session is None:
            self.begin()
        elif self.session.complete and not self.session.ended:
            self.end()
        elif self.session.reply and self.session.reply.verdict is Verdict.NEAR:
            self.rule()
        else:
            moves, weights = zip(*self.moves().items(), strict=True)
            self.rng.choices(moves, weights)[0]()

    def moves(self) -> dict[Callable[[], None], int]:
        """What else can be done in a session, and how often it is."""
        return {
            self.answer: 60,
            self.undo: 8,
            self.flag: 8,
            self.undo_last: 6,
            self.redo_last: 6,
            self.end: 3,
            self.leave: 3,
            self.resume: 3,
            self.get_up: 1,
        }

    # sessions

    def begin(self) -> None:
        study = self.desk.study
        kinds = [self.quiz, self.typed, *([self.wrong] if study.history.missed else [])]
        self.rng.choice(kinds)()

    def quiz(self) -> None:
        self.store(lambda: self.desk.study.start_quiz(WHENEVER, self.rng.randint(1, 12), "전 범위"))

    def typed(self) -> None:
        self.store(lambda: self.desk.study.start_quiz(TYPED, self.rng.randint(1, 12), "주관식"))

    def wrong(self) -> None:
        self.store(lambda: self.desk.study.start_wrong(self.rng.randint(1, 12)))

    def resume(self) -> None:
        """What was left open, as the app finds it after a start; another one may have been begun
        on it before that.
        """
        self.session = self.desk.study.unfinished()

    def leave(self) -> None:
        self.session = None

    def end(self) -> None:
        session = self.open_session
        self.store(lambda: self.desk.study.end(session))
        self.session = None

    # within a session

    @property
    def open_session(self) -> Session:
        assert self.session is not None
        return self.session

    def answer(self) -> None:
        session = self.open_session.next_open() if self.open_session.reply else self.open_session
        given = self.guess(session.question)
        elapsed = self.rng.randrange(400_000)
        self.store(lambda: self.desk.study.answer(session, given, elapsed))

    def guess(self, question: Question) -> str:
        """Right, wrong, a slip of the pen, or nothing."""
        roll = self.rng.random()
        if roll < 0.1:
            return ""
        match question.kind:
            case Kind.CHOICE:
                return self.rng.choice(question.choices).name
            case Kind.NUMBER:
                return str(question.answer) if roll < 0.6 else "12345.5"
            case Kind.SHORT:
                form = max(question.accept, key=len)
                return form if roll < 0.4 else form[:-1] + chr(ord(form[-1]) + 1)

    def rule(self) -> None:
        right = self.rng.random() < 0.5
        session = self.open_session
        self.store(lambda: self.desk.study.rule(session, right=right))

    def undo(self) -> None:
        session = self.open_session
        if session.replies:
            self.store(lambda: self.desk.study.undo(session))

    def flag(self) -> None:
        session = self.open_session
        self.store(lambda: self.desk.study.flag(session))

    # at home

    def undo_last(self) -> None:
        """Several at once are one commit."""
        count = min(self.rng.randint(1, 5), len(self.desk.study.history.answers))
        if count:
            self.store(lambda: self.desk.study.undo_last(count), count)

    def redo_last(self) -> None:
        if self.desk.study.history.last_retracted:
            self.store(lambda: self.desk.study.redo_last(3), "3+")

    def store(self, call: Callable[[], Session | list[Answer]], events: int | str = 1) -> None:
        """Say what is about to be done, do it, and acknowledge it."""
        self.voice(f"> {events}")
        result = call()
        if isinstance(result, list):
            self.resume()
        else:
            self.session = result
        self.tell()


class Late(Log):
    """A log that stores nothing until it has more to store."""

    def __init__(self, log: Log) -> None:
        self.__dict__ = log.__dict__
        self.held: tuple[Event, ...] = ()

    def append(self, *events: Event) -> None:
        super().append(*self.held)
        self.held = events


class Liar(Learner):
    """Acknowledges what is not stored yet: those who look for lost answers must find some."""

    def sit_down(self) -> None:
        super().sit_down()
        assert self.desk.study._log is not None
        self.desk.study._log = Late(self.desk.study._log)


def ids(events: Iterable[Event]) -> list[str]:
    """What the events are called."""
    return [event.id for event in events]


# what processes do


def learn(home: str, seed: str) -> None:
    learner = Learner(home, seed)
    while True:
        learner.step()


def lie(home: str, seed: str) -> None:
    learner = Liar(home, seed)
    while True:
        learner.step()


def answer(home: str, pause: str) -> None:
    """The ids of a session and of its answers, each as soon as it is stored."""
    study = sit(home, EVENING).study
    rng = random.Random(1)
    while True:
        session = study.start_quiz(WHENEVER, 50, "전 범위")
        say(study.history.events[-1].id)
        while not session.complete:
            choices = session.question.choices
            given = rng.choice(choices).name if choices else ""
            session = study.answer(session, given, rng.randrange(60_000)).next_open()
            say(study.history.events[-1].id)
            time.sleep(float(pause))


def open_(log: str) -> None:
    with Log.open(Path(log)):
        say("open")
        time.sleep(600)


def backup(log: str) -> None:
    """Both that stay and that are thinned; as if hours lay between them."""
    files, rng = Files(Path(log)), random.Random(time.monotonic_ns())
    say("begin")
    while True:
        now = parse_now(f"2021-10-{rng.randint(1, 31):02}T{rng.randrange(24):02}:00")
        made = back_up(files, now, "hand" if rng.random() < 0.2 else "auto")
        if made:
            say(made.path.name)


def restore(home: str, name: str) -> None:
    with sit(home, EVENING) as desk:
        say("begin")
        done = admin.restore_backup(desk, Path(name))
        say(f"done {done.events}")
        time.sleep(600)


def merge(home: str, source: str) -> None:
    with sit(home, EVENING) as desk:
        say("begin")
        done = exchange.merge(desk, Path(source))
        say(f"done {len(done.taken.new)}")
        time.sleep(600)


def nursery(handle: str) -> None:
    """A request is the arguments of a child and its stdout; then it is killed, and buried here."""
    import adsp.store.migrations  # noqa: F401  (0.4 s that a child would need)

    BANK.append(load_bank(shipped("questions")))
    with socket.socket(fileno=int(handle)) as channel:
        channel.send(b"ready")
        while True:
            request, outputs, _, _ = socket.recv_fds(channel, 65_536, 1)
            if not request:
                return
            if (pid := os.fork()) == 0:
                os.dup2(outputs[0], 1)
                os.closerange(3, 256)
                _be(json.loads(request))
            os.close(outputs[0])
            channel.send(str(pid).encode())
            channel.recv(32)
            channel.send(str(os.waitpid(pid, 0)[1]).encode())


def _be(arguments: list[str]) -> None:
    """The rest of a child's life."""
    try:
        main(*arguments)
    except Exception:  # noqa: BLE001  (the boundary: a child never goes on as the nursery)
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def main(job: str, *arguments: str) -> None:
    JOBS[job](*arguments)


JOBS: dict[str, Callable[..., None]] = {
    "learn": learn,
    "lie": lie,
    "answer": answer,
    "open": open_,
    "backup": backup,
    "restore": restore,
    "merge": merge,
    "nursery": nursery,
}

if __name__ == "__main__":
    main(*sys.argv[1:])
