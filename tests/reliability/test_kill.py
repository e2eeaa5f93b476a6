"""kill -9 of the app at any moment: while it starts, within a commit, while it draws."""

from __future__ import annotations

import os
import random
import re
import signal
import time
from contextlib import closing
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import pytest
from tests.e2e.conftest import PATIENCE
from tests.reliability.conftest import LEARNER
from tests.reliability.learner import ids, seen

from adsp.errors import StoreError
from adsp.session.history import History
from adsp.session.session import restore
from adsp.settings import Paths, find_paths
from adsp.store.check import check
from adsp.store.connect import connect_reader
from adsp.store.events import Answered, Event, SessionStarted, Verdict
from adsp.store.files import Files
from adsp.store.log import Log, read_events

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Start, Terminal
    from tests.reliability.conftest import Child, Figure, Fresh, Nursery

    from adsp.bank.load import Bank

AT_START = 0.25
"""Share of the kills that come whenever they come, mostly before the log is open."""
KILLS_PER_HOME = 20
"""Then a new learner begins: the making of a log is killed too."""


@dataclass
class Told:
    """What a process had said when it was killed."""

    stored: list[str] = field(default_factory=list)
    """Ids that it had acknowledged."""
    state: str = ""
    """What its learner saw when she last said so."""
    session: str = "-"
    so_far: int = 0
    """How many of the ids had been acknowledged then."""
    in_flight: str = ""
    """How many events it was about to store."""

    @classmethod
    def by(cls, lines: list[str]) -> Told:
        told = cls()
        for line in lines:
            mark, *words = line.split()
            match mark:
                case ">":
                    told.in_flight = words[0]
                case "=":
                    told.stored += words
                    told.in_flight = ""
                case _:
                    told.state, told.session = words
                    told.so_far = len(told.stored)
        return told

    def admits(self, more: int) -> bool:
        """Whether so many events may be stored beyond the acknowledged: all of a commit or none."""
        if self.in_flight.endswith("+"):
            return more <= int(self.in_flight[:-1])
        return more in {0, int(self.in_flight or 0)}


@dataclass
class Tally:
    """What came of it."""

    kills: int = 0
    fresh: int = 0
    """Of processes that were not forked from a warm one."""
    in_a_call: int = 0
    """While the desk was storing something."""
    acknowledged: int = 0
    ahead: int = 0
    """Stored, but not acknowledged yet."""
    lost: int = 0
    torn: int = 0
    disordered: int = 0
    corrupt: int = 0
    astray: int = 0
    """The log means something else than what the learner saw."""

    @property
    def faults(self) -> int:
        return self.lost + self.torn + self.disordered + self.corrupt + self.astray


class Victim:
    """One learner's home, and what must be in it."""

    def __init__(self, home: Path, bank: Bank) -> None:
        self.home, self.bank = home, bank
        self.path = paths_of(home).log
        self.stored: list[str] = []

    def judge(self, told: Told, tally: Tally) -> None:
        """Hold the log against all that was ever acknowledged."""
        tally.kills += 1
        tally.in_a_call += bool(told.in_flight)
        tally.acknowledged += len(told.stored)
        try:
            events = read_events(self.path)
        except StoreError:
            tally.corrupt += 1
            return
        tally.corrupt += bool(check(self.path))
        due, found = [*self.stored, *told.stored], ids(events)
        more = len(found) - len(due)
        tally.ahead += max(more, 0)
        tally.lost += len(set(due) - set(found))
        tally.disordered += found[: len(due)] != due
        tally.torn += not told.admits(more)
        tally.astray += not self.means(events[: len(self.stored) + told.so_far], told)
        tally.astray += answers_by_history(events) != answers_by_view(self.path)
        self.stored = found

    def means(self, events: list[Event], told: Told) -> bool:
        """Whether the log says what the learner saw."""
        if not told.state:
            return True
        history = History(events)
        session = None
        if started := history.sessions.get(told.session):
            session = restore(started, events, lambda item: self.bank.by_id.get(item.question))
        return seen(history, session) == told.state

    def open(self) -> None:
        """The lock is gone, and the log goes on."""
        with Log.open(self.path) as log:
            assert ids(log.events()) == self.stored


