"""``pkitools trust``: which hierarchies there are, what is held of them, and what a CA is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from pkitools.errors import InputError, InvalidValueError
from pkitools.reports.document import instant
from pkitools.trust import (
    CACertificate,
    CAStatus,
    CatalogueEntry,
    Hierarchy,
    HierarchyKind,
    Knowledge,
    Match,
    Recognition,
    catalogue,
    embedded_certificates,
    hierarchies,
    hierarchy_of,
    identify,
    policy_name,
    recognise,
)
from pkitools.x509 import read_certificate
from pkitools.x509.model import CertificateFacts
from pkitools_cli.exit_codes import ExitCode
from pkitools_cli.framework import Command, Group
from pkitools_cli.i18n import language, tr
from pkitools_cli.inputs import STANDARD_INPUT, read_input
from pkitools_cli.options import json_option, moment_option
from pkitools_cli.output import emit_json, say
from pkitools_cli.passphrases import given_passphrase, passphrase_options


@click.group("trust", cls=Group, help="cli.trust.help")
def group() -> None:
    """Nouns of trust."""


@group.command("list", cls=Command, help="cli.trust.list.help")
@click.option("--all", "everything", is_flag=True, help="cli.trust.list.all")
@moment_option
@json_option
def list_(everything: bool, moment: datetime, as_json: bool) -> int:
    """Show the hierarchies and the embedded certificates."""
    if as_json:
        emit_json("pkitools.trust-list/v1", _list_document(everything, moment))
        return ExitCode.PASSED
    say(tr("cli.trust.list.title", moment=instant(moment), retrieved=catalogue().retrieved), bold=True)
    for kind in HierarchyKind:
        say()
        say(tr(f"cli.trust.kind.{kind}"), bold=True)
        for hierarchy in (h for h in hierarchies() if h.kind is kind):
            _say_hierarchy(hierarchy, moment)
    say()
    say(tr("cli.trust.list.embedded"), bold=True)
    for held in embedded_certificates():
        say(f"  {held.common_name}")
        _say_rows(_held_rows(held, moment))
    if everything:
        _say_catalogue(moment)
    say()
    say(tr("cli.trust.list.one_publisher"))
    return ExitCode.PASSED


@group.command("show", cls=Command, help="cli.trust.show.help")
@click.argument("what", metavar="NAME|SHA256|FILE")
@passphrase_options
@moment_option
@json_option
def show(what: str, passphrase_file: str | None, passphrase_env: str | None, moment: datetime, as_json: bool) -> int:
    """Show a hierarchy, a CA of the catalogue, or what the certificates of a file are."""
    passphrase = given_passphrase(passphrase_file, passphrase_env)
    hierarchy = next((h for h in hierarchies() if h.name == what), None)
    found, recognised = (_of_hierarchy(hierarchy), []) if hierarchy else _look_up(what, passphrase)
    if as_json:
        emit_json("pkitools.trust-show/v1", _show_document(what, hierarchy, found, recognised, moment))
        return ExitCode.PASSED
    if hierarchy:
        _say_hierarchy(hierarchy, moment)
    for position, entry in enumerate(found):
        if position or hierarchy:
            say()
        _say_entry(entry, moment)
    for position, (facts, itself, issuer) in enumerate(recognised):
        if position or found:
            say()
        _say_recognised(facts, itself, issuer, moment)
    return ExitCode.PASSED


_Recognised = tuple[CertificateFacts, Recognition, Recognition]


def _look_up(what: str, passphrase: bytes | None) -> tuple[list[CatalogueEntry], list[_Recognised]]:
    if by_fingerprint := identify(sha256=what):
        return [by_fingerprint], []
    if what == STANDARD_INPUT or _is_there(what):
        return [], _recognised(what, passphrase)
    named = [e for e in catalogue().entries if e.name.casefold() == what.strip().casefold()]
    if not named:
        raise InvalidValueError("trust.error.unknown_ca", name=what)
    return named, []


def _is_there(name: str) -> bool:
    try:
        return Path(name).exists()
    except OSError:  # too long for a file name: it may still be the name of a CA
        return False


def _recognised(what: str, passphrase: bytes | None) -> list[_Recognised]:
    read = [read_certificate(der) for der in read_input(what, passphrase).certificates]
    if not read:
        raise InputError("trust.error.no_certificate", name=what)
    issuers = {facts.subject.der: facts for facts in read}
    return [(facts, recognise(facts), hierarchy_of(facts, issuers.get(facts.issuer.der))) for facts in read]


def _of_hierarchy(hierarchy: Hierarchy) -> list[CatalogueEntry]:
    return [e for e in catalogue().entries if e.hierarchy == hierarchy.name]


# text


def _say_hierarchy(hierarchy: Hierarchy, moment: datetime) -> None:
    say(f"  {hierarchy.name:<22}{hierarchy.label}")
    say(f"      {hierarchy.purpose[language()]}")
    status = hierarchy.status(moment)
    rows = [
        ("root", hierarchy.root),
        ("environment", tr(f"cli.trust.environment.{hierarchy.environment}")),
        ("status", None if status is CAStatus.UNKNOWN else _status(status, hierarchy.not_after)),
        ("sha256", hierarchy.root_sha256),
        ("anchor", tr(f"cli.trust.anchor.{_anchor(hierarchy, moment)}")),
    ]
    # what is not known of a root that is not held goes unsaid
    _say_rows([(key, value) for key, value in rows if value])


def _anchor(hierarchy: Hierarchy, moment: datetime) -> str:
    if all(c.sha256 != hierarchy.root_sha256 for c in embedded_certificates()):
        return "not_held"
    return "held" if hierarchy.status(moment) is CAStatus.VALID else "not_now"


def _say_entry(entry: CatalogueEntry, moment: datetime) -> None:
    say(f"  {entry.name}", bold=True)
    _say_rows(_entry_rows(entry, moment))


def _say_recognised(facts: CertificateFacts, itself: Recognition, issuer: Recognition, moment: datetime) -> None:
    say(f"  {facts.subject.common_name or facts.subject.text}", bold=True)
    rows = [("sha256", facts.sha256), ("match", tr(f"cli.trust.match.{itself.match}"))]
    if itself.match is Match.NONE and not facts.is_self_issued:
        rows = [("sha256", facts.sha256), ("issuer", facts.issuer.common_name or facts.issuer.text)]
        rows.append(("match", tr(f"cli.trust.issuer_match.{issuer.match}")))
        itself = issuer
    if itself.hierarchy:
        rows.append(("hierarchy", f"{itself.hierarchy.label} ({tr(f'cli.trust.kind.{itself.hierarchy.kind}')})"))
    elif itself.generation:
        rows.append(("generation", itself.generation))
    _say_rows(rows)
    if itself.match is Match.FINGERPRINT and itself.authority:
        _say_rows(_entry_rows(itself.authority, moment)[1:])


def _say_catalogue(moment: datetime) -> None:
    say()
    say(tr("cli.trust.list.catalogue", count=len(catalogue().entries)), bold=True)
    for entry in catalogue().entries:
        say(f"  {entry.name}")
        fingerprint = entry.sha256 or tr("cli.trust.unknown")
        say(f"      {entry.generation}  {tr(f'cli.trust.level.{entry.level}')}  {_entry_status(entry, moment)}")
        say(f"      {fingerprint}")


def _held_rows(held: CACertificate, moment: datetime) -> Iterator[tuple[str, str]]:
    entry = held.entry
    assert entry is not None
    yield "hierarchy", f"{held.hierarchy.name if held.hierarchy else '-'}, {tr(f'cli.trust.level.{held.level}')}"
    yield "status", _entry_status(entry, moment)
    yield "sha256", held.sha256
    yield "source", held.source
    yield "second_source", held.second_source or tr("cli.trust.second_source.none")
    yield "basis", tr(f"cli.trust.basis.{entry.basis}")


def _entry_rows(entry: CatalogueEntry, moment: datetime) -> list[tuple[str, str]]:
    rows = [
        ("sha256", entry.sha256),
        ("generation", f"{entry.generation}, {tr(f'cli.trust.level.{entry.level}')}"),
        ("hierarchy", entry.hierarchy),
        ("kind", tr(f"cli.trust.kind.{entry.kind}")),
        ("status", _entry_status(entry, moment)),
        ("issuer", entry.issuer),
        ("serial", entry.serial),
        ("key", entry.key),
        ("policies", ", ".join(f"{policy_name(oid, language())} ({oid})" for oid in entry.policies)),
        ("crl", ", ".join(entry.crl)),
        ("ca_issuers", ", ".join(entry.ca_issuers)),
        ("ocsp", ", ".join(entry.ocsp)),
        ("download", entry.download),
        ("superseded_by", entry.superseded_by),
        ("basis", tr(f"cli.trust.basis.{entry.basis}")),
        ("note", entry.note),
        ("source", "; ".join(entry.sources)),
    ]
    return [(key, value) for key, value in rows if value]


def _say_rows(rows: Iterator[tuple[str, str]] | list[tuple[str, str]]) -> None:
    for key, value in rows:
        say(f"      {tr(f'cli.trust.row.{key}'):<22}{value}")


def _entry_status(entry: CatalogueEntry, moment: datetime) -> str:
    status = entry.status(moment)
    if status == "revoked" and entry.revoked:
        return tr(
            "cli.trust.revoked_on",
            day=entry.revoked.date or tr("cli.trust.unknown"),
            reason=entry.revoked.reason or "-",
            source=entry.revoked.source,
        )
    return _status(status, entry.not_after)


def _status(status: str, not_after: datetime | None) -> str:
    return tr(f"cli.trust.status.{status}", until=instant(not_after) or tr("cli.trust.unknown"))


# JSON


def _list_document(everything: bool, moment: datetime) -> dict[str, object]:
    return {
        "moment": instant(moment),
        "retrieved": catalogue().retrieved.isoformat(),
        "source": catalogue().source,
        "hierarchies": [_hierarchy_document(h, moment) for h in hierarchies()],
        "certificates": [
            {
                "common_name": c.common_name,
                "sha256": c.sha256,
                "hierarchy": c.hierarchy.name if c.hierarchy else None,
                "level": c.level,
                "status": str(c.status(moment)),
                "not_before": instant(c.not_before),
                "not_after": instant(c.not_after),
                "source": c.source,
                "second_source": c.second_source,
                "one_publisher": c.basis is Knowledge.ONE_PUBLISHER,
            }
            for c in embedded_certificates()
        ],
        "authorities": [_entry_document(e, moment) for e in catalogue().entries] if everything else [],
    }


def _show_document(
    what: str,
    hierarchy: Hierarchy | None,
    found: list[CatalogueEntry],
    recognised: list[_Recognised],
    moment: datetime,
) -> dict[str, object]:
    return {
        "moment": instant(moment),
        "asked": what,
        "hierarchy": _hierarchy_document(hierarchy, moment) if hierarchy else None,
        "authorities": [_entry_document(e, moment) for e in found],
        "certificates": [
            {
                "sha256": facts.sha256,
                "subject": facts.subject.text,
                "issuer": facts.issuer.text,
                "itself": _recognition_document(itself),
                "issued_by": _recognition_document(issuer),
            }
            for facts, itself, issuer in recognised
        ],
    }


def _hierarchy_document(hierarchy: Hierarchy, moment: datetime) -> dict[str, object]:
    return {
        "name": hierarchy.name,
        "label": hierarchy.label,
        "generation": hierarchy.generation,
        "kind": str(hierarchy.kind),
        "environment": str(hierarchy.environment),
        "root": hierarchy.root,
        "root_sha256": hierarchy.root_sha256,
        "not_before": instant(hierarchy.not_before),
        "not_after": instant(hierarchy.not_after),
        "status": str(hierarchy.status(moment)),
        "anchor_held": any(c.sha256 == hierarchy.root_sha256 for c in embedded_certificates()),
        "purpose": dict(hierarchy.purpose),
    }


def _entry_document(entry: CatalogueEntry, moment: datetime) -> dict[str, object]:
    revoked = entry.revoked
    return {
        "name": entry.name,
        "level": entry.level,
        "generation": entry.generation,
        "kind": str(entry.kind),
        "operator": entry.operator,
        "hierarchy": entry.hierarchy,
        "subject": entry.subject,
        "issuer": entry.issuer,
        "sha256": entry.sha256,
        "ski": entry.ski,
        "serial": entry.serial,
        "not_before": instant(entry.not_before),
        "not_after": instant(entry.not_after),
        "key": entry.key,
        "policies": list(entry.policies),
        "crl": list(entry.crl),
        "ca_issuers": list(entry.ca_issuers),
        "ocsp": list(entry.ocsp),
        "download": entry.download,
        "status": str(entry.status(moment)),
        "revoked": {
            "date": revoked.date.isoformat() if revoked.date else None,
            "reason": revoked.reason,
            "source": revoked.source,
        }
        if revoked
        else None,
        "superseded_by": entry.superseded_by,
        "basis": str(entry.basis),
        "note": entry.note,
        "sources": list(entry.sources),
    }


def _recognition_document(found: Recognition) -> dict[str, object]:
    return {
        "match": str(found.match),
        "proof": found.match.is_proof,
        "authority": found.authority.name if found.authority else None,
        "authority_sha256": found.authority.sha256 if found.authority else None,
        "hierarchy": found.hierarchy.name if found.hierarchy else None,
        "generation": found.generation,
        "kind": str(found.kind) if found.kind else None,
    }
