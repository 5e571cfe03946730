"""What click complains of, said in our own words: one sentence, in the language in force.

Loaded only when something is wrong with the command line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, Final

import click

from pkitools.text import visible
from pkitools_cli.framework import in_words
from pkitools_cli.i18n import Sentence, again, tr
from pkitools_cli.options import EnvironmentChoice

_CODES: Final[dict[type[click.ClickException], str]] = {
    click.NoSuchCommand: "cli.main.no_command",
    click.NoSuchOption: "cli.main.no_option",
    click.MissingParameter: "cli.main.missing",  # is a BadParameter
    click.BadParameter: "cli.main.bad_value",
}
_ALIKE = 0.75  # of words as short as these less is not a slip, but another word
_MAX_SHOWN = 80  # a whole file pasted in the place of an option's name helps nobody


def code(error: click.ClickException) -> str:
    """Return the code of what is wrong: the key of its sentence among the interface's words."""
    if isinstance(error.message, Sentence):
        return error.message.key
    if isinstance(error, click.BadOptionUsage):
        return _option_usage(error)
    return next((key for kind, key in _CODES.items() if isinstance(error, kind)), "cli.main.no_verb")


def sentence(error: click.ClickException) -> str:
    """Return what is wrong with the command line; a sentence this project wrote itself is said as it is."""
    text = again(error.message)
    match error:
        case click.NoSuchCommand():
            text = _unknown("cli.main.no_command", error.command_name, similar(error.command_name, error.ctx))
        case click.NoSuchOption():
            meant = get_close_matches(error.option_name, error.possibilities or [], cutoff=_ALIKE)
            text = _unknown("cli.main.no_option", error.option_name, meant)
        case click.MissingParameter(param=click.Parameter() as param):
            text = _with_expected(tr("cli.main.missing", name=_name(param, error.ctx)), _expected(param))
        case click.BadOptionUsage():
            text = tr(_option_usage(error), name=_cut(error.option_name))
        case click.BadParameter(param=click.Parameter() as param):
            text = _bad_value(param, _name(param, error.ctx), again(error.message))
        case click.UsageError(ctx=click.Context(command=click.Group() as group) as context) if not _ours(error):
            text = tr("cli.main.no_verb", names=", ".join(group.list_commands(context)))
    return text


def _ours(error: click.ClickException) -> bool:
    return isinstance(error.message, Sentence)


def _option_usage(error: click.BadOptionUsage) -> str:
    return "cli.main.needs_value" if _needs_value(error) else "cli.main.takes_no_value"


def _cut(text: str) -> str:
    return visible(text, _MAX_SHOWN)


def _unknown(key: str, name: str, similar: Sequence[str]) -> str:
    text = tr(key, name=_cut(name))
    return f"{text} {tr('cli.main.did_you_mean', names=', '.join(similar))}" if similar else text


def similar(name: str, ctx: click.Context | None) -> Sequence[str]:
    """Return the commands that were perhaps meant: of this group, else of any, by noun and verb."""
    # click itself knows only the commands that were loaded
    if ctx is None or not isinstance(ctx.command, click.Group):
        return ()
    elsewhere = _elsewhere(name, ctx.find_root())
    if any(path.rpartition(" ")[2] == name for path in elsewhere):  # the very word, of another noun
        return elsewhere
    return get_close_matches(name, ctx.command.list_commands(ctx)) + _written_together(name, ctx) or elsewhere


def _written_together(name: str, ctx: click.Context) -> list[str]:
    """Return the commands that a noun and a verb in one word mean: ``cert-check``, ``certcheck``."""
    bare = re.sub("[^a-z]", "", name.lower())
    return [path for path in _paths(ctx.find_root()) if bare == re.sub("[^a-z]", "", path)]


def _elsewhere(name: str, root: click.Context) -> list[str]:
    """Return the commands whose verb is this one, or nearly; the noun that most people mean first."""
    paths = _paths(root)
    verbs = {path.rpartition(" ")[2] for path in paths}
    meant = [name] if name in verbs else get_close_matches(name, verbs, n=1, cutoff=_ALIKE)
    found = [path for path in paths if path.rpartition(" ")[2] in meant]
    return sorted(found, key=lambda path: not path.startswith("cert "))


def _paths(root: click.Context) -> list[str]:
    """Return every command below the root as it is typed, such as ``cert check``."""
    assert isinstance(root.command, click.Group)
    found = []
    for noun in root.command.list_commands(root):
        group = root.command.get_command(root, noun)
        verbs = group.list_commands(root) if isinstance(group, click.Group) else []
        found += [f"{noun} {verb}" for verb in verbs] or [noun]
    return found


def _with_expected(text: str, expected: str) -> str:
    return f"{text}: {expected}" if expected else f"{text}."


def _needs_value(error: click.BadOptionUsage) -> bool:
    if error.ctx is None:
        return True
    options = [o for o in error.ctx.command.get_params(error.ctx) if isinstance(o, click.Option)]
    return not any(o.is_flag for o in options if error.option_name in (*o.opts, *o.secondary_opts))


def _name(param: click.Parameter, ctx: click.Context | None) -> str:
    if isinstance(param, click.Option):
        return max(param.opts, key=len)
    return in_words(param.make_metavar(ctx) if ctx is not None else param.human_readable_name)


def _bad_value(param: click.Parameter, name: str, message: str) -> str:
    expected = _expected(param)
    quoted, found, _ = message.partition(" is not ")  # how every type of click begins
    if expected and found:
        value = quoted.strip("'")
        text = f"{tr('cli.main.bad_value_of', name=name, value=_cut(value))}: {expected}"
        meant = ", ".join(_meant(param.type, value))
        return f"{text} {tr('cli.main.did_you_mean', names=meant)}" if meant else text
    # a type of our own has said, in the language in force, what it expects
    return f"{tr('cli.main.bad_value', name=name)}: {expected or message}"


def _meant(kind: click.ParamType[Any], value: str) -> Sequence[str]:
    """Return which of the values there are to choose from were perhaps meant."""
    if isinstance(kind, EnvironmentChoice):
        return [str(meant) for meant in kind.meant(value)]
    return get_close_matches(value, list(map(str, kind.choices))) if isinstance(kind, click.Choice) else ()


def _expected(param: click.Parameter) -> str:
    kind = param.type
    if isinstance(kind, click.Choice):
        return tr("cli.main.choose", choices=", ".join(str(choice) for choice in kind.choices))
    if isinstance(kind, click.IntRange | click.FloatRange):
        low = f"{kind.min:g}" if kind.min is not None else "-∞"
        key = "cli.main.number_above" if kind.min_open else "cli.main.number_from"
        return tr(key, low=low, high=f"{kind.max:.0f}" if kind.max is not None else "∞")
    return ""
