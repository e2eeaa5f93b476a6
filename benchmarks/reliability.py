"""What the suites that try to break the log counted, and what the log costs, as a page in Markdown.

    python benchmarks/reliability.py FIGURES.jsonl > benchmarks/results/reliability.md

``./test --long`` does this. FIGURES.jsonl is what the tests left where ``ADSP_FIGURES`` pointed.
"""

from __future__ import annotations

import json
import platform
import sys
from pathlib import Path

import store

HEAD = """\
# The log under fire

Written by `./test --long` ({system}, Python {python}). Each line is a suite of
`tests/reliability`; "lost" are answers that were acknowledged and are not there, "torn" are batches
of which a part is there, "corrupt" are logs that `adsp log check` finds fault with, "refused" are
sound ones that the app would not open. "Ahead" and "retried": stored, and killed before it was
acknowledged. "Between": neither the old log nor the new. "Noticed": lost, but the marker tells.
"Handed out": a changed row that was read as if it were sound. "Beyond proof": rows of a damaged
file whose checksums do not hold; "begun again": sessions whose start was lost, made anew. The two
controls, on a disk that is not waited for, must fail: they show that the simulation can.

| | counted | s |
|---|---|--:|
"""

COSTS = """
## What it costs

`python benchmarks/store.py`, on the disk of the temporary folder:
"""


def rows(figures: Path) -> list[str]:
    """A row a suite, the long form where there are both."""
    told: dict[str, str] = {}
    lines = [json.loads(line) for line in figures.read_text(encoding="utf-8").splitlines()]
    for line in sorted(lines, key=lambda line: (line["name"], line["form"] == "long")):
        counts = ", ".join(f"{name} {_number(value)}" for name, value in line["counts"].items())
        told[line["name"]] = f"| {line['name']} | {counts} | {line['seconds']:.0f} |"
    return list(told.values())


def _number(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def main() -> None:
    figures = Path(sys.argv[1])
    system = f"{platform.system()} {platform.machine()}"
    print(HEAD.format(system=system, python=platform.python_version()), end="")
    print("\n".join(rows(figures)))
    print(COSTS)
    del sys.argv[1:]
    store.main()


if __name__ == "__main__":
    main()