def paths_of(home: Path) -> Paths:
    return find_paths({"ADSP_HOME": str(home)})


def answers_by_history(events: list[Event]) -> dict[str, str]:
    return {answer.id: answer.verdict.value for answer in History(events).answers}


def answers_by_view(path: Path) -> dict[str, str]:
    """The same by SQL, as reports read it."""
    if not path.exists():
        return {}
    with closing(connect_reader(Files(path))) as connection:
        return dict(connection.execute("SELECT id, verdict FROM answer").fetchall())


def kill_at_random(child: Child, rng: random.Random, start: float) -> Told:
    """Kill while it starts, which takes ``start`` seconds, or within 60 ms of the log's opening."""
    lines: list[str] = []
    if rng.random() < AT_START:
        time.sleep(rng.uniform(0, start))
    else:
        lines = [child.line()]
        assert lines[0].startswith("="), "the log does not open"
        time.sleep(rng.uniform(0, 0.06))
    return Told.by(lines + child.kill())


def kill_desks(
    folder: Path, bank: Bank, nursery: Nursery, fresh: Fresh, *, kills: int, afresh: int
) -> Tally:
    """Kill learners at their desks; ``afresh`` of them in a process that started from nothing."""
    rng = random.Random(kills)
    tally, victim = Tally(), Victim(folder / "0", bank)
    for number in range(kills):
        if number % KILLS_PER_HOME == 0:
            victim = Victim(folder / str(number), bank)
        if number % (kills // afresh) == 0:
            tally.fresh += 1
            told = kill_at_random(fresh(LEARNER, "learn", victim.home, number), rng, 0.9)
        else:
            told = kill_at_random(nursery.start("learn", victim.home, number), rng, 0.05)
        victim.judge(told, tally)
        if number % KILLS_PER_HOME == KILLS_PER_HOME - 1:
            victim.open()
    return tally


class TestDesk:
    """Sessions begun, answered, ruled on, undone, flagged, ended, resumed; the log made, opened and
    folded up: killed in the midst of it.
    """

    @pytest.mark.parametrize(
        ("kills", "afresh"),
        [
            pytest.param(40, 4, id="short"),
            pytest.param(1200, 120, id="long", marks=[pytest.mark.long, pytest.mark.timeout(1800)]),
        ],
    )
    def test_killed(
        self,
        tmp_path: Path,
        shipped_bank: Bank,
        nursery: Nursery,
        fresh: Fresh,
        kills: int,
        afresh: int,
        figure: Figure,
    ) -> None:
        """What was acknowledged is there, whole and in order, and means what the learner saw."""
        tally = kill_desks(tmp_path, shipped_bank, nursery, fresh, kills=kills, afresh=afresh)
        figure("kill -9 of the desk", **asdict(tally))
        assert tally.faults == 0, tally
        assert tally.acknowledged > 0

    def test_a_liar_is_found_out(
        self, tmp_path: Path, shipped_bank: Bank, nursery: Nursery
    ) -> None:
        """A desk that acknowledges before it stores does lose answers here: the suite would see."""
        rng, tally = random.Random(1), Tally()
        for number in range(20):
            victim = Victim(tmp_path / str(number), shipped_bank)
            victim.judge(kill_at_random(nursery.start("lie", victim.home, number), rng, 0), tally)
        assert tally.lost > 0


# the screen

KILLS_PER_SESSION = 8

SCORE = re.compile(r"정답 (\d+)/(\d+)")
"""On the bar of the quiz: how many of how many answers were right. Drawn with the feedback."""


class Answers(NamedTuple):
    """What is stored of a session."""

    session: str
    verdicts: list[Verdict]


class Screen:
    """The app on a terminal, a session of a hundred choices open."""

    def __init__(self, start: Start, path: Path) -> None:
        self.start, self.path = start, path
        self.kills = self.shown = self.ahead = self.lost = 0

    def study_and_die(self, rng: random.Random) -> None:
        """Press keys at random, be killed at any moment, and compare."""
        before = self.answers()
        anew = self.kills % KILLS_PER_SESSION == 0 or not before.session
        app = self.start("quiz", "-k", "choice", "-n", "100") if anew else self.start()
        if rng.random() < AT_START:
            time.sleep(rng.uniform(0, 1.2))
        else:
            self.go_on(app, 0 if anew else len(before.verdicts), anew=anew)
            for _ in range(rng.randint(0, 4)):
                self.answer(app, rng)
            self.press(app, rng)
        self.kill(app, before)

    def go_on(self, app: Terminal, count: int, *, anew: bool) -> None:
        """To the question after all that were stored."""
        if not anew:
            app.sees("풀던 세션이 있습니다")
            self.send(app, "\r")
        app.until(lambda: self.score(app)[1] >= 0, "the quiz")
        assert self.score(app)[1] == count

    def answer(self, app: Terminal, rng: random.Random) -> None:
        """See the feedback of an answer. Where there is one already, a key does nothing."""
        _, count = self.score(app)
        end = time.monotonic() + PATIENCE
        while self.score(app)[1] == count:
            self.send(app, rng.choice("1234s"))
            self.watch(app, 0.5, until=count + 1)
            self.send(app, "n")
            assert time.monotonic() < end, "no feedback"

    def watch(self, app: Terminal, seconds: float, until: int) -> None:
        """Take in what is drawn, for so long or until so many answers are shown."""
        end = time.monotonic() + seconds
        while self.score(app)[1] < until and time.monotonic() < end:
            app._read(0.05)

    def press(self, app: Terminal, rng: random.Random) -> None:
        """Keys faster than they are drawn, or slower."""
        for _ in range(rng.randint(1, 6)):
            self.send(app, rng.choice("1234sf") + rng.choice(("n", "n", "")))
            self.watch(app, rng.choice((0, 0.02, 0.1, 0.3)), until=100)
        time.sleep(rng.uniform(0, 0.1))

    def kill(self, app: Terminal, before: Answers) -> None:
        """What was on the screen last must be stored."""
        app.signal(signal.SIGKILL)
        assert app.ends() == -signal.SIGKILL
        self.kills += 1
        session, stored = self.answers()
        known = len(before.verdicts) if session == before.session else 0
        assert stored[:known] == before.verdicts[:known]
        right, shown = self.score(app)
        if shown >= 0:
            self.shown += shown - known
            self.ahead += max(len(stored) - shown, 0)
            self.lost += max(shown - len(stored), 0)
            assert stored[:shown].count(Verdict.RIGHT) == right
        assert check(self.path) == []

    def answers(self) -> Answers:
        """Those of the session begun last."""
        events = read_events(self.path)
        sessions = [event.session for event in events if isinstance(event, SessionStarted)]
        if not sessions:
            return Answers("", [])
        given = [event for event in events if isinstance(event, Answered)]
        return Answers(
            sessions[-1], [answer.verdict for answer in given if answer.session == sessions[-1]]
        )

    @staticmethod
    def score(app: Terminal) -> tuple[int, int]:
        """Right answers and answers, as shown; -1 where there is no quiz on the screen."""
        found = SCORE.search(app.lines[0])
        return (int(found[1]), int(found[2])) if found else (-1, -1)

    @staticmethod
    def send(app: Terminal, text: str) -> None:
        """Without waiting for what is drawn."""
        os.write(app._master, text.encode())


class TestScreen:
    """The real app on a real terminal. An answer counts as acknowledged once its feedback has been
    on the screen.
    """

    @pytest.mark.parametrize(
        "kills",
        [
            pytest.param(3, id="short"),
            pytest.param(30, id="long", marks=[pytest.mark.long, pytest.mark.timeout(1800)]),
        ],
    )
    def test_killed(self, start: Start, paths: Paths, kills: int, figure: Figure) -> None:
        """Every answer that was shown is stored, and the next start goes on after the last."""
        rng, screen = random.Random(kills), Screen(start, paths.log)
        for _ in range(kills):
            screen.study_and_die(rng)
        figure(
            "kill -9 of the screen",
            kills=screen.kills,
            shown=screen.shown,
            ahead=screen.ahead,
            lost=screen.lost,
        )
        assert screen.lost == 0
        assert screen.shown > 0
