"""What every command shares: lazy loading, help in two languages, and one way for answers and errors to reach people.

Commands are declared with :class:`Command`, whose help texts are keys of :mod:`pkitools_cli.i18n`. A command returns a
:class:`~pkitools_cli.reply.Reply`; which form it is told in is chosen here (``--json``), and no command knows it.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from pkitools._version import __version__
from pkitools.errors import PkitoolsError
from pkitools.frozen import dataclass
from pkitools.messages import LANGUAGES
from pkitools_cli.i18n import lookup, set_language, tr
from pkitools_cli.output import complain, encodable
from pkitools_cli.renderers import JSON, TEXT, names, tell
from pkitools_cli.reply import Reply

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

O = TypeVar("O")  # noqa: E741  the options object of a command
R = TypeVar("R")

_OF_FILES: Final = frozenset({"FILE", "DIR", "DIR2", "PATH", "PREFIX", "OLD", "NEW", "SOURCE"})
_OF_PEERS: Final = "HOST:PORT"
_VERSION = "pkitools_cli.json_version"
_GIVEN = "pkitools_cli.given"
_ORDER = "pkitools_cli.order"
_CONNECTIONS = "--connections"
_DATA_FOLDER = "pkitools_cli.data"
DATA_VARIABLE = "PKITOOLS_DATA"
_WRITTEN = {"--out", "--out-dir", "--report", "--snapshot", "--cache"}
"""The options that name what is written. A dash is standard input where something is read, and no name here."""
_SEARCHED: Final = frozenset({"TEXT", "QUERY"})
_NOT_PIPED = {
    *("--accept", "--api-key-file", "--client-key", "--connections", "--data", "--expect", "--from", "--key"),
    *("--key-passphrase-file", "--manifest", "--passphrase-file", "--since", "--trust"),
}
"""The options that name what is read, and of which nothing reads standard input: a secret, a folder, a file of ours."""
_METAVARS = {click.IntRange: "N", click.FloatRange: "N", click.types.IntParamType: "N"}


# taken by every command, wherever it stands; language_from() has acted on it before click parses
_LANG = click.Option(["--lang"], type=click.Choice(LANGUAGES), expose_value=False, hidden=True)


def choose_data(ctx: click.Context, _param: click.Parameter, folder: str | None) -> None:
    """Keep the folder with facts of one's own, for the command that asks for it; also an empty name, which is none."""
    if folder is not None:
        ctx.meta[_DATA_FOLDER] = folder


def data_folder_given(ctx: click.Context) -> str | None:
    """Return the folder with facts of one's own that was given, if one was."""
    folder: str | None = ctx.meta.get(_DATA_FOLDER)
    return folder


_DATA = click.Option(["--data"], metavar="DIR", expose_value=False, callback=choose_data, hidden=True)


def _translated(text: str | None) -> str | None:
    return (lookup(text) or text) if text else text


