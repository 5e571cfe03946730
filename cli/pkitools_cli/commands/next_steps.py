"""The step that comes next, with the user's own files, systems and numbers filled in.

A command is a list of words, never a string: it is quoted where it is shown, and the tests parse each with click. The
sentences are ``messages/<language>/now.toml``; one that ends with ``{name}`` is followed by that command.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from enum import Enum
from itertools import chain, count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from pkitools.errors import PkitoolsError
from pkitools.frozen import Frozen, dataclass, replace
from pkitools.messages import LANGUAGES, filled
from pkitools.text import abbreviated, instant, pattern, visible
from pkitools.x509.oids import ATTRIBUTE_OIDS
from pkitools_cli.i18n import lookup, speaking, tr
from pkitools_cli.lines import columns, command_rows, cut_rows, next_step, pastable, wrapped
from pkitools_cli.options import STANDARD_INPUT
from pkitools_cli.wide import fitted, fitted_end, width

if TYPE_CHECKING:
    from pkitools.findings import Outcome
    from pkitools.x509.model import DistinguishedName

Words = tuple[str, ...]
Commands = Mapping[str, Callable[[], Words | None]]

_COMMAND: Final = pattern(r":? ?\{(\w+)\}$")
_MOST_ROWS: Final = 4  # of a command; what is longer is no help
_MOST_OF_BOTH: Final = 7
_MOST_OF_SENTENCE: Final = 5  # of ours none is longer where a line has as many columns as is usual
_USUAL_COLUMNS: Final = 80
_MOST_OF_VALUE: Final = 60  # columns, of what is filled in a sentence
_MOST_NAMES: Final = 4
_MOST_OF_NAME: Final = 60
_PLACES: Final = "pkitools.places"  # what was said in this run: each command is there to be run beside the others
_OWN_PLACES: Final[ContextVar[dict[str, object] | None]] = ContextVar("own_places", default=None)
_MORE: Final = {"organizationIdentifier": "organization_identifier", "L": "locality", "ST": "province"}
REQUEST_ENDS: Final = (".key", ".csr")
_CHAIN_END: Final = ".chain.pem"
ISSUED_ENDS: Final = (".pem", ".chain.pem", ".key")
_NOTHING_MORE: Final[Mapping[str, str]] = Frozen({})
_KVK: Final = pattern("NTRNL-([0-9]{8})")
_TRIAL: Final = "TRIAL "  # issuing a test certificate puts it in front of names


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do next.

    Args:
        sentence: in the language in force; ends with a colon when a command follows.
        words: the command, without ``pkitools``.
        after: what to do after that, in a sentence; empty where there is nothing.
    """

    sentence: str
    words: Words | None = None
    after: str = ""

    def __post_init__(self) -> None:
        if self.words is not None:
            object.__setattr__(self, "words", pastable(self.words))

    def told(self) -> list[str]:
        """Return it as lines with their label."""
        rows, indent = next_step(self.sentence, self.words), " " * (len(tr("cli.now.label")) + 1)
        return [*rows, *wrapped(self.after, indent)] if self.after else rows

    def rows(self, first: str, indent: str) -> list[str]:
        """Return it as lines: the sentence, and the command where both together are not too long.

        Half a sentence tells nobody what to do: where a line has eighty columns none of ours is cut. On a narrower
        terminal its end is left out rather than the command.
        """
        command = [] if self.words is None or not fits(self.words) else command_rows(self.words, indent)
        sentence = self.sentence if command else _alone(self.sentence)
        found = wrapped(sentence, indent, first)
        if columns() < _USUAL_COLUMNS:
            most = max(_MOST_OF_BOTH - 1 - len(command), 2) if command else _MOST_ROWS
            return [*cut_rows(found, most), *command]
        if command and len(found) + len(command) > _MOST_OF_BOTH:
            command, found = [], wrapped(_alone(sentence), indent, first)
        return [*cut_rows(found, _MOST_OF_SENTENCE), *command]


def _alone(sentence: str) -> str:
    """Return a sentence that no command follows."""
    return f"{sentence.removesuffix(':')}." if sentence.endswith(":") else sentence


def next_document(find: Callable[[], NextStep | None]) -> dict[str, object] | None:
    """Return the next step for a script: the command as a list of words, and the sentence in both languages.

    Args:
        find: finds it, in the language in force.
    """
    found = find()
    sentences: dict[str, str] = {}
    for tongue in LANGUAGES:
        with speaking(tongue):
            told = find()
            sentences[tongue] = abbreviated(told.sentence) if told is not None else ""
    if found is None:
        return None
    return {"command": None if found.words is None else ["pkitools", *found.words], **sentences}


