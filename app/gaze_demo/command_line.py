"""What a user has said on the command line, and what of it a command would pass over."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

EXIT_USER_ERROR = 2
_UNSAID = object()


class Parser(argparse.ArgumentParser):
    """Says in one sentence what is wrong."""

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_USER_ERROR, f"{self.prog}: {message}; '{self.prog} --help' tells more.\n")

    def _print_message(self, message: str, file: Any = None) -> None:
        """Unlike argparse's own, this lets an output that cannot be written be told."""
        stream = file or sys.stderr
        if message and stream is not None:
            stream.write(message)


class Commands(argparse._SubParsersAction):  # type: ignore[type-arg]
    """Notes what was said before the command's name."""

    def __call__(self, parser: Any, namespace: argparse.Namespace, values: Any, option_string: Any = None) -> None:
        before = set(vars(namespace))
        super().__call__(parser, namespace, values, option_string)
        if not hasattr(namespace, "_given_command"):  # else by a command of this command
            namespace._given_command = self.choices[values[0]]
            namespace._given_before = before


@dataclass(frozen=True)
class Given:
    """The options that were said, by the names of their values; all else has its default. `parser`: the command's."""

    parser: argparse.ArgumentParser
    names: frozenset[str]
    spelled: dict[str, str] = field(default_factory=dict)

    @property
    def positionals(self) -> set[str]:
        """What the command takes without a name before it."""
        return {action.dest for action in self.parser._actions if not action.option_strings}

    def refuse_all_but(self, honoured: Collection[str], why: str) -> None:
        """End with one sentence if an option was said that is not `honoured`.

        `why`: the rest of that sentence after the options' names, as in "needs --headless".
        """
        passed_over = sorted(self.spelled.get(name, name) for name in self.names - set(honoured))
        if passed_over:
            self.parser.error(f"{' and '.join(passed_over)} {why}")


def parse(build: Callable[[], argparse.ArgumentParser], arguments: Sequence[str]) -> tuple[argparse.Namespace, Given]:
    """The values of all options, and which were said.

    Ends with one sentence if an option was said that the command does not know: those of the window stand before a
    command's name too, and count for it where it has the same ones. `build` makes the parser; its commands are
    added with `action=Commands`.
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
            why = "is said twice" if positional else "means nothing to it"
            parser.error(f"{_spelled(action)} before the command {why}")
    names = frozenset(name for name, value in vars(told).items() if value is not _UNSAID and name[0] != "_")
    return options, Given(parser, names, spelled)


def _spelled(action: argparse.Action) -> str:
    return action.option_strings[-1] if action.option_strings else str(action.metavar or action.dest)


def _without_defaults(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """The same parser, whose answer holds nothing but what was said."""
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
