"""``pkitools oin lookup``: what the public register of OINs says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import click

from pkitools.errors import FileError, InputError
from pkitools.files import is_folder, make_folder, may_be_there
from pkitools.frozen import dataclass
from pkitools.reports import TakenSnapshot, oin_lookup_document
from pkitools.text import pattern
from pkitools_cli.commands.given.fetching import NetworkRange, fetcher_of
from pkitools_cli.commands.oin.api_keys import api_key_options, given_api_key
from pkitools_cli.commands.oin.lookup_text import lookup_told
from pkitools_cli.exit_codes import ExitCode
from pkitools_cli.framework import Command, gathered
from pkitools_cli.i18n import tr
from pkitools_cli.options import given_instead, moment_option
from pkitools_cli.output import complain
from pkitools_cli.remedies import error_line
from pkitools_cli.reply import Line, Reply

if TYPE_CHECKING:
    from pkitools.oin_register import Register, RegisterAnswer, Snapshot

_CODES: Final = {
    "registered": ExitCode.PASSED,
    "withdrawn": ExitCode.FAILED,
    "not-registered": ExitCode.INDETERMINATE,
    "unknown": ExitCode.INDETERMINATE,
}


_OF_A_SPREADSHEET: Final = pattern(r"[0-9]{10,19}|[0-9]+(?:[.,][0-9]+)?[eE][+]?[0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked on the command line."""

    query: str | None
    url: str | None
    way: str
    sync: bool
    snapshot: Path | None
    organization: str | None
    api_key_file: str | None
    api_key_env: str | None
    allow_net: tuple[IPv4Network | IPv6Network, ...]
    offline: bool
    moment: datetime


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What came of it: an answer, a copy of the register, or both."""

    answer: RegisterAnswer | None
    taken: TakenSnapshot | None

    @property
    def code(self) -> ExitCode:
        """The exit code: who could not be asked said nothing, and what is not listed is not wrong for that."""
        if self.answer is None:
            return ExitCode.PASSED
        could_not_ask = self.answer.reason is not None and not self.answer.organizations
        return ExitCode.COULD_NOT if could_not_ask else _CODES[str(self.answer.status)]


@click.command("lookup", cls=Command, help="cli.oin.lookup.help")
@click.argument("query", metavar="[QUERY]", required=False)
@click.option("--url", metavar="URL", help="cli.oin.lookup.url")
@click.option("--way", type=click.Choice(["api", "public"]), default="api", help="cli.oin.lookup.way")
@click.option("--sync", is_flag=True, help="cli.oin.lookup.sync")
@click.option("--snapshot", type=click.Path(path_type=Path), metavar="FILE", help="cli.oin.lookup.snapshot")
@click.option("--organization", metavar="NAME", help="cli.oin.lookup.organization")
@api_key_options
@click.option("--allow-net", multiple=True, type=NetworkRange(), help="cli.oin.lookup.allow_net")
@click.option("--offline", is_flag=True, envvar="PKITOOLS_OFFLINE", help="cli.oin.lookup.offline")
@moment_option
@gathered(Options)
def command(asked: Options) -> Reply[LookedUp]:
    """Ask the register, or look in a copy of it."""
    _refuse(asked)
    key = given_api_key(asked.api_key_file, asked.api_key_env)
    found = _looked_up(asked, None if asked.offline else _register(asked, key))
    return Reply(
        found,
        document=lambda one: oin_lookup_document(one.answer, asked.organization, one.taken),
        text=lambda one: _text(one, asked.organization),
        code=found.code,
    )


def _refuse(asked: Options) -> None:
    if asked.query is None and not asked.sync:
        raise click.UsageError(tr("cli.oin.lookup.nothing"))
    if asked.sync and asked.offline:
        raise click.UsageError(tr("cli.oin.lookup.sync_offline"))
    query = asked.query or ""
    if _OF_A_SPREADSHEET.fullmatch(query) and (instead := given_instead(query)):
        raise click.UsageError(instead)  # to ask for it would be answered that it is not registered


def _register(asked: Options, key: str | None) -> Register:
    from pkitools.oin_register import open_register

    register = open_register(fetcher_of(asked.allow_net, ()), way=asked.way, url=asked.url, key=key)
    port = urlsplit(register.url).port
    if port is None:
        return register
    # the address was typed by the user, so that its port is one he chose
    return open_register(fetcher_of(asked.allow_net, (port,)), way=asked.way, url=asked.url, key=key)


def _looked_up(asked: Options, register: Register | None) -> LookedUp:
    from pkitools.oin_register import Query, lookup

    query = None if asked.query is None else Query.parse(asked.query)
    path = asked.snapshot or _usual_place()
    kept = _kept(path, required=asked.snapshot)  # what is no copy is told before the whole register is asked for
    if not asked.sync or register is None:
        taken = None
    else:
        kept, taken = _taken(register, path, asked.moment, overwrite=asked.snapshot is None)
    if query is None:
        return LookedUp(None, taken)
    return LookedUp(lookup(query, moment=asked.moment, register=register, snapshot=kept), taken)


def _taken(register: Register, path: Path, moment: datetime, *, overwrite: bool) -> tuple[Snapshot, TakenSnapshot]:
    from pkitools.oin_register import take_snapshot, write_snapshot

    snapshot = take_snapshot(register, moment)
    _make_folders(path.parent)
    write_snapshot(path, snapshot, overwrite=overwrite)
    return snapshot, TakenSnapshot(str(path), snapshot.url, snapshot.taken_at, len(snapshot.organizations))


def _make_folders(folder: Path) -> None:
    if not is_folder(folder):
        _make_folders(folder.parent)
        make_folder(folder)


def _kept(path: Path, *, required: Path | None) -> Snapshot | None:
    """Return the copy there is; one in the usual place that cannot be read is told, and as good as none."""
    from pkitools.oin_register import read_snapshot

    if not may_be_there(path) and required is None:
        return None
    try:
        return read_snapshot(path)
    except (FileError, InputError) as error:
        if required is not None and may_be_there(required):
            raise
        if required is None:
            complain(error_line(error))
        return None


def _usual_place() -> Path:
    """Return where a copy is kept: the folder for caches of the XDG Base Directory Specification."""
    caches = os.environ.get("XDG_CACHE_HOME") or ""
    folder = Path(caches) if Path(caches).is_absolute() else Path.home() / ".cache"
    return folder / "pkitools" / "oin-register.sqlite"


def _text(found: LookedUp, organization: str | None) -> Iterator[Line | str]:
    if found.taken is not None:
        yield from _taken_told(found.taken)
    if found.answer is not None:
        yield from lookup_told(found.answer, organization)


def _taken_told(taken: TakenSnapshot) -> Iterator[Line | str]:
    from pkitools.text import for_people
    from pkitools_cli.lines import wrapped

    told = tr("cli.oin.lookup.taken", count=taken.count, url=taken.url, at=for_people(taken.taken_at), file=taken.path)
    yield from (Line(row, aside=True) for row in wrapped(told, ""))
