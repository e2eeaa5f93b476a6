"""Where things lie and what the learner chose. Read once at the start, written when she chooses."""

from __future__ import annotations

import os
import tempfile
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from adsp.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

MIN_MINUTES, MAX_MINUTES = 5, 960
"""Bounds of a study day, minutes."""

MAX_TIMEOUT = 600
"""Longest wall time of an R snippet, seconds."""

HOME_VARIABLE = "ADSP_HOME"
"""One folder for everything of the learner's, in place of the system's own folders."""


@dataclass(frozen=True)
class Paths:
    """The folders and files of one learner."""

    data: Path
    """The log of answers and its backups."""
    config: Path
    """``settings.toml``."""
    state: Path
    """Log files of the app itself: tracebacks go here, never to the screen."""
    cache: Path
    """What can be made again."""

    @property
    def log(self) -> Path:
        """The SQLite file of the log of answers."""
        return self.data / "answers.db"

    @property
    def banks(self) -> Path:
        """The learner's own and imported bank files."""
        return self.data / "banks"

    @property
    def settings(self) -> Path:
        return self.config / "settings.toml"

    @property
    def trace(self) -> Path:
        """Where tracebacks go."""
        return self.state / "adsp.log"


def find_paths(environ: Mapping[str, str] = os.environ) -> Paths:
    """The learner's folders: ``ADSP_HOME`` if set, else the system's own (XDG on Linux).

    Raises:
        SettingsError: ``ADSP_HOME`` is the home of a user who is not there.
    """
    if home := environ.get(HOME_VARIABLE):
        try:
            root = Path(home).expanduser().absolute()
        except RuntimeError as error:
            raise SettingsError(
                f"{HOME_VARIABLE}={home} 은(는) 없는 사용자의 폴더입니다. 다른 폴더를 정하세요."
            ) from error
        return Paths(root / "data", root / "config", root / "state", root / "cache")
    from platformdirs import PlatformDirs

    dirs = PlatformDirs("adsp", appauthor=False)
    return Paths(
        dirs.user_data_path, dirs.user_config_path, dirs.user_state_path, dirs.user_cache_path
    )


def shipped(name: Literal["questions", "r_scripts"]) -> Path:
    """A folder that ships with the app: beside the package in a wheel, at the top of a checkout."""
    here = Path(__file__).parent
    in_wheel = here / "_data" / name
    return in_wheel if in_wheel.is_dir() else here.parents[1] / name


class ExamGoal(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which exam the learner aims at."""

    date: date | None = None
    """The exam day; a round's date if ``round`` is set and this is not."""
    round: int | None = None
    """A round of ``questions/exams.toml``."""


class PlanOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How the learner studies."""

    start: date | None = None
    """First study day; the day of the first answer if not set."""
    minutes: int = 60
    """Minutes on a study day, 5 to 960."""
    rest: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = ()
    """Weekdays without study."""


class ScreenOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How it looks."""

    theme: str = "textual-dark"
    """A theme of Textual; an unknown name falls back to the default with a note."""


class ROptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How R is run."""

    engine: Literal["auto", "zygote", "oneshot", "none"] = "auto"
    """``auto`` takes the best that works here."""
    timeout: float = 5.0
    """Wall time of a snippet, seconds; above 0, at most 600."""


class SyncOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How the log is exchanged with the learner's other machines."""

    folder: str = ""
    """The folder that ``adsp log sync`` uses if none is named."""
    git: bool = False
    """Whether the folder is a git repository to pull before and to push after."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The settings file, section by section."""

    exam: ExamGoal = ExamGoal()
    plan: PlanOptions = PlanOptions()
    screen: ScreenOptions = ScreenOptions()
    r: ROptions = ROptions()
    sync: SyncOptions = SyncOptions()


def load_settings(path: Path) -> Settings:
    """Read the settings file; a missing file is the defaults.

    Raises:
        SettingsError: the file is no TOML or holds an unknown key or value, with the place.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))  # Notepad writes a BOM
        settings = msgspec.convert(data, Settings)
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError, RecursionError) as error:  # an endless number is a ValueError
        raise SettingsError(
            f"설정 파일 {path} 을(를) 읽을 수 없습니다: {error}. "
            "고치거나 지우면 기본값으로 시작합니다."
        ) from error
    if not 0 < settings.r.timeout <= MAX_TIMEOUT:
        raise SettingsError(
            f"설정 파일 {path} 의 r.timeout 은 0초보다 길고 {MAX_TIMEOUT}초를 넘지 않아야 "
            f"합니다(지금 {settings.r.timeout})."
        )
    if not MIN_MINUTES <= settings.plan.minutes <= MAX_MINUTES:
        raise SettingsError(
            f"설정 파일 {path} 의 plan.minutes 는 {MIN_MINUTES}에서 {MAX_MINUTES} 사이여야 "
            f"합니다(지금 {settings.plan.minutes})."
        )
    return settings


def save_settings(path: Path, settings: Settings) -> None:
    """Write the settings file whole or not at all.

    Raises:
        SettingsError: the folder cannot be written.
    """
    import tomli_w

    text = tomli_w.dumps(msgspec.to_builtins(settings, builtin_types=(date,)))
    try:
        write_atomically(path, text)
    except OSError as error:
        raise SettingsError(f"설정 파일 {path} 을(를) 쓸 수 없습니다: {error.strerror}") from error


def write_atomically(path: Path, text: str, *, private: bool = True) -> None:
    """Replace ``path`` by ``text``: temporary file beside it, fsync, rename.

    ``private`` keeps it for its owner alone; else it gets the rights of any new file.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if private else 0o777)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            if not private:
                os.fchmod(handle, 0o666 & ~_umask())
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _umask() -> int:
    """The process's umask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
