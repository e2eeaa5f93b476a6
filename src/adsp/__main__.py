"""``python -m adsp``."""

from adsp.cli import main

main()