def _show_help(ctx: click.Context, _param: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()


def show_version(ctx: click.Context, _param: click.Parameter, asked: bool) -> None:
    """Write the version and end; click's own option looks its text up in a catalogue that we do not use."""
    if asked and not ctx.resilient_parsing:
        click.echo(f"pkitools {__version__}", color=ctx.color)
        ctx.exit()


def _first_line(text: str | None) -> str:
    return (_translated(text) or "").split("\n", 1)[0].rstrip(".")


class _TranslatedHelp(click.Command):
    """Help whose texts are looked up when shown, and complaints that know which command they are about."""

    allow_extra_args = True  # too many arguments are complained of here, in the language in force

    def get_short_help_str(self, limit: int = 80) -> str:
        return _first_line(self.help)  # whole: the list of commands wraps it

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            self._refuse_repeated(ctx, args)
            rest = super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx  # the parser itself does not say which command it parsed for
            raise
        if rest and not isinstance(self, click.Group):
            raise click.UsageError(self._told_of(rest), ctx)
        return rest

    def _told_of(self, rest: Sequence[str]) -> str:
        """Return what is said of what a command does not take: a file of connections has its option."""
        takes_connections = any(_CONNECTIONS in param.opts for param in self.params)
        if takes_connections and len(rest) == 1 and rest[0].lower().endswith(".toml"):
            return tr("cli.main.connections_apart", what=rest[0], option=_CONNECTIONS)
        return tr("cli.main.too_many", what=" ".join(rest))

    def _refuse_repeated(self, ctx: click.Context, args: Sequence[str]) -> None:
        """Refuse a value given twice for an option that has one: click would keep the last and drop the other.

        Options of which several are meant add up, and a flag given twice says nothing new.
        """
        given_values, _, order = self.make_parser(ctx).parse_args(list(args))
        _refuse_empty_names(ctx, given_values, order)
        _refuse_dashes(ctx, given_values, order)
        ctx.meta[_ORDER] = [param.name for param in order]
        given: set[str] = ctx.meta.setdefault(_GIVEN, set())  # of the groups before it as well: --lang
        for param in order:
            if not isinstance(param, click.Option) or param.multiple or param.is_flag:
                continue
            name = max(param.opts, key=len)
            if name in given:
                raise click.UsageError(tr("cli.main.repeated", name=name), ctx)
            given.add(name)

    def get_help_option(self, ctx: click.Context) -> click.Option:
        """Return the option ``--help``: click's own, but for its text, which it would look up in a catalogue."""
        if self._own_help is None:
            names = self.get_help_option_names(ctx)
            self._own_help = click.Option(
                names, is_flag=True, is_eager=True, expose_value=False, callback=_show_help, help="cli.main.help_option"
            )
        return self._own_help

    _own_help: click.Option | None = None  # the same each time: click looks for it among what was given

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        own = super().get_params(ctx)
        taken = {name for param in own for name in param.opts}
        return [*own, *(option for option in (_LANG, _DATA) if not taken & set(option.opts))]

    def get_help(self, ctx: click.Context) -> str:
        return encodable(super().get_help(ctx), sys.stdout.encoding)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=f"{tr('cli.main.usage')} ")

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        pieces = [in_words(piece) for piece in super().collect_usage_pieces(ctx)]
        words = {
            self.options_metavar: "options_metavar",
            getattr(self, "subcommand_metavar", None): "subcommand_metavar",
        }
        return [tr(f"cli.main.{words[piece]}") if piece in words else piece for piece in pieces]

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        text = _translated(self.help)
        if text:
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(text)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [row for param in self.get_params(ctx) if (row := _option_row(param, ctx)) is not None]
        if rows:
            with formatter.section(tr("cli.main.options")):
                formatter.write_dl(rows)


def _refuse_empty_names(ctx: click.Context, values: Mapping[str, Any], order: Sequence[click.Parameter]) -> None:
    """Refuse an empty or blank name of a file or a folder: to the system an empty one is the folder one stands in.

    Nobody means that. A variable of a script that is not set gives one: what lies there would be judged, or trusted.
    """
    for param in order:
        value = values.get(param.name or "")
        given = value if isinstance(value, list | tuple) else [value]
        is_empty = any(isinstance(each, str) and not each.strip() for each in given)
        if is_empty and names_files(param) and _OF_PEERS not in (param.metavar or ""):  # that command says it itself
            raise click.UsageError(_empty_told(param), ctx)


def _refuse_dashes(ctx: click.Context, values: Mapping[str, Any], order: Sequence[click.Parameter]) -> None:
    """Refuse ``-`` as the name of what is written: most forms are several files, or hold a key, and none is piped.

    It gave files called ``-`` and ``-.key``, of which no next command could be pasted; of what is read from files alone
    it was told that it does not exist.
    """
    for param in order:
        value = values.get(param.name or "")
        name = max(param.opts, key=len)
        if "-" not in (value if isinstance(value, list | tuple) else [value]):
            continue
        if name in _WRITTEN:
            raise click.UsageError(tr("cli.main.dash", name=name), ctx)
        if name in _NOT_PIPED:
            raise click.UsageError(tr("cli.main.not_piped", name=name), ctx)


def _refuse_inputs(ctx: click.Context, params: Sequence[click.Parameter]) -> None:
    """Refuse a file that is read as the name of a report: it would be written over, with ``--force``.

    An earlier report is read whole before the next one takes its place.
    """
    reports = {os.path.realpath(name): name for name in _names_of(ctx, params, lambda option: option == "--report")}
    if not reports:
        return
    for name in _names_of(ctx, params, lambda option: option not in {*_WRITTEN, "--since"}):
        if (report := reports.get(os.path.realpath(name))) is not None and os.path.isfile(name):  # noqa: PTH113  pathlib is slow to import
            raise click.UsageError(tr("cli.main.written_over", name=report), ctx)


