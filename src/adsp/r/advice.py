"""How to get what is missing, in Korean, for the system at hand."""

from __future__ import annotations

import shutil
import sys

RPY2_OLD_R, RPY2_NEW_R = "rpy2-rinterface==3.6.5", "rpy2-rinterface==3.6.7"

_INSTALLERS = (
    ("apt-get", "sudo apt-get install r-base-core r-recommended"),
    ("dnf", "sudo dnf install R-core"),
    ("pacman", "sudo pacman -S r"),
    ("zypper", "sudo zypper install R-base"),
    ("brew", "brew install r"),
)
_BWRAP = (
    ("apt-get", "sudo apt-get install bubblewrap"),
    ("dnf", "sudo dnf install bubblewrap"),
    ("pacman", "sudo pacman -S bubblewrap"),
    ("zypper", "sudo zypper install bubblewrap"),
)


def rpy2_pin(release: tuple[int, int]) -> str:
    """The rpy2-rinterface for an R: 3.6.6 and later die at import on R < 4.5, and R >= 4.6 needs
    them. In between both work; the one that the most machines need is taken.
    """
    return RPY2_NEW_R if release >= (4, 6) else RPY2_OLD_R


def how_to_install_r() -> str:
    """One sentence with the command of this system's package manager, if there is one."""
    command = _command(_INSTALLERS)
    how = f"터미널에서 `{command}`" if command else "https://cran.r-project.org 에서 받아"
    return (
        f"R이 없습니다. {how} 설치한 뒤 앱을 다시 시작하세요."
        " R 없이도 저장된 출력으로 공부할 수 있습니다."
    )


def how_to_install_rpy2(release: tuple[int, int]) -> str:
    """One sentence with the pinned command; the ABI build needs ``make`` and no compiler."""
    return (
        "rpy2가 없거나 이 R과 맞지 않아 R을 매번 새로 켭니다(느릴 뿐 결과는 같습니다)."
        " 빠르게 하려면 다음을 실행하세요: "
        f"`RPY2_CFFI_MODE=ABI {sys.executable} -m pip install '{rpy2_pin(release)}'`"
    )


def how_to_install_bubblewrap() -> str:
    """One sentence; Ubuntu 24.04 forbids it to users even when it is installed."""
    if shutil.which("bwrap"):
        return (
            "bubblewrap이 있지만 시스템이 사용자 이름공간을 막아 쓰지 못합니다. "
            "Landlock과 seccomp이 있으면 그대로 써도 됩니다."
        )
    command = _command(_BWRAP)
    how = f"`{command}`" if command else "배포판의 bubblewrap 꾸러미 설치"
    return f"bubblewrap이 없습니다. {how}(으)로 R을 한 겹 더 가둘 수 있습니다."


LANDLOCK = "커널에 Landlock이 없습니다(리눅스 5.13 이상). 커널을 올리면 R을 더 단단히 가둡니다."
SECCOMP = "seccomp을 쓸 수 없는 커널이나 처리 장치입니다. 가져온 문제의 R은 실행하지 않습니다."
NOT_LINUX = (
    "이 운영체제에서는 R을 시간과 메모리로만 제한합니다. 가져온 문제의 R은 보여 주기만 합니다."
)


def _command(choices: tuple[tuple[str, str], ...]) -> str:
    return next((command for tool, command in choices if shutil.which(tool)), "")
