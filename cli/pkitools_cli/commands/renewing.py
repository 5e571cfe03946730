"""The command that makes the request for the next certificate: one way to tell it, whichever command does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Final

import click

from pkitools.errors import PkitoolsError
from pkitools_cli.commands.next_steps import Words, carried, free_place, is_taken, numbered, stem_of
from pkitools_cli.i18n import blank
from pkitools_cli.options import STANDARD_INPUT
from pkitools_cli.passphrases import given_passphrase

if TYPE_CHECKING:
    from datetime import datetime

    from pkitools.environment import Environment
    from pkitools.ordering import Renewal
    from pkitools.systems import System

_ENDS: Final = (".key", ".csr", ".pem", ".chain.pem")
_PASSPHRASES: Final = frozenset({"passphrase_file", "passphrase_env"})
_ASKED: Final[Mapping[str, tuple[str, str]]] = {  # field of an order → its option, and what its blank is called
    "oin": ("--oin", "oin"),
    "organization": ("--organization", "name"),
    "common_name": ("--common-name", "name"),
}


def renewal_of_file(
    file: str,
    sha256: str,
    *,
    system: str | None,
    environment: Environment | str,
    moment: datetime,
    otherwise: Callable[[], Words | None] = lambda: None,
    near: str | None = None,
) -> Words | None:
    """Return the command that renews a certificate that no connection names.

    Args:
        file: with the certificate.
        sha256: its thumbprint: another certificate of the file would be another request.
        system: for which, where that is known.
        environment: for which.
        moment: when, aware UTC.
        otherwise: makes the whole command where the file does not give all, such as of a certificate that names its
            holder in a way no request does.
        near: beside which file the new ones go, where that is not this one.

    Returns:
        ``None`` where nothing can be told that would run.
    """
    place = partial(beside, near or file, sha256)
    words, given = renewal_words(file, system, environment), {"environment": str(environment)}
    if system is not None:
        given["for"] = system
    renewal, opened = _renewal(file, moment)
    if renewal is not None and renewal.old.sha256 == sha256:
        if _gives_all(renewal, given, moment):
            return kept_at(words, place(), opened=opened)
    else:
        renewal = None
    if (created := otherwise()) is not None:
        *whole, _, out = created  # of one among several in a file that is named after itself
        return kept_at(tuple(whole), out if renewal is None else place(), opened=opened)
    blanks = () if renewal is None else _blanks(renewal, system)
    return kept_at((*words, *blanks), place(), opened=opened) if blanks else None


def renewal_words(file: str, system: str | None, environment: Environment | str, tsp: str | None = None) -> Words:
    """Return what a renewal begins with: which certificate, for what, and at whom."""
    use = () if system is None else ("--for", system)
    return ("csr", "create", "--renew", file, *use, "-e", str(environment), *(() if tsp is None else ("--tsp", tsp)))


def wants_own_name(system: System | None, environment: Environment | str, moment: datetime) -> bool:
    """Return whether a system wants each certificate under a name of its own: then the next may be refused."""
    said = () if system is None else system.statements_at(environment, moment, "unique_name")
    return any(each.answer == "yes" for each in said)


def kept_at(words: Words, out: str, *, opened: Words = ()) -> Words:
    """Return a command that makes a key with how that is kept, and where its files go.

    Args:
        words: all but that.
        out: what its files are called, all but their ends.
        opened: the option that opens the old file, which locks the new key as well; none where it needs none: then how
            it is kept is for whoever runs it to choose.
    """
    return (*words, *(opened or ("--passphrase-file", blank("file"))), "--out", out)


def beside(file: str, sha256: str = "") -> str:
    """Return where the next files of a certificate go that no connection names: beside it, under the next number.

    Args:
        file: with the certificate.
        sha256: its thumbprint: in one run no two are told the same place.
    """
    return free_place(islice(numbered(stem_of(file), "."), 1, None), _ENDS, ("csr create", sha256))


def is_there(prefix: str) -> bool:
    """Return whether a file is where one of a new key would go."""
    return is_taken(prefix, _ENDS)


def _renewal(file: str, moment: datetime) -> tuple[Renewal | None, Words]:
    """Return what the file of a certificate gives, and the option that opens it; nothing of what cannot be read."""
    if file == STANDARD_INPUT:
        return None, ()
    found = _read(file, moment, None)
    words = () if found is not None else carried(only=_PASSPHRASES)
    if not words:
        return found, ()
    given = click.get_current_context().params
    return _read(file, moment, given_passphrase(given["passphrase_file"], given["passphrase_env"])), words


def _read(file: str, moment: datetime, passphrase: bytes | None) -> Renewal | None:
    from pkitools.containers import read_source
    from pkitools.files import read_bytes
    from pkitools.ordering import renewal_of

    try:
        return renewal_of(read_source(read_bytes(file), file, passphrase=passphrase), moment=moment)
    except PkitoolsError:
        return None


def _gives_all(renewal: Renewal, given: Mapping[str, str], moment: datetime) -> bool:
    """Return whether a certificate gives all that a request for the next one takes."""
    from pkitools.ordering import choice_of, plan_order
    from pkitools_cli.commands.csr.ordering import known

    try:
        chosen = choice_of(renewal.wishes(given), moment=moment, knowledge=known())
        plan_order(renewal.wishes(given, chosen), moment=moment, knowledge=known())
    except PkitoolsError:
        return False
    return True


def _blanks(renewal: Renewal, system: str | None) -> Words:
    """Return an option with a blank for each thing that a certificate does not say, and only people know."""
    use = ("--for", blank("system")) if system is None and "profile" not in renewal.values else ()
    lacking = (asked for name, asked in _ASKED.items() if name not in renewal.values)
    return (*use, *(word for option, what in lacking for word in (option, blank(what))))