def _names_of(ctx: click.Context, params: Sequence[click.Parameter], is_meant: Callable[[str], bool]) -> Iterator[str]:
    """Yield what was given to parameters that name files, by the longest of the names of each."""
    for param in params:
        if names_files(param) and is_meant(max(param.opts, key=len)):
            value = ctx.params.get(param.name or "")
            for each in value if isinstance(value, list | tuple) else [value]:
                if isinstance(each, str):
                    yield each


def _empty_told(param: click.Parameter) -> str:
    if isinstance(param, click.Argument):
        return tr("cli.main.empty_argument")
    return tr("cli.main.empty_name", name=max(param.opts, key=len))


def _option_row(param: click.Parameter, ctx: click.Context) -> tuple[str, str] | None:
    if not isinstance(param, click.Option):
        return None
    param.metavar = param.metavar or _METAVARS.get(type(param.type))
    row = param.get_help_record(ctx)
    if row is None:
        return None
    name = in_words(row[0])
    text = _translated(param.help) or ""
    extra = param.get_help_extra(ctx)
    notes = [tr("cli.main.default", value=extra["default"])] if "default" in extra else []
    notes += [tr("cli.main.required")] if "required" in extra else []
    return name, f"{text}  [{'; '.join(notes)}]" if notes else text


def in_words(metavar: str) -> str:
    """Return what stands for a value, such as ``FILE``, in the language in force."""
    return re.sub("[A-Z]{3,}", lambda found: lookup(f"cli.metavars.{found[0]}") or found[0], metavar)


def form_of(ctx: click.Context) -> str:
    """Return the form the answer of this command is to be told in: a name of :mod:`pkitools_cli.renderers`."""
    return ctx.obj if isinstance(ctx.obj, str) else TEXT


def _form_options() -> list[click.Option]:
    """Return the flag of each form but the usual one: a form that is added has its flag on every command."""
    return [
        click.Option(
            [f"--{form}"], is_flag=True, expose_value=False, callback=_chooses(form), help=f"cli.options.{form}"
        )
        for form in names()
        if form != TEXT
    ]


def _chooses(form: str) -> Callable[[click.Context, click.Parameter, bool], None]:
    def choose(ctx: click.Context, _param: click.Parameter, chosen: bool) -> None:
        if chosen:
            ctx.obj = form

    return choose


def _choose_version(ctx: click.Context, _param: click.Parameter, chosen: str | None) -> None:
    if chosen:
        ctx.obj = JSON
        ctx.meta[_VERSION] = int(chosen)


def json_version_of(ctx: click.Context) -> int | None:
    """Return the version of the JSON document that was asked for; ``None`` for the newest."""
    version: int | None = ctx.meta.get(_VERSION)
    return version


def json_version_asked() -> int | None:
    """Return the version that the command that runs was asked for; ``None`` for the newest."""
    return json_version_of(click.get_current_context())


def order_given() -> list[str]:
    """Return the names of the parameters of the command that runs, as they were given: one for each time."""
    order: list[str] = click.get_current_context().meta.get(_ORDER, [])
    return order


def is_for_people() -> bool:
    """Return whether the answer of the command that runs is for people, and not for a script."""
    return form_of(click.get_current_context()) == TEXT


def progress(text: str) -> None:
    """Tell people that something takes time, or is over; a script that asked for a document is not told."""
    if is_for_people():
        complain(text)


def answer(reply: Reply[Any]) -> None:
    """Tell an answer now, in the form that was asked for: for a command that goes on after it."""
    ctx = click.get_current_context()
    tell(reply.in_version(json_version_of(ctx)), form_of(ctx))


