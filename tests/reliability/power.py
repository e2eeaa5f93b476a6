"""A disk that can lose its power.

`recording` keeps in order what the app asks of the disk, by SQLite (a VFS of APSW, which brings its
own SQLite) and by Python: every write, truncation, sync and change of a name. `cut` then tells the
files that a power cut at one point of that record could have left:

- what was synced is there;
- of what was not, each write is there, is missing, or is torn at the sectors of the disk, which may
  hold anything then (as in SQLite's own test6.c); writes reach the disk in any order;
- a change of names is there or not until its folder is synced, whatever became of the others: on
  btrfs they overtake each other (Pillai et al., OSDI 2014). A rename is one change.

A sector is written whole where it was not torn, and a write harms no byte beside it: SQLite takes
disks to be so too. The standard library's SQLite cannot be watched. What it writes (a log under
construction, a copy) counts as never synced by it, so that the app's own syncs alone count.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import count, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import apsw
import pytest

import adsp.store.connect

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator, Sequence

SECTOR = 512
FOLDER = 0
"""In place of the number of a file: the name is a folder's."""
NEVER_SYNCED = "-shm"
"""Memory that SQLite maps, and makes anew after a power cut."""


class Write(NamedTuple):
    """Bytes into a file."""

    file: int
    offset: int
    data: bytes


class Truncate(NamedTuple):
    """A file made shorter."""

    file: int
    size: int


class Sync(NamedTuple):
    """Wait until the content of a file is on the disk."""

    file: int


class Names(NamedTuple):
    """Names given to files, or taken (None), all at once."""

    changes: dict[str, int | None]


class SyncNames(NamedTuple):
    """Wait until the names in a folder are on the disk."""

    folder: str


class Told(NamedTuple):
    """Nothing for the disk: the app said here that this is safe."""

    what: str


Content: TypeAlias = Write | Truncate
Op: TypeAlias = Content | Sync | Names | SyncNames | Told


@dataclass
class Tree:
    """Files and their names at one moment."""

    names: dict[str, int] = field(default_factory=dict)
    contents: dict[int, bytearray] = field(default_factory=dict)

    def apply(self, op: Op) -> None:
        match op:
            case Write(file, offset, data):
                content = self.contents.setdefault(file, bytearray())
                content.extend(bytes(max(0, offset - len(content))))
                content[offset : offset + len(data)] = data
            case Truncate(file, size):
                del self.contents.setdefault(file, bytearray())[size:]
            case Names(changes):
                given = {name: file for name, file in changes.items() if file is not None}
                self.names = {n: f for n, f in self.names.items() if n not in changes} | given
            case _:
                pass

    def write_out(self, root: Path) -> None:
        """Make the files below ``root``; those in a folder without a name are gone with it."""
        made: dict[int, Path] = {}
        for name, file in sorted(self.names.items()):
            path = root / name
            if not path.parent.exists():
                continue
            if file == FOLDER:
                path.mkdir()
            elif file in made:
                path.hardlink_to(made[file])
            else:
                path.write_bytes(self.contents.get(file, b""))
                made[file] = path


class Recorder:
    """What was asked of the disk below a folder, in order."""

    def __init__(self, root: Path) -> None:
        self.ops: list[Op] = []
        self.live = Tree()
        self.root = root.resolve()
        self._numbers = count(FOLDER + 1)
        self._files: dict[int, int] = {}
        self._folders = {self.root.stat().st_ino: ""}
        self.look()
        self.start = deepcopy(self.live)
        self.ops.clear()

    def record(self, op: Op) -> None:
        self.ops.append(op)
        self.live.apply(op)

    def told(self, what: str) -> None:
        """The app says that ``what`` is safe now."""
        self.record(Told(what))

    def name(self, path: str | os.PathLike[str]) -> str:
        """What a path below the root is called here."""
        return str(Path(path).relative_to(self.root))

    def look(self) -> None:
        """Record what was changed unseen."""
        found = {
            self.name(path): path
            for path in sorted(self.root.rglob("*"))
            if not path.name.endswith(NEVER_SYNCED)
        }
        for name in sorted(self.live.names.keys() - found):
            self.record(Names({name: None}))
        for name, path in found.items():
            if (file := self.identify(name)) != FOLDER:
                self._compare(file, path.read_bytes())

    def identify(self, name: str) -> int:
        """The number of the file under a name; a name that is new is recorded."""
        path = self.root / name
        inode = path.stat().st_ino
        if path.is_dir():
            file = FOLDER
            self._folders[inode] = name
        else:
            file = self._files.get(inode, -1)
            if file not in self.live.names.values():  # else it is a link; inodes are used again
                file = self._files[inode] = next(self._numbers)
        if self.live.names.get(name) != file:
            self.record(Names({name: file}))
        return file

    def sync_handle(self, handle: int) -> None:
        inode = os.fstat(handle).st_ino
        if inode in self._folders:
            self.record(SyncNames(self._folders[inode]))
        elif inode in self._files:
            self.record(Sync(self._files[inode]))

    def write_handle(self, handle: int, data: bytes, offset: int) -> None:
        if file := self._files.get(os.fstat(handle).st_ino):
            self.record(Write(file, offset, data))

    def rename(self, source: os.PathLike[str], target: os.PathLike[str]) -> None:
        old, new = self.name(source), self.name(target)
        self.record(Names({old: None, new: self.live.names[old]}))

    def _compare(self, file: int, content: bytes) -> None:
        known = self.live.contents.get(file, bytearray())
        if len(content) < len(known):
            self.record(Truncate(file, len(content)))
        if content != known:
            self.record(Write(file, 0, content))


