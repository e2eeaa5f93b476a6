"""R inside this process, through rpy2's lowest layer. Imported by the zygote alone.

The stack check of R stays on (``_c_stack_limit=0``): rpy2 turns it off, and then endless
recursion is a segmentation fault.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_OPTIONS = ("rpy2", "--quiet", "--no-save", "--no-restore", "--no-site-file", "--no-init-file")
_WARM_UP = """
invisible(lapply(c("stats", "graphics", "grDevices", "utils", "datasets"), loadNamespace))
x_ <- data.frame(a = 1); print(x_); rm(x_)
invisible(warning("w")); message("m")
print(summary(lm(mpg ~ wt, mtcars)))
plot(1, axes = FALSE, ann = FALSE)
"""


class EmbeddedR:
    """One R, ready to run the harness in forked copies of this process."""

    def __init__(self, scratch: str, family: str) -> None:
        """Start R and warm it: byte-compiled, devices loaded, else each child pays 50 ms.

        No letter is drawn: from version 1.52 on, Pango looks for fonts in a thread of its own,
        which a fork does not copy, and the child would wait for it for ever. Costs a plot 10 ms.
        """
        logging.disable(logging.CRITICAL)
        from rpy2 import rinterface

        self._ri: Any = rinterface
        self._scratch, self._family = scratch, family
        self._emit: Callable[[str, str], None] = _ignore
        self._take_console()
        rinterface.initr(interactive=False, _c_stack_limit=0)
        self._harness = self._load_harness()
        self._emit_to_r = rinterface.rternalize(self._from_r)
        for _ in range(3):
            self.run(_WARM_UP, {}, 1, _ignore)
        rinterface.evalr("invisible(gc())")

    @property
    def version(self) -> str:
        """``4.2.2``."""
        return str(self._ri.evalr("as.character(getRversion())")[0])

    @property
    def temporary(self) -> str:
        """R's own ``tempdir()``, which every forked copy shares."""
        return str(self._ri.evalr("tempdir()")[0])

    def run(
        self, code: str, values: Mapping[str, str], seed: int, emit: Callable[[str, str], None]
    ) -> None:
        """Run the harness once; ``emit`` gets the kind and text of all that happens."""
        ri = self._ri
        self._emit = emit
        expressions = ri.StrSexpVector(list(values.values()))
        expressions.do_slot_assign("names", ri.StrSexpVector(list(values)))
        self._harness(
            ri.StrSexpVector([code]),
            expressions,
            ri.IntSexpVector([seed]),
            ri.StrSexpVector([self._family]),
            ri.StrSexpVector([self._scratch]),
            self._emit_to_r,
        )

    def _take_console(self) -> None:
        from rpy2.rinterface_lib import callbacks, conversion, embedded

        lower: Any = conversion
        lower._cchar_to_str_with_maxlen = _lenient  # noqa: SLF001  (R may print any bytes)
        console: Any = callbacks
        console.consolewrite_print = lambda text: self._emit("out", text)
        console.consolewrite_warnerror = lambda text: self._emit("message", text)
        console.showmessage = lambda text: self._emit("message", text)
        console.consoleread = self._no_answer
        start: Any = embedded
        start.set_initoptions(_OPTIONS)

    def _load_harness(self) -> Any:
        source = Path(__file__).with_name("harness.R").read_text(encoding="utf-8")
        # Its own room, under the base namespace: a snippet that masks `c` or `print` cannot
        # break it, and its `print` still finds the snippet's own methods.
        compiled = self._ri.evalr(
            "function(f) {environment(f) <- new.env(parent = .BaseNamespaceEnv);"
            " compiler::cmpfun(f)}"
        )
        return compiled(self._ri.evalr(source))

    def _from_r(self, kind: Any, text: Any) -> Any:
        self._emit(str(kind[0]), str(text[0]))
        return self._ri.IntSexpVector([0])  # NULL would be logged as an error of the callback

    def _no_answer(self, prompt: str) -> str:
        """Whoever asks the keyboard gets an empty line; the browser is told to go on."""
        answer = "c\n" if prompt.startswith("Browse") else "\n"
        self._emit("out", prompt + answer)
        return answer


def _ignore(_kind: str, _text: str) -> None:
    return None


def _lenient(buffer: Any, length: int, _encoding: str) -> str:
    from rpy2.rinterface_lib import openrlib

    raw: bytes = openrlib.ffi.string(buffer, length)
    return raw.decode("utf-8", "replace")
