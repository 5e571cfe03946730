"""What a sentence says of the command line: the options and commands it names, held to those there are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import click

from pkitools_cli.main import cli
from tests.support.command import every_command

# xn--caf-dma is a name, and -----BEGIN a line of PEM
_OPTION = r"(?<![-\w])--[a-z][-a-z0-9]*"
# of a command what no sentence goes on with: an option, what is filled in, a file, a number, what stands in quotes
_ARGUMENT = r"-{1,2}[a-z][-\w]*|\{\w+\}|[A-Z|]{2,}[A-Z|:\d]*|'[^']*'|[-\w{}]+(?:[./][-\w{}]+)+|[a-z]*\d+"
_OTHERS = r"\b(?:pip install|(?:openssl|keytool|certtool|curl|certutil) (?:[a-z0-9]+ )?-\w+)"


@cache
def options() -> dict[str, frozenset[str]]:
    """Every command that is no group, such as ``csr create``, with its options."""
    found = {}
    for path in every_command():
        command: click.Command | None = cli
        for name in path:
            assert isinstance(command, click.Group)
            command = command.get_command(click.Context(command), name)
        assert command is not None
        if not isinstance(command, click.Group):
            params = command.get_params(click.Context(command, help_option_names=["-h", "--help"]))
            names = (name for param in params for name in (*param.opts, *param.secondary_opts))
            found[" ".join(path)] = frozenset(name for name in names if name.startswith("--"))
    return found


@cache
def _words() -> re.Pattern[str]:
    nouns = "|".join(dict.fromkeys(name.partition(" ")[0] for name in options() if " " in name))
    alone = "|".join(name for name in options() if " " not in name)  # a word of English too: only after pkitools
    pairs = "|".join(name for name in options() if " " in name)
    return re.compile(rf"{_OPTION}|\b(?:{pairs})\b|\bpkitools (?:(?:{nouns})\b(?: [a-z][-a-z]*)?|(?:{alone})\b)")


def words(text: str) -> list[str]:
    """What the text names in order, commands without ``pkitools`` before them; a command may be one there is not."""
    return [found.removeprefix("pkitools ") for found in _words().findall(text)]


def undoable(text: str, own: str) -> list[str]:
    """What a text names that whoever reads it cannot do where it stands.

    Args:
        text: it.
        own: the command whose options it may name alone: of what shows the text. Any other option is one of the command
            that the same sentence names before it or after it.
    """
    known, found = options(), []
    for sentence in re.split(r"(?<=[.?!])\s|\n", text):
        named = words(sentence)
        commands = [each for each in named if not each.startswith("--")]
        found += [each for each in commands if not any(f"{path} ".startswith(f"{each} ") for path in known)]
        may = frozenset(known[own]).union(*(known.get(each, frozenset()) for each in commands))
        found += [each for each in named if each.startswith("--") and each not in may]
    return found


@cache
def _bare() -> re.Pattern[str]:
    """A command with its arguments, up to the full stop of the sentence it stands in."""
    ours = "|".join(sorted({name for path in options() for name in (path, path.partition(" ")[0])}, reverse=True))
    return re.compile(rf"(?:\bpkitools (?:{ours})\b|{_OTHERS})(?: (?:{_ARGUMENT}))*(?=\.(?:\s|$))")


def stopped(text: str) -> list[str]:
    """Each command the text names that a full stop follows: who copies the words to a prompt takes it along."""
    return _bare().findall(text)


def unknown(text: str) -> Iterator[str]:
    """Each option and command the text names that does not exist; one after a command must be that command's own."""
    command = ""
    for word in words(text):
        if not word.startswith("--"):
            command = word
            if word not in options():
                yield word
        elif not any(word in own for name, own in options().items() if command in {"", name}):
            yield f"{command} {word}".strip()
