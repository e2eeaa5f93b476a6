"""The exception family. Every message is a Korean sentence that says what to do next.

AdspError                     anything that the learner is told about
├── UsageError                a wrong argument or option: exit code 2
├── BankError                 a bank file cannot be read at all
├── StoreError                the log of answers cannot be opened or written
│   ├── StoreLocked           another adsp is writing
│   └── StoreDamaged          the file is not what it should be; nothing was changed
├── RError                    R could not be asked (R's own errors are results, not exceptions)
└── SettingsError             the settings file cannot be read
"""

from __future__ import annotations


class AdspError(Exception):
    """Base of all errors shown to the learner. ``str(error)`` is the whole message."""

    title = "문제가 생겼습니다"
    """Heading of the dialog that shows the message."""

    exit_code = 1
    """What a command returns: 1 the thing failed, 2 it was asked for wrongly."""


class UsageError(AdspError):
    """An argument is wrong: an unknown section, an exam date in the past."""

    title = "입력을 확인하세요"
    exit_code = 2


class BankError(AdspError):
    """No question can be read from the bank."""

    title = "문제 은행을 읽지 못했습니다"


class StoreError(AdspError):
    """The log of answers cannot be opened or written; nothing was changed."""

    title = "기록을 열지 못했습니다"


class StoreLocked(StoreError):
    """Another adsp holds the log for writing."""


class StoreDamaged(StoreError):
    """The file is not a whole log of this app."""


class RError(AdspError):
    """R could not be asked at all."""

    title = "R을 실행하지 못했습니다"


class SettingsError(AdspError):
    """The settings file cannot be read."""

    title = "설정을 읽지 못했습니다"
    exit_code = 2