def step(key: str, params: Mapping[str, object], commands: Commands) -> NextStep | None:
    """Return the step ``cli.now.<key>``; ``None`` when there is no such sentence.

    Args:
        key: of the sentence: a command and what came of it, or the code of a finding.
        params: operands of the sentence.
        commands: makes each command that a sentence may end with; ``None`` where this run has nothing to fill it with.
    """
    text = lookup(f"cli.now.{key}")
    if text is None:
        return None
    ending = _COMMAND.search(text)
    params = shortened(params)
    if ending is None:
        return NextStep(filled(text, params))
    sentence = filled(text[: ending.start()], params)
    words = commands[ending[1]]()
    return NextStep(f"{sentence}.") if words is None or not _is_plain(words) else NextStep(f"{sentence}:", words)


def shortened(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return operands of a sentence that says what to do, each of few columns: the sentence itself is told whole.

    An address is not shortened: it is there to be copied. Of a path the end says which file it is.
    """
    return {name: _brief(value) if type(value) is str else value for name, value in params.items()}


def brief(outcome: Outcome) -> Outcome:
    """Return a finding whose remedy is told as what to do, with its operands :func:`shortened`."""
    params = shortened(outcome.params)
    return outcome if params == dict(outcome.params) else replace(outcome, params=params)


def _brief(value: str) -> str:
    if "://" in value:
        return value
    return (fitted_end if "/" in value or os.sep in value else fitted)(value, _MOST_OF_VALUE)


def fits(words: Sequence[str]) -> bool:
    """Return whether a command takes no more rows of the terminal than leave room for the rest of an answer."""
    rows = command_rows(words, " " * 10)
    return (
        sum(-(-width(row) // columns()) for row in rows) <= _MOST_ROWS
    )  # a word wider than the terminal takes several


def _is_plain(words: Sequence[str]) -> bool:
    """Return whether a command is shown as it is: one with an escape in it would not be what was meant."""
    return all(visible(word) == word for word in words)


def request_command(
    *,
    environment: str | None = None,
    profile: str | None = None,
    system: str | None = None,
    moment: datetime | None = None,
    self_signed: bool = False,
    tsp: str | None = None,
    oin: str | None = None,
    organization: str | None = None,
    common_name: str | None = None,
    dns: Sequence[str] = (),
    more: Mapping[str, str] = _NOTHING_MORE,
) -> Words | None:
    """Return the command that makes a key and a request with what is known.

    ``None`` where something is missing that it needs, or where it would be refused: it is there to be run as it stands.

    Args:
        environment: for which.
        profile: of which profile.
        system: for which system, asked at ``moment``; left out where that is refused and the profile alone is not.
        moment: when.
        self_signed: make the certificate at once, for a system that takes it so.
        tsp: who it goes to, where that was said.
        oin: whose.
        organization: whose.
        common_name: of what.
        dns: its names.
        more: what else its subject says, as :func:`more_of` tells it; left out where the request is refused with it.
    """
    if not (environment and (profile or system) and oin and organization and common_name) or len(dns) > _MOST_NAMES:
        return None
    name = common_name.removeprefix(_TRIAL)
    rest: dict[str, Any] = {"oin": oin, "organization": organization.removeprefix(_TRIAL), "common_name": name}
    if tsp:
        rest["tsp"] = tsp
    if set(dns) - {name}:
        rest["dns"] = tuple(dns)
    tried = (
        {**aim, "environment": environment, **rest, **said} for aim in _aims(profile, system) for said in (more, {})
    )
    wishes = next((each for each in tried if _is_made(each, moment, self_signed=self_signed)), None)
    if wishes is None:
        return None
    given = tuple(word for option, value in wishes.items() for word in _given(option, value))
    made_here = ("--self-signed",) if self_signed else ()
    return ("csr", "create", *made_here, *given, "--out", free_prefix(name, given))


def more_of(subject: DistinguishedName, *, without: Collection[str] = ()) -> dict[str, str]:
    """Return what a subject says beside its OIN and names, by the option of ``csr create`` that says it.

    Args:
        subject: of a request that is made again.
        without: names of attributes to leave out, as there is something wrong with them.
    """
    told = {option: subject.first(ATTRIBUTE_OIDS[name]) for name, option in _MORE.items() if name not in without}
    found = {option: value for option, value in told.items() if value}
    kvk = _KVK.fullmatch(found.get("organization_identifier", ""))
    if kvk:
        found["kvk"] = kvk[1]
        del found["organization_identifier"]
    return found


def _aims(profile: str | None, system: str | None) -> Iterator[dict[str, str]]:
    """Yield what a request is for, the most precise first."""
    if system:
        yield {"for": system, **({"profile": profile} if profile else {})}
    if profile:
        yield {"profile": profile}


def _given(option: str, value: str | Sequence[str]) -> Iterator[str]:
    name = "-e" if option == "environment" else f"--{option.replace('_', '-')}"
    for each in (value,) if isinstance(value, str) else value:
        yield from (name, each)


def _is_made(wishes: Mapping[str, Any], moment: datetime | None, *, self_signed: bool) -> bool:
    """Return whether a request, or a certificate, with these particulars is made, and not refused."""
    if moment is None and "for" in wishes:
        return False  # what a system asks holds on a day
    try:
        _planned(wishes, moment, self_signed=self_signed)
    except PkitoolsError:
        return False
    return True


def _planned(wishes: Mapping[str, Any], moment: datetime | None, *, self_signed: bool) -> None:
    """Plan it; what has no next request loads none of this."""
    if "for" not in wishes:
        from pkitools.requests import plan_of
        from pkitools_cli.own_data import tsp_named

        plan_of(wishes, tsp_named=tsp_named)
        return
    from pkitools.ordering import plan_order, plan_self_signed
    from pkitools_cli.commands.csr.ordering import known

    plan = plan_self_signed if self_signed else plan_order
    assert moment is not None  # of a system it is asked with the moment
    plan(wishes, moment=moment, knowledge=known())


def free_prefix(common_name: str, request: Words = ()) -> str:
    """Return where the files go: named after the first label, and nowhere where a file or another request is."""
    label = _file_name(common_name.partition(".")[0]) or str(tr("cli.now.out"))
    first, *_ = names = (label, _file_name(common_name) or label)
    return free_place(chain(names, islice(numbered(first), 1, None)), REQUEST_ENDS, ("csr create", request))


def free_place(names: Iterable[str], ends: Collection[str], asked: object) -> str:
    """Return the first name that a command can be told to write to: nothing is there, and no other was told it.

    Args:
        names: without their ends, without end.
        ends: of the files that the command writes.
        asked: what is written there: in one run no two are told the same place.
    """
    told = _places_told()
    free = next(each for each in names if told.get(each, asked) == asked and not is_taken(each, ends))
    told[free] = asked
    return free


@contextmanager
def places_of_its_own() -> Iterator[None]:
    """Have an answer stand by itself, as each of a page does, beside those that other threads work out."""
    before = _OWN_PLACES.set({})
    try:
        yield
    finally:
        _OWN_PLACES.reset(before)


def _places_told() -> dict[str, object]:
    """Return what was told to be written where: in this run, or in the answer that is one."""
    own = _OWN_PLACES.get()
    if own is not None:
        return own
    ctx = click.get_current_context(silent=True)
    return {} if ctx is None else ctx.meta.setdefault(_PLACES, {})


def chain_place(file: str, *which: str) -> str:
    """Return where the whole chain of a file goes: beside it, where nothing is.

    Args:
        file: with the certificate.
        which: the option that says which of several it is.
    """
    stem = str(tr("cli.chain.out")) if file == STANDARD_INPUT else stem_of(file)
    return f"{free_place(numbered(stem), (_CHAIN_END,), ('chain complete', file, which))}{_CHAIN_END}"


def stem_of(file: str) -> str:
    """Return what the files beside a certificate are called, but for their ends."""
    return str(Path(file).with_name(Path(file).stem.removesuffix(".chain")))


def numbered(name: str, between: str = "-") -> Iterator[str]:
    """Yield a name, and then the same with a number behind it."""
    yield name
    yield from (f"{name}{between}{number}" for number in count(2))


def is_taken(name: str, ends: Collection[str]) -> bool:
    """Return whether there is a file of this name with one of the ends, or a link to none."""
    return any(os.path.lexists(f"{name}{end}") for end in ends)


def _file_name(text: str) -> str:
    return re.sub("[^A-Za-z0-9._-]+", "-", text).strip("-._")[:_MOST_OF_NAME]


def again(files: Sequence[str], *more: str, without: frozenset[str] = frozenset()) -> Words:
    """Return the command that runs, as it was given, for these files; the files alone where none runs.

    Args:
        files: in the place of those it was given.
        more: options to add.
        without: names of parameters to leave out.
    """
    ctx = click.get_current_context(silent=True)
    if ctx is None:  # an answer that is told again, by whoever made it
        return (*files, *more)
    return (*ctx.command_path.split()[1:], *files, *carried(without=without), *more)


def carried(*, without: frozenset[str] = frozenset(), only: frozenset[str] | None = None) -> Words:
    """Return the options of the command that runs, as they were given; none where no command runs.

    Args:
        without: names of parameters to leave out.
        only: names of those that are meant, where not all of them are.
    """
    ctx = click.get_current_context(silent=True)
    if ctx is None:
        return ()
    return tuple(
        word
        for param in ctx.command.params
        if isinstance(param, click.Option) and param.name not in without and _was_given(ctx, param)
        if only is None or param.name in only
        for word in _option(param, ctx.params[param.name or ""])
    )


def _was_given(ctx: click.Context, param: click.Option) -> bool:
    name = param.name or ""
    return name in ctx.params and ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE


def _option(param: click.Option, value: object) -> list[str]:
    name = min(param.opts, key=len)
    if param.is_flag:
        return [name]
    values = value if param.multiple and isinstance(value, tuple) else (value,)
    return [word for each in values for word in (name, _typed(each))]


def _typed(value: object) -> str:
    """Return a value as it can be typed again."""
    if isinstance(value, tuple):
        return "=".join(_typed(part) for part in value)
    if isinstance(value, Enum):
        return str(value.value) if isinstance(value.value, str) else value.name.lower()
    return instant(value) if isinstance(value, datetime) else str(value)
