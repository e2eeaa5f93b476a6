"""Questions on what R printed: the exhibit with its transcript, and p values in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adsp.bank.question import Exhibit, Transcript, code_hash

if TYPE_CHECKING:
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


def p_text(p: float) -> str:
    """``0.023`` as it is said of a printed p value; small ones by their bound."""
    return "0.001보다 작은 값" if p < 0.001 else f"약 {p:.3f}"


def asked(negative: bool) -> str:
    """The end of a stem over four statements."""
    return "해석으로 옳지 **않은** 것은?" if negative else "해석으로 가장 적절한 것은?"
