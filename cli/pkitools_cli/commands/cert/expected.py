"""What ``cert check`` is told to expect: by options, and by a file of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pkitools.errors import InputError
from pkitools_cli.i18n import tr
from pkitools_cli.inputs import WithUnread, about_input, read_items

if TYPE_CHECKING:
    from pkitools.checking import Expectation
    from pkitools.containers import BadItem
    from pkitools.requests import PrivateKey, RequestFacts
    from pkitools.x509 import PublicKey
    from pkitools_cli.commands.cert.check_options import CheckOptions


def expectation(options: CheckOptions, passphrase: bytes | None) -> WithUnread[Expectation, BadItem]:
    """Return what the certificates are held against, of options that expect something.

    Raises:
        UsageError: an option and the file both say it.
        PkitoolsError: a value is wrong, or a file is not what it should be.
    """
    given = _given(options)
    from pkitools.checking import Expectation, read_expectation

    in_file = (
        Expectation()
        if options.expect_file is None
        else read_expectation(options.expect_file, key_reader=lambda name: _key(name, passphrase))
    )
    for field, (option, _) in given.items():
        if getattr(in_file, field) is not None:
            raise click.UsageError(tr("cli.cert_check.said_twice", option=option, file=options.expect_file))
    told: dict[str, Any] = {field: getattr(in_file, field) for field in ("oin", "organization", "key", "request")}
    # an OIN or a name is refused before a file is read or a passphrase asked for
    told |= {field: value for field, (_, value) in given.items() if field in {"oin", "organization"}}
    Expectation(oin=told["oin"], organization=told["organization"])
    if options.key_file is not None:
        told["key"] = _key(options.key_file, passphrase)
    if options.csr_file is None:
        return WithUnread(Expectation(**told))
    request = _request(options.csr_file)
    return WithUnread(Expectation(**(told | {"request": request.value})), request.unread)


def _key(name: str, passphrase: bytes | None) -> PrivateKey | PublicKey:
    from pkitools_cli.commands.given.keys import read_either_key

    return read_either_key(name, passphrase)


def _given(options: CheckOptions) -> dict[str, tuple[str, str]]:
    """Return the options that were used: field → option and value."""
    values = {
        "oin": ("--oin", options.oin),
        "organization": ("--organization", options.organization),
        "key": ("--key", options.key_file),
        "request": ("--csr", options.csr_file),
    }
    return {field: (option, value) for field, (option, value) in values.items() if value is not None}


def _request(name: str) -> WithUnread[RequestFacts, BadItem]:
    from pkitools.containers import ItemKind
    from pkitools.requests import read_request

    with about_input(name):
        found = read_items(name, ItemKind.REQUEST)
        if len(found.value) > 1:
            raise InputError("checking.error.several_requests", name=name, count=len(found.value))
        return WithUnread(read_request(found.value[0], name), found.unread)
