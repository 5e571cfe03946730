"""Hierarchies and their CAs, as data: ``docs/schemas/trust-list-v1.json`` and ``trust-show-v2.json``, and its v1."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pkitools.arguments import aware
from pkitools.frozen import dataclass
from pkitools.reports.certificate import recognition_document
from pkitools.reports.document import instant
from pkitools.reports.error import ToldError, error_entry
from pkitools.trust import (
    AuthorityRevocation,
    CACertificate,
    CatalogueEntry,
    Hierarchy,
    Knowledge,
    Recognition,
    catalogue,
    embedded_certificates,
    hierarchies,
)
from pkitools.x509 import CertificateFacts


@dataclass(frozen=True, slots=True)
class RecognisedCertificate:
    """A certificate, what it is itself, and what its issuer is."""

    facts: CertificateFacts
    itself: Recognition
    issued_by: Recognition


def trust_list_document(moment: datetime, *, every_authority: bool = False) -> dict[str, object]:
    """Return the whole document: the hierarchies, the CA certificates held, and the catalogue when asked."""
    return {
        "schema": "pkitools.trust-list/v1",
        "moment": instant(moment),
        "retrieved": catalogue().retrieved.isoformat(),
        "source": catalogue().source,
        "hierarchies": [hierarchy_document(hierarchy, moment) for hierarchy in hierarchies()],
        "certificates": [_held(certificate, moment) for certificate in embedded_certificates()],
        "authorities": [authority_document(e, moment) for e in catalogue().entries] if every_authority else [],
    }


def trust_show_document(
    asked: str,
    moment: datetime,
    *,
    hierarchy: Hierarchy | None = None,
    authorities: Iterable[CatalogueEntry] = (),
    certificates: Iterable[RecognisedCertificate] = (),
    errors: Iterable[ToldError] = (),
) -> dict[str, object]:
    """Return the whole document: what a name, a thumbprint or a file turned out to be.

    Args:
        asked: as it was asked.
        moment: the moment judged at.
        hierarchy, authorities, certificates: what it turned out to be.
        errors: the parts of the file that could not be read.
    """
    told = trust_show_document_v1(
        asked, moment, hierarchy=hierarchy, authorities=authorities, certificates=certificates
    )
    return {**told, "schema": "pkitools.trust-show/v2", "errors": [error_entry(error) for error in errors]}


def trust_show_document_v1(
    asked: str,
    moment: datetime,
    *,
    hierarchy: Hierarchy | None = None,
    authorities: Iterable[CatalogueEntry] = (),
    certificates: Iterable[RecognisedCertificate] = (),
) -> dict[str, object]:
    """Return the whole document as it was before it told what could not be read."""
    return {
        "schema": "pkitools.trust-show/v1",
        "moment": instant(aware(moment)),
        "asked": asked,
        "hierarchy": hierarchy_document(hierarchy, moment) if hierarchy else None,
        "authorities": [authority_document(entry, moment) for entry in authorities],
        "certificates": [_recognised(one) for one in certificates],
    }


def hierarchy_document(hierarchy: Hierarchy, moment: datetime) -> dict[str, object]:
    """Return a hierarchy, its status at this moment."""
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


def authority_document(entry: CatalogueEntry, moment: datetime) -> dict[str, object]:
    """Return a CA of the catalogue, its status at this moment."""
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
        "revoked": _revoked(entry.revoked) if entry.revoked else None,
        "superseded_by": entry.superseded_by,
        "basis": str(entry.basis),
        "note": entry.note,
        "sources": list(entry.sources),
    }


def _revoked(revoked: AuthorityRevocation) -> dict[str, object]:
    return {
        "date": revoked.date.isoformat() if revoked.date else None,
        "reason": revoked.reason,
        "source": revoked.source,
    }


def _held(certificate: CACertificate, moment: datetime) -> dict[str, object]:
    return {
        "common_name": certificate.common_name,
        "sha256": certificate.sha256,
        "hierarchy": certificate.hierarchy.name if certificate.hierarchy else None,
        "level": certificate.level,
        "status": str(certificate.status(moment)),
        "not_before": instant(certificate.not_before),
        "not_after": instant(certificate.not_after),
        "source": certificate.source,
        "second_source": certificate.second_source,
        "one_publisher": certificate.basis is Knowledge.ONE_PUBLISHER,
    }


def _recognised(one: RecognisedCertificate) -> dict[str, object]:
    return {
        "sha256": one.facts.sha256,
        "subject": one.facts.subject.text,
        "issuer": one.facts.issuer.text,
        "itself": recognition_document(one.itself),
        "issued_by": recognition_document(one.issued_by),
    }