class Command(_TranslatedHelp):
    """A command with translated help, whose answer is told in the form that was asked for.

    Args:
        name, callback, params, help: as click's own.
        json_versions: the versions of its JSON document, the newest last.
    """

    def __init__(
        self,
        name: str | None,
        *,
        callback: Callable[..., object] | None = None,
        params: Sequence[click.Parameter] = (),
        help: str | None = None,  # noqa: A002  click's own name for it
        json_versions: Sequence[int] = (1,),
    ) -> None:
        version = click.Option(
            ["--json-version"],
            type=click.Choice([str(number) for number in json_versions]),
            expose_value=False,
            callback=_choose_version,
            hidden=len(json_versions) == 1,
            help="cli.options.json_version",
        )
        super().__init__(name, callback=callback, params=[*params, *_form_options(), version], help=help)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse what was given; a file whose name begins with a dash is called by its folder from here on."""
        rest = super().parse_args(ctx, args)
        for param in self.params:
            if param.name in ctx.params and names_files(param):
                ctx.params[param.name] = _with_folder(ctx.params[param.name])
        _refuse_inputs(ctx, self.params)
        return rest

    def invoke(self, ctx: click.Context) -> object:
        """Run the command, tell its answer, and return the exit code."""
        try:
            if data_folder_given(ctx) is not None or os.environ.get(DATA_VARIABLE):
                from pkitools_cli.own_data import refuse_no_folder  # who has no facts of his own needs none of it

                refuse_no_folder(ctx)
            _refuse_blanks(ctx)
            given = super().invoke(ctx)
        except PkitoolsError as error:
            error.file = error.file or _file_named(error, ctx)
            raise
        return tell(given.in_version(json_version_of(ctx)), form_of(ctx)) if isinstance(given, Reply) else given


def _refuse_blanks(ctx: click.Context) -> None:
    """Refuse a blank of a command that was told, and what the help has for this value: it is there to be filled in.

    What somebody searches for is a word like any other, and a file or a variable that is there may be called so.
    """
    for param in ctx.command.params:
        if _SEARCHED.isdisjoint(_kinds(param)):
            for value in _texts_of(ctx.params.get(param.name or "")):
                if _stands_for(param, value):
                    name = max(param.opts, key=len) if isinstance(param, click.Option) else param.make_metavar(ctx)
                    raise click.UsageError(tr("cli.main.blank", name=in_words(name), value=value), ctx)


def _texts_of(value: object) -> Iterator[str]:
    if isinstance(value, tuple):
        for each in value:
            yield from _texts_of(each)
    elif type(value) is str or isinstance(value, os.PathLike):
        yield os.fspath(value)


def _stands_for(param: click.Parameter, value: str) -> bool:
    """Return whether a value in capitals is what stands for one, in any language."""
    is_file = names_files(param)
    bare = value.partition(".")[0] if is_file else value
    is_there = (is_file and os.path.lexists(value)) or (_of_variable(param) and value in os.environ)
    if not bare.isupper() or is_there:
        return False
    from pkitools.messages.blanks import is_blank  # few values are in capitals

    words = [lookup(f"cli.metavars.{kind}", tongue) or kind for kind in _kinds(param) for tongue in LANGUAGES]
    return is_blank(bare) or bare in words


def _of_variable(param: click.Parameter) -> bool:
    return any(name.endswith("-env") for name in param.opts)


def names_files(param: click.Parameter) -> bool:
    """Return whether a parameter is given files or folders, by what stands for it in the help."""
    return not _OF_FILES.isdisjoint(_kinds(param))


def _kinds(param: click.Parameter) -> list[str]:
    """Return what stands for a parameter in the help, each kind that it may be."""
    return (param.metavar or "").strip("[].").replace(".", "|").split("|")


def _with_folder(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_with_folder, value))
    is_dashed = isinstance(value, str) and value.startswith("-") and value != "-"
    return f"./{value}" if is_dashed else value


def _file_named(error: PkitoolsError, ctx: click.Context) -> str:
    """Return the file or folder of the command line that an error speaks of, if it speaks of one."""
    operands = {str(value) for value in error.params.values()}
    for param in ctx.command.params:
        # what may be a name as well was perhaps no file
        if _kinds(param)[0] in _OF_FILES and param.name is not None:
            given = ctx.params.get(param.name)
            found = [str(name) for name in (given if isinstance(given, tuple) else (given,)) if str(name) in operands]
            if found:
                return found[0]
    return ""


def gathered(into: Callable[..., O]) -> Callable[[Callable[[O], R]], Callable[..., R]]:
    """Give a command its options as one object instead of one by one: those who read it see a type for each.

    Args:
        into: a frozen dataclass with a field for each option and argument, by the same names.
    """

    def decorate(command: Callable[[O], R]) -> Callable[..., R]:
        @wraps(command)
        def gather(**given: object) -> R:
            return command(into(**given))

        return gather

    return decorate


@dataclass(frozen=True, slots=True)
class Lazy:
    """A command that is imported when it is named.

    Args:
        target: where it stands, as ``module:attribute``.
        help: the key of its help text, so that it can be listed without being imported.
    """

    target: str
    help: str

    @property
    def short_help(self) -> str:
        """The first line of its help, in the language in force."""
        return _first_line(self.help)


def verbs(package: str, **helps: str) -> dict[str, Lazy]:
    """Return the table of a noun whose verbs are the modules of a package, each with a ``command``.

    Args:
        package: its name.
        helps: verb → the key of its help text.
    """
    return {name: Lazy(f"{package}.{name}:command", key) for name, key in helps.items()}


class Group(_TranslatedHelp, click.Group):
    """A group whose subcommands are loaded when named, so that ``oin check`` does not pay for ``cert check``.

    Args:
        name: as typed.
        lazy: command name → where it stands, and its help.
        callback, params, help, context_settings, invoke_without_command: as click's own.
    """

    command_class = Command

    def __init__(
        self,
        name: str | None = None,
        *,
        lazy: Mapping[str, Lazy],
        callback: Callable[..., object] | None = None,
        params: list[click.Parameter] | None = None,
        help: str | None = None,  # noqa: A002  click's own name for it
        context_settings: dict[str, Any] | None = None,
        invoke_without_command: bool = False,
    ) -> None:
        super().__init__(
            name,
            callback=callback,
            params=params,
            help=help,
            context_settings=context_settings,
            invoke_without_command=invoke_without_command,
            no_args_is_help=not invoke_without_command,
        )
        self.listed: Mapping[str, Lazy] = dict(lazy)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order they were declared."""
        return list(self.listed)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, imported now if it is lazy."""
        lazy = self.listed.get(cmd_name)
        if lazy is None:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = lazy.target.partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then the commands."""
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their short help, without click's alphabetical sorting; none is imported for it."""
        with formatter.section(tr("cli.main.commands")):
            formatter.write_dl([(name, lazy.short_help) for name, lazy in self.listed.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return what a word that was begun may become; no command is imported for it."""
        from click.shell_completion import CompletionItem

        named = {name: lazy for name, lazy in self.listed.items() if name.startswith(incomplete)}
        rest = click.Command.shell_complete(self, ctx, incomplete)  # of the group it would import every command
        return [*(CompletionItem(name, help=lazy.short_help) for name, lazy in named.items()), *rest]


def asks_for_json(arguments: Sequence[str]) -> bool:
    """Return whether a document was asked for, also where the command line is too wrong for click to say so."""
    options = [argument.partition("=")[0] for argument in _before_the_dashes(arguments)]
    return f"--{JSON}" in options or "--json-version" in options


def asks_for_monitoring(arguments: Sequence[str]) -> bool:
    """Return whether a monitoring plugin was asked for, also where click cannot say so: as :func:`asks_for_json`."""
    return any(argument.partition("=")[0] == "--nagios" for argument in _before_the_dashes(arguments))


def _before_the_dashes(arguments: Sequence[str]) -> Sequence[str]:
    return arguments[: arguments.index("--")] if "--" in arguments else arguments


def language_from(arguments: Sequence[str]) -> None:
    """Set the language before click parses, so that its own complaints and help come in it as well."""
    set_language(_language_asked(arguments))


def unspoken(arguments: Sequence[str]) -> str | None:
    """Return the language that PKITOOLS_LANG asks for and nobody speaks; ``--lang`` goes before it."""
    wish = os.environ.get("PKITOOLS_LANG", "")
    spoken = not wish or wish[:2].lower() in LANGUAGES
    return None if spoken or _language_asked(arguments) else wish


def _language_asked(arguments: Sequence[str]) -> str | None:
    chosen = None
    for position, argument in enumerate(arguments):
        if argument == "--lang" and position + 1 < len(arguments):
            chosen = arguments[position + 1]
        elif argument.startswith("--lang="):
            chosen = argument.partition("=")[2]
    return chosen