class _Vfs(apsw.VFS):
    """SQLite's files, recorded."""

    def __init__(self, recorder: Recorder) -> None:
        self.called = f"recorded-{id(recorder)}"
        self._recorder = recorder
        super().__init__(self.called, "")

    def xOpen(  # noqa: N802
        self, name: str | apsw.URIFilename | None, flags: list[int]
    ) -> apsw.VFSFile:
        if name is None:  # a temporary file
            return super().xOpen(name, flags)
        return _File(self._recorder, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        super().xDelete(filename, syncdir)
        name = self._recorder.name(filename)
        self._recorder.record(Names({name: None}))
        if syncdir:
            self._recorder.record(SyncNames(_folder(name)))


class _File(apsw.VFSFile):
    def __init__(self, recorder: Recorder, name: str | apsw.URIFilename, flags: list[int]) -> None:
        super().__init__("", name, flags)
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._record = recorder.record
        self._name = recorder.name(path)
        self._file = recorder.identify(self._name)
        # SQLite's unix VFS syncs the folder of a journal or a WAL with its first sync
        self._named = not flags[0] & (apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_MAIN_JOURNAL)

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802
        super().xWrite(data, offset)
        self._record(Write(self._file, offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        super().xTruncate(newsize)
        self._record(Truncate(self._file, newsize))

    def xSync(self, flags: int) -> None:  # noqa: N802
        """The power of this machine stays on: nothing is waited for."""
        self._record(Sync(self._file))
        if not self._named:
            self._named = True
            self._record(SyncNames(_folder(self._name)))


@contextmanager
def recording(
    root: Path, *, synchronous: str = "FULL", autocheckpoint: int = 1000
) -> Iterator[Recorder]:
    """Record what the app does to the files below ``root``.

    Its writing connections (those in autocommit) are given to APSW, whose connection has all that
    the app uses of one.
    """
    recorder = Recorder(root)
    vfs = _Vfs(recorder)
    plain = sqlite3.connect
    pragmas = [p.replace("= FULL", f"= {synchronous}") for p in adsp.store.connect.WRITER_PRAGMAS]
    assert f"synchronous = {synchronous}" in pragmas

    def connect(database: str | Path, **options: Any) -> Any:
        if options.get("isolation_level", "") is not None or "uri" in options:
            return plain(database, **options)
        connection = apsw.Connection(str(database), vfs=vfs.called)
        connection.execute(f"PRAGMA wal_autocheckpoint = {autocheckpoint}")
        return connection

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite3, "connect", connect)
        patch.setattr(adsp.store.connect, "WRITER_PRAGMAS", pragmas)
        _watch(patch, recorder, "fsync", recorder.sync_handle)
        _watch(patch, recorder, "pwrite", recorder.write_handle)
        for name in ("rename", "replace"):
            _watch(patch, recorder, name, recorder.rename)
        for name in ("ftruncate", "link", "mkdir", "unlink"):
            _watch(patch, recorder, name, lambda *_: recorder.look())
        yield recorder
        recorder.look()
    vfs.unregister()


def _watch(
    patch: pytest.MonkeyPatch, recorder: Recorder, name: str, record: Callable[..., None]
) -> None:
    call = getattr(os, name)

    def watched(*arguments: Any, **options: Any) -> Any:
        recorder.look()  # what SQLite wrote before
        result = call(*arguments, **options)
        record(*arguments)
        return result

    patch.setattr(os, name, watched)


def cut(recorder: Recorder, at: int, rng: random.Random | None) -> Tree:
    """The files as a power cut after ``at`` operations could leave them; with all that was written
    if there is no ``rng``.
    """
    disk, waiting, named = deepcopy(recorder.start), dict[int, list[Content]](), list[Names]()
    for op in recorder.ops[:at]:
        match op:
            case Write() | Truncate():
                waiting.setdefault(op.file, []).append(op)
            case Sync():
                _apply(disk, waiting.pop(op.file, ()))
            case Names():
                named.append(op)
            case SyncNames():
                there = [names for names in named if op.folder in map(_folder, names.changes)]
                named = [names for names in named if names not in there]
                _apply(disk, there)
            case _:
                pass
    for ops in waiting.values():
        _apply(disk, ops if rng is None else _written(ops, rng))
    _apply(disk, named if rng is None else _some(named, rng))
    return disk


def _apply(disk: Tree, ops: Sequence[Op]) -> None:
    for op in ops:
        disk.apply(op)


def _some(ops: Sequence[Names], rng: random.Random) -> list[Names]:
    share = rng.choice((0.0, 0.5, 0.5, 1.0))
    return [op for op in ops if rng.random() < share]


def _written(ops: Sequence[Content], rng: random.Random) -> list[Content]:
    """What reached the disk of the un-synced content of a file."""
    kept, torn = rng.choice(((0.0, 0.0), (0.4, 0.3), (0.4, 0.3), (0.8, 0.1), (1.0, 0.0)))
    left: list[Content] = []
    for op in ops:
        fate = rng.random()
        if fate < kept:
            left.append(op)
        elif fate < kept + torn and isinstance(op, Write):
            left += _torn(op, rng)
    if rng.random() < 0.25:
        rng.shuffle(left)
    return left


def _torn(write: Write, rng: random.Random) -> Iterator[Write]:
    """Some sectors of a write as they should be, some as they were, some as nobody wanted them."""
    begin, end = write.offset, write.offset + len(write.data)
    edges = [begin, *range(begin // SECTOR * SECTOR + SECTOR, end, SECTOR), end]
    for low, high in pairwise(edges):
        fate = rng.random()
        if fate < 0.5:
            yield Write(write.file, low, write.data[low - begin : high - begin])
        elif fate < 0.6:
            yield Write(write.file, low, rng.randbytes(high - low))


def _folder(name: str) -> str:
    return name.rpartition("/")[0]
