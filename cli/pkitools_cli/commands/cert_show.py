"""``pkitools cert show``: what is in these files. It describes and judges nothing; ``cert check`` does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, cast

import click

from pkitools.containers import Contents, Item, ItemKind
from pkitools.errors import PkitoolsError
from pkitools.files import is_private
from pkitools.messages import LANGUAGES, error_sentence
from pkitools.x509 import CertificateFacts, read_certificate
from pkitools_cli.commands.cert_show_document import item_document
from pkitools_cli.commands.cert_show_text import Rows, certificate_rows, crl_rows, key_rows, request_rows
from pkitools_cli.exit_codes import ExitCode
from pkitools_cli.framework import Command
from pkitools_cli.i18n import tr
from pkitools_cli.inputs import STANDARD_INPUT, Failure, read_inputs
from pkitools_cli.options import json_option, moment_option
from pkitools_cli.output import complain, emit_json, say
from pkitools_cli.passphrases import given_passphrase, passphrase_options
from pkitools_cli.remedies import error_line

if TYPE_CHECKING:  # they load cryptography, which showing a certificate does not need
    from pkitools.requests import RequestFacts
    from pkitools.revocation import CertificateRevocationList

Facts: TypeAlias = "CertificateFacts | RequestFacts | CertificateRevocationList"


@dataclass(frozen=True, slots=True)
class Shown:
    """One item with what was read from it; ``error`` where it is broken inside."""

    item: Item
    facts: Facts | None = None
    error: PkitoolsError | None = None


@click.command("show", cls=Command, help="cli.cert.show.help")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@passphrase_options
@moment_option
@json_option
def show(
    *,
    files: tuple[str, ...],
    passphrase_file: str | None,
    passphrase_env: str | None,
    moment: datetime,
    as_json: bool,
) -> int:
    """Show everything in the files given."""
    passphrase = given_passphrase(passphrase_file, passphrase_env)
    documents: list[dict[str, object]] = []
    complete = True
    for name, source in zip(files, read_inputs(files, passphrase), strict=True):
        shown = [] if isinstance(source, Failure) else [_read(item) for item in source.items]
        complete = complete and not isinstance(source, Failure) and not source.problems
        complete = complete and all(each.error is None for each in shown)
        if as_json:
            documents.append(_file_document(name, source, shown, moment))
        else:
            _say_file(name, source, shown, moment)
    if as_json:
        emit_json("pkitools.cert-show/v1", {"moment": moment.isoformat().replace("+00:00", "Z"), "files": documents})
    return ExitCode.PASSED if complete else ExitCode.COULD_NOT


def _read(item: Item) -> Shown:
    try:
        return Shown(item, _facts(item))
    except PkitoolsError as error:
        return Shown(item, error=error)


def _facts(item: Item) -> Facts | None:
    match item.kind:
        case ItemKind.CERTIFICATE:
            return read_certificate(item.der)
        case ItemKind.REQUEST:
            from pkitools.requests import read_request

            return read_request(item.der)
        case ItemKind.CRL:
            from pkitools.revocation import read_crl

            crl = read_crl(item.der)
            _ = crl.index  # reads the entries: a list with a malformed one is refused here
            return crl
        case _:
            return None


def _issuer_among(facts: CertificateFacts, shown: list[Shown]) -> CertificateFacts | None:
    """Return the certificate of the same file that has the issuer's name and the key the certificate names."""
    wanted = (facts.issuer.der, facts.authority_key_identifier)
    others = [each.facts for each in shown if isinstance(each.facts, CertificateFacts) and each.facts is not facts]
    return next((o for o in others if (o.subject.der, o.subject_key_identifier) == wanted), None)


# text


def _say_file(name: str, source: Contents | Failure, shown: list[Shown], moment: datetime) -> None:
    if isinstance(source, Failure):
        complain(error_line(source.error))
        return
    for bad in source.problems:
        complain(f"{source.name}: {error_line(bad.error)}")
    for each in shown:
        if each.error is not None:
            where = tr("cli.cert.show.part", number=each.item.position)
            complain(f"{source.name}, {where}: {error_line(each.error)}")
        else:
            _say_item(source, each, _rows(each, shown, moment))
    _warn_about_keys(name, source)


def _rows(each: Shown, shown: list[Shown], moment: datetime) -> Rows:
    if isinstance(each.facts, CertificateFacts):
        return certificate_rows(each.facts, _issuer_among(each.facts, shown), moment)
    if each.item.kind is ItemKind.REQUEST:
        return request_rows(cast("RequestFacts", each.facts))
    if each.item.kind is ItemKind.CRL:
        return crl_rows(cast("CertificateRevocationList", each.facts), moment)
    return key_rows(each.item)


def _say_item(source: Contents, each: Shown, rows: Rows) -> None:
    kind = tr(f"cli.cert.show.kind.{each.item.kind}")
    alias = f" ({each.item.alias})" if each.item.alias else ""
    where = tr("cli.cert.show.part", number=each.item.position)
    container = tr(f"cli.cert.show.container.{source.container}")
    say(_one_line(f"{kind}{alias}: {source.name}, {container}, {where}"), bold=True)
    for label, values in rows:
        name = tr(f"cli.cert.show.row.{label}")
        for position, value in enumerate(values):
            say(_one_line(f"  {name if not position else '':<33}{value}"))
    say()


def _one_line(text: str) -> str:
    # a line break in a name must not start a line of our own
    return text.replace("\n", "\\n")


def _warn_about_keys(name: str, source: Contents) -> None:
    plain = any(item.kind is ItemKind.KEY and not item.encrypted for item in source.items)
    if plain and name != STANDARD_INPUT and Path(name).is_file() and not is_private(name):
        complain(tr("cli.cert.show.key_readable", name=name))


# JSON


def _file_document(name: str, source: Contents | Failure, shown: list[Shown], moment: datetime) -> dict[str, object]:
    if isinstance(source, Failure):
        return {"name": name, "container": None, "items": [], "errors": [_error_document(source.error, None)]}
    return {
        "name": name,
        "container": str(source.container),
        "items": [
            item_document(each.item, each.facts, _issuer(each.facts, shown), moment)
            for each in shown
            if each.error is None
        ],
        "errors": list(_errors(source, shown)),
    }


def _issuer(facts: Facts | None, shown: list[Shown]) -> CertificateFacts | None:
    return _issuer_among(facts, shown) if isinstance(facts, CertificateFacts) else None


def _errors(source: Contents, shown: list[Shown]) -> Iterator[dict[str, object]]:
    for bad in source.problems:
        yield _error_document(bad.error, bad.position)
    for each in shown:
        if each.error is not None:
            yield _error_document(each.error, each.item.position)


def _error_document(error: PkitoolsError, position: int | None) -> dict[str, object]:
    sentences: dict[str, object] = {chosen: error_sentence(error, chosen) for chosen in LANGUAGES}
    return {"code": error.code, "position": position, **sentences}
