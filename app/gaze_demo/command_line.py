"""Which options the user gave on the command line, and which of them a command would ignore."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

EXIT_USER_ERROR = 2
_UNSAID = object()


class Parser(argparse.ArgumentParser):
    """Reports an error in one sentence."""

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_USER_ERROR, f"{self.prog}: {message}; '{self.prog} --help' tells more.\n")

    def _print_message(self, message: str, file: Any = None) -> None:
        """Unlike argparse's own method, this raises if the output cannot be written."""
        stream = file or sys.stderr
        if message and stream is not None:
            stream.write(message)


class Commands(argparse._SubParsersAction):  # type: ignore[type-arg]
    """Records the options that were given before the command's name."""

    def __call__(self, parser: Any, namespace: argparse.Namespace, values: Any, option_string: Any = None) -> None:
        before = set(vars(namespace))
        super().__call__(parser, namespace, values, option_string)
        if not hasattr(namespace, "_given_command"):  # otherwise a subcommand of this command has set it
            namespace._given_command = self.choices[values[0]]
            namespace._given_before = before


@dataclass(frozen=True)
class Given:
    """The options that were given, by the names of their values; all others have their defaults. `parser`: the
    command's."""

    parser: argparse.ArgumentParser
    names: frozenset[str]
    spelled: dict[str, str] = field(default_factory=dict)

    @property
    def positionals(self) -> set[str]:
        """The command's positional arguments."""
        return {action.dest for action in self.parser._actions if not action.option_strings}

    def refuse_all_but(self, honoured: Collection[str], why: str) -> None:
        """End with one sentence if an option was given that is not `honoured`.

        `why`: the rest of that sentence after the options' names, as in "needs --headless".
        """
        passed_over = sorted(self.spelled.get(name, name) for name in self.names - set(honoured))
        if passed_over:
            self.parser.error(f"{' and '.join(passed_over)} {why}")


def parse(build: Callable[[], argparse.ArgumentParser], arguments: Sequence[str]) -> tuple[argparse.Namespace, Given]:
    """The values of all options, and which were given. Ends with one sentence if an option was given that the command
    does not have. Options of the window may stand before a command's name and apply to it if it has the same ones.
    `build` makes the parser; its commands are added with `action=Commands`.
    """
    options = build().parse_args(arguments)
    told = _without_defaults(build()).parse_args(arguments)
    parser = getattr(told, "_given_command", None) or build()
    before: set[str] = getattr(told, "_given_before", set())
    own = {action.dest: action for action in parser._actions}
    spelled = {name: _spelled(action) for name, action in own.items()}
    for name, action in ((action.dest, action) for action in build()._actions):
        spelled.setdefault(name, _spelled(action))
        positional = name in own and not own[name].option_strings
        if name in before and (name not in own or positional):
            why = "is given twice" if positional else "cannot be used with it"
            parser.error(f"{_spelled(action)} before the command {why}")
    names = frozenset(name for name, value in vars(told).items() if value is not _UNSAID and name[0] != "_")
    return options, Given(parser, names, spelled)


def _spelled(action: argparse.Action) -> str:
    return action.option_strings[-1] if action.option_strings else str(action.metavar or action.dest)


def _without_defaults(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """The same parser without defaults: its result holds only the options that were given."""
    parser._defaults.clear()
    for action in parser._actions:
        # argparse takes SUPPRESS itself for the value of a positional that may be left out.
        action.default = argparse.SUPPRESS if action.option_strings else _UNSAID
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                _without_defaults(command)
    return parser


def add_verbose(parser: argparse.ArgumentParser, default: object = argparse.SUPPRESS) -> None:
    """The option `--verbose`; a command's own default is SUPPRESS."""
    text = "log the times of each stage, on stderr too"
    parser.add_argument("--verbose", action="store_true", default=default, help=text)
