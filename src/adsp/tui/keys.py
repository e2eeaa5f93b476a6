"""A command is one object: its keys, its word in the footer, its sentence in help and palette."""

from __future__ import annotations

from textual.binding import Binding

from adsp.text import JAMO_OF_KEY


def command(keys: str, action: str, label: str, help: str, *, show: bool = True) -> Binding:  # noqa: A002
    """A binding that also answers when the Korean input method is on: ``n`` arrives as ``ㅜ``.

    Its id is its action, by which the settings can give it another key.
    """
    latin = keys.split(",")
    twins = [JAMO_OF_KEY[key] for key in latin if key in JAMO_OF_KEY]
    return Binding(
        ",".join([*latin, *twins]),
        action,
        label,
        tooltip=help,
        show=show,
        id=action,
        key_display=_DISPLAY.get(latin[0]),
    )


_DISPLAY = {"question_mark": "?", "escape": "Esc", "enter": "Enter", "f5": "F5"}
