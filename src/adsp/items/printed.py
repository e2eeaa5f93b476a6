"""Questions on what R printed: the exhibit with its transcript, and p values in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adsp.bank.question import Exhibit, Transcript, code_hash

if TYPE_CHECKING:
    from random import Random

    from adsp.items.generator import Draw

SHARE_OF_STATEMENTS = 0.65
"""How often an output is read by four statements, rather than for one number."""
SHARE_OF_NEGATIVES = 0.6
"""How often the wrong statement is asked for; a little over half in the exam."""


def exhibit(draw: Draw) -> Exhibit:
    """R's exact print, with the code that prints it again."""
    code = f"{draw.text('data')}{draw.text('call')}"
    transcript = Transcript(draw.printed, draw.r_version, code_hash(code))
    return Exhibit(r=code, caption=draw.text("call"), echo=False, transcript=transcript)


def introduced(story: str, analysis: str, rng: Random) -> str:
    """The first sentence of a stem; ``story`` ends as it stands before a noun."""
    return rng.choice(
        (
            f"다음은 {story} {analysis}의 결과이다.",
            f"다음은 R로 {story} {analysis}의 출력이다.",
            f"{story} {analysis}에서 다음과 같은 출력을 얻었다.",
            f"어느 분석가가 {story} {analysis}의 결과가 다음과 같다.",
        )
    )


def p_text(p: float) -> str:
    """``0.023`` as it is said of a printed p value; small ones by their bound."""
    return "0.001보다 작은 값" if p < 0.001 else f"약 {p:.3f}"


def asked(negative: bool) -> str:
    """The end of a stem over four statements."""
    return "해석으로 옳지 **않은** 것은?" if negative else "해석으로 가장 적절한 것은?"
