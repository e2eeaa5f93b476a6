"""Whether a folder is a place where a live database gets damaged: inside a folder that a cloud
program synchronises, or on a drive of another system.
"""

from __future__ import annotations

import os
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

WINDOWS = "Windows 드라이브"
"""Names a drive of Windows as WSL mounts it."""

_HARM = {
    "sync": (
        "학습 기록이 {name} 동기화 폴더에 있습니다. 동기화 프로그램이 쓰는 중인 기록을 복사하거나 "
        "다른 컴퓨터의 것으로 덮으면, 기록이 손상되거나 답이 사라질 수 있습니다."
    ),
    "network": (
        "학습 기록이 네트워크나 다른 시스템의 드라이브({name})에 있습니다. 이런 곳에서는 "
        "파일 잠금과 저장이 확실하지 않아 기록이 손상될 수 있습니다."
    ),
}
_WAY_OUT = (
    "환경 변수 ADSP_HOME 으로 동기화되지 않는 이 시스템의 로컬 폴더를 정하고, "
    "adsp log merge 옛폴더 로 지금까지의 답을 옮기세요. "
    "다른 컴퓨터와는 adsp log sync 폴더 로 주고받으세요: 그 폴더에 온전한 새 파일만 만듭니다."
)

_PRODUCTS = (
    ("Dropbox", r"(?:[^/]+ )?dropbox(?: \([^/]+\))?"),  # a team's folder is "Acme Dropbox"
    ("OneDrive", r"onedrive(?: ?- ?[^/]+)?"),
    ("Google Drive", r"(?:google ?(?:drive|드라이브)|my drive|내 드라이브)(?: \([^/]+\))?"),
    ("iCloud", r"icloud ?drive|com~apple~clouddocs|library/mobile documents"),
    ("네이버 MYBOX", r"(?:(?:네이버|naver) ?)?mybox"),
    ("Nextcloud", r"nextcloud\d*"),  # the second account's folder is "Nextcloud2"
    ("ownCloud", r"owncloud\d*(?: - [^/]+)?"),
    ("Seafile", r"seafile"),
    ("MEGA", r"mega(?:sync)?"),
    ("pCloud", r"pcloud ?drive"),
    ("Box", r"box(?: sync)?"),
)
"""Names of synchronised folders: always whole components, so that a toolbox is no Box."""

_CLOUD_STORAGE = r"/library/cloudstorage/([^/]+?)(?:-[^/]*)?/"
"""Where macOS mounts all providers, as ``Provider`` or ``Provider-account``."""

_NETWORK = re.compile(
    "nfs4?|cifs|smb3|smbfs|9p|drvfs|davfs2?|afs|ceph(?:-fuse)?|glusterfs|lustre|beegfs|vboxsf|"
    "vmhgfs(?:-fuse)?|prl_fs|sshfs|rclone|gvfsd-fuse|s3fs|google-drive-ocamlfuse"
)
"""Types of file systems whose locks and fsync another system answers for, or nobody; those of
FUSE without their ``fuse.``. Not virtiofs: whole virtual machines live on it.
"""

_WINDOWS = re.compile(r"drvfs|^9p [A-Za-z]:")
"""WSL 2 mounts ``C:`` as 9p with ``aname=drvfs``; virtual machines and ChromeOS have 9p too."""


@dataclass(frozen=True)
class Risk:
    """Why a live database is in danger at a place."""

    kind: Literal["sync", "network"]
    name: str
    """The program that synchronises, or the type of the drive: ``Dropbox``, ``nfs4``."""

    @property
    def warning(self) -> str:
        """In one line, with where to read on."""
        where = "동기화 폴더" if self.kind == "sync" else "드라이브"
        return (
            f"학습 기록이 {self.name} {where}에 있어 손상될 수 있습니다. 옮기는 법: adsp log check"
        )

    @property
    def advice(self) -> str:
        """What may happen, and what to do instead."""
        return f"{_HARM[self.kind].format(name=self.name)} {_WAY_OUT}"


