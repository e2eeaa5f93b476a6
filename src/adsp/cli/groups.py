"""Commands and groups whose help is in Korean; one group imports its commands on use only."""

from __future__ import annotations

import difflib
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_USAGE_WORDS = {
    "[OPTIONS]": "[옵션]",
    "COMMAND": "명령",
    "[COMMAND]": "[명령]",
    "[ARGS]...": "...",
}


def _write_rows(formatter: click.HelpFormatter, rows: Sequence[tuple[str, str]]) -> None:
    """Two columns, aligned by cells: click counts characters, and a Hangul syllable is two wide."""
    from rich.cells import cell_len

    indent = " " * formatter.current_indent
    width = max(cell_len(term) for term, _ in rows)
    for term, text in rows:
        formatter.write(f"{indent}{term}{' ' * (width - cell_len(term))}  {text}\n")


class _KoreanHelp(click.Command):
    """Help whose headings are in Korean, too."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix="사용법: ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        records = [record for p in self.get_params(ctx) if (record := p.get_help_record(ctx))]
        with formatter.section("옵션"):
            _write_rows(formatter, records)
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        pieces = super().collect_usage_pieces(ctx)
        return [
            " ".join(_USAGE_WORDS.get(word, word) for word in piece.split()) for piece in pieces
        ]

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "이 도움말을 보입니다."
        return option


class Command(_KoreanHelp):
    """A command."""


class Group(_KoreanHelp, click.Group):
    """A group that tells what it knows when it is asked for nothing, or for something else."""

    command_class = Command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args and not self.invoke_without_command:
            known = ", ".join(self.list_commands(ctx))
            raise click.UsageError(f"무엇을 할지 적으세요: {known}.", ctx)
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, but an unknown name is told with the nearest known one."""
        known = self.list_commands(ctx)
        if args and args[0] not in known and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], known, n=1)
            hint = f" 혹시 {near[0]}?" if near else ""
            raise click.UsageError(f"'{args[0]}' 이라는 명령은 없습니다.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("명령"):
            _write_rows(formatter, [(n, c.get_short_help_str(80)) for n, c in commands if c])


class LazyGroup(Group):
    """Knows each subcommand's module and one-line help; imports the module on use.

    The subcommand ``name`` is the module's attribute ``name``.
    """

    def __init__(self, *args: Any, commands: Mapping[str, tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lazy = dict(commands)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which a newcomer meets them."""
        del ctx
        return list(self._lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in self._lazy:
            return None
        module = import_module(self._lazy[cmd_name][0])
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands without importing any of them."""
        del ctx
        with formatter.section("명령"):
            _write_rows(formatter, [(name, text) for name, (_, text) in self._lazy.items()])
