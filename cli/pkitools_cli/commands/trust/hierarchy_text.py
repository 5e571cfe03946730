"""Hierarchies and CAs, for people: rows of a label and a value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from pkitools.messages.days import day
from pkitools.trust import CAStatus, CatalogueEntry, Hierarchy, embedded_certificates, policy_name
from pkitools_cli.i18n import language, tr
from pkitools_cli.lines import beside, wrapped


def rows_told(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield a line for each row."""
    for key, value in rows:
        yield from beside(f"      {tr(f'cli.trust.row.{key}'):<22}", value)


def hierarchy_told(hierarchy: Hierarchy, moment: datetime) -> Iterator[str]:
    """Yield the lines about a hierarchy."""
    yield from beside(f"  {hierarchy.name:<22}", hierarchy.label)
    yield from wrapped(hierarchy.purpose[language()], "      ")
    status = hierarchy.status(moment)
    rows = [
        ("root", hierarchy.root),
        ("environment", tr(f"cli.trust.environment.{hierarchy.environment}")),
        ("status", None if status is CAStatus.UNKNOWN else _status(status, hierarchy.not_after)),
        ("sha256", hierarchy.root_sha256),
        ("anchor", tr(f"cli.trust.anchor.{_anchor(hierarchy, moment)}")),
    ]
    # what is not known of a root that is not held goes unsaid
    yield from rows_told([(key, value) for key, value in rows if value])


def _anchor(hierarchy: Hierarchy, moment: datetime) -> str:
    if all(c.sha256 != hierarchy.root_sha256 for c in embedded_certificates()):
        return "not_held"
    return "held" if hierarchy.status(moment) is CAStatus.VALID else "not_now"


def authority_rows(entry: CatalogueEntry, moment: datetime) -> list[tuple[str, str]]:
    """Return what is known of a CA of the catalogue, its thumbprint first when there is one."""
    rows = [
        ("sha256", entry.sha256),
        ("generation", f"{entry.generation}, {tr(f'cli.trust.level.{entry.level}')}"),
        ("hierarchy", entry.hierarchy),
        ("kind", tr(f"cli.trust.kind.{entry.kind}")),
        ("status", authority_status(entry, moment)),
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


def authority_status(entry: CatalogueEntry, moment: datetime) -> str:
    """Return how a CA stands at this moment."""
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
    until = tr("cli.trust.unknown") if not_after is None else day(not_after, language())
    return tr(f"cli.trust.status.{status}", until=until)