def risk_of(folder: Path, mounts: str | None = None) -> Risk | None:
    """The known risk of a live database in ``folder``, which need not exist yet; never raises.

    ``mounts`` is the text of a mountinfo file; this process's own if not given. What cannot be
    read is no known risk.
    """
    try:
        given, real = Path(os.path.normpath(folder.absolute())), Path(os.path.realpath(folder))
    except (OSError, ValueError):  # the working folder is gone; a name that no file can have
        return None
    homes = _homes()
    if name := _by_name(given, homes) or _by_name(real, homes) or _by_marker(real, homes):
        return Risk("sync", name)
    if drive := _by_mount(real, _own_mounts() if mounts is None else mounts):
        return Risk("network", drive)
    return None


def _homes() -> frozenset[Path]:
    """The learner's home, as given and as resolved."""
    try:
        home = Path.home()
        return frozenset((home, Path(os.path.realpath(home))))
    except (OSError, RuntimeError, ValueError):
        return frozenset()


def _by_name(path: Path, homes: frozenset[Path]) -> str | None:
    """Which program synchronises, by the names on the way to ``path``.

    A home's own name does not count: it is the name of a person, who may be called Box.
    """
    names = [part.name for part in reversed((path, *path.parents)) if part not in homes]
    text = unicodedata.normalize("NFC", f"/{'/'.join(names)}/")  # macOS takes syllables apart
    if storage := re.search(_CLOUD_STORAGE, text, re.IGNORECASE):
        return _product(f"/{storage[1]}/") or _printable(storage[1])
    return _product(text)


def _product(text: str) -> str | None:
    for name, pattern in _PRODUCTS:
        if re.search(f"/(?:{pattern})/", text, re.IGNORECASE):
            return name
    return None


def _printable(name: str) -> str:
    """A name of a file may hold what a terminal obeys, or what is no UTF-8."""
    return "".join(filter(str.isprintable, name)) or "클라우드"


def _by_marker(path: Path, homes: frozenset[Path]) -> str | None:
    """Which program synchronises, by what it leaves at the top of a folder of any name.

    Resilio and Dropbox keep their settings in folders called like their markers, by default in
    the home. Only the marker of Resilio holds an ID, and Dropbox's marker in a home is a file.
    """
    for folder in (path, *path.parents):
        if _mode(folder / ".stfolder"):
            return "Syncthing"
        if _mode(folder / ".sync" / "ID"):
            return "Resilio Sync"
        dropbox = _mode(folder / ".dropbox")
        if S_ISREG(dropbox) or (S_ISDIR(dropbox) and folder not in homes):
            return "Dropbox"
    return None


def _mode(path: Path) -> int:
    """What a file is, for `stat`; 0 if it is not there or cannot be looked at."""
    try:
        return path.stat().st_mode
    except (OSError, ValueError):
        return 0


def _own_mounts() -> str:
    """The mounts that this process sees; none where there is no such file, as on macOS."""
    try:
        return os.fsdecode(Path("/proc/self/mountinfo").read_bytes())
    except OSError:
        return ""


def _by_mount(path: Path, mounts: str) -> str | None:
    """The type of the drive, if ``path`` lies on one of another system."""
    depth, source = 0, ""
    for point, mounted in _mounted(mounts):
        if path.is_relative_to(point) and len(point.parts) >= depth:  # a later mount hides it
            depth, source = len(point.parts), mounted
    kind = source.partition(" ")[0].removeprefix("fuse.")
    if not _NETWORK.fullmatch(kind):
        return None
    return WINDOWS if kind in {"9p", "drvfs"} and _WINDOWS.search(source) else kind


def _mounted(mounts: str) -> Iterator[tuple[Path, str]]:
    """The mount points in order, each with its type, source and options.

    Split at single spaces and line feeds only: names may hold any other space of Unicode.
    """
    for line in mounts.split("\n"):
        place, _, mounted = line.partition(" - ")
        fields = place.split(" ")
        if len(fields) > 4:
            yield Path(_unescaped(fields[4])), mounted


def _unescaped(text: str) -> str:
    r"""The kernel writes a space as ``\040``, and so line feeds, tabs and backslashes."""
    return re.sub(r"\\([0-3][0-7]{2})", lambda match: chr(int(match[1], 8)), text)
